"""Runs the gfnet command for the comparison and parses its output."""
import json
import subprocess
from pathlib import Path

import numpy as np

from process import PeerFailed

DRIVER_MATRIX = Path(__file__).resolve().parents[2] / "scripts" / "driver-matrix"


class Engine:
    """All methods throw PeerFailed. command: path of gfnet; device: for --device, or None for gfnet's choice."""

    def __init__(self, command, model, device=None):
        self.command, self.model = str(command), str(model)
        self.selection = ["--device", str(device)] if device else []

    def call(self, *arguments, timeout=3600, launcher=()):
        """stdout of a run. timeout: seconds. launcher: what is called in place of the command, with its first arguments.

        PeerFailed has the message of what was called.
        """
        command = [*map(str, launcher or (self.command,)), *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=timeout,
                                  check=False)
        except OSError as error:
            raise PeerFailed(f"{Path(command[0]).name}: {error.strerror}") from None
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

    def compiled(self, device, precision, batch):
        """JSON of gfnet plan --compile for a device of tests/drivers/devices.tsv: its driver's statistics."""
        return self.call_json("plan", self.model, "--compile", "--precision", precision, "--batch", batch,
                              launcher=(DRIVER_MATRIX, "--gfnet", self.command, "--run", device))

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
