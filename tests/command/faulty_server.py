"""A web server on the loopback interface that serves one file with the faults that a test sets."""
import http.server
import threading
import time


class FaultyServer(http.server.ThreadingHTTPServer):
    """Tests set the attributes between requests.

    requests: the Range header of each request so far, None where there was none.
    """
    daemon_threads = True

    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.etag = '"one"'
        self.ranges = True       # whether Range headers are honoured
        self.stop_after = None   # closes the connection after this many bytes of a body
        self.pause_after = None  # sends this many bytes of a body, then waits for `released`
        self.released = threading.Event()
        self.most = None         # sends at most this many bytes of a requested range
        self.length = None       # a false Content-Length
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """Prints nothing: tests disconnect on purpose."""

    def address(self, path="model.pth"):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 60

    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append(self.headers["Range"])
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", server.address())
            self.end_headers()
        elif self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif self.path == "/missing":
            self.send_error(404)
        else:
            self.send_file()

    def send_file(self):
        server, body, start = self.server, self.server.content, 0
        wanted = self.headers["Range"]
        same = self.headers["If-Range"] in (None, server.etag)
        if wanted and server.ranges and same:
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            if start >= len(body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.end_headers()
                return
            end = min(start + server.most, len(body)) if server.most else len(body)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
            body = body[:end]
        else:
            self.send_response(200)
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(server.length or len(body) - start))
        self.end_headers()
        body = body[start:]
        if server.pause_after is not None:
            self.wfile.write(body[:server.pause_after])
            self.wfile.flush()
            server.released.wait(60)
        elif server.stop_after is not None:
            self.wfile.write(body[:server.stop_after])
        else:
            self.wfile.write(body)


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)
