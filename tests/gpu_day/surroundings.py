"""What the programs find on this machine: libraries, the Vulkan loader, drivers and the validation layer.

A packed folder has libraries of the machine that built it, in lib/. One is used only where this machine has none of
that name, or one that lacks a version that the programs need. Drivers get this machine's own libraries wherever it has
them.
"""
import ctypes
import json
import os
import platform
import re
import subprocess
from pathlib import Path

from places import BUILD, GFNET, ROOT, Refused

MANIFEST, LIBRARIES = ROOT / "pack.json", ROOT / "lib"
LAYER = "VkLayer_khronos_validation.json"
LAYER_FOLDERS = [Path(folder) / "vulkan" / "explicit_layer.d" for folder in
                 ("/usr/share", "/usr/local/share", "/etc", "/usr/local/etc")]
# Where containers put NVIDIA's driver when it is not in the system's folders.
DRIVER_FOLDERS = [Path(folder) for folder in ("/usr/local/nvidia", "/opt/nvidia", "/usr/lib/nvidia")]
# Libraries that are a Vulkan driver and can be there without the file that names them to the loader.
BARE_DRIVERS = ("libGLX_nvidia.so.0", "libEGL_nvidia.so.0")

def glibc():
    """The version of this machine's glibc, as numbers; () for another C library."""
    try:
        name, _, version = os.confstr("CS_GNU_LIBC_VERSION").partition(" ")
    except (ValueError, OSError, AttributeError):
        return ()
    return numbers(version) if name == "glibc" else ()


def numbers(version):
    return tuple(int(part) for part in version.split("."))


def manifest():
    """What pack.py wrote beside the programs, or None where they were built."""
    return json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else None


def check(packed):
    """Throws Refused if programs of a packed folder cannot run here."""
    if platform.machine() != packed["machine"]:
        raise Refused(f"the programs are for {packed['machine']}, and this machine is {platform.machine()}")
    if glibc() < numbers(packed["glibc"]):
        here = ".".join(map(str, glibc())) or "none"
        raise Refused(f"the programs need glibc {packed['glibc']} or later, and this machine has {here}; pack the "
                      "folder on a system that is as old as this one")


def lacking(packed, program):
    """Names of the carried libraries that this machine lacks, or has without a version that the programs need.

    The dynamic loader is asked, as ldd does, with one of the programs. Python's own answer could be another: some
    Pythons come with libraries that only they find.
    """
    environment = {**os.environ, "LD_TRACE_LOADED_OBJECTS": "1", "LD_PRELOAD": " ".join(packed["libraries"])}
    done = subprocess.run([str(program)], capture_output=True, text=True, env=environment, check=False)
    paths = dict(re.findall(r"^\s+(\S+) => (/\S+) ", done.stdout, re.MULTILINE))
    return [name for name in packed["libraries"] if not _serves(paths.get(name), packed["versions"].get(name, []))]


def _serves(path, versions):
    """Whether the library at a path, if there is one, has versions of symbols."""
    if not path:
        return False
    content = Path(path).read_bytes() if versions else b""
    return all(version.encode() + b"\0" in content for version in versions)


def own_layer():
    """The file that describes this machine's validation layer, or None."""
    return next((folder / LAYER for folder in LAYER_FOLDERS if (folder / LAYER).exists()), None)


def layer_version(file):
    return json.loads(file.read_text(encoding="utf-8"))["layer"]["api_version"]


