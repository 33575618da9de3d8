"""docs/devices.md, made from the records in docs/devices.json alone."""
from collections import Counter

import device_table
import jobs
import record_file

DRIVERS = {"radeon": "RADV", "intel": "ANV", "intel_hasvk": "HASVK", "nouveau": "NVK", "freedreno": "Turnip",
           "asahi": "Honeykrisp", "panfrost": "PanVK", "broadcom": "V3DV", "powervr_mesa": "PVR"}
ALL_KERNELS = "all-kernels"


def write(folder, records, devices):
    """Adds records to a folder's devices.json and writes its devices.md. devices: of the table, for their order."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = record_file.update(folder / "devices.json", records, [device.name for device in devices])
    (folder / "devices.md").write_text(render(kept), encoding="utf-8")


def render(records):
    """The document's text."""
    records = sorted(records, key=lambda record: device_table.VENDORS.index(record["vendor"]))
    offered = [record for record in records if record["offered"]]
    parts = [_head(records),
             "## Plans\n\n" + _PLANS_TEXT + "\n\n" + table(_PLAN_COLUMNS, [_plan_row(record) for record in records]),
             "## Registers and occupancy\n\n" + _KERNELS_TEXT + "\n\n" +
             table(_KERNEL_COLUMNS, [row for record in offered for row in _kernel_rows(record)]),
             "## All kernels\n\n" + _ALL_TEXT + "\n\n" +
             table(_ALL_COLUMNS, [_all_row(record) for record in offered if ALL_KERNELS in record["runs"]]),
             "## What is not ok, and why\n\n" + (_faults(records) or "Nothing.\n")]
    return "\n".join(parts)


def table(columns, rows):
    """A Markdown table whose columns are aligned in the source, too. columns: titles; "title:" aligns right."""
    titles = [title.rstrip(":") for title in columns]
    right = [title.endswith(":") for title in columns]
    widths = [max(3, *(len(row[i]) for row in [titles, *rows])) for i in range(len(columns))]

    def line(cells):
        padded = (cell.rjust(width) if is_right else cell.ljust(width)
                  for cell, width, is_right in zip(cells, widths, right))
        return f"| {' | '.join(padded)} |\n"

    marks = [("-" * (width - 1) + ":") if is_right else "-" * width for width, is_right in zip(widths, right)]
    return line(titles) + line(marks) + "".join(map(line, rows))


_PLANS_TEXT = """\
Plans of the bundled model, XS and H-Ti in fp32 and fp16, for batches of 1 and 8 images, with the kernels that gfnet
takes without measuring. **plans**: how many compiled, of how many that were tried. **worst spills**: values that did
not fit the registers of one kernel, or the instructions that move them, as the driver counts. **processor s**: seconds
of processor time, of all cores together, for the plan that took the longest; PanVK, V3DV and PVR ran in an emulator,
which takes longer. **matrix units**: the shapes that gfnet can use, and whether a plan uses them. The name of a GPU in
an AMD processor contains the name of the processor that compiled."""

_KERNELS_TEXT = """\
What the drivers say of two kernels of GFNet-XS at batch 8: the first product of the first block's MLP (fc1) and its
global filter. A register is what the driver calls so: 32 bits of one invocation on RADV, NVK and PVR, 16 bits of one
invocation on Honeykrisp, 128 bits of one invocation on Turnip, a vector register of a subgroup on ANV and HASVK.
PanVK's occupancy is 2 where as many threads run as a core has room for, and 1 where only half of them do."""

_ALL_TEXT = """\
Every kernel of the library (`gfnet plan --compile --all-kernels`), also those that no plan takes on this device.
Kernels for matrix units are left out where the device has none."""

_PLAN_COLUMNS = ("device", "offered as", "driver", "Vulkan", "fp16", "matrix units", "plans", "worst spills:", "in",
                 "processor s:")
_KERNEL_COLUMNS = ("device", "precision", "fc1", "registers:", "occupancy", "filter", "registers:", "occupancy")
_ALL_COLUMNS = ("device", "compiled:", "spilling:", "worst spills:", "in", "processor s:")


