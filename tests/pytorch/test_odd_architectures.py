"""Small GFNets of many shapes, random in each run, against the float64 reference.

The seed is printed; GFNET_TEST_SEED=SEED repeats a run.
"""
import itertools
import os
import random
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

SEED = int(os.environ.get("GFNET_TEST_SEED") or int.from_bytes(os.urandom(4), "little"))
BOUND = 1e-5
IMAGES = 3
BATCHES = (1, 3)
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "f64": torch.float64}


def odd_channels(draw, low=9, high=45):
    """A random number of channels from low to high - 1 that is not a multiple of 4."""
    return draw.choice([c for c in range(low, high) if c % 4])


def widths(draw, channels, depth):
    """`depth` independent MLP widths, from 1 to 4 times the channels; most are not multiples of 4."""
    return tuple(draw.randint(channels, 4 * channels) for _ in range(depth))


def flat(draw, grid, patch=(2, 2), channels=None, depth=None, **options):
    channels = channels or odd_channels(draw)
    depth = depth or draw.randint(1, 3)
    return Architecture(grid, (channels,), (widths(draw, channels, depth),), patch,
                        **{"classes": draw.randint(3, 40), **options})


def pyramid(draw, grid, stages, **options):
    channels = tuple(odd_channels(draw, 5 + 4 * s, 17 + 8 * s) for s in range(stages))
    hidden = tuple(widths(draw, c, draw.randint(1, 2)) for c in channels)
    return Architecture(grid, channels, hidden, pyramid=True,
                        **{"patch": (2, 2), "classes": draw.randint(3, 40), **options})


# name: a function of a random.Random that draws the architecture
CASES = {
    "15x15_grey_one_logit": lambda d: flat(d, (15, 15), inputs=1, classes=1),
    "7x7_two_logits": lambda d: flat(d, (7, 7), patch=(4, 4), classes=2, gamma=True),
    "5x9_five_channels": lambda d: flat(d, (5, 9), inputs=5),
    "one_row": lambda d: flat(d, (1, d.randint(2, 33)), inputs=2),
    "one_column": lambda d: flat(d, (d.randint(2, 33), 1), gamma=True),
    "one_token": lambda d: flat(d, (1, 1), patch=(8, 8)),
    "rectangular": lambda d: flat(d, (d.randint(3, 9), 2 * d.randint(5, 10)), inputs=4, gamma=True),
    "prime_grid": lambda d: flat(d, (d.choice([11, 13, 17, 19]), d.choice([17, 19, 23, 29, 31]))),
    "over_1000_logits": lambda d: flat(d, (d.randint(2, 8), 6), classes=d.randint(1001, 1500)),
    "patch_1": lambda d: flat(d, (8, d.randint(6, 12)), patch=(1, 1), inputs=d.randint(1, 5)),
    "odd_patches": lambda d: flat(d, (6, 10), patch=tuple(d.sample(range(1, 8), 2)), inputs=3),
    "multiples_of_4": lambda d: flat(d, (14, 14), channels=4 * d.randint(3, 16), depth=3, gamma=True),
    "two_stages_odd_grid": lambda d: pyramid(d, (15, 10), 2),
    "three_stages": lambda d: pyramid(d, (4 * d.randint(2, 5), 12), 3, patch=(4, 4), gamma=True),
    "five_stages": lambda d: pyramid(d, (16, 32), 5, inputs=1, gamma=True),
}


class OddArchitectures(unittest.TestCase):
    rows = []

    def check(self, name, form, dtype):
        draw = random.Random(f"{SEED} {name}")
        architecture = CASES[name](draw)
        source = models.generator(SEED + zlib.crc32(name.encode()))
        state = models.random_state(architecture, source)
        state = {key: tensor.to(DTYPES[dtype]) for key, tensor in state.items()}
        images = models.random_images(architecture, IMAGES, source)
        with torch.no_grad():
            expected = reference.forward(state, images).numpy()
        results = []
        seconds = 0.0
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder, "checkpoint.pth")
            models.save(state, checkpoint, form)
            for batch in BATCHES:
                logits, spent = harness.classify_tensor(checkpoint, images.numpy(), Path(folder), batch)
                results.append(logits)
                seconds += spent

        error = max(harness.relative_error(logits, expected) for logits in results)
        self.rows.append((
            name, "x".join(map(str, architecture.grid)), "x".join(map(str, architecture.patch)),
            str(architecture.inputs), " ".join(map(str, architecture.channels)),
            " | ".join(" ".join(map(str, hidden)) for hidden in architecture.hidden),
            str(architecture.classes), f"{form}, {dtype}", f"{error:.1e}", f"{seconds:.1f}"))
        what = f"GFNET_TEST_SEED={SEED} {architecture}"
        self.assertLessEqual(error, BOUND, what + "\n" + "\n".join(
            f"batch {batch}: " + harness.describe_worst(logits, expected)
            for batch, logits in zip(BATCHES, results)))
        for batch, logits in zip(BATCHES[1:], results[1:]):
            np.testing.assert_array_equal(logits, results[0], f"{what}\nbatch {batch} against {BATCHES[0]}")

    @classmethod
    def setUpClass(cls):
        print(f"GFNET_TEST_SEED={SEED}", flush=True)

    @classmethod
    def tearDownClass(cls):
        print(f"\nGFNET_TEST_SEED={SEED}, {IMAGES} images, batches {BATCHES}, bound {BOUND:.0e}")
        harness.print_table(("model", "grid", "patch", "inputs", "channels", "MLP widths", "logits",
                             "checkpoint", "error", "seconds"), cls.rows)


def add_case(name, form, dtype):
    def test(self):
        self.check(name, form, dtype)
    setattr(OddArchitectures, "test_" + name, test)


# Every checkpoint form and every data type is used, with different models in each run.
order = random.Random(SEED)
forms, dtypes = (order.sample(list(values), len(values)) for values in (models.FORMS, DTYPES))
for case in zip(CASES, itertools.cycle(forms), itertools.cycle(dtypes)):
    add_case(*case)

if __name__ == "__main__":
    harness.main()
