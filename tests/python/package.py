"""Imports the package gfnet from the build tree: the last argument of each test script is the folder that holds it."""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy  # noqa: F401
    import PIL  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

BUILT = Path(sys.argv.pop()).resolve()
ROOT = Path(__file__).resolve().parents[2]
PHOTOS = sorted((ROOT / "weights" / "photos").glob("*.jpg"))
REFERENCE = ROOT / "tests" / "data" / "reference"
# Three channels, 32×32 pixels, 10 classes, no labels: quick on a software driver.
MODEL = REFERENCE / "flat-8x8-32px.pth"

SCRATCH = Path(tempfile.mkdtemp(prefix="gfnet-python-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

os.environ.setdefault("GFNET_VALIDATION", "1")
sys.path.insert(0, str(BUILT))

import gfnet  # noqa: E402

_KEPT = {}


def classifier(model=None, **options):
    """A Classifier that the tests of a script share."""
    key = (model, *sorted(options.items()))
    if key not in _KEPT:
        _KEPT[key] = gfnet.Classifier(model, **options)
    return _KEPT[key]


def run_python(text, *arguments, timeout=120, **environment):
    """Runs a program in a Python of its own, which finds the package. Returns what subprocess.run returns."""
    return subprocess.run([sys.executable, "-B", "-c", text, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, env={**os.environ, "PYTHONPATH": str(BUILT), **environment})


def main():
    program = unittest.main(exit=False)
    messages = [text for kept in _KEPT.values() for text in kept.validation_messages()]
    _KEPT.clear()
    if messages:
        print("\n".join(messages), file=sys.stderr)
    sys.exit(1 if messages or not program.result.wasSuccessful() else 0)
