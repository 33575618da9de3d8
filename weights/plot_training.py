#!/usr/bin/env python3
"""Plots the logs that train.py --log writes, one run after the other. Needs matplotlib.

    python3 plot_training.py gfnet-cifar10.training.jsonl --output gfnet-cifar10.training.png
"""

import argparse
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main():
    parser = argparse.ArgumentParser(description="Draw training logs.")
    parser.add_argument("logs", nargs="+")
    parser.add_argument("--output", required=True)
    args = parser.parse_args()

    records, offset = [], 0
    for path in args.logs:
        with open(path) as file:
            for line in file:
                record = json.loads(line)
                # The next run begins where the epoch does not increase.
                if records and record["epoch"] + offset <= records[-1]["epoch"]:
                    offset = records[-1]["epoch"]
                records.append(dict(record, epoch=record["epoch"] + offset))

    figure, left = plt.subplots(figsize=(7, 3.6), dpi=110)
    left.plot([r["epoch"] for r in records], [r["loss"] for r in records], color="tab:blue")
    left.set_xlabel("epoch")
    left.set_ylabel("training loss", color="tab:blue")
    right = left.twinx()
    watched = [r for r in records if "top1" in r]
    right.plot([r["epoch"] for r in watched], [100 * r["top1"] for r in watched],
               color="tab:orange", marker="o", markersize=3)
    right.set_ylabel("test top-1 of the average, %", color="tab:orange")
    left.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(args.output)


if __name__ == "__main__":
    main()
