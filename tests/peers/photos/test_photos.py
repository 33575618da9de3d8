"""Tests of the comparison with other readers of photographs: all do the same work, and the table adds up."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import compare_photos
import numpy
import prepare

PHOTOS = Path(__file__).resolve().parents[3] / "weights" / "photos"
GFNET = os.environ["GFNET_COMMAND"]


class PhotosTest(unittest.TestCase):
    def test_pillow_prepares_what_gfnet_does(self):
        photos = sorted(PHOTOS.glob("*.jpg"))
        self.assertGreater(len(photos), 3)
        with tempfile.TemporaryDirectory() as folder:
            array = Path(folder) / "inputs.npy"
            subprocess.run([GFNET, "classify", *map(str, photos), "--preprocessed", str(array)], check=True,
                           capture_output=True)
            inputs = numpy.load(array)
        for photo, planes in zip(photos, inputs):
            pixels = prepare.with_pillow(photo, compare_photos.SIDE).astype(float)
            for channel in range(3):
                # gfnet normalises: v·scale + bias. The two are fitted here; a step of a pixel is 1.
                scale, bias = numpy.polyfit(planes[channel].ravel(), pixels[..., channel].ravel(), 1)
                self.assertGreater(scale, 0)
                self.assertLess(numpy.abs(planes[channel] * scale + bias - pixels[..., channel]).max(), 1.2)

    def test_gfnet_takes_its_turns(self):
        photos = sorted(PHOTOS.glob("*.jpg"))[:2]
        script = compare_photos.__file__
        with tempfile.TemporaryDirectory() as folder:
            for photo in photos:
                (Path(folder) / photo.name).symlink_to(photo)
            command = [sys.executable, script, folder, "--rounds", "2", "--repeat", "1", "--gfnet", GFNET,
                       "--skip", "Pillow", "OpenCV"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            self.assertRegex(done.stdout, r"\| gfnet \| \d+\.\d \|")
            self.assertEqual(done.stderr.count(": gfnet: "), 2)
            (Path(folder) / "no.jpg").write_text("no image")
            failed = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(failed.returncode, 1)
            self.assertIn("compare_photos: gfnet: ", failed.stderr)

    def test_the_table_has_medians_and_ratios_of_rounds(self):
        lines = compare_photos.table({"gfnet": [10, 40, 30], "other": [5, 10, 30]})
        self.assertEqual(lines[2], "| gfnet | 30.0 | 10.0, 40.0 |  |")
        self.assertEqual(lines[3], "| other | 10.0 | 5.0, 30.0 | 2.00× |")

    def test_sizes_are_rounded_as_torchvision_does(self):
        self.assertEqual(prepare.cover(500, 375, 32), (42, 32))
        self.assertEqual(prepare.cover(375, 500, 32), (32, 42))
        self.assertEqual(prepare.middle(42, 32, 32), (5, 0))
        self.assertEqual(prepare.middle(43, 33, 32), (6, 0))


if __name__ == "__main__":
    unittest.main()
