"""The peer's side of process.py: a long-lived process that takes commands as JSON lines on stdin.

    {"command": "load", "model": PATH, "precision": "fp32", "threads": 2} -> {"versions": {…}, …}
    {"command": "prepare", "images": IN.npy, "logits": OUT.npy} -> {…}  loads the batch and warms up
    {"command": "run", "count": 5} -> {"seconds": [five times]}          runs the batch prepared last

The answers to load and prepare are facts for the report: "versions", {package: version}; "precision" if it may be
another one than was asked for. Every answer is one JSON line; a failure is {"error": "TYPE: CAUSE"}.
"""
import json
import os
import sys
import time
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
FORMATS = ROOT / "tests" / "peers" / "formats"

# torch.compile records its CUDA graph in the second or third run. Slow runs need no further warm-up.
WARM_UP_RUNS = 3
WARM_UP_SECONDS = 5


class Prepared(NamedTuple):
    """What a peer's prepare returns.

    run() processes the batch and waits for its end. fetch() then returns its logits, [B, classes]. facts: as above.
    """
    run: Callable
    fetch: Callable
    facts: dict = {}


def one_line(error):
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"


def serve(peer):
    """Answers commands until stdin ends.

    peer.load(model, precision, threads) -> facts; peer.prepare(images [B, C, H, W]) -> Prepared.
    """
    # Output of libraries goes to stderr, so that it cannot mix with the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    prepared = None
    for line in sys.stdin:
        message = json.loads(line)
        command = message.pop("command")
        try:
            if command == "load":
                answer = peer.load(**message)
            elif command == "prepare":
                prepared = peer.prepare(np.load(message["images"]))
                warm_up(prepared.run)
                np.save(message["logits"], np.asarray(prepared.fetch(), np.float32))
                answer = prepared.facts
            elif command == "run":
                answer = {"seconds": [timed(prepared.run) for _ in range(message["count"])]}
            else:
                raise ValueError(f"no such command: {command}")
        except Exception as error:  # report any failure and wait for the next command
            answer = {"error": one_line(error)}
        answers.write(json.dumps(answer) + "\n")


def warm_up(run):
    spent = 0.0
    for _ in range(WARM_UP_RUNS):
        if spent < WARM_UP_SECONDS:
            spent += timed(run)


def timed(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
