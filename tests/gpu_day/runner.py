"""Runs commands within time limits. Their output goes to files, and everything that they start ends with them."""
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

TIME_LIMIT, QUIET = "time limit", "no sign of life"


class Stopped(Exception):
    """Somebody asked the whole run to end."""


@dataclass(frozen=True)
class Finished:
    """How a command ended. status: its exit status, the name of the signal that ended it, TIME_LIMIT or QUIET."""
    status: object
    seconds: float
    output: str
    errors: str

    def reason(self):
        """Why it failed, in one line; "" if it did not."""
        if self.status == 0:
            return ""
        said = [line.strip() for line in self.errors.splitlines() if line.strip()]
        words = next((line for line in reversed(said) if line.startswith("gfnet: ")), said[-1] if said else "")
        if self.status in (TIME_LIMIT, QUIET):
            return f"stopped after {self.seconds:.0f} s" + (f"; said last: {words[:200]}" if words else "")
        how = self.status if isinstance(self.status, str) else f"exit status {self.status}"
        return f"{how}: {words[:300]}" if words else str(how)


class Runner:
    """logs: folder for each command's output. say: shows a line of progress."""

    def __init__(self, logs, say, heartbeat=10):
        self._logs, self._say, self._heartbeat = logs, say, heartbeat
        self._stop = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)

    def stop(self):
        """Ends all that runs. Later calls of run() throw Stopped, too."""
        self._stop.set()

    def run(self, name, command, environment, limit, quiet=None, progress=None):
        """Runs a command and returns how it ended.

        name: of the log files. limit: seconds. quiet: seconds without output after which it is ended. progress: a
        function from its stdout so far to what is said of it now and then. Throws Stopped.
        """
        output, errors = self._logs / f"{name}.out", self._logs / f"{name}.err"
        start = time.monotonic()
        with output.open("wb") as out, errors.open("wb") as err:
            try:
                process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                                           stderr=err, env=environment, start_new_session=True)
            except OSError as error:
                return Finished(127, 0.0, "", f"{command[0]}: {error.strerror}")
            try:
                ended_by = self._wait(name, process, (output, errors), start, limit, quiet, progress)
            finally:
                _end_group(process)
        seconds = time.monotonic() - start
        if self._stop.is_set():
            raise Stopped
        return Finished(ended_by or _status(process.returncode), seconds, _text(output), _text(errors))

    def _wait(self, name, process, files, start, limit, quiet, progress):
        """Waits for a process. Returns what it has to be ended for, or None if it ended by itself."""
        said = grown = time.monotonic()
        size = -1
        while True:
            try:
                process.wait(0.1)
                return None
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if self._stop.is_set():
                return TIME_LIMIT
            if now - start > limit:
                return TIME_LIMIT
            written = sum(file.stat().st_size for file in files)
            if written != size:
                size, grown = written, now
            if quiet and now - grown > quiet:
                return QUIET
            if now - said > self._heartbeat:
                said = now
                self._say(f"{name}: {now - start:.0f} s, {progress(_text(files[0])) if progress else _last(files)}")


def _end_group(process):
    """Ends a process and all others of its process group: what it has started, unless that took a group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _status(code):
    return signal.Signals(-code).name if code < 0 else code


def _text(path):
    return path.read_text(encoding="utf-8", errors="replace")


def _last(files):
    """The last line that a command wrote."""
    lines = [line for file in files for line in _text(file).splitlines() if line.strip()]
    return lines[-1].strip()[:120] if lines else "no output yet"
