"""Makes 200 JPEG files from the photographs in weights/photos, and PIL's 224-pixel versions of some.

    python3 tests/data/make_photos.py FOLDER      removes what FOLDER contains

    FOLDER/photos/NAME.jpg            the photographs themselves, and parts of them: of many sizes, qualities and
                                      subsamplings, baseline and progressive, some grey, some CMYK
    FOLDER/expected/NAME.jpg.224.png  PIL's RGB: shorter side to 256 with its bicubic filter, centre crop to 224

Nothing is random. Needs Pillow. ctest runs this as the fixture "photos"; tests find FOLDER as GFNET_TEST_PHOTOS.
"""
import shutil
import sys
from pathlib import Path

from PIL import Image

SOURCES = sorted((Path(__file__).resolve().parents[2] / "weights" / "photos").glob("*.jpg"))
COUNT = 200
# Number of parts with an expected image. They cover every size and every kind of file.
EXPECTED = 40

# The numbers of sizes and qualities are prime, so that every photograph gets all of them in turn.
SIZES = [(500, 375), (375, 500), (500, 333), (333, 500), (86, 108), (640, 480), (256, 256), (224, 224), (500, 213),
         (213, 500), (97, 131), (1, 1), (400, 300), (17, 9), (300, 225), (8, 8), (1, 64), (64, 1), (31, 33),
         (225, 301), (2, 3), (160, 120), (1024, 700)]
QUALITIES = [10, 30, 50, 60, 70, 75, 80, 85, 90, 95, 100]
SUBSAMPLINGS = ["4:2:0", "4:4:4", "4:2:2", "4:2:0", "4:2:0"]
SHARES = [1.0, 0.7, 0.5, 0.35, 0.85, 0.25, 0.6]


def part(image, size, number):
    """A part of the image with the proportions of `size`, resized to it. number: chooses its share and place."""
    scale = min(image.width / size[0], image.height / size[1]) * SHARES[number % len(SHARES)]
    width, height = (max(1, int(side * scale)) for side in size)
    left = (image.width - width) * (number % 3) // 2
    top = (image.height - height) * (number // 3 % 3) // 2
    return image.resize(size, Image.LANCZOS, box=(left, top, left + width, top + height))


def save_part(number, folder):
    source = SOURCES[number % len(SOURCES)]
    size = SIZES[number % len(SIZES)]
    quality = QUALITIES[number % len(QUALITIES)]
    subsampling = SUBSAMPLINGS[number % len(SUBSAMPLINGS)]
    options = {"quality": quality, "progressive": number % 7 in (2, 5), "optimize": number % 5 == 3}
    with Image.open(source) as image:
        made = part(image.convert("RGB"), size, number)
    mode = "L" if number % 13 == 4 else "CMYK" if number % 29 == 5 else "RGB"
    if mode == "RGB":
        options["subsampling"] = subsampling
    path = folder / f"{source.stem}-{number:03}-{size[0]}x{size[1]}-{mode.lower()}-{quality}.jpg"
    made.convert(mode).save(path, **options)
    return path


def expected(path):
    """The 224×224 RGB image that PIL and torchvision give the network."""
    with Image.open(path) as image:
        image = image.convert("RGB")
    width, height = image.size
    shorter = min(width, height)
    image = image.resize((256 * width // shorter, 256 * height // shorter), Image.BICUBIC)
    left, top = (int(round((side - 224) / 2)) for side in image.size)
    return image.crop((left, top, left + 224, top + 224))


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    photos, decoded = folder / "photos", folder / "expected"
    photos.mkdir(parents=True)
    decoded.mkdir()
    if len(SOURCES) < 6:
        raise SystemExit(f"{len(SOURCES)} photographs in weights/photos instead of 6 or more")
    paths = [shutil.copy(source, photos) for source in SOURCES]
    paths += [save_part(number, photos) for number in range(COUNT - len(SOURCES))]
    for path in map(Path, paths[:len(SOURCES) + EXPECTED]):
        expected(path).save(decoded / f"{path.name}.224.png", compress_level=1)
    print(f"{len(paths)} photographs in {photos}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
