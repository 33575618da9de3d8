"""The figures of a comparison as rows of text."""
from tables import milliseconds, number, scaled

HEADER = ["software", "median", "minimum", "images/s", "FLOP/s", "vs. this engine", "error"]


def versions(row):
    return " ".join(f"{name} {version}" for name, version in row.get("versions", {}).items())


def cells(row):
    summary = row["summary"]
    over = summary["over_engine"]
    ratio = "1" if row["name"] == "engine" else (
        f"{over['median']:.2f} ({over['least']:.2f} to {over['most']:.2f})")
    name = row["title"] + (f" ({versions(row)})" if versions(row) else "")
    return [name, milliseconds(summary["median_s"]), milliseconds(summary["min_s"]),
            number(summary["images_per_second"]), scaled(summary["flops_per_second"], 1e3, ["", "k", "M", "G", "T"]),
            ratio, f"{row['relative_error']:.0e}"]


def title(comparison):
    return f"batch {comparison['batch']}, {comparison['precision']}"


def rows(comparison):
    """Fastest first."""
    ordered = sorted(comparison["rows"], key=lambda row: row["summary"]["over_engine"]["median"])
    return [cells(row) for row in ordered]


def absences(comparison):
    return [f"not measured: {entry['title']}: {entry['reason']}" for entry in comparison["absent"]]
