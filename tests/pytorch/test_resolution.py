"""Small GFNets with --size, against the float64 reference with weights that PyTorch interpolated.

Interpolation is bilinear, with align_corners=True for filters and False for pos_embed. Weights are random in
each run. The seed is printed; GFNET_TEST_SEED=SEED repeats a run.
"""
import os
import tempfile
import unittest
import zlib
from pathlib import Path

import harness
import models
import numpy as np
import reference
import torch
from models import Architecture
from torch.nn.functional import interpolate

SEED = int(os.environ.get("GFNET_TEST_SEED") or int.from_bytes(os.urandom(4), "little"))
BOUND = 1e-5
IMAGES = 2

FLAT = {"channels": (21,), "hidden": ((60, 84),), "classes": 11}
PYRAMID = {"channels": (13, 22, 30), "hidden": ((40,), (50, 44), (64,)), "patch": (4, 4), "classes": 7,
           "gamma": True, "pyramid": True}
# name: (the checkpoint's architecture, grid to run at, --size)
CASES = {
    "larger": (Architecture((14, 14), patch=(4, 4), **FLAT), (24, 24), "96"),
    "smaller": (Architecture((14, 14), patch=(4, 4), **FLAT), (9, 9), "36"),
    "odd_to_even": (Architecture((15, 15), patch=(2, 2), inputs=1, **FLAT), (20, 20), "40"),
    "even_to_odd_rectangle": (Architecture((12, 12), patch=(2, 2), **FLAT), (17, 11), "34x22"),
    "rectangle_with_odd_patches": (Architecture((6, 10), patch=(3, 5), **FLAT), (13, 8), "39x40"),
    "one_row": (Architecture((1, 8), patch=(2, 2), gamma=True, **FLAT), (1, 13), "2x26"),
    "beyond_one_kernel": (Architecture((8, 8), patch=(2, 2), **FLAT), (40, 34), "80x68"),
    "pyramid_larger": (Architecture((8, 8), **PYRAMID), (20, 20), "80"),
    "pyramid_smaller_rectangle": (Architecture((16, 12), **PYRAMID), (8, 20), "32x80"),
    "pyramid_from_an_odd_grid": (Architecture((15, 10), **PYRAMID), (12, 16), "48x64"),
}


def resized(state, architecture, grid):
    """The state dict for another grid (rows, columns) of the first stage, interpolated by PyTorch in float64."""
    def to(values, source, target, **options):
        values = values.double().reshape(1, *source, -1).permute(0, 3, 1, 2)
        return interpolate(values, target, mode="bilinear", **options).permute(0, 2, 3, 1)

    result = dict(state)
    embedding = to(state["pos_embed"], architecture.grid, grid, align_corners=False)
    result["pos_embed"] = embedding.reshape(1, grid[0] * grid[1], -1)
    for name, tensor in state.items():
        if name.endswith("complex_weight"):
            halvings = int(name.split(".")[1]) if architecture.pyramid else 0
            height, width = (side >> halvings for side in grid)
            bins = height, width // 2 + 1
            result[name] = to(tensor, tensor.shape[:2], bins, align_corners=True).reshape(*bins, *tensor.shape[2:])
    return result


class Resolution(unittest.TestCase):
    rows = []

    def check(self, name):
        architecture, grid, size = CASES[name]
        source = models.generator(SEED + zlib.crc32(name.encode()))
        state = models.random_state(architecture, source)
        target = Architecture(**{**architecture.__dict__, "grid": grid})
        images = models.random_images(target, IMAGES, source)
        with torch.no_grad():
            expected = reference.forward(resized(state, architecture, grid), images).numpy()
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder, "checkpoint.pth")
            models.save(state, checkpoint)
            logits, _ = harness.classify_tensor(checkpoint, images.numpy(), Path(folder), IMAGES, "--size", size)
        error = harness.relative_error(logits, expected)
        self.rows.append((name, "x".join(map(str, architecture.grid)), "x".join(map(str, grid)), f"{error:.1e}"))
        self.assertLessEqual(error, BOUND, f"GFNET_TEST_SEED={SEED} " + harness.describe_worst(logits, expected))

    @classmethod
    def setUpClass(cls):
        print(f"GFNET_TEST_SEED={SEED}", flush=True)

    @classmethod
    def tearDownClass(cls):
        harness.print_table(("model", "trained at", "run at", "error"), cls.rows)


def add_case(name):
    setattr(Resolution, "test_" + name, lambda self: self.check(name))


for case in CASES:
    add_case(case)

if __name__ == "__main__":
    harness.main()
