"""Packs what a GPU day needs into a folder that stands by itself: `run`, and gpu-day.tar.xz with the rest.

The archive has the layout of a checkout, so that everything finds its files as it does here: programs below
build/release, the scripts, the models, what tests read. To these come lib/ with the libraries that a bare machine may
lack, and pack.json.
"""
import datetime
import json
import lzma
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from places import BUILD, GFNET, HERE, ROOT, TEST_PROGRAMS, Refused, say
from surroundings import layer_version, numbers, own_layer

ARCHIVE = "gpu-day.tar.xz"
DICTIONARY_BYTES = 128 << 20
# Of the repository. A name that ends with "/" is a whole folder.
FILES = ("scripts/gpu-day", "scripts/measure", "tests/gpu_day/", "tests/peers/", "tests/drivers/",
         "tests/data/reference/", "tests/image/data/", "weights/gfnet.py", "weights/safetensors_io.py",
         "weights/zoo.json", "weights/gfnet-cifar10.safetensors", "LICENSE")
# Most worthy first: those that run the kernels, then those that run the device.
ORDER = ("test_shaders", "test_compiler", "test_runtime", "test_device_check", "test_vulkan", "test_image_gpu",
         "test_tuning", "test_api", "test_bench")
# Part of every system with glibc.
OF_THE_SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|nss_.*))\.so\.\d+")
# What the programs load by name, and what vendors' drivers are linked with and a machine without a display may lack.
LOADED = ("libvulkan.so.1", "libX11.so.6", "libXext.so.6", "libxcb.so.1", "libGLdispatch.so.0", "libEGL.so.1",
          "libGLX.so.0", "libdrm.so.2")


def device_tests():
    """Names of the test programs that need a device, as ctest knows them, most worthy first. Throws Refused."""
    done = _run("ctest", "--test-dir", BUILD, "--show-only=json-v1", "--label-regex", "^device$")
    commands = [Path(test["command"][0]) for test in json.loads(done)["tests"] if test.get("command")]
    names = sorted({path.name for path in commands if path.parent == TEST_PROGRAMS})
    if not names:
        raise Refused("ctest lists no test that needs a device")
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def pack(folder):
    """Builds everything and writes the folder. Throws Refused."""
    _build("gfnet_programs")
    names = device_tests()
    _build(*names)
    _run("ctest", "--test-dir", BUILD, "--tests-regex", "^data/photos$")
    with tempfile.TemporaryDirectory(prefix="gfnet-pack-") as temporary:
        root = Path(temporary) / "gpu-day"
        programs = [GFNET, *(TEST_PROGRAMS / name for name in names)]
        for source in [*repository_files(), *programs, *sorted((BUILD / "test-photos").rglob("*"))]:
            if source.is_file():
                _copy(source, root / source.relative_to(ROOT))
        layer = _copy_layer(root)
        libraries = _copy_libraries(root / "lib", [*programs, *([layer[1]] if layer else [])])
        copies = [root / source.relative_to(ROOT) for source in programs]
        if layer:
            copies.append(root / "lib" / "layers" / layer[1].name)
        carried = [root / "lib" / name for name in sorted(libraries)]
        for copy in [*copies, *carried]:
            _run("strip", "--strip-unneeded", copy)
        versions = needed_versions(_run("objdump", "-p", *copies, *carried))
        manifest = {"date": datetime.date.today().isoformat(), "machine": platform.machine(),
                    "glibc": needed_glibc(copies), "tests": names,
                    "libraries": {copy.name: needed_glibc([copy]) for copy in carried},
                    "versions": {copy.name: versions[copy.name] for copy in carried if copy.name in versions},
                    "layer": layer[0] if layer else None}
        (root / "pack.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _write(folder, root)
    size = sum(file.stat().st_size for file in folder.iterdir())
    say(f"{folder}: {size / (1 << 20):.1f} MiB, needs glibc {manifest['glibc']} and python3; validation layer: "
        f"{manifest['layer'] or 'none'}. There: {folder.name}/run REPORT-FOLDER")


def needed_versions(text):
    """{library: versions of symbols that are needed of it}, from what objdump -p says."""
    needed, library = {}, None
    for line in text.splitlines():
        heading = re.match(r"\s+required from (\S+):", line)
        version = re.match(r"\s+0x[0-9a-f]+ 0x[0-9a-f]+ \d+ (\S+)", line)
        if heading:
            library = heading[1]
        elif version and library:
            needed.setdefault(library, set()).add(version[1])
        else:
            library = None
    return {name: sorted(versions) for name, versions in needed.items()}


def needed_glibc(files):
    """The version of glibc that programs or libraries need, such as "2.34"."""
    versions = needed_versions(_run("objdump", "-p", *files))
    found = [numbers(version.removeprefix("GLIBC_")) for needed in versions.values() for version in needed
             if re.fullmatch(r"GLIBC_[\d.]+", version)]
    return ".".join(map(str, max(found, default=(2, 0))))


def repository_files():
    for name in FILES:
        path = ROOT / name
        if not name.endswith("/"):
            yield path
            continue
        yield from (file for file in sorted(path.rglob("*")) if "__pycache__" not in file.parts)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _copy_layer(root):
    """Copies the validation layer. Returns (its version, its library on this machine), or None if it is not here."""
    file = own_layer()
    if not file:
        return None
    description = json.loads(file.read_text(encoding="utf-8"))
    library = _find(Path(description["layer"]["library_path"]).name)
    if not library:
        return None
    # With a path, the loader needs no help to find it.
    description["layer"]["library_path"] = f"./{library.name}"
    target = root / "lib" / "layers"
    target.mkdir(parents=True)
    (target / file.name).write_text(json.dumps(description, indent=1), encoding="utf-8")
    _copy(library, target / library.name)
    return layer_version(file), library


def _copy_libraries(folder, programs):
    """Copies what programs, and drivers on the other machine, are linked with. Returns the names."""
    loaded = [path for path in map(_find, LOADED) if path]
    found = {path.name: path for path in loaded}
    for program in [*programs, *loaded]:
        for name, path in re.findall(r"^\s+(\S+) => (/\S+) ", _run("ldd", program), re.MULTILINE):
            if not OF_THE_SYSTEM.fullmatch(name):
                found[name] = Path(path)
    for name, path in found.items():
        _copy(path.resolve(), folder / name)
    return list(found)


def _find(name):
    """The path of one of this machine's libraries, or None."""
    for line in _run("ldconfig", "-p").splitlines():
        known = re.match(r"\s+(\S+) \(.*x86-64.*\) => (\S+)" if platform.machine() == "x86_64" else
                         r"\s+(\S+) \(.*\) => (\S+)", line)
        if known and known[1] == name:
            return Path(known[2])
    return None


def _write(folder, root):
    folder.mkdir(parents=True, exist_ok=True)
    say("compressing")
    # The programs hold the same shaders. With a dictionary as large as all programs these are stored once.
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 3, "dict_size": DICTIONARY_BYTES}]
    with lzma.open(folder / ARCHIVE, "wb", filters=filters) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(root, root.name)
    shutil.copy2(HERE / "run.sh", folder / "run")
    (folder / "run").chmod(0o755)


def _build(*targets):
    if subprocess.run(["scripts/build", "release", *targets], cwd=ROOT, check=False).returncode != 0:
        raise Refused("it does not build")


def _run(*command):
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from None
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
        raise Refused(f"{command[0]}: {words[-1]}")
    return done.stdout
