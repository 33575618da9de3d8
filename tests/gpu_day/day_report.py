"""report.md of a GPU day, made from results.json alone.

A section is a function from the results of its part to lines of Markdown.
"""
from collections import Counter

import checked_kernels
import comparison_table
import report as measure_report
import tuner_log
from device_tests import BAD, RESULTS
from tables import cell, heading, markdown_table, number

NOT_RUN_YET = "not run yet"  # while the run goes on, or when it was killed


def render(whole):
    """The whole report. whole: what report_folder.write puts in results.json."""
    results = whole["results"]
    device = results.get("device", {}).get("device")
    lines = [f"# GPU day: {device['name'] if device else 'no device'}", "", *_head(whole), "", "## Parts", "",
             _verdict(whole), "", *_parts(whole)]
    for name, found in results.items():
        section = SECTIONS.get(name, measurement if name.startswith("measure-") else None)
        body = section(found) if section else []
        if body:
            lines += ["", f"## {TITLES.get(name) or found['title']}", "", *body]
    checked = results.get("check", {}).get("report")
    if checked:
        lines += ["", "## Every kernel that was checked", "", *_checked(checked["kernels"])]
    return "\n".join(lines) + "\n"


def _head(whole):
    here = whole["machine"]
    memory = cell("memory_bytes", here["memory_bytes"]) or "unknown"
    rows = [["begun", whole["date"]], ["gfnet", whole["gfnet"]],
            ["processor", f"{here['cpu']}, {here['cores']} cores, {memory}"],
            ["system", f"{here['system']}, kernel {here['kernel']}, glibc {here['glibc'] or 'none'}, "
                       f"Python {here['python']}"],
            ["programs", f"packed {whole['packed']['date']}, for glibc {whole['packed']['glibc']} and later"
             if whole["packed"] else "built on this machine"],
            ["time", f"{number(sum(found['seconds'] for found in whole['results'].values()))} s of "
                     f"{number(60 * whole['minutes'])} s"]]
    lines = markdown_table(["", ""], rows, left=2)
    if whole["rehearsal"]:
        lines = ["**A rehearsal**: few and small runs. Its figures say nothing about a GPU.", "", *lines]
    return lines


def _verdict(whole):
    """The parts that are not ok, in one line."""
    by_result = {}
    for name in whole["parts"]:
        result = whole["results"].get(name, {"result": NOT_RUN_YET})["result"]
        by_result.setdefault(result, []).append(name)
    by_result.pop("ok", None)
    texts = [f"{result}: {', '.join(names)}" for result, names in by_result.items()]
    return f"**{'; '.join(texts).capitalize()}.**" if texts else "**All parts are ok.**"


def _parts(whole):
    rows = []
    for name in whole["parts"]:
        found = whole["results"].get(name)
        rows.append([name, found["result"], f"{found['seconds']:.0f} s", found["detail"]] if found else
                    [name, NOT_RUN_YET, "", ""])
    return _table(["part", "result", "time:", "what"], rows)


def _table(columns, rows):
    """A table whose columns are aligned right where the title ends with ":"."""
    right = [number for number, title in enumerate(columns) if title.endswith(":")]
    return markdown_table([title.rstrip(":") for title in columns], rows, right=right)


def device(found):
    if "device" not in found:
        return []
    shown = found["device"]
    rows = [[heading(key), ", ".join("×".join(map(str, shape)) for shape in value) if isinstance(value, list)
             else cell(key, value)] for key, value in shown.items()]
    return markdown_table(["", ""], [*rows, *found["facts"]], left=2)


def check(found):
    if not found.get("report"):
        return []
    kernels = found["report"]["kernels"]
    wrong = [kernel for kernel in kernels if kernel["result"] != "right"]  # and those not checked
    worst = max((kernel for kernel in kernels if kernel["worst_error"] is not None), default=None,
                key=lambda kernel: kernel["worst_error"])
    lines = [f"Kernels and networks: {checked_kernels.summary(kernels)}."]
    if worst:
        lines[0] += (f" The largest error is {100 * worst['worst_error']:.0f} % of what rounding allows, of "
                     f"{worst['name']}, {worst['sizes']}. The whole table is at the end.")
    return [*lines, "", *_checked(wrong)] if wrong else lines


