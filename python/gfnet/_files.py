"""Where the files of the package are."""
from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent

BUNDLED_MODEL = "gfnet-cifar10.safetensors"


def command() -> Path | None:
    """The command gfnet inside the package; None if the package was built without it."""
    path = _PACKAGE / "bin" / "gfnet"
    return path if path.is_file() else None


def bundled_model() -> Path:
    """The bundled model's file, in $GFNET_DATA or inside the package."""
    data = os.environ.get("GFNET_DATA")
    if data and (Path(data) / BUNDLED_MODEL).is_file():
        return Path(data) / BUNDLED_MODEL
    return _PACKAGE / "share" / "gfnet" / BUNDLED_MODEL
