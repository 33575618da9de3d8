"""What is changed in the core of the preloaded libraries, Mesa's src/drm-shim, before it is compiled.

A change replaces a text that must be there exactly once. If Mesa changes the place, the build stops with an error
and does not go on with a core that was not changed.
"""
from dataclasses import dataclass

from folders import Broken


@dataclass(frozen=True)
class Change:
    file: str    # below Mesa's source
    reason: str
    old: str
    new: str


_WAIT = """static int
drm_shim_ioctl_wait(int fd, unsigned long request, void *arg)
{
   usleep(5000);
   return 0;
}

"""

CHANGES = (
    Change("src/drm-shim/device.c", "waiting takes a while: if it returns at once, a driver's thread that submits work "
           "can lose a race with the one that ends it, and the process crashes",
           "ioctl_fn_t core_ioctls[] = {", _WAIT + "ioctl_fn_t core_ioctls[] = {"),
    Change("src/drm-shim/device.c", "the same",
           "[_IOC_NR(DRM_IOCTL_SYNCOBJ_WAIT)] = drm_shim_ioctl_stub",
           "[_IOC_NR(DRM_IOCTL_SYNCOBJ_WAIT)] = drm_shim_ioctl_wait"),
    Change("src/drm-shim/device.c", "the same",
           "[_IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT)] = drm_shim_ioctl_stub",
           "[_IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT)] = drm_shim_ioctl_wait"),
    Change("src/drm-shim/device.c", "a buffer is freed when nobody holds it any more, not while somebody does",
           "if (p_atomic_dec_return(&bo->refcount) == 0)", "if (p_atomic_dec_return(&bo->refcount) != 0)"),
    Change("src/drm-shim/device.c", "so who makes a buffer holds it",
           "   bo->size = size;\n", "   bo->size = size;\n   bo->refcount = 1;\n"),
)


def changed(source, name):
    """The text of a file of Mesa's source with its changes. source: the folder. Throws Broken."""
    text = (source / name).read_text(encoding="utf-8")
    for change in (change for change in CHANGES if change.file == name):
        if text.count(change.old) != 1:
            raise Broken(f"{name} of Mesa's source has no place to change, or several: {change.old.strip()}")
        text = text.replace(change.old, change.new)
    return text
