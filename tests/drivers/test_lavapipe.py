"""gfnet check on Debian unstable's lavapipe: every kernel runs there, and is right."""
import json
import subprocess
import tempfile
import unittest

import device_table
from folders import ROOT
from tested_machine import tested_machine

MODEL = ROOT / "tests" / "data" / "reference" / "pyramid-no-layerscale.pth"
LIMIT = 1400  # seconds

MACHINE = tested_machine()


class Lavapipe(unittest.TestCase):
    def test_every_kernel_is_right_and_validation_is_silent(self):
        command, environment = MACHINE.command(device_table.LAVAPIPE, "check", MODEL, "--json")
        with tempfile.TemporaryDirectory(prefix="gfnet-lavapipe-") as cache:
            done = subprocess.run(command, env={**environment, "GFNET_CACHE": cache, "GFNET_VALIDATION": "1"},
                                  capture_output=True, text=True, timeout=LIMIT, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = json.loads(done.stdout)
        self.assertIn("llvmpipe", report["driver"])
        # The newest Mesa, and not the one that is installed.
        self.assertIn(MACHINE.driver_version(), report["driver"])
        self.assertEqual([kernel for kernel in report["kernels"] if kernel["result"] != "right"], [])
        self.assertGreater(len(report["kernels"]), 50)


if __name__ == "__main__":
    unittest.main()
