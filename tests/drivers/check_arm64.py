"""Cross-compiles gfnet for Linux on arm64, and runs it in the emulator QEMU.

    scripts/check-arm64

The tests that need no device run with ctest. Then the command labels the photographs on Debian unstable's lavapipe for arm64;
labels must be those of build/release/bin/gfnet, and probabilities within 1e-5. Packages of Debian are unpacked in build/drivers;
nothing is installed. The last line is "N passed, N failed, N skipped".
"""
import csv
import os
import subprocess
import sys
import time

import device_table
from arm64 import Arm64
from folders import ROOT, Broken, NotHere, say

ROOMS = ("base", "checkpoint", "compiler", "drawing", "graph", "image", "kernels", "model", "passes", "plan", "reference", "vulkan")
# They hold gfnet to seconds of a processor; the emulator takes many times as long.
NOT_IN_AN_EMULATOR = "takes at most|bounded (time|memory)|: one long .*key for very many"
MOST_DIFFERENCE = 1e-5
PHOTOS = sorted((ROOT / "weights" / "photos").glob("*.jpg"))


def run_tests(machine):
    """Runs the small tests with ctest. Returns its report's path."""
    machine.compile(*(f"tests_{room}" for room in ROOMS), tests=True)
    report = machine.build() / "tests.xml"
    report.unlink(missing_ok=True)
    subprocess.run(["ctest", "--test-dir", machine.build(), "--parallel", str(os.cpu_count()), "--no-tests=error",
                    "--label-regex", f"^({'|'.join(ROOMS)})$", "--label-exclude", "^device$",
                    "--exclude-regex", NOT_IN_AN_EMULATOR, "--output-on-failure", "--no-label-summary",
                    "--output-junit", report], stdout=sys.stderr, check=False)
    return report


def rows_of(text):
    return list(csv.DictReader(text.splitlines()))


def differences(expected, found):
    """What differs between the rows of two runs, as lines of text."""
    if len(found) != len(expected):
        return [f"{len(found)} rows instead of {len(expected)}"]
    lines = []
    for one, other in zip(expected, found):
        fields = ("path", "class_1", "label_1", "error")
        if [one[name] for name in fields] != [other[name] for name in fields]:
            lines.append(f"{other} instead of {one}")
        elif not abs(float(one["probability_1"]) - float(other["probability_1"])) <= MOST_DIFFERENCE:
            lines.append(f"{other['path']}: probability {other['probability_1']} instead of {one['probability_1']}")
    return lines


def check_command(machine):
    """Labels the photographs natively and in the emulator. Returns what is wrong, as lines of text."""
    arguments = ("classify", "--top", "1", *PHOTOS)
    native = subprocess.run([ROOT / "build/release/bin/gfnet", *arguments], capture_output=True, text=True, check=True)
    command, environment = machine.command(device_table.LAVAPIPE_ARM64, *arguments)
    start = time.monotonic()
    emulated = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    print(emulated.stdout, end="")
    say(f"{len(PHOTOS)} photographs in {time.monotonic() - start:.0f} s: {emulated.stderr.strip().splitlines()[-1]}")
    if emulated.returncode != 0:
        return [f"status {emulated.returncode}", *emulated.stderr.splitlines()]
    expected, found = rows_of(native.stdout), rows_of(emulated.stdout)
    most = max(abs(float(a["probability_1"]) - float(b["probability_1"])) for a, b in zip(expected, found))
    say(f"probabilities differ by {most:.1e} at most from those of this machine's own processor")
    return differences(expected, found)


def main():
    try:
        if not (ROOT / "build/release/bin/gfnet").exists():
            raise NotHere("build first what the labels are compared with: scripts/build release gfnet_programs")
        machine = Arm64()
        machine.prepare()
        say(f"GCC {machine.compiler_version()}, {machine.driver_version()} of {machine.archive.name}")
        wrong = check_command(machine)
        for line in wrong:
            print(f"failed: {line}")
        report = run_tests(machine)
        return subprocess.run([ROOT / "scripts/count-tests", report], check=False).returncode or bool(wrong)
    except (NotHere, Broken) as error:
        say(error)
        return 1
