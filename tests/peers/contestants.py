"""The engine and its peers behind one interface, for comparison.py:

    prepare(images, batch) -> logits    warms up with the .npy file `images`, [batch, C, H, W]
    turn(count) -> round                `count` timed runs: {"runs", "median_s", "min_s"}, for a peer also
                                        "seconds", the raw times (ratios.round_of)
    end()                               ends the process, if there is one

prepare and turn throw PeerFailed.
"""

from pathlib import Path

import numpy as np

import machine
from process import PeerFailed, PeerProcess
from ratios import round_of

HERE = Path(__file__).resolve().parent
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

    def end(self):
        pass


class PeerContestant:
    """Starts the peer's process and loads the model. Throws environment.NotHere or PeerFailed."""

    def __init__(self, peer, precision, models, folder):
        self.name, self.title = peer.name, peer.title
        self._output = folder / f"{peer.name}.{precision}.npy"
        python = models.environments.interpreter(peer.environment)
        model = models.onnx(peer.filters, precision) if peer.filters else models.safetensors
        self._process = PeerProcess([python, HERE / peer.script, *peer.arguments])
        try:
            self.facts = self._process.ask("load", LOAD_TIMEOUT, model=str(model), precision=precision,
                                           threads=machine.cores())
        except PeerFailed:
            self.end()
            raise

    def prepare(self, images, batch):
        self._process.ask("prepare", PREPARE_TIMEOUT, images=str(images), logits=str(self._output))
        return np.load(self._output)

    def turn(self, count):
        return round_of(self._process.ask("run", RUN_TIMEOUT, count=count)["seconds"])

    def end(self):
        self._process.end()
