"""A GFNet as a sequence of layers, for programs that write it in a runtime's own format.

A set of layers is an object with the methods below. Values are whatever its methods return: names of a graph's
edges, or tensors. Tokens are row-major, [tokens, channels], with or without a batch in front.

    constant(array) -> value
    patches(x, weight, bias, tokens)             convolution with stride = kernel, [B, C, H, W] -> tokens
    halve_grid(x, weight, bias, height, width)   the same with 2×2, from the tokens of a grid
    layer_norm(x, weight, bias), linear(x, weight, bias), gelu(x), add(x, y)
    global_filter(x, weight, height, width)      weight: [H, W//2+1, C, 2]
    mean(x)                                      over the tokens
"""
import numpy as np

import dft

EPSILON = 1e-6   # of the normalisations


def write(layers, images, tensors):
    """Calls the methods of `layers` for the whole network. Returns the value of the logits.

    images: the value of the input. tensors: {name: float32 array} of a checkpoint.
    """
    def weights(name):
        return tensors[name + ".weight"], tensors[name + ".bias"]

    tokens = tensors["pos_embed"].shape[1]
    x = layers.patches(images, *weights(embedding(tensors, 0)), tokens)
    x = layers.add(x, layers.constant(tensors["pos_embed"]))
    height = None
    for stage, prefixes in enumerate(stages(tensors)):
        if stage:
            x = layers.halve_grid(x, *weights(embedding(tensors, stage)), height, tokens // height)
            tokens //= 4
        height = tensors[prefixes[0] + "filter.complex_weight"].shape[0]
        for prefix in prefixes:
            branch = layers.layer_norm(x, *weights(prefix + "norm1"))
            branch = layers.global_filter(branch, tensors[prefix + "filter.complex_weight"], height, tokens // height)
            branch = layers.layer_norm(branch, *weights(prefix + "norm2"))
            branch = layers.gelu(layers.linear(branch, *weights(prefix + "mlp.fc1")))
            weight, bias = weights(prefix + "mlp.fc2")
            # Layer scale is linear, so it is folded into the last matrix, as an export for speed would do.
            gamma = tensors.get(prefix + "gamma", np.ones(1, np.float32))
            x = layers.add(x, layers.linear(branch, gamma[:, None] * weight, gamma * bias))
    x = layers.mean(layers.layer_norm(x, *weights("norm")))
    return layers.linear(x, *weights("head"))


def single_precision(tensors):
    return {name: np.asarray(value, np.float32) for name, value in tensors.items()}


def is_pyramid(tensors):
    return "patch_embed.0.proj.weight" in tensors


def embedding(tensors, stage):
    """Name of the convolution at the beginning of a stage."""
    return f"patch_embed.{stage}.proj" if is_pyramid(tensors) else "patch_embed.proj"


def stages(tensors):
    """[[prefix of a block's tensor names, …], …]: one list for a flat network, one per stage for a pyramid."""
    pyramid = is_pyramid(tensors)
    depth = 3 if pyramid else 2
    prefixes = {tuple(map(int, key.split(".")[1:depth])) for key in tensors if key.startswith("blocks.")}
    result = {}
    for index in sorted(prefixes):
        result.setdefault(index[0] if pyramid else 0, []).append("blocks." + "".join(f"{i}." for i in index))
    return [result[stage] for stage in sorted(result)]


def input_shape(tensors):
    """(C, H, W) of the images."""
    patch = tensors[embedding(tensors, 0) + ".weight"].shape
    height = tensors[stages(tensors)[0][0] + "filter.complex_weight"].shape[0]
    width = tensors["pos_embed"].shape[1] // height
    return patch[1], height * patch[2], width * patch[3]


def multiply_by_filter(layers, parts, real, imaginary):
    """(a + ib)(K_r + iK_i). parts: values of a and b; real, imaginary: arrays that broadcast against them."""
    a, b = parts
    real, imaginary = layers.constant(real), layers.constant(imaginary)
    return (layers.subtract(layers.multiply(a, real), layers.multiply(b, imaginary)),
            layers.add(layers.multiply(a, imaginary), layers.multiply(b, real)))


class BatchedLayers:
    """The larger layers of a framework with any number of dimensions, the batch in front, from elementary ones:

    convolution(x, weight, bias), stride = kernel; reshape(x, *shape), at most one -1; transpose(x, *order);
    from_left(matrix, x), a product; halves(x, axis); join(parts, axis); multiply, subtract and add(x, y).
    """

    def patches(self, x, weight, bias, tokens):
        x = self.convolution(x, weight, bias)
        return self.transpose(self.reshape(x, -1, weight.shape[0], tokens), 0, 2, 1)

    def halve_grid(self, x, weight, bias, height, width):
        # A matrix product over patches of tokens.
        channels = weight.shape[1]
        x = self.reshape(x, -1, height // 2, 2, width // 2, 2, channels)
        x = self.reshape(self.transpose(x, 0, 1, 3, 2, 4, 5), -1, height * width // 4, 4 * channels)
        return self.linear(x, weight.transpose(0, 2, 3, 1).reshape(weight.shape[0], -1), bias)

    def global_filter(self, x, weight, height, width):
        """Two matrix products each way, one for the rows and one for the columns.

        The matrices are chosen so that every change of axes is a reshape of row-major memory. A single matrix for the
        whole grid takes fewer operations but is slower: a little at 14×14, much at 56×56.
        """
        columns, channels = weight.shape[1:3]
        weight = weight.reshape(height, 1, columns * channels, 2)
        x = self.reshape(x, -1, width, channels)                              # [B·H, W, C]
        x = self.from_left(dft.row_forward(width), x)                         # [B·H, 2·columns, C]
        x = self.reshape(x, -1, 2 * height, columns * channels)               # [B, H·2, columns·C]
        x = self.from_left(dft.column_forward(height), x)
        x = self.reshape(x, -1, height, 2, columns * channels)
        parts = multiply_by_filter(self, self.halves(x, 2), weight[..., 0], weight[..., 1])
        x = self.reshape(self.join(parts, 2), -1, 2 * height, columns * channels)
        x = self.from_left(dft.column_inverse(height), x)
        x = self.reshape(x, -1, 2 * columns, channels)
        x = self.from_left(dft.row_inverse(width), x)
        return self.reshape(x, -1, height * width, channels)
