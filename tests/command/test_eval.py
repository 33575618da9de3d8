"""gfnet eval: accuracy on folders named after classes."""
import json
import shutil
import signal

import numpy

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
