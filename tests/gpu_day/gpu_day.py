"""Gets out of a GPU all that waits for one, unattended: is it right, how fast is it, what does the tuner take.

    scripts/gpu-day                      # where gfnet and its tests are built: the whole day
    scripts/gpu-day --pack FOLDER        # where it can be built: a folder for a machine without compiler and network
    FOLDER/run REPORT-FOLDER             # there, with the options below
    scripts/gpu-day --device llvmpipe --rehearse       # a rehearsal on a software driver

The parts run in the order of their worth, each within a time limit. What fails, crashes or hangs is reported, and the
rest goes on. The report folder has report.md, results.json with all figures, logs.tar.gz, and the report of
scripts/measure on the first model; they are written anew after each part.
"""
import argparse
import datetime
import math
import signal
import tempfile
import time
from pathlib import Path

import machine
import pack
import parts as all_parts
import report_folder
from places import GFNET, ROOT, Refused, say
from runner import Runner, Stopped
from surroundings import Surroundings, manifest

MINUTES = 9.5
NOT_RUN = "not run"


def arguments(given):
    parser = argparse.ArgumentParser(prog="gpu-day", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    is_packed = manifest() is not None
    parser.add_argument("report", nargs=None if is_packed else "?", type=Path, default=ROOT / "build" / "gpu-day",
                        metavar="REPORT-FOLDER", help="" if is_packed else "default: build/gpu-day")
    if not is_packed:
        parser.add_argument("--pack", type=Path, metavar="FOLDER",
                            help="build and pack what the other machine needs, and end")
    parser.add_argument("--device", help="as for gfnet; default: the first GPU")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all parts together; default: %(default)s")
    parser.add_argument("--rehearse", action="store_true", help="fewer and smaller runs, for a software driver")
    parser.add_argument("--only", nargs="+", metavar="PART", help="only these parts; the device always comes first")
    parser.add_argument("--list", action="store_true", help="print the parts and end")
    parser.set_defaults(pack=None)
    options = parser.parse_args(given)
    options.sizes = all_parts.REHEARSAL if options.rehearse else all_parts.WHOLE
    options.parts = all_parts.parts(options.sizes)
    unknown = set(options.only or ()) - {part.name for part in options.parts}
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; --list prints them")
    if not 0 < options.minutes < math.inf:
        parser.error("--minutes must be positive")
    return options


class Clock:
    """How much time is left, in seconds."""

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())


class Day:
    """What the parts share. results: {part name: what it returned}. clock: of the part that runs."""

    def __init__(self, options, work):
        self.work, self.device, self.sizes = work, options.device, options.sizes
        self._whole = Clock(60 * options.minutes)
        self._start = time.monotonic()
        self.clock = self._whole
        self.results = {}
        self.runner = Runner(work / "logs", self.say)
        self.surroundings = Surroundings(work)
        packed = manifest()
        self.test_programs = packed["tests"] if packed else pack.device_tests()

    @property
    def at_once(self):
        """How many test programs run in parallel."""
        return max(1, min(4, machine.cores() // 2))

    def say(self, text):
        print(f"[{time.monotonic() - self._start:4.0f} s] {text}", flush=True)

    def environment(self, **changes):
        return self.surroundings.environment(**changes)

    def run(self, name, command, environment, limit=None):
        """Runs a command within the part's time. Throws Stopped."""
        left = self.clock.left()
        return self.runner.run(name, command, environment, min(left, limit) if limit else left)

    def run_part(self, part):
        """Runs a part and keeps what it returned, with its time. Throws Stopped."""
        if self._whole.left() <= 0:
            self.skip(part, "no time was left")
            return
        limit = min(part.limit, self._whole.left())
        self.clock = Clock(limit)
        self.say(f"{part.name}: {part.title}, at most {limit:.0f} s")
        start = time.monotonic()
        try:
            found = part.run(self)
        except Stopped:
            self.skip(part, "the run was ended")
            raise
        except Refused as reason:
            found = {"result": all_parts.FAILED, "detail": str(reason)}
        except Exception as error:  # a mistake in one part must not cost the others
            found = {"result": all_parts.FAILED, "detail": f"this script failed: {type(error).__name__}: {error}"}
        self.results[part.name] = {"title": part.title, "seconds": round(time.monotonic() - start, 1), **found}
        self.say(f"{part.name}: {found['result']}: {found['detail']}" if found["detail"] else
                 f"{part.name}: {found['result']}")

    def skip(self, part, reason):
        self.results[part.name] = {"title": part.title, "seconds": 0, "result": NOT_RUN, "detail": reason}


def run(options):
    """Runs the parts and writes the report folder after each. Returns an exit status. Throws Refused."""
    if not GFNET.exists():
        raise Refused(f"{GFNET.relative_to(ROOT)} is not built: scripts/build release")
    try:
        options.report.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{options.report}: {error.strerror}") from error
    begun = datetime.datetime.now(datetime.timezone.utc)
    with tempfile.TemporaryDirectory(prefix="gfnet-gpu-day-") as folder:
        day = Day(options, Path(folder))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: day.runner.stop())
        whole = report_folder.facts(begun, options)
        device, *others = options.parts
        wanted = [part for part in others if not options.only or part.name in options.only]
        reason = "the run was ended"
        try:
            whole["gfnet"] = report_folder.version(day)
            day.run_part(device)
            report_folder.write(options.report, day, whole)
            if day.results["device"]["result"] != all_parts.OK:
                reason = "there is no device"
                raise Stopped
            for part in wanted:
                day.run_part(part)
                report_folder.write(options.report, day, whole)
        except Stopped:
            for part in (device, *wanted):
                if part.name not in day.results:
                    day.skip(part, reason)
        status = 0 if all(found["result"] == all_parts.OK for found in day.results.values()) else 1
        for part in others:
            if part not in wanted:
                day.skip(part, "not asked for")
        report_folder.write(options.report, day, whole)
        day.say(f"report: {options.report / 'report.md'}")
        return status


def main(given=None):
    options = arguments(given)
    try:
        if options.list:
            for part in options.parts:
                print(f"{part.name:28} {part.limit:4.0f} s  {part.title}")
            return 0
        if options.pack:
            pack.pack(options.pack)
            return 0
        return run(options)
    except Refused as error:
        say(error)
        return 2
