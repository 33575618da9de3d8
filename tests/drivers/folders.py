"""Where things are, and how the tool speaks."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Everything that is downloaded or built. Git ignores it; it can be deleted at any time.
BUILD = ROOT / "build" / "drivers"


class NotHere(Exception):
    """Something that the tool needs cannot be had on this machine. The text says what and why."""


class Broken(Exception):
    """Something that is here does not do what it must. The text says what and why."""


def say(text):
    print(f"driver-matrix: {text}", file=sys.stderr, flush=True)
