"""Commands with a driver that has a fault, which a Vulkan layer (faulty_layer.cpp) makes."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

COMMAND = os.environ["GFNET_COMMAND"]
ROOT = Path(__file__).resolve().parents[2]
LAYERS = sys.argv.pop(1)
MODEL = ROOT / "tests" / "data" / "reference" / "flat-8x8-32px.pth"
PHOTOS = ROOT / "weights" / "photos"


class FaultyDriver(unittest.TestCase):
    """Test cases with a cache folder of their own. fault: of the layer; empty for none."""

    # Enough for a driver that compiles slowly; cases that wait for it set a shorter one.
    limit = 60  # seconds
    shorter = 20

    def setUp(self):
        self.cache = tempfile.mkdtemp(prefix="gfnet-faults-")
        self.addCleanup(shutil.rmtree, self.cache, ignore_errors=True)

    def environment(self, fault):
        return {**os.environ, "GFNET_CACHE": self.cache, "GFNET_CHECK": "on", "GFNET_CHECK_SECONDS": str(self.limit),
                "VK_LAYER_PATH": LAYERS, "VK_INSTANCE_LAYERS": "VK_LAYER_GFNET_faulty", "GFNET_TEST_FAULT": fault}

    def run_command(self, *args, fault="", command=(COMMAND,), **environment):
        return subprocess.run([*map(str, command), *map(str, args)], capture_output=True, text=True, timeout=400,
                              env={**self.environment(fault), **environment})

    def classify(self, fault="", tune="auto", **environment):
        """Labels of the photographs, one a line, and what was written to stderr."""
        done = self.run_command("classify", "--model", MODEL, "--top", 1, "--tune", tune, PHOTOS, fault=fault,
                                **environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [row.split(",")[:3] for row in done.stdout.splitlines()]
        self.assertEqual(len(rows), 7)
        return rows, done.stderr

    def kernels(self, fault):
        plan = json.loads(self.run_command("plan", MODEL, "--batch", 4, "--json", fault=fault).stdout)
        return {step["kernel"] for step in plan["steps"]}

    def marks(self):
        """The files that say which kernel is being tried."""
        return list(Path(self.cache).glob("trying-*"))

    def wait_until(self, condition):
        end = time.monotonic() + 100
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def refused(self, fault, shader):
        """Checks that nothing is labelled, because nothing can take the place of the shader."""
        for _ in range(2):
            done = self.run_command("classify", "--model", MODEL, PHOTOS / "cat.jpg", fault=fault)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertNotIn("cat.jpg,", done.stdout)
            self.assertIn(shader, done.stderr)
            self.assertIn("gfnet check", done.stderr)
