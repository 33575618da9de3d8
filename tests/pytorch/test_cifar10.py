"""The bundled model on CIFAR-10's 10,000 test files, against PyTorch: labels, logits and accuracy.

usage: test_cifar10.py [libjpeg|stb_image] [FOLDER-OR-TAR]

The data, test/CLASS/FILE in a folder or a tar archive, are not in the repository. The argument or the
environment variable GFNET_CIFAR10 gives their path. ctest has this test only if CMake was given it.
"""
import os
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import bundled
import harness
import torch

import evaluate

DATA = Path(sys.argv[2] if len(sys.argv) > 2 else os.environ["GFNET_CIFAR10"])
EVERY = 25  # step between the files that are compared file by file


class Cifar10(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.images = cls.extract(DATA) if DATA.is_file() else DATA / "test"
        cls.model = bundled.Bundled()
        pixels, targets, _, cls.names = evaluate.read_images(
            str(cls.images), "", cls.model.labels, cls.model.steps["size"], cls.model.steps["crop_ratio"])
        cls.targets = torch.from_numpy(targets)
        cls.expected = cls.model.logits(pixels)
        cls.scores = {}

    @classmethod
    def extract(cls, archive):
        """Extracts the archive's files of test/CLASS/. Returns their folder."""
        images = cls.folder / "test"
        with tarfile.open(archive) as tar:
            for member in tar:
                parts = Path(member.name).parts
                if member.isfile() and len(parts) >= 3 and parts[-3] == "test":
                    target = images / parts[-2] / parts[-1]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(tar.extractfile(member).read())
        return images

    def score(self, precision):
        if precision not in self.scores:
            self.scores[precision] = bundled.score(self, self.images, precision)
            self.assertEqual(self.scores[precision]["images"], 10000)
        return self.scores[precision]

    @unittest.skipIf(bundled.DECODER != "libjpeg", f"{bundled.DECODER} does not decode to PIL's pixels")
    def test_classify_agrees_file_by_file(self):
        paths = [self.images / name for name in self.names[::EVERY]]
        self.assertGreater(len(paths), 300)
        bundled.check_file_by_file(self, self.model.labels, paths, self.expected[::EVERY], self.folder)

    def test_half_precision_costs_no_accuracy(self):
        half, single = self.score("fp16"), self.score("fp32")
        for key in "top1", "top5":
            print(f"\n{key}: {half[key]:.2f} % in fp16, {single[key]:.2f} % in fp32", flush=True)
            self.assertLessEqual(abs(half[key] - single[key]), 0.1 + 1e-9)

    def test_eval_agrees(self):
        score = self.score("fp32")
        for key, k in ("top1", 1), ("top5", 5):
            expected = 100 * evaluate.top_k(self.expected, self.targets, k)
            print(f"\n{key}: {score[key]:.2f} % here, {expected:.2f} % in PyTorch", flush=True)
            self.assertLessEqual(abs(score[key] - expected), 0.1)


if __name__ == "__main__":
    harness.main()
