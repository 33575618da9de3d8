"""The exceptions of gfnet. Each derives from Error and from what a Python program expects."""
from __future__ import annotations

from typing import Any

__all__ = [
    "ArgumentError",
    "Error",
    "ForkError",
    "FormatError",
    "MissingFileError",
    "NoDeviceError",
    "TooLargeError",
    "UnsupportedError",
    "VulkanError",
]


class Error(Exception):
    """Base of all exceptions that gfnet raises on purpose. The message is one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""  # OSError would build another one from errno and filename


class FormatError(Error, OSError, ValueError):
    """A file that cannot be read, or whose content is invalid."""

    path: str = ""
    """The file. For bytes in memory: the name that stands for them in the message."""
    cause: str = ""
    """The message without the path."""
    tensor: str = ""
    """The name of the tensor that the error is about; empty if it is about the whole file."""
    offset: int | None = None
    """Where in the file the error is, in bytes; None if it is nowhere in particular."""

    def __reduce__(self) -> Any:
        of_the_system = {name: getattr(self, name) for name in ("errno", "strerror", "filename")}  # not in __dict__
        return type(self), self.args, {**self.__dict__, **of_the_system}


class MissingFileError(FormatError, FileNotFoundError):
    """There is no such file."""


class ArgumentError(Error, ValueError):
    """An argument that is wrong, whatever the device."""


class UnsupportedError(Error, RuntimeError):
    """What was asked is right, but gfnet or the device cannot do it."""


class TooLargeError(UnsupportedError):
    """What was asked is too large for the device. Fewer or smaller images may work."""


class NoDeviceError(Error, RuntimeError):
    """There is no Vulkan driver, or no device that matches the request."""


class VulkanError(Error, RuntimeError):
    """A Vulkan call that failed."""

    result: int = 0
    """The VkResult."""
    is_out_of_memory: bool = False
    """Whether memory was exhausted."""
    is_device_lost: bool = False
    """Whether the device was lost or hangs. A new Classifier for the same device may work."""


class ForkError(Error, RuntimeError):
    """The process was forked from one that has used a Vulkan device. No driver survives that."""
