"""What is compiled on a device, and one run of it."""
import json
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import checkpoints
from folders import BUILD
from machines import digest

RAW = BUILD / "raw"  # DEVICE/JOB.json: what came out of each run
PRECISIONS = ("fp32", "fp16")
BATCHES = (1, 8)


@dataclass(frozen=True)
class Job:
    name: str         # such as "gfnet-xs.fp16.8", or "all-kernels"
    arguments: tuple  # of gfnet


# The driver's description of the device, and which kernel each step of two plans runs.
DESCRIBE = Job("devices", ("devices", "--json"))
STEPS_MODEL, STEPS_BATCH = "gfnet-xs", 8


def steps_jobs():
    return [Job(f"steps.{precision}", ("plan", "--json", "--precision", precision, "--batch", str(STEPS_BATCH),
                                       str(checkpoints.path(STEPS_MODEL)))) for precision in PRECISIONS]


def compiling_jobs():
    """Every model in every precision and batch size, and all kernels of the library."""
    plans = [Job(f"{model}.{precision}.{batch}",
                 ("plan", "--compile", "--json", "--precision", precision, "--batch", str(batch),
                  str(checkpoints.path(model))))
             for model in checkpoints.MODELS for precision in PRECISIONS for batch in BATCHES]
    return [*plans, Job("all-kernels", ("plan", "--compile", "--json", "--all-kernels"))]


def few_jobs():
    """Some of compiling_jobs(): each kind of kernel once."""
    wanted = ("gfnet-cifar10.fp32.1", "gfnet-xs.fp32.8", "gfnet-xs.fp16.8")
    return [job for job in compiling_jobs() if job.name in wanted]


def run(machine, device, job, limit, again=False):
    """Runs a job within `limit` seconds and writes the outcome to a file. Returns it. Throws NotHere, Broken.

    {"device", "job", "driver": version, "key", "seconds", "processor_seconds": of all cores together,
    "status": exit status or signal name or "time limit", "stderr": last lines, "output": what gfnet printed, None if
    that is no JSON}
    If there is an outcome from the same gfnet, driver, settings and limit, returns that, unless `again`.
    """
    file = RAW / device.name / f"{job.name}.json"
    sources = digest(Path(__file__).resolve(), *checkpoints.SOURCES)
    key = [machine.key(), sources, list(map(list, device.environment)), limit]
    if file.exists() and not again:
        known = json.loads(file.read_text(encoding="utf-8"))
        if known["key"] == key:
            return known
    arguments = job.arguments if job == DESCRIBE else (*job.arguments, "--device", device.shown_as)
    command, environment = machine.command(device, *arguments)
    start, processor_start = time.monotonic(), _processor_seconds()
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=limit, stdin=subprocess.DEVNULL,
                              check=False)
        status, stdout, stderr = _status(done.returncode), done.stdout, done.stderr
    except subprocess.TimeoutExpired as stopped:
        status, stdout, stderr = "time limit", b"", stopped.stderr or b""
    outcome = {"device": device.name, "job": job.name, "driver": machine.driver_version(), "key": key,
               "seconds": round(time.monotonic() - start, 2),
               "processor_seconds": round(_processor_seconds() - processor_start, 2), "status": status,
               "stderr": stderr.decode(errors="replace").strip().splitlines()[-5:], "output": _parsed(stdout)}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(outcome, indent=1), encoding="utf-8")
    part.rename(file)
    return outcome


def _processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _status(code):
    return signal.Signals(-code).name if code < 0 else code


def _parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None
