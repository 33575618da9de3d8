"""The C interface from Rust: apps/examples/classify_one.rs, compiled by rustc alone, agrees with the command.

    test_rust.py REPOSITORY LIBRARY
"""
import csv
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY, LIBRARY = map(Path, sys.argv[1:3])
COMMAND = os.environ["GFNET_COMMAND"]
RUSTC = shutil.which("rustc")
MODEL = REPOSITORY / "weights/gfnet-cifar10.safetensors"
PHOTO = REPOSITORY / "weights/photos/cat.jpg"


def bits(number):
    """The bits of a number in single precision."""
    return struct.pack("<f", float(number))


@unittest.skipUnless(RUSTC, "there is no rustc: the package rustc has it")
class Rust(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gfnet-rust-")
        cls.program = Path(cls.folder.name) / "classify_one"
        subprocess.run([RUSTC, "--edition", "2021", "-D", "warnings", "-L", LIBRARY.parent, "-l", "gfnet",
                        "-C", f"link-arg=-Wl,-rpath,{LIBRARY.parent}", "-o", cls.program,
                        REPOSITORY / "apps/examples/classify_one.rs"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_program(self, *arguments):
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, timeout=120)

    def test_a_photograph_has_the_commands_results(self):
        listed = subprocess.run([COMMAND, "classify", "--format", "csv", "--top", "5", PHOTO], capture_output=True,
                                text=True, check=True, timeout=120)
        row, = csv.DictReader(listed.stdout.splitlines())
        done = self.run_program(MODEL, PHOTO)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = [line.split(",") for line in done.stdout.splitlines()]
        self.assertEqual(len(lines), 5)
        for rank, (index, label, probability) in enumerate(lines, 1):
            self.assertEqual((index, label), (row[f"class_{rank}"], row[f"label_{rank}"]))
            self.assertEqual(bits(probability), bits(row[f"probability_{rank}"]))

    def test_errors(self):
        done = self.run_program("no-such-model.pth", PHOTO)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "classify_one: no-such-model.pth: cannot open: No such file or directory (code 2)\n")
        done = self.run_program(MODEL, MODEL)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{MODEL}: ", done.stderr)
        self.assertEqual(self.run_program().returncode, 2)


if __name__ == "__main__":
    result = unittest.main(argv=sys.argv[:1], verbosity=2, exit=False).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(0 if RUSTC else 77)  # 77: ctest counts the test as skipped
