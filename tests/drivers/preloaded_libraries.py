"""Builds the libraries that answer for the kernel: Mesa's src/drm-shim with one backend each."""
import os
import subprocess
import tarfile

import core_changes
from debian import Archive
from folders import BUILD, HERE, Broken, NotHere, say

# The newest release of Debian whose source package of Mesa mirrors have. Drivers and this source need not match.
SOURCE_SUITE = "trixie"
SOURCE = BUILD / "mesa"
_STAMP = SOURCE / "unpacked"

CORE = ("src/drm-shim/device.c", "src/drm-shim/drm_shim.c")
# What the core uses of Mesa.
SUPPORT = (*(f"src/util/{name}.c" for name in (
    "anon_file", "hash_table", "log", "os_misc", "ralloc", "set", "simple_mtx", "u_call_once", "u_debug", "u_process",
    "vma")),
    "src/c11/impl/threads_posix.c", "src/c11/impl/time.c")
# Backends that Mesa has itself, and the files of ours that go with them.
MESA_BACKENDS = {
    "amdgpu": (("src/amd/drm-shim/amdgpu_noop_drm_shim.c", "src/amd/drm-shim/amdgpu_devices.c"),
               ("amdgpu.c", "backend.c")),
    "panfrost": (("src/panfrost/drm-shim/panfrost_noop.c",), ()),
}
# Definitions for single files: our amdgpu.c runs Mesa's backend from its own.
DEFINITIONS = {"src/amd/drm-shim/amdgpu_noop_drm_shim.c": (
    "-Ddrm_shim_driver_init=mesa_driver_init", "-Ddrm_shim_override_file=mesa_override_file",
    "-Ddrm_shim_driver_prefers_first_render_node=mesa_prefers_first_render_node")}
UNPACKED = ("include", "src/amd/common", "src/amd/drm-shim", "src/c11", "src/drm-shim", "src/nouveau/drm",
            "src/panfrost/drm-shim", "src/util")

FLAGS = (
    "-std=gnu11", "-O1", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections", "-DNDEBUG",
    "-D_GNU_SOURCE", "-DHAVE_ENDIAN_H", "-DHAVE_FUNC_ATTRIBUTE_ALIAS", "-DHAVE_FUNC_ATTRIBUTE_FORMAT",
    "-DHAVE_FUNC_ATTRIBUTE_PACKED", "-DHAVE_FUNC_ATTRIBUTE_VISIBILITY", "-DHAVE_MEMFD_CREATE",
    "-DHAVE_PROGRAM_INVOCATION_NAME", "-DHAVE_PTHREAD", "-DHAVE_SECURE_GETENV", "-DHAVE_STRUCT_TIMESPEC",
    "-DHAVE_TIMESPEC_GET", "-DHAVE___BUILTIN_CLZ", "-DHAVE___BUILTIN_EXPECT", "-DHAVE___BUILTIN_POPCOUNT",
    "-DHAVE___BUILTIN_UNREACHABLE", "-DPACKAGE_VERSION=\"0\"", "-DDETECT_OS_LINUX=1", "-DUTIL_ARCH_BIG_ENDIAN=0",
    "-DUTIL_ARCH_LITTLE_ENDIAN=1")
OUR_FLAGS = ("-Wall", "-Wextra", *(("-Werror",) if os.environ.get("GFNET_WERROR") == "1" else ()))
LINK = ("-shared", "-Wl,--gc-sections", "-Wl,-z,defs", "-ldl", "-lpthread", "-lm")


def source():
    """The folder with the parts of Mesa's source that are compiled. Downloads it the first time. Throws NotHere."""
    if not has_source():
        downloads = SOURCE / "download"
        Archive(SOURCE, "amd64", (SOURCE_SUITE,), kind="deb-src").download_source("mesa", downloads)
        original = next(downloads.glob("mesa_*.orig.tar.xz"), None)
        if original is None:
            raise NotHere(f"Mesa's source package has no mesa_….orig.tar.xz in {downloads}")
        say(f"unpacking parts of {original.name}")
        with tarfile.open(original) as tar:
            for member in tar:
                member.name = member.name.partition("/")[2]
                if member.isfile() and member.name.startswith(tuple(f"{folder}/" for folder in UNPACKED)):
                    tar.extract(member, SOURCE / "source")
        _STAMP.touch()
    return SOURCE / "source"


def has_source():
    """Whether the source was downloaded."""
    return _STAMP.exists()


class Libraries:
    """The preloaded libraries for one architecture, built when they are asked for."""

    def __init__(self, folder, compiler, headers):
        """compiler: the command. headers: the root of unpacked packages with linux-libc-dev and libdrm-dev."""
        self._folder, self._compiler, self._headers = folder, compiler, headers

    def path(self, backend):
        """Path of a backend's library. Builds what is missing or older than its source. Throws NotHere, Broken."""
        mesa, ours = MESA_BACKENDS.get(backend, ((), (f"{backend}.c", "backend.c")))
        library = self._folder / f"lib{backend}_backend.so"
        objects = [self._object(source() / name, name) for name in (*CORE, *SUPPORT, *mesa)]
        objects += [self._object(HERE / "backends" / name, name, OUR_FLAGS) for name in ours]
        if not library.exists() or any(o.stat().st_mtime > library.stat().st_mtime for o in objects):
            self._call(*map(str, objects), *LINK, "-o", str(library))
        return library

    def _object(self, path, name, flags=("-w",)):
        made = self._folder / "objects" / name.replace("/", "-").replace(".c", ".o")
        rules = [path, HERE / "backends" / "backend.h", HERE / "core_changes.py", HERE / "preloaded_libraries.py"]
        if made.exists() and all(made.stat().st_mtime >= rule.stat().st_mtime for rule in rules):
            return made
        made.parent.mkdir(parents=True, exist_ok=True)
        if name in CORE:
            path = made.with_suffix(".c")
            path.write_text(core_changes.changed(source(), name), encoding="utf-8")
        mesa = source()
        # The kernel's newest headers come before those that Mesa and this machine have.
        self._call("-c", str(path), "-o", str(made), *FLAGS, *flags, *DEFINITIONS.get(name, ()),
                   f"-I{self._headers / 'usr/include/drm'}",
                   *(f"-I{mesa / folder}" for folder in ("include", "src", "src/util", "src/amd", "src/drm-shim",
                                                         "src/nouveau/drm")),
                   "-idirafter", str(self._headers / "usr/include"))
        return made

    def _call(self, *arguments):
        done = subprocess.run([*map(str, self._compiler), *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Broken(f"could not compile {arguments[1] if arguments[0] == '-c' else arguments[-1]}:\n{done.stderr}")
