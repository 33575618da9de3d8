"""Where things are, in a checkout and in a packed folder alike, and how the tool speaks."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "release"
GFNET = BUILD / "bin" / "gfnet"
TEST_PROGRAMS = BUILD / "tests" / "bin"


class Refused(Exception):
    """Why nothing can be done, in one line."""


def say(text):
    print(f"gpu-day: {text}", file=sys.stderr, flush=True)
