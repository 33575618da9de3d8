"""One class for every data engine: columns in, columns out."""
from __future__ import annotations

import hashlib
import os
import pickle
import threading
from typing import Any, Optional

import numpy as np

from ._images import path_item
from ._classifier import Classifier
from ._devices import DeviceName
from .errors import ArgumentError, VulkanError
from ._model import Model

_IN_MEMORY = "bytes"
_ON_DISK = "path"


class Labeller:
    """Labels batches of images that a data engine such as Ray Data, Daft, Dask or Spark hands on as columns.

        rows = ray.data.from_items(paths).map_batches(gfnet.Labeller, concurrency=2)

    It can be pickled: only its arguments are. The device is opened in the worker, at the first call. Copies that come out of
    pickles with the same arguments share it, because some engines unpickle one for each batch.

    model, device, precision, tune: as for Classifier; with tune="never" all machines with the same GPU give the same bits. top: the number of classes in a row. features: whether there is a column
    `features`.
    """

    def __init__(self, model: Any = None, *, device: DeviceName = None, precision: str = "auto", top: int = 1,
                 features: bool = False, tune: str = "auto") -> None:
        if not isinstance(top, int) or top < 1:
            raise ArgumentError("top must be a number of classes, at least 1")
        self._arguments = {"model": model, "device": device, "precision": precision, "top": top, "features": features,
                           "tune": tune}
        self._opened = _Opened()

    def __call__(self, batch: Any) -> Any:
        """The same columns, and with them

            label        str, the most probable class; "" if the image could not be labelled
            class        int64, its number; -1 if the image could not be labelled
            probability  float32; NaN if the image could not be labelled
            error        str, why it could not; else ""
            features     float32 [rows, channels]; NaN if the image could not be labelled

        and, with top > 1, label_2, class_2, probability_2 and so on for the next classes.

        batch: a dict of columns, of the same length each: `bytes`, the content of image files, or else `path`. A column is a
        list, a numpy array, a pyarrow array or a pandas Series. Or a pandas DataFrame: then the result is one, too, with
        `features` as a column of arrays. A row without a usable image is no exception: its `error` says why. An
        exception says that the device failed, or that there are no such columns.
        """
        classify = self._opened.classifier(self._arguments)
        items, errors = _items(batch)
        good = [row for row, error in enumerate(errors) if not error]
        found: list[Any] = list(errors)
        try:
            results = classify._session.classify([items[row] for row in good], keep_errors=True)
        except VulkanError as error:
            if error.is_device_lost:
                self._opened.forget(classify)  # so that the engine's next try opens the device again
            raise
        for row, result in zip(good, results):
            found[row] = result
        columns = self._columns(found, classify.model)
        if hasattr(batch, "assign"):  # a DataFrame
            return batch.assign(**{name: column if column.ndim == 1 else list(column) for name, column in columns.items()})
        return {**batch, **columns}

    @property
    def device(self) -> str:
        """The name of the device. Opens it if no call has."""
        return self._opened.classifier(self._arguments).device

    def _columns(self, found: list[Any], model: Model) -> dict[str, np.ndarray]:
        """found: for each row what the binding returns for an image, or the cause of the failure."""
        rows = len(found)
        top = max(1, min(self._arguments["top"], model.config["classes"]))
        columns: dict[str, np.ndarray] = {}
        for rank in range(top):
            suffix = f"_{rank + 1}" if rank else ""
            columns["label" + suffix] = _texts(rows)
            columns["class" + suffix] = np.full(rows, -1, np.int64)
            columns["probability" + suffix] = np.full(rows, np.nan, np.float32)
        columns["error"] = _texts(rows)
        if self._arguments["features"]:
            columns["features"] = np.full((rows, model.config["stages"][-1]["channels"]), np.nan, np.float32)
        for row, result in enumerate(found):
            if isinstance(result, str):
                columns["error"][row] = result
                continue
            predictions, _, features, _ = result
            for rank, (index, label, probability, _, _) in enumerate(predictions):  # none, if the model has no head
                suffix = f"_{rank + 1}" if rank else ""
                columns["class" + suffix][row] = index
                columns["label" + suffix][row] = label
                columns["probability" + suffix][row] = probability
            if self._arguments["features"]:
                columns["features"][row] = features
        return columns

    def __getstate__(self) -> dict[str, Any]:
        return self._arguments

    def __setstate__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments
        self._opened = _Opened.of(arguments)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._arguments.items())
        return f"gfnet.Labeller({given})"


