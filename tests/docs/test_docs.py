"""Checks the documents: commands print the output shown; links, options and references exist.

test_docs.py REPOSITORY [PACKAGE]. PACKAGE: the folder of the Python package gfnet in the build tree. Runs the ```console blocks of README.md and docs/*.md, except after a comment
"<!-- not run: REASON -->"; "<!-- figures vary: REASON -->" leaves all numbers of a block unchecked. A block after
"<!-- full device: REASON -->" shows what the device can do, and runs only where the device has halves and timestamps. One after
"<!-- python: REASON -->" runs only where the package is built.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from docs import markdown, sources, transcripts

ROOT = Path(sys.argv[1]).resolve()
PACKAGE = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
COMMAND = Path(os.environ["GFNET_COMMAND"])
# What the documents call python3.
PYTHONS = tempfile.TemporaryDirectory(prefix="gfnet-docs-python-")
(Path(PYTHONS.name) / "python3").symlink_to(sys.executable)
MOST_README_LINES = 180
MOST_IMAGE_BYTES = 200_000

# What a clone has, as far as commands in the documents may use it.
FOLDERS = ("apps", "cmake", "docs", "engine", "scripts", "shaders", "tests", "weights")

COMMAND_LINE = ROOT / "docs/command-line.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
RUN = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
READ = RUN + [path for path in [*sorted(ROOT.glob("*.md")), ROOT / "weights/MODEL_CARD.md"] if path not in RUN]
DOCUMENTS = {path: markdown.read(path) for path in READ}

REFERENCE = re.compile(r"([\w./-]+/[\w.-]+\.\w+):([A-Za-z_][\w:]*)")
PATH = re.compile(r"(?<![\w/.-])(?:engine|apps|shaders|tests|cmake|docs|scripts|weights)/[\w./*-]*[\w*]")
OPTION = re.compile(r"--[a-z][a-z-]*")


def run(command, folder):
    path = os.pathsep.join([PYTHONS.name, str(COMMAND.parent), os.environ["PATH"]])
    package = {} if PACKAGE is None else {"PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=300, check=False, env={**os.environ, **package, "PATH": path})


def help_of(*command):
    return subprocess.run([COMMAND, *command, "--help"], capture_output=True, text=True, timeout=60,
                          check=True).stdout


def options_of(*command):
    """The long options that a command's help lists."""
    found = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", help_of(*command), re.MULTILINE)
    return set(found) - {"--help"}


def is_full_device():
    """Whether the device that the commands use has what the blocks with the mark "full device" show."""
    listed = subprocess.run([COMMAND, "devices", "--json"], capture_output=True, text=True, timeout=60, check=True)
    used, = [device for device in json.loads(listed.stdout) if device["default"]]
    return used["fp16_arithmetic"] and used["timestamps"]


def subcommands():
    listed = help_of().split("Subcommands:")[1]
    return re.findall(r"^  ([a-z]+)\b", listed, re.MULTILINE)


class Transcripts(unittest.TestCase):
    """Runs the blocks of each document in order, in one scratch folder per document, which has a clone's folders."""

    def check(self, block, folder):
        for command in transcripts.commands_of(block.lines):
            done = run(command.text, folder)
            if done.returncode != 0:
                self.fail(f"{block.place}: status {done.returncode}: {command.text}\n{done.stderr}")
            wrong = transcripts.difference(command.output, done.stdout.splitlines(), done.stderr.splitlines(),
                                           "figures vary" in block.marks)
            if wrong:
                self.fail(f"{block.place}: {command.text}\n{wrong}")

    def test_commands_print_what_is_shown(self):
        ran = 0
        left_out = []
        is_full = is_full_device()
        for path in RUN:
            with tempfile.TemporaryDirectory(prefix="gfnet-docs-") as folder:
                for name in FOLDERS:
                    (Path(folder) / name).symlink_to(ROOT / name)
                for block in DOCUMENTS[path].blocks:
                    if block.language != "console" or "not run" in block.marks:
                        continue
                    if "full device" in block.marks and not is_full:
                        left_out.append(f"  {block.place}: {block.marks['full device']}")
                        continue
                    if "python" in block.marks and PACKAGE is None:
                        left_out.append(f"  {block.place}: {block.marks['python']}")
                        continue
                    with self.subTest(block=block.place):
                        self.check(block, folder)
                    ran += 1
        print(f"{ran} blocks ran")
        if left_out:
            print("not run, because something is missing:", *left_out, sep="\n")
        self.assertGreater(ran, 10)

    def test_every_command_is_run_or_marked(self):
        not_run = []
        for document in DOCUMENTS.values():
            for block in document.blocks:
                if "not run" in block.marks:
                    not_run.append(f"  {block.place}: {block.marks['not run']}")
                elif block.runs_gfnet():
                    self.assertEqual(block.language, "console", f"{block.place}: neither run nor marked")
            for number, line in document.prose:
                self.assertNotRegex(line, r"^\s*\$ ", f"{document.path.name}:{number}: a command outside a block")
        print(f"{len(not_run)} blocks are marked as not run:", *not_run, sep="\n")

    def test_marks_are_before_blocks(self):
        for document in DOCUMENTS.values():
            marks = [number for number, line in document.prose if markdown.MARK.match(line.strip())]
            used = [block.line - back for block in document.blocks for back in range(len(block.marks), 0, -1)]
            self.assertEqual(marks, used, document.path.name)


