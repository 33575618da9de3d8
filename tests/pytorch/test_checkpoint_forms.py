"""Checkpoints in the many forms in which PyTorch programs write them: right logits, or refused by what they are."""
import argparse
import collections
import io
import pickle
import tempfile
import unittest
import zipfile
from pathlib import Path

import harness
import models
import numpy as np
import reference
import torch
from torch.nn.utils import prune

ARCHITECTURE = models.Architecture((5, 6), (12,), ((24, 30),), (2, 2), classes=7, gamma=True)
RANDOM = models.generator(11)
STATE = models.random_state(ARCHITECTURE, RANDOM)
OTHER = models.random_state(ARCHITECTURE, RANDOM)
IMAGES = models.random_images(ARCHITECTURE, 2, RANDOM)
FILTERS = [name for name in STATE if name.endswith("complex_weight")]


def prefixed(prefix, state=STATE):
    return {prefix + name: tensor for name, tensor in state.items()}


def changed(state=STATE, **changes):
    """The state with other tensors; dots in names are written as __."""
    return {**state, **{name.replace("__", "."): tensor for name, tensor in changes.items()}}


def complex_filters(dtype):
    return changed(**{name: torch.view_as_complex(STATE[name].double().contiguous()).to(dtype)
                      for name in FILTERS})


def one_storage():
    """All tensors as views of one storage, one after the other."""
    flat = torch.cat([tensor.flatten() for tensor in STATE.values()])
    state, at = {}, 0
    for name, tensor in STATE.items():
        state[name] = flat[at:at + tensor.numel()].view(tensor.shape)
        at += tensor.numel()
    return state


def transposed(tensor):
    """The same elements with the first axis last in memory."""
    return tensor.movedim(0, -1).contiguous().movedim(-1, 0) if tensor.dim() > 1 else tensor


def every_second(tensor):
    """The same elements as every second one of a storage."""
    storage = torch.zeros(*tensor.shape, 2)
    storage[..., 1] = tensor
    return storage[..., 1]


class Module(torch.nn.Module):
    """Has all tensors as parameters and buffers, so that its state dict has _metadata."""

    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Module()
        for name, tensor in STATE.items():
            module = self.inner
            *path, last = name.split(".")
            for part in path:
                if not hasattr(module, part):
                    module.add_module(part, torch.nn.Module())
                module = getattr(module, part)
            module.register_parameter(last, torch.nn.Parameter(tensor.clone()))


def right_forms():
    """{name: object to save}. The logits of each are those of STATE."""
    optimizer = torch.optim.AdamW(Module().parameters())
    thop = {f"{place}total_{what}": torch.zeros(1, dtype=torch.float64)
            for place in ("", "blocks.0.", "head.", "blocks.0.mlp.fc1.") for what in ("ops", "params")}
    forms = {
        "bare": STATE,
        "ordered": collections.OrderedDict(STATE),
        "of a module": Module().inner.state_dict(),
        "with a prefix of a module": Module().state_dict(),
        "parameters": {name: torch.nn.Parameter(tensor) for name, tensor in STATE.items()},
        "one storage": one_storage(),
        "transposed": {name: transposed(tensor) for name, tensor in STATE.items()},
        "every second": {name: every_second(tensor) for name, tensor in STATE.items()},
        "double": {name: tensor.double() for name, tensor in STATE.items()},
        "complex64": complex_filters(torch.complex64),
        "complex128": complex_filters(torch.complex128),
        "thop": changed(**thop),
        "counters and buffers": changed(mean=torch.zeros(1, 3, 1, 1), std=torch.ones(1, 3, 1, 1),
                                        step=torch.tensor(5), normalize__mean=torch.zeros(3)),
        "averaged model": {"n_averaged": torch.tensor(3), **prefixed("module.")},
        "lightning": {"epoch": 3, "state_dict": prefixed("model.", changed(total_ops=torch.zeros(1))),
                      "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [],
                      "hyper_parameters": {"lr": 1e-3}},
        "training": {"model": STATE, "model_ema": OTHER, "optimizer": optimizer.state_dict(), "epoch": 7,
                     "scaler": {}, "args": argparse.Namespace(lr=0.1), "loss": np.float64(0.5),
                     "rng": torch.get_rng_state(), "best": float("inf"), "path": Path("x")},
        "two levels": {"checkpoint": {"weights": prefixed("module."), "epoch": 1}},
        "other networks": {"state_dict": STATE, "discriminator": {"conv.weight": torch.zeros(3)}},
    }
    for prefix in ("module.", "_orig_mod.", "model.", "net.", "encoder.", "0.", "student.backbone.",
                   "_orig_mod.module."):
        forms[f"prefix {prefix}"] = prefixed(prefix)
    for key in ("state_dict", "model_state_dict", "state_dict_ema", "module", "net", "ema", "params"):
        forms[f"under {key}"] = {key: STATE, "epoch": 3}
    return forms


