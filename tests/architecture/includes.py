"""Checks that every #include stays within the rooms that the including room declares."""
import re
from pathlib import Path

SOURCES = {".h", ".hpp", ".c", ".cpp", ".inl"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# (pattern of third-party headers, pattern of the files that may include them).
THIRD_PARTY = [
    (re.compile(r"(^|/)vkFFT\.h$"), re.compile(r"engine/vulkan/fft/vkfft_plan\.cpp$")),
    (re.compile(r"(^|/)stb_image[^/]*\.h$"), re.compile(r"engine/image/")),
    (re.compile(r"(^|/)stb_easy_font\.h$"), re.compile(r"engine/drawing/draw_text\.cpp$")),
    (re.compile(r"(^|/)GLFW/"), re.compile(r"apps/live/|apps/gfnet/command_line/command_libraries\.cpp$")),
    (re.compile(r"^(arrow|parquet)/"), re.compile(r"apps/gfnet/(output/parquet/parquet_file|command_line/command_libraries)\.cpp$")),
    (re.compile(r"(^|/)volk\.h$"), re.compile(r"apps/live/|apps/gfnet/command_line/command_libraries\.cpp$")),
    (re.compile(r"(^|/)(vulkan_core|vulkan)\.h$"),
     re.compile(r"engine/(vulkan|runtime|tuning|compiler|bench|api)/|apps/live/|apps/examples/")),
]
# Headers of an operating system, and conditions on one. Only the room of the systems has them. The public interface
# in C marks what Windows exports.
SYSTEM = "engine/system/"
SYSTEM_HEADER = re.compile(
    r"(sys|linux|asm|arpa|net|netinet|mach|mach-o|os|CommonCrypto)/.*|"
    r"(unistd|fcntl|dlfcn|signal|poll|pthread|sched|spawn|termios|netdb|locale|xlocale|pwd|grp|dirent|ftw|glob|wait|"
    r"crt_externs|copyfile|windows|winsock2|ws2tcpip|bcrypt|io|direct|process|psapi|shellapi|shlobj|winioctl)\.h|csignal$")
SYSTEM_CONDITION = re.compile(
    r"^[ \t]*#[ \t]*(?:el)?if(?:n?def)?\b(?:.*\\\n)*.*(?:"
    r"\b(?:_?WIN(?:32|64)|__(?:MINGW32|MINGW64|CYGWIN|APPLE|MACH|linux|unix|ANDROID|FreeBSD|GLIBC)_*|_POSIX_VERSION)\b|"
    r"__has_include\s*\(\s*<(?:" + SYSTEM_HEADER.pattern + r")>)", re.MULTILINE)
MAY_ASK_FOR_SYSTEM = re.compile(SYSTEM + r"|engine/include/gfnet/c/visibility\.h$")
STANDARD = re.compile(r"([a-z_0-9]+|stddef\.h|stdint\.h)$")


# Folder of each program's rooms, by the program's name in CMake.
PROGRAMS = {"engine": "engine", "command": "apps/gfnet", "live": "apps/live"}


def read_rooms(text):
    """{folder of a room: folders of all rooms that it may include}, from lines "program/room: room room"."""
    rooms = {}
    for line in text.splitlines():
        name, below = line.split(":")
        program, room = name.split("/")
        rooms[f"{PROGRAMS[program]}/{room}"] = {f"{PROGRAMS[program]}/{other}" for other in below.split()}
    return rooms


def room_of(path, rooms):
    """The folder of the room that a path relative to the repository lies in; None outside the rooms."""
    return next((room for room in rooms if path.startswith(room + "/")), None)


def resolve(root, source, name):
    """The file that an #include refers to, relative to the repository's root; None outside the repository."""
    folders = [source.parent, root / "engine/include", root / "shaders"]
    path = source.relative_to(root).as_posix()
    folders += [root / folder for folder in PROGRAMS.values() if path.startswith(folder + "/")]
    if path.startswith(("apps/", "python/")):
        folders += [root / "apps/gfnet", root / "apps/live", root / "engine"]
    for folder in folders:
        target = (folder / name).resolve()
        if target.is_file() and target.is_relative_to(root):
            return target.relative_to(root).as_posix()
    return None


def violation(root, rooms, source, quote, name):
    """Why a source file may not include `name`, or None. quote: " or <."""
    path = source.relative_to(root).as_posix()
    target = resolve(root, source, name)
    if target is None and quote == '"' and f"engine/{name.split('/')[0]}" in rooms:
        target = f"engine/{name}"

    if SYSTEM_HEADER.match(name) and target is None and not path.startswith(SYSTEM):
        return "only the room engine/system includes headers of an operating system"
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

    room, other = room_of(path, rooms), room_of(target, rooms)
    if path.startswith(("apps/", "python/")) and target.startswith("engine/") and \
            not target.startswith(("engine/include/", "engine/system/")):
        return "apps and the Python package include only gfnet/ and system/ of the engine"
    if path.startswith("python/") and target.startswith("apps/") and target != "apps/gfnet/run_command.h":
        return "the Python package includes only run_command.h of the apps"
    if other == SYSTEM.rstrip("/") and path.startswith(("apps/", "python/")):
        return None
    if path.startswith("engine/") and (target.startswith("apps/") or target.startswith("tests/")):
        return "the engine must not include apps or tests"
    if path == "apps/gfnet/commands/live.cpp" and (other or "").startswith("apps/live/"):
        return None  # the command starts the live demo
    if room is None and path.startswith("engine/") and other is not None:
        return "its folder is not declared as a room"
    if room is not None and other not in (None, room) and other not in rooms[room]:
        return f"room {room} does not declare room {other}"
    return None


def violations(root, rooms):
    """One line for each include, and each condition on an operating system, in engine/, apps/ and python/ that breaks
    a rule."""
    root = Path(root).resolve()
    found = []
    for source in sorted([*root.glob("engine/**/*"), *root.glob("apps/**/*"), *root.glob("python/**/*")]):
        if source.suffix not in SOURCES:
            continue
        text = source.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            reason = violation(root, rooms, source, *match.groups())
            if reason:
                line = text.count("\n", 0, match.start(1)) + 1
                found.append(f"{source.relative_to(root)}:{line}: {match[2]}: {reason}")
        if MAY_ASK_FOR_SYSTEM.match(source.relative_to(root).as_posix()):
            continue
        for match in SYSTEM_CONDITION.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{source.relative_to(root)}:{line}: only the room engine/system asks which operating system it is")
    return found
