"""GFNet image classification on any Vulkan device.

    import gfnet

    classify = gfnet.Classifier()          # the bundled model, on the best GPU or else a software driver
    result = classify("photo.jpg")
    print(result.label, result.probability)

Model reads a checkpoint, Classifier runs it on a device, Labeller labels columns of a data engine's batches.
"""
from __future__ import annotations

import atexit as _atexit

from . import _gfnet, _files
from ._classifier import Classifier
from ._devices import CheckedKernel, CheckReport, Device, check, devices, worker_device
from ._drawings import Drawing, Filter, HeatMap
from .errors import (
    ArgumentError,
    Error,
    ForkError,
    FormatError,
    MissingFileError,
    NoDeviceError,
    TooLargeError,
    UnsupportedError,
    VulkanError,
)
from ._labeller import Labeller
from ._model import Model
from ._results import Prediction, Result

__version__: str = _gfnet.version

__all__ = [
    "ArgumentError",
    "CheckReport",
    "CheckedKernel",
    "Classifier",
    "Device",
    "Drawing",
    "Error",
    "Filter",
    "ForkError",
    "FormatError",
    "HeatMap",
    "Labeller",
    "MissingFileError",
    "Model",
    "NoDeviceError",
    "Prediction",
    "Result",
    "TooLargeError",
    "UnsupportedError",
    "VulkanError",
    "__version__",
    "check",
    "devices",
    "worker_device",
]

# A driver that crashes while a kernel is tried then ends a process of the command, not this one.
if (_command := _files.command()) is not None:
    _gfnet.set_check_program([*_command, "check-child"])
_atexit.register(_gfnet.end_calls)
