"""Checkpoints whose tensors have PyTorch's neg bit: their elements are those of the file times -1."""
import pickle
import tempfile
import unittest
from pathlib import Path

import harness
import models
import reference
import torch


class BitPickler(pickle.Pickler):
    """Writes the bit as PyTorch 2 does. PyTorch 1 drops it silently."""

    def reducer_override(self, thing):
        if not isinstance(thing, torch.Tensor) or not thing.is_neg():
            return NotImplemented
        function, arguments = thing.__reduce_ex__(2)
        return function, arguments if len(arguments) == 7 else (*arguments, {"neg": True})


class PickleModule:
    Pickler = BitPickler
    dump, dumps, load, loads = pickle.dump, pickle.dumps, pickle.load, pickle.loads


def with_neg_bit(tensor, index):
    """The same elements with the neg bit: a negated view, or the imaginary part of a conjugate."""
    if index % 2 == 0:
        return torch._neg_view(-tensor)
    return torch.complex(torch.ones_like(tensor), -tensor).conj().imag


class NegBit(unittest.TestCase):
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
