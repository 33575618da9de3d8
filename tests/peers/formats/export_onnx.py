#!/usr/bin/env python3
"""Writes a GFNet as an ONNX graph, built from its tensors with ONNX's helpers: no tracing, no PyTorch.

    export_onnx.py --model gfnet-xs.safetensors --dft matrices --output gfnet-xs.onnx [--precision fp16]

Input "images" [batch, C, H, W], output "logits" [batch, classes]. ONNX has no real 2-D transform and
no complex type, so the filter has one of two forms:

    matrices  matrix products, one for the rows and one for the columns (network.py)
    operator  ONNX's DFT operator
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import network

OPSET = 20        # the first with DFT's axis as an input, and Gelu
IR_VERSION = 10   # old on purpose: runtimes reject versions that they do not know


class Graph(network.BatchedLayers):
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

    def node(self, operator, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{operator}_{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def add(self, x, y):
        return self.node("Add", x, y)

    def subtract(self, x, y):
        return self.node("Sub", x, y)

    def multiply(self, x, y):
        return self.node("Mul", x, y)

    def gelu(self, x):
        return self.node("Gelu", x)

    def mean(self, x):
        return self.node("ReduceMean", x, self.integers(1), keepdims=0)

    def reshape(self, x, *shape):
        return self.node("Reshape", x, self.integers(*shape))

    def transpose(self, x, *order):
        return self.node("Transpose", x, perm=order)

    def halves(self, x, axis):
        return self.node("Split", x, outputs=2, axis=axis, num_outputs=2)

    def join(self, parts, axis):
        return self.node("Concat", *parts, axis=axis)

    def layer_norm(self, x, weight, bias):
        return self.node("LayerNormalization", x, self.constant(weight), self.constant(bias), axis=-1,
                         epsilon=network.EPSILON)

    def linear(self, x, weight, bias):
        return self.add(self.node("MatMul", x, self.constant(weight.T)), self.constant(bias))

    def from_left(self, matrix, x):
        return self.node("MatMul", self.constant(matrix), x)

    def convolution(self, x, weight, bias):
        patch = list(weight.shape[2:])
        return self.node("Conv", x, self.constant(weight), self.constant(bias), kernel_shape=patch, strides=patch)


class GraphWithOperator(Graph):
    """A graph whose filters use ONNX's DFT operator."""

    def global_filter(self, x, weight, height, width):
        """The operator's inverse is complex. The missing half of each spectrum row is therefore restored as the
        conjugate of the first half; the real part of the result is then that of irfft."""
        channels = weight.shape[2]
        none, rows, cols = "", self.constant(np.array(1)), self.constant(np.array(2))
        x = self.reshape(x, -1, height, width, channels, 1)
        x = self.node("DFT", x, none, cols, onesided=1)                        # [B, H, columns, C, 2]
        x = self.node("DFT", x, none, rows)
        parts = network.multiply_by_filter(self, self.halves(x, 4), weight[..., :1], weight[..., 1:])
        x = self.node("DFT", self.join(parts, 4), none, rows, inverse=1)
        if width > 2:
            mirrored = self.node("Gather", x, self.integers(*range((width - 1) // 2, 0, -1)), axis=2)
            mirrored = self.multiply(mirrored, self.constant(np.array([1.0, -1.0])))
            x = self.join((x, mirrored), 2)
        x = self.node("DFT", x, none, cols, inverse=1)
        x = self.node("Gather", x, self.integers(0), axis=4)
        return self.reshape(x, -1, height * width, channels)


FILTERS = {"matrices": Graph, "operator": GraphWithOperator}


def export(tensors, filters, dtype=np.float32):
    """The ONNX model of tensors {name: float array}. filters: one of FILTERS.

    dtype: float32 or float16, the type of constants and activations; input and output are float32.
    """
    tensors = network.single_precision(tensors)
    graph = FILTERS[filters](dtype)
    half_precision = graph.dtype == np.float16
    x = graph.node("Cast", "images", to=TensorProto.FLOAT16) if half_precision else "images"
    x = network.write(graph, x, tensors)
    graph.nodes.append(helper.make_node("Cast" if half_precision else "Identity", [x], ["logits"],
                                        **({"to": TensorProto.FLOAT} if half_precision else {})))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", *network.input_shape(tensors)])
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
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "weights"))
    import safetensors_io
    tensors, _ = safetensors_io.load(options.model)
    dtype = {"fp32": np.float32, "fp16": np.float16}[options.precision]
    onnx.save(export(tensors, options.dft, dtype), options.output)


if __name__ == "__main__":
    main()
