"""gfnet check on the driver under test."""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

COMMAND = os.environ["GFNET_COMMAND"]
ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "tests" / "data" / "reference" / "pyramid-no-layerscale.pth"


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cache = tempfile.TemporaryDirectory(prefix="gfnet-check-")
        cls.environment = {**os.environ, "GFNET_CACHE": cls.cache.name}

    @classmethod
    def tearDownClass(cls):
        cls.cache.cleanup()

    def check(self, *args):
        return subprocess.run([COMMAND, "check", *map(str, args)], env=self.environment, text=True,
                              capture_output=True, timeout=800)

    def test_every_kernel_of_this_driver_is_right(self):
        done = self.check(MODEL, "--json")
        report = json.loads(done.stdout)
        wrong = [kernel for kernel in report["kernels"] if kernel["result"] != "right"]
        self.assertEqual(wrong, [])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(report["all_right"])
        names = {kernel["kernel"].split(" ")[0] for kernel in report["kernels"]}
        for name in ("resize", "linear", "token_mean", "patches", "layer_norm", "softmax_top_k", "vkfft",
                     "lines", "flat", "pyramid"):
            self.assertIn(name, names)
        for kernel in report["kernels"]:
            self.assertGreater(kernel["problems"], 0)
            self.assertLessEqual(kernel["worst_error"], 1)

        # The same seed gives the same data. This time, a table for people.
        table = self.check(MODEL, "--seed", report["seed"])
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertIn(report["driver"], table.stdout)
        self.assertIn(f"seed    {report['seed']}\n", table.stdout)
        rows = [line for line in table.stdout.splitlines() if " right " in line]
        self.assertEqual(len(rows), len(report["kernels"]))
        for row, kernel in zip(rows, report["kernels"]):
            self.assertTrue(row.startswith(kernel["kernel"]), row)
            self.assertRegex(row, f" {100 * kernel['worst_error']:.1f} %  +{re.escape(kernel['sizes'])} ")
        self.assertRegex(table.stdout, r"\d+ checked, all right\n$")

    def test_several_devices_are_refused(self):
        done = self.check("--device", "0,0")
        self.assertEqual(done.returncode, 2)


unittest.main()
