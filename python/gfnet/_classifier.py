"""A model on a device."""
from __future__ import annotations

import operator
import threading
from typing import Any, Optional, Union

import numpy as np

from . import _gfnet
from ._images import item_of, items_of
from ._devices import DeviceName, device_option
from ._drawings import HeatMap
from .errors import ArgumentError
from ._model import Model, model_of
from ._results import Result, result_of


class Classifier:
    """A model compiled for a Vulkan device. Call it with images:

        classify = gfnet.Classifier("gfnet-xs.pth")
        classify("photo.jpg").label
        [result.label for result in classify(["a.jpg", "b.jpg"])]

    model: a Model, or what Model takes; None for the bundled model.
    device: a number, a part of a name, a Device, or "worker" (worker_device). None: $GFNET_DEVICE, or else the best GPU, or
    else a software driver.
    precision: "fp32", "fp16" or "auto", which is fp16 on GPUs that store it.
    top: the number of most probable classes to report.
    features: whether each result has its features. The other numbers keep their bits.
    scores: "softmax", or "sigmoid" for a head that was trained for several labels per image.
    tune: "auto", "always" or "never" time kernels on the device once.

    An image is a path, the bytes of an image file, a PIL image, an array uint8 [height, width, 3], RGB, of numpy or anything
    with DLPack in the CPU's memory. Several are a list or tuple of these, or one array [images, height, width, 3]. Images
    of any sizes are resized, cropped and normalised on the device. Photographs are turned upright by their EXIF data.

    Threads may share a Classifier; the device takes their calls one after another, while others decode. After a fork it
    raises ForkError. Ctrl-C raises KeyboardInterrupt at once, and the device finishes its batch meanwhile.

    Raises NoDeviceError, UnsupportedError or VulkanError if the device cannot be used, ArgumentError for a wrong argument,
    FormatError for an image that cannot be read.
    """

    def __init__(self, model: Any = None, device: DeviceName = None, precision: str = "auto", top: int = 5, *,
                 features: bool = False, scores: str = "softmax", tune: str = "auto") -> None:
        self._model = model_of(model)
        self._options: dict[str, Any] = {"precision": precision, "scores": scores, "tune": tune}
        self._has_features = features
        self._session = self._open(device_option(device), top=top, features=features, maps=False)
        self._lock = threading.Lock()  # guards what follows
        self._others: dict[str, _gfnet.Session] = {}

    def __call__(self, images: Any) -> Union[Result, list[Result]]:
        """The result of one image, or a list with the result of each."""
        items, is_one = items_of(images)
        results = [result_of(found) for found in self._session.classify(items, keep_errors=False)]
        return results[0] if is_one else results

    def logits(self, images: Any) -> np.ndarray:
        """float32 [classes] for one image, [images, classes] for several."""
        items, is_one = items_of(images)
        found = self._session.classify(items, keep_errors=False)
        return _rows([logits for _, logits, _, _ in found], is_one, self._model.config["classes"])

    def features(self, images: Any) -> np.ndarray:
        """What enters the head: float32 [channels] for one image, [images, channels] for several. channels: of the last
        stage. The first call compiles the model once more, unless the Classifier was made with features=True."""
        items, is_one = items_of(images)
        session = self._session if self._has_features else self._other("features")
        found = session.classify(items, keep_errors=False)
        return _rows([features for _, _, features, _ in found], is_one, self._model.config["stages"][-1]["channels"])

    def heat(self, image: Any, label: Union[None, int, str] = None) -> HeatMap:
        """Where in an image a class comes from: float32 [height, width], over the grid of the last stage; a notebook shows it
        over the image. label: the class, by number or by label; None for the most probable one. The first call compiles
        the model once more."""
        item = item_of(image)
        predictions, _, _, maps = self._other("maps").classify([item], keep_errors=False)[0]
        index = predictions[0][0] if label is None else self._index_of(label, predictions)
        values = dict(maps)[index]
        return HeatMap(values, index, self._model._model.label_of(index), self._model, item)

    @property
    def model(self) -> Model:
        return self._model

    @property
    def device(self) -> str:
        """The name of the device."""
        return self._session.device

    @property
    def precision(self) -> str:
        """The precision in use: "fp32" or "fp16"."""
        return self._session.precision

    @property
    def batch(self) -> int:
        """The number of images that the device takes at a time."""
        return self._session.batch

    def validation_messages(self) -> list[str]:
        """Messages of the Khronos validation layer so far. Empty unless GFNET_VALIDATION=1 enables the layer."""
        with self._lock:
            sessions = [self._session, *self._others.values()]
        return [message for session in sessions for message in session.validation_messages()]

    def __repr__(self) -> str:
        return f"<gfnet.Classifier of {self._model.config['path']} on {self.device}, {self.precision}>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Classifier belongs to its process and cannot be pickled; gfnet.Labeller can")

    def _open(self, device: str, **options: Any) -> _gfnet.Session:
        return _gfnet.Session(self._model._model, device=device, **self._options, **options)

    def _other(self, name: str) -> _gfnet.Session:
        """The same model on the same device with further results: "features" or "maps"."""
        with self._lock:
            if name not in self._others:
                # A map for each class that is reported: of all, so that a caller can choose.
                self._others[name] = self._open(
                    str(self._session.index), top=max(1, self._model.config["classes"] if name == "maps" else 1),
                    features=name == "features", maps=name == "maps",
                )
            return self._others[name]

    def _index_of(self, label: Union[int, str], predictions: list[Any]) -> int:
        number = operator.index(label) if hasattr(label, "__index__") else None
        index: int
        for index, text, _, short_label, synset in predictions:
            if index == number or label in (text, short_label, synset):
                return index
        raise ArgumentError(f"there is no class {label!r}")


def _rows(rows: list[np.ndarray], is_one: bool, width: int) -> np.ndarray:
    if is_one:
        return rows[0]
    return np.stack(rows) if rows else np.empty((0, width), np.float32)
