"""The tuner's measurements, from what gfnet writes to stderr with GFNET_LOG=debug."""
import re

SECTION = re.compile(r"gfnet: tuning: (choices for all batch sizes|kernels for batch \d+)")
TIMED = re.compile(r"gfnet: (.+): (.+?) (\d+\.\d+) ms(, spills)?$")
REJECTED = re.compile(r"gfnet: tuning: (.+): rejected (.+?): (.+)$")


def read(text):
    """[{"scope", "choice", "candidates": [{"name", "ms", "spills"}, …], "rejected": [text, …]}, …], as measured.

    The first candidate is the one that is taken without tuning. ms: the least of its times. scope: "all batches" or
    "batch N".
    """
    scope, choices = "all batches", {}

    def entry(choice):
        return choices.setdefault((scope, choice), {"scope": scope, "choice": choice, "candidates": [], "rejected": []})

    for line in text.splitlines():
        section = SECTION.match(line)
        if section:
            scope = "all batches" if section[1].startswith("choices") else section[1].removeprefix("kernels for ")
            continue
        rejected = REJECTED.match(line)
        if rejected:
            entry(rejected[1])["rejected"].append(f"{rejected[2]}: {rejected[3]}")
            continue
        timed = TIMED.match(line)
        if timed:
            candidates = entry(timed[1])["candidates"]
            known = next((one for one in candidates if one["name"] == timed[2]), None)
            if known is None:
                known = {"name": timed[2], "ms": float(timed[3]), "spills": bool(timed[4])}
                candidates.append(known)
            known["ms"] = min(known["ms"], float(timed[3]))
    return list(choices.values())


def chosen(choice):
    """The candidate that the tuner takes: the fastest that does not spill, or of all if all do. None without any."""
    return min(choice["candidates"], key=lambda one: (one["spills"], one["ms"]), default=None)
