#!/usr/bin/env python3
"""Compares the engine with alternative software on this machine.

    tests/peers/compare.py --gfnet build/release/bin/gfnet --model gfnet-xs --batch 1 8 --json OUT.json

Each peer is a process with its own packages (environment.py); comparison.py says how they are timed.
Tables go to stdout, progress to stderr.
"""
import argparse
import json
import sys
import tempfile
from pathlib import Path

import environment

if __name__ == "__main__":
    environment.restart_with_numpy()

import catalogue
import comparison_table
import machine
from comparison import compare
from contestants import RunningPeers
from engine import Engine
from environment import ROOT, Environments, NotHere
from model_files import Models
from process import PeerFailed
from tables import text_table


def say(text):
    print(text, file=sys.stderr, flush=True)


def device_of(engine, selection):
    """The entry of gfnet devices --json for the device in use. Throws PeerFailed if there is none."""
    devices = engine.devices()
    if selection:
        matching = [device for device in devices if str(device["index"]) == selection
                    or selection.lower() in device["name"].lower()]
    else:
        matching = [device for device in devices if device["default"]]
    if not matching:
        raise PeerFailed(f"no device {selection or 'found'}")
    return matching[0]


class Arena:
    """What all comparisons share: the engine, its device and the model in every file format.

    skipped: parts of the names of peers that are left out.
    """

    def __init__(self, gfnet, source, selection=None, install=True, skipped=()):
        self.models = Models(source, Environments(say, install))
        self.engine = Engine(gfnet, self.models.safetensors, selection)
        self.device = device_of(self.engine, selection)
        self.info = self.engine.info()
        self._skipped = skipped

    @property
    def kind(self):
        return "cpu" if self.device["type"] == "cpu" else "gpu"

    @property
    def precisions(self):
        return ["fp32"] if self.kind == "cpu" else ["fp32", "fp16"]

    def facts(self):
        model = {"name": self.models.name, **{key: self.info[key] for key in ("input", "classes", "parameters",
                                                                              "macs")}}
        return {"machine": machine.facts(), "device": self.device, "model": model}

    def comparisons(self, batches, precisions, rounds, seconds, patterns=()):
        """Yields one comparison for each batch size and precision. seconds: target length of a turn."""
        with tempfile.TemporaryDirectory(prefix="gfnet-peers-") as folder, RunningPeers() as running:
            for batch in batches:
                for precision in precisions:
                    peers = catalogue.chosen(self.kind, precision, patterns, self._skipped)
                    yield compare(self.engine, peers, running, self.models, batch, precision, self.info,
                                  Path(folder), rounds, seconds, say)


def as_text(comparison):
    return "\n".join([comparison_table.title(comparison),
                      *text_table(comparison_table.HEADER, comparison_table.rows(comparison)),
                      *comparison_table.absences(comparison), ""])


def as_markdown(comparison):
    return [f"**{comparison_table.title(comparison)}**", "",
            *comparison_table.markdown(comparison), ""]


def batch_size(text):
    """Parses a batch size that gfnet accepts, for argparse. Throws ValueError."""
    size = int(text)
    if not 1 <= size <= 65535:
        raise ValueError
    return size


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--gfnet", default=str(ROOT / "build/release/bin/gfnet"), metavar="PATH")
    parser.add_argument("--model", default="gfnet-xs", help="a published name (random weights), or a checkpoint")
    parser.add_argument("--device", help="as for gfnet; default: its own choice")
    parser.add_argument("--batch", type=batch_size, nargs="+", default=[1, 8])
    parser.add_argument("--precision", nargs="+", choices=("fp32", "fp16"), default=None,
                        help="default: fp32; on a GPU also fp16")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="target length of a turn")
    parser.add_argument("--peers", nargs="+", default=[], metavar="PART",
                        help="only peers with a PART in their name; default: all")
    parser.add_argument("--no-install", action="store_true", help="skip what pip would have to download")
    parser.add_argument("--json", metavar="FILE", help="write figures and raw times to FILE")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables to FILE")
    return parser.parse_args()


def main():
    options = arguments()
    comparisons = []
    try:
        arena = Arena(options.gfnet, options.model, options.device, not options.no_install)
        for comparison in arena.comparisons(options.batch, options.precision or arena.precisions, options.rounds,
                                            options.seconds, options.peers):
            print(as_text(comparison), flush=True)
            comparisons.append(comparison)
    except (NotHere, PeerFailed) as error:
        sys.exit(f"compare: {error}")
    if options.json:
        Path(options.json).write_text(json.dumps({**arena.facts(), "comparisons": comparisons}, indent=1) + "\n")
    if options.markdown:
        Path(options.markdown).write_text("\n".join(line for each in comparisons for line in as_markdown(each)))


if __name__ == "__main__":
    main()
