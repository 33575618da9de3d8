"""Models from paths, bytes, file objects and names; other sizes; labels; pickles."""
import io
import json
import os
import pickle
import subprocess
import unittest

import numpy

from package import MODEL, PHOTOS, ROOT, SCRATCH, classifier, gfnet, main, run_python

BUNDLED = ROOT / "weights/gfnet-cifar10.safetensors"


class Sources(unittest.TestCase):
    def test_all_give_the_same_logits(self):
        expected = classifier(MODEL).logits(PHOTOS[0])
        content = MODEL.read_bytes()
        with open(MODEL, "rb") as file:
            for source in (str(MODEL), content, bytearray(content), memoryview(content), io.BytesIO(content), file):
                with self.subTest(type(source).__name__):
                    logits = gfnet.Classifier(gfnet.Model(source)).logits(PHOTOS[0])
                    numpy.testing.assert_array_equal(logits, expected)

    def test_the_bundled_model(self):
        for model in (gfnet.Model(), gfnet.Model("gfnet-cifar10")):
            self.assertEqual(model.labels[3], "cat")
            self.assertEqual(os.path.realpath(model.config["path"]), str(BUNDLED))

    def test_names_of_the_zoo(self):
        with self.assertRaisesRegex(gfnet.MissingFileError, "gfnet pull gfnet-xs downloads it"):
            gfnet.Model("gfnet-xs")
        cache = SCRATCH / "zoo"
        (cache / "models").mkdir(parents=True)
        (cache / "models" / "gfnet-xs.pth").write_bytes(b"no model")
        done = run_python("import gfnet; gfnet.Model('gfnet-xs')", GFNET_CACHE=str(cache))
        self.assertRegex(done.stderr, "FormatError: .*gfnet-xs.*: ")

    def test_wrong_sources(self):
        for source, error, saying in (
                ("nothing.pth", gfnet.MissingFileError, "nothing.pth: "), (b"no model", gfnet.FormatError, "model in memory: "),
                (3, gfnet.ArgumentError, "not int"), (io.StringIO("text"), gfnet.ArgumentError, "open for text"),
                (PHOTOS[0], gfnet.FormatError, str(PHOTOS[0]))):
            with self.assertRaises(error) as raised:
                gfnet.Model(source)
            self.assertIn(saying, str(raised.exception))
        with self.assertRaisesRegex(gfnet.FormatError, "ema"):
            gfnet.Model(MODEL, weights="ema")


class Description(unittest.TestCase):
    def test_config_is_what_gfnet_info_says(self):
        info = json.loads(subprocess.run([os.environ["GFNET_COMMAND"], "info", "--json", MODEL], capture_output=True,
                                         check=True, timeout=100).stdout)
        config = gfnet.Model(MODEL).config
        self.assertEqual(config["classes"], info["classes"])
        self.assertEqual(config["parameters"], info["parameters"])
        self.assertEqual(config["path"], MODEL)
        self.assertEqual(config["image_size"], (32, 32))
        self.assertEqual(len(config["mean"]), config["input_channels"])
        self.assertEqual(gfnet.Model(MODEL).layers, sum(stage["depth"] for stage in config["stages"]))
        self.assertIn("32×32 pixels, 10 classes", repr(gfnet.Model(MODEL)))

    def test_another_size(self):
        model = gfnet.Model(MODEL)
        self.assertEqual(model.at(64).config["image_size"], (64, 64))
        self.assertEqual(model.at((32, 48)).config["image_size"], (32, 48))
        self.assertEqual(model.at(numpy.int64(64)).config["image_size"], (64, 64))
        with self.assertRaises(gfnet.ArgumentError):
            model.at(33)

    def test_labels(self):
        self.assertEqual(gfnet.Model(MODEL).labels, [])
        names = [f"name {i}" for i in range(10)]
        model = gfnet.Model(MODEL, labels=names)
        self.assertEqual(model.labels, names)
        self.assertEqual(model.at(64).labels, names)
        self.assertIn(gfnet.Classifier(model)(PHOTOS[0]).label, names)
        with self.assertRaises(gfnet.ArgumentError):
            gfnet.Model(MODEL, labels=names[1:])


class Pickles(unittest.TestCase):
    def test_a_model_of_a_file_is_read_again(self):
        names = [f"name {i}" for i in range(10)]
        model = gfnet.Model(MODEL, labels=names).at(64).at(48)
        copy = pickle.loads(pickle.dumps(model))
        self.assertEqual(copy.config, model.config)
        self.assertEqual(copy.labels, names)
        self.assertLess(len(pickle.dumps(model)), 2000)
        self.assertEqual(pickle.loads(pickle.dumps(gfnet.Model())).labels, gfnet.Model().labels)

    def test_a_model_of_bytes_is_not(self):
        with self.assertRaisesRegex(TypeError, "read from memory"):
            pickle.dumps(gfnet.Model(MODEL.read_bytes()).at(64))


if __name__ == "__main__":
    main()
