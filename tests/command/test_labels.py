"""ImageNet's labels, the default of a model with 1000 classes unless it or --labels has others."""
import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import samples
from command import SCRATCH, CommandTest, folder, main

WEIGHTS = Path(__file__).resolve().parents[2] / "weights"
TABLE = WEIGHTS / "imagenet-1k.tsv"
# SHA-256 of ILSVRC 2012's list of synsets in class order, one per line.
SYNSETS_DIGEST = "70002b0ff5de60a3a17a82dbfcff291931f96225ddf941ad2e182fc39e183d15"
WORDNET = Path("/usr/share/wordnet")
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]


def script(*args):
    return subprocess.run([sys.executable, "-B", WEIGHTS / "imagenet_labels.py", *args],
                          capture_output=True, text=True, timeout=60)


class Labels(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.weights = samples.gfnet(classes=1000)
        cls.model = samples.safetensors(SCRATCH / "thousand.safetensors", cls.weights)
        cls.photo = samples.image(SCRATCH / "photo.png")

    def classify(self, *args):
        return self.succeed("classify", self.photo, "--model", self.model, *args).text

    def test_every_format(self):
        predictions = json.loads(self.classify("--format", "jsonl"))["predictions"]
        for p in predictions:
            synset, _, label = ROWS[p["class"]]
            self.assertEqual((p["synset"], p["label"]), (synset, label))
        row = list(csv.reader(io.StringIO(self.classify("--format", "csv"))))[1]
        self.assertEqual(row[2::3], [p["label"] for p in predictions])
        table = self.classify("--format", "table")
        for p in predictions:
            self.assertIn(ROWS[p["class"]][1], table)

    def test_another_resolution_keeps_the_labels(self):
        text = self.classify("--format", "jsonl", "--size", "40")
        for p in json.loads(text)["predictions"]:
            self.assertEqual(p.get("synset"), ROWS[p["class"]][0])

    def test_a_label_with_commas_is_quoted(self):
        weights = {**self.weights, "head.bias": self.weights["head.bias"].copy()}
        weights["head.bias"][0] = 1000
        model = samples.safetensors(SCRATCH / "tench.safetensors", weights)
        text = self.succeed("classify", self.photo, "--model", model, "--top", "1").text
        self.assertIn(',0,"tench, Tinca tinca",1', text)

    def test_other_labels_take_precedence(self):
        own = [f"kind {i}, of mine" for i in range(1000)]
        labels = SCRATCH / "own.txt"
        labels.write_text("".join(f"{label}\n" for label in own))
        named = samples.safetensors(SCRATCH / "named.safetensors", self.weights,
                                    metadata={"labels": json.dumps(own)})
        for args in (["--model", self.model, "--labels", labels], ["--model", named]):
            text = self.succeed("classify", self.photo, *args, "--format", "jsonl").text
            for p in json.loads(text)["predictions"]:
                self.assertEqual(p["label"], own[p["class"]])
                self.assertNotIn("synset", p)

    def test_models_with_other_numbers_of_classes_have_no_labels(self):
        model = samples.safetensors(SCRATCH / "999.safetensors", samples.gfnet(classes=999))
        text = self.succeed("classify", self.photo, "--model", model, "--format", "jsonl").text
        for p in json.loads(text)["predictions"]:
            self.assertEqual(p["label"], f"class {p['class']}")

    def test_info_names_imagenet_labels(self):
        self.assertIn("1000, assumed to be ImageNet's", self.succeed("info", self.model).text)
        told = json.loads(self.succeed("info", self.model, "--json").stdout)
        self.assertTrue(told["imagenet_labels"])
        self.assertEqual(told["labels"], [label for _, _, label in ROWS])

    def test_folders_named_by_synset_or_label(self):
        best = json.loads(self.classify("--format", "jsonl"))["predictions"][0]["class"]
        for column, name in enumerate(("synset", "short", "label")):
            tree = folder(f"by-{name}")
            for row in {best, 3}:
                (tree / ROWS[row][column]).mkdir()
                shutil.copy(self.photo, tree / ROWS[row][column])
            told = json.loads(self.succeed("eval", tree, "--model", self.model, "--json").stdout)
            self.assertEqual(told["top1"], 50 if best != 3 else 100, told)


class Script(CommandTest):
    def test_it_reproduces_the_table(self):
        if not (WORDNET / "data.noun").exists():
            self.skipTest("WordNet is not installed (wordnet-base), so the table was not regenerated")
        made, synsets = SCRATCH / "made.tsv", SCRATCH / "synsets.txt"
        synsets.write_text("".join(f"{row[0]}\n" for row in ROWS))
        for args in ([], ["--synsets", synsets]):
            done = script(*args, "--output", made)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(made.read_text(), TABLE.read_text())
        wrong = SCRATCH / "wrong.txt"
        for text, saying in (("n00000000\n", "not a noun of this WordNet"), ("tench\n", "not the synset of a noun")):
            wrong.write_text(text)
            done = script("--synsets", wrong, "--output", SCRATCH / "never.tsv")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(saying, done.stderr)
        self.assertFalse((SCRATCH / "never.tsv").exists())

    def test_the_classes_are_those_of_imagenet(self):
        synsets = [row[0] for row in ROWS]
        self.assertEqual((len(set(synsets)), synsets), (1000, sorted(synsets)))
        listed = "".join(f"{synset}\n" for synset in synsets)
        self.assertEqual(hashlib.sha256(listed.encode()).hexdigest(), SYNSETS_DIGEST)


if __name__ == "__main__":
    main()
