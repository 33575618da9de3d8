"""The engine as one of those compared: the gfnet command, asked through its own contract."""
import json
import os
import subprocess
from pathlib import Path

import numpy as np

from process import PeerFailed


class Engine:
    """command: path of gfnet; device: for --device, or None for its own choice."""

    def __init__(self, command, model, device=None):
        self.command, self.model = str(command), str(model)
        self.selection = ["--device", str(device)] if device else []

    def call(self, *arguments, timeout=3600, environment=None):
        """stdout of a run. environment: variables to add. Throws PeerFailed with the command's own words."""
        try:
            done = subprocess.run([self.command, *map(str, arguments)], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=timeout, check=False,
                                  env={**os.environ, **(environment or {})})
        except OSError as error:
            raise PeerFailed(f"{Path(self.command).name}: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise PeerFailed(f"gfnet {arguments[0]}: no end in {timeout} s") from None
        if done.returncode != 0:
            words = [line for line in done.stderr.splitlines() if line.strip()] or ["without a word"]
            raise PeerFailed(f"gfnet {arguments[0]}: exit status {done.returncode}: {words[-1]}")
        return done.stdout

    def call_json(self, *arguments, **options):
        text = self.call(*arguments, "--json", **options)
        try:
            return json.loads(text)
        except ValueError:
            raise PeerFailed(f"gfnet {arguments[0]} --json: what it prints is no JSON") from None

    def devices(self):
        return self.call_json("devices")

    def info(self):
        return self.call_json("info", self.model)

    def bench(self, *arguments):
        return self.call_json("bench", "--model", self.model, *self.selection, *arguments)

    def scaling(self):
        # On two cores a round of all grids takes half a second: enough of them for a median.
        return self.call_json("bench", "--scaling", "--seconds", "12", *self.selection)

    def compiled(self, device, precision, batch, environment):
        """What the driver of another device says of the plan's pipelines, none of which is run."""
        return self.call_json("plan", self.model, "--compile", "--device", device, "--precision", precision,
                              "--batch", batch, environment=environment)

    def seconds(self, batch, precision, runs):
        """(median, least) seconds of `runs` runs of a batch, submission to logits."""
        bench = self.bench("--sections", "throughput", "--batch", batch, "--runs", runs, "--precision", precision)
        timing = next((entry for entry in bench["throughput"] if entry["batch"] == batch), None)
        if timing is None:
            raise PeerFailed(f"gfnet bench: no throughput at batch {batch}")
        return timing["median_s"], timing["min_s"]

    def logits(self, images, output, precision):
        """[N, classes] of the .npy file `images`. output: where the command may write them."""
        self.call("classify", "--model", self.model, *self.selection, "--precision", precision, "--tensor", images,
                  "--logits", output, "--output", str(output) + ".csv")
        return np.load(output)
