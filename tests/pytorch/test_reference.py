"""The float64 reference itself: against definitions, against weights/gfnet.py, against given logits."""
import math
import unittest

import harness
import models
import numpy as np
import reference
import torch

import gfnet

REFERENCE = harness.shared("reference")


def filter_by_definition(x, weight):
    """The filter of one [H, W] plane as plain sums over complex exponentials (numpy, complex128)."""
    height, width = x.shape
    rows = np.exp(-2j * np.pi * np.outer(np.arange(height), np.arange(height)) / height)
    columns = np.exp(-2j * np.pi * np.outer(np.arange(width), np.arange(width)) / width)
    half = rows.conj() @ ((rows @ x @ columns)[:, :width // 2 + 1] * weight)
    # A real row is the cosine series of its half spectrum; all but column 0 and W/2 count twice.
    twice = np.array([1 if v in (0, width / 2) else 2 for v in range(width // 2 + 1)])
    return (half * twice @ columns[:width // 2 + 1].conj()).real / (height * width)


class Reference(unittest.TestCase):
    def test_filter_equals_its_definition(self):
        random = np.random.default_rng(1)
        for height, width in [(1, 1), (1, 4), (3, 1), (5, 4), (4, 5), (6, 2), (7, 7)]:
            with self.subTest(height=height, width=width):
                x = random.standard_normal((height, width))
                weight = random.standard_normal((height, width // 2 + 1, 2))
                expected = filter_by_definition(x, weight[..., 0] + 1j * weight[..., 1])
                actual = reference.global_filter(torch.from_numpy(x)[None, :, :, None],
                                                 torch.from_numpy(weight)[:, :, None])
                np.testing.assert_allclose(actual[0, :, :, 0], expected, atol=1e-12)

    def test_weights_gfnet_agrees(self):
        small = dict(patch=(2, 4), classes=7, inputs=2)
        architectures = {
            "flat 5x9": models.Architecture((5, 9), (24,), ((48, 48),), **small),
            "flat 8x6 gamma": models.Architecture((8, 6), (13,), ((26,) * 3,), gamma=True, **small),
            "pyramid": models.Architecture(
                (8, 12), (8, 12, 20), ((16,), (48, 48), (20,)), pyramid=True, **small),
            "gfnet-ti": models.published("gfnet-ti"),
            "gfnet-h-ti": models.published("gfnet-h-ti"),
        }
        for name, architecture in architectures.items():
            with self.subTest(name):
                random = models.generator(len(name))
                state = models.random_state(architecture, random)
                images = models.random_images(architecture, 2, random)
                model = gfnet.from_state_dict(state).double()
                with torch.no_grad():
                    actual, expected = model(images.double()), reference.forward(state, images)
                self.assertLess(harness.relative_error(actual, expected), 1e-10)

    def test_published_shapes_equal_those_of_weights_gfnet(self):
        parameters = {"gfnet-ti": 7, "gfnet-xs": 16, "gfnet-s": 25, "gfnet-b": 43,
                      "gfnet-h-ti": 15, "gfnet-h-s": 32, "gfnet-h-b": 54}
        self.assertEqual(set(parameters), set(gfnet.PUBLISHED))
        for name, millions in parameters.items():
            with self.subTest(name):
                shapes = models.published(name).shapes()
                theirs = {key: tuple(value.shape) for key, value in gfnet.create(name).state_dict().items()}
                self.assertEqual(shapes, theirs)
                self.assertAlmostEqual(sum(map(math.prod, shapes.values())) / 1e6, millions, delta=1)

    def test_given_logits(self):
        for path in sorted(REFERENCE.glob("*.pth")):
            with self.subTest(path.stem):
                state = torch.load(path, map_location="cpu", weights_only=False)
                for wrapper in ("model", "state_dict", "model_ema"):
                    state = state.get(wrapper, state)
                state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
                images = np.load(path.with_name(path.stem + ".input.npy"))
                expected = np.load(path.with_name(path.stem + ".logits.npy"))
                with torch.no_grad():
                    actual = reference.forward(state, torch.from_numpy(images))
                # The logits lie there in float32.
                self.assertLess(harness.relative_error(actual, expected), 1e-6)


if __name__ == "__main__":
    harness.main()
