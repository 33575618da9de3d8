"""Turns what a caller calls an image into what the binding takes: a path (str), the bytes of a file, or an array
uint8 [height, width, 3] whose pixels of a row follow one another without gaps."""
from __future__ import annotations

import os
import sys
from typing import Any, Union

import numpy as np

from .errors import ArgumentError

Item = Union[str, bytes, np.ndarray]

# Modes of PIL whose conversion to RGB gives what gfnet reads from the file.
_CONVERTED = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "F"}
# Greys of 16 bits, with their type in numpy. gfnet keeps the high byte, where PIL clips.
_GREYS_OF_16_BITS = {"I;16": "<u2", "I;16L": "<u2", "I;16B": ">u2", "I;16N": "=u2"}

_ORIENTATION = 0x0112  # the tag in EXIF
_UPRIGHT = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a.transpose(1, 0, 2)[:, ::-1],
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: a.transpose(1, 0, 2)[::-1],
}

_ON_THE_CPU = 1  # kDLCPU of DLPack


def items_of(images: Any) -> tuple[list[Item], bool]:
    """The items of one image or of several, and whether it is one."""
    if isinstance(images, (list, tuple)):
        return [_item_of(image) for image in images], False
    if _is_array(images):
        array = _array_of(images)
        if array.ndim == 4:
            return [_packed(image) for image in _checked(array)], False
        return [_packed(_checked(array))], True
    return [_item_of(images)], True


def item_of(image: Any) -> Item:
    """The item of one image. Raises ArgumentError for several."""
    items, is_one = items_of(image)
    if not is_one:
        raise ArgumentError("one image is wanted here, not several")
    return items[0]


def path_item(path: Any) -> str:
    """The item of a path: str, bytes or a path object."""
    text = os.fsdecode(path)
    try:
        is_usable = text != "" and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        is_usable = False
    if not is_usable:
        raise ArgumentError(f"no file can have the path {text!r}")
    return text


def _item_of(image: Any) -> Item:
    if isinstance(image, (str, os.PathLike)):
        return path_item(image)
    if isinstance(image, bytes):
        return image
    if isinstance(image, (bytearray, memoryview)):
        return bytes(image)
    if _is_pil(image):
        return _packed(_pixels_of_pil(image))
    if _is_array(image):
        array = _checked(_array_of(image))
        if array.ndim != 3:
            raise ArgumentError(f"an array in a list must be one image, [height, width, 3], not {list(array.shape)}")
        return _packed(array)
    raise ArgumentError(
        f"an image is a path, the bytes of a file, a PIL image or an array uint8 [height, width, 3], "
        f"not {type(image).__qualname__}"
    )


def _is_pil(image: Any) -> bool:
    """Whether this is an image of PIL. If nobody has imported PIL, nobody can have one."""
    pil = sys.modules.get("PIL.Image")
    return pil is not None and isinstance(image, pil.Image)


def _is_array(image: Any) -> bool:
    return isinstance(image, np.ndarray) or hasattr(image, "__dlpack__")


def _array_of(image: Any) -> np.ndarray:
    """A numpy array with the same memory."""
    if isinstance(image, np.ndarray):
        return image
    device = image.__dlpack_device__()[0]
    if device != _ON_THE_CPU:
        raise ArgumentError(f"the pixels are in the memory of a device (DLPack's type {int(device)}); copy them to "
                            "the CPU first")
    return np.from_dlpack(image)


def _checked(array: np.ndarray) -> np.ndarray:
    if array.dtype != np.uint8:
        raise ArgumentError(f"pixels must be uint8, from 0 to 255, not {array.dtype}")
    if array.ndim not in (3, 4) or array.shape[-1] != 3:
        raise ArgumentError(
            f"an array must be [height, width, 3] or [images, height, width, 3], RGB, not {list(array.shape)}"
        )
    return array


def _packed(array: np.ndarray) -> np.ndarray:
    """The array, or a copy if the pixels of a row have gaps between them."""
    rows, columns, channels = array.strides
    is_packed = channels == 1 and columns == 3 and rows >= 3 * array.shape[1]
    return array if is_packed else np.array(array, order="C")


def _pixels_of_pil(image: Any) -> np.ndarray:
    """The pixels of a PIL image, upright: those that gfnet reads from the file."""
    image.load()
    mode = image.mode
    width, height = image.size
    if mode in _GREYS_OF_16_BITS:
        grey = np.frombuffer(image.tobytes(), _GREYS_OF_16_BITS[mode]).reshape(height, width)
        pixels = np.repeat((grey >> 8).astype(np.uint8)[:, :, None], 3, axis=2)
    elif mode in _CONVERTED:
        rgb = image if mode == "RGB" else image.convert("RGB")
        pixels = np.frombuffer(rgb.tobytes(), np.uint8).reshape(height, width, 3)
    else:
        raise ArgumentError(f"a PIL image of mode {mode} may not give what gfnet reads from its file; convert it to RGB "
                            "yourself, or give the file")
    upright = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    return pixels if upright is None else upright(pixels)
