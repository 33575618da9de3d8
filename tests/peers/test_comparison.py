"""Which contestants a comparison times, which it leaves out and why, and that all get every turn."""
import os
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}", file=sys.stderr)
    sys.exit(77)

import catalogue
import comparison
import environment
import model_files
from catalogue import Peer
from contestants import SOFTWARE, RunningPeers
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


MODELS = types.SimpleNamespace(environments=FakeEnvironments(), file=lambda form, precision: f"{form}.{precision}")


def compare(*peers, precision="fp32", batch=2, running=None):
    if running is None:
        with RunningPeers() as running:
            return compare(*peers, precision=precision, batch=batch, running=running)
    with tempfile.TemporaryDirectory() as folder:
        return comparison.compare(FakeEngine(), peers, running, MODELS, batch, precision, INFO, Path(folder), rounds=3,
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
        self.assertEqual([entry["name"] for entry in result["wrong"]], ["wrong", "nan"])
        self.assertAlmostEqual(result["wrong"][0]["relative_error"], 1e-3, places=6)
        self.assertIsNone(result["wrong"][1]["relative_error"])
        self.assertEqual(result["absent"], [])

    def test_a_narrower_precision_than_was_asked_for_is_inexact_within_its_own_bound(self):
        result = compare(peer("narrow", "--off", "1e-3", "--precision", "bf16"),
                         peer("lucky", "--off", "1e-5", "--precision", "bf16"),
                         peer("wrong", "--off", "0.1", "--precision", "bf16"),
                         peer("silent", "--off", "1e-3"))
        self.assertEqual([(row["name"], row["precision"], row["inexact"]) for row in result["rows"]],
                         [("engine", "fp32", False), ("narrow", "bf16", True), ("lucky", "bf16", False)])
        self.assertEqual([(row["name"], row["precision"]) for row in result["wrong"]],
                         [("wrong", "bf16"), ("silent", "fp32")])
        for row in result["rows"]:
            self.assertEqual(len(row["rounds"]), 3)

    def test_the_engine_must_be_right(self):
        with mock.patch.dict(comparison.ERROR_BOUNDS, fp32=-1.0), self.assertRaisesRegex(PeerFailed, "engine is wrong"):
            compare(peer("one"))

    def test_peers_that_cannot_run_are_listed_with_the_reason(self):
        result = compare(peer("mute", "--die"), peer("broken", "--say", "no driver\nat all"),
                         peer("absent", environment="missing"), peer("well"))
        self.assertEqual([row["name"] for row in result["rows"]], ["engine", "well"])
        self.assertEqual([entry["reason"] for entry in result["absent"]],
                         ["ended with status 3: out of everything", "RuntimeError: no driver at all",
                          "pip failed: no such package"])

    def test_a_peer_runs_on_from_one_comparison_to_the_next_unless_it_failed(self):
        with RunningPeers() as running:
            first, second = (compare(peer("one"), peer("wrong", "--off", "1"), batch=batch, running=running)
                             for batch in (2, 3))
            self.assertEqual(first["rows"][1]["process"], second["rows"][1]["process"])
            self.assertEqual([entry["name"] for entry in second["wrong"]], ["wrong"])
            with mock.patch.dict(comparison.ERROR_BOUNDS, fp32=2.0):
                third = compare(peer("one"), peer("wrong", "--off", "1"), running=running)
            self.assertEqual(third["rows"][1]["process"], first["rows"][1]["process"])
            self.assertEqual(third["rows"][2]["name"], "wrong")
        with self.assertRaises(ProcessLookupError):
            os.kill(third["rows"][1]["process"], 0)

    def test_peers_are_chosen_by_parts_of_their_names(self):
        def names(*arguments):
            return [one.name for one in catalogue.chosen("gpu", "fp16", *arguments)]

        self.assertEqual(names((), ("compiled", "autotuned", "onnx", "ncnn")), ["torch-cuda", "torch-cuda-graph"])
        self.assertEqual(names(("torch",), ("graph", "compiled")), ["torch-cuda", "torch-cuda-autotuned"])

    def test_every_peer_can_be_started(self):
        for one in catalogue.PEERS:
            with self.subTest(one.name):
                self.assertTrue((SOFTWARE / one.script).is_file())
                self.assertIn(one.environment, environment.PACKAGES)
                self.assertIn(one.environment, environment.PROBES)
                self.assertIn(one.format, (model_files.SAFETENSORS, *model_files.FORMATS))
        for form in model_files.FORMATS.values():
            self.assertTrue((model_files.SCRIPTS / form.script).is_file())
            self.assertIn(form.environment, environment.PACKAGES)

    def test_the_engine_must_run(self):
        with self.assertRaisesRegex(PeerFailed, "no fp16 here"):
            compare(peer("one"), precision="fp16")

    def test_relative_error(self):
        self.assertEqual(comparison.relative_error([[3.0, 4.5]], [[3.0, 4.0]]), 0.1)
        self.assertEqual(comparison.relative_error([[1.0]], [[1.0, 2.0]]), float("inf"))
        self.assertEqual(comparison.relative_error([float("nan")], [1.0]), float("inf"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
