"""Runs the gfnet command for the comparison and parses its output."""
import json
import os
import subprocess
from pathlib import Path

import numpy as np

from process import PeerFailed


class Engine:
    """All methods throw PeerFailed. command: path of gfnet; device: for --device, or None for gfnet's choice."""

    def __init__(self, command, model, device=None):
        self.command, self.model = str(command), str(model)
        self.selection = ["--device", str(device)] if device else []

    def call(self, *arguments, timeout=3600, environment=None):
        """stdout of a run. timeout: seconds. environment: variables to add. PeerFailed has the command's message."""
        try:
            done = subprocess.run([self.command, *map(str, arguments)], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=timeout, check=False,
                                  env={**os.environ, **(environment or {})})
        except OSError as error:
            raise PeerFailed(f"{Path(self.command).name}: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise PeerFailed(f"gfnet {arguments[0]}: timed out after {timeout} s") from None
        if done.returncode != 0:
            words = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
            raise PeerFailed(f"gfnet {arguments[0]}: exit status {done.returncode}: {words[-1]}")
        return done.stdout

    def call_json(self, *arguments, **options):
        text = self.call(*arguments, "--json", **options)
        try:
            return json.loads(text)
        except ValueError:
            raise PeerFailed(f"gfnet {arguments[0]} --json: the output is not JSON") from None

    def devices(self):
        return self.call_json("devices")

    def info(self):
        return self.call_json("info", self.model)

    def bench(self, *arguments):
        return self.call_json("bench", "--model", self.model, *self.selection, *arguments)

    def scaling(self):
        # Enough rounds for a median: a round of all grids takes half a second on two cores.
        return self.call_json("bench", "--scaling", "--seconds", "12", *self.selection)

    def compiled(self, device, precision, batch, environment):
        """JSON of gfnet plan --compile on another device: its driver's statistics; nothing is run."""
        return self.call_json("plan", self.model, "--compile", "--device", device, "--precision", precision,
                              "--batch", batch, environment=environment)

    def seconds(self, batch, precision, runs):
        """(median, minimum) time of `runs` runs of a batch, from submission to logits, in seconds."""
        bench = self.bench("--sections", "throughput", "--batch", batch, "--runs", runs, "--precision", precision)
        timing = next((entry for entry in bench["throughput"] if entry["batch"] == batch), None)
        if timing is None:
            raise PeerFailed(f"gfnet bench: no throughput at batch {batch}")
        return timing["median_s"], timing["min_s"]

    def logits(self, images, output, precision):
        """Logits [N, classes] of the .npy file `images`, [N, C, H, W]. output: path for the logits' .npy file."""
        self.call("classify", "--model", self.model, *self.selection, "--precision", precision, "--tensor", images,
                  "--logits", output, "--output", str(output) + ".csv")
        return np.load(output)
