"""Where the files of the package are."""
from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent

BUNDLED_MODEL = "gfnet-cifar10.safetensors"


def command() -> list[str] | None:
    """The command line that runs the command gfnet, without arguments: a Python without other modules, see _command.py. None
    if no Python can be started: in a program that has Python inside it, sys.executable is the program, or empty."""
    if not sys.executable or getattr(sys, "frozen", False):
        return None
    return [sys.executable, "-I", "-S", str(_PACKAGE / "_command.py")]


def bundled_model() -> Path:
    """The bundled model's file, in $GFNET_DATA or inside the package."""
    data = os.environ.get("GFNET_DATA")
    if data and (Path(data) / BUNDLED_MODEL).is_file():
        return Path(data) / BUNDLED_MODEL
    return _PACKAGE / "share" / "gfnet" / BUNDLED_MODEL
