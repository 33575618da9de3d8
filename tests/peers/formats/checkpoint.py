#!/usr/bin/env python3
"""Writes a safetensors file, the only format that the peers read: checkpoint.py NAME|FILE OUTPUT

NAME: an architecture of the paper, with random weights as large as trained ones. FILE: a PyTorch checkpoint.
"""
import argparse
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "weights"), str(ROOT / "tests" / "pytorch")]
import gfnet  # noqa: E402
import models  # noqa: E402
import safetensors_io  # noqa: E402

SEED = 1


def tensors_of(source):
    if source in gfnet.PUBLISHED:
        return models.random_state(models.published(source), models.generator(SEED))
    if hasattr(torch.serialization, "add_safe_globals"):
        torch.serialization.add_safe_globals([argparse.Namespace])  # training checkpoints hold one
    state = torch.load(source, map_location="cpu", weights_only=True)
    for wrapper in ("model", "state_dict", "model_ema"):
        state = state.get(wrapper, state)
    return {name.removeprefix("module."): tensor.float() for name, tensor in state.items()}


if __name__ == "__main__":
    safetensors_io.save(sys.argv[2], tensors_of(sys.argv[1]))
