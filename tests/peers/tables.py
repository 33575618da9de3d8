"""Tables for terminals and Markdown, and numbers formatted for people."""


def number(value, digits=3):
    """About `digits` significant digits, all digits before the point: 1234, 12.3, 0.0123. Tiny values: 1.0e-07."""
    if value == 0:
        return "0"
    magnitude = len(str(int(abs(value)))) if abs(value) >= 1 else 1
    if abs(value) >= 1:
        return f"{value:.{max(0, digits - magnitude)}f}"
    text = f"{value:.{digits}g}"
    return f"{value:.1e}" if "e" in text else text


def scaled(value, base, units):
    for unit in units[:-1]:
        if abs(value) < base:
            return f"{number(value)} {unit}".rstrip()
        value /= base
    return f"{number(value)} {units[-1]}"


def milliseconds(seconds):
    return f"{number(1e3 * seconds)} ms"


# (ending of a JSON key, ending of its heading, function that formats its values).
_ENDINGS = (
    ("_flops_per_second", " FLOP/s", lambda v: scaled(v, 1e3, ["", "k", "M", "G", "T", "P"])),
    ("_bytes_per_second", " B/s", lambda v: scaled(v, 1e3, ["", "k", "M", "G", "T"])),
    ("_per_second", "/s", number),
    ("_bytes", "", lambda v: scaled(v, 1024, ["B", "KiB", "MiB", "GiB"])),
    ("_ns", "", lambda v: f"{number(v)} ns"),
    ("_growth", " growth", lambda v: f"{number(v)}×"),
    ("_s", " time", milliseconds),
)


def heading(key):
    """"copy_bytes_per_second" -> "copy B/s"."""
    for ending, unit, _ in _ENDINGS:
        if key.endswith(ending):
            return key[:-len(ending)].replace("_", " ") + unit
    return key.replace("_", " ")


def cell(key, value):
    """A JSON value as text, in the unit that the ending of its key says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    for ending, _, show in _ENDINGS:
        if key.endswith(ending):
            return show(value)
    return str(value) if isinstance(value, int) else number(value)


def text_table(header, rows):
    """Aligned lines: the first column is left-aligned, the others right-aligned."""
    table = [header, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    lines = []
    for row in table:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells).rstrip())
    return lines


def markdown_table(header, rows, left=1, right=None):
    """Lines of Markdown. left: how many columns, from the first, are left-aligned; or right: which are not, from 0."""
    if right is None:
        right = range(left, len(header))

    def line(cells):
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    marks = ["---:" if column in right else "---" for column in range(len(header))]
    return [line(header), line(marks), *map(line, rows)]
