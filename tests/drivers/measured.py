"""From the outcomes of a device's runs to its record: the facts that docs/devices.json keeps."""
import jobs
from folders import ROOT

# How lines start that drivers, the preloaded libraries and the emulator write even if all is well, or at every abort.
NOT_THE_REASON = ("DRM_SHIM", "DRM_IOCTL", "WARNING", "MESA: warning", "MESA: error: Opening", "qemu: uncaught")
OCCUPANCY = ("subgroups/SIMD", "subgroups/core", "threads/core")


def record(device, outcomes, version):
    """The record of a device. outcomes: {job name: outcome}, as jobs.run returns. version: of gfnet."""
    described = outcomes[jobs.DESCRIBE.name]
    offered = next((one for one in described["output"] or () if device.shown_as in one["name"]), None)
    return {
        "name": device.name, "vendor": device.vendor, "driver": device.driver, "driver_version": described["driver"],
        "gfnet": version, "offered": offered, "refusal": "" if offered else _refusal(device, described),
        "runs": {job.name: run_record(outcomes[job.name]) for job in jobs.compiling_jobs() if job.name in outcomes},
        "kernels": {precision: {step: _kernel_of(step, precision, outcomes) for step in ("fc1", "filter")}
                    for precision in jobs.PRECISIONS}}


def run_record(outcome):
    """What one run compiled: the worst spills, or why it failed."""
    kept = {"seconds": outcome["seconds"], "processor_seconds": outcome["processor_seconds"]}
    pipelines = [entry for entry in outcome["output"] or () if "refusal" not in entry]
    if outcome["status"] != 0 or not pipelines:
        return {**kept, "failure": _reason(outcome)}
    spilling = [entry for entry in pipelines if spills(entry) > 0]
    kept.update(pipelines=len(pipelines), spilling=len(spilling), spills=0,
                matrix=any("_matrix" in entry["kernel"] for entry in pipelines))
    if spilling:
        worst = max(spilling, key=spills)
        kept.update(spills=spills(worst), worst=title(worst))
    return kept


def worse(record, known):
    """What a record has that is worse than in an earlier one of its device: texts. New runs do not count."""
    if known["offered"] and not record["offered"]:
        return [f"not offered: {record['refusal']}"]
    found = []
    for name in record["runs"].keys() & known["runs"].keys():
        run, before = record["runs"][name], known["runs"][name]
        if "failure" in run and "failure" not in before:
            found.append(f"{name}: {run['failure']}")
        elif "failure" not in run and run["spills"] > before.get("spills", run["spills"]):
            found.append(f"{name}: {run['spills']} spills in {run['worst']}, {before['spills']} before")
    return sorted(found)


def spills(entry):
    """How much a pipeline spills to memory: values or instructions, as its driver counts."""
    return int(entry.get("summary", {}).get("spilled", 0))


def title(entry):
    """A pipeline's kernel and its specialisation constants."""
    return f"{entry['kernel']} {','.join(map(str, entry['specialization']))}".strip()


def _kernel_of(step, precision, outcomes):
    """What the driver says of the kernel of the first block's fc1 or filter. None if the plan did not compile."""
    steps = outcomes.get(f"steps.{precision}", {}).get("output")
    compiled = outcomes.get(f"{jobs.STEPS_MODEL}.{precision}.{jobs.STEPS_BATCH}", {}).get("output")
    if not steps or not compiled:
        return None
    wanted = next((one for one in steps["steps"] if one["name"].startswith("blocks.0.")
                   and one["name"].endswith(f".{step}") and "kernel" in one), None)
    entry = wanted and next((one for one in compiled if one["kernel"] == wanted["kernel"]
                             and one["specialization"] == wanted.get("specialization", [])), None)
    if not entry:
        return None
    summary = entry.get("summary", {})
    return {"kernel": title(entry), "registers": summary.get("registers"),
            "occupancy": next((f"{summary[name]} {name}" for name in OCCUPANCY if name in summary), None)}


def _refusal(device, described):
    """Why a device is not among those that were described."""
    if described["output"]:
        names = ", ".join(one["name"] for one in described["output"])
        return f"no name contains {device.shown_as}: {names}"
    return _reason(described)


def _reason(outcome):
    """Why a run failed: what gfnet or the driver said last, in one line."""
    if outcome["status"] == "time limit":
        return f"took longer than {outcome['seconds']:.0f} s"
    said = [line for line in outcome["stderr"] if not line.startswith(NOT_THE_REASON)]
    last = next((line for line in reversed(said) if line.startswith("gfnet: ")), said[-1] if said else "")
    last = last.replace(f"{ROOT}/", "")
    if isinstance(outcome["status"], str):
        return f"{outcome['status']}{': ' + last if last else ''}"
    return last.removeprefix("gfnet: ") or f"exit status {outcome['status']}"