class Comparison(unittest.TestCase):
    """The comparison ignores what may differ between runs, and nothing else."""

    def assert_same(self, expected, actual, **options):
        self.assertTrue(transcripts.is_same(expected, actual, **options), (expected, actual))

    def assert_other(self, expected, actual, **options):
        self.assertFalse(transcripts.is_same(expected, actual, **options), (expected, actual))

    def test_a_line(self):
        self.assert_same("cat  ██▊  89.8 %", "cat ██▉    89.7 %")
        self.assert_other("cat  ██▊  89.8 %", "dog  ██▊  89.8 %")
        self.assert_other("cat  89.8 %", "cat  89.5 %")
        self.assert_same("a.jpg,3,cat,0.897566199,", "a.jpg,3,cat,0.897567001,")
        self.assert_other("a.jpg,3,cat,0.897566199,", "a.jpg,4,cat,0.897566199,")
        self.assert_same("6 labelled in 0.38 s (15.9 images/s) on llvmpipe (LLVM 15.0.6, 256 bits)",
                         "6 labelled in 12.00 s (0.5 images/s) on llvmpipe (LLVM 19.1.7, 512 bits)")
        self.assert_other("6 labelled in 0.38 s", "5 labelled in 0.38 s")
        self.assert_same("no window: …; see", "no window: X11; see")
        self.assert_other("no window: …; see", "a window: X11; see")
        self.assert_same("copy  12.8 GB/s", "copy  998 MB/s", figures_vary=True)
        self.assert_other("copy  12.8 GB/s", "fill  12.8 GB/s", figures_vary=True)

    def test_lines(self):
        self.assertIsNone(transcripts.difference(["a", "e", "b"], ["a", "b"], ["e"]))
        self.assertIsNone(transcripts.difference(["a", "…", "c"], ["a", "b", "c"], []))
        self.assertIsNone(transcripts.difference(["a", "…"], ["a", "b"], ["e"]))
        self.assertIsNotNone(transcripts.difference(["a", "b"], ["b", "a"], []))
        self.assertIsNotNone(transcripts.difference(["a"], ["a", "b"], []))
        self.assertIsNotNone(transcripts.difference(["a"], ["a"], ["e"]))
        self.assertIsNotNone(transcripts.difference(["a", "…", "c"], ["a", "b"], []))

    def test_commands(self):
        first, second = transcripts.commands_of(["$ a \\", "> b", "> c", "out", "> out", "$ d"])
        self.assertEqual((first.text, first.output), ("a \\\nb\nc", ["out", "> out"]))
        self.assertEqual((second.text, second.output), ("d", []))


