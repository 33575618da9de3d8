"""gfnet eval: accuracy on folders named after classes."""
import csv
import json
import shutil
import signal

import numpy
from PIL import Image

import samples
from command import ENVIRONMENT, MODEL, SCRATCH, CommandTest, folder, main
from terminal import InTerminal

CLASSES = 10
IMAGES = 2  # per class


class Eval(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.labels = SCRATCH / "labels.txt"
        cls.labels.write_text("".join(f"Kind {i}\n" for i in range(CLASSES)))
        cls.tree = folder("tree")
        for i in range(CLASSES):
            for j in range(IMAGES):
                kind = cls.tree / f"kind {i}"  # upper and lower case do not matter
                kind.mkdir(exist_ok=True)
                samples.image(kind / f"{j}.png", seed=IMAGES * i + j)

    def test_scores_agree_with_classify(self):
        logits = SCRATCH / "logits.npy"
        self.succeed("classify", self.tree, "--model", MODEL, "--logits", logits)
        order = numpy.load(logits).argsort(axis=1)[:, ::-1]
        truth = numpy.repeat(numpy.arange(CLASSES), IMAGES)[:, None]
        top1 = 100 * (order[:, :1] == truth).any(axis=1).mean()
        top5 = 100 * (order[:, :5] == truth).any(axis=1).mean()
        # Folders stand for classes by label, or by order if the model has no labels.
        for args in (["--labels", self.labels], []):
            with self.subTest(args=args):
                score = json.loads(self.succeed("eval", self.tree, "--model", MODEL, "--json",
                                                *args).stdout)
                self.assertEqual((score["images"], score["failed"]), (CLASSES * IMAGES, 0))
                self.assertAlmostEqual(score["top1"], top1)
                self.assertAlmostEqual(score["top5"], top5)
                self.assertGreater(score["images_per_second"], 0)
        text = self.succeed("eval", self.tree, "--model", MODEL).text
        self.assertIn(f"{top1:.2f} %", text)
        self.assertIn(f"{top5:.2f} %", text)

    def test_hidden_folders_are_passed_over(self):
        args = ["--model", MODEL, "--labels", self.labels, "--json"]
        whole = json.loads(self.succeed("eval", self.tree, *args).stdout)
        made = []
        for name in (".ipynb_checkpoints", "__MACOSX", ".git", "$RECYCLE.BIN", "lost+found", "@eaDir"):
            for place in (self.tree, self.tree / "kind 0"):
                made.append(place / name)
                made[-1].mkdir()
                samples.image(made[-1] / "0-checkpoint.png", seed=1)
                (made[-1] / "._0.png").write_bytes(b"no image")
        (self.tree / ".DS_Store").write_bytes(b"x")
        self.addCleanup((self.tree / ".DS_Store").unlink)
        self.addCleanup(lambda: [shutil.rmtree(path) for path in made])
        score = json.loads(self.succeed("eval", self.tree, *args).stdout)
        for name in ("images", "failed", "top1", "top5"):
            self.assertEqual(score[name], whole[name])
        # A class may have such a name.
        labels = SCRATCH / "hidden labels.txt"
        labels.write_text(self.labels.read_text().replace("Kind 9", ".Hidden"))
        tree = folder("hidden class")
        (tree / ".hidden").mkdir()
        samples.image(tree / ".hidden" / "0.png")
        score = json.loads(self.succeed("eval", tree, "--model", MODEL, "--labels", labels, "--json").stdout)
        self.assertEqual((score["images"], score["failed"]), (1, 0))

    def test_a_row_an_image(self):
        """In both formats the rows, the score, the figures of each class and the matrix agree."""
        rows_csv, rows_json = SCRATCH / "rows.csv", SCRATCH / "rows.jsonl"
        matrix_csv, matrix_png = SCRATCH / "matrix.csv", SCRATCH / "matrix.png"
        base = ["eval", self.tree, "--model", MODEL, "--labels", self.labels]
        score = json.loads(self.succeed(*base, "--json", "--output", rows_csv, "--confusion", matrix_csv,
                                        "--confusion", matrix_png).stdout)
        self.succeed(*base, "--output", rows_json)
        labelled = SCRATCH / "labelled.csv"
        self.succeed("classify", self.tree, "--model", MODEL, "--labels", self.labels, "--top", "1",
                     "--output", labelled)
        with open(rows_csv, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with open(labelled, newline="", encoding="utf-8") as file:
            expected = list(csv.DictReader(file))
        matrix = numpy.zeros((CLASSES, CLASSES), int)
        self.assertEqual(len(rows), CLASSES * IMAGES)
        for i, (row, other) in enumerate(zip(rows, expected)):
            self.assertEqual([row["path"], row["class"], row["label"], row["probability"]],
                             [other[name] for name in ("path", "class_1", "label_1", "probability_1")])
            self.assertEqual((row["true_class"], row["true_label"]), (str(i // IMAGES), f"Kind {i // IMAGES}"))
            self.assertEqual(row["correct"], str(row["class"] == row["true_class"]).lower())
            matrix[int(row["true_class"]), int(row["class"])] += 1
        objects = [json.loads(line) for line in rows_json.read_text().splitlines()]
        self.assertEqual([{name: str(value).lower() if name == "correct" else str(value)
                           for name, value in each.items() if name != "probability"} for each in objects],
                         [{name: value for name, value in row.items() if name not in ("probability", "error")}
                          for row in rows])
        for each, row in zip(objects, rows):
            self.assertEqual(numpy.float32(each["probability"]), numpy.float32(row["probability"]))
        with open(matrix_csv, newline="", encoding="utf-8") as file:
            head, *lines = csv.reader(file)
        self.assertEqual(head, ["class", "label", *(f"Kind {i}" for i in range(CLASSES))])
        self.assertEqual([line[:2] for line in lines], [[str(i), f"Kind {i}"] for i in range(CLASSES)])
        numpy.testing.assert_array_equal([[int(cell) for cell in line[2:]] for line in lines], matrix)
        self.assertAlmostEqual(score["top1"], 100 * matrix.trace() / matrix.sum())
        for i, each in enumerate(score["classes"]):
            right, there, said = matrix[i, i], matrix[i].sum(), matrix[:, i].sum()
            self.assertEqual((each["class"], each["label"], each["images"], each["predicted"]),
                             (i, f"Kind {i}", there, said))
            self.assertEqual(each["precision"], right / said if said else None)
            self.assertEqual(each["recall"], right / there if there else None)
        with Image.open(matrix_png) as drawing:
            self.assertGreater(min(drawing.size), 600)
        text = self.succeed(*base).text
        for each in score["classes"]:
            precision = "" if each["precision"] is None else f"{100 * each['precision']:.1f} %"
            self.assertRegex(text, rf"(?m)^Kind {each['class']} +{each['images']} +{each['predicted']} +"
                                   rf"{precision} *{100 * each['recall']:.1f} %$")

    def test_sigmoid_probabilities(self):
        rows, logits = SCRATCH / "sigmoid.jsonl", SCRATCH / "sigmoid.npy"
        self.succeed("eval", self.tree, "--model", MODEL, "--scores", "sigmoid", "--output", rows)
        self.succeed("classify", self.tree, "--model", MODEL, "--logits", logits)
        best = numpy.load(logits).astype(float).max(axis=1)
        found = [json.loads(line)["probability"] for line in rows.read_text().splitlines()]
        numpy.testing.assert_allclose(found, 1 / (1 + numpy.exp(-best)), rtol=1e-7)
        self.fail_with(2, "--scores needs --output", "eval", self.tree, "--model", MODEL, "--scores", "sigmoid")

    def test_outputs_that_are_refused(self):
        base = ["eval", self.tree, "--model", MODEL]
        self.fail_with(2, "does not end in .csv, .jsonl or .parquet", *base, "--output", SCRATCH / "rows.txt")
        self.fail_with(2, "does not end in .csv or .png", *base, "--confusion", SCRATCH / "matrix.jpg")
        self.fail_with(2, "would overwrite", *base, "--output", SCRATCH / "x.csv", "--confusion", SCRATCH / "x.csv")
        self.fail_with(1, "cannot be written", *base, "--confusion", SCRATCH / "no folder" / "matrix.png")
        self.assertFalse((SCRATCH / "x.csv").exists())
        # An output that is one of the images: refused before anything is opened for writing.
        for option, ending in (("--output", "csv"), ("--confusion", "png"), ("--confusion", "csv")):
            tree = folder(f"overwritten {option} {ending}")
            (tree / "kind 0").mkdir()
            image = samples.image(tree / "kind 0" / "a.png")
            link = tree / f"output.{ending}"
            link.symlink_to(image)
            before = image.read_bytes()
            self.fail_with(2, "would overwrite", "eval", tree, "--model", MODEL, "--labels", self.labels, option, link)
            self.assertEqual(image.read_bytes(), before)
        for option in ("--output", "--confusion"):
            self.fail_with(2, "would overwrite", "eval", self.tree, "--model", MODEL, "--labels",
                           self.copy_as(self.labels, f"labels{option}.csv"), option, SCRATCH / f"labels{option}.csv")

    def copy_as(self, path, name):
        copy = SCRATCH / name
        copy.write_bytes(path.read_bytes())
        return copy

    def test_failed_inputs_do_not_count(self):
        tree = folder("broken")
        for i in range(2):
            (tree / f"kind {i}").mkdir()
        samples.image(tree / "kind 0" / "good.png")
        (tree / "kind 0" / "bad.png").write_text("no image")
        (tree / "kind 0" / "loop").symlink_to(".")
        result = self.run_command("eval", tree, "--model", MODEL, "--labels", self.labels, "--json")
        self.assertEqual(result.status, 1)
        self.assertEqual(len(result.errors), 2)
        self.assertIn("bad.png: not an image", result.errors[0])
        self.assertIn("kind 1: no images", result.errors[1])
        score = json.loads(result.stdout)
        self.assertEqual((score["images"], score["failed"]), (1, 2))
        for name in ("rows.csv", "rows.jsonl"):
            rows = tree.parent / f"failed-{name}"
            self.run_command("eval", tree, "--model", MODEL, "--labels", self.labels, "--output", rows)
            content = rows.read_text().splitlines()[-3:]
            self.assertEqual(["not an image" in line for line in content], [True, False, False])
            self.assertEqual(["no images in this folder" in line for line in content], [False, False, True])
            self.assertEqual(["error" in line for line in content if name.endswith("l")],
                             [True, False, True] if name.endswith("l") else [])

    def test_ctrl_c_gives_the_score_so_far(self):
        tree = folder("endless")
        (tree / "kind 0").mkdir()
        image = samples.image(SCRATCH / "one.png")
        for i in range(20000):
            (tree / "kind 0" / f"{i}.png").symlink_to(image)
        with InTerminal(["eval", tree, "--model", MODEL, "--labels", self.labels, "--json"],
                        {**ENVIRONMENT, "GFNET_VALIDATION": "0"}) as command:
            command.wait_for(" images/s")  # shown once there are results
            command.process.send_signal(signal.SIGINT)
            stdout = command.finish()
        self.assertEqual(command.process.returncode, 130, command.screen)
        score = json.loads(stdout)
        self.assertGreater(score["images"], 0)
        self.assertLess(score["images"], 20000)
        self.assertIn(f"interrupted after {score['images']} images", command.screen)

    def test_folders_that_do_not_match_the_model(self):
        self.fail_with(1, "No such file", "eval", SCRATCH / "missing", "--model", MODEL)
        self.fail_with(1, "Not a directory", "eval", self.labels, "--model", MODEL)
        self.fail_with(1, "no class folders", "eval", folder("bare"), "--model", MODEL)
        stray = folder("stray")
        (stray / "kind 0").mkdir()
        (stray / "kind\nof blue").mkdir()
        self.fail_with(2, ["'kind\\x0aof blue' is not a label", "2 folders for 10 classes"], "eval",
                       stray, "--model", MODEL, "--labels", self.labels)


if __name__ == "__main__":
    main()
