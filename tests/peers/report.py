"""The report of a machine, docs/measurements/DEVICE.md, made from the JSON beside it.

A section is a function from the whole measurement to lines of Markdown; no lines if it has no figures.
SECTIONS is their order. The measurement is what scripts/measure gathers:

    {"date", "version", "machine", "device", "model", "bench": [JSON of gfnet bench, …],
     "scaling": its JSON with --scaling or None, "comparisons": [see comparison.py, …],
     "compiled": None if a GPU was measured, else {"gpu", "precision", "batch", "pipelines": JSON of gfnet plan
                  --compile, or "absence": why there are none}}
"""
import comparison_table
from ratios import best_peer
from tables import cell, heading, markdown_table, milliseconds, number, scaled

BEGIN = "<!-- conclusions: written by hand, kept when the report is made anew -->"
END = "<!-- end of the conclusions -->"
FLOPS = ["", "k", "M", "G", "T", "P"]
BYTES = ["B", "KiB", "MiB", "GiB"]
WAYS = {"fused": "one kernel, plus the tokens' statistics", "vkfft": "normalisation, VkFFT, product, VkFFT",
        "copy": "copy"}


def conclusions(report):
    """The text between the marks of an earlier report; "" without marks."""
    _, found, rest = report.partition(BEGIN)
    text, ended, _ = rest.partition(END)
    return text.strip() if found and ended else ""


def render(measurement, kept=""):
    """The whole report as Markdown. kept: the conclusions of an earlier report."""
    lines = [f"# {measurement['device']['name']}", "", BEGIN, "", *([kept, ""] if kept else []), END, ""]
    for section in SECTIONS:
        body = section(measurement)
        if body:
            lines += [*body, ""]
    return "\n".join(lines).rstrip() + "\n"


def setting(measurement):
    device, machine, model = (measurement[key] for key in ("device", "machine", "model"))
    image = "×".join(map(str, model["input"]))
    rows = [
        ["date", measurement["date"]],
        ["gfnet", measurement["version"]],
        ["device", f"{device['name']}, {device['type']}"],
        ["driver", f"{device['driver']}, Vulkan {device['api_version']}"],
        ["processor", f"{machine['cpu']}, {machine['cores']} cores"],
        ["memory", scaled(machine["memory_bytes"], 1024, BYTES) if machine["memory_bytes"] else "unknown"],
        ["system", machine["system"]],
        ["model", f"{model['name']}, input {image}, {model['parameters'] / 1e6:.1f} M parameters, "
                  f"{2e-9 * model['macs']:.2f} GFLOP an image"],
    ]
    return markdown_table(["", ""], rows, left=2)


def against_others(measurement):
    if not measurement["comparisons"]:
        return []
    lines = ["## Comparison with other software", "",
             "All ran on the same machine with the same model and input, each on all cores. In every round they took "
             "turns. Times are medians over the rounds. Ratios are taken within a round, so that a drift of the "
             "machine cancels; the table gives their median, minimum and maximum. On a GPU the input is already on "
             "the device and the time ends with the logits in host memory; ONNX Runtime's WebGPU provider and ncnn, "
             "however, get their input from host memory. ncnn runs the images of a batch one after the other. Error: "
             "‖Δ‖/‖logits‖ against this engine in single precision. "
             "Software above the error bound is wrong, and is not timed. Inexact: it ran in a narrower precision than "
             "was asked for; its error is above the bound of the one, but below that of the other."]
    for comparison in measurement["comparisons"]:
        lines += ["", f"### {comparison_table.title(comparison).capitalize()}", "",
                  *comparison_table.markdown(comparison)]
    if len({comparison["batch"] for comparison in measurement["comparisons"]}) > 1:
        lines += best_throughput(measurement["comparisons"])
    return lines


def best_throughput(comparisons):
    """Each software at the batch with its highest throughput."""
    best = {}
    for comparison in comparisons:
        for row in comparison["rows"]:
            key = (row["name"], row["precision"])
            rate = row["summary"]["images_per_second"]
            if key not in best or rate > best[key][0]:
                best[key] = (rate, comparison["batch"], row["title"])
    rows = [[title, precision, str(batch), number(rate)]
            for (_, precision), (rate, batch, title) in sorted(best.items(), key=lambda item: -item[1][0])]
    return ["", "### Best throughput over these batches", "",
            *markdown_table(["software", "precision", "batch", "images/s"], rows)]


