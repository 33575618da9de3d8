"""A Labeller: columns in, columns out, the same rows as the command's; errors are values."""
import csv
import io
import json
import os
import pickle
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

import numpy
from PIL import Image

from package import MODEL, PHOTOS, ROOT, SCRATCH, gfnet, main, run_python


class Column:
    """A column as pyarrow has them."""

    def __init__(self, values):
        self.values = values

    def to_pylist(self):
        return list(self.values)


def folder_of_images():
    """A folder with small images of many kinds, and with files that are no images."""
    folder = SCRATCH / "images"
    folder.mkdir()
    random = numpy.random.default_rng(7)
    for i in range(60):
        size = random.integers(8, 80, 2)
        Image.fromarray(random.integers(0, 256, (*size, 3), dtype=numpy.uint8)).save(
            folder / f"{i:03}.{('png', 'jpg', 'bmp')[i % 3]}")
    shutil.copy(PHOTOS[0], folder / "photo.jpg")
    (folder / "010.bmp").write_bytes(b"BM")
    (folder / "text.jpg").write_text("no image")
    (folder / "empty.png").write_bytes(b"")
    return folder


class LabellerTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.paths = sorted(map(str, folder_of_images().iterdir()))
        done = subprocess.run([os.environ["GFNET_COMMAND"], "classify", "--model", MODEL, "--top", "2", *cls.paths],
                              capture_output=True, text=True, timeout=200)
        cls.rows = list(csv.DictReader(io.StringIO(done.stdout)))
        cls.labeller = gfnet.Labeller(MODEL, top=2, features=True)

    def rows_of(self, columns):
        """The columns as the command's rows."""
        rows = []
        for i, path in enumerate(columns["path"]):
            row = {"path": path, "error": columns["error"][i]}
            for rank, suffix in ((1, ""), (2, "_2")):
                is_good = columns["error"][i] == ""
                row[f"class_{rank}"] = str(columns["class" + suffix][i]) if is_good else ""
                row[f"label_{rank}"] = columns["label" + suffix][i]
                row[f"probability_{rank}"] = f"{columns['probability' + suffix][i]:.9g}" if is_good else ""
            rows.append(row)
        return rows

    def test_the_rows_of_the_command(self):
        self.assertEqual(len(self.rows), 64)
        self.assertEqual(self.rows_of(self.labeller({"path": self.paths})), self.rows)
        self.assertEqual(sum(row["error"] != "" for row in self.rows), 3)

    def test_bytes(self):
        content = [Path(path).read_bytes() for path in self.paths]
        columns = self.labeller({"bytes": content, "path": self.paths, "more": list(range(len(content)))})
        self.assertEqual(self.rows_of(columns), self.rows)
        self.assertEqual(columns["more"], list(range(len(content))))
        self.assertIs(columns["bytes"], content)

    def test_kinds_of_columns(self):
        expected = self.labeller({"path": self.paths[:5]})
        for column in (numpy.array(self.paths[:5], object), numpy.array(self.paths[:5]),
                       numpy.array([os.fsencode(path) for path in self.paths[:5]]), Column(self.paths[:5])):
            with self.subTest(type(column).__name__):
                got = self.labeller({"path": column})
                for name in ("label", "class", "probability", "error", "features"):
                    numpy.testing.assert_array_equal(got[name], expected[name])
        content = [Path(path).read_bytes() for path in self.paths[:5]]
        content[0] += b"\0\0"  # numpy cuts them off
        for column in (numpy.array(content, object), numpy.array(content), Column(content), [bytearray(c) for c in content]):
            got = self.labeller({"bytes": column})
            numpy.testing.assert_array_equal(got["features"], expected["features"])

    def test_data_frames(self):
        class Frame(dict):
            """As much of a DataFrame of pandas as a Labeller uses."""

            def assign(self, **columns):
                return Frame({**self, **columns})

        expected = self.labeller({"path": self.paths[:5]})
        got = self.labeller(Frame(path=self.paths[:5], more=[1, 2, 3, 4, 5]))
        self.assertIs(type(got), Frame)
        self.assertEqual(got["more"], [1, 2, 3, 4, 5])
        self.assertEqual(list(got["label"]), list(expected["label"]))
        self.assertIs(type(got["features"]), list)
        numpy.testing.assert_array_equal(got["features"], expected["features"])

    def test_types_do_not_depend_on_the_rows(self):
        good = self.labeller({"path": self.paths[:3]})
        bad = self.labeller({"path": ["nothing.jpg", None, "", 3, "a\0b", float("nan")]})
        none = self.labeller({"path": []})
        for name, column in good.items():
            if name == "path":
                continue
            self.assertEqual(column.dtype, bad[name].dtype)
            # An array of objects without objects would be a column of no type in Arrow.
            self.assertEqual("U" if column.dtype.kind == "O" else column.dtype.kind, none[name].dtype.kind)
            self.assertEqual(column.shape[1:], none[name].shape[1:])
        self.assertEqual(list(bad["error"]), ["no such file", "no path", "no path", "no path",
                                              "no file can have the path 'a\\x00b'", "no path"])
        self.assertEqual(set(bad["label"]), {""})
        self.assertEqual(set(bad["class"]), {-1})
        self.assertTrue(numpy.isnan(bad["probability"]).all() and numpy.isnan(bad["features"]).all())
        self.assertEqual([type(text) for text in good["label"]], [str] * 3)

    def test_wrong_batches_and_arguments(self):
        with self.assertRaisesRegex(gfnet.ArgumentError, "'bytes' or 'path'; there are: image"):
            self.labeller({"image": self.paths})
        for column in (None, "cat.jpg", b"cat.jpg", Path("cat.jpg"), numpy.array("cat.jpg")):
            with self.assertRaisesRegex(gfnet.ArgumentError, "a column is a list or an array"):
                self.labeller({"path": column})
        with self.assertRaisesRegex(gfnet.ArgumentError, "a batch is a dict of columns or a pandas DataFrame, not list"):
            self.labeller(self.paths)
        for top in (0, -1, "2"):
            with self.assertRaisesRegex(gfnet.ArgumentError, "top"):
                gfnet.Labeller(MODEL, top=top)

    def test_columns_by_default(self):
        self.assertEqual(list(gfnet.Labeller(MODEL)({"path": self.paths[:1]})),
                         ["path", "label", "class", "probability", "error"])
        many = gfnet.Labeller(MODEL, top=99)({"path": self.paths[:1]})
        self.assertIn("label_10", many)
        self.assertNotIn("label_11", many)

    def test_a_model_without_a_head_gives_features_only(self):
        content = (ROOT / "weights/gfnet-cifar10.safetensors").read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8:8 + length])
        kept, data = {"__metadata__": header.pop("__metadata__")}, b""
        for name, entry in header.items():
            if name.startswith("head."):
                continue
            first, end = entry["data_offsets"]
            kept[name] = {**entry, "data_offsets": [len(data), len(data) + end - first]}
            data += content[8 + length + first:8 + length + end]
        text = json.dumps(kept).encode()
        headless = struct.pack("<Q", len(text)) + text + data
        columns = gfnet.Labeller(headless, features=True)({"path": [PHOTOS[0], "nothing.jpg"]})
        expected = gfnet.Classifier().features(PHOTOS[0])
        numpy.testing.assert_array_equal(columns["features"][0], expected)
        self.assertEqual((list(columns["class"]), list(columns["label"]), list(columns["error"])),
                         ([-1, -1], ["", ""], ["", "no such file"]))
        with self.assertRaisesRegex(gfnet.FormatError, "has no head"):
            gfnet.Labeller(headless)({"path": [PHOTOS[0]]})

    def test_pickles_are_the_arguments(self):
        copy = pickle.loads(pickle.dumps(self.labeller))
        self.assertEqual(repr(copy), repr(self.labeller))
        self.assertLess(len(pickle.dumps(self.labeller)), 1000)
        self.assertEqual(self.rows_of(copy({"path": self.paths})), self.rows)

    def test_copies_out_of_pickles_share_the_device(self):
        written = pickle.dumps(self.labeller)
        first, second = pickle.loads(written), pickle.loads(written)
        first({"path": self.paths[:1]})
        self.assertIs(first._opened, second._opened)
        self.assertIsNot(first._opened, self.labeller._opened)
        other = pickle.loads(pickle.dumps(gfnet.Labeller(MODEL)))
        self.assertIsNot(other._opened, first._opened)
        self.assertNotIn("features", other({"path": self.paths[:1]}))
        self.assertEqual(first.device, self.labeller.device)

    def test_no_device_is_opened_before_the_first_call(self):
        text = ("import gfnet, pickle, sys\n"
                "labeller = pickle.loads(pickle.dumps(gfnet.Labeller(sys.argv[1])))\n"
                "try: labeller({'path': ['x']})\n"
                "except gfnet.NoDeviceError: print('first call')\n")
        none = str(SCRATCH / "no-driver.json")
        done = run_python(text, MODEL, VK_DRIVER_FILES=none, VK_ICD_FILENAMES=none)
        self.assertEqual((done.stdout, done.stderr), ("first call\n", ""))


if __name__ == "__main__":
    main()
