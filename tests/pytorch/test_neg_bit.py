"""Checkpoints whose tensors have PyTorch's neg or conj bit: their elements are those of the file times -1, or with
imaginary parts times -1."""
import pickle
import tempfile
import unittest
from pathlib import Path

import harness
import models
import reference
import torch


class BitPickler(pickle.Pickler):
    """Writes the bits as PyTorch 2 does. PyTorch 1 drops them silently."""

    def reducer_override(self, thing):
        if not isinstance(thing, torch.Tensor) or not (thing.is_neg() or thing.is_conj()):
            return NotImplemented
        function, arguments = thing.__reduce_ex__(2)
        bits = {"conj": thing.is_conj(), "neg": thing.is_neg()}
        return function, arguments if len(arguments) == 7 else (*arguments, bits)


class PickleModule:
    Pickler = BitPickler
    dump, dumps, load, loads = pickle.dump, pickle.dumps, pickle.load, pickle.loads


def with_neg_bit(tensor, index):
    """The same elements with the neg bit: a negated view, or the imaginary part of a conjugate."""
    if index % 2 == 0:
        return torch._neg_view(-tensor)
    return torch.complex(torch.ones_like(tensor), -tensor).conj().imag


def conjugated(tensor, index):
    """The filter [H, W/2+1, C, 2] as complex numbers with the conj bit; every other one as a view with strides, and
    with the neg bit too."""
    values = torch.view_as_complex(tensor.contiguous())
    if index % 2 == 0:
        return values.conj().resolve_conj().conj()
    storage = torch.zeros(*values.shape, 3, dtype=values.dtype)
    storage[..., 1] = -values.conj().resolve_conj()
    return torch._neg_view(storage[..., 1].conj())


class Bits(unittest.TestCase):
    def test_logits(self):
        architecture = models.Architecture((5, 6), (12,), ((24, 30),), (2, 2), classes=7, gamma=True)
        random = models.generator(3)
        state = models.random_state(architecture, random)
        images = models.random_images(architecture, 2, random)
        with torch.no_grad():
            expected = reference.forward(state, images).numpy()
        negated = {name: with_neg_bit(tensor, i) for i, (name, tensor) in enumerate(state.items())}
        for name, tensor in negated.items():
            self.assertTrue(tensor.is_neg())
            self.assertTrue(torch.equal(tensor.resolve_neg(), state[name]))
        filters = [name for name in state if name.endswith("complex_weight")]
        for i, name in enumerate(filters):
            negated[name] = conjugated(state[name], i)
            self.assertTrue(negated[name].is_conj())
            self.assertTrue(torch.equal(torch.view_as_real(negated[name].resolve_conj().resolve_neg()), state[name]))
        self.assertGreaterEqual(len(filters), 2)
        with tempfile.TemporaryDirectory() as folder:
            for zipped in (True, False):
                with self.subTest(zipped=zipped):
                    path = Path(folder, "checkpoint.pth")
                    torch.save(negated, path, pickle_module=PickleModule,
                               _use_new_zipfile_serialization=zipped)
                    logits, _ = harness.classify_tensor(path, images.numpy(), Path(folder), 2)
                    self.assertLess(harness.relative_error(logits, expected), 1e-5,
                                    harness.describe_worst(logits, expected))


if __name__ == "__main__":
    harness.main()
