"""From raw times to figures.

Within a round all contestants run on the same machine in the same state. Ratios are therefore taken in each
round, and their median over the rounds is reported: drift cancels.
"""
from statistics import median


def round_of(seconds):
    """One turn of one contestant: its raw times in seconds, with their count, median and minimum."""
    return {"runs": len(seconds), "median_s": median(seconds), "min_s": min(seconds), "seconds": seconds}


def times(rounds):
    """(median of the rounds' medians, minimum of all times), in seconds."""
    return median(turn["median_s"] for turn in rounds), min(turn["min_s"] for turn in rounds)


def ratios(rounds, reference):
    """{"median", "least", "most"} over the rounds of this contestant's time divided by that of `reference`.

    Throws ValueError if the numbers of rounds differ.
    """
    if len(rounds) != len(reference):
        raise ValueError(f"{len(rounds)} rounds against {len(reference)}")
    each = [mine["median_s"] / theirs["median_s"] for mine, theirs in zip(rounds, reference)]
    return {"median": median(each), "least": min(each), "most": max(each)}


def summarize(comparison, flops):
    """Adds "summary" to each row of a comparison, {"batch", "rows": [{"name", "rounds"}, …]}. Returns it.

    Row "engine" is the reference of the ratios. flops: floating-point operations of one image.
    """
    batch = comparison["batch"]
    reference = next(row for row in comparison["rows"] if row["name"] == "engine")
    for row in comparison["rows"]:
        middle, least = times(row["rounds"])
        row["summary"] = {
            "median_s": middle, "min_s": least, "images_per_second": batch / middle,
            "flops_per_second": batch * flops / middle, "over_engine": ratios(row["rounds"], reference["rounds"])}
    return comparison


def best_peer(comparison):
    """The row of the peer with the smallest ratio to the engine's time, of those that are exact; None without any."""
    others = [row for row in comparison["rows"] if row["name"] != "engine" and not row["inexact"]]
    return min(others, key=lambda row: row["summary"]["over_engine"]["median"], default=None)
