"""How gfnet runs on a driver of Debian unstable, in folders of our own."""
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import preloaded_libraries
from debian import Archive
from folders import BUILD, HERE, ROOT, NotHere
from preloaded_libraries import Libraries

SUITES = ("unstable",)
PACKAGES = ("mesa-vulkan-drivers", "libvulkan1", "vulkan-validationlayers", "linux-libc-dev", "libdrm-dev")


class Machine:
    """Runs gfnet with the drivers, the loader and the C library of Debian unstable for one architecture.

    The unpacked dynamic loader is called by its path, with the unpacked libraries before those that gfnet was
    linked with. So nothing is installed, and no root is needed.
    """

    architecture = ""
    triplet = ""      # names the folder of libraries
    loader = ""       # path of the dynamic loader below the unpacked packages

    def __init__(self):
        self.archive = Archive(BUILD / self.architecture, self.architecture, SUITES)
        self.root = self.archive.root

    def prepare(self):
        """Downloads and builds what is missing. Throws NotHere, Broken."""
        if os.uname().machine != "x86_64":
            raise NotHere(f"the drivers' programs do not run on {os.uname().machine}")
        if shutil.which("gcc") is None:
            raise NotHere("gcc was not found: scripts/setup installs it")
        self.archive.unpack(PACKAGES)

    def is_set_up(self):
        """Whether prepare() and set_up() have nothing to download."""
        return self.archive.has(PACKAGES) and preloaded_libraries.has_source()

    def driver_version(self):
        """Such as "Mesa 26.2.6-1"."""
        return "Mesa " + self.archive.version_of("mesa-vulkan-drivers")

    @functools.lru_cache(maxsize=None)
    def gfnet_version(self):
        """Such as "0.1.0 (commit 558bb72)". Throws CalledProcessError."""
        said = subprocess.run(self._call("--version"), capture_output=True, text=True, check=True).stdout
        return said.splitlines()[0].removeprefix("gfnet ")

    def key(self):
        """Changes when gfnet, the driver or the preloaded libraries do."""
        return f"{self.driver_version()} {digest(self.gfnet())} {digest(*sorted((HERE / 'backends').iterdir()))}"

    def command(self, device, *arguments):
        """The command line and the environment of gfnet with these arguments on a device. Throws NotHere, Broken."""
        preload = self.libraries().path(device.backend) if device.backend else None
        return self._call(*arguments, preload=preload), {**os.environ, **self._environment(device)}

    def _call(self, *arguments, preload=None):
        folders = [self.root / "usr/lib" / self.triplet, *self.more_libraries()]
        return [*self.emulator(), self.root / self.loader, *(("--preload", preload) if preload else ()),
                "--library-path", ":".join(map(str, folders)), self.gfnet(), *arguments]

    def _environment(self, device):
        return {
            "VK_DRIVER_FILES": str(self.root / f"usr/share/vulkan/icd.d/{device.driver}_icd.json"),
            "VK_LAYER_PATH": str(self.root / "usr/share/vulkan/explicit_layer.d"),
            "MESA_SHADER_CACHE_DISABLE": "1", "GFNET_CACHE": str(BUILD / "cache"), "GFNET_DEVICE": "",
            "GFNET_DATA": str(ROOT / "weights"),
            **(self._only_compiling() if device.backend else {}), **dict(device.environment)}

    def _only_compiling(self):
        """The environment for a driver whose device is not here: nothing can run."""
        return {"AMDGPU_ASIC_ID_TABLE_PATHS": str(self.root / "usr/share/libdrm"), "GFNET_VALIDATION": "0",
                "GFNET_CHECK": "off"}

    # What the architectures differ in.

    def gfnet(self):
        """Path of the command."""
        raise NotImplementedError

    def libraries(self):
        """The preloaded libraries, a Libraries."""
        raise NotImplementedError

    def more_libraries(self):
        """Folders of libraries that gfnet was linked with."""
        raise NotImplementedError

    def emulator(self):
        """The command that runs programs for this architecture: empty for the machine's own."""
        return ()


class Amd64(Machine):
    """This machine's own processor. gfnet is the one that scripts/build made, or another."""

    architecture = "amd64"
    triplet = "x86_64-linux-gnu"
    loader = "usr/lib64/ld-linux-x86-64.so.2"

    def __init__(self, gfnet=None):
        """gfnet: path of the command; default: build/release/bin/gfnet. Throws NotHere."""
        super().__init__()
        self._gfnet = Path(gfnet or ROOT / "build/release/bin/gfnet")
        self._libraries = Libraries(BUILD / self.architecture, ("gcc",), self.root)

    def prepare(self):
        if not self._gfnet.exists():
            raise NotHere(f"no {self._gfnet}: scripts/build release gfnet_programs makes it")
        super().prepare()

    def set_up(self, devices):
        """Downloads and builds what these devices need, those of other architectures left out. Needs no gfnet.

        Throws NotHere, Broken.
        """
        super().prepare()
        for backend in {device.backend for device in devices if device.architecture == self.architecture}:
            self._libraries.path(backend)

    def gfnet(self):
        return self._gfnet

    def libraries(self):
        return self._libraries

    def more_libraries(self):
        return (f"/usr/lib/{self.triplet}", f"/lib/{self.triplet}")


@functools.lru_cache(maxsize=None)
def digest(*paths):
    """A text that changes with the content of these files."""
    content = hashlib.sha256()
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()[:16]
