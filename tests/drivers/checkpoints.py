"""Random checkpoints of published networks, and the bundled model. Values do not matter for compiling."""
import json
import random
import struct
from array import array
from pathlib import Path

from folders import BUILD, ROOT

BUNDLED = ROOT / "weights" / "gfnet-cifar10.safetensors"
MODELS = ("gfnet-cifar10", "gfnet-xs", "gfnet-h-ti")
MLP_RATIO = 4
# What the checkpoints are made from.
SOURCES = (BUNDLED, Path(__file__).resolve(), ROOT / "weights" / "zoo.json")


def path(model):
    """The checkpoint of one of MODELS. Writes a random one if it does not exist."""
    if model == BUNDLED.stem:
        return BUNDLED
    file = BUILD / "checkpoints" / f"{model}.safetensors"
    if not file.exists() or any(file.stat().st_mtime < source.stat().st_mtime for source in SOURCES):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        _write(part, _shapes(_network(model)))
        part.rename(file)
    return file


def _network(name):
    networks = json.loads((ROOT / "weights" / "zoo.json").read_text(encoding="utf-8"))
    return next(network for network in networks if network["name"] == name)


def _shapes(network):
    """{name: shape} of a network's tensors: see docs/checkpoints.md."""
    shapes = {}

    def with_bias(name, *shape):
        shapes[f"{name}.weight"] = shape
        shapes[f"{name}.bias"] = shape[:1]

    channels, is_pyramid = network["channels"], network["pyramid"]
    side = network["image"] // network["patch"]
    shapes["pos_embed"] = (1, side * side, channels[0])
    for stage, (width, depth) in enumerate(zip(channels, network["depths"])):
        if stage > 0:
            side //= 2
            with_bias(f"patch_embed.{stage}.proj", width, channels[stage - 1], 2, 2)
        else:
            with_bias("patch_embed.0.proj" if is_pyramid else "patch_embed.proj", width, 3, network["patch"],
                      network["patch"])
        for number in range(depth):
            block = f"blocks.{stage}.{number}" if is_pyramid else f"blocks.{number}"
            with_bias(f"{block}.norm1", width)
            with_bias(f"{block}.norm2", width)
            with_bias(f"{block}.mlp.fc1", MLP_RATIO * width, width)
            with_bias(f"{block}.mlp.fc2", width, MLP_RATIO * width)
            shapes[f"{block}.filter.complex_weight"] = (side, side // 2 + 1, width, 2)
            if is_pyramid:
                shapes[f"{block}.gamma"] = (width,)
    with_bias("norm", channels[-1])
    with_bias("head", network["classes"], channels[-1])
    return shapes


def _write(file, shapes):
    """Writes float32 values to a safetensors file. No value is too small for half precision."""
    generator = random.Random(1)
    block = array("f", (generator.choice((-1, 1)) * generator.uniform(0.01, 0.05) for _ in range(1 << 16))).tobytes()
    header, end = {}, 0
    for name, shape in shapes.items():
        size = 4
        for length in shape:
            size *= length
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        while end > 0:
            out.write(block[:end])
            end -= min(end, len(block))
