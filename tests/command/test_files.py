"""Missing, broken or hostile files: each is reported in one line, and the others are labelled."""
import csv
import io
import os
import struct

import numpy
from PIL import Image

import samples
from command import MODEL, PHOTOS, SCRATCH, CommandTest, folder, main

PROOF = SCRATCH / "proof"


def bad_models():
    """Writes invalid checkpoints to a new folder. Returns {path: text that its error must contain}."""
    models = folder("models")
    good = samples.gfnet()
    a = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    said = {}

    def bad(name, saying, write=None, *args, **options):
        path = models / name
        said[path] = saying
        if write:
            write(path, *args, **options)
        return path

    bad("missing.pth", "No such file")
    bad("empty.pth", "empty").touch()
    bad("folder.pth", "directory").mkdir()
    bad("text.pth", "neither a PyTorch nor a safetensors file").write_text("weights\n")
    bad("no-tensors.pth", "without tensors", samples.torch_zip, {"epoch": 3})
    bad("no-gfnet.pth", "GFNet", samples.torch_zip, {"fc.weight": numpy.ones((3, 4))})
    bad("shape.pth", "blocks.0.mlp.fc1.weight", samples.torch_zip,
        {**good, "blocks.0.mlp.fc1.weight": numpy.ones((32, 9))})
    bad("lacking.pth", "blocks.0.norm2.bias", samples.torch_zip,
        {name: value for name, value in good.items() if name != "blocks.0.norm2.bias"})
    bad("system.pth", "system", samples.torch_zip, {"model": samples.Shell(f"touch '{PROOF}'")})
    whole = samples.torch_zip(models / "whole", good).read_bytes()
    bad("half.pth", "").write_bytes(whole[:len(whole) // 2])
    bad("line\nbreak.pth", "line\\x0abreak.pth").write_text("weights\n")

    bad("overlap.safetensors", "overlaps", samples.safetensors, {"x": numpy.zeros(6)},
        {"a": a, "b": {**a, "data_offsets": [8, 24]}})
    bad("beyond.safetensors", "tensor 'a'", samples.safetensors, {"x": numpy.zeros(4)},
        {"a": {**a, "shape": [2**40], "data_offsets": [0, 2**42]}})
    bad("huge.safetensors", "tensor 'a'", samples.safetensors, {"x": numpy.zeros(4)},
        {"a": {**a, "data_offsets": [2**63, 2**63 + 16]}})
    bad("negative.safetensors", "tensor 'a'", samples.safetensors, {"x": numpy.zeros(4)},
        {"a": {**a, "data_offsets": [-16, 0]}})
    bad("header.safetensors", "header").write_bytes(struct.pack("<Q", 2**62) + b"{}")
    bad("shape.safetensors", "head.weight", samples.safetensors,
        {**good, "head.weight": numpy.ones((10, 7))})
    return said


class Files(CommandTest):
    def test_bad_models(self):
        for path, saying in bad_models().items():
            name = str(path).replace("\n", "\\x0a")
            for args in (["info", path], ["classify", "a.jpg", "--model", path]):
                with self.subTest(args=args):
                    self.fail_with(1, [name, saying], *args)
        self.assertFalse(PROOF.exists(), "the checkpoint's command was run")
        self.assertEqual(os.system(f"touch '{PROOF}'"), 0)  # the command would have worked
        self.assertTrue(PROOF.exists())

    def test_bad_images_do_not_affect_the_others(self):
        images = folder("images")
        photo = (PHOTOS / "boat.jpg").read_bytes()
        (images / "empty.jpg").touch()
        (images / "half.jpg").write_bytes(photo[:len(photo) // 2])
        (images / "text.jpg").write_text("no image\n")
        (images / "folder.png").mkdir()
        bad = {"missing.jpg": "no such file", "empty.jpg": "empty", "half.jpg": "truncated",
               "text.jpg": "not an image", "line\nbreak\x1b[31m.jpg": "no such file",
               "not\udcff.jpg": "no such file", "-dash.jpg": "no such file"}
        Image.new("RGB", (1, 1), (9, 90, 200)).save(images / "one.png")
        Image.new("RGB", (30_000, 1), (9, 90, 200)).save(images / "wide.png")
        samples.image(images / "grey.jpg", mode="L")
        good = ["one.png", "wide.png", "grey.jpg"]

        names = [name for pair in zip(bad, good) for name in pair] + list(bad)[len(good):]
        result = self.run_command("classify", "--model", MODEL, "--", *names, cwd=images)
        self.assertEqual(result.status, 1)
        rows = list(csv.DictReader(io.StringIO(os.fsdecode(result.stdout), newline="")))
        self.assertEqual([row["path"] for row in rows], names)
        self.assertEqual([row["path"] for row in rows if not row["error"]], good)
        self.assertEqual(result.summary.split(" in ")[0], f"{len(good)} labelled, {len(bad)} failed")
        self.assertEqual(len(result.errors), len(bad))
        for error, (name, saying) in zip(result.errors, bad.items()):
            escaped = name.replace("\n", "\\x0a").replace("\x1b", "\\x1b").replace("\udcff", "\\xff")
            self.assertTrue(error.startswith(escaped + ": "), error)
            self.assertIn(saying, error)
            row = next(row for row in rows if row["path"] == name)
            self.assertEqual(f"{escaped}: {row['error']}", error)
            self.assertEqual((row["class_1"], row["probability_5"]), ("", ""))

    def test_nan_in_the_weights_is_an_error(self):
        weights = samples.gfnet()
        weights["head.bias"][3] = numpy.nan
        model = samples.safetensors(SCRATCH / "nan.safetensors", weights)
        photo = samples.image(SCRATCH / "photo.png")
        self.fail_with(1, [str(photo), "not finite"], "classify", photo, "--model", model)

    def test_labels(self):
        photo = samples.image(SCRATCH / "photo.png")
        labels = SCRATCH / "labels.txt"
        labels.write_text("".join(f"the {i}th, \"quoted\"\n" for i in range(10)))
        result = self.succeed("classify", photo, "--model", MODEL, "--labels", labels, "--top", "1")
        self.assertRegex(result.text, r',"the \dth, ""quoted"""')
        for text, saying in (("a\nb\n", "2 labels"), ("", "empty"), ("\xff\n" * 10, "UTF-8")):
            labels.write_bytes(text.encode("latin-1"))
            with self.subTest(text=text):
                self.fail_with(1, [str(labels), saying], "classify", photo, "--model", MODEL,
                               "--labels", labels)

    def test_outputs_that_cannot_be_written(self):
        photo = samples.image(SCRATCH / "photo.png")
        for option in ("--output", "--logits", "--preprocessed"):
            for path, saying in (("/dev/full", "No space left"), (SCRATCH, "Is a directory"),
                                 (SCRATCH / "no" / "where", "No such file")):
                with self.subTest(option=option, path=path):
                    self.fail_with(1, [str(path), f"cannot be written: {saying}"], "classify", photo,
                                   "--model", MODEL, option, path)


if __name__ == "__main__":
    main()
