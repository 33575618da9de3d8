"""The caller's side of worker.py: starts a peer's process, sends it commands, and ends it."""
import json
import select
import subprocess
import tempfile


class PeerFailed(Exception):
    """A peer's error message, or that it did not answer; one line."""


class PeerProcess:
    """A peer's process. While it waits for a command it takes no processor time."""

    def __init__(self, command):
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._stderr)
        self._rest = b""

    def ask(self, command, timeout, **arguments):
        """Sends {"command": command, **arguments} and returns the answer. timeout: seconds. Throws PeerFailed.

        After a timeout the process is ended.
        """
        line = json.dumps({"command": command, **arguments}) + "\n"
        try:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        except OSError:
            raise PeerFailed(self._last_words()) from None
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._process.stdout], [], [], timeout)
            if not ready:
                self.end()
                raise PeerFailed(f"no answer to {command} in {timeout:.0f} s")
            part = self._process.stdout.read1(65536)
            if not part:
                raise PeerFailed(self._last_words())
            self._rest += part
        answer, self._rest = self._rest.split(b"\n", 1)
        answer = json.loads(answer)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return answer

    def _last_words(self):
        status = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").split("\n")
        words = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
        return f"ended with status {status}: {words[:300]}"

    def end(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._stderr.close()
