"""Checks that every #include stays within the rooms that the including room declares."""
import re
from pathlib import Path

SOURCES = {".h", ".hpp", ".c", ".cpp", ".inl"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# (pattern of third-party headers, pattern of the files that may include them).
THIRD_PARTY = [
    (re.compile(r"(^|/)vkFFT\.h$"), re.compile(r"engine/vulkan/fft[^/]*$")),
    (re.compile(r"(^|/)stb_image[^/]*\.h$"), re.compile(r"engine/image/")),
    (re.compile(r"(^|/)stb_easy_font\.h$"), re.compile(r"engine/picture/text\.cpp$")),
    (re.compile(r"(^|/)GLFW/"), re.compile(r"apps/live/|apps/gfnet/command_libraries\.cpp$")),
    (re.compile(r"^(arrow|parquet)/"), re.compile(r"apps/gfnet/(parquet_file|command_libraries)\.cpp$")),
    (re.compile(r"(^|/)(volk|vulkan_core|vulkan)\.h$"), re.compile(r"engine/(vulkan|runtime)/|apps/live/")),
]
STANDARD = re.compile(r"[a-z_0-9]+$")


def read_rooms(text):
    """{room: all rooms that it may include, also indirectly}, from lines "room: dependency dependency"."""
    declared = {}
    for line in text.splitlines():
        room, below = line.split(":")
        declared[room] = set(below.split())
    changed = True
    while changed:
        changed = False
        for below in declared.values():
            more = set().union(*(declared.get(room, ()) for room in below)) - below
            below |= more
            changed |= bool(more)
    return declared


def room_of(path):
    """The engine's room of a path relative to the repository; None outside the rooms."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "engine" and parts[1] != "include" else None


def resolve(root, source, name):
    """The file that an #include refers to, relative to the repository's root; None outside the repository."""
    for base in (source.parent, root / "engine", root / "engine/include", root / "shaders"):
        target = (base / name).resolve()
        if target.is_file() and target.is_relative_to(root):
            return target.relative_to(root).as_posix()
    return None


def violation(root, rooms, source, quote, name):
    """Why a source file may not include `name`, or None. quote: " or <."""
    path = source.relative_to(root).as_posix()
    target = resolve(root, source, name)
    if target is None and quote == '"' and name.split("/")[0] in rooms:
        target = f"engine/{name}"

    if path.startswith("engine/include/"):
        public = target is not None and target.startswith("engine/include/gfnet/")
        if not public and not STANDARD.match(name):
            return "a public header includes only gfnet/ and the standard library"
        return None
    if target is None:
        for header, where in THIRD_PARTY:
            if header.search(name) and not where.match(path):
                return f"only {where.pattern} may include it"
        return None

    room, other = room_of(path), room_of(target)
    if path.startswith("apps/") and other is not None:
        return "apps include only gfnet/ of the engine"
    if room is not None:
        if target.startswith("apps/") or target.startswith("tests/"):
            return "the engine must not include apps or tests"
        if other not in (None, room) and other not in rooms.get(room, set()):
            return f"room {room} does not declare room {other}"
    return None


def violations(root, rooms):
    """One line for each include in engine/ and apps/ that breaks a rule."""
    root = Path(root).resolve()
    found = []
    for source in sorted([*root.glob("engine/**/*"), *root.glob("apps/**/*")]):
        if source.suffix not in SOURCES:
            continue
        text = source.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            reason = violation(root, rooms, source, *match.groups())
            if reason:
                line = text.count("\n", 0, match.start(1)) + 1
                found.append(f"{source.relative_to(root)}:{line}: {match[2]}: {reason}")
    return found
