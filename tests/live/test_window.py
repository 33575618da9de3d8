"""gfnet live in a window: what it shows, and that nothing that happens to the window harms it."""
import json
import os
import subprocess
import threading
import unittest

import numpy

from apps.command import COMMAND, ENVIRONMENT, SCRATCH
from live.display import Display
from live.material import (CAMERA_LIKE, LOSSLESS, Stream, classify, frames_of, free_port, picture,
                           video)

# Colours of the overlay (apps/live/overlay.cpp).
BEST = (86, 204, 142)
OTHER = (92, 160, 235)
# GFNET_LIVE_SECONDS=120 makes the run of all events so long.
SECONDS = float(os.environ.get("GFNET_LIVE_SECONDS", "0"))


def near(pixels, colour, tolerance=12):
    return (numpy.abs(pixels.astype(int) - colour) <= tolerance).all(axis=-1)


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
        """(labelled pictures, status rows) of a run in which the script's commands are done."""
        done = subprocess.run(self.command(script, *arguments), capture_output=True, text=True,
                              env=self.environment(), cwd=SCRATCH, timeout=timeout)
        return self.finish(done.stdout, done.stderr, done.returncode)

    def read_until_status(self, live):
        """What a running command prints up to its next status row."""
        output = ""
        for line in live.stdout:
            output += line
            if '"status"' in line:
                return output
        self.fail(f"ended without a status row: {output}{live.stderr.read()}")

    def test_labels_and_what_is_shown(self):
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

        shown = numpy.asarray(picture(SCRATCH / "shown.png"))
        self.assertEqual(shown.shape, (720, 1280, 3))
        # The picture, 640×480, in the middle: 960 wide. Where no panel is, it is a frame's.
        column = shown[300:400, 700:900].astype(int)
        differences = []
        for path in self.frames:
            frame = picture(path).resize((960, 720))
            frame = numpy.asarray(frame)[300:400, 540:740].astype(int)
            differences.append(numpy.abs(column - frame).mean())
        self.assertLess(min(differences), 4)
        self.assertGreater(max(differences), 20, "any frame would do")
        # Black beside it, but for the panels.
        self.assertLess(shown[300:400, :150].max(), 30)
        # Bars at the bottom left: the best one's length is its probability.
        best = near(shown[500:, :480], BEST)
        self.assertGreater(near(shown[500:, :480], OTHER).sum(), 50)
        lengths = best.sum(axis=1)
        track = 162  # pixels of a whole bar
        probability = rows[-1]["predictions"][0]["probability"]
        self.assertAlmostEqual(lengths.max() / track, probability, delta=0.12)
        # The graph, and text: bright pixels in the panel of rates, with dark ones between.
        self.assertGreater(near(shown[200:290, 940:1260], OTHER, 30).sum(), 20)
        text = (shown[20:200, 1130:1250].min(axis=-1) > 200)
        self.assertGreater(text.sum(), 200)
        self.assertLess(text.mean(), 0.3)

        mirrored = numpy.asarray(picture(SCRATCH / "mirrored.png"))
        middle = slice(300, 460), slice(500, 780)
        self.assertLess(numpy.abs(mirrored[middle][:, ::-1].astype(int) -
                                  shown[middle].astype(int)).mean(), 3)
        helped = numpy.asarray(picture(SCRATCH / "help.png"))
        # The keys, light on a dark panel in the middle.
        panel = helped[252:468, 484:796]
        self.assertGreater((panel.max(axis=-1) < 90).mean(), 0.6)
        self.assertGreater((panel.min(axis=-1) > 140).sum(), 600)

    def test_whatever_happens_to_the_window(self):
        other = video("odd.mp4", CAMERA_LIKE, "322x242")
        script = """
            labels 2
            resize 800 600
            wait 0.3
            resize 333 777        # narrow
            wait 0.3
            resize 64 64
            wait 0.3
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
            wait 0.5
        """
        rounds = max(1, round(SECONDS / 12))
        rows, statuses = self.run_live(
            script * rounds + "labels 1\nstatus\nscreenshot last.png\nquit\n", "--source", other,
            "--model", "gfnet-cifar10", "--model",
            os.path.join(os.environ["GFNET_SHARED"], "reference", "flat-8x8-32px.pth"),
            timeout=60 + 10 * SECONDS)
        self.assertGreater(len(rows), 8)
        self.assertEqual(statuses[0]["minimised"], self.display.can_minimise)
        self.assertEqual(statuses[1]["model"], "flat-8x8-32px")
        self.assertEqual(statuses[-1]["condition"], "running")
        self.assertGreater(statuses[-1]["display_rate"], 1)

    def test_a_source_that_ends(self):
        rows, statuses = self.run_live(
            "labels 1\nwait 6.5\nstatus\nresize 500 400\nwait 0.5\nscreenshot ended.png\nquit\n",
            "--source", self.video, "--once")
        self.assertEqual(statuses[0]["condition"], "ended")
        self.assertGreater(statuses[0]["display_rate"], 1)
        self.assertEqual(picture(SCRATCH / "ended.png").size, (500, 400))

    def test_a_source_that_vanishes(self):
        port = free_port()
        stream = Stream(self.video, port)
        self.addCleanup(lambda: stream.cut())
        live = subprocess.Popen(
            self.command("labels 3\nstatus\nwait 2\nstatus\nscreenshot gone.png\nlabels 5\nstatus\n"
                         "quit\n", "--source", stream.url),
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

    def test_4k(self):
        rows, statuses = self.run_live(
            "labels 4\nstatus\nscreenshot large.png\nquit\n",
            "--source", "lavfi:testsrc2=size=3840x2160:rate=10")
        self.assertGreater(statuses[0]["labelled"], 3)
        self.assertEqual(picture(SCRATCH / "large.png").size, (1280, 720))

    def test_a_model_slower_than_the_camera(self):
        source = ["--source", "lavfi:testsrc2=size=640x480:rate=30"]
        _, quick = self.run_live("labels 6\nwait 3\nstatus\nquit\n", *source)
        rows, slow = self.run_live("labels 4\nwait 5\nstatus\nquit\n", *source, "--size", "128")
        quick, slow = quick[0], slow[0]
        self.assertGreater(slow["display_rate"], 3 * slow["model_rate"])
        self.assertGreater(slow["display_rate"], 0.5 * quick["display_rate"])
        self.assertGreater(slow["dropped"], slow["labelled"])
        # Nothing is lost from the count: each picture was labelled or left out, or is on its way.
        self.assertLessEqual(abs(slow["frames"] - slow["labelled"] - slow["dropped"]), 3)
        settled = [row["latency_ms"] for row in rows[3:]]
        self.assertLess(settled[-1], 3 * sorted(settled)[len(settled) // 2])


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
        self.fail_with(1, "line 4 is no command: jump 3", "--source", "test", "--script", script,
                       DISPLAY=display.name)


if __name__ == "__main__":
    unittest.main()
