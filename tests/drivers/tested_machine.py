"""The machine on which the tests run gfnet with drivers of Debian unstable."""
import os
import sys

from folders import NotHere
from machines import Amd64


def tested_machine():
    """A Machine that runs the gfnet under test. Ends the process as a skipped test if the drivers are not here.

    These tests are about what the drivers say, which they say only without GFNET_LIMITS.
    """
    os.environ.pop("GFNET_LIMITS", None)
    try:
        made = Amd64(os.environ["GFNET_COMMAND"])
    except NotHere as reason:
        _skip(reason)
    if not made.is_set_up():
        _skip("the drivers are not here: scripts/driver-matrix --setup downloads them")
    made.prepare()
    return made


def _skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)
