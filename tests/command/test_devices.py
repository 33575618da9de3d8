"""Several devices share a job: the device of an input depends only on the input's position in the job."""
import csv
import io
import json
import os
import subprocess
import sys
import time

import numpy

import samples
from command import ENVIRONMENT, MODEL, SCRATCH, CommandTest, arguments, folder, main

DRIVERS = os.environ.get("GFNET_TEST_DRIVERS", "")
if ":" not in DRIVERS:
    print("skipped: needs two software drivers")
    sys.exit(77)

BOTH = {"VK_DRIVER_FILES": DRIVERS, "VK_ICD_FILENAMES": DRIVERS, "GFNET_DEVICE": ""}
PLAIN = {**ENVIRONMENT, **BOTH, "GFNET_VALIDATION": "0"}
IMAGES = 60
BASE = ["classify", "--model", MODEL, "--top", "10"]


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


class Devices(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.tree = folder("images")
        for i in range(IMAGES):
            samples.image(cls.tree / f"{i:03}.png", seed=i)
        (cls.tree / "050.png").write_text("no image")
        cls.expected, cls.summary = cls("test_wrong_lists").rows("0,1")

    def run_command(self, *args, **options):
        # No validation: it is too slow on a software driver that compiles everything again. tests/runtime validates.
        return super().run_command(*args, **{**BOTH, "GFNET_VALIDATION": "0", **options})

    def rows(self, device, *args):
        """(CSV content, summary line) of a run over all images."""
        result = self.run_command(*BASE, self.tree, "--device", device, *args)
        self.assertEqual((result.status, len(result.errors)), (1, 1))
        self.assertIn("050.png: not an image", result.errors[0])
        return result.stdout, result.summary

    def test_devices_share_the_work(self):
        listed = json.loads(self.succeed("devices", "--json").stdout)
        self.assertEqual(len(listed), 2)
        for device in listed:
            self.assertIn(device["name"], self.summary)
        alone = [rows_of(self.rows(device)[0]) for device in (0, 1)]
        differ = [i for i in range(IMAGES) if alone[0][i] != alone[1][i]]
        # The devices must differ in enough rows to tell which of them labelled a row.
        self.assertGreater(len(differ), IMAGES / 2)
        for content, share in ((self.expected, 1 / 2), (self.rows("0,0,1")[0], 2 / 3)):
            with self.subTest(share=share):
                rows = rows_of(content)
                for i, row in enumerate(rows):
                    self.assertIn(row, (alone[0][i], alone[1][i]))
                by_first = [rows[i] == alone[0][i] for i in differ]
                self.assertAlmostEqual(numpy.mean(by_first), share, delta=0.1)
                # The shares hold in every part of the job.
                for first in range(0, len(by_first) - 20, 10):
                    self.assertAlmostEqual(numpy.mean(by_first[first:first + 20]), share, delta=0.2)

    def test_batch_size_and_form_of_the_list_do_not_change_results(self):
        logits, preprocessed = SCRATCH / "logits.npy", SCRATCH / "preprocessed.npy"
        content, _ = self.rows("all", "--batch", "7", "--logits", logits, "--preprocessed",
                               preprocessed)
        self.assertEqual(content, self.expected)
        scores, entered = numpy.load(logits), numpy.load(preprocessed)
        self.assertEqual((len(scores), len(entered)), (IMAGES, IMAGES))
        self.assertTrue(numpy.isnan(scores[50]).all() and numpy.isnan(entered[50]).all())
        good = [i for i in range(IMAGES) if i != 50]
        self.assertEqual([int(rows_of(content)[i]["class_1"]) for i in good],
                         scores[good].argmax(axis=1).tolist())
        self.assertTrue(numpy.isfinite(entered[good]).all())

    def test_killed_and_resumed(self):
        output = SCRATCH / "killed.csv"
        args = [*BASE, self.tree, "--device", "0,1", "--output", output]
        command = subprocess.Popen(arguments([*args, "--batch", "1"]), env=PLAIN,
                                   stderr=subprocess.DEVNULL)
        while command.poll() is None and not (output.exists() and
                                              output.read_bytes().count(b"\n") > 10):
            time.sleep(0.001)
        command.kill()
        command.wait()
        left = output.read_bytes()
        self.assertTrue(self.expected.startswith(left))
        self.assertLess(len(left), len(self.expected))
        result = self.run_command(*args, "--resume")
        self.assertIn(" done earlier", result.summary)
        self.assertEqual(output.read_bytes(), self.expected)

    def test_shards_together_give_the_whole_result(self):
        parts = [self.run_command(*BASE, self.tree, "--device", "0,1", "--shard",
                                  f"{k}/2").stdout.splitlines()[1:] for k in (1, 2)]
        self.assertEqual([parts[i % 2][i // 2] for i in range(IMAGES)],
                         self.expected.splitlines()[1:])

    def test_eval_and_bench(self):
        classes = folder("classes")
        for i in range(10):
            kind = folder(f"classes/{i}")
            for j in range(4):
                samples.image(kind / f"{j}.png", seed=4 * i + j)
        scores = [json.loads(self.succeed("eval", classes, "--model", MODEL, "--json", "--device",
                                          device).stdout) for device in ("0", "all")]
        self.assertEqual(scores[1]["images"], 40)
        self.assertEqual(scores[1]["top5"], scores[0]["top5"])
        self.assertIn(" and ", scores[1]["device"])
        timing = json.loads(self.succeed(
            "bench", "--model", MODEL, "--sections", "none", "--pictures", classes, "--device", "all",
            "--batch", "2", "--runs", "1", "--json").stdout)["pictures"]
        self.assertEqual((timing["pictures"], timing["devices"]), (40, scores[1]["device"]))

    def test_wrong_lists(self):
        tensor = SCRATCH / "tensor.npy"
        numpy.save(tensor, numpy.zeros((1, 3, 32, 32), numpy.float32))
        for status, saying, *args in (
                (3, "no device '7'; available: 0:", *BASE, self.tree, "--device", "0,7"),
                (2, "the list has an empty entry", *BASE, self.tree, "--device", "0,"),
                (2, "one device", *BASE, "--tensor", tensor, "--device", "all"),
                (2, "takes several devices only with", "bench", "--model", MODEL, "--device", "0,1"),
                (2, "plan takes one device; '0,0' names several", "plan", MODEL, "--device", "0,0"),
                (2, "plan takes one device; 'all' names several", "plan", MODEL, "--device", "all"),
                (2, "explain takes one device", "explain", self.tree, "--output", SCRATCH / "x.png",
                 "--device", "0,1")):
            with self.subTest(args=args):
                self.fail_with(status, saying, *args)


if __name__ == "__main__":
    main()
