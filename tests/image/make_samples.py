"""Writes data/: small images in every format and form, and the RGB that PIL reads from each.

usage: make_samples.py [FOLDER OF FIELD CASES]

Run with a Python that has Pillow 13.0 or newer (old versions show greys where an index is beyond the palette) and
numpy. data/samples.tsv lists what was written. A line is

    file  format  form  WIDTHxHEIGHT  pixels  fallback      or      file  format  form  -  refused  words of the message

pixels: the file with the RGB. fallback: the largest difference allowed to stb_image, in 1/255. With
exact decoders, every other difference is an error. Files that PIL encodes are only written if they are missing, as
their bytes depend on its version. One file is kept that nothing here writes: ycck.jpg, a YCCK JPEG with Adobe's marker.
With a folder of field cases, they are copied to data/field/; without it, those that are there are kept.
"""
import hashlib
import pathlib
import shutil
import sys

import numpy
from PIL import Image

from sample_sets import SETS

DATA = pathlib.Path(__file__).parent / "data"
WIDTH, HEIGHT = 37, 23


def sample_image():
    """A smooth gradient with a few hard edges: [HEIGHT, WIDTH, 3] uint8."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    rgb = numpy.stack([x * 6, y * 10, (x * y) % 256], axis=-1).astype(numpy.uint8)
    rgb[5:12, 8:20] = (250, 30, 90)
    rgb[15:18, 25:] = (0, 255, 0)
    return rgb


def pil_pixels(path):
    with Image.open(path) as image:
        assert image.mode not in ("I", "I;16"), f"{path}: PIL clips 16-bit grey"
        return numpy.asarray(image.convert("RGB"))


class Samples:
    """The files of data/, and the lines of samples.tsv."""

    def __init__(self):
        self.lines = []
        self.pixels = set()
        (DATA / "pixels").mkdir(parents=True, exist_ok=True)

    def add(self, name, format_name, form, content=None, pixels=None, fallback=0):
        """content: the file's bytes, or an image and options for PIL, or None if the file is there. pixels:
        [H, W, 3], what to expect of a file that PIL does not read."""
        path = DATA / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None and not path.exists():
            image, options = content
            image.save(path, **options)
        rgb = pil_pixels(path) if pixels is None else numpy.asarray(pixels, numpy.uint8)
        data = rgb.astype(numpy.uint8).tobytes()
        stored = hashlib.sha256(data).hexdigest()[:12] + ".rgb"
        self.pixels.add(stored)
        (DATA / "pixels" / stored).write_bytes(data)
        extent = f"{rgb.shape[1]}x{rgb.shape[0]}"
        self.lines.append(f"{name}\t{format_name}\t{form}\t{extent}\tpixels/{stored}\t{fallback}")

    def rgb_of(self, name):
        """What PIL reads of a file that was added."""
        return pil_pixels(DATA / name)

    def refuse(self, name, format_name, form, words, content=None):
        """A file that is not read. words: what the message must contain."""
        if content is not None:
            (DATA / name).write_bytes(content)
        self.lines.append(f"{name}\t{format_name}\t{form}\t-\trefused\t{words}")

    def finish(self):
        text = "".join(line + "\n" for line in self.lines)
        (DATA / "samples.tsv").write_text(text, encoding="utf-8")
        kept = {line.split("\t")[0] for line in self.lines}
        for folder in (DATA, DATA / "field", DATA / "pixels"):
            for path in folder.iterdir():
                name = path.relative_to(DATA).as_posix()
                if path.is_file() and name not in kept | {"samples.tsv"} and path.name not in self.pixels:
                    print("removed", name)
                    path.unlink()


def main():
    if len(sys.argv) > 1:
        for path in pathlib.Path(sys.argv[1]).iterdir():
            (DATA / "field").mkdir(exist_ok=True)
            shutil.copyfile(path, DATA / "field" / path.name)
    samples = Samples()
    for add_set in SETS:
        add_set(samples, sample_image())
    samples.finish()


if __name__ == "__main__":
    main()
