"""What the tests of long jobs share: trees of pictures, runs that are ended early."""
import csv
import io
import os
import subprocess
import time

import samples
from command import ENVIRONMENT, MODEL, SCRATCH, CommandTest, arguments, folder

PICTURES = 40  # different ones; large trees consist of links to them
# Quick, and enough for files of results to be cut anywhere.
BASE = ["classify", "--model", MODEL, "--top", "2", "--batch", "4"]
PLAIN = {**ENVIRONMENT, "GFNET_VALIDATION": "0"}  # where it is speed or memory that matters


def rows_of(content):
    return list(csv.DictReader(io.StringIO(os.fsdecode(content), newline="")))


class JobTest(CommandTest):
    @classmethod
    def setUpClass(cls):
        for i in range(4):
            folder(f"pictures/{i}")
        cls.pictures = [samples.picture(SCRATCH / f"pictures/{i % 4}/{i}.jpg", seed=i)
                        for i in range(PICTURES)]
        cls.tree = SCRATCH / "pictures"
        # One that fails, somewhere in the middle.
        (cls.tree / "2" / "bad.jpg").write_text("no picture")

    def links(self, count):
        """A folder of so many links to pictures."""
        root = folder(f"links-{count}-{self.id()}")
        for i in range(count):
            (root / f"{i:06}.jpg").symlink_to(self.pictures[i % PICTURES])
        return root

    def start(self, *args, stdin=None, **environment):
        return subprocess.Popen(arguments(args), stdin=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**PLAIN, **environment})

    def wait_for(self, command, condition):
        """Until it holds, of a command that runs."""
        for _ in range(3000):
            if condition():
                return
            self.assertIsNone(command.poll(), "ended before it could be interrupted")
            time.sleep(0.01)
        self.fail("waited in vain")

    def wait_for_rows(self, command, output, count):
        """Until so many lines are in the file of a command that runs."""
        self.wait_for(command, lambda: output.exists() and output.read_bytes().count(b"\n") > count)

    def bulk(self, *args, **options):
        """A long run, without the validation layer."""
        return self.run_command(*args, **options, GFNET_VALIDATION="0")

    def whole(self, *args):
        """What an undisturbed run writes."""
        path = SCRATCH / "whole"
        result = self.bulk(*args, "--output", path)
        self.assertIn(result.status, (0, 1))
        return path.read_bytes()
