"""python -m gfnet: the command gfnet."""
from __future__ import annotations

import os
import sys

from . import _files


def main() -> None:
    """Becomes the command, with the arguments of this process."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # None: it was closed when Python started
            stream.flush()
    program = _files.command()
    if program is None:
        sys.exit("gfnet: the command needs a Python that can be started, and sys.executable names none")
    os.environ["GFNET_DATA"] = str(_files.bundled_model().parent)
    os.execv(program[0], [*program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
