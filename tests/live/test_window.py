"""gfnet live in a window: what it shows, and that it survives all events of the window."""
import json
import os
import re
import subprocess
import threading
import unittest

import numpy

from command import samples
from command.command import COMMAND, ENVIRONMENT, MODEL, SCRATCH
from live.display import Display
from live.explained import FilterSheet, HeatMap, Sheet
from live.material import (CAMERA_LIKE, LOSSLESS, PHOTOS, ComingAndGoing, Stream, assert_nothing_queues,
                           classify, folder_of, frames_of, free_port, image, images_of_many_sizes,
                           video)

# Colours of the overlay (apps/live/overlay/panel.h).
BEST = (86, 204, 142)
OTHER = (92, 160, 235)
# GFNET_LIVE_SECONDS: least total duration, in seconds, of the RUNS tests of all events.
SECONDS = float(os.environ.get("GFNET_LIVE_SECONDS", "0"))
RUNS = 5
EVERYTHING = """
    labels 2
    resize 800 600
    wait 0.3
    resize 333 777        # narrow
    wait 0.3
    resize 64 64
    wait 0.3
    resize 20 400
    wait 0.1
    resize 1600 900
    minimise
    wait 0.7
    status
    restore
    wait 0.5
    lose swapchain
    wait 0.2
    lose surface
    wait 0.2
    key space
    wait 0.3
    resize 700 500
    key space
    labels 1
    key m                 # the other model
    wait 0.1
    labels 2
    status
    key p
    labels 2
    key p
    labels 2
    key f
    wait 0.5
    key f
    key x
    key h
    key v                 # heat map
    wait 0.3
    resize 900 500
    labels 1
    lose swapchain
    key v                 # spectrum
    key up
    wait 0.3
    resize 300 600
    key m
    labels 1
    key v                 # filters
    view
    key up
    lose surface
    view
    resize 640 360
    key space
    key v
    key space
    wait 0.5
"""


def near(pixels, colour, tolerance=12):
    return (numpy.abs(pixels.astype(int) - colour) <= tolerance).all(axis=-1)


def places(status, what, layer=None):
    """Places (x, y, width, height) of the overlay's parts of this name and layer."""
    return [place["at"] for place in status["places"]
            if place["what"] == what and place.get("layer") == layer]


def channels(status, what, layer):
    return [place["channel"] for place in status["places"]
            if place["what"] == what and place.get("layer") == layer]


def pixels(name):
    return numpy.asarray(image(SCRATCH / name)).astype(float)


def cells(image, place, rows, columns):
    """[rows, columns, 3]: the colour at the centre of each value of a plane drawn at a place."""
    x, y, width, height = place
    at_y = (y + (numpy.arange(rows) + 0.5) / rows * height).astype(int)
    at_x = (x + (numpy.arange(columns) + 0.5) / columns * width).astype(int)
    return image[at_y[:, None], at_x]


