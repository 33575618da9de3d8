"""Inputs for the command: images and checkpoints, valid and invalid."""
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

import numpy
from PIL import Image


def image(path, size=(40, 30), seed=0, mode="RGB"):
    """Writes 4×4 random colours, enlarged to `size` (width, height). PNG or JPEG by the name. Returns path."""
    noise = numpy.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=numpy.uint8)
    name = os.fsdecode(path)
    Image.fromarray(noise).resize(size).convert(mode).save(
        path, format="PNG" if name.lower().endswith("png") else "JPEG")
    return path


def safetensors(path, tensors, header=None, metadata=None):
    """Writes a safetensors file. tensors: {name: float32 array}. header: written in place of the correct one.

    Returns path.
    """
    entries, data = {}, b""
    if metadata:
        entries["__metadata__"] = metadata
    for name, array in tensors.items():
        content = array.astype("<f4").tobytes()
        entries[name] = {"dtype": "F32", "shape": list(array.shape),
                         "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(entries if header is None else header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


class Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


class Pickler(pickle.Pickler):
    """Pickles as torch.save does, without PyTorch: a Tensor as a call of _rebuild_tensor_v2, a Storage by its key."""

    def persistent_id(self, thing):
        if not isinstance(thing, Storage):
            return None
        return ("storage", sys.modules["torch"].FloatStorage, thing.key, "cpu", thing.array.size)


class Tensor:
    def __init__(self, storage, shape, is_expanded):
        self.storage, self.shape, self.is_expanded = storage, shape, is_expanded

    def __reduce__(self):
        strides = tuple(0 if self.is_expanded else int(numpy.prod(self.shape[i + 1:])) for i in range(len(self.shape)))
        return (sys.modules["torch._utils"]._rebuild_tensor_v2,
                (self.storage, 0, self.shape, strides, False, {}))


def _stand_in_for_torch():
    def _rebuild_tensor_v2():
        pass

    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    sys.modules.update({"torch": torch, "torch._utils": utils})


def torch_zip(path, content):
    """Writes what torch.save(content, path) would; arrays in content become float32 tensors. Returns path.

    An array that repeats one number (numpy.broadcast_to) takes four bytes, as PyTorch's expand() of it does.
    """
    _stand_in_for_torch()
    storages = []

    def prepare(value):
        if isinstance(value, numpy.ndarray):
            is_expanded = value.size > 1 and not any(value.strides)
            stored = value.reshape(-1)[:1] if is_expanded else value
            storages.append(Storage(str(len(storages)), numpy.ascontiguousarray(stored, "<f4")))
            return Tensor(storages[-1], value.shape, is_expanded)
        if isinstance(value, dict):
            return {key: prepare(item) for key, item in value.items()}
        return value

    stream = io.BytesIO()
    Pickler(stream, 2).dump(prepare(content))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", stream.getvalue())
        for storage in storages:
            archive.writestr(f"archive/data/{storage.key}", storage.array.tobytes())
        archive.writestr("archive/version", "3\n")
    return path


class Shell:
    """Runs a shell command if a reader unpickles it without restrictions."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return (os.system, (self.command,))


def gfnet(classes=10, channels=8, grid=4, seed=0):
    """Random {name: float32 array} of a flat GFNet: one block, 3 input channels, 8×8 patches, grid×grid tokens."""
    random = numpy.random.default_rng(seed)

    def values(*shape):
        return (0.2 * random.standard_normal(shape)).astype(numpy.float32)

    return {
        "pos_embed": values(1, grid * grid, channels),
        "patch_embed.proj.weight": values(channels, 3, 8, 8),
        "patch_embed.proj.bias": values(channels),
        "blocks.0.norm1.weight": values(channels) + 1,
        "blocks.0.norm1.bias": values(channels),
        "blocks.0.filter.complex_weight": values(grid, grid // 2 + 1, channels, 2),
        "blocks.0.norm2.weight": values(channels) + 1,
        "blocks.0.norm2.bias": values(channels),
        "blocks.0.mlp.fc1.weight": values(4 * channels, channels),
        "blocks.0.mlp.fc1.bias": values(4 * channels),
        "blocks.0.mlp.fc2.weight": values(channels, 4 * channels),
        "blocks.0.mlp.fc2.bias": values(channels),
        "norm.weight": values(channels) + 1,
        "norm.bias": values(channels),
        "head.weight": values(classes, channels),
        "head.bias": values(classes),
    }
