"""Parses Markdown as GitHub renders it, as far as the tests of the documents need."""
import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\s*$")
HEADING = re.compile(r"^(#{1,6}) (.+?)\s*$")
LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
MARK = re.compile(r"^<!-- (not run|figures vary|full device|python): (.+) -->$")


@dataclass
class Block:
    """A fenced block. marks: {mark: reason}, from the comments on the lines directly before it."""

    path: Path
    line: int
    language: str
    lines: list = field(default_factory=list)
    marks: dict = field(default_factory=dict)

    @property
    def place(self):
        return f"{self.path.name}:{self.line}"

    def runs_gfnet(self):
        return any(re.match(r"\s*\$ (\w+=\S* )*gfnet\b", line) for line in self.lines)


@dataclass
class Document:
    path: Path
    prose: list  # (number, line) outside fenced blocks
    blocks: list

    def headings(self):
        """(number, level, text) of each."""
        found = []
        for number, line in self.prose:
            match = HEADING.match(line)
            if match:
                found.append((number, len(match[1]), match[2]))
        return found

    def anchors(self):
        anchors = set()
        for _, _, text in self.headings():
            plain = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            name, copies = plain, 0
            while name in anchors:
                copies += 1
                name = f"{plain}-{copies}"
            anchors.add(name)
        return anchors

    def links(self):
        """(number, target) of each link and image."""
        joined = "\n".join(line for _, line in self.prose)  # a link's text may be on two lines
        for match in LINK.finditer(joined):
            yield self.prose[joined.count("\n", 0, match.start())][0], match[1]

    def code(self):
        """(number, text) of each piece of inline code."""
        for number, line in self.prose:
            for match in CODE.finditer(line):
                yield number, match[1]


def read(path):
    document = Document(path, [], [])
    block = None
    marks = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None:
            if fence:
                block = None
            else:
                block.lines.append(line)
            continue
        if fence:
            block = Block(path, number, fence[1], marks=marks)
            document.blocks.append(block)
            marks = {}
            continue
        document.prose.append((number, line))
        mark = MARK.match(line.strip())
        marks = {**marks, mark[1]: mark[2]} if mark else {}
    if block is not None:
        raise ValueError(f"{block.place}: the block does not end")
    return document
