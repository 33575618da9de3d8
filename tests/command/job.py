"""Shared by the tests of long jobs: folders of images, and runs that are ended early."""
import csv
import fcntl
import io
import os
import subprocess
import sys
import termios
import time
from pathlib import Path

import samples
from command import ENVIRONMENT, MODEL, SCRATCH, CommandTest, arguments, folder

IMAGES = 40  # distinct images; large folders hold links to them
# Quick. Batches and rows are small, so that a result file can end in many different places.
BASE = ["classify", "--model", MODEL, "--top", "2", "--batch", "4"]
PLAIN = {**ENVIRONMENT, "GFNET_VALIDATION": "0"}  # for tests of speed or memory


def rows_of(content):
    return list(csv.DictReader(io.StringIO(os.fsdecode(content), newline="")))


def has_pending_signals(pid):
    """Whether a signal was sent to the process but not delivered to it yet: proc(5)."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["ShdPnd"], 16) != 0


def catches(pid, signal):
    """Whether the process has a handler for the signal: proc(5)."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["SigCgt"], 16) >> (signal - 1) & 1 == 1


def awaits(pid, signal):
    """Whether the process has a handler for the signal or holds it back until it has one: proc(5)."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        lines = dict(line.split(":", 1) for line in status)
    return any(int(lines.get(name, "0"), 16) >> (signal - 1) & 1 == 1 for name in ("SigCgt", "SigBlk"))


def open_files(process):
    """The names of the files that a process has open. One that is closed meanwhile is left out."""
    names = []
    for link in Path("/proc", str(process), "fd").iterdir():
        try:
            names.append(os.readlink(link))
        except FileNotFoundError:
            pass
    return names


def unread_bytes(pipe):
    """The bytes that were written into a pipe and not read yet: pipe(7)."""
    count = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int.from_bytes(count, sys.byteorder)


class JobTest(CommandTest):
    @classmethod
    def setUpClass(cls):
        for i in range(4):
            folder(f"images/{i}")
        cls.images = [samples.image(SCRATCH / f"images/{i % 4}/{i}.jpg", seed=i)
                        for i in range(IMAGES)]
        cls.tree = SCRATCH / "images"
        # An invalid image in the middle.
        (cls.tree / "2" / "bad.jpg").write_text("no image")

    def links(self, count):
        """A new folder with `count` links to images."""
        root = folder(f"links-{count}-{self.id()}")
        for i in range(count):
            (root / f"{i:06}.jpg").symlink_to(self.images[i % IMAGES])
        return root

    def start(self, *args, stdin=None, **environment):
        return subprocess.Popen(arguments(args), stdin=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**PLAIN, **environment})

    def wait_for(self, command, condition):
        """Waits for `condition`, about 30 s at most. Fails if the running command ends before that."""
        for _ in range(3000):
            if condition():
                return
            self.assertIsNone(command.poll(), "ended before it could be interrupted")
            time.sleep(0.01)
        self.fail("timed out")

    def wait_for_rows(self, command, output, count):
        """Waits until the output file of a running command has more than `count` lines."""
        self.wait_for(command, lambda: output.exists() and output.read_bytes().count(b"\n") > count)

    def bulk(self, *args, **options):
        """Runs the command without the validation layer, which would slow long runs."""
        return self.run_command(*args, **options, GFNET_VALIDATION="0")

    def whole(self, *args):
        """The output file's content after an uninterrupted run."""
        path = SCRATCH / "whole"
        result = self.bulk(*args, "--output", path)
        self.assertIn(result.status, (0, 1))
        return path.read_bytes()
