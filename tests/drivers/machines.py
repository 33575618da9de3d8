"""How a program runs on a driver: Debian unstable's drivers and libraries, in folders of our own."""
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from debian import Archive
from folders import BUILD, HERE, ROOT, NotHere
from preloaded_libraries import Libraries

SUITES = ("unstable",)
PACKAGES = ("mesa-vulkan-drivers", "libvulkan1", "linux-libc-dev", "libdrm-dev")


class Amd64:
    """This machine's own processor. gfnet and what it links come from here, the rest from Debian unstable.

    The dynamic loader of Debian unstable is called by its path, with its libraries before this machine's.
    """

    architecture = "amd64"

    def __init__(self, gfnet=None):
        """gfnet: path of the command; default: the one that scripts/build makes. Throws NotHere."""
        self._folder = BUILD / self.architecture
        self._archive = Archive(self._folder, self.architecture, SUITES)
        self._gfnet = Path(gfnet or ROOT / "build/release/bin/gfnet")
        self._libraries = Libraries(self._folder, ("gcc",), self._archive.root)

    def prepare(self):
        """Downloads and builds what is missing. Throws NotHere."""
        if os.uname().machine != "x86_64":
            raise NotHere(f"the drivers of {self.architecture} do not run on {os.uname().machine}")
        if shutil.which("gcc") is None:
            raise NotHere("gcc was not found: scripts/setup installs it")
        if not self._gfnet.exists():
            raise NotHere(f"no {self._gfnet}: scripts/build release gfnet_command makes it")
        self._archive.unpack(PACKAGES)

    def gfnet_version(self):
        """Such as "0.1.0 (558bb72)"."""
        said = subprocess.run([self._gfnet, "--version"], capture_output=True, text=True, check=True).stdout
        return said.splitlines()[0].removeprefix("gfnet ")

    def key(self):
        """Changes when gfnet, the driver or the preloaded libraries do."""
        return f"{self.driver_version()} {digest(self._gfnet)} {digest(*sorted((HERE / 'backends').iterdir()))}"

    def driver_version(self):
        """Such as "Mesa 26.2.6-1"."""
        return "Mesa " + self._archive.version_of("mesa-vulkan-drivers")

    def command(self, device, *arguments):
        """The command line and the environment of gfnet with these arguments on a device. Throws NotHere, Broken."""
        root = self._archive.root
        libraries = (root / "usr/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64")
        return [root / "usr/lib64/ld-linux-x86-64.so.2", "--preload", self._libraries.path(device.backend),
                "--library-path", ":".join(map(str, libraries)), self._gfnet, *arguments], {
                    **os.environ, **environment(device, root)}


@functools.lru_cache(maxsize=None)
def digest(*paths):
    """A text that changes with the content of these files."""
    content = hashlib.sha256()
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def environment(device, root):
    """What the device, the driver and gfnet need. root: of the unpacked packages."""
    return {
        "VK_DRIVER_FILES": str(root / f"usr/share/vulkan/icd.d/{device.driver}_icd.json"),
        "MESA_SHADER_CACHE_DISABLE": "1", "GFNET_CACHE": str(BUILD / "cache"), "GFNET_VALIDATION": "0",
        "GFNET_DEVICE": "", "AMDGPU_ASIC_ID_TABLE_PATHS": str(root / "usr/share/libdrm"), **dict(device.environment)}
