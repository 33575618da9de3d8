"""The command gfnet, as a process of its own: python -I -S _command.py ARGUMENT…

The command chooses which threads receive signals, so it must start before other threads do. That is why the extension module, which
holds it, is loaded here without the package: numpy starts threads.
"""
if __name__ == "__main__":
    import signal

    # As in every program. Python ignores two of them.
    for _name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, _name):
            signal.signal(getattr(signal, _name), signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    import os
    import sys

    _here = os.path.abspath(__file__)
    sys.path.insert(0, os.path.dirname(_here))
    import _gfnet  # type: ignore[import-not-found]

    sys.exit(_gfnet.run_command([os.fsencode(word) for word in (sys.executable, "-I", "-S", _here)],
                                [os.fsencode(argument) for argument in sys.argv[1:]]))