class Surroundings:
    """The environment of programs. facts: lines about what was found, for the report. Throws Refused."""

    def __init__(self, work):
        self.facts = []
        self._work = work
        self._paths = []
        self._settings = {"GFNET_CACHE": str(work / "cache"), "GFNET_DATA": str(ROOT / "weights"),
                          "GFNET_COMMAND": str(GFNET), "GFNET_TEST_REPOSITORY": str(ROOT),
                          "GFNET_TEST_PHOTOS": str(BUILD / "test-photos"),
                          # What is ended leaves its files here, and they go with the work folder.
                          "TMPDIR": str(work / "tmp")}
        (work / "tmp").mkdir(parents=True, exist_ok=True)
        packed = manifest()
        if packed:
            check(packed)
            self._use_carried(packed)
        self._find_layer(packed)

    def environment(self, **changes):
        """Variables for a program that was built with this script."""
        return {**self.python_environment(), **self._library_path(self._paths), **changes}

    def python_environment(self):
        """Variables for Python, whose packages have libraries of their own."""
        return {**os.environ, **self._settings}

    def trying(self, settings, folders):
        """Variables for a program, with what driver_attempts() yields."""
        return {**self.environment(), **self._library_path([*self._paths, *folders]), **settings}

    @staticmethod
    def _library_path(folders):
        paths = [*map(str, folders), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        return {"LD_LIBRARY_PATH": os.pathsep.join(paths)} if paths else {}

    def set(self, **settings):
        self._settings.update(settings)

    def command(self):
        """A file that runs gfnet in this environment, for programs that must not have its libraries, such as Python."""
        names = ("LD_LIBRARY_PATH", "VK_LAYER_PATH", "VK_DRIVER_FILES", "VK_ICD_FILENAMES")
        environment = self.environment()
        lines = [f"export {name}='{environment[name]}'\n" for name in names if name in environment]
        file = self._work / "bin" / "gfnet"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n" + "".join(lines) + f"exec '{GFNET}' \"$@\"\n", encoding="utf-8")
        file.chmod(0o755)
        return file

    def _use_carried(self, packed):
        wanted = lacking(packed, GFNET)
        used = [name for name in wanted if glibc() >= numbers(packed["libraries"][name])]
        folder = self._work / "lib"
        folder.mkdir(parents=True, exist_ok=True)
        for name in used:
            (folder / name).symlink_to(LIBRARIES / name)
        self._paths.append(folder)
        self.facts.append(["carried libraries in use", f"{len(used)} of {len(packed['libraries'])}: {', '.join(used)}"])
        unusable = [name for name in wanted if name not in used]
        if unusable:
            self.facts.append(["lacking", f"{', '.join(unusable)}; the carried ones need a later glibc"])

    def _find_layer(self, packed):
        own = own_layer()
        self.has_layer = True
        if "VK_LAYER_PATH" in os.environ:
            found = "that of VK_LAYER_PATH"
        elif own:
            found = f"this machine's own, {layer_version(own)}"
        elif packed and packed["layer"]:
            self.set(VK_LAYER_PATH=str(LIBRARIES / "layers"))
            found = f"carried, {packed['layer']}"
        else:
            self.has_layer, found = False, "none, so the tests run without it"
        self.facts.append(["validation layer", found])

    def driver_attempts(self):
        """Yields what to try in turn until a GPU is found: (description, settings to add, folders of libraries)."""
        yield "the loader's own choice", {}, []
        if "VK_DRIVER_FILES" in os.environ or "VK_ICD_FILENAMES" in os.environ:
            return
        folders = [folder for folder in DRIVER_FOLDERS if folder.is_dir()]
        libraries = [path for folder in folders for path in (folder / "lib64", folder / "lib") if path.is_dir()]
        files = [file for folder in folders for file in sorted(folder.glob("**/icd.d/*.json"))]
        for file in files:
            yield str(file), _named(file), libraries
        if libraries:
            yield "the loader's own choice", {}, libraries
        for name in BARE_DRIVERS:
            there = next((folder / name for folder in libraries if (folder / name).exists()), None)
            if there or _loads(name):
                file = self._work / f"{name}.json"
                file.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": {
                    "library_path": str(there or name), "api_version": "1.3.0"}}), encoding="utf-8")
                yield f"{name}, named to the loader by this script", _named(file), libraries

    def take(self, settings, folders):
        self.set(**settings)
        self._paths += folders


def _named(file):
    # The second variable is the first one's old name, for loaders before 1.3.207.
    return {"VK_DRIVER_FILES": str(file), "VK_ICD_FILENAMES": str(file)}


def _loads(name):
    try:
        ctypes.CDLL(name)
        return True
    except OSError:
        return False
