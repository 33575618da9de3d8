"""The programs of apps/examples: they run, and agree with one another.

    test_examples.py REPOSITORY FOLDER PROGRAM…
"""
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY, FOLDER = map(Path, sys.argv[1:3])
PROGRAMS = sys.argv[3:]
MODEL = REPOSITORY / "tests/data/reference/flat-8x8-32px.pth"
PHOTOS = sorted((REPOSITORY / "weights/photos").glob("*.jpg"))[:3]


def run(program, *arguments):
    return subprocess.run([FOLDER / f"example_{program}", *arguments], capture_output=True, text=True, timeout=120)


def lines_of(program, *arguments):
    result = run(program, *arguments)
    if result.returncode != 0:
        raise AssertionError(f"{program} ends with {result.returncode}: {result.stderr}")
    return result.stdout.splitlines()


def best_of(photo):
    """What classify_one prints first: "LABEL  12.3 %" as "LABEL 12.3 %"."""
    return " ".join(lines_of("classify_one", MODEL, photo)[0].split())


class Examples(unittest.TestCase):
    def test_there_are_photos(self):
        self.assertEqual(len(PHOTOS), 3)

    def test_wrong_usage_and_errors(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                self.assertEqual(run(program).returncode, 2)
                arguments = ["no-such-model.pth", PHOTOS[0]] + (["out.png"] if program == "explain_one" else [])
                result = run(program, *arguments)
                self.assertEqual(result.returncode, 1)
                name = program.removesuffix("_c")  # as it calls itself
                self.assertRegex(result.stderr, rf"^{name}: no-such-model\.pth.*\n$")

    def test_the_document_shows_the_program_in_c(self):
        text = (REPOSITORY / "docs/c-interface.md").read_text(encoding="utf-8")
        shown = re.search(r"^```c\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]
        self.assertEqual(shown, (REPOSITORY / "apps/examples/classify_one.c").read_text(encoding="utf-8"))

    def test_c_prints_the_same(self):
        for photo in PHOTOS:
            self.assertEqual(lines_of("classify_one_c", MODEL, photo), lines_of("classify_one", MODEL, photo))

    def test_batch_gives_the_results_of_single_images(self):
        # More images than two batches hold.
        photos = PHOTOS * 4
        expected = [f"{photo}: {best_of(photo)}" for photo in PHOTOS] * 4
        self.assertEqual([" ".join(line.split()) for line in lines_of("batch", MODEL, *photos)], expected)

    def test_own_pixels_have_the_result_of_the_file(self):
        whole, left = lines_of("own_pixels", MODEL, PHOTOS[0])
        self.assertEqual(" ".join(whole.split()), f"whole: {best_of(PHOTOS[0])}")
        self.assertRegex(left, r"^left half: .* %$")
        self.assertNotEqual(whole.split(": ")[1], left.split(": ")[1])

    def test_own_device_has_the_result_of_the_file(self):
        if "own_device" not in PROGRAMS:
            self.skipTest("built without Vulkan's loader")
        for photo in PHOTOS:
            self.assertEqual(lines_of("own_device", MODEL, photo), lines_of("classify_one", MODEL, photo))

    def test_explain_writes_an_image_of_the_same_size(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "map.png"
            line, = lines_of("explain_one", MODEL, PHOTOS[0], out)
            self.assertRegex(line, r" %, map of 8×8 tokens$")
            self.assertTrue(line.startswith(best_of(PHOTOS[0])), line)
            png = out.read_bytes()
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", png[16:24]), jpeg_size(PHOTOS[0].read_bytes()))


def jpeg_size(data):
    """(width, height) from the first start-of-frame segment of a JPEG file."""
    at = 2
    while not 0xC0 <= data[at + 1] <= 0xC3:
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5:at + 9])
    return width, height


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
