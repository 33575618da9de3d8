"""Checks that end in the middle: when the command is killed, the machine is shut down, or goes down with a kernel."""
import contextlib
import os
import subprocess
import time
import unittest
from pathlib import Path
from signal import Signals

from faulty_driver import COMMAND, MODEL, PHOTOS, FaultyDriver


def children_of(parent):
    """The processes that a process has started, and that run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text()
        except OSError:
            continue  # it has ended meanwhile
        if status.rpartition(") ")[2].split()[1] == str(parent):
            found.append(int(folder.name))
    return found


def is_running(process):
    """Whether a process runs. One that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(") ")[2][0] not in "ZX"


class EndedChecks(FaultyDriver):
    def tried(self):
        """What the marks say: for each, digest, boot, how, and the kernel that is being tried."""
        found = []
        for mark in self.marks():
            try:
                found.append(mark.read_text().replace("\n", "\t").split("\t"))
            except FileNotFoundError:
                continue  # its process has ended meanwhile
        return found

    @contextlib.contextmanager
    def while_trying(self, shader):
        """A command whose helper hangs in a kernel of this shader: the command and the helper's number."""
        self.limit = 300
        command = subprocess.Popen([COMMAND, "classify", "--model", MODEL, PHOTOS / "cat.jpg"],
                                   env=self.environment(f"hang {shader}"), text=True, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        try:
            self.wait_until(lambda: any(shader in "\t".join(fields) for fields in self.tried()))
            helper, = children_of(command.pid)
            yield command, helper
        finally:
            command.kill()
            command.communicate()
        # It hangs, and ends all the same.
        self.wait_until(lambda: not is_running(helper))

    def test_a_command_that_is_killed_takes_its_helpers_along_and_switches_nothing_off(self):
        shader = "token_statistics_texels"
        for signal in (Signals.SIGKILL, Signals.SIGTERM, Signals.SIGINT):
            with self.subTest(signal=signal), self.while_trying(shader) as (command, helper):
                # The first SIGTERM or SIGINT lets a command end its batch; the second ends it at once.
                self.wait_until(lambda: command.send_signal(signal) or command.poll() is not None)
                self.wait_until(lambda: not is_running(helper))
                # Nothing is left that would speak against the kernel after a restart of the machine.
                self.assertEqual(self.marks(), [])
        self.limit = 60
        _, said = self.classify()
        self.assertNotIn("gfnet:", said)
        self.assertIn(shader, self.kernels(""))

    def test_one_ctrl_c_ends_a_command_whose_driver_hangs(self):
        def interrupt(command):
            begun = time.monotonic()
            command.send_signal(Signals.SIGINT)
            _, said = command.communicate(timeout=100)
            self.assertLess(time.monotonic() - begun, 2)
            self.assertEqual(command.returncode, 130, said)
            self.assertIn("interrupted", said.splitlines()[-1])

        # While a helper tries the kernel, which leaves no mark against the kernel.
        with self.while_trying("token_statistics_texels") as (command, helper):
            interrupt(command)
            self.wait_until(lambda: not is_running(helper))
            self.assertEqual(self.marks(), [])
        # While the command itself makes the pipeline.
        output = Path(self.cache) / "rows.csv"
        with subprocess.Popen([COMMAND, "classify", "--model", MODEL, PHOTOS, "--output", output],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**self.environment("hang token_statistics_texels"), "GFNET_CHECK": "off"}) as command:
            self.wait_until(lambda: output.exists() and output.stat().st_size > 0)
            time.sleep(1)
            interrupt(command)
        self.assertEqual(output.read_bytes().count(b"\n"), 1)  # the header

    def test_a_shutdown_of_the_machine_switches_nothing_off(self):
        # Which sends SIGTERM to all processes, the helper among them.
        with self.while_trying("token_statistics_texels") as (command, helper):
            os.kill(helper, Signals.SIGTERM)
            _, said = command.communicate(timeout=100)
            self.assertEqual(command.returncode, 3)
            self.assertIn("the process was killed by signal 15", said)
            self.assertEqual(self.marks(), [])

    def test_a_machine_that_goes_down_switches_the_kernel_off(self):
        without, _ = self.classify(GFNET_CHECK="off", GFNET_CACHE=self.cache + "/none")
        with self.while_trying("token_statistics_texels"):
            mark, = self.marks()
            (digest, boot, *rest), = self.tried()
        self.assertEqual(boot, Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        how, kernel = rest[:2]
        mark.write_text(f"{digest}\tan earlier one\t{how}\n{kernel}\n")
        self.limit = 60
        rows, said = self.classify()
        self.assertEqual(rows, without)
        self.assertIn("went down", said)
        self.assertIn("token_statistics_texels", said)
        self.assertIn("token_statistics", self.kernels(""))
        # Told once. A check that the user asks for tries the kernel again.
        self.assertNotIn("gfnet:", self.classify()[1])
        self.assertEqual(self.run_command("check", MODEL).returncode, 0)
        self.assertIn("token_statistics_texels", self.kernels(""))


unittest.main()
