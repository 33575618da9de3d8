"""The parts of a GPU day, in the order of their worth. Each returns what it found, for results.json and the report.

A part is a function of the day that returns {"result": OK or FAILED or a word of its own, "detail": one line, …}.
"""
import functools
import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import Callable

import checked_kernels
import checkpoints
import environment as peers
import jobs
import measured
import tuner_log
from device_tests import NO_TIME, RESULTS, Programs, counts
from places import GFNET, ROOT, TEST_PROGRAMS, Refused
from runner import QUIET, TIME_LIMIT

OK, FAILED, STOPPED = "ok", "failed", "time limit"
# Test programs that judge times, and so run alone.
TIMED = ("test_tuning", "test_bench")
# Peers that compile for minutes, or are not on a machine without a network.
SLOW_PEERS = ("compiled", "autotuned", "onnx")
BUNDLED, XS, H_TI = checkpoints.MODELS


@dataclass(frozen=True)
class Part:
    name: str      # for --only, and of the logs
    title: str
    limit: float   # seconds
    run: Callable


@dataclass(frozen=True)
class Sizes:
    """What is run.

    batches: for each model that is measured, most worthy first. slow_batches: of the first model, beside peers that
    compile for minutes. tuner_batches: as batches, for the tuner. plans: of jobs.compiling_jobs(). grids: of gfnet
    bench --scaling. tests: seconds for all test programs. quiet: seconds that a test case may say nothing.
    """
    batches: dict
    slow_batches: tuple
    tuner_batches: dict
    plans: tuple
    grids: str
    tests: float
    quiet: float


WHOLE = Sizes(batches={XS: (64, 1, 8), H_TI: (64, 1), BUNDLED: (64, 1)}, slow_batches=(64,),
              tuner_batches={XS: (64, 1), H_TI: (64,), BUNDLED: (64,)}, plans=("*",), grids="28,56,84,112,140,168",
              tests=170, quiet=60)
# For a software driver on a few cores.
REHEARSAL = Sizes(batches={BUNDLED: (1,), XS: (1,)}, slow_batches=(), tuner_batches={BUNDLED: (1,)},
                  plans=(f"{BUNDLED}.*",), grids="28,56", tests=240, quiet=120)


def parts(sizes):
    """The parts, most worthy first."""
    first, *others = sizes.batches
    listed = [Part("device", "the device and its driver", 60, find_device),
              Part("check", "gfnet check", 150, check),
              Part("tests", "the test programs that need a device", sizes.tests, tests),
              _measure_part(first, sizes, 200),
              Part("tuner", "what the tuner measures and takes", 90, tuner),
              *(_measure_part(model, sizes, 100) for model in others),
              Part("plans", "gfnet plan --compile", 60, plans),
              Part("scaling", "gfnet bench --scaling", 40, scaling)]
    if sizes.slow_batches:
        listed.append(Part("measure-compiled", f"scripts/measure, {first}, beside torch.compile", 300,
                           lambda day: measure(day, first, sizes.slow_batches, ("autotuned", "onnx"), "compiled")))
    return listed


def _measure_part(model, sizes, limit):
    return Part(f"measure-{model}", f"scripts/measure, {model}", limit,
                lambda day: measure(day, model, sizes.batches[model], SLOW_PEERS, model))


def outcome(finished, **found):
    """A part's result from how its only command ended."""
    result = OK if finished.status == 0 else STOPPED if finished.status in (TIME_LIMIT, QUIET) else FAILED
    return {"result": result, "detail": finished.reason(), **found}


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


# --- the device -----------------------------------------------------------------------------------------------------

def find_device(day):
    """Finds the device, with another driver file if the loader finds no GPU. Throws Refused if there is none."""
    tried = []
    for number, (how, settings, folders) in enumerate(day.surroundings.driver_attempts()):
        finished = day.run(f"devices.{number}", [GFNET, "devices", "--json"],
                           day.surroundings.trying(settings, folders), 30)
        devices = parsed(finished.output) if finished.status == 0 else None
        found = choose(devices or [], day.device)
        if found:
            day.surroundings.take({**settings, "GFNET_DEVICE": str(found["index"])}, folders)
            facts = [["driver found by", how], *day.surroundings.facts, *smi(day)]
            return {"result": OK, "detail": f"{found['name']}, {found['driver']}", "device": found, "facts": facts}
        names = ", ".join(device["name"] for device in devices or [])
        tried.append(f"{how}: {names or finished.reason() or 'no device'}")
    wanted = day.device or "no GPU"
    raise Refused(f"{'no ' if day.device else ''}{wanted} found: {'; '.join(tried)}")


