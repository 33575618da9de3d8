"""The bundled model: what the engine says of JPEG files, against PyTorch (weights/evaluate.py).

usage: test_bundled_model.py [libjpeg|stb_image]      what the engine decodes JPEG with

A few hundred test files; with GFNET_FULL_EVAL=1 the accuracy on all 10,000 as well. GFNET_TEST_MODEL names
another model.
"""
import csv
import io
import json
import os
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import harness
import numpy as np
import torch

import evaluate
import gfnet
import safetensors_io

MODEL = Path(os.environ.get("GFNET_TEST_MODEL", harness.WEIGHTS / "gfnet-cifar10.safetensors"))
DECODER = sys.argv[1] if len(sys.argv) > 1 else "libjpeg"
FULL = os.environ.get("GFNET_FULL_EVAL") == "1"
DATA = harness.shared("data/cifar10-jpeg.tar.xz")
EVERY = 25  # file by file, one of so many
LOGITS_BOUND = 1e-4


class BundledModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not MODEL.is_file():
            raise AssertionError(f"{MODEL} is not here")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.images = cls.folder / "test"
        cls.extract(DATA)

        tensors, metadata = safetensors_io.load(MODEL)
        steps = json.loads(metadata["preprocessing"])
        cls.labels = json.loads(metadata["labels"])
        pixels, cls.targets, _, cls.names = evaluate.read_images(
            str(cls.images), "", cls.labels, steps["size"], steps["crop_ratio"])
        model = gfnet.from_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})
        cls.expected = evaluate.predict(model, pixels, steps["mean"], steps["std"])

    @classmethod
    def extract(cls, archive):
        """The files of test/CLASS/ in the archive that are needed, as CLASS/FILE below `images`."""
        with tarfile.open(archive) as tar:
            count = 0
            for member in tar:
                parts = Path(member.name).parts
                if not member.isfile() or len(parts) < 3 or parts[-3] != "test":
                    continue
                count += 1
                if FULL or count % EVERY == 0:
                    target = cls.images / parts[-2] / parts[-1]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(tar.extractfile(member).read())

    def run_gfnet(self, command, *arguments):
        return harness.run_gfnet(command, "--model", MODEL, "--precision", "fp32", *arguments)

    @unittest.skipIf(DECODER != "libjpeg", f"{DECODER} does not decode to PIL's pixels")
    def test_classify_agrees_file_by_file(self):
        step = EVERY if FULL else 1
        paths = [str(self.images / name) for name in self.names[::step]]
        expected = self.expected[::step]
        logits_file = self.folder / "logits.npy"
        output = self.run_gfnet("classify", "--format", "csv", "--logits", logits_file, *paths)
        rows = list(csv.DictReader(io.StringIO(output)))
        self.assertEqual([row["path"] for row in rows], paths)
        self.assertGreater(len(rows), 300)

        self.assertEqual([row["label_1"] for row in rows], [self.labels[i] for i in expected.argmax(1)])
        probabilities = expected.softmax(1).max(1).values
        np.testing.assert_allclose([float(row["probability_1"]) for row in rows], probabilities, atol=1e-4)

        logits = np.load(logits_file)
        errors = [harness.relative_error(*pair) for pair in zip(logits, expected)]
        print(f"\n{len(rows)} files: the same labels; logits differ by {np.median(errors):.1e} in the "
              f"median, {max(errors):.1e} at most (bound {LOGITS_BOUND:.0e})", flush=True)
        worst = int(np.argmax(errors))
        self.assertLessEqual(errors[worst], LOGITS_BOUND,
                             f"{paths[worst]}: " + harness.describe_worst(logits[worst], expected[worst]))

    def evaluate(self, precision):
        """The score; skips the test where the device lacks the precision."""
        devices = json.loads(harness.run_gfnet("devices", "--json"))
        if precision == "fp16" and not any(d["default"] and d["fp16_storage"] for d in devices):
            self.skipTest("no 16-bit storage")
        score = json.loads(harness.run_gfnet("eval", self.images, "--model", MODEL, "--precision",
                                             precision, "--json"))
        self.assertEqual((score["precision"], score["failed"]), (precision, 0))
        return score

    def test_half_precision_costs_no_accuracy(self):
        """All files with GFNET_FULL_EVAL=1: within 0.1 points. Of a few hundred, one may change."""
        half, single = self.evaluate("fp16"), self.evaluate("fp32")
        bound = max(0.1, 100 / half["images"])
        for key in "top1", "top5":
            print(f"\n{half['images']} files, {key}: {half[key]:.2f} % in fp16, {single[key]:.2f} % in fp32",
                  flush=True)
            self.assertLessEqual(abs(half[key] - single[key]), bound + 1e-9)

    @unittest.skipUnless(FULL, "GFNET_FULL_EVAL=1 evaluates all 10,000 files")
    def test_eval_agrees_on_all_files(self):
        score = json.loads(self.run_gfnet("eval", self.images, "--json"))
        self.assertEqual((score["images"], score["failed"]), (10000, 0))
        targets = torch.from_numpy(self.targets)
        for key, k in ("top1", 1), ("top5", 5):
            expected = 100 * evaluate.top_k(self.expected, targets, k)
            print(f"\n{key}: {score[key]:.2f} % here, {expected:.2f} % in PyTorch", flush=True)
            self.assertLessEqual(abs(score[key] - expected), 0.1)


if __name__ == "__main__":
    harness.main()
