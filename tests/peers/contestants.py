"""The engine and its peers behind one interface, for comparison.py:

    prepare(images, batch) -> logits    warms up with the .npy file `images`, [batch, C, H, W]
    facts                               after prepare, for the report: "versions", and what worker.py names
    turn(count) -> round                `count` timed runs: {"runs", "median_s", "min_s"}, for a peer also
                                        "seconds", the raw times (ratios.round_of)

prepare and turn throw PeerFailed. A peer's process is ended by RunningPeers.
"""

from pathlib import Path

import numpy as np

import machine
from process import PeerFailed, PeerProcess
from ratios import round_of

SOFTWARE = Path(__file__).resolve().parent / "software"
LOAD_TIMEOUT = 600
PREPARE_TIMEOUT = 1800   # enough for torch.compile's autotuning
RUN_TIMEOUT = 900


class EngineContestant:
    name, title = "engine", "this engine"

    def __init__(self, engine, precision, folder):
        self.engine, self.precision, self.folder = engine, precision, folder
        self.facts = {"versions": {}}
        self.batch = None

    def prepare(self, images, batch):
        self.batch = batch
        return self.engine.logits(images, self.folder / f"engine.{self.precision}.npy", self.precision)

    def turn(self, count):
        middle, least = self.engine.seconds(self.batch, self.precision, count)
        return {"runs": count, "median_s": middle, "min_s": least}


class PeerContestant:
    """Starts the peer's process and loads the model. Throws environment.NotHere or PeerFailed."""

    def __init__(self, peer, precision, models):
        self.name, self.title, self._precision = peer.name, peer.title, precision
        python = models.environments.interpreter(peer.environment)
        model = models.file(peer.format, precision)
        self._process = PeerProcess([python, SOFTWARE / peer.script, *peer.arguments])
        try:
            self.facts = self._process.ask("load", LOAD_TIMEOUT, model=str(model), precision=precision,
                                           threads=machine.cores())
        except PeerFailed:
            self.end()
            raise

    def prepare(self, images, batch):
        output = Path(images).with_name(f"{self.name}.{self._precision}.npy")
        answer = self._process.ask("prepare", PREPARE_TIMEOUT, images=str(images), logits=str(output))
        self.facts = {**self.facts, **answer}
        return np.load(output)

    def turn(self, count):
        return round_of(self._process.ask("run", RUN_TIMEOUT, count=count)["seconds"])

    def end(self):
        self._process.end()


class RunningPeers:
    """Peers' processes that are kept from one comparison to the next: each starts once for a precision."""

    def __init__(self):
        self._contestants = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for contestant in self._contestants.values():
            contestant.end()

    def contestant(self, peer, precision, models):
        """The PeerContestant of a peer, started if it does not run. Throws environment.NotHere or PeerFailed."""
        key = (peer.name, precision)
        if key not in self._contestants:
            self._contestants[key] = PeerContestant(peer, precision, models)
        return self._contestants[key]

    def end(self, peer, precision):
        """Ends a peer that failed. It starts anew in the next comparison."""
        contestant = self._contestants.pop((peer.name, precision), None)
        if contestant:
            contestant.end()
