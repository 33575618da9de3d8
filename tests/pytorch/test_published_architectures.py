"""The seven published architectures with random weights, in fp32, against the float64 reference.

GFNET_TEST_SEED chooses other weights and images.
"""
import os
import tempfile
import time
import unittest
import zlib
from pathlib import Path

import harness
import models
import numpy as np
import reference
import torch

SEED = int(os.environ.get("GFNET_TEST_SEED", 2107))
BOUND = 5e-5
IMAGES = 2
# (architecture, image size in pixels, checkpoint form). At 384, the checkpoint has the grid for that size.
CASES = [
    ("gfnet-ti", 224, "zip model"),
    ("gfnet-xs", 224, "legacy"),
    ("gfnet-s", 224, "zip state_dict module."),
    ("gfnet-b", 224, "legacy module."),
    ("gfnet-h-ti", 224, "zip training"),
    ("gfnet-h-s", 224, "legacy model"),
    ("gfnet-h-b", 224, "zip"),
    ("gfnet-xs", 384, "zip model_ema"),
    ("gfnet-h-ti", 384, "legacy training module."),
]


class PublishedArchitectures(unittest.TestCase):
    rows = []

    def check(self, name, size, form):
        architecture = models.published(name, size)
        random = models.generator(SEED + zlib.crc32(f"{name} {size}".encode()))
        state = models.random_state(architecture, random)
        images = models.random_images(architecture, IMAGES, random)
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder, "checkpoint.pth")
            models.save(state, checkpoint, form)
            logits, seconds = harness.classify_tensor(checkpoint, images.numpy(), Path(folder), IMAGES)
        start = time.monotonic()
        with torch.no_grad():
            expected = reference.forward(state, images).numpy()
        reference_seconds = time.monotonic() - start

        error = harness.relative_error(logits, expected)
        parameters = sum(tensor.numel() for tensor in state.values())
        self.rows.append((name, f"{parameters / 1e6:.1f} M", str(size), form, f"{error:.1e}",
                          f"{seconds:.1f}", f"{reference_seconds:.1f}"))
        # The two images' logits must differ, or the comparison would prove little.
        self.assertGreater(harness.relative_error(expected[1], expected[0]), 0.05)
        self.assertLessEqual(error, BOUND, harness.describe_worst(logits, expected))
        np.testing.assert_array_equal(logits.argmax(1), expected.argmax(1))

    @classmethod
    def tearDownClass(cls):
        print(f"\nGFNET_TEST_SEED={SEED}, {IMAGES} images, bound {BOUND:.0e}")
        harness.print_table(
            ("architecture", "params", "size", "checkpoint", "error", "gfnet s", "reference s"), cls.rows)


def add_case(name, size, form):
    def test(self):
        self.check(name, size, form)
    setattr(PublishedArchitectures, f"test_{name.replace('-', '_')}_at_{size}", test)


for case in CASES:
    add_case(*case)

if __name__ == "__main__":
    harness.main()