def choose(devices, wanted):
    """The device that is meant: by index or part of a name, as for gfnet; without it the first GPU. Or None."""
    if wanted:
        return next((device for device in devices if str(device["index"]) == wanted
                     or wanted.lower() in device["name"].lower()), None)
    gpus = [device for device in devices if device["type"] != "cpu"]
    return next((device for device in gpus if device["default"]), gpus[0] if gpus else None)


def smi(day):
    """What NVIDIA's tool says of the GPU, if it is there."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    fields = "name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit"
    finished = day.run("nvidia-smi", [tool, f"--query-gpu={fields}", "--format=csv,noheader"], dict(os.environ), 20)
    day.run("nvidia-smi.whole", [tool], dict(os.environ), 20)
    said = finished.output.strip().splitlines() if finished.status == 0 else [finished.reason()]
    return [["nvidia-smi", "; ".join(said)]]


# --- right ----------------------------------------------------------------------------------------------------------

def check(day):
    finished = day.run("check", [GFNET, "check", "--json", checkpoints.path(BUNDLED)], day.environment())
    report = parsed(finished.output)
    if not report:
        return outcome(finished, report=None)
    return {"result": OK if report["all_right"] else FAILED,
            "detail": checked_kernels.summary(report["kernels"]), "report": report}


def tests(day):
    programs = {name: TEST_PROGRAMS / name for name in day.test_programs}
    missing = [name for name, path in programs.items() if not path.exists()]
    present = {name: path for name, path in programs.items() if name not in missing}
    broken = broken_layer(day)
    with_layer = day.surroundings.has_layer and not broken
    environment = day.environment(GFNET_VALIDATION="1" if with_layer else "0")
    runs = Programs(day.runner, environment, day.sizes.quiet, day.clock)
    cases, ended = [], {}
    alone = {name: path for name, path in present.items() if name in TIMED}
    others = {name: path for name, path in present.items() if name not in TIMED}
    for group, at_once, later in ((others, day.at_once, len(alone)), (alone, 1, 0)):
        found, why = runs.run(group, at_once, later)
        cases += found
        ended.update(why)
    ended.update({name: "not built" for name in missing})
    if with_layer:
        runs.run_again_without_layer(present, cases)
    found = counts(cases)
    notes = [", ".join(f"{found[result]} {result}" for result in RESULTS if found[result]) or "no case ran"]
    if ended:
        notes.append(f"not to the end: {', '.join(ended)}")
    if broken:
        notes.append(f"without the validation layer, which fails here: {broken}")
    bad = any(case.is_bad for case in cases) or missing
    out_of_time = all(why == NO_TIME or why.startswith("stopped after") for why in ended.values())
    result = FAILED if bad or not out_of_time else STOPPED if ended else OK
    return {"result": result, "detail": "; ".join(notes), "cases": [vars(case) for case in cases], "ended": ended,
            "programs": list(programs)}


def broken_layer(day):
    """Why no test can run with the validation layer, or "": it crashes or hangs even where nothing is wrong.

    Its messages are no reason: a test that fails with one is run again without it.
    """
    if not day.surroundings.has_layer:
        return ""
    finished = day.run("layer", [GFNET, "bench", "--sections", "latency", "--runs", "3", "--tune", "never"],
                       day.environment(GFNET_VALIDATION="1"), day.sizes.quiet)
    return finished.reason() if isinstance(finished.status, str) else ""


# --- fast -----------------------------------------------------------------------------------------------------------

@functools.cache
def has_numpy():
    return any(peers.passes(python, peers.PROBES["numpy"]) for python in peers.own_interpreters())


def measure(day, model, batches, skipped, name):
    """scripts/measure with one model, beside what is on the machine. Without numpy, gfnet bench alone."""
    if not has_numpy():
        return bench(day, model, batches)
    folder = day.work / "measurements" / name
    finished = day.run(f"measure-{name}", [
        sys.executable, "-B", ROOT / "scripts" / "measure", "--gfnet", day.surroundings.command(), "--model",
        checkpoints.path(model),
        "--device", day.results["device"]["device"]["index"], "--batch", *batches, "--skip", *skipped, "--quick",
        "--no-scaling", "--no-install", "--output", folder], day.surroundings.python_environment())
    files = sorted(folder.glob("*.json"))
    measurement = parsed(files[0].read_text(encoding="utf-8")) if files else None
    found = outcome(finished, measurement=measurement)
    if measurement:
        compared = measurement["comparisons"]
        names = {row["title"] for comparison in compared for row in comparison["rows"] if row["name"] != "engine"}
        done = f"comparisons: {len(compared)}, with {', '.join(sorted(names)) or 'nothing else'}"
        found["detail"] = f"{done}; {found['detail']}" if found["detail"] else done
    return found


def bench(day, model, batches):
    precisions = ("fp32",) if day.results["device"]["device"]["type"] == "cpu" else _precisions(day)
    texts = []
    for precision in precisions:
        finished = day.run(f"bench-{model}.{precision}", [
            GFNET, "bench", "--model", checkpoints.path(model), "--precision", precision, "--seconds", "0.5",
            "--batch", ",".join(map(str, batches))], day.environment())
        texts.append(finished.output)
        if finished.status != 0:
            break
    found = outcome(finished, bench=texts)
    found["detail"] = f"gfnet bench alone, because no Python here has numpy; {found['detail']}".removesuffix("; ")
    return found


def scaling(day):
    """One block on growing grids."""
    finished = day.run("scaling", [GFNET, "bench", "--scaling", "--seconds", "6", "--grids", day.sizes.grids, "--json"],
                       day.environment())
    return outcome(finished, scaling=parsed(finished.output))


def tuner(day):
    """The time of every candidate, from a cache of its own, so that all are measured."""
    found, failures = [], []
    cache = day.work / "tuner-cache"
    precisions = ("fp32",) if day.results["device"]["device"]["type"] == "cpu" else _precisions(day)[::-1]
    settings = [(model, precision) for model in day.sizes.tuner_batches for precision in precisions]
    finished = None
    for model, precision in settings:
        if day.clock.left() <= 0:
            failures.append(f"{model} {precision}: no time was left")
            continue
        finished = day.run(f"tuner-{model}.{precision}", [
            GFNET, "bench", "--model", checkpoints.path(model), "--precision", precision, "--tune", "always",
            "--sections", "throughput", "--runs", "3", "--batch", ",".join(map(str, day.sizes.tuner_batches[model]))],
            day.environment(GFNET_LOG="debug", GFNET_CACHE=str(cache)))
        choices = tuner_log.read(finished.errors)
        found += [{"model": model, "precision": precision, **choice} for choice in choices]
        if finished.status != 0:
            failures.append(f"{model} {precision}: {finished.reason()}")
    changed = sum(1 for choice in found if choice["candidates"]
                  and tuner_log.chosen(choice) is not choice["candidates"][0])
    detail = "; ".join([f"{len(found)} choices, {changed} other than without tuning", *failures])
    result = OK if not failures else STOPPED if finished and finished.status == TIME_LIMIT else FAILED
    return {"result": result, "detail": detail, "choices": found}


def _precisions(day):
    """Those that the device can compute in."""
    return ("fp32", "fp16") if day.results["device"]["device"]["fp16_storage"] else ("fp32",)


def plans(day):
    """What the driver says of the code of plans."""
    runs, failures = {}, []
    for job in jobs.chosen_jobs(day.sizes.plans):
        if "fp16" in job.name and "fp16" not in _precisions(day):
            continue
        if day.clock.left() <= 0:
            failures.append(f"{job.name}: no time was left")
            continue
        finished = day.run(f"plan-{job.name}", [GFNET, *job.arguments], day.environment())
        runs[job.name] = measured.run_record({
            "seconds": finished.seconds, "processor_seconds": 0, "status": finished.status,
            "stderr": finished.errors.strip().splitlines()[-5:], "output": parsed(finished.output)})
        if "failure" in runs[job.name]:
            failures.append(f"{job.name}: {runs[job.name]['failure']}")
    spilling = sum(1 for run in runs.values() if run.get("spilling"))
    detail = "; ".join([f"{len(runs)} compiled, {spilling} with spills" if runs else "none compiled", *failures])
    timed_out = any("longer than" in text or "no time" in text for text in failures)
    return {"result": OK if not failures else STOPPED if timed_out else FAILED, "detail": detail, "runs": runs}
