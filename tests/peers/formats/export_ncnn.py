#!/usr/bin/env python3
"""Writes a GFNet in ncnn's format, a text of layers and a file of weights: no converter.

    export_ncnn.py --model gfnet-xs.safetensors --output gfnet-xs.param

The weights go to the file of the same name that ends in .bin. Input "images" [C, H, W], output "logits" [1, classes]:
ncnn has no batches. Every layer that is used runs on Vulkan; of the matrix products only Gemm does, and it has two
dimensions. So the filter's matrices, one for the rows and one for the columns, have permutations between them.
"""
import argparse
import sys
from pathlib import Path

import numpy as np

import dft
import network

MAGIC = 7767517                            # first line of every .param file
ADD, SUBTRACT, MULTIPLY = 0, 1, 2          # operations of BinaryOp
MEAN = 3                                   # operation of Reduction
SWAP_MATRIX, SWAP_OUTER = 1, 2             # orders of Permute: [h, w] -> [w, h]; [c, h, w] -> [h, c, w]
NOT_THERE, ROW = -1, 4                     # Gemm: shape of the matrix that is added


class Layers:
    """Layers and weights of a network under construction. Every method returns the name of its output.

    Shapes are in row-major order, as everywhere else; ncnn's parameters have the width first.
    """

    def __init__(self):
        self._layers = []    # (type, inputs, outputs, parameters)
        self._weights = []   # bytes, in the order of the layers

    def layer(self, kind, inputs, parameters, weights=(), outputs=1):
        """parameters: {number in ncnn's documentation: value}. weights: (array, whether a type is stored before it)."""
        names = [f"{kind}_{len(self._layers)}_{i}" for i in range(outputs)]
        self._layers.append((kind, list(inputs), names, parameters))
        for array, typed in weights:
            self._weights.append((b"\0" * 4 if typed else b"") + np.ascontiguousarray(array, "<f4").tobytes())
        return names[0] if outputs == 1 else names

    def constant(self, value):
        """An array of two dimensions; others in front must have the extent 1."""
        value = np.asarray(value).reshape(value.shape[-2:])
        return self.layer("MemoryData", [], {0: value.shape[1], 1: value.shape[0]}, [(value, False)])

    def add(self, x, y):
        return self.layer("BinaryOp", [x, y], {0: ADD})

    def subtract(self, x, y):
        return self.layer("BinaryOp", [x, y], {0: SUBTRACT})

    def multiply(self, x, y):
        return self.layer("BinaryOp", [x, y], {0: MULTIPLY})

    def scaled(self, x, factor):
        return self.layer("BinaryOp", [x], {0: MULTIPLY, 1: 1, 2: f"{factor:.9e}"})

    def gelu(self, x):
        """x (1 + erf(x / √2)) / 2. ncnn's layer GELU is always an approximation by tanh on Vulkan."""
        half = self.scaled(x, 0.5)
        erf = self.layer("Erf", [self.scaled(x, 0.5 ** 0.5)], {})
        return self.add(half, self.multiply(half, erf))

    def mean(self, x):
        return self.layer("Reduction", [x], {0: MEAN, 1: 0, -23303: "1,0", 4: 1, 5: 1})   # over the rows, which stay

    def reshape(self, x, *shape):
        return self.layer("Reshape", [x], dict(zip((0, 1, 2), reversed(shape))))

    def permute(self, x, order):
        return self.layer("Permute", [x], {0: order})

    def layer_norm(self, x, weight, bias):
        return self.layer("LayerNorm", [x], {0: weight.size, 1: f"{network.EPSILON:e}", 2: 1},
                          [(weight, False), (bias, False)])

    def linear(self, x, weight, bias):
        out, inner = weight.shape
        return self.layer("Gemm", [x], {2: 0, 3: 1, 4: 0, 5: 1, 6: 1, 8: out, 9: inner, 10: ROW},
                          [(weight, True), (bias, True)])

    def from_left(self, matrix, x):
        rows, inner = matrix.shape
        return self.layer("Gemm", [x], {2: 0, 3: 0, 4: 1, 5: 0, 6: 1, 7: rows, 9: inner, 10: NOT_THERE},
                          [(matrix, True)])

    def convolution(self, x, weight, bias):
        """Stride = kernel."""
        out, _, height, width = weight.shape
        return self.layer("Convolution", [x], {0: out, 1: width, 11: height, 3: width, 13: height, 5: 1,
                                               6: weight.size}, [(weight, True), (bias, False)])

    def patches(self, x, weight, bias, tokens):
        x = self.reshape(self.convolution(x, weight, bias), weight.shape[0], tokens)
        return self.permute(x, SWAP_MATRIX)

    def halve_grid(self, x, weight, bias, height, width):
        x = self.reshape(self.permute(x, SWAP_MATRIX), weight.shape[1], height, width)
        return self.patches(x, weight, bias, height * width // 4)

    def swap_rows_and_columns(self, x, rows, columns, channels):
        """[rows, columns · channels] -> [columns, rows · channels]. Every shape of the same elements will do."""
        x = self.permute(self.reshape(x, rows, columns, channels), SWAP_OUTER)
        return self.reshape(x, columns, rows * channels)

    def global_filter(self, x, weight, height, width):
        half, channels = weight.shape[1:3]
        weight = weight.reshape(height, half * channels, 2)
        # dft.py's columns have real and imaginary parts in turn, but a spectrum is cut into its halves here.
        apart = np.arange(2 * height).reshape(height, 2).T.reshape(-1)
        x = self.swap_rows_and_columns(x, height, width, channels)                  # [W, H·C]
        x = self.from_left(dft.row_forward(width), x)                               # [2·half, H·C]
        x = self.swap_rows_and_columns(x, 2 * half, height, channels)               # [H, 2·half·C]
        x = self.reshape(x, 2 * height, half * channels)
        x = self.from_left(dft.column_forward(height)[apart], x)                    # [2·H, half·C]
        parts = self.layer("Slice", [x], {-23300: "2,-233,-233", 1: 0}, outputs=2)   # -233: equal parts
        parts = network.multiply_by_filter(self, parts, weight[..., 0], weight[..., 1])
        x = self.layer("Concat", parts, {0: 0})
        x = self.from_left(dft.column_inverse(height)[:, apart], x)
        x = self.swap_rows_and_columns(x, height, 2 * half, channels)
        x = self.from_left(dft.row_inverse(width), x)                               # [W, H·C]
        x = self.swap_rows_and_columns(x, width, height, channels)
        return self.reshape(x, height * width, channels)

    def finished(self, logits):
        """(text of the .param file, bytes of the .bin file). logits: name of the value that is the output."""
        layers = [*_with_splits(self._layers), ("Noop", [logits], ["logits"], {})]
        edges = sum(len(outputs) for _, _, outputs, _ in layers)
        lines = [str(MAGIC), f"{len(layers)} {edges}"]
        for number, (kind, inputs, outputs, parameters) in enumerate(layers):
            lines.append(" ".join(map(str, [kind, f"layer_{number}", len(inputs), len(outputs), *inputs, *outputs,
                                            *(f"{key}={value}" for key, value in parameters.items())])))
        return "\n".join(lines) + "\n", b"".join(self._weights)


def _with_splits(layers):
    """The same layers, with a Split after each output that more than one of them takes: ncnn's edges have one end."""
    takers = {}
    for _, inputs, _, _ in layers:
        for name in inputs:
            takers[name] = takers.get(name, 0) + 1
    copies = {name: [f"{name}_copy_{i}" for i in range(count)] for name, count in takers.items() if count > 1}
    left = {name: iter(names) for name, names in copies.items()}
    result = []
    for kind, inputs, outputs, parameters in layers:
        result.append((kind, [next(left[name]) if name in left else name for name in inputs], outputs, parameters))
        result += [("Split", [name], copies[name], {}) for name in outputs if name in copies]
    return result


def export(tensors):
    """The two files of tensors {name: float array}: see Layers.finished."""
    tensors = network.single_precision(tensors)
    layers = Layers()
    channels, height, width = network.input_shape(tensors)
    images = layers.layer("Input", [], {0: width, 1: height, 2: channels})
    return layers.finished(network.write(layers, images, tensors))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--model", required=True, help="safetensors file")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "weights"))
    import safetensors_io
    text, weights = export(safetensors_io.load(options.model)[0])
    options.output.write_text(text, encoding="utf-8")
    options.output.with_suffix(".bin").write_bytes(weights)


if __name__ == "__main__":
    main()
