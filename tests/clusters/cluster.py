"""Runs the recipes of docs/clusters.md on this machine, kills workers, and compares the rows with those of the command.

The recipes are the fenced blocks of the document, so that what is documented is what is tested. A test script runs in the
Python of its engine; scripts/clusters makes it. A recipe runs in a folder that has the images in "images", and writes there.
"""
import csv
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("GFNET_BUILD", ROOT / "build" / "release"))
COMMAND = BUILD / "bin" / "gfnet"
PACKAGE = BUILD / "python"
HERE = ROOT / "build" / "clusters"
IMAGES = HERE / "images"
SWIFTSHADER = ROOT / "build" / "swiftshader" / "vk_swiftshader_icd.json"
BROKEN = 3  # files that are no images
COUNT = int(os.environ.get("GFNET_IMAGES", 4000))

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "docs"))
import markdown  # noqa: E402


def lavapipe():
    """The description of the driver on which the tests run."""
    return str(next(Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json")))


def environment(*drivers, **more):
    """For a recipe: the package, the command, and no Vulkan driver but these (default: lavapipe)."""
    files = ":".join(map(str, drivers)) or lavapipe()
    python = os.path.dirname(sys.executable)
    return {**os.environ, "PYTHONPATH": str(PACKAGE), "PATH": f"{python}:{COMMAND.parent}:{os.environ['PATH']}",
            "VK_DRIVER_FILES": files, "VK_ICD_FILENAMES": files, "GFNET_CACHE": str(HERE / "cache"), "GFNET_DEVICE": "",
            "PYTHONUNBUFFERED": "1", "RAY_worker_niceness": "0", **more}


def recipe(section, number=0):
    """The text of a fenced block in a section of the document."""
    document = markdown.read(ROOT / "docs" / "clusters.md")
    starts = [(line, text) for line, _, text in document.headings()]
    blocks = [block for block in document.blocks
              if [text for line, text in starts if line < block.line][-1] == section]
    return "\n".join(blocks[number].lines) + "\n"


def say(text):
    print(text, file=sys.stderr, flush=True)


class Folder:
    """A temporary folder in which a recipe runs."""

    def __init__(self, images=IMAGES):
        self._folder = tempfile.TemporaryDirectory(prefix="gfnet-clusters-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        (self.path / "images").symlink_to(images)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def run(self, text, *, kill=None, name="recipe", limit=500, **variables):
        """Runs a program in Python to its end. Returns what it printed. kill: a Killer, which looks on."""
        script = self.path / "recipe.py"
        script.write_text(text)
        log = self.path / "log.txt"
        began = shown = time.monotonic()
        with open(log, "w") as output:
            program = subprocess.Popen([sys.executable, script.name], cwd=self.path, stdout=output,
                                       stderr=subprocess.STDOUT, env=variables.pop("env", environment(**variables)))
        try:
            while program.poll() is None:
                now = time.monotonic()
                if kill is not None:
                    kill.look(program.pid)
                if now - shown > 5:
                    shown = now
                    say(f"{name}: {now - began:.0f} s" + (f", {kill}" if kill else ""))
                if now - began > limit:
                    raise AssertionError(f"{name} did not end within {limit} s:\n{log.read_text()[-3000:]}")
                time.sleep(0.1)
        finally:
            end(program)
        printed = log.read_text()
        self.seconds = time.monotonic() - began
        say(f"{name}: ended with status {program.returncode} after {self.seconds:.1f} s" + (f", {kill}" if kill else ""))
        if program.returncode:
            raise AssertionError(f"{name} failed:\n{printed[-4000:]}")
        return printed


def end(program):
    """Ends a program and all that it has started: what loses its parent becomes a child of this process."""
    if program.poll() is None:
        program.kill()
        program.wait()
    for _ in range(100):
        left = descendants(os.getpid())
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                pass
        time.sleep(0.1)


PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root):
    """The numbers of all processes below one."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(int(status.parent.name))
        except OSError:
            continue
    found, left = [], [root]
    while left:
        more = children.get(left.pop(), [])
        found += more
        left += more
    return found


def uses_driver(pid):
    """Whether a process has loaded the driver lavapipe: whether it is a worker that has opened its device."""
    try:
        return "libvulkan_lvp" in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def processor_seconds(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Killer:
    """Sends SIGKILL to one worker when it has worked for a while, and says what the workers did.

    after: seconds of processor time since the worker has opened its device. Default: a fraction of its share.
    """

    def __init__(self, after=None):
        commands_rows()  # so that the driver's cache is filled, and the seconds are those of labelling
        self.after = after or 0.8 + COUNT / 1600
        self.killed = None
        self.began = {}  # processor time of each worker when it was first seen
        self.worked = {}  # processor time since then
        self.worked_before = {}  # the same, when the worker was killed

    def look(self, root):
        for pid in descendants(root):
            if pid not in self.began and not uses_driver(pid):
                continue
            seconds = processor_seconds(pid)
            if seconds is None:
                continue
            self.worked[pid] = seconds - self.began.setdefault(pid, seconds)
            if self.killed is None and self.worked[pid] > self.after:
                os.kill(pid, signal.SIGKILL)
                self.killed = pid
                self.worked_before = dict(self.worked)

    def work_left(self):
        """Processor seconds that other workers worked after the kill."""
        return sum(seconds - self.worked_before.get(pid, 0) for pid, seconds in self.worked.items() if pid != self.killed)

    def __str__(self):
        workers = ", ".join(f"{pid} {seconds:.1f} s{' (killed)' if pid == self.killed else ''}"
                            for pid, seconds in self.worked.items())
        return f"workers: {workers or 'none yet'}"


class Rows:
    """The rows of the images, by the path below "images": (label, class, probability, error)."""

    def __init__(self, rows):
        self.of = {}
        self.count = 0
        for path, *row in rows:
            self.count += 1
            self.of[path.rpartition("images/")[2]] = tuple(row)

    @staticmethod
    def of_csv(*paths):
        """Rows that the command wrote."""
        def read():
            for path in paths:
                with open(path, newline="") as file:
                    for row in csv.DictReader(file):
                        is_good = row["error"] == ""
                        yield (row["path"], row["label_1"], int(row["class_1"]) if is_good else -1,
                               row["probability_1"] if is_good else "nan", row["error"])
        return Rows(read())

    @staticmethod
    def of_parquet(folder):
        """Rows that an engine wrote with the columns of a Labeller."""
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(folder, columns=["path", "label", "class", "probability", "error"])
        def text(probability):
            return "nan" if probability is None else f"{probability:.9g}"  # pandas writes NaN as null

        return Rows((row["path"], row["label"], row["class"], text(row["probability"]), row["error"])
                    for row in table.to_pylist())


def check(test, rows, killer=None):
    """Every row once, with the command's bits; and a worker died while there was work left."""
    expected = Rows.of_csv(commands_rows())
    test.assertEqual(rows.count, expected.count)
    test.assertEqual(rows.of, expected.of)
    test.assertEqual(sum(row[3] != "" for row in rows.of.values()), BROKEN)
    if killer is not None:
        test.assertIsNotNone(killer.killed, "no worker was killed")
        test.assertGreater(killer.work_left(), killer.after / 2, str(killer))


def commands_rows():
    """The file with the rows of the command. It is made once for a folder of images, with a progress line."""
    path = HERE / "expected.csv"
    if not path.exists() or path.stat().st_mtime < IMAGES.stat().st_mtime:
        with Folder() as folder:
            began = time.monotonic()
            done = subprocess.run([COMMAND, "classify", "images", "--output", "rows.csv"], cwd=folder.path,
                                  env=environment(), capture_output=True, text=True)
            if done.returncode != 1:  # three files are no images
                raise AssertionError(f"gfnet classify ended with {done.returncode}: {done.stderr[-2000:]}")
            say(f"gfnet classify: {time.monotonic() - began:.1f} s, {done.stderr.splitlines()[-1]}")
            shutil.copy(folder.path / "rows.csv", path)
    return path


def versions(*modules):
    """For the log: what ran."""
    import importlib.metadata

    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in modules) + f", Python {sys.version.split()[0]}"


def is_marked(text, pattern):
    """Whether a line of what a program printed matches."""
    return re.search(pattern, text, re.MULTILINE) is not None
