"""Writes data/optional/: small images in the formats of the optional libraries, and beside each the RGB that PIL reads.

Run with a Python that has Pillow 13.0 or newer, numpy, and for HEIC and JPEG XL, which Pillow alone does not read,
pillow-heif and pillow-jxl-plugin. PIL shows 16-bit greys above 255 as white. gfnet keeps their high byte, as PIL does for
16-bit colours; so does this script. All files are written anew: those of lossy codecs depend on the codec's version.
data/optional/samples.tsv lists what was written, in the form that make_samples.py describes.
"""
import fnmatch
import hashlib
import pathlib
import shutil
import struct
import zlib

import numpy
import pillow_heif
import pillow_jxl  # noqa: F401: registers the format
from PIL import Image

from make_samples import HEIGHT, WIDTH, sample_image
from odd_tiffs import write_misread_tiffs, write_odd_tiffs
from tiff_writer import strips, tags, tiff_bytes, tiles
from writers import packed

DATA = pathlib.Path(__file__).parent / "data" / "optional"


# Which form the files belong to: the first line whose pattern fits the name.
FORMS = (
    ("odd_*.tif", "TIFF", "tags that break the standard"),
    ("lab*.tif", "TIFF", "CIE L*a*b*"),
    ("ycbcr_full*.tif", "TIFF", "YCbCr, uncompressed"),
    ("ycbcr_few*.tif", "TIFF", "YCbCr, uncompressed, subsampled (PIL errs)"),
    ("apart16*.tif", "TIFF", "16 bits, uncompressed channels stored apart (PIL errs)"),
    ("inverted16*.tif", "TIFF", "16-bit grey, 0 is white (PIL does not invert)"),
    ("*_jpeg.tif", "TIFF", "JPEG inside"),
    ("bilevel*.tif", "TIFF", "1 bit, fax compression too"),
    ("orientation*.tif", "TIFF", "orientation, always applied"),
    ("*tiles*.tif", "TIFF", "tiles"),
    ("*planes*.tif", "TIFF", "channels stored apart"),
    ("*premultiplied*.tif", "TIFF", "colours multiplied by alpha"),
    ("*signed*.tif", "TIFF", "signed, 32-bit and floating-point grey, clipped"),
    ("float.tif", "TIFF", "signed, 32-bit and floating-point grey, clipped"),
    ("*1[26]*.tif", "TIFF", "12 and 16 bits a sample"),
    ("palette*.tif", "TIFF", "palette of 1, 2, 4 and 8 bits"),
    ("rgb[ax]*.tif", "TIFF", "alpha or another channel"),
    ("grey_alpha.tif", "TIFF", "alpha or another channel"),
    ("cmyk.tif", "TIFF", "CMYK"),
    ("ycbcr.tif", "TIFF", "YCbCr"),
    ("pages.tif", "TIFF", "pages: first"),
    ("rgb_big_tiff.tif", "TIFF", "BigTIFF"),
    ("rgb_*.tif", "TIFF", "RGB, each compression"),
    ("*.tif", "TIFF", "grey of 2, 4 and 8 bits"),
    ("animated*.webp", "WebP", "animated: first frame"),
    ("lossy*.webp", "WebP", "lossy, with and without alpha"),
    ("*.webp", "WebP", "lossless, with and without alpha"),
    ("animated*.avif", "AVIF", "animated: first frame"),
    ("grey.avif", "AVIF", "grey"),
    ("alpha.avif", "AVIF", "alpha"),
    ("orientation*.avif", "AVIF", "orientation, on request"),
    ("*.avif", "AVIF", "4:2:0, 4:2:2 and 4:4:4"),
    ("grey.heic", "HEIF", "grey"),
    ("alpha.heic", "HEIF", "alpha"),
    ("orientation*.heic", "HEIF", "orientation, always applied"),
    ("*.heic", "HEIF", "4:2:0, 4:2:2 and 4:4:4"),
    ("lossy.jxl", "JPEG XL", "lossy"),
    ("*.jxl", "JPEG XL", "lossless, grey, alpha"),
)
LINES = []


