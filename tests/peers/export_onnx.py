#!/usr/bin/env python3
"""Writes a GFNet as an ONNX graph, built from its tensors with ONNX's helpers: no tracing, no PyTorch.

    export_onnx.py --model gfnet-xs.safetensors --dft matrices --output gfnet-xs.onnx [--precision fp16]

Input "images" [batch, C, H, W], output "logits" [batch, classes]. ONNX has no real 2-D transform and
no complex type, so the filter has one of two forms:

    matrices  matrix products, one for the rows and one for the columns (dft.py)
    operator  ONNX's DFT operator

Activations stay token-major, [batch, tokens, channels]; the matrices are multiplied from the left. A single
matrix for the whole grid takes fewer operations but is slower: a little at 14×14, much at 56×56.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import dft

OPSET = 20        # the first with DFT's axis as an input, and Gelu
IR_VERSION = 10   # old on purpose: runtimes reject versions that they do not know
FILTERS = ("matrices", "operator")
EPSILON = 1e-6


class Graph:
    """Nodes and constants of a graph under construction. Every method returns the name of its output."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)
        self.nodes = []
        self.constants = {}
        self.count = 0

    def constant(self, value):
        """Stores an array once: floats in the graph's type, integers as they are."""
        value = np.asarray(value, order="C")
        if value.dtype.kind == "f":
            value = value.astype(self.dtype)
        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self.constants:
            self.constants[key] = numpy_helper.from_array(value, f"constant_{len(self.constants)}")
        return self.constants[key].name

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def add(self, operator, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{operator}_{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def reshape(self, x, *shape):
        """shape: 0 keeps the extent of x, -1 stands for the remaining elements."""
        return self.add("Reshape", x, self.integers(*shape))

    def layer_norm(self, x, tensors, name):
        return self.add("LayerNormalization", x, self.constant(tensors[name + ".weight"]),
                        self.constant(tensors[name + ".bias"]), axis=-1, epsilon=EPSILON)

    def linear(self, x, weight, bias):
        """x W^T + b; weight: [out, in]."""
        return self.add("Add", self.add("MatMul", x, self.constant(weight.T)), self.constant(bias))


def multiply_by_filter(graph, parts, real, imaginary):
    """(a + ib)(K_r + iK_i). parts: names of a and b; real, imaginary: arrays that broadcast against them."""
    a, b = parts
    real, imaginary = graph.constant(real), graph.constant(imaginary)
    return (graph.add("Sub", graph.add("Mul", a, real), graph.add("Mul", b, imaginary)),
            graph.add("Add", graph.add("Mul", a, imaginary), graph.add("Mul", b, real)))


def filter_by_matrices(graph, x, weight, height, width):
    """x and the result: [B, H·W, C]; weight: [H, W//2+1, C, 2].

    The matrices are chosen so that every change of axes is a reshape of row-major memory.
    """
    columns, channels = weight.shape[1:3]
    weight = weight.reshape(height, 1, columns * channels, 2)
    x = graph.reshape(x, -1, width, channels)                              # [B·H, W, C]
    x = graph.add("MatMul", graph.constant(dft.row_forward(width)), x)     # [B·H, 2·columns, C]
    x = graph.reshape(x, -1, 2 * height, columns * channels)               # [B, H·2, columns·C]
    x = graph.add("MatMul", graph.constant(dft.column_forward(height)), x)
    x = graph.reshape(x, -1, height, 2, columns * channels)
    parts = graph.add("Split", x, outputs=2, axis=2, num_outputs=2)
    parts = multiply_by_filter(graph, parts, weight[..., 0], weight[..., 1])
    x = graph.reshape(graph.add("Concat", *parts, axis=2), -1, 2 * height, columns * channels)
    x = graph.add("MatMul", graph.constant(dft.column_inverse(height)), x)
    x = graph.reshape(x, -1, 2 * columns, channels)
    x = graph.add("MatMul", graph.constant(dft.row_inverse(width)), x)
    return graph.reshape(x, -1, height * width, channels)


def filter_by_operator(graph, x, weight, height, width):
    """Shapes as in filter_by_matrices.

    The operator's inverse is complex. The missing half of each spectrum row is therefore restored as the
    conjugate of the first half; the real part of the result is then that of irfft.
    """
    columns, channels = weight.shape[1:3]
    none, rows, cols = "", graph.constant(np.array(1)), graph.constant(np.array(2))
    x = graph.reshape(x, -1, height, width, channels, 1)
    x = graph.add("DFT", x, none, cols, onesided=1)                        # [B, H, columns, C, 2]
    x = graph.add("DFT", x, none, rows)
    parts = graph.add("Split", x, outputs=2, axis=4, num_outputs=2)
    parts = multiply_by_filter(graph, parts, weight[..., :1], weight[..., 1:])
    x = graph.add("Concat", *parts, axis=4)
    x = graph.add("DFT", x, none, rows, inverse=1)
    if width > 2:
        mirrored = graph.add("Gather", x, graph.integers(*range((width - 1) // 2, 0, -1)), axis=2)
        mirrored = graph.add("Mul", mirrored, graph.constant(np.array([1.0, -1.0])))
        x = graph.add("Concat", x, mirrored, axis=2)
    x = graph.add("DFT", x, none, cols, inverse=1)
    x = graph.add("Gather", x, graph.integers(0), axis=4)
    return graph.reshape(x, -1, height * width, channels)


_FILTERS = dict(zip(FILTERS, (filter_by_matrices, filter_by_operator)))


def block(graph, x, tensors, name, tokens, write_filter):
    weight = np.asarray(tensors[name + "filter.complex_weight"])
    height = weight.shape[0]
    branch = graph.layer_norm(x, tensors, name + "norm1")
    branch = write_filter(graph, branch, weight, height, tokens // height)
    branch = graph.layer_norm(branch, tensors, name + "norm2")
    fc1, fc2 = name + "mlp.fc1", name + "mlp.fc2"
    branch = graph.linear(branch, tensors[fc1 + ".weight"], tensors[fc1 + ".bias"])
    branch = graph.add("Gelu", branch)
    # Layer scale is linear, so it is folded into the last matrix, as an export for speed would do.
    gamma = tensors.get(name + "gamma", np.ones(1, np.float32))
    branch = graph.linear(branch, gamma[:, None] * tensors[fc2 + ".weight"], gamma * tensors[fc2 + ".bias"])
    return graph.add("Add", x, branch)


def tokens_of(graph, x, tensors, name):
    """A convolution whose stride equals its kernel size: [B, C, H, W] -> [B, tokens, channels]."""
    weight = tensors[name + ".weight"]
    patch = list(weight.shape[2:])
    x = graph.add("Conv", x, graph.constant(weight), graph.constant(tensors[name + ".bias"]),
                  kernel_shape=patch, strides=patch)
    x = graph.reshape(x, 0, weight.shape[0], -1)
    return graph.add("Transpose", x, perm=[0, 2, 1])


def halve_grid(graph, x, tensors, name, height, width):
    """The 2×2 convolution of stride 2 between two stages, as a matrix product over patches of tokens.

    x: [B, height·width, C] -> [B, height·width / 4, channels of the next stage].
    """
    weight = tensors[name + ".weight"]
    channels = weight.shape[1]
    x = graph.reshape(x, -1, height // 2, 2, width // 2, 2, channels)
    x = graph.add("Transpose", x, perm=[0, 1, 3, 2, 4, 5])
    x = graph.reshape(x, -1, height * width // 4, 4 * channels)
    matrix = weight.transpose(0, 2, 3, 1).reshape(weight.shape[0], -1)
    return graph.linear(x, matrix, tensors[name + ".bias"])


def stages(tensors):
    """[[prefix of a block's tensor names, …], …]: one list for a flat network, one per stage for a pyramid."""
    pyramid = "patch_embed.0.proj.weight" in tensors
    depth = 3 if pyramid else 2
    prefixes = {tuple(map(int, key.split(".")[1:depth])) for key in tensors if key.startswith("blocks.")}
    result = {}
    for index in sorted(prefixes):
        result.setdefault(index[0] if pyramid else 0, []).append("blocks." + "".join(f"{i}." for i in index))
    return [result[stage] for stage in sorted(result)]


def export(tensors, filters, dtype=np.float32):
    """The ONNX model of tensors {name: float array}. filters: one of FILTERS.

    dtype: float32 or float16, the type of constants and activations; input and output are float32.
    """
    tensors = {name: np.asarray(value, np.float32) for name, value in tensors.items()}
    graph = Graph(dtype)
    half_precision = graph.dtype == np.float16
    pyramid = "patch_embed.0.proj.weight" in tensors
    embed = "patch_embed.0.proj" if pyramid else "patch_embed.proj"
    x = graph.add("Cast", "images", to=TensorProto.FLOAT16) if half_precision else "images"
    x = tokens_of(graph, x, tensors, embed)
    x = graph.add("Add", x, graph.constant(tensors["pos_embed"]))
    tokens = tensors["pos_embed"].shape[1]
    grid_height = None
    for stage, prefixes in enumerate(stages(tensors)):
        if stage:
            x = halve_grid(graph, x, tensors, f"patch_embed.{stage}.proj", grid_height, tokens // grid_height)
            tokens //= 4
        grid_height = tensors[prefixes[0] + "filter.complex_weight"].shape[0]
        for prefix in prefixes:
            x = block(graph, x, tensors, prefix, tokens, _FILTERS[filters])
    x = graph.layer_norm(x, tensors, "norm")
    x = graph.add("ReduceMean", x, graph.integers(1), keepdims=0)
    x = graph.linear(x, tensors["head.weight"], tensors["head.bias"])
    graph.nodes.append(helper.make_node("Cast" if half_precision else "Identity", [x], ["logits"],
                                        **({"to": TensorProto.FLOAT} if half_precision else {})))

    patch = tensors[embed + ".weight"].shape
    first = tensors[stages(tensors)[0][0] + "filter.complex_weight"].shape[0]
    width = tensors["pos_embed"].shape[1] // first
    images = helper.make_tensor_value_info(
        "images", TensorProto.FLOAT, ["batch", patch[1], first * patch[2], width * patch[3]])
    logits = helper.make_tensor_value_info(
        "logits", TensorProto.FLOAT, ["batch", tensors["head.weight"].shape[0]])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "gfnet", [images], [logits], list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--model", required=True, help="safetensors file")
    parser.add_argument("--dft", choices=FILTERS, default="matrices")
    parser.add_argument("--precision", choices=("fp32", "fp16"), default="fp32")
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights"))
    import safetensors_io
    tensors, _ = safetensors_io.load(options.model)
    dtype = {"fp32": np.float32, "fp16": np.float16}[options.precision]
    onnx.save(export(tensors, options.dft, dtype), options.output)


if __name__ == "__main__":
    main()
