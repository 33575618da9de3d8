"""The folder that comes back: report.md, results.json, logs.tar.gz, and the report of scripts/measure on one model."""
import json
import platform
import tarfile

import day_report
import machine
from places import GFNET
from surroundings import glibc, manifest


def version(day):
    """What gfnet says of its version. Throws Stopped."""
    finished = day.run("version", [GFNET, "--version"], day.environment(), 30)
    return finished.output.splitlines()[0].removeprefix("gfnet ") if finished.status == 0 else finished.reason()


def facts(begun, options):
    """What does not change during a day. The version of gfnet is not known yet."""
    packed = manifest()
    return {"date": begun.strftime("%Y-%m-%d %H:%M UTC"), "gfnet": "unknown", "minutes": options.minutes,
            "rehearsal": options.rehearse, "machine": {**machine.facts(), "kernel": platform.release(),
                                                       "glibc": ".".join(map(str, glibc())),
                                                       "python": platform.python_version()},
            "packed": {key: packed[key] for key in ("date", "glibc", "machine")} if packed else None,
            "parts": [part.name for part in options.parts]}


def write(folder, day, whole):
    """Writes the folder anew: what the parts have returned so far."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {**whole, "results": day.results}
    _replace(folder / "results.json", (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode())
    _replace(folder / "report.md", day_report.render(whole).encode())
    _archive(folder / "logs.tar.gz", day.work)
    # The report that belongs to docs/measurements: of the model that was measured first.
    first = next((name for name in whole["parts"] if name.startswith("measure-") and name in day.results), None)
    if first:
        for file in sorted((day.work / "measurements" / first.removeprefix("measure-")).glob("*.*")):
            _replace(folder / file.name, file.read_bytes())


def _archive(path, work):
    part = path.with_name(path.name + ".part")
    with tarfile.open(part, "w:gz") as archive:
        for name in ("logs", "measurements"):
            if (work / name).exists():
                archive.add(work / name, name)
    part.rename(path)


def _replace(path, content):
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.rename(path)
