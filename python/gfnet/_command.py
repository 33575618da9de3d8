"""The command gfnet, as a process of its own: python -I -S _command.py ARGUMENT…

The command chooses which threads receive signals, so it must start before other threads do. That is why the extension module, which
holds it, is loaded here without the package: numpy starts threads.
"""
import signal

# As every program starts. Python ignores the first two.
for _number in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(_number, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if __name__ == "__main__":
    import os
    import sys

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import _gfnet  # type: ignore[import-not-found]

    sys.exit(_gfnet.run_command([os.fsencode(argument) for argument in sys.argv[1:]]))
