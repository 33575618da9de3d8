"""The completions of bash, zsh and fish know every command, option and fixed value that gfnet --help prints.

    test_completions.py FOLDER      FOLDER: where the build wrote them
"""
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

FOLDER = Path(sys.argv[1]).resolve()
COMMAND = os.environ["GFNET_COMMAND"]
BASH, ZSH, FISH = FOLDER / "gfnet", FOLDER / "_gfnet", FOLDER / "gfnet.fish"


def output_of(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, **options).stdout


def help_of(*command):
    return output_of(COMMAND, *command, "--help")


def subcommands():
    return re.findall(r"^  ([a-z]+)\b", help_of().split("Subcommands:")[1], re.MULTILINE)


def options_of(*command):
    """The options that a command's help lists, long and short."""
    rows = re.findall(r"^  ((?:-\w|--[a-z-]+)(?:,--[a-z-]+)*)(?: |$)", help_of(*command), re.MULTILINE)
    return {name for row in rows for name in row.split(",")}


def values_of(*command):
    """{option: the fixed values that a command's help lists for it}."""
    rows = re.findall(r"^  (--[a-z-]+)\s[^\n{]*\{([^}\n]+)\}", help_of(*command), re.MULTILINE)
    return {name: values.split(",") for name, values in rows}


def in_bash(*words, folder=None):
    """What bash completes the last word to, and the options that its completion asked for."""
    script = ('compopt() { echo "compopt $*"; }; source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '_gfnet "$GFNET_COMMAND"; printf "%s\\n" "${COMPREPLY[@]}"')
    lines = output_of("bash", "-uc", script, "bash", str(BASH), "gfnet", *words, cwd=folder).splitlines()
    return ([line for line in lines if line and not line.startswith("compopt ")],
            [line[8:] for line in lines if line.startswith("compopt ")])


def in_zsh(typed):
    """The line after a tab, in a zsh with a terminal of its own."""
    environment = {**os.environ, "PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}", "TERM": "dumb", "HOME": "/nonexistent"}
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("zsh", ["zsh", "--no-rcs", "-i"], environment)
    said = b""

    def read_until(mark):
        nonlocal said
        end = time.monotonic() + 60
        while mark not in said:
            if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"zsh does not answer: {said}")
            said += os.read(terminal, 4096)

    try:
        os.write(terminal, f"PROMPT=; fpath=('{FOLDER}' $fpath); autoload -U compinit; compinit -D -u\n".encode())
        os.write(terminal, b"show() { print -r -- \"<$BUFFER\"'>'; }; zle -N show; bindkey '^T' show; print rea''dy\n")
        read_until(b"ready")
        os.write(terminal, typed.encode() + b"\t\x14")
        read_until(b">\r\n")
    finally:
        os.close(terminal)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return re.search(rb"<([^<>]*)>\r\n", said)[1].decode()


def in_fish(line, folder=None):
    return [entry.split("\t")[0] for entry in
            output_of("fish", "--no-config", "-c", f'source "{FISH}"; complete --do-complete "{line}"', cwd=folder,
                      env={**os.environ, "PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}", "HOME": "/nonexistent"}).splitlines()]


