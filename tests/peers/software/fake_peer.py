#!/usr/bin/env python3
"""A peer for the tests: fake_peer.py [--off 0.5] [--precision bf16] [--say TEXT] [--die]; see worker.py.

Its logits [B, C] are the sums of each image's channels, times 1 + --off. --precision: in which it claims to run.
--say: load fails with TEXT. --die: prepare ends the process.
"""
import argparse
import os
import time

import worker


class FakePeer:
    def __init__(self, options):
        self.options = options

    def load(self, model, precision, threads):
        if self.options.say:
            raise RuntimeError(self.options.say)
        return {"versions": {"fake": "1"}, "process": os.getpid()}

    def prepare(self, images):
        print("chatter of a library")
        if self.options.die:
            os.write(2, b"out of everything\n")
            os._exit(3)
        facts = {"precision": self.options.precision} if self.options.precision else {}
        return worker.Prepared(lambda: time.sleep(0.002), lambda: images.sum((2, 3)) * (1 + self.options.off), facts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--off", type=float, default=0)
    parser.add_argument("--precision")
    parser.add_argument("--say", default="")
    parser.add_argument("--die", action="store_true")
    worker.serve(FakePeer(parser.parse_args()))
