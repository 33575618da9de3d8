"""Every file that is installed belongs to one component, and each component holds what its package promises.

    test_components.py BUILD CMAKE LIBRARY-FOLDER
"""
import subprocess
import sys
import tempfile
import unittest
from fnmatch import fnmatchcase
from pathlib import Path

BUILD, CMAKE, LIBRARIES = sys.argv[1:4]
COMPONENTS = ("command", "library", "development", "model")

# What each component must hold, and patterns that all of its files match.
HOLDS = {
    "command": ["bin/gfnet", "share/doc/gfnet/command-line.md", "share/doc/gfnet/LICENSE", "share/doc/gfnet/CREDITS.md"],
    "library": [f"{LIBRARIES}/libgfnet.so.1"],
    "development": [f"{LIBRARIES}/libgfnet.so", f"{LIBRARIES}/libgfnet.a", "include/gfnet/gfnet.h", "include/gfnet/c.h",
                    f"{LIBRARIES}/cmake/gfnet/gfnetConfig.cmake", f"{LIBRARIES}/pkgconfig/gfnet.pc",
                    f"{LIBRARIES}/pkgconfig/gfnet-static.pc", "share/doc/gfnet/examples/classify_one.c"],
    "model": ["share/gfnet/gfnet-cifar10.safetensors", "share/gfnet/MODEL_CARD.md", "share/gfnet/imagenet-1k.tsv"],
}
WITHIN = {
    "command": ["bin/gfnet", "bin/gfnet-live", f"{LIBRARIES}/gfnet/*", "share/doc/gfnet/*", "share/man/man1/gfnet.1",
                "share/bash-completion/completions/gfnet", "share/zsh/*/_gfnet", "share/fish/vendor_completions.d/gfnet.fish",
                "share/applications/gfnet.desktop", "share/metainfo/*.metainfo.xml", "share/icons/hicolor/*/apps/gfnet.*"],
    "library": [f"{LIBRARIES}/libgfnet.so.*"],
    "development": ["include/gfnet/*.h", f"{LIBRARIES}/libgfnet.so", f"{LIBRARIES}/libgfnet.a",
                    f"{LIBRARIES}/cmake/gfnet/*.cmake", f"{LIBRARIES}/pkgconfig/gfnet*.pc", "share/doc/gfnet/examples/*"],
    "model": ["share/gfnet/*"],
}


def installed(*options):
    """The files that an installation writes, relative to its prefix, with their sizes; -1 for a link."""
    with tempfile.TemporaryDirectory(prefix="gfnet-components-") as prefix:
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", prefix, *options], check=True, capture_output=True, text=True)
        return {path.relative_to(prefix).as_posix(): -1 if path.is_symlink() else path.stat().st_size
                for path in Path(prefix).rglob("*") if path.is_symlink() or path.is_file()}


class Components(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = installed()
        cls.parts = {name: installed("--component", name) for name in COMPONENTS}

    def test_every_file_is_in_one_component(self):
        found = [path for part in self.parts.values() for path in part]
        self.assertEqual(sorted(found), sorted(self.whole))
        self.assertEqual({path: size for part in self.parts.values() for path, size in part.items() if path in self.whole},
                         self.whole)

    def test_each_holds_what_it_promises_and_nothing_else(self):
        for name, part in self.parts.items():
            for path in HOLDS[name]:
                self.assertIn(path, part, name)
            strange = [path for path in part if not any(fnmatchcase(path, pattern) for pattern in WITHIN[name])]
            self.assertEqual(strange, [], name)

    def test_completions_and_desktop_files_go_with_their_programs(self):
        command = set(self.parts["command"])
        completions = {path for path in command if "completion" in path or path.startswith("share/zsh")}
        if (Path(BUILD) / "completions").exists():
            self.assertEqual(len(completions), 3, completions)
        desktop = {"share/applications/gfnet.desktop", "share/icons/hicolor/256x256/apps/gfnet.png",
                   "share/icons/hicolor/scalable/apps/gfnet.svg"}
        self.assertEqual(desktop & command, desktop if "bin/gfnet-live" in command else set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
