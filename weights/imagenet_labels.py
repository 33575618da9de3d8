"""Names ImageNet's 1000 classes with WordNet's words: writes imagenet-1k.tsv.

    python3 weights/imagenet_labels.py [--synsets FILE] [--wordnet DIR] [--output FILE]

FILE lists the synsets ("n01440764"), one per line, in class order: ILSVRC 2012's classes are sorted by
synset. The default is the existing table. DIR holds WordNet 3.0's data.noun, in which a synset's number
is its byte offset (Debian and Ubuntu: apt install wordnet-base; format: wndb(5WN)).

The columns are synset, short label, label. The label is all words of the synset. The short label is its
first word. If several classes share that word, the first word of the hypernym follows in brackets.
"""
import argparse
import re
from collections import Counter
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "imagenet-1k.tsv"
HEAD = """\
ImageNet's 1000 classes (ILSVRC 2012) in class order, named by WordNet 3.0's synsets.
Written by imagenet_labels.py. Columns: synset, short label, label.

WordNet's licence, as the head of its data.noun has it:
"""


class WordNet:
    """WordNet's nouns, one line per synset:
    "offset file type count (word sense)… count (pointer offset type where)… | …"."""

    def __init__(self, directory):
        self.licence, self.lines = [], {}
        with open(Path(directory) / "data.noun", encoding="utf-8") as nouns:
            for line in nouns:
                if line.startswith("  "):
                    self.licence.append(re.sub(r"^ +\d+ ", "", line).rstrip())
                else:
                    self.lines[line[:8]] = line

    def fields(self, synset):
        """Returns the synset's words, and the list of fields after them."""
        try:
            fields = self.lines[synset[1:]].split(" ")
        except KeyError:
            raise SystemExit(f"{synset} is not a noun of this WordNet") from None
        end = 4 + 2 * int(fields[3], 16)
        return [word.replace("_", " ") for word in fields[4:end:2]], fields[end:]

    def words(self, synset):
        return self.fields(synset)[0]

    def kind(self, synset):
        """The first word of the hypernym."""
        pointers = self.fields(synset)[1]
        count = int(pointers[0])
        hypernym = next(pointers[at + 1] for at in range(1, 1 + 4 * count, 4)
                        if pointers[at] in ("@", "@i"))
        return self.words("n" + hypernym)[0]


def read_synsets(path):
    """The first column of a list or of a table."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    synsets = [line.split("\t")[0] for line in lines if line and not line.startswith("#")]
    for synset in synsets:
        if not re.fullmatch(r"n\d{8}", synset):
            raise SystemExit(f"{path}: '{synset}' is not the synset of a noun")
    return synsets


def rows(synsets, wordnet):
    firsts = Counter(wordnet.words(synset)[0].casefold() for synset in synsets)
    for synset in synsets:
        words = wordnet.words(synset)
        shared = firsts[words[0].casefold()] > 1
        yield synset, f"{words[0]} ({wordnet.kind(synset)})" if shared else words[0], ", ".join(words)


def table(synsets, wordnet):
    head = [*HEAD.splitlines(), *wordnet.licence]
    return "".join([*(f"# {line}".rstrip() + "\n" for line in head),
                    *("\t".join(row) + "\n" for row in rows(synsets, wordnet))])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--synsets", type=Path, default=TABLE)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--output", type=Path, default=TABLE)
    options = parser.parse_args()
    options.output.write_text(table(read_synsets(options.synsets), WordNet(options.wordnet)),
                              encoding="utf-8")


if __name__ == "__main__":
    main()
