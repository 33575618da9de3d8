"""The desktop's files are valid and name what is there.

    test_desktop.py REPOSITORY
"""
import configparser
import os
import shutil
import struct
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

FOLDER = Path(sys.argv[1]) / "packaging/desktop"
DESKTOP = FOLDER / "gfnet.desktop"
COMMAND = os.environ["GFNET_COMMAND"]
METAINFO, = FOLDER.glob("*.metainfo.xml")


def entries():
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read(DESKTOP, encoding="utf-8")
    return parser


class Desktop(unittest.TestCase):
    def check_with(self, tool, *arguments):
        if shutil.which(tool) is None:
            self.skipTest(f"no {tool}")
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def test_the_desktop_file_is_valid(self):
        self.assertEqual(self.check_with("desktop-file-validate", DESKTOP), "")

    def test_the_metainfo_is_valid(self):
        self.assertNotIn("warning", self.check_with("appstreamcli", "validate", "--no-net", METAINFO))

    def test_it_starts_commands_that_are_there(self):
        parser = entries()
        self.assertEqual(parser["Desktop Entry"]["Exec"], "gfnet live")
        options = subprocess.run([COMMAND, "live", "--help"], capture_output=True, text=True, timeout=60).stdout
        if "--source" not in options:
            self.skipTest("built without gfnet live")
        for section in parser.sections():
            program, command, *rest = parser[section]["Exec"].split()
            self.assertEqual((program, command), ("gfnet", "live"))
            for word in rest:
                if word.startswith("--"):
                    self.assertIn(f"  {word} ", options)
        self.assertTrue((Path(COMMAND).parent / parser["Desktop Entry"]["TryExec"]).exists())

    def test_the_metainfo_names_the_desktop_file(self):
        root = ElementTree.parse(METAINFO).getroot()
        self.assertEqual(root.findtext("launchable"), DESKTOP.name)
        self.assertEqual(METAINFO.name, root.findtext("id") + ".metainfo.xml")

    def test_the_icons(self):
        self.assertEqual(entries()["Desktop Entry"]["Icon"], "gfnet")
        header = (FOLDER / "gfnet.png").read_bytes()[:24]
        self.assertEqual(header[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", header[16:]), (256, 256))
        drawing = ElementTree.parse(FOLDER / "gfnet.svg").getroot()
        self.assertEqual(drawing.get("width"), drawing.get("height"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
