"""Numbers and images that a notebook shows as images."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from . import _gfnet
from .errors import ArgumentError

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

    _drawn_from: "tuple[Model, Any]"
    """The model and what else drawing() needs besides the values. A part or a copy of the array does not have it."""

    def drawing(self) -> Drawing:
        raise NotImplementedError

    def _repr_png_(self) -> Optional[bytes]:
        return self.drawing().png() if self._is_whole() else None

    def _is_whole(self) -> bool:
        return getattr(self, "_drawn_from", None) is not None

    def _can_be_pickled_whole(self) -> bool:
        """Whether the model can be pickled, too; else only the values are."""
        return self._is_whole() and self._drawn_from[0]._recipe is not None

    def _source(self) -> "tuple[Model, Any]":
        if not self._is_whole():
            raise ArgumentError(f"a part or a copy of a {type(self).__name__} cannot be drawn")
        return self._drawn_from


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
        model, item = self._source()
        return Drawing(_gfnet.heat_overlay(item, model._model, np.ascontiguousarray(self)))

    def __reduce__(self) -> Any:
        if self._can_be_pickled_whole():
            return HeatMap, (np.asarray(self), self.index, self.label, *self._drawn_from)
        return super().__reduce__()


class Filter(_Drawable):
    """The learned global filter of a block: complex64 [height, width/2+1, channels]. A notebook shows it."""

    layer: int
    """The number of the block, from 0."""

    def __new__(cls, model: "Model", layer: int, values: np.ndarray) -> "Filter":
        made = values.view(cls)
        made.layer = layer
        made._drawn_from = (model, None)
        return made

    def drawing(self, channels: int = 16) -> Drawing:
        """`channels` channels, as Model.filters draws them."""
        model, _ = self._source()
        return model.filters(channels, [self.layer])

    def __reduce__(self) -> Any:
        if self._can_be_pickled_whole():
            return Filter, (self._drawn_from[0], self.layer, np.asarray(self))
        return super().__reduce__()