def _head(records):
    def counted(key):
        return ", ".join(f"{value} ({count})" for value, count in Counter(r[key] for r in records).most_common())

    vendors = len({record["vendor"] for record in records})
    return f"""# Devices

Written by `scripts/driver-matrix` from devices.json, which holds what it measured; edit neither.

The shader compilers of {len(records)} devices of {vendors} vendors compiled gfnet's kernels, on a machine that has none
of these devices. Mesa's drivers run here as they would there, behind a small library that answers for the kernel
([how](../tests/drivers/README.md)). Nothing was executed. So this shows that a driver accepts the kernels, and what it
says of registers and spills; it does not show that results are right or fast. Core counts, memory sizes and Mali's
number of threads are made up, so choices that depend on them may differ on the real device.

Devices by driver: {counted("driver_version")}. By gfnet: {counted("gfnet")}.
"""


def _plans(record):
    return {name: run for name, run in record["runs"].items() if name != ALL_KERNELS}


def _done(runs):
    return {name: run for name, run in runs.items() if "failure" not in run}


def _run_title(name):
    """"gfnet-h-ti.fp16.8" → "H-Ti fp16 8"."""
    model, precision, batch = name.rsplit(".", 2)
    return f"{ {'gfnet-cifar10': 'bundled', 'gfnet-xs': 'XS', 'gfnet-h-ti': 'H-Ti'}[model]} {precision} {batch}"


def _driver(record):
    return DRIVERS[record["driver"]]


def _plan_row(record):
    offered = record["offered"]
    if not offered:
        return [record["name"], "not offered", _driver(record), *[""] * (len(_PLAN_COLUMNS) - 3)]
    plans, done = _plans(record), _done(_plans(record))
    row = [record["name"], offered["name"].strip() or "(no name)", _driver(record), offered["api_version"],
           _halves(offered), _matrices(offered, done),
           f"{len(plans)} ok" if len(done) == len(plans) else f"{len(done)} of {len(plans)}"]
    if not done:
        return [*row, "", "", ""]
    worst = max(done, key=lambda name: done[name]["spills"])
    where = f"{_run_title(worst)}: {done[worst]['worst']}" if done[worst]["spills"] else ""
    return [*row, str(done[worst]["spills"]), where, f"{max(run['processor_seconds'] for run in done.values()):.1f}"]


def _halves(offered):
    if not offered["fp16_storage"]:
        return "no"
    return "yes" if offered["fp16_arithmetic"] else "storage only"


def _matrices(offered, done):
    if not offered["matrix_shapes"]:
        return "no"
    shapes = ", ".join("×".join(map(str, shape)) for shape in offered["matrix_shapes"])
    return f"{shapes}{'' if any(run['matrix'] for run in done.values()) else '; in no plan'}"


def _kernel_rows(record):
    for precision in jobs.PRECISIONS:
        cells = []
        for step in ("fc1", "filter"):
            kernel = record["kernels"][precision][step] or {}
            cells += [kernel.get("kernel") or "-", kernel.get("registers") or "-", kernel.get("occupancy") or "-"]
        if set(cells) != {"-"}:
            yield [record["name"], precision, *cells]


def _all_row(record):
    run = record["runs"][ALL_KERNELS]
    if "failure" in run:
        return [record["name"], "failed", "", "", "", f"{run['processor_seconds']:.1f}"]
    return [record["name"], str(run["pipelines"]), str(run["spilling"]), str(run["spills"]), run.get("worst", ""),
            f"{run['processor_seconds']:.1f}"]


def _faults(records):
    """A list entry for each kind of fault: the devices and runs that have it."""
    found = {}
    for record in records:
        if not record["offered"]:
            found.setdefault(f"not offered: {record['refusal']}", []).append(record["name"])
        failures = {}
        for name, run in record["runs"].items():
            if "failure" in run:
                failures.setdefault(run["failure"], []).append(name)
            elif run["spills"] and name != ALL_KERNELS:
                reason = f"{run['spills']} spills in {run['worst']}; the rule knows none that needs fewer registers"
                failures.setdefault(reason, []).append(name)
        for reason, names in failures.items():
            titles = ", ".join(name if name == ALL_KERNELS else _run_title(name) for name in names)
            found.setdefault(f"{titles}: {_plain(reason, record)}", []).append(record["name"])
    return "".join(f"- {', '.join(names)}: {reason}\n" for reason, names in found.items())


def _plain(reason, record):
    """A reason without the device's own name, so that the same reason of several devices is one."""
    return reason.replace(f" on {record['offered']['name']}", "") if record["offered"] else reason