def expect(name, rgb=None):
    """Keeps what PIL reads from the file, or rgb where that is to be expected instead."""
    if rgb is None:
        rgb = numpy.asarray(Image.open(DATA / name).convert("RGB"))
    data = rgb.astype(numpy.uint8).tobytes()
    stored = f"pixels/{hashlib.sha256(data).hexdigest()[:12]}.rgb"
    (DATA / stored).write_bytes(data)
    _, format_name, form = next(line for line in FORMS if fnmatch.fnmatch(name, line[0]))
    LINES.append(f"{name}\t{format_name}\t{form}\t{rgb.shape[1]}x{rgb.shape[0]}\t{stored}\t0\n")


def save(image, name, **options):
    image.save(DATA / name, **options)
    expect(name)


def write_tiff(name, tags, pieces, rgb=None, **options):
    (DATA / name).write_bytes(tiff_bytes(tags, pieces, **options))
    expect(name, rgb)


def reverse_bits(data):
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def write_own_tiffs(rgb, grey):
    """What PIL cannot write."""
    rows = [row.tobytes() for row in rgb]
    wide = rgb.astype(numpy.uint16) * 251 + 17
    wide_grey = grey.astype(numpy.uint16) * 251 + 17
    for bits in (2, 4):
        small = [packed(row >> (8 - bits), bits) for row in grey]
        write_tiff(f"grey{bits}.tif", tags([bits], 1, rows=10), strips(small, 10))
        write_tiff(f"inverted{bits}.tif", tags([bits], 0), strips(small, HEIGHT))
    bilevel = [packed(row >> 7, 1) for row in grey]
    write_tiff("bilevel_fill2.tif", tags([1], 1, fill=2), [reverse_bits(b"".join(bilevel))])
    for bits in (1, 2, 4, 8):
        colours = [[(40 * i + 77 * c) % 256 * 257 for i in range(2 ** bits)] for c in range(3)]
        small = [packed(row >> (8 - bits), bits) for row in grey]
        write_tiff(f"palette{bits}.tif", tags([bits], 3, palette=sum(colours, []), rows=7), strips(small, 7))
    write_tiff("inverted8.tif", tags([8], 0), [grey.tobytes()])
    twelve = [packed(row.astype(int) * 16 + 5, 12) for row in grey]
    write_tiff("grey12.tif", tags([12], 1), [b"".join(twelve)], rgb=numpy.repeat(grey[:, :, None], 3, 2))
    high = numpy.repeat((wide_grey >> 8)[:, :, None], 3, 2)
    write_tiff("grey16.tif", tags([16], 1), [wide_grey.astype("<u2").tobytes()], rgb=high)
    write_tiff("grey16_big_endian.tif", tags([16], 1), [wide_grey.astype(">u2").tobytes()], rgb=high, order=">")
    signed = grey.astype(int) * 3 - 200
    write_tiff("signed16.tif", tags([16], 1, form=2), [signed.astype("<i2").tobytes()])
    write_tiff("signed32.tif", tags([32], 1, form=2), [signed.astype("<i4").tobytes()])
    write_tiff("unsigned32.tif", tags([32], 1), [(grey.astype("<u4") * 2).tobytes()])
    write_tiff("inverted_signed.tif", tags([32], 0, form=3), [(signed / 2.3).astype("<f4").tobytes()])
    write_tiff("float.tif", tags([32], 1, form=3), [(signed / 2.3).astype("<f4").tobytes()])
    write_tiff("rgb16.tif", tags([16] * 3, 2), [wide.astype("<u2").tobytes()])
    write_tiff("rgb16_big_endian.tif", tags([16] * 3, 2), [wide.astype(">u2").tobytes()], order=">")
    write_tiff("rgb_big_tiff.tif", tags([8] * 3, 2, rows=8), strips(rows, 8), big=True)
    write_tiff("rgb_tiles.tif", tags([8] * 3, 2, tile_width=16, tile_height=16), tiles(rgb, 16), tiled=True)
    write_tiff("rgb_tiles_deflate.tif", tags([8] * 3, 2, tile_width=32, tile_height=32, compression=8),
               [zlib.compress(tile) for tile in tiles(rgb, 32)], tiled=True)
    write_tiff("rgb_predictor.tif", tags([8] * 3, 2, compression=8, predictor=2),
               [zlib.compress(numpy.diff(rgb.astype(int), axis=1, prepend=0).astype(numpy.uint8).tobytes())])
    planes = [rgb[:, :, c].tobytes() for c in range(3)]
    write_tiff("rgb_planes.tif", tags([8] * 3, 2, planar=2), planes)
    write_tiff("rgb_planes_deflate.tif", tags([8] * 3, 2, planar=2, compression=8), [zlib.compress(p) for p in planes])
    write_tiff("rgb16_planes.tif", tags([16] * 3, 2, planar=2, compression=8),
               [zlib.compress(wide[:, :, c].astype("<u2").tobytes()) for c in range(3)])
    write_tiff("rgb_plane_tiles.tif", tags([8] * 3, 2, planar=2, tile_width=16, tile_height=16, compression=8),
               [zlib.compress(tile) for c in range(3) for tile in tiles(rgb[:, :, c], 16)], tiled=True)
    alpha = rgb[:, :, :1] // 2 + 100
    rgba = numpy.concatenate([rgb, alpha], 2)
    premultiplied = numpy.concatenate([(rgb.astype(int) * alpha // 255).astype(numpy.uint8), alpha], 2)
    premultiplied[3, 3:9, 3] = 0
    write_tiff("rgba.tif", tags([8] * 4, 2, extra=2), [rgba.tobytes()])
    write_tiff("rgbx.tif", tags([8] * 4, 2, extra=0), [rgba.tobytes()])
    write_tiff("rgba_unmarked.tif", tags([8] * 4, 2), [rgba.tobytes()])
    write_tiff("premultiplied.tif", tags([8] * 4, 2, extra=1), [premultiplied.tobytes()])
    write_tiff("premultiplied16.tif", tags([16] * 4, 2, extra=1),
               [(premultiplied.astype("<u2") * 256 + 3).astype("<u2").tobytes()])
    write_tiff("premultiplied_planes.tif", tags([8] * 4, 2, extra=1, planar=2, compression=8),
               [zlib.compress(premultiplied[:, :, c].tobytes()) for c in range(4)])
    write_tiff("grey_alpha.tif", tags([8] * 2, 1, extra=2), [numpy.stack([grey, alpha[:, :, 0]], 2).tobytes()])
    cmyk = numpy.asarray(Image.fromarray(rgb).convert("CMYK")).copy()
    cmyk[:, :, 3] = alpha[:, :, 0] // 3
    write_tiff("cmyk.tif", tags([8] * 4, 5), [cmyk.tobytes()])
    write_tiff("cmyk_planes.tif", tags([8] * 4, 5, planar=2, compression=8),
               [zlib.compress(cmyk[:, :, c].tobytes()) for c in range(4)])
    write_tiff("cmyk16.tif", tags([16] * 4, 5), [(cmyk.astype("<u2") * 256 + 9).astype("<u2").tobytes()])
    for orientation in (2, 3, 6, 7):
        write_tiff(f"orientation{orientation}.tif", tags([8] * 3, 2, orientation=orientation, rows=5), strips(rows, 5))
    xmp = b'<rdf:Description tiff:Orientation="8"/>'
    write_tiff("orientation_xmp.tif", {**tags([8] * 3, 2, rows=5), 700: (1, list(xmp))}, strips(rows, 5))
    # YCbCr, 2 by 2 pixels a block, as digital cameras wrote it.
    ycbcr = numpy.asarray(Image.fromarray(rgb).convert("YCbCr")).astype(int)
    padded = numpy.pad(ycbcr, ((0, 1), (0, 1), (0, 0)), "edge")
    blocks = b"".join(bytes([*padded[y:y + 2, x:x + 2, 0].flatten(), padded[y, x, 1], padded[y, x, 2]])
                      for y in range(0, HEIGHT, 2) for x in range(0, WIDTH, 2))
    write_tiff("ycbcr.tif", tags([8] * 3, 6, subsampling=[2, 2], compression=8), [zlib.compress(blocks)])


def write_tiffs(image, grey):
    for compression in ("raw", "tiff_lzw", "packbits", "tiff_adobe_deflate", "zstd", "lzma"):
        save(image, f"rgb_{compression}.tif", compression=compression)
    save(image, "rgb_jpeg.tif", compression="jpeg", quality=90)
    save(grey, "grey_jpeg.tif", compression="jpeg", quality=90)
    save(image.convert("CMYK"), "cmyk_jpeg.tif", compression="jpeg", quality=90)
    save(grey, "grey8.tif")
    for compression in ("raw", "group3", "group4", "packbits"):
        save(grey.convert("1"), f"bilevel_{compression}.tif", compression=compression)
    save(image, "pages.tif", save_all=True, append_images=[image.transpose(Image.Transpose.ROTATE_180)])


def write_webps(image, alpha):
    rgba = Image.merge("RGBA", (*image.split(), alpha))
    save(image, "lossy.webp", quality=80)
    save(image, "lossless.webp", lossless=True)
    save(rgba, "lossy_alpha.webp", quality=80)
    save(rgba, "lossless_alpha.webp", lossless=True, exact=True)
    save(image, "extended.webp", lossless=True, exif=Image.Exif().tobytes(), icc_profile=b"nothing")
    other = image.transpose(Image.Transpose.ROTATE_180)
    save(image, "animated.webp", save_all=True, append_images=[other], lossless=True)
    save(rgba, "animated_alpha.webp", save_all=True, append_images=[other], quality=80)
    write_frame_at("animated_offset.webp", image.crop((4, 6, 30, 20)), 4, 6)


def riff_chunk(name, data):
    return name + struct.pack("<L", len(data)) + data + b"\0" * (len(data) % 2)


def write_frame_at(name, frame, x, y):
    """An animation whose first frame does not cover the canvas. PIL would write the whole canvas."""
    frame.save(DATA / name, lossless=True)
    image = (DATA / name).read_bytes()[12:]

    def three(number):
        return struct.pack("<L", number)[:3]

    animation = riff_chunk(b"ANMF", three(x // 2) + three(y // 2) + three(frame.width - 1) + three(frame.height - 1) +
                           three(100) + b"\0" + image)
    body = b"WEBP" + riff_chunk(b"VP8X", b"\x12\0\0\0" + three(WIDTH - 1) + three(HEIGHT - 1)) + riff_chunk(
        b"ANIM", b"\xff\xff\xff\xff\0\0") + animation
    (DATA / name).write_bytes(riff_chunk(b"RIFF", body))
    expect(name)


def write_avifs(image, grey, alpha):
    save(image, "lossy420.avif", quality=80, subsampling="4:2:0")
    save(image, "lossy422.avif", quality=80, subsampling="4:2:2")
    save(image, "lossy444.avif", quality=80, subsampling="4:4:4")
    save(image, "limited.avif", quality=80, range="limited")
    save(image, "lossless.avif", quality=100, subsampling="4:4:4")
    save(grey, "grey.avif", quality=90)
    save(Image.merge("RGBA", (*image.split(), alpha)), "alpha.avif", quality=80)
    save(image, "animated.avif", save_all=True, append_images=[image.transpose(Image.Transpose.ROTATE_180)])
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[274] = orientation
        save(image, f"orientation{orientation}.avif", exif=exif, quality=80)


def write_heics(image, grey, alpha):
    pillow_heif.register_heif_opener()
    for name, chroma in (("lossy420", 420), ("lossy422", 422), ("lossy444", 444)):
        save(image, f"{name}.heic", quality=80, chroma=chroma)
    save(Image.merge("RGBA", (*image.split(), alpha)), "alpha.heic", quality=80)
    save(grey, "grey.heic", quality=80)
    exif = Image.Exif()
    exif[274] = 6
    save(image, "orientation6.heic", exif=exif.tobytes(), quality=80, chroma=444)


def write_jxls(image, grey, alpha):
    save(image, "lossless.jxl", lossless=True)
    save(image, "lossy.jxl", quality=85)
    save(grey, "grey.jxl", lossless=True)
    save(Image.merge("RGBA", (*image.split(), alpha)), "alpha.jxl", lossless=True)


def main():
    shutil.rmtree(DATA, ignore_errors=True)
    (DATA / "pixels").mkdir(parents=True)
    rgb = sample_image()
    image = Image.fromarray(rgb)
    grey = image.convert("L")
    alpha = Image.fromarray(rgb[:, :, 0] // 2 + 100)
    write_tiffs(image, grey)
    write_own_tiffs(rgb, numpy.asarray(grey))
    write_odd_tiffs(write_tiff, rgb, numpy.asarray(grey))
    write_misread_tiffs(write_tiff, rgb, numpy.asarray(grey))
    write_webps(image, alpha)
    write_avifs(image, grey, alpha)
    write_heics(image, grey, alpha)
    write_jxls(image, grey, alpha)
    rank = [form[1:] for form in FORMS]
    LINES.sort(key=lambda line: rank.index(tuple(line.split("\t")[1:3])))  # stable
    (DATA / "samples.tsv").write_text("".join(LINES))


if __name__ == "__main__":
    main()
