"""Splits terminal transcripts into commands, and compares the output shown with the output printed.

A line "$ COMMAND" is a command, "> MORE" continues it. The lines up to the next command are its output:
stdout and stderr, interleaved in any way. A line "…" stands for any lines, "…" in a line for any text.
"""
import re
from dataclasses import dataclass, field

ELLIPSIS = "…"
DEVICE = re.compile(r"llvmpipe \(LLVM [^)]*\)|SwiftShader Device \([^)]*\)")
BAR = re.compile("[█▉▊▋▌▍▎▏]+")
# Figures that differ from run to run, each with its unit.
TIME = re.compile(r"\d[\d.]*(?= (?:s|ms|µs|ns|images/s|frames/s)(?:\W|$))")
NUMBER = re.compile(r"-?\d[\d.,]*(?:e[+-]?\d+)?")
UNIT = re.compile(r"# [kMGTµmn]?i?(?=(?:B|B/s|s|FLOP/s|FLOP|MAC)(?:\W|$))")
DECIMAL = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")


@dataclass
class Command:
    text: str
    output: list = field(default_factory=list)


def commands_of(lines):
    commands = []
    for line in lines:
        if line.startswith("$ "):
            commands.append(Command(line[2:]))
        elif line.startswith("> ") and commands and not commands[-1].output:
            commands[-1].text += "\n" + line[2:]
        elif not commands:
            raise ValueError(f"no command before '{line}'")
        else:
            commands[-1].output.append(line)
    return commands


def plain(line, figures_vary):
    """The line, with everything replaced that depends on the machine or on the run."""
    line = DEVICE.sub("DEVICE", line)
    line = BAR.sub("█", line)
    line = TIME.sub("#", line)
    if figures_vary:
        line = UNIT.sub("# ", NUMBER.sub("#", line))
    line = re.sub("─+", "─", line)
    return re.sub(r"\s+", " ", line).strip()


def is_close(expected, actual):
    """Compares two decimals. They may differ by 1.5 units of the last digit shown, or by a thousandth."""
    digits = len(expected.split("e")[0].split(".")[1])
    tolerance = max(1.5 * 10.0**-digits, 1e-3 * abs(float(expected)))
    return abs(float(expected) - float(actual)) <= tolerance


def is_same(expected, actual, figures_vary=False):
    expected, actual = plain(expected, figures_vary), plain(actual, figures_vary)
    pattern = "(.*)".join(re.escape(part) for part in DECIMAL.sub("\0", expected).split(ELLIPSIS))
    pattern = pattern.replace(re.escape("\0"), "(?P<number>" + DECIMAL.pattern + ")")
    numbers = DECIMAL.findall(expected)
    for i in range(len(numbers)):
        pattern = pattern.replace("(?P<number>", f"(?P<n{i}>", 1)
    match = re.fullmatch(pattern, actual)
    return match is not None and all(is_close(n, match[f"n{i}"]) for i, n in enumerate(numbers))


def difference(expected, stdout, stderr, figures_vary=False):
    """The first difference between expected and printed output, as text; None if there is none."""
    streams = {"stdout": list(stdout), "stderr": list(stderr)}
    skips = False
    for line in expected:
        if line == ELLIPSIS:
            skips = True
            continue
        for left in streams.values():
            places = range(len(left)) if skips else range(min(1, len(left)))
            at = next((i for i in places if is_same(line, left[i], figures_vary)), None)
            if at is not None:
                del left[:at + 1]
                break
        else:
            return f"shown, not printed:\n  {line}\n" + shown(streams)
        skips = False
    rest = [line for left in streams.values() for line in left]
    return None if skips or not rest else "printed, not shown:\n" + shown(streams)


def shown(streams):
    return "\n".join(f"  {name}: {line}" for name, left in streams.items() for line in left[:20])
