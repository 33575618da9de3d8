"""Ctrl-C at random times, with warm and with cold caches: every run ends within two seconds, loses no row and says
how to continue.

GFNET_INTERRUPTS is the number of runs; there are few by default. The script prints how long the runs took to end.
"""
import contextlib
import os
import random
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from command import MODEL, SCRATCH, arguments, main
from job import BASE, PLAIN, JobTest, awaits, catches

RUNS = int(os.environ.get("GFNET_INTERRUPTS", "3"))
SEED = int(os.environ.get("GFNET_INTERRUPT_SEED", "0")) or random.randrange(1, 1 << 30)
LIMIT = 2  # seconds


# A shell may start this script with SIGINT ignored, which the commands would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def full_pipe():
    """The end of a pipe into which one writes. It is full, and nobody reads from it."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, bytes(1 << 16))
    except BlockingIOError:
        os.set_blocking(write, True)
    try:
        yield write
    finally:
        for pipe in (read, write):
            os.close(pipe)


class Interrupts(JobTest):
    def test_at_random_times(self):
        chance = random.Random(SEED)
        root = self.links(400)
        args = [*BASE, root]
        expected = self.whole(*args)
        begun = time.monotonic()
        self.whole(*args)
        whole_run = time.monotonic() - begun
        took, cold_runs, without_rows = [], 0, 0
        for run in range(RUNS):
            is_cold = run % 2 == 1
            cold_runs += is_cold
            cache = SCRATCH / f"cold {run}"
            environment = {"GFNET_CACHE": str(cache), "MESA_SHADER_CACHE_DIR": str(cache)} if is_cold else {}
            cache.mkdir()
            output = SCRATCH / f"interrupted {run}.csv"
            after = chance.uniform(0, 5 if is_cold else whole_run)
            with self.subTest(seed=SEED, run=run, is_cold=is_cold, after=after):
                seconds, stderr = self.interrupt([*args, "--output", output], after, environment)
                if seconds is not None:
                    took.append(seconds)
                    without_rows += self.check_what_is_left(output, expected, stderr)
            shutil.rmtree(cache)
        print(f"\nseed {SEED}: {len(took)} of {RUNS} runs interrupted, {cold_runs} of all with cold caches, "
              f"{without_rows} before the first row; the slowest took {max(took, default=0):.2f} s to end, "
              f"on average {sum(took) / max(len(took), 1):.2f} s")
        self.assertGreater(len(took), RUNS // 4)

    def interrupt(self, args, after, environment):
        """Seconds until the end of an interrupted run, and its stderr. (None, None) if it ended before."""
        command = self.start(*args, **environment)
        # Before that, the run is not there yet: the signal ends the process as any other.
        while command.poll() is None and not catches(command.pid, signal.SIGINT):
            time.sleep(0.001)
        time.sleep(after)
        command.send_signal(signal.SIGINT)
        begun = time.monotonic()
        stderr = command.communicate(timeout=100)[1].decode()
        seconds = time.monotonic() - begun
        if command.returncode == 0:
            return None, None
        self.assertEqual(command.returncode, 130, stderr)
        self.assertLess(seconds, LIMIT, stderr)
        return seconds, stderr

    def check_what_is_left(self, output, expected, stderr):
        """Checks the rows, and the command that continues, which makes the rest. Returns whether there was no row."""
        left = output.read_bytes() if output.exists() else b""
        self.assertTrue(expected.startswith(left), left[-100:])
        self.assertTrue(left == b"" or left.endswith(b"\n"), left[-100:])
        said = stderr.splitlines()[-1]
        self.assertIn("to continue: ", said)
        done = subprocess.run(shlex.split(said.split("to continue: ")[1]), env=PLAIN, capture_output=True,
                              timeout=200)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(output.read_bytes(), expected)
        return left.count(b"\n") <= 1

    def test_from_the_first_moment_to_the_last(self):
        """No signal ends a run without a word once the program has begun, nor when it is done already."""
        chance = random.Random(SEED)
        output = SCRATCH / "moments.csv"
        args = [*BASE, *self.images[:3]]
        expected = self.whole(*args)
        begun = time.monotonic()
        self.whole(*args)
        whole_run = time.monotonic() - begun
        statuses = []
        for run in range(24):
            output.unlink(missing_ok=True)
            with self.subTest(seed=SEED, run=run):
                command = self.start(*args, "--output", output)
                # Before the program has begun, the system loads its libraries: then nothing can be caught.
                while command.poll() is None and not awaits(command.pid, signal.SIGINT):
                    pass
                if run % 3 == 0:
                    while command.poll() is None and not (output.exists() and output.read_bytes() == expected):
                        pass
                time.sleep(chance.uniform(0, whole_run / 4 if run % 3 == 1 else 0.01))
                command.send_signal(signal.SIGINT)
                stderr = command.communicate(timeout=60)[1].decode()
                statuses.append(command.returncode)
                self.assertIn(command.returncode, (0, 130), stderr)
                if command.returncode == 130:
                    self.assertIn("to continue: ", stderr)
        self.assertIn(130, statuses)

    def test_commands_without_rows_end_at_once(self):
        # They wait, because nobody reads.
        for args in (["models"], ["--help"]):
            with self.subTest(args=args), full_pipe() as write, subprocess.Popen(
                    arguments(args), stdout=write, stderr=subprocess.PIPE, env=PLAIN) as command:
                self.wait_until_it_waits(command)
                command.send_signal(signal.SIGINT)
                self.assertEqual(command.wait(timeout=LIMIT), -signal.SIGINT)

    def test_reports_that_nobody_reads(self):
        eval_folder = SCRATCH / "few"
        for label in range(10):
            (eval_folder / str(label)).mkdir(parents=True)
            (eval_folder / str(label) / "0.jpg").symlink_to(self.images[label])
        for args in (["eval", "--model", MODEL, eval_folder],
                     ["bench", "--model", MODEL, "--batch", "1", "--sections", "memory"]):
            for has_stderr in (True, False):
                with self.subTest(args=args, has_stderr=has_stderr), full_pipe() as write, subprocess.Popen(
                        arguments(args), stdout=write, stderr=subprocess.PIPE if has_stderr else write,
                        env=PLAIN) as command:
                    self.wait_until_it_waits(command)
                    begun = time.monotonic()
                    command.send_signal(signal.SIGINT)
                    self.assertEqual(command.wait(timeout=60), 130)
                    self.assertLess(time.monotonic() - begun, LIMIT)
                    if has_stderr:
                        self.assertIn(b"gfnet: interrupted", command.stderr.read())

    def wait_until_it_waits(self, command):
        """Waits until the command writes to a pipe that is full, or 20 s if the system does not tell."""
        begun = time.monotonic()

        def waits():
            place = Path("/proc", str(command.pid), "wchan").read_text(encoding="ascii")
            return place in ("pipe_write", "anon_pipe_write") or time.monotonic() - begun > 20

        self.wait_for(command, waits)

    def test_during_a_compilation(self):
        # With cold caches, the driver compiles for seconds.
        cache = SCRATCH / "cold"
        cache.mkdir()
        output = SCRATCH / "compiling.csv"
        seconds, stderr = self.interrupt(["classify", *self.images[:3], "--output", output], 1,
                                         {"GFNET_CACHE": str(cache), "MESA_SHADER_CACHE_DIR": str(cache)})
        if seconds is None:
            self.skipTest("this driver compiles in less than a second")
        self.assertIn("interrupted after 0 inputs; to continue: ", stderr)
        self.assertEqual(output.read_bytes().count(b"\n"), 1)  # the header
        self.assertTrue(Path(cache).exists())


if __name__ == "__main__":
    main()
