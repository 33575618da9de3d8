"""Checkpoints as people have them (data/checkpoints): right logits, or refused by what they are."""
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy

import samples
from command import PHOTOS, SCRATCH, CommandTest, folder, main

PHOTO = PHOTOS / "cat.jpg"
DATA = Path(__file__).parent / "data" / "checkpoints"
INPUT = DATA / "input.npy"
LOGITS = numpy.load(DATA / "logits.npy")
BARE = DATA / "ok_bare.pth"

# Files whose logits are LOGITS.
RIGHT = ["ok_bare.pth", "neg_view.pth", "crc32_off.pth", "orig_mod.pth", "lightning.ckpt",
         "model_state_dict.pth", "thop.pth", "complex64.pth", "meta_labels.safetensors"]
# Files that are refused, and what the message says.
REFUSED = {
    "sparse_head.pth": ["tensor 'head.weight': is sparse"],
    "module_in_dict.pth": ["a pickled module of class torch.nn.modules.linear.Linear under 'model'"],
    "pickle_dump.pkl": ["pickle.dump", "torch.save"],
}


def zip_of(names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return data.getvalue()


def tar_of(path):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.add(path, "model.pth")
    return data.getvalue()


def other_files():
    """{name: (bytes of a file that is no checkpoint, what the message says)}"""
    bare = BARE.read_bytes()
    return {
        "page.pth": (b"<!DOCTYPE html>\n<html><head><title>Sign in</title>", "is a web page (HTML)"),
        "page2.pth": (b"\xef\xbb\xbf \n<HTML lang=en>", "is a web page (HTML)"),
        "page3.pth": (b"<?xml version='1.0'?>\n<!DOCTYPE html><html>", "(HTML)"),
        "pointer.pth": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
                        "is a Git LFS pointer"),
        "annexed.pth": (b"/annex/objects/SHA256E-s123--0.pth\n", "is a git-annex pointer"),
        "error.safetensors": (b'{"message": "Not Found"}', "is a JSON text"),
        "model.pth.gz": (gzip.compress(bare), "is compressed with gzip"),
        "model.pth.xz": (lzma.compress(bare), "is compressed with xz"),
        "model.tar": (tar_of(BARE), "is a tar archive"),
        "script.pt": (zip_of(["m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"]),
                      "is a TorchScript archive"),
        "script2.pt": (zip_of(["m/code/__torch__.py", "m/data.pkl", "m/version"]),
                       "is a TorchScript archive"),
        "export.pt2": (zip_of(["m/models/model.json", "m/archive_format"]), "torch.export"),
        "package.pt": (zip_of(["m/.data/extern_modules", "m/model.pkl"]), "torch.package"),
        "arrays.npz": (zip_of(["head.weight.npy"]), "NumPy arrays (.npz)"),
        "model.keras": (zip_of(["config.json", "model.weights.h5"]), "is a Keras model"),
        "zipped.zip": (zip_of(["dir/model.pth"]), "with a model file in it; unpack it"),
        "text.zip": (zip_of(["readme.txt"]), "without a PyTorch checkpoint in it"),
        "array.npy": (INPUT.read_bytes(), "is a NumPy array"),
        "model.onnx": (b"\x08\x08\x12\x07pytorch\x1a\x052.4.0", "is an ONNX model"),
        "model.h5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "is an HDF5 file"),
        "saved_model.pb": (b"\x08\x01\x12\xff\x10", "TensorFlow SavedModel"),
        "model.tflite": (b"\x1c\0\0\0TFL3" + bytes(20), "TensorFlow Lite"),
        "model.gguf": (b"GGUF\x03\0\0\0", "is a GGUF file"),
        "zeros.pth": (bytes(5000), "zeros only"),
        "arrays.pkl": (pickle.dumps({"a": numpy.ones(3)}), "pickle.dump"),
        "list.pkl": (pickle.dumps([1, 2]), "pickle.dump"),
        "empty.pth": (b"", "is empty"),
    }


def shards(to, change=None):
    """Writes a model in three shards and their index. change: a function that gets the weight map and returns
    another one. Returns the path of the index."""
    tensors = samples.gfnet()
    names = sorted(tensors)
    weight_map = {}
    for i in range(3):
        file = f"model-{i + 1:05}-of-00003.safetensors"
        part = {name: tensors[name] for name in names[i::3]}
        samples.safetensors(to / file, part, metadata={"format": "pt"})
        weight_map.update({name: file for name in part})
    index = to / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1},
                                 "weight_map": (change or dict)(weight_map)}))
    return index


