"""Writes a folder of small PNG files for the tests of the engines: make_images.py FOLDER COUNT [CIFAR10]

CIFAR10: a folder or a tar archive with CIFAR-10's test images, test/CLASS/FILE; the first COUNT are taken, in the order of
their names. Without it, the images are random parts of the photographs in weights/photos. Three more files are no images.
"""
import io
import shutil
import sys
import tarfile
from pathlib import Path

import numpy
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
CLASSES = 10


def parts_of_photographs(count):
    """(class, number, image) of each."""
    photographs = [Image.open(path).convert("RGB") for path in sorted((ROOT / "weights" / "photos").glob("*.jpg"))]
    random = numpy.random.default_rng(17)
    for number in range(count):
        photograph = photographs[number % len(photographs)]
        side = int(random.integers(24, 200))
        left = int(random.integers(0, photograph.width - side))
        top = int(random.integers(0, photograph.height - side))
        part = photograph.crop((left, top, left + side, top + side))
        yield f"{number % CLASSES}", number // CLASSES, part.resize((32, 32)) if number % 2 else part


def cifar10(source, count):
    """(class, number, image) of each."""
    if source.is_dir():
        files = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.glob("test/*/*")}
    else:
        with tarfile.open(source) as tar:
            files = {member.name: tar.extractfile(member).read() for member in tar
                     if member.isfile() and Path(member.name).parts[-3:-2] == ("test",)}
    names = sorted(files, key=lambda name: (Path(name).stem, name))
    for name in names[:count]:
        path = Path(name)
        yield path.parent.name, path.stem, Image.open(io.BytesIO(files[name])).convert("RGB")


def main(folder, count, source=None):
    folder = Path(folder)
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    images = cifar10(Path(source), count) if source else parts_of_photographs(count)
    for kind, number, image in images:
        target = part / kind / f"{number:0>5}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        image.save(target, compress_level=1)
    some = sorted(part.glob("*/*.png"))
    (part / "0-begun.png").write_bytes(some[0].read_bytes()[:200])
    (part / "9-empty.png").write_bytes(b"")
    some[len(some) // 2].with_name("text.png").write_text("no image\n")
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
