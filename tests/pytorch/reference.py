"""GFNet's forward pass as one plain float64 function of the state dict.

Written from Rao et al., NeurIPS 2021 (arXiv 2107.00645), independently of weights/gfnet.py and of the
engine. Activations are [B, H, W, C] throughout, convolutions are matrix products over patches, and the
inverse transform is written out.
"""
import math

import torch

EPSILON = 1e-6


def layer_norm(x, weight, bias):
    """Layer normalisation over the last axis, with the biased variance. weight, bias: [C]."""
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt(centred.square().mean(-1, keepdim=True) + EPSILON) * weight + bias


def global_filter(x, complex_weight):
    """irfft2(rfft2(x) ⊙ K), orthonormal. x: [B, H, W, C]; complex_weight: [H, W/2+1, C, 2].

    The inverse is complex over H, then complex-to-real over W. It ignores the imaginary part of column 0
    and, if W is even, of column W/2. K need not be Hermitian there.
    """
    width = x.shape[2]
    spectrum = torch.fft.rfft(x, dim=2, norm="ortho")
    spectrum = torch.fft.fft(spectrum, dim=1, norm="ortho")
    spectrum = spectrum * torch.complex(complex_weight[..., 0], complex_weight[..., 1])
    columns = torch.fft.ifft(spectrum, dim=1, norm="ortho")
    imaginary = columns.imag.clone()
    imaginary[:, :, 0] = 0
    if width % 2 == 0:
        imaginary[:, :, width // 2] = 0
    return torch.fft.irfft(torch.complex(columns.real, imaginary), n=width, dim=2, norm="ortho")


def gelu(x):
    """The exact form, with erf."""
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


def patch_embedding(x, weight, bias):
    """A convolution whose stride equals its kernel size: [B, H, W, C] -> [B, H/p, W/q, O].

    weight: [O, C, p, q]; bias: [O]. Rows and columns beyond the last whole patch are dropped.
    """
    outputs, channels, p, q = weight.shape
    batch, height, width = x.shape[0], x.shape[1] // p, x.shape[2] // q
    patches = x[:, :height * p, :width * q].reshape(batch, height, p, width, q, channels)
    patches = patches.permute(0, 1, 3, 5, 2, 4).reshape(batch, height, width, channels * p * q)
    return patches @ weight.reshape(outputs, -1).T + bias


def features(state, images):
    """Features [B, channels] float64 of normalised images [B, C, H, W]: the mean over the last tokens, which the head
    reads. state: {name: tensor}, a bare state dict."""
    state = {name: tensor.double() for name, tensor in state.items()}
    pyramid = "patch_embed.0.proj.weight" in state

    def affine(x, prefix):
        return x @ state[prefix + "weight"].T + state[prefix + "bias"]

    def norm(x, prefix):
        return layer_norm(x, state[prefix + "weight"], state[prefix + "bias"])

    x = torch.as_tensor(images).double().permute(0, 2, 3, 1)
    stage = 0
    while True:
        embed = f"patch_embed.{stage}.proj." if pyramid else "patch_embed.proj."
        if stage > 0 and (not pyramid or embed + "weight" not in state):
            break
        x = patch_embedding(x, state[embed + "weight"], state[embed + "bias"])
        if stage == 0:
            x = x + state["pos_embed"].reshape(x.shape[1:])
        block = 0
        while True:
            prefix = f"blocks.{stage}.{block}." if pyramid else f"blocks.{block}."
            if prefix + "norm1.weight" not in state:
                break
            y = global_filter(norm(x, prefix + "norm1."), state[prefix + "filter.complex_weight"])
            y = gelu(affine(norm(y, prefix + "norm2."), prefix + "mlp.fc1."))
            y = affine(y, prefix + "mlp.fc2.")
            x = x + state.get(prefix + "gamma", 1.0) * y
            block += 1
        stage += 1
    return norm(x, "norm.").mean((1, 2))


def forward(state, images):
    """Logits [B, classes] float64 of normalised images. Arguments as for features()."""
    return features(state, images) @ state["head.weight"].double().T + state["head.bias"].double()
