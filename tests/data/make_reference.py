"""Writes reference/: small GFNets in every checkpoint form, with input tensors, features and logits.

    python3 tests/data/make_reference.py [FOLDER]      default: reference/ beside this script

For each case:
    NAME.pth          the checkpoint, written by torch.save
    NAME.input.npy    [N, C, H, W] float32, float16 or uint8, already normalised: the network's input
    NAME.features.npy [N, channels] float64, the mean over the last tokens, from tests/pytorch/reference.py
    NAME.logits.npy   [N, classes] float64, from the same

Needs numpy and PyTorch. The files are committed, so that the tests of the engine need neither;
tests/pytorch/test_reference.py regenerates and compares them.

All numbers are computed from numpy's RandomState, whose stream never changes, with additions, products and square
roots only. They depend neither on the version of PyTorch nor on a mathematical library. Filters are independent
complex numbers, so columns 0 and W/2 are not Hermitian. Networks have few channels and mostly small patches,
because these cases test grids and file forms.
"""
import argparse
import math
import sys
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

TESTS = Path(__file__).resolve().parents[1]
FOLDER = TESTS / "data" / "reference"
sys.path[:0] = [str(TESTS / "pytorch"), str(TESTS.parent / "weights")]

import gfnet  # noqa: E402
import reference  # noqa: E402
from models import Architecture  # noqa: E402


@dataclass(frozen=True)
class Case:
    """form: a function (state, draw) -> content for torch.save. dtype: of the checkpoint's tensors.
    input: dtype of the input file. uint8 inputs are 0…15, for which the patch embedding is scaled."""
    architecture: Architecture
    form: callable
    images: int = 2
    dtype: torch.dtype = torch.float32
    input: str = "float16"
    zipped: bool = True


class Draw:
    """Random numbers that are the same on every machine."""

    def __init__(self, name):
        self.random = np.random.RandomState(zlib.crc32(name.encode()))

    def uniform(self, low, high):
        return low + (high - low) * self.random.random_sample()

    def normal(self, *shape):
        """float64 of this shape with mean 0 and deviation 1: sums of four uniform numbers."""
        a, b, c, d = self.random.random_sample((4, *shape))
        return ((a + b) + (c + d) - 2) * math.sqrt(3)


def random_state(architecture, draw, levels):
    """{name: float64 array}, of the sizes that training gives. `levels`: whether inputs are 0…15."""
    state = OrderedDict()
    for name, shape in architecture.shapes().items():
        values = draw.normal(*shape)
        if name == "pos_embed" or name.endswith("complex_weight"):
            values *= 0.5
        elif name.endswith("gamma"):
            values = 0.5 + 0.2 * values
        elif "norm" in name:
            values = 0.2 * values + (1 if name.endswith("weight") else 0)
        elif name.endswith("bias"):
            values *= 0.2
        else:
            values *= (3 if name.startswith("head") else 1) / math.sqrt(math.prod(shape[1:]))
        state[name] = values
    if levels:
        embedding = "patch_embed.0.proj" if architecture.pyramid else "patch_embed.proj"
        state[embedding + ".weight"] /= 4  # not less, or some would be too small for half precision
        # Adds in a fixed order: that of numpy's sum over several axes may differ between machines.
        weight = state[embedding + ".weight"].reshape(architecture.channels[0], -1)
        for column in weight.T:
            state[embedding + ".bias"] -= 7.5 * column
    return state


def random_images(architecture, case, draw):
    """[N, C, H, W] in the case's input type: a colour, stripes and noise in each image."""
    height, width = architecture.image
    values = sum(0.5 * draw.normal(case.images, architecture.inputs, *part)
                 for part in [(1, 1), (height, 1), (1, width), (height, width)])
    if case.input == "uint8":
        values = np.rint(np.clip(7.5 + 4 * values, 0, 15))
    return values.astype(case.input)


def bare(state, draw):
    """As model.state_dict() returns it: an OrderedDict with the modules' versions in an attribute."""
    result = OrderedDict(state)
    result._metadata = OrderedDict([("", {"version": 1}), ("head", {"version": 1})])
    return result


def under_model(state, draw):
    return {"model": dict(state)}


def data_parallel(state):
    return OrderedDict(("module." + name, tensor) for name, tensor in state.items())


def under_model_of_several_devices(state, draw):
    return {"model": data_parallel(state)}


def under_state_dict_of_several_devices(state, draw):
    return {"epoch": 90, "arch": "gfnet", "state_dict": data_parallel(state), "best_acc1": 74.6}


def under_model_ema(state, draw):
    """The tensors are nn.Parameter objects, as in a pickled dict(model.named_parameters())."""
    return {"model_ema": {name: torch.nn.Parameter(tensor) for name, tensor in state.items()}, "epoch": 12}


def bare_of_several_devices(state, draw):
    return data_parallel(state)


