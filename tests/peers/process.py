"""The near side of worker.py: starts a peer's process, asks it, and ends it."""
import json
import select
import subprocess
import tempfile


class PeerFailed(Exception):
    """What a peer said, or that it said nothing; one line."""


class PeerProcess:
    """One at a time of these works; the others wait on their input and take no processor time."""

    def __init__(self, command):
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._stderr)
        self._rest = b""

    def ask(self, command, timeout, **arguments):
        """The answer to {"command": command, **arguments}. timeout: seconds. Throws PeerFailed."""
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
        words = next((line.strip() for line in reversed(lines) if line.strip()), "without a word")
        return f"ended with status {status}: {words[:300]}"

    def end(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._stderr.close()
