"""Which contestants a comparison times, which it leaves out and why, and that all get every turn."""
import sys
import tempfile
import types
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}", file=sys.stderr)
    sys.exit(77)

import comparison
from catalogue import Peer
from environment import NotHere
from process import PeerFailed

INFO = {"input": [3, 4, 5], "macs": 1e6}


class FakeEngine:
    """Correct in fp32; fails in fp16."""

    def logits(self, images, output, precision):
        if precision != "fp32":
            raise PeerFailed("gfnet classify: exit status 3: no fp16 here")
        return np.load(images).sum((2, 3))

    def seconds(self, batch, precision, runs):
        return 0.004, 0.003


class FakeEnvironments:
    def interpreter(self, name):
        if name == "missing":
            raise NotHere("pip failed: no such package")
        return sys.executable


def peer(name, *arguments, environment="here"):
    return Peer(name, name.capitalize(), environment, "fake_peer.py", arguments)


def compare(*peers, precision="fp32", batch=2):
    models = types.SimpleNamespace(environments=FakeEnvironments(), safetensors="none")
    with tempfile.TemporaryDirectory() as folder:
        return comparison.compare(FakeEngine(), peers, models, batch, precision, INFO, Path(folder), rounds=3,
                                  seconds=0.01, say=lambda text: None)


class ComparisonTest(unittest.TestCase):
    def test_all_contestants_get_every_turn(self):
        result = compare(peer("one"), peer("two"))
        self.assertEqual([row["name"] for row in result["rows"]], ["engine", "one", "two"])
        self.assertEqual(result["absent"], [])
        for row in result["rows"]:
            self.assertEqual(len(row["rounds"]), 3)
        one = result["rows"][1]
        self.assertEqual(one["versions"], {"fake": "1"})
        for turn in one["rounds"]:
            self.assertEqual(len(turn["seconds"]), turn["runs"])
            self.assertGreaterEqual(turn["min_s"], 0.002)

    def test_wrong_logits_are_not_timed(self):
        result = compare(peer("right", "--off", "1e-5"), peer("wrong", "--off", "1e-3"), peer("nan", "--off", "nan"))
        self.assertEqual([row["name"] for row in result["rows"]], ["engine", "right"])
        self.assertEqual([entry["name"] for entry in result["absent"]], ["wrong", "nan"])
        self.assertIn("relative error 1.0e-03", result["absent"][0]["reason"])

    def test_peers_that_cannot_run_are_listed_with_the_reason(self):
        result = compare(peer("mute", "--die"), peer("broken", "--say", "no driver\nat all"),
                         peer("absent", environment="missing"), peer("well"))
        self.assertEqual([row["name"] for row in result["rows"]], ["engine", "well"])
        self.assertEqual([entry["reason"] for entry in result["absent"]],
                         ["ended with status 3: out of everything", "RuntimeError: no driver at all",
                          "pip failed: no such package"])

    def test_the_engine_must_run(self):
        with self.assertRaisesRegex(PeerFailed, "no fp16 here"):
            compare(peer("one"), precision="fp16")

    def test_relative_error(self):
        self.assertEqual(comparison.relative_error([[3.0, 4.5]], [[3.0, 4.0]]), 0.1)
        self.assertEqual(comparison.relative_error([[1.0]], [[1.0, 2.0]]), float("inf"))
        self.assertEqual(comparison.relative_error([float("nan")], [1.0]), float("inf"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
