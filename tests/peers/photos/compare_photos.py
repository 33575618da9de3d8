#!/usr/bin/env python3
"""Compares how many photographs a second gfnet, Pillow with torch's DataLoader, and OpenCV prepare.

    tests/peers/photos/compare_photos.py FOLDER [--rounds 5] [--repeat 4] [--gfnet PATH]

Each decodes every image of the folder `--repeat` times, resizes it and cuts out the middle, on all cores.
gfnet labels it as well, with its bundled network of 32×32 pixels, and its start is counted; the others
stop at the pixels, and their start is not. They take turns. The table has medians and the ratios of
each round. pip installs the others below build/peers on the first run.
"""
import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))
from environment import Environments, NotHere  # noqa: E402

SIDE = 32  # of the bundled network's input; it resizes the shorter side to this
IMAGES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
# Name in the table, environment, and the first argument of prepare.py.
OTHERS = (
    ("Pillow and torch's DataLoader", "torch", "pillow"),
    ("OpenCV, INTER_CUBIC", "opencv", "INTER_CUBIC"),
    ("OpenCV, INTER_AREA", "opencv", "INTER_AREA"),
)


def say(text):
    print(text, file=sys.stderr, flush=True)


def last_line(text):
    return (text.strip().splitlines() or ["no message"])[-1]


def seconds_of_gfnet(gfnet, paths):
    """What `gfnet classify` says that it took. Exits with its message if it did not label all."""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "paths"
        names.write_bytes(b"".join(str(path).encode() + b"\0" for path in paths))
        with names.open("rb") as listed:
            done = subprocess.run([gfnet, "classify", "-", "--output", str(Path(folder) / "labels.csv")], stdin=listed,
                                  capture_output=True, text=True, check=False)
    took = re.search(r"^(\d+) labelled in ([\d.]+) s", done.stderr, re.MULTILINE)
    if done.returncode != 0 or took is None or int(took[1]) != len(paths):
        sys.exit(f"compare_photos: gfnet: {last_line(done.stderr)}")
    return float(took[2])


def seconds_of(python, software, paths):
    done = subprocess.run([python, str(HERE / "prepare.py"), software, str(SIDE), *map(str, paths)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"compare_photos: {software}: {last_line(done.stderr)}")
    return float(done.stdout)


def table(rates):
    """rates: for each name, images a second in each round; gfnet's come first. Returns lines of Markdown."""
    own = next(iter(rates.values()))
    lines = ["| software | images/s | slowest, fastest round | gfnet is faster by |", "| --- | --- | --- | --- |"]
    for name, figures in rates.items():
        ratio = statistics.median(mine / other for mine, other in zip(own, figures))
        lines.append(f"| {name} | {statistics.median(figures):.1f} | {min(figures):.1f}, {max(figures):.1f} | "
                     f"{'' if figures is own else f'{ratio:.2f}×'} |")
    return lines


def compare(gfnet, paths, rounds, install, skip=()):
    """Returns the rates for table(), and why others are missing, one line each."""
    environments = Environments(say, install)
    contestants, missing = {"gfnet": lambda: seconds_of_gfnet(gfnet, paths)}, []
    for name, environment, software in OTHERS:
        if any(part in name for part in skip):
            continue
        try:
            python = environments.interpreter(environment)
            contestants[name] = lambda python=python, software=software: seconds_of(python, software, paths)
        except NotHere as reason:
            missing.append(f"{name}: {reason}")
    rates = {name: [] for name in contestants}
    for number in range(rounds):
        for name, run in contestants.items():
            rates[name].append(len(paths) / run())
            say(f"round {number + 1}: {name}: {rates[name][-1]:.1f} images/s")
    return rates, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=4, help="how often each image is read in a turn")
    parser.add_argument("--gfnet", default=str(ROOT / "build/release/bin/gfnet"))
    parser.add_argument("--no-install", action="store_true", help="leave out what would have to be downloaded")
    parser.add_argument("--skip", nargs="+", default=[], metavar="PART",
                        help="leave out software with a PART in its name")
    options = parser.parse_args()
    images = sorted(path for path in options.folder.iterdir() if path.suffix.lower() in IMAGES)
    if not images:
        parser.error(f"no image in {options.folder}")
    rates, missing = compare(options.gfnet, images * options.repeat, options.rounds, not options.no_install,
                             options.skip)
    print("\n".join(table(rates) + missing))


if __name__ == "__main__":
    main()
