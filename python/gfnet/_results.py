"""What a Classifier returns for an image."""
from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple, Optional

import numpy as np


class Prediction(NamedTuple):
    """A class of the model, and how probable it is."""

    index: int  # type: ignore[assignment]  # hides tuple.index
    """The number of the class, from 0."""
    label: str
    """The label of the class; "class N" if it is unknown."""
    probability: float
    """From 0 to 1, a float32. By softmax over all classes, or by class (`scores="sigmoid"`)."""
    short_label: str
    """For a class of ImageNet: a short name, such as "tench". Else the label."""
    synset: str
    """For a class of ImageNet: its synset in WordNet, such as "n01440764". Else empty."""


@dataclass(frozen=True, repr=False)
class Result:
    """What a Classifier says about an image. A notebook shows it as a table."""

    top: tuple[Prediction, ...]
    """The most probable classes, the most probable first."""
    logits: np.ndarray = field(compare=False)
    """float32 [classes]; empty if the model has no head."""
    features: Optional[np.ndarray] = field(compare=False)
    """float32 [channels], what enters the head. None unless the Classifier was made with features=True."""

    @property
    def label(self) -> str:
        """The label of the most probable class."""
        return self.top[0].label

    @property
    def index(self) -> int:
        """The number of the most probable class."""
        return self.top[0].index

    @property
    def probability(self) -> float:
        """The probability of the most probable class."""
        return self.top[0].probability

    def __str__(self) -> str:
        return ", ".join(f"{p.short_label} {100 * p.probability:.1f} %" for p in self.top)

    def __repr__(self) -> str:
        return f"<gfnet.Result {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(p.short_label)}</td>"
            f"<td style='text-align:right'>{100 * p.probability:.1f} %</td>"
            f"<td style='text-align:left'><div style='width:{120 * p.probability:.0f}px;height:0.8em;"
            "background:#4a7ebb'></div></td></tr>"
            for p in self.top
        )
        return f"<table>{rows}</table>"


def result_of(found: tuple[Any, ...]) -> Result:
    """The Result of what the binding returns for an image."""
    predictions, logits, features, _ = found
    return Result(tuple(Prediction(*p) for p in predictions), logits, features if features.size else None)