def ceiling(bench):
    """The device's measured ceiling in a bench's precision, in floating-point operations per second, or None."""
    ceilings = bench.get("ceilings") or {}
    names = ["fp32_flops_per_second"]
    if bench["model"]["precision"] == "fp16":
        names += ["fp16_flops_per_second", "matrix_flops_per_second"]
    return max((ceilings[name] for name in names if ceilings.get(name)), default=None)


def floor(measurement):
    """The least time that the network needs: its operations, or its weights, images and logits moved once."""
    model, benches = measurement["model"], {b["model"]["precision"]: b for b in measurement["bench"]}
    rows = []
    for comparison in measurement["comparisons"]:
        precision, batch = comparison["precision"], comparison["batch"]
        bench = benches.get(precision)
        if not bench or not ceiling(bench):
            continue
        size = 2 if precision == "fp16" else 4
        channels, height, width = model["input"]
        flops = 2 * model["macs"] * batch
        moved = size * model["parameters"] + 4 * batch * (channels * height * width + model["classes"])
        least = max(flops / ceiling(bench), moved / bench["ceilings"]["copy_bytes_per_second"])
        engine = next(row for row in comparison["rows"] if row["name"] == "engine")["summary"]["median_s"]
        other = best_peer(comparison)
        rows.append([comparison_table.title(comparison), scaled(flops, 1e3, FLOPS), scaled(moved, 1024, BYTES),
                     milliseconds(least), f"{milliseconds(engine)}, {engine / least:.2f}×",
                     f"{milliseconds(other['summary']['median_s'])}, {other['summary']['median_s'] / least:.2f}×"
                     if other else "none",
                     other["title"] if other else ""])
    if not rows:
        return []
    first = measurement["bench"][0]
    peak = ", ".join(f"{heading(key)} {cell(key, value)}" for key, value in first["ceilings"].items() if value)
    return ["## Floor", "",
            f"Ceilings of this device, measured through Vulkan: {peak}. The floor is the longer of two times at these "
            "rates: for the network's own operations, and for moving its weights, images and logits once. Other "
            "software can be below the floor if it uses the hardware better than the Vulkan driver does.", "",
            *markdown_table(["", "FLOP", "bytes", "floor", "this engine", "fastest other", "software"], rows)]


def throughput(measurement):
    rows = []
    for bench in measurement["bench"]:
        peak = ceiling(bench)
        for entry in bench.get("throughput", []):
            rows.append([bench["model"]["precision"], str(entry["batch"]), milliseconds(entry["median_s"]),
                         milliseconds(entry["min_s"]), number(entry["images_per_second"]),
                         scaled(entry["flops_per_second"], 1e3, FLOPS),
                         f"{100 * entry['flops_per_second'] / peak:.0f} %" if peak else ""])
    if not rows:
        return []
    return ["## Batch scaling", "", *markdown_table(
        ["precision", "batch", "median", "minimum", "images/s", "FLOP/s", "of ceiling"], rows)]


def latency(measurement):
    rows = [[bench["model"]["precision"], *(milliseconds(bench["latency"][key])
                                            for key in ("median_s", "p95_s", "min_s"))]
            for bench in measurement["bench"] if bench.get("latency")]
    if not rows:
        return []
    return ["## Latency of one image", "", *markdown_table(["precision", "median", "p95", "minimum"], rows)]


def kernels(measurement):
    lines = []
    for bench in measurement["bench"]:
        timed = bench.get("kernels")
        if not timed:
            continue
        total = sum(kernel["seconds"] for kernel in timed["by_kernel"])
        rows = [[kernel["kernel"], str(kernel["steps"]), milliseconds(kernel["seconds"]),
                 f"{100 * kernel['seconds'] / total:.1f} %", scaled(kernel["flops_per_second"], 1e3, FLOPS),
                 scaled(kernel["bytes_per_second"], 1e3, FLOPS) + "B", kernel["bound"],
                 f"{100 * kernel['share']:.0f} %"] for kernel in timed["by_kernel"]]
        lines += [f"## Kernels, batch {timed['batch']}, {bench['model']['precision']}", "", *markdown_table(
            ["kernel", "steps", "time", "share", "FLOP/s", "bytes/s", "bound by", "of ceiling"], rows), "",
            f"{milliseconds(total)} in kernels, {milliseconds(timed['wall_s'])} from submission to results.", ""]
    return lines[:-1]


