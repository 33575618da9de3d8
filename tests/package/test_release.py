"""A release is put together only if it is complete, and its list of contents says what is in each file.

    test_release.py SOURCE

The files are made here. The list needs the Python package cyclonedx-python-lib; without it, only the rest is tested.
"""
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

SOURCE = Path(sys.argv[1])
VERSION = re.search(r"project\(gfnet VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
PARTS = "source\tzlib\t1:1.2.13.dfsg-1\nbinary\tlibvkfft-dev\t1.3.4\n"
HAS_CYCLONEDX = importlib.util.find_spec("cyclonedx") is not None


def script(name, *arguments):
    return subprocess.run([SOURCE / "scripts" / name, *map(str, arguments)], capture_output=True, text=True,
                          check=False, env={**os.environ, "PYTHON": sys.executable}, timeout=600)


def make_deb(path, package, depends):
    with tempfile.TemporaryDirectory() as folder:
        notices = Path(folder) / "usr/share/doc" / package / "third-party"
        notices.mkdir(parents=True)
        (notices / "libvkfft-dev").write_text("MIT", encoding="utf-8")
        (Path(folder) / "DEBIAN").mkdir()
        (Path(folder) / "DEBIAN/control").write_text(
            f"Package: {package}\nVersion: {VERSION}\nArchitecture: all\nMaintainer: A <a@example.org>\n"
            f"Depends: {depends}\nDescription: test\n", encoding="utf-8")
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, path], check=True,
                       capture_output=True)


def add(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def make_image(path):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as files:
        add(files, "var/lib/dpkg/status.d/libllvm19", b"Package: libllvm19\nVersion: 1:19.1.7-3\n")
    with tarfile.open(path, "w:gz") as image:
        add(image, "manifest.json", json.dumps([{"Layers": ["layer.tar"]}]).encode())
        add(image, "layer.tar", layer.getvalue())


def make_all(folder):
    for system in ("deb12", "deb13", "ubuntu24.04"):
        for package, architecture in (("gfnet", "amd64"), ("libgfnet1", "amd64"), ("libgfnet-dev", "amd64"),
                                      ("gfnet-model-cifar10", "all")):
            (folder / system).mkdir(exist_ok=True)
            make_deb(folder / system / f"{package}_{VERSION}-1~{system}_{architecture}.deb", package,
                     "libc6 (>= 2.36), libgfnet1 (= 1), libavif15 | libavif16")
    for name in ("gfnet-windows-x86_64.zip", "libgfnet-windows-x86_64.zip", "gfnet-linux-x86_64.tar.xz", "gfnet-macos-arm64.tar.xz",
                 "gfnet-macos-x86_64.tar.xz"):
        (folder / name).write_bytes(name.encode())
        (folder / f"{name}.parts").write_text(PARTS, encoding="utf-8")
    for python in ("cp310-cp310", "cp311-cp311", "cp312-abi3"):
        wheel = folder / f"gfnet_vulkan-{VERSION}-{python}-manylinux2014_x86_64.whl"
        with zipfile.ZipFile(wheel, "w") as file:
            file.writestr("gfnet.dist-info/METADATA",
                          "Requires-Dist: numpy>=1.21\nRequires-Dist: torch; extra == \"t\"\n")
        wheel.with_name(wheel.name + ".parts").write_text(PARTS, encoding="utf-8")
    make_image(folder / "gfnet-image.tar.gz")


class Release(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="gfnet-release-")
        self.addCleanup(self.scratch.cleanup)
        self.built = Path(self.scratch.name) / "built"
        self.built.mkdir()
        self.folder = Path(self.scratch.name) / "to"
        make_all(self.built)

    def assemble(self, without=None):
        """Puts together what was built, but for one file. Returns what subprocess.run returns."""
        if without:
            (self.built / without).unlink()
        return script("release", "assemble", self.built, self.folder)

    def test_the_tag_is_the_version(self):
        self.assertEqual(script("release", "version", f"v{VERSION}").returncode, 0)
        for tag in (VERSION, f"v{VERSION}1", "v"):
            self.assertEqual(script("release", "version", tag).returncode, 1, tag)

    def test_a_missing_file_is_named(self):
        done = self.assemble(without="gfnet-macos-arm64.tar.xz")
        self.assertEqual(done.returncode, 1)
        self.assertIn("gfnet-macos-arm64.tar.xz (0 found)", done.stderr)

    @unittest.skipUnless(HAS_CYCLONEDX, "cyclonedx-python-lib is missing")
    def test_lists_what_is_in_each_file(self):
        done = self.assemble()
        folder = self.folder
        self.assertEqual(done.returncode, 0, done.stderr)
        sums = (folder / "SHA256SUMS").read_text(encoding="utf-8")
        self.assertEqual({line.split("  ")[1] for line in sums.splitlines()},
                         {path.name for path in folder.iterdir()} - {"SHA256SUMS"})
        self.assertNotIn("~", sums)
        listed = json.loads((folder / f"gfnet-{VERSION}.cdx.json").read_text(encoding="utf-8"))
        held = {entry["ref"]: set(entry.get("dependsOn", [])) for entry in listed["dependencies"]}
        self.assertEqual(held[f"file:gfnet_{VERSION}-1.deb12_amd64.deb"],
                         {"needs:libc6:>= 2.36", "needs:libavif15:", "binary:libvkfft-dev:"})
        self.assertEqual(held["file:gfnet-image.tar.gz"], {"binary:libllvm19:1:19.1.7-3"})
        self.assertEqual(held["file:gfnet-windows-x86_64.zip"],
                         {"source:zlib:1:1.2.13.dfsg-1", "binary:libvkfft-dev:1.3.4"})
        self.assertIn("needs-pypi:numpy:>=1.21",
                      held[f"file:gfnet_vulkan-{VERSION}-cp312-abi3-manylinux2014_x86_64.whl"])

    @unittest.skipUnless(HAS_CYCLONEDX, "cyclonedx-python-lib is missing")
    def test_refuses_an_archive_without_its_parts(self):
        done = self.assemble(without="gfnet-windows-x86_64.zip.parts")
        self.assertEqual(done.returncode, 1)
        self.assertIn("gfnet-windows-x86_64.zip.parts is missing", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
