"""Shared by the scripts that compare the engine with the bundled model in PyTorch.

Their usage: test_….py [libjpeg|stb_image]      the library with which the engine decodes JPEG
GFNET_TEST_MODEL: path of another model.
"""
import csv
import io
import json
import os
import sys
from pathlib import Path

import harness
import numpy as np
import torch

import evaluate
import gfnet
import safetensors_io

MODEL = Path(os.environ.get("GFNET_TEST_MODEL", harness.WEIGHTS / "gfnet-cifar10.safetensors"))
DECODER = sys.argv[1] if len(sys.argv) > 1 else "libjpeg"
LOGITS_BOUND = 1e-4


class Bundled:
    def __init__(self):
        tensors, metadata = safetensors_io.load(MODEL)
        self.steps = json.loads(metadata["preprocessing"])
        self.labels = json.loads(metadata["labels"])
        self.model = gfnet.from_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})

    def logits(self, pixels):
        """Logits [N, classes] float32 of pixels, uint8 [N, size, size, 3]."""
        return evaluate.predict(self.model, pixels, self.steps["mean"], self.steps["std"])

    def prepare(self, image):
        """A PIL image resized and cropped for the network: uint8 [size, size, 3]."""
        return evaluate.prepare(image, self.steps["size"], self.steps["crop_ratio"])


def run_gfnet(command, *arguments, precision="fp32", **options):
    return harness.run_gfnet(command, "--model", MODEL, "--precision", precision, *arguments, **options)


def classify(paths, folder, precision="fp32"):
    """Runs gfnet classify on files. Returns (CSV rows, logits [N, classes])."""
    paths = [str(path) for path in paths]
    listed, logits = folder / "listed.txt", folder / "logits.npy"
    listed.write_text("".join(f"{path}\n" for path in paths))
    with open(listed, encoding="utf-8") as stdin:
        output = run_gfnet("classify", "--format", "csv", "--logits", logits, "-", precision=precision, stdin=stdin)
    rows = list(csv.DictReader(io.StringIO(output)))
    if [row["path"] for row in rows] != paths:
        raise AssertionError("the CSV lists other paths")
    return rows, np.load(logits)


def check_file_by_file(test, labels, paths, expected, folder):
    """Checks the engine's labels, probabilities (within 1e-4) and logits (within LOGITS_BOUND) for each file."""
    rows, logits = classify(paths, folder)
    test.assertEqual([row["label_1"] for row in rows], [labels[i] for i in expected.argmax(1)])
    probabilities = expected.softmax(1).max(1).values
    np.testing.assert_allclose([float(row["probability_1"]) for row in rows], probabilities, atol=1e-4)
    errors = [harness.relative_error(*pair) for pair in zip(logits, expected)]
    print(f"\n{len(rows)} files: the same labels; logits differ by {np.median(errors):.1e} in the "
          f"median, {max(errors):.1e} at most (bound {LOGITS_BOUND:.0e})", flush=True)
    worst = int(np.argmax(errors))
    test.assertLessEqual(errors[worst], LOGITS_BOUND,
                         f"{paths[worst]}: " + harness.describe_worst(logits[worst], expected[worst]))


def score(test, images, precision):
    """JSON of gfnet eval on class folders. Skips the test if the device lacks the precision."""
    devices = json.loads(harness.run_gfnet("devices", "--json"))
    if precision == "fp16" and not any(d["default"] and d["fp16_storage"] for d in devices):
        test.skipTest("no 16-bit storage")
    told = json.loads(run_gfnet("eval", images, "--json", precision=precision))
    test.assertEqual((told["precision"], told["failed"]), (precision, 0))
    return told
