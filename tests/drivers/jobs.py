"""What is compiled on a device, and one run of it."""
import json
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from fnmatch import fnmatch

import checkpoints
from folders import BUILD
from machines import digest

FORMAT = 1  # of an outcome
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


def chosen_jobs(patterns):
    """Those of compiling_jobs() whose names fit one of these, such as "gfnet-xs.*". Throws ValueError."""
    every = compiling_jobs()
    for pattern in patterns:
        if not any(fnmatch(job.name, pattern) for job in every):
            raise ValueError(f"no plan {pattern}; there are {', '.join(job.name for job in every)}")
    return [job for job in every if any(fnmatch(job.name, pattern) for pattern in patterns)]


def known(machine, device, job, limit):
    """The outcome of this job if it was run before with the same gfnet, driver, settings and limit, else None."""
    file = _file(device, job)
    outcome = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return outcome if outcome.get("key") == _key(machine, device, limit) else None


def run(machine, device, job, limit):
    """Runs a job within `limit` seconds and writes the outcome to a file. Returns it. Throws NotHere, Broken.

    {"device", "job", "driver": version, "key", "seconds", "processor_seconds": of all cores together,
    "status": exit status or signal name or "time limit", "stderr": last lines, "output": what gfnet printed, None if
    that is no JSON}
    """
    arguments = job.arguments if job == DESCRIBE else (*job.arguments, "--device", device.shown_as)
    command, environment = machine.command(device, *arguments)
    start, processor_start = time.monotonic(), _processor_seconds()
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=limit, stdin=subprocess.DEVNULL,
                              check=False)
        status, stdout, stderr = _status(done.returncode), done.stdout, done.stderr
    except subprocess.TimeoutExpired as stopped:
        status, stdout, stderr = "time limit", b"", stopped.stderr or b""
    outcome = {"device": device.name, "job": job.name, "driver": machine.driver_version(),
               "key": _key(machine, device, limit),
               "seconds": round(time.monotonic() - start, 2),
               "processor_seconds": round(_processor_seconds() - processor_start, 2), "status": status,
               "stderr": stderr.decode(errors="replace").strip().splitlines()[-5:], "output": _parsed(stdout)}
    file = _file(device, job)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(outcome, indent=1), encoding="utf-8")
    part.rename(file)
    return outcome


def _file(device, job):
    return RAW / device.name / f"{job.name}.json"


def _key(machine, device, limit):
    return [FORMAT, machine.key(), digest(*checkpoints.SOURCES), list(map(list, device.environment)), limit]


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
