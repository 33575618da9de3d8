"""A virtual display for the tests of the window, with a window manager if openbox is installed."""
import os
import shutil
import subprocess
import time


class Display:
    def __init__(self, size="1920x1080"):
        reading, writing = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
            pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = ":" + answer.readline().strip()
        self.manager = None
        if shutil.which("openbox"):
            self.manager = subprocess.Popen(["openbox", "--sm-disable"],
                                            env={**os.environ, "DISPLAY": self.name},
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.5)

    @property
    def can_minimise(self):
        return self.manager is not None and self.manager.poll() is None

    def close(self):
        for process in (self.manager, self.server):
            if process is not None:
                process.terminate()
                process.wait()
