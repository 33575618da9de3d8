"""Compiles gfnet's kernels with the drivers of many GPUs, without the GPUs, and writes docs/devices.md.

    scripts/driver-matrix --quick              # one device of each vendor
    scripts/driver-matrix --device anv-tgl     # these devices; "anv-*" is all whose name starts so
    scripts/driver-matrix                      # all of tests/drivers/devices.tsv
    scripts/driver-matrix --run radv-navi31 plan --compile     # gfnet itself, on one device
    scripts/driver-matrix --run lavapipe check                 # on the software driver, where everything runs
    scripts/driver-matrix --products radv-navi31 radv-gfx1201  # what surrounds the products in AMD's machine code

The first run downloads drivers and Mesa's source from Debian to build/drivers, and compiles small libraries that
answer for the kernel. No package is installed. What was run before with the same gfnet and driver is not run again.
"""
import argparse
import subprocess
import sys
from pathlib import Path

import device_table
import document
import jobs
import measured
import products
import record_file
from folders import BUILD, ROOT, Broken, NotHere, say
from arm64 import Arm64
from machines import Amd64

# Seconds for one plan, or for all kernels.
LIMIT = 300
QUICK_PLANS = ("gfnet-cifar10.fp32.1", "gfnet-xs.fp32.8", "gfnet-xs.fp16.8")


def arguments(given):
    parser = argparse.ArgumentParser(prog="driver-matrix", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="one device of each vendor, three plans")
    which.add_argument("--device", nargs="+", metavar="NAME", help="these devices")
    which.add_argument("--list", action="store_true", help="print the devices and end")
    which.add_argument("--setup", action="store_true", help="download and build what devices of amd64 need, and end")
    which.add_argument("--run", nargs=argparse.REMAINDER, metavar="NAME ARGUMENT",
                       help="run gfnet with these arguments on a device; its output and exit status are passed on")
    which.add_argument("--products", nargs="+", metavar="NAME",
                       help="print what surrounds the products in the machine code of these devices of RADV")
    parser.add_argument("--gfnet", type=Path, metavar="PATH",
                        help="the built command; default: that of scripts/build release")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where devices.json is updated and devices.md "
                        "written; default: docs, and build/drivers/quick with --quick")
    parser.add_argument("--plans", nargs="+", metavar="NAME", help="only these, such as \"gfnet-xs.fp16.*\" or "
                        "all-kernels; default: all, and three of them with --quick")
    parser.add_argument("--again", action="store_true", help="run what was run before, too")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS",
                        help="for one plan; default: %(default)s")
    options = parser.parse_args(given)
    options.plans = options.plans or (QUICK_PLANS if options.quick else ["*"])
    options.output = options.output or (BUILD / "quick" if options.quick else ROOT / "docs")
    return options


class Matrix:
    def __init__(self, options):
        self._options = options
        self._machines = {}

    def machine(self, device):
        """The machine on which a device's driver runs, set up. Throws NotHere, Broken."""
        if device.architecture not in self._machines:
            self._machines[device.architecture] = self._prepared(device.architecture)
        found = self._machines[device.architecture]
        if isinstance(found, NotHere):
            raise found
        return found

    def _prepared(self, architecture):
        """A machine that is set up, or the NotHere that says why there is none."""
        try:
            machine = Amd64(self._options.gfnet) if architecture == "amd64" else Arm64()
            machine.prepare()
            return machine
        except NotHere as reason:
            return reason

    def run(self, device, wanted, place):
        """Runs jobs on a device and returns its record. place: such as "3 of 60". Throws NotHere, Broken."""
        machine = self.machine(device)
        outcomes = {}
        for number, job in enumerate((jobs.DESCRIBE, *wanted)):
            _show_progress(f"{device.name} ({place}): {job.name}, {number} of {len(wanted)}")
            outcome = None if self._options.again else jobs.known(machine, device, job, self._options.limit)
            outcomes[job.name] = outcome or jobs.run(machine, device, job, self._options.limit)
            if job == jobs.DESCRIBE and not outcomes[job.name]["output"]:
                break
        _show_progress("")
        # What was run before and is not wanted now stays in the record.
        for job in jobs.compiling_jobs():
            outcome = jobs.known(machine, device, job, self._options.limit)
            if outcome:
                outcomes.setdefault(job.name, outcome)
        return measured.record(device, outcomes, machine.gfnet_version())


def run_gfnet(matrix, device, given):
    """Runs gfnet with these arguments on a device. Returns its exit status. Throws NotHere, Broken."""
    command, environment = matrix.machine(device).command(device, *given)
    return subprocess.run(command, env=environment, check=False).returncode


def _show_progress(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def summary(record):
    """One line about a device."""
    if not record["offered"]:
        return f"{record['name']}: not offered: {record['refusal']}"
    runs = record["runs"]
    failed = [f"{name}: {run['failure']}" for name, run in runs.items() if "failure" in run]
    done = {name: run for name, run in runs.items() if "failure" not in run}
    text = f"{record['name']}: {len(done)} of {len(runs)} ok"
    if done:
        slowest = max(done, key=lambda name: done[name]["seconds"])
        text += f", slowest {done[slowest]['seconds']:.0f} s ({slowest})"
        worst = max(done, key=lambda name: done[name]["spills"])
        if done[worst]["spills"]:
            text += f", worst spills {done[worst]['spills']} in {done[worst]['worst']} ({worst})"
        else:
            text += ", no spills"
    return "\n  ".join([text, *failed])


def chosen(devices, options):
    if options.quick:
        return [device for device in devices if device.is_quick]
    return device_table.choose(devices, options.device) if options.device else devices


def main(given=None):
    options = arguments(given)
    devices = device_table.read()
    try:
        if options.list:
            for device in devices:
                print(f"{device.name:20} {device.vendor:12} {device.driver:14} {device.architecture}")
            return 0
        if options.setup:
            Amd64(options.gfnet).set_up(devices)
            return 0
        matrix = Matrix(options)
        if options.run:
            runnable = [*devices, device_table.LAVAPIPE, device_table.LAVAPIPE_ARM64]
            return run_gfnet(matrix, device_table.choose(runnable, options.run[:1])[0], options.run[1:])
        if options.products:
            for device in device_table.choose(devices, options.products):
                products.show(matrix.machine(device), device, options.limit)
            return 0
        selected = chosen(devices, options)
        wanted = [*jobs.steps_jobs(), *jobs.chosen_jobs(options.plans)]
        return run_all(matrix, selected, wanted, devices, options.output)
    except (NotHere, Broken, ValueError) as error:
        say(error)
        return 1


def run_all(matrix, selected, wanted, devices, output):
    """Runs jobs on devices and writes the documents. Returns an exit status. Throws Broken.

    The status is 1 if a device could not be tried, or is worse than docs/devices.json says.
    """
    status = 0
    known = record_file.read(ROOT / "docs" / "devices.json")
    for number, device in enumerate(selected, 1):
        try:
            record = matrix.run(device, wanted, f"{number} of {len(selected)}")
        except NotHere as reason:
            say(f"{device.name}: {reason}")
            status = 1
            continue
        print(summary(record), flush=True)
        for text in measured.worse(record, known.get(device.name, record)):
            print(f"  worse than before: {text}", flush=True)
            status = 1
        document.write(output, [record], devices)
    return status
