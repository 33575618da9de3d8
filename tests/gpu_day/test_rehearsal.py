"""scripts/gpu-day on the driver under test: a rehearsal of its shortest parts."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The script runs what scripts/build release has built.
if Path(os.environ["GFNET_COMMAND"]).resolve() != ROOT / "build" / "release" / "bin" / "gfnet":
    print("skipped: another build is tested")
    sys.exit(77)


class Rehearsal(unittest.TestCase):
    def test_a_rehearsal_is_reported(self):
        with tempfile.TemporaryDirectory(prefix="gfnet-rehearsal-") as folder:
            command = [ROOT / "scripts" / "gpu-day", folder, "--device", os.environ.get("GFNET_DEVICE", "0"),
                       "--rehearse", "--only", "check", "plans"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            files = sorted(path.name for path in Path(folder).iterdir())
            self.assertEqual(files, ["logs.tar.gz", "report.md", "results.json"])
            results = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))["results"]
            text = (Path(folder) / "report.md").read_text(encoding="utf-8")
        self.assertTrue(results["check"]["report"]["all_right"])
        self.assertIn(results["device"]["device"]["driver"], text)
        self.assertRegex(text, r"\| check \| ok \| \d+ s \| \d+ checked, all right \|")
        self.assertRegex(text, r"\| plans \| ok \| \d+ s \| [24] compiled, 0 with spills \|")
        self.assertRegex(text, r"\| gfnet-cifar10\.fp32\.8 \| \d+ \| 0 \| 0 \|  \| no \|")
        self.assertRegex(text, r"\| tests \| not run \| 0 s \| not asked for \|")


if __name__ == "__main__":
    unittest.main()