def spectral(measurement):
    """Times of the candidates for each spectral layer, and of a copy of its tensor."""
    timings = next((bench["spectral"] for bench in measurement["bench"] if bench.get("spectral")), [])
    rows = [["×".join(map(str, [*timing["grid"], timing["channels"]])), WAYS.get(way["name"], way["name"]),
             str(timing["batch"]), milliseconds(way["median_s"]), milliseconds(way["min_s"]),
             f"{way['over_first']:.2f}×", f"{way['over_copy']:.2f}×"] for timing in timings for way in timing["ways"]]
    if not rows:
        return []
    return ["## Spectral layer", "",
            "Times of a block's first normalisation and its global filter in single precision, and of a copy of the "
            "tensor that they read and write. The candidates take turns in one run. Ratios are taken within a "
            "round; the table gives their median.", "", *markdown_table(
                ["grid and channels", "candidate", "batch", "median", "minimum", "vs. first", "vs. copy"], rows,
                left=2)]


def startup(measurement):
    return _facts(measurement, "startup", "Start-up")


def memory(measurement):
    return _facts(measurement, "memory", "Memory")


def _facts(measurement, key, title):
    """One row per quantity, one column per precision."""
    benches = [bench for bench in measurement["bench"] if bench.get(key)]
    if not benches:
        return []
    rows = [[heading(name), *(cell(name, bench[key].get(name)) for bench in benches)] for name in benches[0][key]]
    return [f"## {title}", "", *markdown_table(["", *(b["model"]["precision"] for b in benches)], rows)]


def scaling(measurement):
    """A block on increasingly large grids: the columns of gfnet bench --scaling, formatted by their names' endings."""
    measured = measurement.get("scaling") or {}
    records = measured.get("scaling") or []
    if not records:
        return []
    names = [name for name in records[0] if not name.endswith("_runs")]
    rows = [[cell(name, record.get(name)) for name in names] for record in records]
    return ["## Resolution scaling", "",
            f"One block of {measured['channels']} channels, batch {measured['batch']}, {measured['precision']}, "
            "random weights. Times are medians of the kernels' time on the device's clock. The spectral layer is both "
            "normalisations, the transforms and the filter. All grids take turns. Growth is the layer's time per token "
            "divided by that of the first grid in the same round, so that a drift of the machine cancels; median over "
            f"{records[0]['spectral_runs']} rounds.", "",
            *markdown_table([heading(name) for name in names], rows)]


# RADV's name of a pipeline statistic: the report's column.
COMPILED = {"Subgroup size": "subgroup", "VGPRs": "registers", "LDS size": "shared memory",
            "Spilled VGPRs": "spilled", "Scratch size": "scratch", "Subgroups per SIMD": "subgroups per SIMD",
            "Code size": "code"}


def compiled(measurement):
    """Pipeline statistics of a plan that was compiled for a GPU that was not present."""
    what = measurement.get("compiled")
    if not what:
        return []
    lines = ["## Compiled for a GPU that was not present", "",
             f"The plan in {what['precision']} at batch {what['batch']}, compiled by RADV for {what['gpu']}; "
             "nothing was run. Registers are vector registers per invocation; memory and code are in bytes."]
    if "absence" in what:
        return [*lines, "", f"It could not be compiled: {what['absence']}"]
    rows = []
    for pipeline in what["pipelines"]:
        figures = {figure["name"]: figure["value"] for figure in pipeline["figures"]}
        rows.append([pipeline["kernel"], ",".join(map(str, pipeline["specialization"])), str(pipeline["steps"]),
                     "×".join(map(str, pipeline["workgroup"])), *(figures.get(name, "") for name in COMPILED)])
    return [*lines, "", *markdown_table(["kernel", "constants", "steps", "workgroup", *COMPILED.values()], rows,
                                        left=2)]


SECTIONS = (setting, against_others, floor, latency, throughput, scaling, kernels, spectral, compiled, startup, memory)