class _Opened:
    """A Classifier, made at the first call. Threads may share it."""

    _lock_of_last = threading.Lock()
    _last: tuple[bytes, Optional["_Opened"]] = (b"", None)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._classifier: Optional[Classifier] = None

    @staticmethod
    def of(arguments: dict[str, Any]) -> "_Opened":
        """What the last Labeller with the same arguments got that came out of a pickle in this process; else a new one. The
        last one is kept, so at most one device stays open that no Labeller uses."""
        key = hashlib.sha256(pickle.dumps((os.getpid(), arguments))).digest()  # a fork cannot use its parent's device
        with _Opened._lock_of_last:
            last_key, last = _Opened._last
            if last is None or last_key != key:
                last = _Opened()
                _Opened._last = (key, last)
            return last

    def classifier(self, arguments: dict[str, Any]) -> Classifier:
        with self._lock:
            if self._classifier is None:
                self._classifier = Classifier(**arguments)
            return self._classifier

    def forget(self, classifier: Classifier) -> None:
        """Makes the next call open the device again, unless another thread's already has."""
        with self._lock:
            if self._classifier is classifier:
                self._classifier = None


def _texts(rows: int) -> np.ndarray:
    """A column of empty texts. Arrow and pandas take the column's type from its values, and from numpy's type if it has none."""
    return np.full(rows, "", object if rows else "U1")


def _items(batch: Any) -> tuple[list[Any], list[str]]:
    """For each row what the binding takes, and why there is nothing to take, or ""."""
    if not hasattr(batch, "keys"):
        raise ArgumentError(f"a batch is a dict of columns or a pandas DataFrame, not {type(batch).__qualname__}")
    if _IN_MEMORY in batch:
        pairs = [_bytes_of(value) for value in _values(batch[_IN_MEMORY])]
    elif _ON_DISK in batch:
        pairs = [_path_of(value) for value in _values(batch[_ON_DISK])]
    else:
        raise ArgumentError(f"a batch needs a column '{_IN_MEMORY}' or '{_ON_DISK}'; there are: {', '.join(batch)}")
    return [item for item, _ in pairs], [error for _, error in pairs]


def _values(column: Any) -> list[Any]:
    """The values of a list, a numpy array or a pyarrow array."""
    if column is None or isinstance(column, (str, bytes, os.PathLike)) or getattr(column, "shape", None) == ():
        raise ArgumentError(f"a column is a list or an array with a value for each row, not one {type(column).__qualname__}")
    if isinstance(column, np.ndarray) and column.dtype.kind == "S":
        # numpy cuts zeros off the end of each value, which may belong to a file; with all of them decoders do fine.
        return [value.tobytes() for value in np.ascontiguousarray(column)[:, None].view(np.uint8)]
    for method in ("to_pylist", "tolist"):
        if hasattr(column, method):
            values: list[Any] = getattr(column, method)()
            return values
    return list(column)


def _bytes_of(value: Any) -> tuple[Any, str]:
    if isinstance(value, bytes):
        return value, ""
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value), ""
    return None, "no bytes"


def _path_of(value: Any) -> tuple[Any, str]:
    if isinstance(value, bytes):
        value = value.rstrip(b"\0")  # those with which numpy fills its fields
    if not isinstance(value, (str, bytes, os.PathLike)) or not value:
        return None, "no path"
    try:
        return path_item(value), ""
    except ArgumentError as error:
        return None, str(error)
