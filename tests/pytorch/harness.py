"""Shared by the scripts here: imports, the gfnet command, error measures and a table.

Scripts import this first: without PyTorch, numpy or Pillow, it exits with status 77, "skipped".
"""
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

try:
    import numpy as np
    import PIL.Image  # noqa: F401  weights/evaluate.py needs it
    import torch  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}; scripts/setup --tests installs PyTorch, numpy and Pillow", file=sys.stderr)
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "weights"
DATA = ROOT / "tests" / "data"
sys.path[:0] = [str(WEIGHTS), str(DATA)]


def run_gfnet(*arguments, stdin=subprocess.DEVNULL):
    """Runs the command under Vulkan validation. Returns its stdout.

    Raises AssertionError on an exit status other than 0 or a validation message.
    """
    command = [os.environ.get("GFNET_COMMAND", ROOT / "build/release/bin/gfnet"), *arguments]
    command = [str(part) for part in command]
    done = subprocess.run(command, env=dict(os.environ, GFNET_VALIDATION="1"), text=True,
                          stdin=stdin, capture_output=True)
    if done.returncode != 0 or "validation:" in done.stderr:
        raise AssertionError(f"{' '.join(command)}\nexit status {done.returncode}\n{done.stderr}")
    return done.stdout


def classify_tensor(checkpoint, images, folder, batch, *options):
    """(logits [N, classes] float32 of images [N, C, H, W], time of the command in seconds).

    folder: for temporary files. options: further options of gfnet classify. Raises AssertionError.
    """
    source, target = folder / "images.npy", folder / "logits.npy"
    np.save(source, np.ascontiguousarray(images, dtype=np.float32))
    start = time.monotonic()
    run_gfnet("classify", "--model", checkpoint, "--tensor", source, "--logits", target, "--batch", batch,
          "--precision", "fp32", "--output", os.devnull, *options)
    seconds = time.monotonic() - start
    logits = np.load(target)
    if logits.dtype != np.float32 or logits.shape[0] != len(images):
        raise AssertionError(f"logits of {len(images)} images are {logits.dtype} {logits.shape}")
    return logits, seconds


def relative_error(actual, expected):
    """‖actual - expected‖₂ / ‖expected‖₂; infinite where shapes differ or a value is not finite."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if actual.shape != expected.shape or not np.isfinite(actual).all():
        return float("inf")
    return float(np.linalg.norm(actual - expected) / np.linalg.norm(expected))


def describe_worst(actual, expected):
    """The worst element of a comparison, for a failure's message."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if actual.shape != expected.shape:
        return f"shape {actual.shape}, expected {expected.shape}"
    difference = np.nan_to_num(np.abs(actual - expected), nan=np.inf)
    index = tuple(int(i) for i in np.unravel_index(difference.argmax(), difference.shape))
    return f"worst at {index}: expected {expected[index]:.9g}, actual {actual[index]:.9g}"


def print_table(header, rows):
    """Prints aligned columns: the first is left-aligned, the others right-aligned."""
    table = [header, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    for row in table:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]
        print("  ".join(cells).rstrip())
    sys.stdout.flush()


def main():
    """Runs the calling script's tests."""
    unittest.main(module="__main__", argv=sys.argv[:1], verbosity=2)