class Checkpoints(CommandTest):
    def logits(self, model, *args, tensor=INPUT):
        path = SCRATCH / "logits.npy"
        result = self.run_command("classify", "--model", model, "--tensor", tensor, "--logits", path,
                                  "--precision", "fp32", "--output", "/dev/null", *args)
        self.assertEqual(result.status, 0, result.stderr)
        return numpy.load(path), result

    def assert_right(self, model, *args):
        logits, result = self.logits(model, *args)
        error = numpy.linalg.norm(logits - LOGITS) / numpy.linalg.norm(LOGITS)
        self.assertLessEqual(error, 1e-5)
        return result

    def test_every_field_case_is_right_or_refused(self):
        for name in RIGHT:
            with self.subTest(name=name):
                result = self.assert_right(DATA / name)
                if "meta" in name:
                    self.assertEqual(len(result.errors), 1)
                    self.assertIn("metadata 'labels' is not a JSON list of strings; ignored",
                                  result.errors[0])
                else:
                    self.assertEqual(result.errors, [])
        for name, said in REFUSED.items():
            with self.subTest(name=name):
                self.fail_with(1, [name, *said], "classify", "--model", DATA / name, "--tensor", INPUT)
        tried = {*RIGHT, *REFUSED, INPUT.name, "logits.npy"}
        self.assertEqual(tried, {path.name for path in DATA.iterdir()})

    def test_labels_beside_foreign_metadata(self):
        labels = SCRATCH / "labels.txt"
        labels.write_text("".join(f"kind {i}\n" for i in range(10)))
        self.assert_right(DATA / "meta_labels.safetensors", "--labels", labels)

    def test_bytes_behind_the_archive(self):
        path = SCRATCH / "tail.pth"
        for tail in (b"x", bytes(4096), b"PK\x05\x06", b"y" * 65535):
            path.write_bytes(BARE.read_bytes() + tail)
            with self.subTest(length=len(tail)):
                self.assert_right(path)
        path.write_bytes(BARE.read_bytes() + bytes(1 << 20))
        self.fail_with(1, ["no directory at its end"], "info", path)
        path.write_bytes(b"x" + BARE.read_bytes())
        self.fail_with(1, ["neither a PyTorch nor a safetensors file"], "info", path)

    def test_other_files_are_named_for_what_they_are(self):
        models = folder("others")
        for name, (content, said) in other_files().items():
            with self.subTest(name=name):
                path = models / name
                path.write_bytes(content)
                self.fail_with(1, [name, said], "info", path)

    def test_shards(self):
        models = folder("shards")
        index = shards(models)
        whole = samples.torch_zip(SCRATCH / "whole.pth", samples.gfnet())
        tensor = SCRATCH / "zeros.npy"
        shape = json.loads(self.succeed("info", whole, "--json").text)["input"]
        numpy.save(tensor, numpy.random.default_rng(3).normal(size=(2, *shape)).astype("f4"))
        expected, _ = self.logits(whole, tensor=tensor)
        for model in (index, models):
            logits, _ = self.logits(model, tensor=tensor)
            numpy.testing.assert_array_equal(logits, expected)
        facts = json.loads(self.succeed("info", models, "--json").text)
        self.assertEqual((facts["format"], facts["path"]), ("safetensors, sharded", str(index)))

        first, second, _ = sorted(models.glob("*.safetensors"))
        for said, change in {
            "is not in this file by the index": lambda m: {**m, "head.bias": second.name
                                                           if m["head.bias"] == first.name else first.name},
            "the index does not name it": lambda m: {k: m[k] for k in m if k != "head.bias"},
            "tensor 'more': is missing in": lambda m: {**m, "more": first.name},
            "'gone.safetensors', which is missing": lambda m: {**m, "x": "gone.safetensors"},
            "which is not a file beside it": lambda m: {**m, "x": "../shards/" + first.name},
            "'/etc/hostname', which is not a file beside it": lambda m: {**m, "x": "/etc/hostname"},
            "'..', which is not a file beside it": lambda m: {**m, "x": ".."},
            "names no file for a tensor": lambda m: {**m, "x": 3},
        }.items():
            with self.subTest(said=said):
                shards(models, change)
                self.fail_with(1, [said], "info", index)
        for text, said in {'{"weight_map": {"a": "b"': "is not valid JSON", "[" * 100: "is a JSON text",
                           '{"a": 1}': "is a JSON text", '{"weight_map": []}': "not the index"}.items():
            index.write_text(text)
            self.fail_with(1, [said], "info", index)
        shards(models)
        first.write_bytes(b"no tensors")
        self.fail_with(1, [first.name, "is no safetensors file"], "info", index)
        first.unlink()
        self.fail_with(1, [first.name, "which is missing"], "info", models)
        index.unlink()
        self.fail_with(1, ["is a directory", ".safetensors.index.json"], "info", models)

    def test_weights_choose_a_network(self):
        """The tensors of the moving average are those of the model times 2, so that their logits differ."""
        good = samples.gfnet()
        doubled = {name: array * 2 for name, array in good.items()}
        path = samples.torch_zip(SCRATCH / "both.pth", {
            "model_ema": {f"module.{name}": array for name, array in doubled.items()}, "epoch": 3,
            "model": good, "optimizer": {"state": {}, "param_groups": []}, "args": {"lr": 1}})
        taken = json.loads(self.succeed("info", path, "--json").text)
        self.assertEqual((taken["weights"], taken["other_weights"]), ("model", ["model_ema.module"]))
        self.assertEqual(taken["passed_over"],
                         [{"name": "model_ema", "kind": "dictionary"}, {"name": "epoch", "kind": "integer"},
                          {"name": "optimizer", "kind": "dictionary"}, {"name": "args", "kind": "dictionary"}])
        text = self.succeed("info", path).text
        self.assertIn("  weights       model (also in the file: model_ema.module; see --weights)\n", text)
        self.assertIn("  passed over   model_ema (dictionary), epoch (integer), ", text)
        tensor = SCRATCH / "noise.npy"
        numpy.save(tensor, numpy.random.default_rng(3).normal(size=(1, *taken["input"])).astype("f4"))
        model, average = (self.logits(samples.torch_zip(SCRATCH / "one.pth", one), tensor=tensor)[0]
                          for one in (good, doubled))
        for weights, expected in {"model": model, "ema": average, "model_ema": average,
                                  "model_ema.module": average}.items():
            logits, _ = self.logits(path, "--weights", weights, tensor=tensor)
            numpy.testing.assert_array_equal(logits, expected)
        self.fail_with(1, ["no weights 'optimizer'", "'model_ema.module', 'model'"],
                       "info", path, "--weights", "optimizer")
        both = samples.torch_zip(SCRATCH / "students.pth", {
            **{f"student.backbone.{name}": array for name, array in good.items()},
            **{f"teacher.backbone.{name}": array for name, array in doubled.items()}})
        self.fail_with(1, ["holds 2 networks: 'student.backbone', 'teacher.backbone'", "--weights"],
                       "classify", "--model", both, "--tensor", tensor)
        logits, _ = self.logits(both, "--weights", "teacher", tensor=tensor)
        numpy.testing.assert_array_equal(logits, average)

    def test_no_head(self):
        path = samples.torch_zip(SCRATCH / "no-head.pth", {
            name: array for name, array in samples.gfnet().items() if not name.startswith("head.")})
        facts = json.loads(self.succeed("info", path, "--json").text)
        self.assertEqual(facts["classes"], 0)
        self.assertIn("no head", self.succeed("info", path).text)
        for command in ("classify", "eval", "explain"):
            self.fail_with(1, ["no-head.pth", "has no head (head.weight and head.bias)"], command, "--model",
                           path, DATA.parent, *(["--output", SCRATCH / "x.png"] if command == "explain" else []))
        # Labels among the metadata do not matter then. Every command says one thing.
        tensors = {name: array for name, array in samples.gfnet().items() if not name.startswith("head.")}
        path = samples.safetensors(SCRATCH / "no-head.safetensors", tensors,
                                   metadata={"labels": json.dumps(list("abcdefghij"))})
        drawing, labels = ["--output", SCRATCH / "x.png"], SCRATCH / "ten.txt"
        labels.write_text("".join(f"{i}\n" for i in range(10)))
        self.succeed("info", path)
        self.succeed("filters", path, *drawing)
        named = ["--model", path]
        for args in (["classify", PHOTO, *named], ["eval", SCRATCH, *named], ["plan", *named],
                     ["explain", PHOTO, *named, *drawing], ["explain", PHOTO, *named, *drawing, "--class", "a"],
                     ["bench", *named, "--sections", "latency"], ["bench", *named, "--sections", "none", "--pictures", PHOTO],
                     ["live", "--headless", *named, "--source", PHOTO],
                     ["classify", PHOTO, *named, "--logits", SCRATCH / "x.npy"],
                     ["classify", PHOTO, *named, "--link-to", SCRATCH / "x"],
                     ["classify", PHOTO, *named, "--labels", labels, "--features", SCRATCH / "x.npy"]):
            with self.subTest(args=args):
                self.fail_with(1, [str(path), "has no head (head.weight and head.bias)"], *args)
        features = ["classify", PHOTO, *named, "--features", SCRATCH / "features.npy"]
        rows = {"csv": f"path,error\r\n{PHOTO},\r\n", "jsonl": f'{{"path":"{PHOTO}","predictions":[]}}\n',
                "table": "image"}
        for form, expected in rows.items():
            text = self.succeed(*features, "--format", form).text
            self.assertEqual(text, expected) if form != "table" else self.assertEqual(text.split()[0], "image")
            self.assertEqual(text.count("\n"), 3 if form == "table" else expected.count("\n"), text)
        output = SCRATCH / "rows.csv"
        for _ in range(2):
            self.succeed(*features, "--output", output, "--resume")
            self.assertEqual(output.read_bytes().decode(), rows["csv"])
        self.assertEqual(numpy.load(SCRATCH / "features.npy").shape, (1, 8))

    def test_cut_files(self):
        for name in ("ok_bare.pth", "meta_labels.safetensors"):
            path = SCRATCH / name
            whole = (DATA / name).read_bytes()
            for length in (1, 9, len(whole) // 2, len(whole) - 1):
                path.write_bytes(whole[:length])
                with self.subTest(name=name, length=length):
                    self.fail_with(1, [name], "info", path)


if __name__ == "__main__":
    main()
