"""The exported ONNX graph, run by ONNX Runtime as a peer runs it, against weights/gfnet.py.

usage: test_onnx.py [MatricesTest] [GraphTest]

MatricesTest tests the transforms' matrices and needs only numpy. GraphTest needs PyTorch in this Python, and
onnx and onnxruntime in an environment of compare.py or in a Python of the machine.
"""
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}", file=sys.stderr)
    sys.exit(77)

import dft
from environment import HERE, ROOT, Environments, NotHere
from model_files import Models
from process import PeerProcess

sys.path[:0] = [str(ROOT / "weights"), str(ROOT / "tests" / "pytorch")]
# Products of sums over n, each within a few ε√n. A wrong element would give far more.
MATRIX_BOUND = 1e-13
# Of ‖Δ‖ / ‖logits‖, as in comparison.py: about 1e-6 in single precision and 1e-3 in half precision.
BOUNDS = {"fp32": 2e-5, "fp16": 2e-2}


class MatricesTest(unittest.TestCase):
    def test_filter_equals_that_of_numpy(self):
        random = np.random.default_rng()
        for height, width in ((14, 14), (7, 7), (5, 9), (8, 6), (1, 2), (3, 1), (2, 3)):
            with self.subTest(f"{height}x{width}"):
                x = random.standard_normal((height, width))
                half = width // 2 + 1
                weight = random.standard_normal((height, half)) + 1j * random.standard_normal((height, half))
                spectrum = np.fft.rfft2(x, norm="ortho")
                expected = np.fft.irfft2(spectrum * weight, s=(height, width), norm="ortho")

                rows = (dft.row_forward(width) @ x.T).T                      # [H, 2·half]
                parts = dft.column_forward(height) @ rows.reshape(2 * height, half)
                parts = parts.reshape(height, 2, half)
                actual = parts[:, 0] + 1j * parts[:, 1]
                np.testing.assert_allclose(actual, spectrum, atol=MATRIX_BOUND * height * width)
                product = actual * weight
                parts = np.stack([product.real, product.imag], axis=1).reshape(2 * height, half)
                parts = (dft.column_inverse(height) @ parts).reshape(height, 2 * half)
                actual = (dft.row_inverse(width) @ parts.T).T
                np.testing.assert_allclose(actual, expected, atol=MATRIX_BOUND * height * width)


class GraphTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import torch
            cls.environments = Environments(install=False)
            cls.python = cls.environments.interpreter("onnxruntime")
        except (ImportError, NotHere) as reason:
            raise unittest.SkipTest(str(reason)) from None
        import gfnet
        import models
        import safetensors_io
        cls.torch, cls.gfnet, cls.models, cls.safetensors_io = torch, gfnet, models, safetensors_io

    def logits(self, folder, model, precision, images):
        np.save(folder / "images.npy", images)
        peer = PeerProcess([self.python, HERE / "onnx_peer.py", "--provider", "cpu"])
        try:
            peer.ask("load", 60, model=str(model), precision=precision, threads=1)
            peer.ask("prepare", 60, images=str(folder / "images.npy"), logits=str(folder / "logits.npy"))
        finally:
            peer.end()
        return np.load(folder / "logits.npy")

    def check(self, architecture, filters, precision, batch):
        random = self.models.generator(np.random.default_rng().integers(1 << 31).item())
        state = self.models.random_state(architecture, random)
        images = self.models.random_images(architecture, batch, random)
        with self.torch.no_grad():
            expected = self.gfnet.from_state_dict(state).double()(images.double()).numpy()
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            self.safetensors_io.save(folder / "model.safetensors", state)
            files = Models(folder / "model.safetensors", self.environments, folder)
            actual = self.logits(folder, files.onnx(filters, precision), precision, images.numpy())
        self.assertEqual(actual.shape, expected.shape)
        error = np.linalg.norm(actual - expected) / np.linalg.norm(expected)
        self.assertLess(error, BOUNDS[precision], f"seed {random.initial_seed()}")

    def test_graph_equals_pytorch(self):
        small = dict(patch=(2, 4), classes=7, inputs=2)
        flat = self.models.Architecture((5, 9), (24,), ((48, 48),), **small)
        even = self.models.Architecture((8, 6), (13,), ((26,) * 3,), gamma=True, **small)
        narrow = self.models.Architecture((3, 2), (8,), ((8,),), **small)
        pyramid = self.models.Architecture((8, 12), (8, 12, 20), ((16,), (48, 48), (20,)), pyramid=True, gamma=True,
                                           **small)
        for name, architecture in (("flat", flat), ("even", even), ("narrow", narrow), ("pyramid", pyramid)):
            for filters, precision in (("matrices", "fp32"), ("operator", "fp32"), ("matrices", "fp16")):
                with self.subTest(f"{name}, {filters}, {precision}"):
                    self.check(architecture, filters, precision, batch=3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
