"""Checkpoints."""
from __future__ import annotations

import os
from typing import Any, Optional, Sequence, Tuple, Union


import numpy as np

from . import _files, _gfnet
from ._drawings import Drawing, Filter
from .errors import ArgumentError, MissingFileError

Size = Union[int, Tuple[int, int]]


class Model:
    """A GFNet checkpoint, read and checked. It never changes, and threads and Classifiers may share it.

    source: the path of a PyTorch file (.pth), a safetensors file, or the folder of one that is divided into several; the
    bytes of such a file; a file object that is open for reading bytes; the name of a model that `gfnet pull` has fetched,
    such as "gfnet-xs"; None for the bundled model. No code in the file is run.
    weights: which network of a file that holds several: "model", "ema", or a name from config["other_weights"].
    labels: a text for each class, in place of the checkpoint's.

    Raises FormatError if the file cannot be read or holds no GFNet, MissingFileError if there is none.
    """

    def __init__(self, source: Any = None, *, weights: str = "", labels: Optional[Sequence[str]] = None) -> None:
        self._recipe: Optional[tuple[Any, ...]] = None
        if isinstance(source, (bytes, bytearray, memoryview)):
            self._model = _gfnet.Model.load_bytes(bytes(source), "model in memory", weights)
        elif hasattr(source, "read"):
            name = getattr(source, "name", None)
            self._model = _gfnet.Model.load_bytes(
                _bytes_of(source.read()), name if isinstance(name, str) else "model in memory", weights
            )
        elif source is None or isinstance(source, (str, os.PathLike)):
            self._model = _gfnet.Model.load_file(_path_of(source), weights)
            self._recipe = (None if source is None else os.fsdecode(source), weights, ())
        else:
            raise ArgumentError(f"a model is a path, bytes or a file object, not {type(source).__qualname__}")
        if labels is not None:
            self._model = self._model.with_labels(list(labels))
        self._labels = labels

    def at(self, size: Size) -> "Model":
        """The same network for images of another size, in pixels: a side, or (height, width). The filters are
        interpolated as in the paper. Raises ArgumentError if the patches do not divide the size."""
        height, width = (size, size) if isinstance(size, (int, np.integer)) else size
        changed = object.__new__(Model)
        changed._model = self._model.at(height, width)
        changed._labels = self._labels
        changed._recipe = None
        if self._recipe is not None:
            source, weights, sizes = self._recipe
            changed._recipe = (source, weights, (*sizes, (height, width)))
        return changed

    @property
    def labels(self) -> list[str]:
        """A text for each class; empty if the labels are unknown, and classes are then called "class N"."""
        return self._model.labels()

    @property
    def config(self) -> dict[str, Any]:
        """The architecture, and what belongs to it: path, format, weights, other_weights, pyramid, layer_scale,
        input_channels, image_size (height, width), classes, stages (each with patch, grid, channels, depth and
        mlp_width), parameters, macs, mean, std, crop_ratio and the file's metadata."""
        return self._model.config()

    @property
    def layers(self) -> int:
        """The number of blocks in all stages."""
        return self._model.layers()

    def filter(self, layer: int) -> Filter:
        """The learned global filter of a block, complex64 [height, width/2+1, channels]: what the half spectrum of the
        block's tokens is multiplied with. A notebook shows it as an image. layer: from 0, over all stages."""
        return Filter(self, layer, self._model.filter(layer))

    def filters(self, channels: int = 16, layers: Optional[Sequence[int]] = None) -> Drawing:
        """The filters of all blocks or of some, drawn: the magnitudes of their frequencies on the left, the kernels in
        space on the right, `channels` of each block."""
        wanted = range(self.layers) if layers is None else layers
        return Drawing(_gfnet.filter_sheet(self._model, list(wanted), channels))

    def __repr__(self) -> str:
        config = self.config
        height, width = config["image_size"]
        return (f"<gfnet.Model {config['path']}: {height}×{width} pixels, {config['classes']} classes, "
                f"{config['parameters'] / 1e6:.1f} million parameters>")

    def __reduce__(self) -> tuple[Any, ...]:
        if self._recipe is None:
            raise TypeError("a Model that was read from memory cannot be pickled; give the path or the bytes instead")
        return _model_of, (*self._recipe, self._labels)


def model_of(model: Any) -> Model:
    """The Model itself, or the one that it names."""
    return model if isinstance(model, Model) else Model(model)


def _model_of(source: Optional[str], weights: str, sizes: tuple[Any, ...], labels: Optional[Sequence[str]]) -> Model:
    """Pickle's."""
    model = Model(source, weights=weights, labels=labels)
    for size in sizes:
        model = model.at(size)
    return model


def _bytes_of(read: Any) -> bytes:
    if not isinstance(read, (bytes, bytearray, memoryview)):
        raise ArgumentError("the file object is open for text; open it with mode 'rb'")
    return bytes(read)


def _path_of(source: Any) -> str:
    if source is None:
        return str(_files.bundled_model())
    path = os.fsdecode(source)
    known = _gfnet.zoo_file(path)
    if known is None:
        return path
    file, is_bundled = known
    if is_bundled:
        return str(_files.bundled_model())
    if not os.path.exists(file):
        raise MissingFileError(f"{path} is not on this machine; gfnet pull {path} downloads it")
    return str(file)
