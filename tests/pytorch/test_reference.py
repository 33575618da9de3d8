"""The float64 reference, against definitions, weights/gfnet.py and the committed logits.

Also compares the committed checkpoints with those that tests/data/make_reference.py writes.
"""
import math
import tempfile
import unittest
from pathlib import Path

import harness
import models
import numpy as np
import reference
import torch

import gfnet
import make_reference

REFERENCE = make_reference.FOLDER


def filter_by_definition(x, weight):
    """The filter of one [H, W] plane as plain sums over complex exponentials (numpy, complex128)."""
    height, width = x.shape
    rows = np.exp(-2j * np.pi * np.outer(np.arange(height), np.arange(height)) / height)
    columns = np.exp(-2j * np.pi * np.outer(np.arange(width), np.arange(width)) / width)
    half = rows.conj() @ ((rows @ x @ columns)[:, :width // 2 + 1] * weight)
    # A real row is the cosine series of its half spectrum; all but column 0 and W/2 count twice.
    twice = np.array([1 if v in (0, width / 2) else 2 for v in range(width // 2 + 1)])
    return (half * twice @ columns[:width // 2 + 1].conj()).real / (height * width)


def load(path):
    return torch.load(path, map_location="cpu", weights_only=False)


def weights_of(content):
    """The state dict of a checkpoint's content, as float32, with which the engine computes."""
    for wrapper in ("model", "state_dict", "model_ema"):
        content = content.get(wrapper, content)
    return {name.removeprefix("module."): tensor.detach().float() for name, tensor in content.items()}


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

    def test_it_agrees_with_weights_gfnet(self):
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



class CommittedFiles(unittest.TestCase):
    paths = [REFERENCE / f"{name}.pth" for name in make_reference.CASES]

    def test_each_case_has_its_four_files(self):
        suffixes = ".pth", ".input.npy", ".features.npy", ".logits.npy"
        self.assertEqual({path.name for path in REFERENCE.iterdir()},
                         {path.stem + suffix for path in self.paths for suffix in suffixes})

    def test_logits(self):
        for path in self.paths:
            with self.subTest(path.stem):
                images = np.load(path.with_name(path.stem + ".input.npy"))
                expected = np.load(path.with_name(path.stem + ".logits.npy"))
                with torch.no_grad():
                    actual = reference.forward(weights_of(load(path)), torch.from_numpy(images))
                self.assertEqual(expected.dtype, np.float64)
                self.assertGreater(len(images), 1)
                self.assertLess(harness.relative_error(actual, expected), 1e-12)

    def test_filters_are_not_hermitian(self):
        """A transform that assumes a Hermitian column 0, and reads only half of it, gets other logits."""
        for path in self.paths:
            with self.subTest(path.stem):
                state = weights_of(load(path))
                for name, weight in state.items():
                    if name.endswith("complex_weight"):
                        column = torch.view_as_complex(weight[:, 0].contiguous())
                        for row in range(len(column) // 2 + 1, len(column)):
                            column[row] = column[len(column) - row].conj()
                        state[name] = weight.clone()
                        state[name][:, 0] = torch.view_as_real(column)
                images = np.load(path.with_name(path.stem + ".input.npy"))
                expected = np.load(path.with_name(path.stem + ".logits.npy"))
                with torch.no_grad():
                    actual = reference.forward(state, torch.from_numpy(images))
                # A hundred times the engine's bound.
                self.assertGreater(harness.relative_error(actual, expected), 1e-3)

    def same(self, actual, expected, what):
        """Checks for the same tensors and values; in an optimizer only for names, types and shapes, because its
        arithmetic and settings depend on the version of PyTorch."""
        if torch.is_tensor(expected):
            self.assertEqual((actual.dtype, actual.shape), (expected.dtype, expected.shape), what)
            self.assertTrue("optimizer" in what or torch.equal(actual, expected), what)
        elif isinstance(expected, dict):
            self.assertEqual(type(actual), type(expected), what)
            self.assertEqual(list(actual), list(expected), what)
            for key, value in expected.items():
                if key != "param_groups":
                    self.same(actual[key], value, f"{what} {key}")
        else:
            self.assertEqual(actual, expected, what)

    def test_make_reference_reproduces_the_files(self):
        with tempfile.TemporaryDirectory() as folder:
            make_reference.write(Path(folder))
            for path in self.paths:
                with self.subTest(path.stem):
                    made = Path(folder, path.name)
                    self.assertEqual(made.read_bytes()[:2], path.read_bytes()[:2], "zip or legacy form")
                    self.same(load(made), load(path), path.stem)
                    for suffix in (".input.npy", ".features.npy", ".logits.npy"):
                        array, again = (np.load(p.with_name(path.stem + suffix)) for p in (path, made))
                        self.assertEqual((array.dtype, array.shape), (again.dtype, again.shape))
                        if suffix == ".input.npy":
                            np.testing.assert_array_equal(again, array)
                        else:
                            self.assertLess(harness.relative_error(again, array), 1e-12)


if __name__ == "__main__":
    harness.main()
