"""A headless Chromium that tests talk to through a pipe, in the Chrome DevTools Protocol."""
import base64
import json
import os
import select
import shutil
import subprocess
import time


def find_chromium():
    """The path of a Chromium that starts; None if there is none. Some systems have a script that only names a package."""
    for name in ("chromium", "chromium-browser"):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0:
            return path
    return None


CHROMIUM = find_chromium()
SECONDS = 60  # limit for every wait


class Browser:
    """Shows one page. problems: every error and warning that the page has put out, and every network request."""

    def __init__(self, folder):
        command_read, self._commands = os.pipe()
        self._answers, answer_write = os.pipe()

        def place_pipes():  # as file descriptors 3 and 4, which the browser expects
            # Duplicates above them first, so that neither takes the other's place.
            read, write = (os.dup(os.dup(fd)) for fd in (command_read, answer_write))
            high = [os.dup2(fd, place) for fd, place in ((read, 30), (write, 31))]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
             "--remote-debugging-pipe", f"--user-data-dir={folder}", "--window-size=1280,900", "about:blank"],
            preexec_fn=place_pipes, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(command_read)
        os.close(answer_write)
        self._buffer = b""
        self._number = 0
        self._session = None
        self._events = []
        self.problems = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def close(self):
        for fd in (self._commands, self._answers):
            os.close(fd)
        self._process.kill()
        self._process.wait()

    def _receive(self, deadline):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self._answers, 1 << 20) if ready else b""
            if not piece:
                raise TimeoutError("the browser does not answer")
            self._buffer += piece
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def _note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.problems.append(params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"])
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("data:", "file:")):
            self.problems.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.problems.append(params["message"])
        self._events.append(method)

    def _call(self, method, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def open(self, path):
        """Shows a file and waits until it is loaded."""
        self._events = []
        self._call("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + SECONDS
        while "Page.loadEventFired" not in self._events:
            self._note(self._receive(deadline))

    def value(self, script):
        """The value of a JavaScript expression in the page."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def press(self, *keys):
        """Presses keys: names such as "Enter", or single characters."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                 "ArrowDown": 40, "Home": 36, "End": 35, "PageDown": 34}
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            event = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
            self._call("Input.dispatchKeyEvent", type="keyDown", text=text, **event)
            self._call("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text):
        self._call("Input.insertText", text=text)

    def prefer(self, scheme):
        """scheme: "light" or "dark"."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))
