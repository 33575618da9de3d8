"""A terminal for the stderr of a command, which shows there what it is doing."""
import os
import pty
import select
import subprocess
import time

from command import arguments


class InTerminal:
    """Runs the command; its stderr is a terminal. `screen`: the text on it so far, control sequences included."""

    def __init__(self, args, environment):
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(arguments(args), stdout=subprocess.PIPE, stderr=slave, env=environment)
        os.close(slave)
        self.screen = ""

    def _read(self, seconds):
        """Adds what arrives within this time to `screen`. False once the command has closed the terminal."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self._master, 65536)
        except OSError:  # how Linux reports that a terminal was closed
            part = b""
        self.screen += part.decode(errors="replace")
        return part != b""

    def wait_for(self, text, seconds=60):
        """Waits until the screen holds the text. Fails if the command ends before that."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            if not self._read(1) or time.monotonic() > end:
                raise AssertionError(f"never showed '{text}': {self.screen}")

    def finish(self):
        """Waits for the end of the command. Returns its stdout."""
        while self._read(60):
            pass
        return self.process.communicate(timeout=60)[0].decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._master)
