"""One comparison: the engine and its peers run the same batch in the same precision.

First, the logits of each are compared with the engine's own in single precision. A contestant above the error bound is
wrong, and is not timed. One that says that it runs in a narrower precision than was asked for, and is below the
bound of that one, is inexact: it is timed, but not counted as the fastest peer. Then they take turns, A B C A B C …,
so that a drift of the machine affects all.
"""
import time

import numpy as np

from contestants import EngineContestant
from environment import NotHere
from process import PeerFailed
from ratios import summarize

# Bounds on ‖Δ‖ / ‖logits‖. A dozen blocks give about 1e-6 in single precision and 1e-3 in half precision.
# A transform that is wrong in a single column gives more than 1e-2.
ERROR_BOUNDS = {"fp32": 1e-4, "fp16": 3e-2, "bf16": 3e-2}
MOST_RUNS = 200
PAUSE_SECONDS = 0.2   # after each turn, because threads may spin on after their work


def relative_error(actual, expected):
    """‖actual - expected‖₂ / ‖expected‖₂; infinite if the shapes differ or a value is not finite."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if actual.shape != expected.shape or not np.isfinite(actual).all():
        return float("inf")
    return float(np.linalg.norm(actual - expected) / np.linalg.norm(expected))


def random_images(batch, shape, seed=1):
    """[batch, C, H, W] float32, distributed like normalised images: a colour, stripes and noise in each.

    shape: (C, H, W).
    """
    random = np.random.default_rng(seed)
    channels, height, width = shape
    parts = [(1, 1), (height, 1), (1, width), (height, width)]
    images = sum(0.6 * random.standard_normal((batch, channels, *part)) for part in parts)
    return images.astype(np.float32)


def compare(engine, peers, running, models, batch, precision, info, folder, rounds, seconds, say):
    """Returns {"batch", "precision", "rows", "wrong", "absent"}, with the summaries of ratios.summarize.

    Each entry has "name" and "title"; those of rows and wrong have "versions", "precision" and "relative_error" (None:
    not finite, or of another shape), those of rows "inexact" and "rounds", those of absent "reason".

    running: contestants.RunningPeers. seconds: target length of a turn. info: the JSON of gfnet info. folder: for
    temporary files. say: shows progress. Throws PeerFailed if the engine itself cannot run.
    """
    images = folder / f"images.{batch}.npy"
    np.save(images, random_images(batch, info["input"]))
    reference = engine.logits(images, folder / "reference.npy", "fp32")

    contestants, rows, wrong, absent = [], [], [], []

    def admit(contestant, name, title):
        """Checks a contestant's logits and adds it to rows or to wrong. Returns whether to rows. Throws PeerFailed."""
        error = relative_error(contestant.prepare(images, batch), reference)
        row = {"name": name, "title": title, "precision": precision, **contestant.facts,
               "relative_error": error if np.isfinite(error) else None}
        if not error <= ERROR_BOUNDS[row["precision"]]:
            wrong.append(row)
            return False
        warm = contestant.turn(1)["median_s"]
        contestants.append((contestant, max(1, min(MOST_RUNS, int(seconds / warm)))))
        rows.append({**row, "inexact": not error <= ERROR_BOUNDS[precision], "rounds": []})
        return True

    say(f"batch {batch}, {precision}: preparing {EngineContestant.title}")
    if not admit(EngineContestant(engine, precision, folder), EngineContestant.name, EngineContestant.title):
        raise PeerFailed(f"{EngineContestant.title} is wrong in {precision}, by {wrong[0]['relative_error']}")
    for peer in peers:
        say(f"batch {batch}, {precision}: preparing {peer.title}")
        try:
            if not admit(running.contestant(peer, precision, models), peer.name, peer.title):
                running.end(peer, precision)
                say(f"  wrong: relative error {wrong[-1]['relative_error']}")
        except (NotHere, PeerFailed) as failure:
            running.end(peer, precision)
            say(f"  not measured: {failure}")
            absent.append({"name": peer.name, "title": peer.title, "reason": str(failure)})
    for turn in range(rounds):
        say(f"batch {batch}, {precision}: round {turn + 1} of {rounds}")
        for row, (contestant, count) in zip(rows, contestants):
            row["rounds"].append(contestant.turn(count))
            time.sleep(PAUSE_SECONDS)
    comparison = {"batch": batch, "precision": precision, "rows": rows, "wrong": wrong, "absent": absent}
    return summarize(comparison, 2 * info["macs"])
