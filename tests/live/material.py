"""Sources for the tests of gfnet live: videos made of photographs, streams, folders."""
import json
import shutil
import socket
import subprocess
import sys
import threading
import time

from PIL import Image

from command.command import COMMAND, ENVIRONMENT, SCRATCH
from command.command import PHOTOS as FOLDER

for tool in ("ffmpeg", "Xvfb"):
    if shutil.which(tool) is None:
        print(f"skipped: no {tool}")
        sys.exit(77)
if b"without FFmpeg" in subprocess.run([COMMAND, "live"], capture_output=True).stderr:
    print("skipped: gfnet was built without FFmpeg")
    sys.exit(77)

# Shown for a second each, unless a test says otherwise. They differ enough to get different labels.
PHOTOS = sorted(FOLDER.glob("*.jpg"))
RATE = 10
LOSSLESS = ["-c:v", "ffv1", "-pix_fmt", "bgr0"]
CAMERA_LIKE = ["-c:v", "mpeg4", "-q:v", "2", "-pix_fmt", "yuv420p"]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-y", "-v", "error", *map(str, arguments)], check=True,
                   timeout=120)


def video(name, codec, size="640x480", seconds=1):
    """A video of the photographs, one after the other."""
    inputs, chains = [], ""
    for i, photo in enumerate(PHOTOS):
        inputs += ["-loop", "1", "-framerate", RATE, "-t", seconds, "-i", photo]
        chains += f"[{i}:v]scale={size.replace('x', ':')},setsar=1[v{i}];"
    chains += "".join(f"[v{i}]" for i in range(len(PHOTOS))) + f"concat=n={len(PHOTOS)}[out]"
    path = SCRATCH / name
    ffmpeg(*inputs, "-filter_complex", chains, "-map", "[out]", "-r", RATE, *codec, path)
    return path


def frames_of(path):
    """The frames of a video as ffmpeg decodes them, as PNG files."""
    folder = SCRATCH / f"{path.name} frames"
    folder.mkdir()
    ffmpeg("-i", path, "-fps_mode", "passthrough", folder / "%05d.png")
    return sorted(folder.iterdir())


def classify(images, *options):
    """The predictions of gfnet classify for image files."""
    done = subprocess.run([COMMAND, "classify", "--format", "jsonl", *options, "-"],
                          input="\n".join(map(str, images)), capture_output=True, text=True,
                          check=True, env=ENVIRONMENT, timeout=120)
    return [json.loads(line)["predictions"] for line in done.stdout.splitlines()]


def assert_nothing_queues(test, rows):
    """Labelled frames must be as far apart as labelling takes, and none may be much older than that. In a
    queue they would follow each other closely and get old."""
    seconds = [row["seconds"] for row in rows]
    gaps = sorted(b - a for a, b in zip(seconds, seconds[1:]))
    most = 4 * gaps[len(gaps) // 2] + 0.2
    test.assertLess(max(row["latency_ms"] for row in rows) / 1000, most)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


LISTEN, ESTABLISHED = "0A", "01"


def is_served(port, *states):
    """Whether a socket at this port listens or is connected. Reads the kernel's table: connecting to test it
    would use up the only connection."""
    with open("/proc/net/tcp", encoding="ascii") as sockets:
        rows = [row.split() for row in list(sockets)[1:]]
    return any(int(row[1].split(":")[1], 16) == port and row[3] in (states or (LISTEN, ESTABLISHED)) for row in rows)


class Stream:
    """Sends a video in a loop, at its own pace, to the one client that connects."""

    def __init__(self, path, port,
                 form=("-c:v", "mpeg2video", "-q:v", "3", "-r", "25", "-f", "mpegts")):
        self.url = f"tcp://127.0.0.1:{port}"
        self.sender = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-v", "quiet", "-re", "-stream_loop", "-1", "-i", path, *form,
             self.url + "?listen=1"])
        deadline = time.monotonic() + 60
        while not is_served(port):
            if self.sender.poll() is not None or time.monotonic() > deadline:
                self.cut()
                raise RuntimeError(f"ffmpeg sends nothing at {self.url}")
            time.sleep(0.02)

    def cut(self):
        self.sender.kill()
        self.sender.wait()


class ComingAndGoing:
    """A stream that is cut 2 s after each connection and comes back 1 s later."""

    def __init__(self, path):
        self.path = path
        self.stream = Stream(path, free_port())
        self.url = self.stream.url
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        port = int(self.url.rsplit(":", 1)[1])
        while True:
            while not is_served(port, ESTABLISHED):
                if self.is_over.wait(0.1):
                    return
            if self.is_over.wait(2):
                return
            self.stream.cut()
            if self.is_over.wait(1):
                return
            self.stream = Stream(self.path, port)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        self.stream.cut()


def folder_of(name, images):
    """A folder with links to these images."""
    folder = SCRATCH / name
    folder.mkdir()
    for path in images:
        (folder / path.name).symlink_to(path)
    return folder


def images_of_many_sizes():
    """A folder of images in portrait and landscape format; one has 1×1 pixels, one is larger than the window."""
    folder = SCRATCH / "many sizes"
    folder.mkdir()
    sizes = [(1, 1), (2000, 1500), (31, 200), (640, 480), (640, 480), (200, 31)]
    for i, (photo, size) in enumerate(zip(PHOTOS * 2, sizes)):
        image(photo).resize(size).save(folder / f"{i}.png")
    return folder


def image(path):
    return Image.open(path).convert("RGB")