def training(state, draw):
    """As a training script saves it: an optimizer after a step, a schedule, arguments, and averaged weights,
    which differ from those that give the logits."""
    parameters = [torch.nn.Parameter(tensor.clone()) for tensor in state.values()]
    optimizer = torch.optim.AdamW(parameters, lr=5e-4, weight_decay=0.05)
    for parameter in parameters:
        parameter.grad = torch.from_numpy(draw.normal(*parameter.shape)).to(parameter.dtype)
    optimizer.step()
    return {"model": OrderedDict(state), "optimizer": optimizer.state_dict(),
            "lr_scheduler": {"base_values": [5e-4], "metric": None}, "epoch": 299,
            "model_ema": {name: tensor + 1 for name, tensor in state.items()}, "scaler": {"scale": 65536.0},
            "args": argparse.Namespace(arch="gfnet-ti", lr=5e-4, input_size=56, device="cuda")}


PYRAMID = {"pyramid": True, "channels": (8, 12, 20, 28), "hidden": ((24,), (36,), (50, 50), (84,))}

CASES = {
    "flat-14x14": Case(
        Architecture((14, 14), (24,), ((96,) * 2,), classes=10), under_model, input="uint8"),
    "flat-14x14-legacy-format": Case(
        Architecture((14, 14), (24,), ((48,) * 2,), patch=(4, 4), classes=12), under_model, zipped=False),
    "flat-14x14-training-checkpoint": Case(
        Architecture((14, 14), (12,), ((36,),), patch=(4, 4), classes=7), training),
    "flat-15x15-gray-1logit": Case(
        Architecture((15, 15), (20,), ((80,) * 2,), patch=(7, 7), inputs=1, classes=1), under_model),
    "flat-15x16-rectangular-gray": Case(
        Architecture((15, 16), (16,), ((64,) * 2,), patch=(8, 6), inputs=1, classes=2), bare),
    "flat-24x24": Case(
        Architecture((24, 24), (12,), ((48,) * 2,), patch=(4, 4), classes=1000), bare, input="uint8"),
    "flat-8x8-32px": Case(
        Architecture((8, 8), (48,), ((96,) * 3,), patch=(4, 4), classes=10),
        under_model_of_several_devices, images=5, input="float32"),
    "flat-7x7-half-model-ema": Case(
        Architecture((7, 7), (21,), ((42,) * 2,), patch=(4, 4), classes=5),
        under_model_ema, images=3, dtype=torch.float16),
    "flat-9x6-bfloat16-state-dict": Case(
        Architecture((9, 6), (18,), ((45,) * 2,), patch=(3, 5), inputs=2, classes=6, gamma=True),
        under_state_dict_of_several_devices, images=3, dtype=torch.bfloat16),
    "flat-11x5-double": Case(
        Architecture((11, 5), (13,), ((31,) * 2,), patch=(2, 4), classes=4), bare, images=3, dtype=torch.float64),
    "pyramid-12x8-legacy-format-half": Case(
        Architecture((12, 8), (10, 15), ((30,), (45, 45)), patch=(4, 4), classes=9, gamma=True, pyramid=True),
        bare_of_several_devices, images=3, dtype=torch.float16, zipped=False),
    "pyramid-56-28-14-7": Case(
        Architecture((56, 56), **PYRAMID, patch=(4, 4), classes=21, gamma=True), under_model, input="uint8"),
    "pyramid-96-48-24-12-half": Case(
        Architecture((96, 96), (4, 8, 12, 16), ((16,), (16,), (24,), (32,)), patch=(2, 2), inputs=1, classes=3,
                     gamma=True, pyramid=True), under_model, dtype=torch.float16, input="uint8"),
    "pyramid-no-layerscale": Case(
        Architecture((40, 40), **PYRAMID, patch=(2, 2), classes=5), under_model),
}


def make(name):
    """(content of the checkpoint, images [N, C, H, W], features [N, channels], logits [N, classes]) of a case."""
    case = CASES[name]
    draw = Draw(name)
    architecture = case.architecture
    drawn = random_state(architecture, draw, case.input == "uint8")
    state = OrderedDict((key, torch.from_numpy(values).to(case.dtype)) for key, values in drawn.items())
    images = random_images(architecture, case, draw)
    # The engine computes with the weights as float32, like a float32 model that loads them.
    single = {key: tensor.float() for key, tensor in state.items()}
    with torch.no_grad():
        features = reference.features(single, torch.from_numpy(images)).numpy()
        logits = reference.forward(single, torch.from_numpy(images)).numpy()
        again = gfnet.from_state_dict(single).double()(torch.from_numpy(images).double()).numpy()
    if np.linalg.norm(again - logits) > 1e-12 * np.linalg.norm(logits):
        raise AssertionError(f"{name}: the two PyTorch implementations differ")
    return case.form(state, draw), images, features, logits


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        content, images, features, logits = make(name)
        torch.save(content, folder / f"{name}.pth", _use_new_zipfile_serialization=case.zipped)
        np.save(folder / f"{name}.input.npy", images)
        np.save(folder / f"{name}.features.npy", features)
        np.save(folder / f"{name}.logits.npy", logits)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