class Window(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.display = Display()
        cls.addClassCleanup(cls.display.close)
        cls.video = video("lossless.mkv", LOSSLESS)
        cls.frames = frames_of(cls.video)

    def command(self, script, *arguments):
        path = SCRATCH / f"script {self.id()}"
        path.write_text(script)
        return [COMMAND, "live", "--json", "--script", path, *map(str, arguments)]

    def environment(self):
        return {**ENVIRONMENT, "DISPLAY": self.display.name}

    def finish(self, output, errors, status):
        self.assertEqual(status, 0, errors)
        self.assertNotIn("validation:", errors)
        rows = [json.loads(line) for line in output.splitlines()]
        statuses = [row["status"] for row in rows if "status" in row]
        return [row for row in rows if "status" not in row], statuses

    def run_live(self, script, *arguments, timeout=100):
        """(labelled frames, status rows) of a run that follows the script."""
        done = subprocess.run(self.command(script, *arguments), capture_output=True, text=True,
                              env=self.environment(), cwd=SCRATCH, timeout=timeout)
        return self.finish(done.stdout, done.stderr, done.returncode)

    def read_until_status(self, live):
        """The output of a running command up to its next status row."""
        output = ""
        for line in live.stdout:
            output += line
            if '"status"' in line:
                return output
        self.fail(f"ended without a status row: {output}{live.stderr.read()}")

    def test_labels_and_contents_of_the_window(self):
        rows, statuses = self.run_live(
            "labels 24\nkey space\nwait 2.5\nscreenshot shown.png\nstatus\nkey x\nwait 0.3\n"
            "screenshot mirrored.png\nkey h\nwait 0.3\nscreenshot help.png\nquit\n",
            "--source", self.video, "--window", "1280x720")
        expected = classify(self.frames)
        for row in rows:
            wanted = expected[row["frame"] % len(expected)]
            self.assertEqual(row["predictions"][0]["label"], wanted[0]["label"])
            self.assertAlmostEqual(row["predictions"][0]["probability"], wanted[0]["probability"],
                                   delta=1e-6)
        self.assertEqual(statuses[0]["labelled"], len(rows))
        self.assertTrue(statuses[0]["paused"])

        shown = numpy.asarray(image(SCRATCH / "shown.png"))
        self.assertEqual(shown.shape, (720, 1280, 3))
        # The frame, 640×480, is 960 wide in the middle. Compare a part without panels with all frames.
        column = shown[300:400, 700:900].astype(int)
        differences = []
        for path in self.frames:
            frame = image(path).resize((960, 720))
            frame = numpy.asarray(frame)[300:400, 540:740].astype(int)
            differences.append(numpy.abs(column - frame).mean())
        self.assertLess(min(differences), 4)
        self.assertGreater(max(differences), 20, "all frames are too similar")
        # Black beside the frame, where no panel is.
        self.assertLess(shown[300:400, :150].max(), 30)
        # Bars at the bottom left: the length of the best one shows its probability.
        best = near(shown[500:, :480], BEST)
        self.assertGreater(near(shown[500:, :480], OTHER).sum(), 50)
        lengths = best.sum(axis=1)
        track = places(statuses[0], "bar")[0][2]
        probability = rows[-1]["predictions"][0]["probability"]
        self.assertAlmostEqual(lengths.max() / track, probability, delta=0.12)
        # The panel of rates has a graph, and text: bright pixels between dark ones.
        self.assertGreater(near(shown[200:290, 940:1260], OTHER, 30).sum(), 20)
        text = (shown[20:200, 1130:1250].min(axis=-1) > 200)
        self.assertGreater(text.sum(), 200)
        self.assertLess(text.mean(), 0.3)

        mirrored = numpy.asarray(image(SCRATCH / "mirrored.png"))
        middle = slice(300, 460), slice(500, 780)
        self.assertLess(numpy.abs(mirrored[middle][:, ::-1].astype(int) -
                                  shown[middle].astype(int)).mean(), 3)
        helped = numpy.asarray(image(SCRATCH / "help.png"))
        # The help: light text on a dark panel in the middle.
        panel = helped[252:468, 484:796]
        self.assertGreater((panel.max(axis=-1) < 90).mean(), 0.6)
        self.assertGreater((panel.min(axis=-1) > 140).sum(), 600)

    def test_heat_map(self):
        rows, statuses = self.run_live(
            "labels 4\nkey space\nwait 0.5\nscreenshot plain.png\nkey v\nview\nwait 0.5\n"
            "screenshot heat.png\nstatus\nkey x\nwait 0.3\nscreenshot mirrored.png\nkey x\n"
            "key v\nkey v\nkey v\nwait 0.5\nscreenshot off.png\nstatus\nquit\n",
            "--source", self.video, "--window", "1280x720", "--size", 64)
        shown, off = statuses
        self.assertEqual((shown["view"], shown["view_is_shown"]), ("heat map", True))
        # While paused, the frame on the screen is labelled again.
        frame = rows[-1]["frame"]
        self.assertEqual([row["frame"] for row in rows[-2:]], [frame, frame])
        heat = HeatMap(self.frames[frame % len(self.frames)], 64)
        plain, drawn = pixels("plain.png"), pixels("heat.png")
        expected, is_sure = heat.over(plain, shown["picture"], (640, 480))
        for panel in shown["panels"].values():
            x, y, width, height = map(int, panel)
            is_sure[y:y + height + 1, x:x + width + 1] = False
        is_sure[:100, :640] = is_sure[690:, 1100:] = False  # notices, help hint
        self.assertGreater(is_sure.mean(), 0.4)
        error = numpy.abs(drawn - expected)[is_sure]
        self.assertLess(error.max(), heat.bound(32))
        self.assertLess(error.mean(), 1)
        # The heat map is visible.
        self.assertGreater(numpy.abs(drawn - plain)[is_sure].mean(), 20)
        middle = slice(300, 500), slice(460, 820)
        self.assertLess(numpy.abs(pixels("mirrored.png")[middle][:, ::-1] - drawn[middle]).mean(), 2)
        self.assertEqual(off["view"], "none")
        self.assertLess(numpy.abs(pixels("off.png")[middle] - plain[middle]).max(), 1)

    def test_spectrum(self):
        rows, statuses = self.run_live(
            "labels 4\nkey space\nkey v\nkey v\nkey up\nkey up\nview\nwait 0.3\n"
            "screenshot spectrum.png\nstatus\nkey down\nview\nwait 0.3\nstatus\nquit\n",
            "--source", self.video, "--window", "1280x720")
        self.assertEqual([(status["view"], status["view_layer"]) for status in statuses],
                         [("spectrum", 2), ("spectrum", 1)])
        sheet = Sheet(self.frames[rows[-1]["frame"] % len(self.frames)], "--layer", 2)
        drawn = pixels("spectrum.png")
        planes = []
        for name, plane in zip(("before", "after"), sheet.planes()):
            (place,) = places(statuses[0], name)
            self.assertGreater(place[2], 150)
            # The same colours, except for one step of the scale where a value is rounded differently.
            ours = cells(drawn, place, 8, 8)
            self.assertLess(numpy.abs(ours - cells(sheet.image, plane, 8, 8)).max(), 6)
            planes.append(ours)
        self.assertGreater(numpy.abs(planes[0] - planes[1]).mean(), 5)
        (before,), (after,) = places(statuses[0], "before"), places(statuses[0], "after")
        self.assertTrue(before[0] + before[2] < after[0] or before[1] + before[3] < after[1])

    def test_filters(self):
        _, statuses = self.run_live(
            "labels 1\nkey v\nkey v\nkey v\nview\nwait 0.3\nscreenshot all.png\nstatus\n"
            "key up\nkey up\nkey up\nview\nwait 0.3\nscreenshot one.png\nstatus\nkey down\n"
            "key down\nkey down\nview\nstatus\nquit\n",
            "--source", "test", "--window", "1280x720")
        self.assertEqual([status["view"] for status in statuses], ["filters"] * 3)
        self.assertEqual([status["view_layer"] for status in statuses], [None, 2, None])
        sheet = FilterSheet()
        self.assertEqual(len(sheet.layers), 9)
        drawn = pixels("all.png")
        for layer in sheet.layers:
            for kind in ("frequency", "spatial"):
                tiles = places(statuses[0], kind, layer["layer"])
                self.assertGreaterEqual(len(tiles), 4)
                side = layer["side"]
                ours = numpy.stack([cells(drawn, tile, side, side) for tile in tiles])
                theirs = numpy.stack([cells(sheet.image, sheet.tile(layer, kind, channel), side, side)
                                      for channel in channels(statuses[0], kind, layer["layer"])])
                # Tiles of large grids are shrunk, which blurs them. The right tiles still match far better than
                # others.
                error = numpy.abs(ours - theirs).mean()
                self.assertLess(error, 8, (layer, kind))
                self.assertLess(3 * error, numpy.abs(ours - theirs[::-1]).mean(), (layer, kind))
        self.assertEqual(len(places(statuses[1], "frequency", 2)), 32)
        self.assertEqual(len(places(statuses[1], "frequency", 1)), 0)

    def let_everything_happen(self, *source, labels_come=True):
        """Repeats all events of a window, with every view, two models and both precisions."""
        rounds = 1 + int(SECONDS / RUNS / 4)  # a round waits for more than 4 seconds
        script = EVERYTHING if labels_come else re.sub(r"labels \d+", "wait 0.3", EVERYTHING)
        rows, statuses = self.run_live(
            script * rounds + "wait 0.5\nstatus\nscreenshot last.png\nquit\n", *source, "--model",
            "gfnet-cifar10", "--model", MODEL,
            timeout=100 + 20 * SECONDS)
        self.assertGreater(len(rows), 4)
        if self.display.can_minimise:
            self.assertTrue(statuses[0]["minimised"])
        self.assertFalse(statuses[-1]["minimised"])
        self.assertEqual(statuses[-1]["width"], image(SCRATCH / "last.png").size[0])
        self.assertEqual(statuses[-1]["refusal"], "")
        self.assertGreater(statuses[-1]["display_rate"], 1)
        return statuses

    def test_all_events_with_a_video(self):
        statuses = self.let_everything_happen("--source", video("odd.mp4", CAMERA_LIKE, "322x242"))
        self.assertEqual(statuses[1]["model"], "flat-8x8-32px")
        self.assertEqual(statuses[-1]["condition"], "running")

    def test_all_events_while_images_change_their_size(self):
        self.let_everything_happen("--source", images_of_many_sizes(), "--seconds", 0.1)

    def test_all_events_with_large_frames(self):
        self.let_everything_happen("--source", "lavfi:testsrc2=size=3840x2160:rate=10")

    def test_all_events_after_the_source_has_ended(self):
        short = video("short.mp4", CAMERA_LIKE, "320x240", seconds=0.2)
        statuses = self.let_everything_happen("--source", short, "--once", labels_come=False)
        self.assertEqual(statuses[-1]["condition"], "ended")

    def test_all_events_while_the_source_comes_and_goes(self):
        with ComingAndGoing(self.video) as stream:
            statuses = self.let_everything_happen("--source", stream.url, labels_come=False)
        self.assertGreater(statuses[-1]["reconnections"], 0)

    def test_a_source_that_ends(self):
        rows, statuses = self.run_live(
            "labels 1\nwait 6.5\nstatus\nresize 500 400\nwait 0.5\nscreenshot ended.png\nkey v\n"
            "view\nwait 0.2\nstatus\nquit\n",
            "--source", self.video, "--once")
        self.assertEqual(statuses[0]["condition"], "ended")
        self.assertGreater(statuses[0]["display_rate"], 1)
        self.assertEqual(image(SCRATCH / "ended.png").size, (500, 400))
        # The last frame is still there to be explained.
        self.assertTrue(statuses[1]["view_is_shown"])
        self.assertEqual(rows[-1]["frame"], rows[-2]["frame"])

    def test_a_source_that_vanishes(self):
        port = free_port()
        stream = Stream(self.video, port)
        self.addCleanup(lambda: stream.cut())
        live = subprocess.Popen(
            self.command("labels 3\nstatus\nwait 2\nkey v\nview\nwait 0.3\nstatus\nscreenshot gone.png\n"
                         "labels 5\nstatus\nquit\n", "--source", stream.url),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment(),
            cwd=SCRATCH)
        self.addCleanup(live.kill)
        watch = threading.Timer(120, live.kill)
        watch.start()
        self.addCleanup(watch.cancel)
        output = self.read_until_status(live)
        stream.cut()
        output += self.read_until_status(live)
        stream = Stream(self.video, port)
        rest, errors = live.communicate(timeout=60)
        _, statuses = self.finish(output + rest, errors, live.returncode)
        self.assertEqual([status["condition"] for status in statuses], ["running", "lost", "running"])
        self.assertEqual(statuses[2]["reconnections"], 1)
        # Keys still act while the source is lost: the last frame was labelled again.
        self.assertTrue(statuses[1]["view_is_shown"])

    def test_4k(self):
        rows, statuses = self.run_live(
            "labels 4\nstatus\nscreenshot large.png\nquit\n",
            "--source", "lavfi:testsrc2=size=3840x2160:rate=10")
        self.assertGreater(statuses[0]["labelled"], 3)
        self.assertEqual(image(SCRATCH / "large.png").size, (1280, 720))

    def test_keys_do_not_wait_for_the_next_frame(self):
        """The source shows its first image for 600 seconds."""
        folder = folder_of("for long", PHOTOS[:2])
        rows, statuses = self.run_live("labels 1\nkey v\nview\nkey p\nwait 0.5\nstatus\nquit\n",
                                       "--source", folder, "--seconds", 600, timeout=60)
        self.assertTrue(statuses[0]["view_is_shown"])
        self.assertEqual({row["frame"] for row in rows}, {0})
        self.assertGreater(len(rows), 1)
        self.assertEqual(statuses[0]["dropped"], 0)

    def test_results_that_are_not_finite_are_reported(self):
        weights = samples.gfnet()
        weights["head.bias"][3] = numpy.nan
        model = samples.safetensors(SCRATCH / "nan.safetensors", weights)
        rows, statuses = self.run_live(
            "labels 2\nkey m\nlabels 3\nscreenshot none.png\nstatus\nkey m\nlabels 3\nquit\n",
            "--source", self.video, "--model", "gfnet-cifar10", "--model", model)
        said = ["error" in row for row in rows]
        self.assertFalse(said[0])
        self.assertFalse(said[-1])
        for row in (row for row in rows if "error" in row):
            self.assertEqual(row["error"], "the network's result is not finite")
            self.assertNotIn("predictions", row)
        self.assertGreaterEqual(sum(said), 3)

    def test_a_model_slower_than_the_camera(self):
        source = ["--source", "lavfi:testsrc2=size=640x480:rate=30"]
        _, quick = self.run_live("labels 6\nwait 3\nstatus\nquit\n", *source)
        quick = quick[0]
        # The window is drawn 30 times a second here, so on a fast machine the model needs a larger size.
        for size in (128, 192, 256, 384):
            rows, slow = self.run_live("labels 1\nkey v\nlabels 4\nwait 5\nstatus\nquit\n", *source,
                                       "--size", size)
            slow = slow[0]
            if slow["model_rate"] < quick["display_rate"] / 6:
                break
        self.assertGreater(slow["display_rate"], 3 * slow["model_rate"])
        self.assertGreater(slow["display_rate"], 0.5 * quick["display_rate"])
        self.assertGreater(slow["dropped"], slow["labelled"])
        # The counts add up: each frame was labelled or dropped, or is still on its way.
        self.assertLessEqual(abs(slow["frames"] - slow["labelled"] - slow["dropped"]), 3)
        settled = [row["latency_ms"] for row in rows[3:]]
        self.assertLess(settled[-1], 3 * sorted(settled)[len(settled) // 2])
        assert_nothing_queues(self, rows[3:])


class Wrong(unittest.TestCase):
    def fail_with(self, status, saying, *arguments, **environment):
        done = subprocess.run([COMMAND, "live", *map(str, arguments)], capture_output=True, text=True,
                              env={**ENVIRONMENT, **environment}, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(saying, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_no_display(self):
        self.fail_with(1, "--headless needs no display", "--source", "test", DISPLAY="")

    def test_usage(self):
        for arguments in (["--window", "big"], ["--once", "--loop"], ["--top", "0"],
                          ["--display-rate", "0"], ["--seconds", "-1"], ["--font", "no such file"],
                          ["--labels", "a", "--labels", "b"]):
            with self.subTest(arguments):
                self.fail_with(2, "--", *arguments)

    def test_a_script_with_a_mistake(self):
        display = Display()
        self.addCleanup(display.close)
        script = SCRATCH / "wrong.txt"
        script.write_text("wait 1\n\n# jump\njump 3\n")
        self.fail_with(1, "line 4 is not a valid command: jump 3", "--source", "test", "--script", script,
                       DISPLAY=display.name)

    def test_a_screenshot_does_not_overwrite_what_is_read(self):
        place = SCRATCH / "shown"
        place.mkdir()
        photo = samples.image(place / "photo.png")
        (place / "link.png").symlink_to(photo)
        labels = SCRATCH / "shown.txt"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        script = SCRATCH / "screenshot.txt"
        for name in (photo, place / "link.png", labels, script):
            for source in (place, photo):
                script.write_text(f"labels 1\nscreenshot {SCRATCH / 'new.png'}\nscreenshot {name}\n")
                before = [path.read_bytes() for path in (photo, labels, script)]
                with self.subTest(name=name.name, source=source.name):
                    self.fail_with(2, "would overwrite", "--source", source, "--labels", labels,
                                   "--script", script, DISPLAY="")
                    self.assertEqual(before, [path.read_bytes() for path in (photo, labels, script)])

    def test_a_file_that_is_not_a_font(self):
        display = Display()
        self.addCleanup(display.close)
        for content in (b"", b"no font at all\n", b"\0\1\0\0\0\x09" + bytes(200)):
            (SCRATCH / "font.ttf").write_bytes(content)
            self.fail_with(1, "not a TrueType", "--source", "test", "--font", SCRATCH / "font.ttf",
                           DISPLAY=display.name)


if __name__ == "__main__":
    unittest.main()
