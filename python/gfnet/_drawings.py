"""Numbers and images that a notebook shows as images."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from . import _gfnet

if TYPE_CHECKING:
    from ._model import Model


class Drawing(np.ndarray):
    """An image that gfnet drew: uint8 [height, width, 3], RGB. A notebook shows it."""

    def __new__(cls, pixels: np.ndarray) -> "Drawing":
        return pixels.view(cls)

    def png(self) -> bytes:
        """The image as a PNG file."""
        return _gfnet.encode_png(np.ascontiguousarray(self))

    def save(self, path: Any) -> None:
        """Writes the image as a PNG file."""
        with open(os.fspath(path), "wb") as file:
            file.write(self.png())

    def _repr_png_(self) -> Optional[bytes]:
        is_image = self.ndim == 3 and self.shape[2] == 3 and self.dtype == np.uint8 and self.size > 0
        return self.png() if is_image else None


class _Drawable(np.ndarray):
    """An array that can be drawn as long as it is whole: a part of it, or a result of arithmetic, is only an array."""

    _drawn_from: Any
    """What drawing() needs besides the values. A part of the array does not have it."""

    def drawing(self) -> Drawing:
        raise NotImplementedError

    def _repr_png_(self) -> Optional[bytes]:
        return self.drawing().png() if self._is_whole() else None

    def _is_whole(self) -> bool:
        return getattr(self, "_drawn_from", None) is not None


class HeatMap(_Drawable):
    """Where in an image a class comes from: float32 [height, width], what each token of the last grid contributes to the
    class's logit. The mean of all values is the logit less the head's bias. A notebook shows it over the image."""

    index: int
    """The class."""
    label: str
    """The label of the class."""

    def __new__(cls, values: np.ndarray, index: int, label: str, model: "Model", item: Any) -> "HeatMap":
        made = values.view(cls)
        made.index, made.label = index, label
        made._drawn_from = (model, item)
        return made

    def drawing(self) -> Drawing:
        """The map in colours over the image, as large as the image; what the network did not see is dim."""
        model, item = self._drawn_from
        return Drawing(_gfnet.heat_overlay(item, model._model, np.ascontiguousarray(self)))


class Filter(_Drawable):
    """The learned global filter of a block: complex64 [height, width/2+1, channels]. A notebook shows it."""

    layer: int
    """The number of the block, from 0."""

    def __new__(cls, model: "Model", layer: int, values: np.ndarray) -> "Filter":
        made = values.view(cls)
        made.layer = layer
        made._drawn_from = model
        return made

    def drawing(self, channels: int = 16) -> Drawing:
        """`channels` channels, as Model.filters draws them."""
        model: Model = self._drawn_from
        return model.filters(channels, [self.layer])
