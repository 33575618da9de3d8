"""python -m gfnet: the command gfnet that is inside the package."""
from __future__ import annotations

import os
import sys

from ._files import command


def main() -> None:
    """Becomes the command, with the arguments of this process."""
    program = command()
    if program is None:
        sys.exit("gfnet: this package was built without the command")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, ["gfnet", *sys.argv[1:]])


if __name__ == "__main__":
    main()
