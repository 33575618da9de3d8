"""The formats that peers read: the network in each, run as a peer runs it, against weights/gfnet.py.

usage: test_formats.py [MatricesTest] [NcnnFilesTest] [PeersTest]

MatricesTest and NcnnFilesTest need only numpy. PeersTest needs PyTorch in this Python, and tests the peers whose
packages are in an environment of compare.py or in a Python of the machine.
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

import catalogue
from contestants import RunningPeers
from environment import ROOT, Environments, NotHere
from model_files import SCRIPTS, Models

sys.path[:0] = [str(SCRIPTS), str(ROOT / "weights"), str(ROOT / "tests" / "pytorch")]
import dft  # noqa: E402
import export_ncnn  # noqa: E402

# Those with a form of the network of their own. The others share one of these, or run weights/gfnet.py itself.
PEERS = (("onnxruntime", "fp32"), ("onnxruntime", "fp16"), ("onnxruntime-dft", "fp32"), ("openvino", "fp32"),
         ("ncnn-vulkan", "fp32"), ("ncnn-vulkan", "fp16"), ("iree", "fp32"), ("litert", "fp32"))
SLOW = ("iree", "litert")   # compile for seconds, so they have one network
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


def tensors(height, width, channels, hidden):
    """{name: array} of a flat network of two blocks with patches of 2×4 pixels."""
    def layer(name, *shape):
        return {name + ".weight": np.ones(shape), name + ".bias": np.ones(shape[0])}

    result = {"pos_embed": np.ones((1, height * width, channels)), **layer("patch_embed.proj", channels, 3, 2, 4)}
    for block in ("blocks.0.", "blocks.1."):
        result |= {block + "filter.complex_weight": np.ones((height, width // 2 + 1, channels, 2)),
                   block + "gamma": np.ones(channels), **layer(block + "mlp.fc1", hidden, channels),
                   **layer(block + "mlp.fc2", channels, hidden), **layer(block + "norm1", channels),
                   **layer(block + "norm2", channels)}
    return result | layer("norm", channels) | layer("head", 7, channels)


class NcnnFilesTest(unittest.TestCase):
    def setUp(self):
        self.text, self.weights = export_ncnn.export(tensors(5, 8, 12, 24))
        magic, counts, *layers = self.text.splitlines()
        self.assertEqual(magic, "7767517")
        self.counts = counts
        self.layers = []   # (type, inputs, outputs)
        for line in layers:
            kind, _, taken, given, *rest = line.split()
            edges = rest[:int(taken) + int(given)]
            self.layers.append((kind, edges[:int(taken)], edges[int(taken):]))
            self.assertTrue(all("=" in parameter for parameter in rest[len(edges):]), line)

    def test_every_edge_is_written_once_and_then_read_once(self):
        open_edges = set()
        for kind, inputs, outputs in self.layers:
            for edge in inputs:
                self.assertIn(edge, open_edges, kind)
                open_edges.remove(edge)
            self.assertFalse(open_edges & set(outputs))
            open_edges |= set(outputs)
        self.assertEqual(open_edges, {"logits"})

    def test_counts(self):
        edges = {edge for _, inputs, outputs in self.layers for edge in inputs + outputs}
        self.assertEqual(self.counts, f"{len(self.layers)} {len(edges)}")

    def test_weights_are_all_there(self):
        # gamma is folded into fc2. A filter of 5×8 has 5 columns, so its matrices have 10×8 and 10×10 elements.
        numbers = sum(array.size for name, array in tensors(5, 8, 12, 24).items() if not name.endswith("gamma"))
        numbers += 2 * (2 * 10 * 8 + 2 * 10 * 10)
        # A type goes before the weights of a convolution, and before every matrix and vector of a product.
        types = 1 + 2 * (4 + 2 * 2) + 2
        self.assertEqual(len(self.weights), 4 * (numbers + types))


class PeersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import torch
        except ImportError as reason:
            raise unittest.SkipTest(str(reason)) from None
        import gfnet
        import models
        import safetensors_io
        cls.torch, cls.gfnet, cls.models, cls.safetensors_io = torch, gfnet, models, safetensors_io

    def check(self, peer, precision, architecture, batch):
        random = self.models.generator(np.random.default_rng().integers(1 << 31).item())
        state = self.models.random_state(architecture, random)
        images = self.models.random_images(architecture, batch, random)
        with self.torch.no_grad():
            expected = self.gfnet.from_state_dict(state).double()(images.double()).numpy()
        with tempfile.TemporaryDirectory() as folder, RunningPeers() as running:
            folder = Path(folder)
            self.safetensors_io.save(folder / "model.safetensors", state)
            np.save(folder / "images.npy", images.numpy())
            files = Models(folder / "model.safetensors", Environments(install=False), folder)
            actual = running.contestant(peer, precision, files).prepare(folder / "images.npy", batch)
        self.assertEqual(actual.shape, expected.shape)
        error = np.linalg.norm(actual - expected) / np.linalg.norm(expected)
        self.assertLess(error, BOUNDS[precision], f"seed {random.initial_seed()}")

    def test_logits_equal_those_of_pytorch(self):
        small = dict(patch=(2, 4), classes=7, inputs=2)
        flat = self.models.Architecture((5, 9), (24,), ((48, 48),), **small)
        even = self.models.Architecture((8, 6), (13,), ((26,) * 3,), gamma=True, **small)
        narrow = self.models.Architecture((3, 2), (8,), ((8,),), **small)
        pyramid = self.models.Architecture((8, 12), (8, 12, 20), ((16,), (48, 48), (20,)), pyramid=True, gamma=True,
                                           **small)
        architectures = {"flat": flat, "even": even, "narrow": narrow, "pyramid": pyramid}
        for name, precision in PEERS:
            peer = next(one for one in catalogue.PEERS if one.name == name)
            for title in ("pyramid",) if name in SLOW else architectures:
                with self.subTest(f"{name}, {precision}, {title}"):
                    try:
                        self.check(peer, precision, architectures[title], batch=3)
                    except NotHere as reason:
                        self.skipTest(str(reason))


if __name__ == "__main__":
    unittest.main(verbosity=2)
