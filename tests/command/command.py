"""Runs the gfnet command for the tests in this folder and checks its general contract on every run."""
import atexit
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy  # noqa: F401
    import PIL  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

COMMAND = os.environ["GFNET_COMMAND"]
ROOT = Path(__file__).resolve().parents[2]
# Checkpoints, input tensors and logits; the bundled photographs.
REFERENCE = ROOT / "tests" / "data" / "reference"
PHOTOS = ROOT / "weights" / "photos"
# Three channels, 32×32 pixels, 10 classes, no labels: quick on a software driver.
MODEL = REFERENCE / "flat-8x8-32px.pth"

# One folder per script. It contains the cache, so that the user's own cache is neither used nor changed.
SCRATCH = Path(tempfile.mkdtemp(prefix="gfnet-command-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

# Whatever terminal the tests run in: a dumb one, as in many build systems, shows no progress.
ENVIRONMENT = {**os.environ, "GFNET_CACHE": str(SCRATCH / "cache"), "TERM": "xterm"}
ENVIRONMENT.setdefault("GFNET_VALIDATION", "1")
# Environment in which the Vulkan loader finds no driver.
NO_DRIVER = {"VK_DRIVER_FILES": str(SCRATCH / "no-driver.json"),
             "VK_ICD_FILENAMES": str(SCRATCH / "no-driver.json")}

SUMMARY = re.compile(r"\d+ labelled(, \d+ failed)?(, \d+ done earlier( \(\d+ of them failed\))?)?"
                     r"(, \d+ other files skipped)? in [\d.]+ s \([\d.]+ images/s\) on .+")


class Result:
    """Outcome of a run. errors: the lines on stderr that report a failure, without "gfnet: ".

    summary: the last other line on stderr, or None.
    """

    def __init__(self, status, stdout, stderr):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr.decode()  # throws unless names that are not UTF-8 were escaped
        self.errors = []
        self.summary = None
        for line in self.stderr.splitlines():
            if line.startswith("gfnet: "):
                self.errors.append(line.removeprefix("gfnet: "))
            else:
                self.summary = line

    @property
    def text(self):
        return self.stdout.decode()


def arguments(args):
    return [COMMAND, *(os.fspath(arg) if isinstance(arg, os.PathLike) else
                       arg if isinstance(arg, bytes) else str(arg) for arg in args)]


class CommandTest(unittest.TestCase):
    maxDiff = None

    def run_command(self, *args, stdin=b"", stdout=subprocess.PIPE, cwd=None, preexec_fn=None, **environment):
        """Runs gfnet and makes the checks that apply to every run. environment: variables to add."""
        done = subprocess.run(arguments(args), input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                              cwd=cwd, timeout=200, preexec_fn=preexec_fn, env={**ENVIRONMENT, **environment})
        result = Result(done.returncode, done.stdout, done.stderr)
        self.check(result)
        return result

    def check(self, result):
        self.assertIn(result.status, (0, 1, 2, 3), result.stderr)
        self.assertNotIn("validation:", result.stderr)
        self.assertNotIn("terminate called", result.stderr)
        if result.status != 0:
            self.assertNotEqual(result.errors, [], "failed without an error message")
        if result.summary is not None:
            self.assertRegex(result.summary, SUMMARY)
        control = [c for c in result.stderr if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0)]
        self.assertEqual(control, [], "control characters on stderr")

    def succeed(self, *args, **options):
        result = self.run_command(*args, **options)
        self.assertEqual((result.status, result.errors), (0, []), result.stderr)
        return result

    def fail_with(self, status, saying, *args, **options):
        """Checks for this exit status and a single error line that contains `saying`: a text, or several."""
        result = self.run_command(*args, **options)
        self.assertEqual((result.status, len(result.errors)), (status, 1), result.stderr)
        for text in [saying] if isinstance(saying, str) else saying:
            self.assertIn(text, result.errors[0])
        return result


def folder(name):
    """A new folder under the scratch folder."""
    path = SCRATCH / name
    path.mkdir(parents=True)
    return path


def obey_permissions():
    """For subprocess's preexec_fn: makes a process of root obey file permissions. Throws OSError."""
    if os.geteuid() == 0:
        # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: prctl(2), capabilities(7).
        for capability in (1, 2):
            if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "prctl")


def restart_where_mounting_is_allowed():
    """Where the user may not mount a file system, starts the script again in namespaces where that is allowed.

    Returns where that is not necessary, and where the system forbids such namespaces: then mount fails.
    """
    def works(*command):
        return subprocess.run([*command, "true"], capture_output=True).returncode == 0

    inside = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") and not works("unshare", "--mount") and works(*inside):
        shutil.rmtree(SCRATCH)
        os.execvp(inside[0], [*inside, sys.executable, "-B", *sys.argv])


main = unittest.main
