"""One Labeller beside the command, on the same files: the same rows, at most 1.1 times as long, and flat memory.

labeller_speed.py FOLDER ROUNDS PACKAGE. Labels all files of FOLDER with the bundled model, in turns: the command in one run, then the
Labeller of a new process in batches of 256 paths. GFNET_COMMAND names the command. Prints seconds, and the median of the ratios.
"""
import csv
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

FOLDER, ROUNDS, PACKAGE = Path(sys.argv[1]).resolve(), int(sys.argv[2]), Path(sys.argv[3]).resolve()
MOST_RATIO = 1.1
MOST_GROWTH = 8 << 20  # bytes, from a quarter of the files to the last one
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE), "GFNET_VALIDATION": "0"}

LABELLING = """
import json, os, sys
import gfnet

paths = json.load(sys.stdin)
labeller = gfnet.Labeller()
rows, memory = [], []
for start in range(0, len(paths), 256):
    columns = labeller({"path": paths[start:start + 256]})
    for row in zip(*(columns[name] for name in ("path", "class", "label", "probability", "error"))):
        path, number, label, probability, error = row
        rows.append([path, "", "", "", error] if error else [path, str(number), label, f"{probability:.9g}", ""])
    memory.append(int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
json.dump({"rows": rows, "growth": memory[-1] - memory[len(memory) // 4], "most": max(memory)}, sys.stdout)
"""


def seconds_of(arguments, **options):
    start = time.monotonic()
    done = subprocess.run(arguments, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=False, **options)
    return time.monotonic() - start, done


def by_command(paths):
    seconds, done = seconds_of([os.environ["GFNET_COMMAND"], "classify", "--top", "1", "-"], input="\n".join(paths),
                               stderr=subprocess.DEVNULL)
    assert done.returncode in (0, 1), f"the command ended with {done.returncode}"
    return seconds, list(csv.reader(done.stdout.splitlines()))[1:]


def by_labeller(paths):
    seconds, done = seconds_of([sys.executable, "-B", "-c", LABELLING], input=json.dumps(paths))
    assert done.returncode == 0, f"the Labeller's process ended with {done.returncode}"
    return seconds, json.loads(done.stdout)


def main():
    paths = sorted(str(path) for path in FOLDER.rglob("*") if path.is_file())
    by_command(paths[:64]), by_labeller(paths[:64])  # fills the caches
    ratios = []
    for _ in range(ROUNDS):
        command_seconds, expected = by_command(paths)
        labeller_seconds, made = by_labeller(paths)
        assert made["rows"] == expected, next((a, b) for a, b in zip(made["rows"], expected) if a != b)
        ratios.append(labeller_seconds / command_seconds)
        print(f"{len(paths)} files: command {command_seconds:.1f} s, Labeller {labeller_seconds:.1f} s, ratio {ratios[-1]:.3f}; "
              f"memory {made['most'] / 1e6:.0f} MB at most, {made['growth'] / 1e6:+.1f} MB since a quarter", flush=True)
        assert made["growth"] < MOST_GROWTH, f"memory grew by {made['growth']} bytes"
    print(f"median ratio {statistics.median(ratios):.3f}")
    assert statistics.median(ratios) <= MOST_RATIO, f"more than {MOST_RATIO} times the command's time"


main()
