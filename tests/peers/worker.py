"""The far side of process.py: a peer as a long-lived process that obeys JSON lines on stdin.

    {"command": "load", "model": PATH, "precision": "fp32", "threads": 2} -> {"versions": {…}, …}
    {"command": "prepare", "images": IN.npy, "logits": OUT.npy} -> {}  warms up with that batch
    {"command": "run", "count": 5} -> {"seconds": [five times]}         of the batch prepared last

Every answer is one JSON line; a failure is {"error": "TYPE: CAUSE"}.
"""
import json
import os
import sys
import time

import numpy as np

# torch.compile records its CUDA graph in the second or third run; who needs seconds for one needs no more.
WARM_UP_RUNS = 3
WARM_UP_SECONDS = 5


def one_line(error):
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"


def serve(peer):
    """peer.load(model, precision, threads) -> facts for the report; peer.prepare(images) -> run, fetch:
    run() works through the batch and waits for its end, fetch() then gives its logits [B, classes]."""
    # Whatever a library prints must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    run = None
    for line in sys.stdin:
        message = json.loads(line)
        command = message.pop("command")
        try:
            if command == "load":
                answer = peer.load(**message)
            elif command == "prepare":
                run, fetch = peer.prepare(np.load(message["images"]))
                warm_up(run)
                np.save(message["logits"], np.asarray(fetch(), np.float32))
                answer = {}
            elif command == "run":
                answer = {"seconds": [timed(run) for _ in range(message["count"])]}
            else:
                raise ValueError(f"no such command: {command}")
        except Exception as error:  # whatever it was, the answer says so and the next command may come
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
