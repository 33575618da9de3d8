"""From raw times to figures. Within a round everybody had a turn on the same machine in the same state,
so a ratio is taken in each round and its median over the rounds is quoted: drift cancels."""
from statistics import median


def round_of(seconds):
    """One turn of one contestant: its raw times, with what is made of them."""
    return {"runs": len(seconds), "median_s": median(seconds), "min_s": min(seconds), "seconds": seconds}


def times(rounds):
    """(median over the rounds of their medians, least of all) in seconds."""
    return median(turn["median_s"] for turn in rounds), min(turn["min_s"] for turn in rounds)


def ratios(rounds, reference):
    """{"median", "least", "most"}: how many times as long as `reference` it took, round by round."""
    if len(rounds) != len(reference):
        raise ValueError(f"{len(rounds)} rounds against {len(reference)}")
    each = [mine["median_s"] / theirs["median_s"] for mine, theirs in zip(rounds, reference)]
    return {"median": median(each), "least": min(each), "most": max(each)}


def summarize(comparison, flops):
    """Adds "summary" to each row of a comparison, {"batch", "rows": [{"name", "rounds"}, …]}, whose row
    "engine" is the reference. flops: floating-point operations of one image."""
    batch = comparison["batch"]
    reference = next(row for row in comparison["rows"] if row["name"] == "engine")
    for row in comparison["rows"]:
        middle, least = times(row["rounds"])
        row["summary"] = {
            "median_s": middle, "min_s": least, "images_per_second": batch / middle,
            "flops_per_second": batch * flops / middle, "over_engine": ratios(row["rounds"], reference["rounds"])}
    return comparison


def best_peer(comparison):
    """The fastest row that is not the engine, by its ratio; None where the engine is alone."""
    others = [row for row in comparison["rows"] if row["name"] != "engine"]
    return min(others, key=lambda row: row["summary"]["over_engine"]["median"], default=None)
