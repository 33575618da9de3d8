"""gfnet live --headless gives the labels of gfnet classify for frames of every kind of source."""
import functools
import glob
import http.server
import json
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest
from pathlib import Path

from PIL import Image

from command.command import COMMAND, ENVIRONMENT, REFERENCE, SCRATCH
from command.faulty_server import FaultyServer, wait_until
from live.material import (CAMERA_LIKE, LOSSLESS, PHOTOS, RATE, Stream, assert_nothing_queues, classify, ffmpeg,
                           folder_of, frames_of, free_port, image, video)


DATA = Path(__file__).parent / "data"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files. Adds the path of each request to a list."""

    def __init__(self, *arguments, paths, **options):
        self.paths = paths
        super().__init__(*arguments, **options)

    def do_GET(self):
        self.paths.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


def with_matrix(video, a, b, c, d):
    """A copy of a QuickTime video, with this display matrix in its only track's header (tkhd, version 0)."""
    content = bytearray(video.read_bytes())
    start = content.index(b"tkhd") + 44
    one = 1 << 16
    struct.pack_into(">9i", content, start, a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    path = SCRATCH / f"matrix {a} {b} {c} {d}.mov"
    path.write_bytes(content)
    return path


def folder_of_frames(video, how):
    """The frames of a video without a display matrix, turned by ffmpeg's filter `how`. "plain": not turned."""
    folder = SCRATCH / f"{video.name} {how}"
    folder.mkdir()
    ffmpeg("-i", video, *([] if how == "plain" else ["-vf", how]), "-fps_mode", "passthrough", folder / "%05d.png")
    return sorted(folder.iterdir())


class Headless(unittest.TestCase):
    maxDiff = None

    def run_live(self, *arguments, status=0):
        done = subprocess.run([COMMAND, "live", "--headless", *map(str, arguments)],
                              capture_output=True, text=True, env=ENVIRONMENT, timeout=120)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn("validation:", done.stderr)
        return done

    def start(self, *arguments):
        """Starts a run in the background, which the end of the test stops."""
        live = subprocess.Popen([COMMAND, "live", "--headless", "--json", *map(str, arguments)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        self.addCleanup(live.communicate)
        self.addCleanup(live.kill)
        return live

    def read_until(self, live, text):
        """What a running command writes to stderr, up to the line with this text."""
        said = b""
        for line in live.stderr:
            said += line
            if text in line:
                return said
        self.fail(f"ended without '{text.decode()}': {said.decode()}")

    def rows(self, *arguments):
        return [json.loads(line) for line in self.run_live("--json", *arguments).stdout.splitlines()]

    def fail_with(self, status, saying, *arguments):
        done = self.run_live(*arguments, status=status)
        lines = [line for line in done.stderr.splitlines() if line.startswith("gfnet: ")]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn(saying, lines[0])

    def assert_same(self, predictions, expected, tolerance):
        """Checks for the same best class and the same probabilities. The order of equals may differ."""
        ours = {p["class"]: p["probability"] for p in predictions}
        theirs = {p["class"]: p["probability"] for p in expected}
        self.assertEqual(predictions[0]["class"], expected[0]["class"])
        self.assertEqual(predictions[0]["label"], expected[0]["label"])
        for index in ours.keys() & theirs.keys():
            self.assertAlmostEqual(ours[index], theirs[index], delta=tolerance)

    def test_every_frame_of_a_video(self):
        # 322 is not a multiple of the pixels that FFmpeg's converter writes at a time.
        for name, codec, size, tolerance in (("lossless.mkv", LOSSLESS, "322x241", 1e-6),
                                             ("camera.mp4", CAMERA_LIKE, "640x480", 0.02)):
            with self.subTest(name):
                path = video(name, codec, size, seconds=0.4)
                expected = classify(frames_of(path))
                rows = self.rows("--source", path)
                self.assertEqual([row["frame"] for row in rows], list(range(len(expected))))
                for row, predictions in zip(rows, expected):
                    self.assert_same(row["predictions"], predictions, tolerance)
                    self.assertEqual(row["dropped"], 0)
                self.assertGreater(len({p[0]["class"] for p in expected}), 1, "all frames have the same label")

    def test_videos_of_phones_are_turned_upright(self):
        straight = video("straight.mp4", CAMERA_LIKE, "320x240", seconds=0.2)
        # Newer versions of ffmpeg set the display matrix by an option, older ones by the metadata.
        options = subprocess.run(["ffmpeg", "-v", "quiet", "-h", "full"], capture_output=True).stdout
        for degrees in (90, 180, 270):
            with self.subTest(degrees):
                path = SCRATCH / f"turned by {degrees}.mp4"
                if b"-display_rotation" in options:
                    ffmpeg("-display_rotation:v:0", degrees, "-i", straight, "-c", "copy", path)
                else:
                    ffmpeg("-i", straight, "-c", "copy", "-metadata:s:v:0", f"rotate={degrees}", path)
                frames = frames_of(path)
                size = image(frames[0]).size
                self.assertEqual(size, (320, 240) if degrees == 180 else (240, 320))
                rows = self.rows("--source", path)
                self.assertEqual(len(rows), len(frames))
                for row, predictions in zip(rows, classify(frames)):
                    self.assert_same(row["predictions"], predictions, 0.02)

    def test_all_orientations_of_a_display_matrix(self):
        upright = SCRATCH / "upright.mov"
        # Exact colours: what remains is how the frame is placed.
        ffmpeg("-loop", "1", "-framerate", RATE, "-t", 1 / RATE, "-i", PHOTOS[2], "-vf", "scale=322:241,setsar=1",
               "-c:v", "png", "-pix_fmt", "rgb24", upright)
        frame = image(frames_of(upright)[0])
        placed, sources = [], []
        # a, b, c, d of the matrix: pixel (x, y) goes to (a·x + c·y, b·x + d·y), up to a shift.
        for number, (matrix, turn) in enumerate({
                (1, 0, 0, 1): None, (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
                (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM, (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
                (0, 1, 1, 0): Image.Transpose.TRANSPOSE, (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
                (0, 1, -1, 0): Image.Transpose.ROTATE_270, (0, -1, 1, 0): Image.Transpose.ROTATE_90}.items()):
            sources.append(with_matrix(upright, *matrix))
            placed.append(SCRATCH / f"placed {number}.png")
            (frame if turn is None else frame.transpose(turn)).save(placed[-1])
        model = ["--model", REFERENCE / "flat-8x8-32px.pth"]
        expected = classify(placed, *model)
        for source, predictions in zip(sources, expected):
            with self.subTest(source=source):
                row, = self.rows("--source", source, *model)
                self.assert_same(row["predictions"], predictions, 1e-6)
        best = sorted(predictions[0]["probability"] for predictions in expected)
        self.assertGreater(min(b - a for a, b in zip(best, best[1:])), 1e-5, "some placements look the same")

    def test_mirrored_videos(self):
        plain = DATA / "plain.mp4"
        model = ["--model", REFERENCE / "flat-8x8-32px.pth"]
        for name in ("plain", "hflip", "vflip"):
            with self.subTest(name):
                frames = folder_of_frames(plain, name)
                rows = self.rows("--source", DATA / f"{name}.mp4", *model)
                self.assertEqual(len(rows), len(frames))
                for row, predictions in zip(rows, classify(frames, *model)):
                    self.assert_same(row["predictions"], predictions, 1e-3)

    def test_non_square_pixels(self):
        path = SCRATCH / "anamorphic.mkv"
        ffmpeg("-f", "lavfi", "-i", "testsrc=size=240x240:rate=5:duration=0.4,setsar=4/3", *LOSSLESS,
               path)
        square = SCRATCH / "square.mkv"
        ffmpeg("-i", path, "-vf", "scale=320:240:flags=bicubic,setsar=1", *LOSSLESS, square)
        for row, expected in zip(self.rows("--source", path), self.rows("--source", square),
                                 strict=True):
            self.assert_same(row["predictions"], expected["predictions"], 0.02)

    def test_an_animated_gif_is_a_video_whatever_the_case_of_its_name(self):
        frames = [image(path).resize((120, 90)) for path in PHOTOS[:3]]
        for name in ("animated.gif", "ANIMATED.GIF"):
            with self.subTest(name):
                path = SCRATCH / name
                frames[0].save(path, save_all=True, append_images=frames[1:], duration=200)
                self.assertEqual(len(self.rows("--source", path)), len(frames))

    def test_a_folder_of_images(self):
        folder = folder_of("folder", PHOTOS)
        (folder / "zebra.png").write_bytes(b"no image")
        expected = classify(PHOTOS)
        done = self.run_live("--json", "--source", folder)
        self.assertIn("zebra.png", done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(rows), len(expected))
        for row, predictions in zip(rows, expected):
            self.assert_same(row["predictions"], predictions, 1e-6)

    def test_an_image_too_large_for_the_device_is_skipped(self):
        folder = SCRATCH / "huge"
        folder.mkdir()
        (folder / "1.jpg").symlink_to(PHOTOS[0])
        # Larger than the 128 MiB that software drivers allow for a storage buffer.
        ffmpeg("-f", "lavfi", "-i", "color=size=8000x4400:duration=0.1:rate=10", "-frames:v", 1,
               folder / "2.png")
        (folder / "3.jpg").symlink_to(PHOTOS[1])
        done = self.run_live("--json", "--source", folder)
        frames = [json.loads(line)["frame"] for line in done.stdout.splitlines()]
        self.assertIn(": image 2 (8000×4400 pixels) skipped: ", done.stderr)
        self.assertEqual(frames, [0, 2])

    def test_a_single_image_also_with_a_one_channel_model(self):
        grey = REFERENCE / "flat-15x15-gray-1logit.pth"
        for model in (None, grey):
            options = ["--model", str(model)] if model else []
            rows = self.rows("--source", PHOTOS[0], *options)
            self.assert_same(rows[0]["predictions"], classify(PHOTOS[:1], *options)[0], 1e-6)

    def test_a_given_number_of_frames(self):
        for source in ("test", "lavfi:testsrc=size=320x240:rate=5"):
            rows = self.rows("--source", source, "--frames", 3, "--top", 2)
            self.assertEqual([row["frame"] for row in rows], [0, 1, 2])
            self.assertEqual([len(row["predictions"]) for row in rows], [2, 2, 2])
        text = self.run_live("--source", "test", "--frames", 1)
        self.assertRegex(text.stdout, r"^ +0 +0\.00 s +[\d.]+ ms  \w+ [\d.]+ %, ")
        self.assertRegex(text.stderr, r"1 labelled, 0 dropped in .* on ")

    def test_a_loop(self):
        folder = folder_of("two", PHOTOS[:2])
        rows = self.rows("--source", folder, "--loop", "--frames", 5)
        self.assertEqual([row["frame"] for row in rows], list(range(5)))
        self.assertEqual(rows[0]["predictions"], rows[4]["predictions"])
        self.assertEqual([row["seconds"] for row in rows], [0, 2, 4, 6, 8])
        rows = self.rows("--source", PHOTOS[0], "--loop", "--frames", 3, "--seconds", 0.5)
        self.assertEqual([row["seconds"] for row in rows], [0, 0.5, 1])

    def test_a_script_needs_the_window(self):
        self.fail_with(2, "--script drives the window", "--source", "test", "--script", __file__)

    def test_a_model_slower_than_the_source_drops_frames(self):
        slow = ["--size", 96]  # nine times the bundled model's usual number of tokens
        rows = self.rows("--source", "lavfi:testsrc2=size=320x240:rate=60", "--real-time",
                         "--frames", 12, *slow)
        frames = [row["frame"] for row in rows]
        self.assertEqual(frames, sorted(set(frames)))
        self.assertGreater(rows[-1]["dropped"], len(rows))
        # No frames queue: the latency does not grow during the run.
        settled = [row["latency_ms"] for row in rows[4:]]
        self.assertLess(max(settled[-3:]), 4 * sorted(settled)[len(settled) // 2])
        assert_nothing_queues(self, rows[4:])

    def test_a_stream_that_vanishes_and_comes_back(self):
        path = video("streamed.mp4", CAMERA_LIKE, "320x240")
        port = free_port()
        stream = Stream(path, port)
        self.addCleanup(lambda: stream.cut())
        live = self.start("--source", stream.url)
        before = [json.loads(live.stdout.readline())["frame"] for _ in range(3)]
        stream.cut()
        said = self.read_until(live, b"is gone")
        stream = Stream(path, port)
        # Frames that were on their way may still come. Then there is a gap, then new frames.
        after = [json.loads(live.stdout.readline())["frame"] for _ in range(80)]
        self.assertEqual(before + after, sorted(before + after))
        live.send_signal(signal.SIGINT)
        errors = (said + live.communicate(timeout=30)[1]).decode()
        self.assertEqual(live.returncode, 130, errors)
        self.assertNotIn("validation:", errors)
        self.assertRegex(errors, r"gfnet: .* is gone \(.+\), looking for it again\n")
        self.assertRegex(errors, r"gfnet: .* is back\n")

    def test_a_stream_faster_than_its_decoding_drops_frames(self):
        """Frames that this machine cannot decode in time are dropped. They do not queue in a socket."""
        for codec in (["mjpeg", "-q:v", "4"], ["mpeg4", "-q:v", "4", "-g", "15"]):
            with self.subTest(codec[0]):
                path = SCRATCH / f"{codec[0]}.mkv"
                ffmpeg("-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=120:duration=0.5", "-c:v",
                       *codec, path)
                stream = Stream(path, free_port(), ["-c", "copy", "-f", "matroska"])
                live = self.start("--source", stream.url)
                behind, dropped = [], 0
                try:
                    deadline = time.monotonic() + 6
                    while time.monotonic() < deadline:
                        row = json.loads(live.stdout.readline())
                        # Delay of the frame against its sender, plus a constant.
                        behind.append(time.monotonic() - row["seconds"])
                        dropped = row["dropped"]
                        self.assertLess(row["latency_ms"], 3000)
                finally:
                    live.kill()
                    stream.cut()
                self.assertGreater(dropped, len(behind))
                self.assertLess(behind[-1] - min(behind), 1)

    def test_a_video_file_at_a_url_is_not_live(self):
        path = SCRATCH / "film.mp4"
        ffmpeg("-i", video("there.mkv", LOSSLESS, "160x120", seconds=0.2), *CAMERA_LIKE, "-movflags",
               "faststart", path)
        server = FaultyServer(path.read_bytes())
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        expected = classify(frames_of(path))
        for ranges in (True, False):
            with self.subTest(ranges=ranges):
                server.ranges = ranges
                rows = self.rows("--source", server.address("film.mp4"))
                self.assertEqual([row["frame"] for row in rows], list(range(len(expected))))
                for row, predictions in zip(rows, expected):
                    self.assert_same(row["predictions"], predictions, 0.02)

    def test_a_finished_playlist_is_a_file_and_an_unfinished_one_is_live(self):
        folder = SCRATCH / "playlist"
        folder.mkdir()
        playlist = folder / "film.m3u8"
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=5:duration=4", "-c:v", "mpeg2video", "-g", 5,
               "-f", "hls", "-hls_time", 1, "-hls_list_size", 0, playlist)
        paths = []
        handler = functools.partial(QuietHandler, paths=paths, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.shutdown)
            address = f"http://127.0.0.1:{server.server_address[1]}/film.m3u8"
            rows = self.rows("--source", address)
            self.assertEqual([row["frame"] for row in rows], list(range(20)))
            playlist.write_text(playlist.read_text().replace("#EXT-X-ENDLIST\n", ""))
            last = paths[-1]
            paths.clear()
            live = self.start("--source", address)
            # After the last file of the playlist it must look for more again and again.
            wait_until(lambda: last in paths and paths[paths.index(last):].count("/film.m3u8") >= 3)
            self.assertIsNone(live.poll(), "it must wait for more")
            live.send_signal(signal.SIGINT)
            self.assertEqual(live.wait(timeout=30), 130)
            server.shutdown()

    def test_a_folder_that_is_missing_for_a_while(self):
        folder, elsewhere = folder_of("stick", PHOTOS[:2]), SCRATCH / "pocket"
        live = self.start("--loop", "--real-time", "--seconds", 0.1, "--source", folder)
        rows = [json.loads(live.stdout.readline()) for _ in range(5)]
        folder.rename(elsewhere)
        self.read_until(live, b"is gone")
        elsewhere.rename(folder)
        rows += [json.loads(live.stdout.readline()) for _ in range(30)]
        frames = [row["frame"] for row in rows]
        self.assertEqual(frames, sorted(set(frames)))
        live.send_signal(signal.SIGINT)
        self.assertIn(b"is back", live.communicate(timeout=30)[1])
        self.assertEqual(live.returncode, 130)

    def test_opening_can_be_interrupted(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            live = self.start("--source", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
            with silent.accept()[0]:
                live.send_signal(signal.SIGINT)
                errors = live.communicate(timeout=5)[1].decode()
            self.assertEqual(live.returncode, 130, errors)

    def test_addresses_that_never_answer(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        port = silent.getsockname()[1]
        # At the same time: each takes as long as a source may be silent.
        runs = {scheme: self.start("--source", f"{scheme}://127.0.0.1:{port}/stream")
                for scheme in ("rtsp", "http", "tcp", "rtmp")}
        for scheme, live in runs.items():
            with self.subTest(scheme):
                errors = live.communicate(timeout=60)[1].decode()
                self.assertEqual(live.returncode, 1, errors)
                self.assertIn(f"{scheme}://127.0.0.1:{port}/stream: no data for 20 seconds", errors)

    def test_unknown_hosts(self):
        for address in ("rtsp://no-such-host.invalid/x", "http://no-such-host.invalid:81/x.mp4",
                        "tcp://no-such-host.invalid:1", "rtmp://name:secret@no-such-host.invalid/x"):
            with self.subTest(address):
                self.fail_with(1, "the host 'no-such-host.invalid' cannot be found: ", "--source", address)

    def test_passwords_are_not_shown(self):
        done = self.run_live("--source", f"tcp://name:secret@127.0.0.1:{free_port()}", status=1)
        self.assertNotIn("secret", done.stderr)
        self.assertIn("tcp://127.0.0.1:", done.stderr)

    def test_sources_that_cannot_be_opened(self):
        broken = SCRATCH / "broken.mp4"
        broken.write_bytes(b"no video at all, whatever its name says")
        sound = SCRATCH / "sound.wav"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.1", sound], check=True)
        empty = SCRATCH / "empty"
        empty.mkdir()
        self.fail_with(1, "no such file", "--source", SCRATCH / "nothing.mp4")
        self.fail_with(1, "broken.mp4: ", "--source", broken)
        self.fail_with(1, "sound.wav: contains no video", "--source", sound)
        header = SCRATCH / "header.mkv"
        header.write_bytes(video("few.mkv", LOSSLESS, "160x120", seconds=0.1).read_bytes()[:700])
        self.fail_with(1, "header.mkv: contains no readable image", "--source", header)
        self.fail_with(1, "contains no readable image", "--source", empty)
        self.fail_with(1, "Connection refused", "--source", f"tcp://127.0.0.1:{free_port()}")
        self.fail_with(1, "no camera 'no such thing': looked for", "--source", "camera:no such thing")
        self.fail_with(1, "--source FILE", "--source", "camera:99")
        self.fail_with(1, "lavfi:nonsense", "--source", "lavfi:nonsense")
        self.fail_with(1, "no such model", "--source", "test", "--model", "no such model")
        self.fail_with(3, "no device 'none'", "--source", "test", "--device", "none")

    @unittest.skipIf(glob.glob("/dev/video*"), "there is a camera")
    def test_without_a_camera_the_error_says_where_it_looked_and_what_to_do(self):
        for source in ([], ["--source", "camera"], ["--source", "/dev/video0"]):
            done = self.run_live(*source, status=1)
            self.assertRegex(done.stderr, "no camera.*: looked for .+ and found none; without a camera, use gfnet "
                                          "live --source FILE, --source FOLDER .*or --source test")

    def test_a_truncated_video(self):
        whole = video("whole.mkv", LOSSLESS, "160x120", seconds=0.5)
        cut = SCRATCH / "cut.mkv"
        cut.write_bytes(whole.read_bytes()[:whole.stat().st_size * 2 // 3])
        rows = self.rows("--source", cut)
        self.assertGreater(len(rows), 5)
        self.assertLess(len(rows), 25)

    def test_a_reader_that_closes_the_pipe(self):
        live = subprocess.Popen([COMMAND, "live", "--headless", "--source", "test"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        live.stdout.readline()
        live.stdout.close()
        self.assertNotIn(b"terminate", live.communicate(timeout=30)[1])


if __name__ == "__main__":
    unittest.main()