def refused_forms():
    """{what the message says: object to save}"""
    linear = torch.nn.Linear(12, 7)
    prune.random_unstructured(linear, "weight", amount=0.3)
    pruned = {f"head.{name}": tensor for name, tensor in linear.state_dict().items()}
    normed = {f"head.{name}": tensor
              for name, tensor in torch.nn.utils.weight_norm(torch.nn.Linear(12, 7)).state_dict().items()}
    without_head = {name: tensor for name, tensor in STATE.items() if not name.startswith("head.")}
    quantised = torch.quantize_per_tensor(STATE["head.weight"], 0.1, 0, torch.qint8)
    forms = {
        "tensor 'head.weight': is sparse": changed(head__weight=STATE["head.weight"].to_sparse()),
        "tensor 'norm.bias': is sparse": changed(norm__bias=STATE["norm.bias"].to_sparse()),
        "tensor 'pos_embed': is sparse": changed(pos_embed=STATE["pos_embed"].to_sparse()),
        "tensor 'head.weight': is quantised": changed(head__weight=quantised),
        "tensor 'head.weight': is pruned": {**without_head, **pruned},
        "tensor 'head.weight': is weight-normed": {**without_head, **normed},
        "tensor 'norm.weight': is a NumPy array": changed(norm__weight=STATE["norm.weight"].numpy()),
        "holds i8; it seems to be quantised": changed(head__weight=STATE["head.weight"].to(torch.int8)),
        "holds a pickled module of class torch.nn.modules.linear.Linear, not": linear,
        "of class torch.nn.modules.linear.Linear under 'net'": {"net": torch.nn.Linear(2, 2)},
        "of class torch.nn.modules.container.Sequential under 'model'":
            {"epoch": 1, "model": torch.nn.Sequential(torch.nn.Linear(2, 2))},
        "holds 2 networks: 'student', 'teacher'; choose one with --weights":
            {"student": STATE, "teacher": OTHER},
        "holds 2 networks: 'model', 'ema'; choose one with --weights":
            {**prefixed("model."), **prefixed("ema.")},
    }
    if hasattr(torch, "float8_e4m3fn"):
        forms["is float8 (torch.float8_e4m3fn)"] = changed(
            head__weight=STATE["head.weight"].to(torch.float8_e4m3fn))
    return forms


def deflated(data):
    """A PyTorch zip archive with compressed entries."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, \
            zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return result.getvalue()


def saved(thing, **options):
    data = io.BytesIO()
    torch.save(thing, data, **options)
    return data.getvalue()


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name, "checkpoint.pth")
        with torch.no_grad():
            cls.expected = reference.forward(STATE, IMAGES).numpy()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check_right(self, data):
        self.path.write_bytes(data)
        logits, _ = harness.classify_tensor(self.path, IMAGES.numpy(), self.path.parent, 2)
        self.assertLess(harness.relative_error(logits, self.expected), 1e-5,
                        harness.describe_worst(logits, self.expected))

    def check_refused(self, data, said):
        self.path.write_bytes(data)
        with self.assertRaises(AssertionError) as caught:
            harness.run_gfnet("info", self.path)
        self.assertIn(said, str(caught.exception))

    def test_right_forms(self):
        for i, (name, thing) in enumerate(right_forms().items()):
            with self.subTest(name=name):
                # Each form in one of the file formats, in turn; the formats have tests of their own.
                self.check_right(saved(thing, _use_new_zipfile_serialization=i % 3 != 0))

    def test_file_formats(self):
        for name in ("training", "complex64"):
            thing = right_forms()[name]
            for protocol in (2, 3, 4, 5):
                with self.subTest(name=name, protocol=protocol):
                    self.check_right(saved(thing, pickle_protocol=protocol))
            with self.subTest(name=name, format="deflated"):
                self.check_right(deflated(saved(thing)))

    def test_refused_forms(self):
        for said, thing in refused_forms().items():
            for zipped in (True, False):
                with self.subTest(said=said, zipped=zipped):
                    self.check_refused(saved(thing, _use_new_zipfile_serialization=zipped), said)

    def test_other_programs_files(self):
        self.check_refused(pickle.dumps(STATE), "pickle.dump")
        self.check_refused(pickle.dumps({name: tensor.numpy() for name, tensor in STATE.items()}), "pickle.dump")
        data = io.BytesIO()
        np.savez(data, **{name: tensor.numpy() for name, tensor in STATE.items()})
        self.check_refused(data.getvalue(), "NumPy arrays (.npz)")
        script = io.BytesIO()
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), script)
        self.check_refused(script.getvalue(), "is a TorchScript archive")

    def test_weights_choose(self):
        self.path.write_bytes(saved({"model": OTHER, "model_ema": prefixed("module.")}))
        for weights in ("ema", "model_ema"):
            logits, _ = harness.classify_tensor(self.path, IMAGES.numpy(), self.path.parent, 2,
                                                "--weights", weights)
            self.assertLess(harness.relative_error(logits, self.expected), 1e-5)


if __name__ == "__main__":
    harness.main()