def names(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


class Bash(unittest.TestCase):
    def test_every_command_and_option(self):
        commands = subcommands()
        self.assertGreater(len(commands), 10)
        self.assertLessEqual({*commands, "--help", "-h", "--version"}, set(in_bash("")[0]))
        for command in commands:
            with self.subTest(command=command):
                if command == "live" and "--source" not in options_of("live"):
                    continue  # built without FFmpeg
                offered = in_bash(command, "-")[0]
                self.assertEqual(len(offered), len(set(offered)))
                self.assertEqual(set(offered), options_of(command))

    def test_every_fixed_value(self):
        count = 0
        for command in subcommands():
            for option, values in values_of(command).items():
                with self.subTest(command=command, option=option):
                    for words in ((option, ""), (option, "="), (option, "=", "")):
                        self.assertEqual(in_bash(command, *words)[0], values)
                    self.assertEqual(in_bash(command, option, values[0])[0][:1], values[:1])
                    self.assertEqual(in_bash(command, option, "x")[0], [])
                    count += 1
        self.assertGreater(count, 10)

    def test_only_what_begins_so(self):
        self.assertEqual(in_bash("cl")[0], ["classify"])
        self.assertEqual(in_bash("classify", "--format", "c")[0], ["csv"])
        self.assertEqual(in_bash("classify", "--pre")[0], ["--precision", "--preprocessed"])

    def test_lists(self):
        self.assertEqual(in_bash("bench", "--sections", "startup,l"), (["startup,latency"], ["-o nospace"]))
        self.assertEqual(in_bash("bench", "--grids", "28,")[0], [])

    def test_files_folders_and_models(self):
        self.assertEqual(in_bash("classify", "--labels", ""), ([], ["-o default"]))
        self.assertEqual(in_bash("classify", "ph"), ([], ["-o default"]))
        self.assertEqual(in_bash("classify", "--link-to", ""), ([], ["-o dirnames"]))
        self.assertEqual(in_bash("classify", "--top", ""), ([], []))
        models = {entry["name"] for entry in json.loads(output_of(COMMAND, "models", "--json"))}
        self.assertEqual(set(in_bash("pull", "")[0]), models)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "gfnet mine.pth").touch()
            offered, options = in_bash("info", "--model", "gfnet", folder=folder)
            self.assertEqual((set(offered), options), (models | {"gfnet mine.pth"}, ["-o filenames"]))
            self.assertEqual(in_bash("info", "my", folder=folder), ([], ["-o default"]))

    def test_devices(self):
        indices = [str(entry["index"]) for entry in json.loads(output_of(COMMAND, "devices", "--json"))]
        self.assertEqual(in_bash("plan", "--device", "")[0], indices)
        self.assertEqual(in_bash("classify", "--device", "0,")[0], [f"0,{index}" for index in [*indices, "all"]])

    def test_shellcheck(self):
        if shutil.which("shellcheck") is None:
            self.skipTest("no shellcheck")
        output_of("shellcheck", "--shell=bash", BASH)


class Zsh(unittest.TestCase):
    def test_every_option(self):
        text = ZSH.read_text()
        self.assertTrue(text.startswith("#compdef gfnet\n"))
        for command in subcommands():
            part = re.search(rf"^        {command}\)$(.*?)^          ;;$", text, re.MULTILINE | re.DOTALL)
            if command == "live" and "--source" not in options_of("live"):
                continue
            specified = set(re.findall(r"^\s+'(?:\*|\([^)]*\))(--?[a-z-]+)=?\[", part[1], re.MULTILINE))
            self.assertEqual(specified, options_of(command), command)
            for option, values in values_of(command).items():
                self.assertRegex(part[1], rf"{option}=\[.*{' '.join(values)}", command)

    def test_zsh_reads_it(self):
        if shutil.which("zsh") is None:
            self.skipTest("no zsh")
        output_of("zsh", "--no-rcs", "-n", ZSH)

    def test_zsh_completes(self):
        if shutil.which("zsh") is None:
            self.skipTest("no zsh")
        for typed, completed in (("gfnet classi", "gfnet classify "), ("gfnet classify --preci", "gfnet classify --precision="),
                                 ("gfnet classify --format=par", "gfnet classify --format=parquet "),
                                 ("gfnet info gfnet-ci", "gfnet info gfnet-cifar10 "),
                                 ("gfnet bench --sections startup,lat", "gfnet bench --sections startup,latency,")):
            with self.subTest(typed=typed):
                self.assertEqual(in_zsh(typed), completed)


class Fish(unittest.TestCase):
    def setUp(self):
        if shutil.which("fish") is None:
            self.skipTest("no fish")

    def test_fish_reads_it(self):
        output_of("fish", "--no-config", "--no-execute", FISH)

    def test_every_command_and_option(self):
        self.assertEqual(set(in_fish("gfnet ")), set(subcommands()))
        for command in subcommands():
            if command == "live" and "--source" not in options_of("live"):
                continue
            self.assertEqual(set(in_fish(f"gfnet {command} -")), options_of(command), command)
            for option, values in values_of(command).items():
                self.assertEqual(set(in_fish(f"gfnet {command} {option} ")), set(values), option)

    def test_files_models_and_devices(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "photo.jpg").touch()
            (Path(folder) / "photos").mkdir()
            self.assertEqual(set(in_fish("gfnet classify pho", folder)), {"photo.jpg", "photos/"})
            self.assertEqual(in_fish("gfnet classify --link-to pho", folder), ["photos/"])
            self.assertIn("gfnet-cifar10", in_fish("gfnet info --model ", folder))
        self.assertIn("0", in_fish("gfnet plan --device "))
        self.assertIn("startup,latency", in_fish("gfnet bench --sections startup,"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
