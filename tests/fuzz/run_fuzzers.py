"""Builds the fuzz targets with the preset "fuzz", runs them, and prints what they did."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/fuzz"
BUILD = ROOT / "build/fuzz"

# A reader may take so much for an input below 1 MB. The sanitizers' own memory comes on top.
LARGEST_INPUT = 1_000_000
LARGEST_BLOCK_MB = 256
SLOWEST_SECONDS = 2
RESIDENT_MB = 1024


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target; default: 60")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes of a target; default: one a core")
    parser.add_argument("--json", type=Path, metavar="FILE", help="adds this run's figures to the file")
    return parser.parse_args()


def compiler():
    """The environment that names a clang, 15 or newer: 14 does not compile GCC's std::ranges."""
    if os.environ.get("CC") and os.environ.get("CXX"):
        return os.environ
    for number in ("", *(f"-{version}" for version in range(22, 14, -1))):
        if shutil.which(f"clang++{number}"):
            told = subprocess.run([f"clang++{number}", "--version"], capture_output=True, text=True, check=True).stdout
            found = re.search(r"version (\d+)", told)
            if found and int(found[1]) >= 15:
                return {**os.environ, "CC": f"clang{number}", "CXX": f"clang++{number}"}
    sys.exit("fuzz: needs clang 15 or newer (Debian 12: apt install clang-16)")


def build():
    subprocess.run([ROOT / "scripts/build", "fuzz"], check=True, env=compiler())
    return sorted(path.name.removeprefix("fuzz_") for path in (BUILD / "bin").glob("fuzz_*")
                  if os.access(path, os.X_OK))


def run(target, seconds, jobs):
    """Runs a target. Returns its figures; "findings" are the files of the inputs that failed."""
    corpus, found = BUILD / "corpus" / target, BUILD / "findings" / target
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    dictionary = HERE / "dictionaries" / f"{target}.dict"
    processes = []
    for job in range(jobs):
        log = open(BUILD / "findings" / f"{target}.{job}.log", "w+", encoding="utf-8", errors="replace")
        command = [BUILD / "bin" / f"fuzz_{target}", corpus, BUILD / "seeds" / target,
                   f"-max_total_time={seconds}", f"-max_len={LARGEST_INPUT}", f"-timeout={SLOWEST_SECONDS}",
                   f"-malloc_limit_mb={LARGEST_BLOCK_MB}", f"-rss_limit_mb={RESIDENT_MB}", "-reload=10",
                   "-print_final_stats=1", f"-artifact_prefix={found}/"]
        if dictionary.exists():
            command.append(f"-dict={dictionary}")
        processes.append((log, subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)))
    executions, failed = 0, False
    for log, process in processes:
        failed = process.wait() != 0 or failed
        log.seek(0)
        text = log.read()
        log.close()
        counts = re.findall(r"stat::number_of_executed_units: (\d+)", text) or re.findall(r"^#(\d+)\t", text, re.M)
        executions += int(counts[-1]) if counts else 0
    return {"target": target, "executions": executions, "seconds": seconds * jobs,
            "corpus": len(list(corpus.iterdir())), "failed": failed,
            "findings": sorted(str(path) for path in set(found.iterdir()) - before)}


def remember(path, figures):
    """Adds figures to the totals in a JSON file: {target: {executions, seconds, findings}}."""
    totals = json.loads(path.read_text()) if path.exists() else {}
    for row in figures:
        total = totals.setdefault(row["target"], {"executions": 0, "seconds": 0, "findings": 0})
        total["executions"] += row["executions"]
        total["seconds"] += row["seconds"]
        total["findings"] += len(row["findings"])
    path.write_text(json.dumps(dict(sorted(totals.items())), indent=2) + "\n")


def main():
    args = arguments()
    known = build()
    unknown = [name for name in args.targets if name not in known]
    if unknown:
        print(f"fuzz: no target {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    subprocess.run([sys.executable, HERE / "make_seeds.py", BUILD / "seeds"], check=True)
    figures = []
    print(f"{'target':12} {'executions':>12} {'a second':>9} {'corpus':>7}  findings")
    for target in args.targets or known:
        row = run(target, args.seconds, args.jobs)
        figures.append(row)
        rate = row["executions"] // max(1, row["seconds"])
        print(f"{target:12} {row['executions']:12} {rate:9} {row['corpus']:7}  "
              f"{'; '.join(row['findings']) or ('failed, see the log' if row['failed'] else 'none')}", flush=True)
    if args.json:
        remember(args.json, figures)
    return 1 if any(row["failed"] for row in figures) else 0
