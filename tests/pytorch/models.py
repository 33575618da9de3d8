"""Random GFNets: tensor shapes, weights as large as trained ones, and the forms of checkpoint files."""
import argparse
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Architecture:
    """The sizes of a GFNet. A flat GFNet has one stage.

    grid: (rows, columns) of tokens in the first stage. channels: of each stage. hidden: for each stage, the MLP
    width of each block. patch: (height, width) in pixels. inputs: input channels. gamma: with layer scale.
    """
    grid: tuple
    channels: tuple
    hidden: tuple
    patch: tuple = (16, 16)
    inputs: int = 3
    classes: int = 1000
    gamma: bool = False
    pyramid: bool = False

    @property
    def image(self):
        """(height, width) in pixels."""
        return self.grid[0] * self.patch[0], self.grid[1] * self.patch[1]

    def shapes(self):
        """{name: shape} of every tensor, named as in the published checkpoints."""
        shapes = {"pos_embed": (1, self.grid[0] * self.grid[1], self.channels[0])}

        def layer(name, *shape):
            shapes[name + ".weight"] = shape
            shapes[name + ".bias"] = shape[:1]

        height, width = self.grid
        for stage, (channels, hidden) in enumerate(zip(self.channels, self.hidden)):
            if stage == 0:
                layer("patch_embed.0.proj" if self.pyramid else "patch_embed.proj",
                      channels, self.inputs, *self.patch)
            else:
                height, width = height // 2, width // 2
                layer(f"patch_embed.{stage}.proj", channels, self.channels[stage - 1], 2, 2)
            for index, size in enumerate(hidden):
                block = f"blocks.{stage}.{index}." if self.pyramid else f"blocks.{index}."
                if self.gamma:
                    shapes[block + "gamma"] = (channels,)
                layer(block + "norm1", channels)
                shapes[block + "filter.complex_weight"] = (height, width // 2 + 1, channels, 2)
                layer(block + "norm2", channels)
                layer(block + "mlp.fc1", size, channels)
                layer(block + "mlp.fc2", channels, size)
        layer("norm", self.channels[-1])
        layer("head", self.classes, self.channels[-1])
        return shapes


def _published(channels, depths, image):
    pyramid = len(channels) > 1
    patch = 4 if pyramid else 16
    return Architecture(
        grid=(image // patch,) * 2, channels=channels, patch=(patch, patch), gamma=pyramid, pyramid=pyramid,
        hidden=tuple((4 * c,) * depth for c, depth in zip(channels, depths)))


def published(name, image=224):
    """One of the paper's seven architectures, for images of `image`×`image` pixels."""
    channels, depths = {
        "gfnet-ti": ((256,), (12,)),
        "gfnet-xs": ((384,), (12,)),
        "gfnet-s": ((384,), (19,)),
        "gfnet-b": ((512,), (19,)),
        "gfnet-h-ti": ((64, 128, 256, 512), (3, 3, 10, 3)),
        "gfnet-h-s": ((96, 192, 384, 768), (3, 3, 10, 3)),
        "gfnet-h-b": ((96, 192, 384, 768), (3, 3, 27, 3)),
    }[name]
    return _published(channels, depths, image)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def random_state(architecture, random):
    """{name: float32 tensor}, as large as trained weights. random: a torch.Generator.

    Filters are independent complex numbers, so they are not Hermitian; their scale differs between blocks.
    Every tensor is large enough for a test to notice if it is left out.
    """
    def scale(low, high):
        return low * (high / low) ** torch.rand((), generator=random).item()

    def tensor(name, shape):
        values = torch.randn(shape, generator=random)
        if name == "pos_embed":
            return values * scale(0.02, 0.5)
        if name.endswith("complex_weight"):
            return values * scale(0.02, 0.5)
        if name.endswith("gamma"):
            return 0.5 + 0.2 * values
        if "norm" in name:
            return 0.2 * values + (1 if name.endswith("weight") else 0)
        if name.endswith("bias"):
            return 0.2 * values
        fan_in = values[0].numel()
        return values * ((3 if name.startswith("head") else 1) / fan_in ** 0.5)

    return {name: tensor(name, shape) for name, shape in architecture.shapes().items()}


def random_images(architecture, count, random):
    """[N, C, H, W] float32, distributed like normalised images: a colour, stripes and noise in each."""
    height, width = architecture.image
    parts = [(1, 1), (height, 1), (1, width), (height, width)]
    return sum(0.6 * torch.randn((count, architecture.inputs, *part), generator=random) for part in parts)


# Forms of published and privately trained checkpoints: (key of the state dict, prefix of its keys, zip form).
FORMS = {
    "zip": ("", "", True),
    "legacy": ("", "", False),
    "zip model": ("model", "", True),
    "legacy model": ("model", "", False),
    "zip state_dict module.": ("state_dict", "module.", True),
    "legacy module.": ("", "module.", False),
    "zip model_ema": ("model_ema", "", True),
    "zip training": ("training", "", True),
    "legacy training module.": ("training", "module.", False),
}


def save(state, path, form="zip"):
    """Writes a checkpoint in one of FORMS. "training" also contains an optimizer's state and arguments."""
    wrapper, prefix, zipped = FORMS[form]
    tensors = {prefix + name: tensor for name, tensor in state.items()}
    if wrapper == "training":
        step = {"step": torch.tensor(7.0), "exp_avg": torch.zeros(3)}
        content = {"model": tensors, "epoch": 299, "optimizer": {"state": {0: step}, "param_groups": []},
                   "args": argparse.Namespace(lr=5e-4, data_set="IMNET")}
    else:
        content = {wrapper: tensors} if wrapper else tensors
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
