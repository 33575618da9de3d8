"""A report's facts about the machine: its hardware and system, never its name or paths."""
import os
import platform
import re


def _field(path, pattern):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        return None
    return found[1].strip().strip('"') if found else None


def cores():
    """Number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def facts():
    memory = _field("/proc/meminfo", r"^MemTotal:\s*(\d+)")
    return {
        "cpu": _field("/proc/cpuinfo", r"^model name\s*:(.*)$") or platform.machine(),
        "cores": cores(),
        "memory_bytes": int(memory) * 1024 if memory else None,
        "system": _field("/etc/os-release", r"^PRETTY_NAME=(.*)$") or platform.system(),
    }


def slug(name):
    """A file name for a device: "AMD Radeon RX 7900 XTX (RADV NAVI31)" -> "amd-radeon-rx-7900-xtx"."""
    without_notes = re.sub(r"\([^)]*\)", " ", name)
    words = re.findall(r"[a-z0-9]+", without_notes.lower()) or re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words) or "device"