def _checked(kernels):
    return _table(["kernel", "result", "problems:", "worst error:", "sizes", "seconds:", "cause"], [
        [kernel["name"], kernel["result"], str(kernel["problems"]),
         "" if kernel["worst_error"] is None else f"{100 * kernel['worst_error']:.1f} %", kernel["sizes"],
         f"{kernel['seconds']:.2f}", kernel["cause"]] for kernel in kernels])


def tests(found):
    if "cases" not in found:
        return []
    by_program = {name: Counter() for name in found["programs"]}
    seconds = Counter()
    for case in found["cases"]:
        by_program[case["program"]][case["result"]] += 1
        seconds[case["program"]] += case["seconds"]
    rows = [[name, *(str(counted[result] or "") for result in RESULTS), f"{seconds[name]:.1f} s",
             found["ended"].get(name, "")] for name, counted in by_program.items()]
    lines = _table(["program", *(f"{result}:" for result in RESULTS), "time:", "not to the end, because"], rows)
    bad = [case for case in found["cases"] if case["result"] in BAD]
    if bad:
        lines += ["", "Not right:", "", *_table(["program", "case", "result", "without validation layer", "what"], [
            [case["program"], case["name"], case["result"], case["unlayered"], case["said"]] for case in bad])]
    return lines


def measurement(found):
    if found.get("bench"):
        return [line for text in found["bench"] for line in ["```", *text.rstrip().splitlines(), "```"]]
    if not found.get("measurement"):
        return []
    lines = []
    for comparison in found["measurement"]["comparisons"]:
        lines += [f"**{comparison_table.title(comparison).capitalize()}**", "",
                  *comparison_table.markdown(comparison)]
        lines += [""] if lines[-1] else []
    rows = [[bench["model"]["precision"], str(entry["batch"]), cell("median_s", entry["median_s"]),
             number(entry["images_per_second"]), cell("arithmetic_flops_per_second", entry["flops_per_second"])]
            for bench in found["measurement"]["bench"] for entry in bench.get("throughput", [])]
    if rows:
        lines += ["**gfnet bench**", "", *markdown_table(["precision", "batch", "median", "images/s", "FLOP/s"], rows)]
    return lines


def tuner(found):
    rows = []
    for choice in found.get("choices", []):
        taken = tuner_log.chosen(choice)
        if not taken:
            rows.append([*(choice[key] for key in ("model", "precision", "scope", "choice")), "none", "", "", "", ""])
            continue
        first = choice["candidates"][0]
        rows.append([*(choice[key] for key in ("model", "precision", "scope", "choice")), taken["name"],
                     f"{number(taken['ms'])} ms", "the same" if taken is first else first["name"],
                     "" if taken is first else f"{first['ms'] / taken['ms']:.2f}×",
                     str(len(choice["candidates"])) + (f", {len(choice['rejected'])} rejected" if choice["rejected"]
                                                       else "")])
    if not rows:
        return []
    return ["The time is that of all steps of a choice together, the least over all rounds. Without tuning, the first "
            "candidate is taken; results.json has the time of every candidate.", "",
            *_table(["model", "precision", "for", "choice", "taken", "time:", "without tuning", "takes:", "tried"],
                    rows)]


def plans(found):
    rows = [[name, str(run.get("pipelines", "")), str(run.get("spilling", "")), str(run.get("spills", "")),
             run.get("worst", ""), {True: "yes", False: "no"}.get(run.get("matrix"), ""), f"{run['seconds']:.1f} s",
             run.get("failure", "")] for name, run in found.get("runs", {}).items()]
    return _table(["plan", "pipelines:", "spilling:", "worst spills:", "in", "matrix units", "time:", "failure"],
                  rows) if rows else []


def scaling(found):
    return measure_report.scaling(found)[2:]


SECTIONS = {"device": device, "check": check, "tests": tests, "tuner": tuner, "plans": plans, "scaling": scaling}
TITLES = {"device": "Device", "check": "Check", "tests": "Tests", "tuner": "Tuner", "plans": "Compiled plans",
          "scaling": "Resolution scaling"}
