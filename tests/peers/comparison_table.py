"""The figures of a comparison as text."""
from tables import markdown_table, milliseconds, number, scaled

HEADER = ["software", "precision", "median", "minimum", "images/s", "FLOP/s", "vs. this engine", "error"]


def named(row):
    versions = " ".join(f"{name} {version}" for name, version in row["versions"].items())
    return row["title"] + (f" ({versions})" if versions else "")


def error(row):
    return "not finite" if row["relative_error"] is None else f"{row['relative_error']:.0e}"


def cells(row):
    summary = row["summary"]
    over = summary["over_engine"]
    ratio = "1" if row["name"] == "engine" else (
        f"{over['median']:.2f} ({over['least']:.2f} to {over['most']:.2f})")
    return [named(row), row["precision"], milliseconds(summary["median_s"]), milliseconds(summary["min_s"]),
            number(summary["images_per_second"]), scaled(summary["flops_per_second"], 1e3, ["", "k", "M", "G", "T"]),
            ratio, error(row) + (", inexact" if row["inexact"] else "")]


def wrong_cells(row):
    """Without times, because those of wrong results say nothing."""
    return [named(row), row["precision"], *["—"] * (len(HEADER) - 3), error(row) + ", wrong"]


def title(comparison):
    return f"batch {comparison['batch']}, {comparison['precision']}"


def rows(comparison):
    """Fastest first, wrong ones last."""
    ordered = sorted(comparison["rows"], key=lambda row: row["summary"]["over_engine"]["median"])
    return [*map(cells, ordered), *map(wrong_cells, comparison["wrong"])]


def absences(comparison):
    return [f"not measured: {entry['title']}: {entry['reason']}" for entry in comparison["absent"]]


def markdown(comparison):
    """The table and what is missing in it, as lines of Markdown."""
    return [*markdown_table(HEADER, rows(comparison), left=2), "", *(f"- {line}" for line in absences(comparison))]
