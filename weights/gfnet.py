"""GFNet, the Global Filter Network (Rao et al., NeurIPS 2021, arXiv 2107.00645), in PyTorch.

Parameters have the names and shapes of the published checkpoints, so state dicts are
interchangeable. Two families:

    flat     one patch embedding, one grid, `blocks.N.*`; GFNet-Ti, XS, S, B
    pyramid  four stages, each with half the grid of the one before, `blocks.STAGE.N.*` and
             `patch_embed.STAGE.proj.*`; GFNet-H-Ti, S, B

Needs only torch, 1.13 or newer.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def _pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


class _CirculantMatrix(torch.autograd.Function):
    """[C, H, W] kernels -> [C, N, N] matrices M with (x M) = x circularly convolved with k.

    M[c, i, o] = k[c, (o - i) mod (H, W)]. This is a custom Function because its gradient is a gather
    along the wrapped diagonals; the gradient of plain indexing would be a slow scatter.
    """

    @staticmethod
    def forward(ctx, kernel):
        channels, height, width = kernel.shape
        count = height * width
        rows = torch.arange(height, device=kernel.device)
        cols = torch.arange(width, device=kernel.device)

        def wrapped(sign):
            dy = (rows[None, :] + sign * rows[:, None]) % height
            dx = (cols[None, :] + sign * cols[:, None]) % width
            # [in y, in x, out y, out x] -> flat position in the grid
            flat = dy[:, None, :, None] * width + dx[None, :, None, :]
            return flat.reshape(count, count)

        ctx.diagonals = wrapped(+1)
        ctx.grid = (height, width)
        index = wrapped(-1).reshape(1, count * count).expand(channels, -1)
        return kernel.reshape(channels, count).gather(1, index).reshape(channels, count, count)

    @staticmethod
    def backward(ctx, grad):
        channels = grad.shape[0]
        index = ctx.diagonals.unsqueeze(0).expand(channels, -1, -1)
        # autograd has already cast the gradient back from bfloat16: the sum has the kernel's type.
        return grad.gather(2, index).sum(1).reshape(channels, *ctx.grid)


class GlobalFilter(nn.Module):
    """irfft2(rfft2(x) * K), orthonormal, over a grid of tokens. x: [B, H*W, C].

    complex_weight: [H, W // 2 + 1, C, 2], real and imaginary part last.

    `dense` computes the same function as a matrix product. Multiplying spectra is a circular
    convolution with k = irfft2(K), hence one [N, N] matrix per channel. On a small grid a batched
    matrix product in bfloat16 is much faster than the transforms. It is exact also where K is not
    Hermitian: irfft2(K) drops the same imaginary parts of columns 0 and W/2 as the inverse of the
    product does, because in a real x's spectrum those columns are 1-D transforms of real sequences.
    """

    def __init__(self, dim, h, w):
        super().__init__()
        self.h, self.w = h, w
        self.complex_weight = nn.Parameter(torch.randn(h, w // 2 + 1, dim, 2) * 0.02)
        self.dense = False

    def forward(self, x):
        return self._by_matrix(x) if self.dense else self._by_fft(x)

    def _by_fft(self, x):
        batch, count, channels = x.shape
        # FFTs need at least single precision here; double stays double.
        grid = x.reshape(batch, self.h, self.w, channels)
        if grid.dtype in (torch.float16, torch.bfloat16):
            grid = grid.float()
        spectrum = torch.fft.rfft2(grid, dim=(1, 2), norm="ortho")
        spectrum = spectrum * torch.view_as_complex(self.complex_weight)
        grid = torch.fft.irfft2(spectrum, s=(self.h, self.w), dim=(1, 2), norm="ortho")
        return grid.reshape(batch, count, channels)

    def matrix(self):
        """[C, N, N], the filter as one matrix per channel, to be multiplied from the right."""
        # norm="backward" applies 1 / (H W) here, the product of the filter's two ortho factors.
        kernel = torch.fft.irfft2(
            torch.view_as_complex(self.complex_weight), s=(self.h, self.w), dim=(0, 1))
        return _CirculantMatrix.apply(kernel.permute(2, 0, 1).contiguous())

    def _by_matrix(self, x):
        # bmm would copy a transposed operand anyway; an explicit copy can be fused by a compiler.
        y = torch.bmm(x.permute(2, 0, 1).contiguous(), self.matrix().to(x.dtype))
        return y.permute(1, 2, 0).contiguous()


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    """x + gamma * MLP(LN2(filter(LN1(x)))): one residual around the whole block. x: [B, H*W, C].

    `gamma` exists only if layer_scale, its initial value, is given.
    """

    def __init__(self, dim, h, w, mlp_ratio=4.0, drop_path=0.0, layer_scale=None):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.filter = GlobalFilter(dim, h, w)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim, int(round(dim * mlp_ratio)))
        self.drop_path = drop_path
        self.gamma = None
        if layer_scale is not None:
            self.gamma = nn.Parameter(layer_scale * torch.ones(dim))

    def forward(self, x):
        branch = self.mlp(self.norm2(self.filter(self.norm1(x))))
        if self.gamma is not None:
            branch = self.gamma * branch
        if self.drop_path > 0.0 and self.training:
            keep = 1.0 - self.drop_path
            mask = torch.rand(x.shape[0], 1, 1, device=x.device) < keep
            branch = branch * (mask.to(branch.dtype) / keep)
        return x + branch


class PatchEmbed(nn.Module):
    """A convolution with stride = kernel: [B, C, H, W] -> [B, tokens, dim]."""

    def __init__(self, patch, channels, dim):
        super().__init__()
        patch = _pair(patch)
        self.proj = nn.Conv2d(channels, dim, kernel_size=patch, stride=patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class DownLayer(nn.Module):
    """Halves the grid between two stages: a 2x2 convolution with stride 2 on tokens [B, H*W, C]."""

    def __init__(self, h, w, dim_in, dim_out):
        super().__init__()
        self.h, self.w = h, w
        self.proj = nn.Conv2d(dim_in, dim_out, kernel_size=2, stride=2)

    def forward(self, x):
        batch, _, channels = x.shape
        # The convolution as a matrix product over 2x2 patches, so that tokens stay channel-last.
        x = x.reshape(batch, self.h // 2, 2, self.w // 2, 2, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(batch, -1, 4 * channels)
        weight = self.proj.weight.permute(0, 2, 3, 1).reshape(-1, 4 * channels)
        return F.linear(x, weight, self.proj.bias)


def _initialise(module):
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _drop_path_rates(count, last):
    return [last * i / max(count - 1, 1) for i in range(count)]


class GFNet(nn.Module):
    """The flat family. Images [B, channels, img_size] -> logits [B, num_classes]."""

    def __init__(self, img_size=224, patch_size=16, in_chans=3, num_classes=1000, embed_dim=384,
                 depth=12, mlp_ratio=4.0, drop_path_rate=0.0, layer_scale=None):
        super().__init__()
        image, patch = _pair(img_size), _pair(patch_size)
        h, w = image[0] // patch[0], image[1] // patch[1]
        self.patch_embed = PatchEmbed(patch, in_chans, embed_dim)
        self.pos_embed = nn.Parameter(torch.zeros(1, h * w, embed_dim))
        self.blocks = nn.ModuleList(
            Block(embed_dim, h, w, mlp_ratio, rate, layer_scale)
            for rate in _drop_path_rates(depth, drop_path_rate))
        self.norm = nn.LayerNorm(embed_dim, eps=1e-6)
        self.head = nn.Linear(embed_dim, num_classes)
        self.apply(_initialise)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)

    def forward(self, x):
        x = self.patch_embed(x) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(1))


class GFNetPyramid(nn.Module):
    """The pyramid family (GFNet-H). Images [B, channels, img_size] -> logits [B, num_classes]."""

    def __init__(self, img_size=224, patch_size=4, in_chans=3, num_classes=1000,
                 embed_dim=(64, 128, 256, 512), depth=(3, 3, 10, 3), mlp_ratio=(4, 4, 4, 4),
                 drop_path_rate=0.0, layer_scale=None):
        super().__init__()
        image, patch = _pair(img_size), _pair(patch_size)
        h, w = image[0] // patch[0], image[1] // patch[1]
        self.patch_embed = nn.ModuleList([PatchEmbed(patch, in_chans, embed_dim[0])])
        self.pos_embed = nn.Parameter(torch.zeros(1, h * w, embed_dim[0]))
        self.blocks = nn.ModuleList()
        rates = iter(_drop_path_rates(sum(depth), drop_path_rate))
        for stage, dim in enumerate(embed_dim):
            if stage > 0:
                self.patch_embed.append(DownLayer(h, w, embed_dim[stage - 1], dim))
                h, w = h // 2, w // 2
            # Sequential gives the published names, blocks.STAGE.N.
            self.blocks.append(nn.Sequential(*(
                Block(dim, h, w, mlp_ratio[stage], next(rates), layer_scale)
                for _ in range(depth[stage]))))
        self.norm = nn.LayerNorm(embed_dim[-1], eps=1e-6)
        self.head = nn.Linear(embed_dim[-1], num_classes)
        self.apply(_initialise)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)

    def forward(self, x):
        for stage, (embed, blocks) in enumerate(zip(self.patch_embed, self.blocks)):
            x = embed(x)
            if stage == 0:
                x = x + self.pos_embed
            x = blocks(x)
        return self.head(self.norm(x).mean(1))


# The seven published models. GFNet-H has layer scale; its initial values matter only for training.
_PUBLISHED = {
    "gfnet-ti": (GFNet, dict(embed_dim=256, depth=12)),
    "gfnet-xs": (GFNet, dict(embed_dim=384, depth=12)),
    "gfnet-s": (GFNet, dict(embed_dim=384, depth=19)),
    "gfnet-b": (GFNet, dict(embed_dim=512, depth=19)),
    "gfnet-h-ti": (GFNetPyramid, dict(
        embed_dim=(64, 128, 256, 512), depth=(3, 3, 10, 3), layer_scale=1e-3)),
    "gfnet-h-s": (GFNetPyramid, dict(
        embed_dim=(96, 192, 384, 768), depth=(3, 3, 10, 3), layer_scale=1e-5)),
    "gfnet-h-b": (GFNetPyramid, dict(
        embed_dim=(96, 192, 384, 768), depth=(3, 3, 27, 3), layer_scale=1e-6)),
}

PUBLISHED = tuple(_PUBLISHED)


def create(name, **overrides):
    """One of the PUBLISHED architectures, randomly initialised. Overrides: constructor arguments."""
    family, config = _PUBLISHED[name]
    return family(**dict(config, **overrides))


def config_from_state_dict(state):
    """Returns (class, constructor arguments), derived from the shapes in a state dict."""
    # The filter's W // 2 + 1 columns fit two widths W; the token count H * W tells which.
    tokens = state["pos_embed"].shape[1]
    flat = "patch_embed.proj.weight" in state
    first = "blocks.0." if flat else "blocks.0.0."
    h = state[first + "filter.complex_weight"].shape[0]
    w = tokens // h
    patch = state["patch_embed.proj.weight" if flat else "patch_embed.0.proj.weight"]
    config = dict(
        img_size=(h * patch.shape[2], w * patch.shape[3]), patch_size=tuple(patch.shape[2:]),
        in_chans=patch.shape[1], num_classes=state["head.weight"].shape[0],
        layer_scale=1.0 if first + "gamma" in state else None)

    def ratio(prefix):
        hidden, dim = state[prefix + "mlp.fc1.weight"].shape
        return hidden / dim

    if flat:
        config["embed_dim"] = patch.shape[0]
        config["depth"] = 1 + max(int(k.split(".")[1]) for k in state if k.startswith("blocks."))
        config["mlp_ratio"] = ratio(first)
        return GFNet, config
    indices = {tuple(map(int, k.split(".")[1:3])) for k in state if k.startswith("blocks.")}
    stages = 1 + max(stage for stage, _ in indices)
    config["depth"] = tuple(sum(1 for s, _ in indices if s == stage) for stage in range(stages))
    config["embed_dim"] = tuple(
        state["patch_embed.%d.proj.weight" % stage].shape[0] for stage in range(stages))
    config["mlp_ratio"] = tuple(ratio("blocks.%d.0." % stage) for stage in range(stages))
    return GFNetPyramid, config


def from_state_dict(state):
    """The model that a state dict belongs to, with its parameters loaded, in eval mode."""
    family, config = config_from_state_dict(state)
    model = family(**config)
    model.load_state_dict(state)
    return model.eval()


def count_macs(model):
    """Multiply-accumulates per image: linear and convolution layers, and the filters' complex
    products and transforms (counted as 5 N log2 N flop, two flop per multiply-accumulate)."""
    total = 0
    if isinstance(model, GFNet):
        stages = [(model.patch_embed, model.blocks)]
    else:
        stages = list(zip(model.patch_embed, model.blocks))
    for embed, blocks in stages:
        grid = blocks[0].filter
        tokens = grid.h * grid.w
        total += tokens * embed.proj.weight.numel()
        for block in blocks:
            dim = block.norm1.weight.numel()
            half = grid.h * (grid.w // 2 + 1)
            total += tokens * (block.mlp.fc1.weight.numel() + block.mlp.fc2.weight.numel())
            # A real transform costs half a complex one; there are two.
            total += int(dim * (4 * half + 2.5 * tokens * math.log2(max(tokens, 2))))
    return total + model.head.weight.numel()