class Names(unittest.TestCase):
    """Links, options and references."""

    def test_links_and_anchors(self):
        count = 0
        for document in DOCUMENTS.values():
            for number, target in document.links():
                if re.match(r"[a-z]+:", target):
                    continue
                count += 1
                place = f"{document.path.name}:{number}: {target}"
                with self.subTest(link=place):
                    name, _, anchor = target.partition("#")
                    path = (document.path.parent / name).resolve() if name else document.path
                    self.assertTrue(path.exists() and path.is_relative_to(ROOT), place)
                    if anchor:
                        self.assertIn(anchor, markdown.read(path).anchors(), place)
        self.assertGreater(count, 50)

    def test_images(self):
        linked = {(document.path.parent / target).resolve() for document in DOCUMENTS.values()
                  for _, target in document.links()}
        images = sorted((ROOT / "docs/images").iterdir())
        self.assertNotEqual(images, [])
        for image in images:
            self.assertLessEqual(image.stat().st_size, MOST_IMAGE_BYTES, image.name)
            self.assertTrue(image in linked, f"{image.name}: shown nowhere")

    def test_the_readme_is_short(self):
        lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        self.assertLessEqual(len(lines), MOST_README_LINES)

    def test_every_option_is_documented_once(self):
        sections = self.sections()
        self.assertEqual(sorted(sections), sorted(["gfnet", *(f"gfnet {name}" for name in subcommands())]))
        for title, rows in sections.items():
            options = options_of(*title.split()[1:])
            if title == "gfnet":
                rows.remove("--help")
            if title == "gfnet live" and "--source" not in options:
                continue  # built without FFmpeg
            self.assertEqual(sorted(rows), sorted(options), title)

    def sections(self):
        """{title: the options that are rows of tables or headings in it} of docs/command-line.md."""
        sections, title = {}, ""
        for _, line in DOCUMENTS[COMMAND_LINE].prose:
            heading = markdown.HEADING.match(line)
            if heading and len(heading[1]) <= 2:
                title = heading[2]
                if re.fullmatch(r"gfnet( [a-z]+)?", title):
                    sections[title] = []
            row = re.match(r"(?:\| |#{3,} )`(--[a-z-]+)", line)
            if row and title in sections:
                sections[title].append(row[1])
        return sections

    def test_options_in_prose_exist(self):
        known = {"--help"}.union(options_of(), *(options_of(name) for name in subcommands()))
        for path in RUN:
            for number, code in DOCUMENTS[path].code():
                if code.startswith("--") and not code.startswith("--sanitize") and "--source" in known:
                    self.assertEqual(set(OPTION.findall(code)) - known, set(), f"{path.name}:{number}")

    def test_references_to_the_sources(self):
        for path, least in ((ARCHITECTURE, 80), (CONTRIBUTING, 8)):
            count = 0
            for number, code in DOCUMENTS[path].code():
                match = REFERENCE.fullmatch(code)
                if not match:
                    continue
                count += 1
                place = f"{path.name}:{number}: {code}"
                with self.subTest(reference=place):
                    file = ROOT / match[1]
                    self.assertTrue(file.is_file(), place)
                    self.assertTrue(sources.declares(file.read_text(encoding="utf-8"), match[2]), place)
            self.assertGreaterEqual(count, least, path.name)

    def test_paths_exist(self):
        for path, least in ((ARCHITECTURE, 100), (CONTRIBUTING, 30)):
            count = 0
            for number, line in DOCUMENTS[path].prose:
                for name in PATH.findall(line):
                    if "NAME" in name or "DEVICE" in name:
                        continue
                    count += 1
                    with self.subTest(path=f"{path.name}:{number}: {name}"):
                        self.assertTrue(any(ROOT.glob(name)), f"{path.name}:{number}: {name}")
            self.assertGreaterEqual(count, least, path.name)


class Declarations(unittest.TestCase):
    """A declaration or a definition counts; a comment or a call does not."""

    def test_what_counts(self):
        for text, name in (("Values mean(Input x) {", "mean"), ("  std::vector<Step>& steps(int n);", "steps"),
                           ("void Plan::finish() {", "Plan::finish"), ("Plan::Plan(int n)", "Plan"),
                           ("class Plan {\n  void finish();\n};", "Plan::finish"), ("struct Plan {", "Plan"),
                           ("class GFNET_API Plan {", "Plan"),
                           ("enum class Plan {", "Plan"), ("constexpr int kMost = 4;", "kMost"),
                           ("template <typename T>\nbool is_near(\n    T a) {", "is_near"),
                           ("def mean(x):", "mean")):
            self.assertTrue(sources.declares(text, name), (text, name))

    def test_what_does_not_count(self):
        for text, name in (("// Values mean(Input x)", "mean"), ("/* class Plan */", "Plan"), ("y = mean(x);", "mean"),
                           ("return mean(x);", "mean"), ("  mean(x);", "mean"), ("if (mean(x)) {", "mean"),
                           ("Values meaning(Input x) {", "mean"), ("int n = kMost;", "kMost"),
                           ("void Plan::finish() {", "Other::finish"), ("  plan.finish();", "finish"),
                           ('const char* text = "class Plan";', "Plan"), ("class Plan;", "Plan")):
            self.assertFalse(sources.declares(text, name), (text, name))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
