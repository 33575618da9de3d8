"""A GFNet as a PyTorch module of products and reshapes, for converters that trace one. Its filter has no FFT, which
they cannot write, but the matrices of dft.py."""
import numpy as np
import torch
import torch.nn.functional as F

import network


class TorchLayers(network.BatchedLayers):
    """Runs every layer at once. Values are tensors."""

    def constant(self, value):
        return torch.from_numpy(np.array(value, np.float32, order="C"))

    def add(self, x, y):
        return x + y

    def subtract(self, x, y):
        return x - y

    def multiply(self, x, y):
        return x * y

    def gelu(self, x):
        return F.gelu(x)

    def mean(self, x):
        return x.mean(1)

    def reshape(self, x, *shape):
        return x.reshape(shape)

    def transpose(self, x, *order):
        return x.permute(order)

    def halves(self, x, axis):
        return x.chunk(2, axis)

    def join(self, parts, axis):
        return torch.cat(parts, axis)

    def layer_norm(self, x, weight, bias):
        return F.layer_norm(x, weight.shape, self.constant(weight), self.constant(bias), network.EPSILON)

    def linear(self, x, weight, bias):
        return F.linear(x, self.constant(weight), self.constant(bias))

    def from_left(self, matrix, x):
        return self.constant(matrix) @ x

    def convolution(self, x, weight, bias):
        return F.conv2d(x, self.constant(weight), self.constant(bias), stride=weight.shape[2:])


class TracedNetwork(torch.nn.Module):
    """Images [B, C, H, W] -> logits [B, classes]. tensors: {name: float array} of a checkpoint."""

    def __init__(self, tensors):
        super().__init__()
        self._tensors = network.single_precision(tensors)

    def forward(self, images):
        return network.write(TorchLayers(), images, self._tensors)
