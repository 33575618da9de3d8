"""Writes data/large/: for each format, the small files that take the most memory or time to decode.

Run with a Python that has Pillow, pillow-heif and pillow-jxl-plugin. Each file is below 1 MB and as large as gfnet reads:
its decoder needs just less than 208 MiB. The files are packed by gzip, as most are one colour. large.tsv lists them:

    file  format  form  library that keeps it within 256 MB, if it needs one
"""
import gzip
import io
import lzma
import pathlib
import shutil
import struct
import zlib

import pillow_heif
import pillow_jxl  # noqa: F401: registers the format
from PIL import Image

from tiff_writer import tags, tiff_bytes
from writers import chunk

DATA = pathlib.Path(__file__).parent / "data" / "large"
MEMORY = 208 << 20
COLOUR = {"1": 1, "L": 200, "RGB": (200, 30, 90), "RGBA": (200, 30, 90, 128), "CMYK": (1, 2, 3, 4)}
LINES = []


def side(pixel_bytes):
    """Of the largest square. pixel_bytes: what the decoder needs for a pixel."""
    return int((MEMORY / pixel_bytes) ** 0.5)


def keep(name, format_name, form, library, content):
    assert len(content) < 1 << 20, name
    (DATA / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    LINES.append(f"{name}\t{format_name}\t{form}\t{library}\n")


def encoded(mode, size, form, **options):
    file = io.BytesIO()
    Image.new(mode, (size, size), COLOUR[mode]).save(file, form, **options)
    return file.getvalue()


def add(name, format_name, form, library, mode, pixel_bytes, pil_format, **options):
    keep(name, format_name, form, library, encoded(mode, side(pixel_bytes), pil_format, **options))


def interlaced_png(size):
    """RGB and alpha of 16 bits, all 0, with the filter that takes most time."""
    packer = zlib.compressobj(9)
    pixels = b""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    for x, y, right, down in passes:
        row = b"\4" + bytes(8 * -(-(size - x) // right))
        for _ in range(y, size, down):
            pixels += packer.compress(row)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 16, 6, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels + packer.flush()) + chunk(b"IEND", b"")


def repeated_scan(jpeg, times):
    """The progressive JPEG with its last scan repeated."""
    start = jpeg.rindex(b"\xff\xda")
    scan = jpeg[start:-2]
    return jpeg[:-2] + scan * times + jpeg[-2:]


def padded_webp(file):
    """With EXIF data of zeros: an image of more than 2²⁴ pixels must have some bytes."""
    body = file[8:] + b"EXIF" + struct.pack("<L", 4000) + bytes(4000)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def rle_bmp(size):
    row = b"".join(bytes([min(255, size - x), 7]) for x in range(0, size, 255)) + b"\0\0"
    head = struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + struct.pack("<IiiHHIIiiII", 40, size, size, 1, 8, 1, 0, 0, 0, 0, 0)
    return b"BM" + head + bytes(1024) + row * size


def rle_tga(size, bits):
    packets = (b"\xff" + bytes(bits // 8)) * -(-size * size // 128)
    return bytes([0, 0, 11 if bits == 8 else 10]) + bytes(9) + struct.pack("<HHBB", size, size, bits, 0) + packets


def packed_psd(size):
    row = b"\x81\7" * (size // 128) + bytes([257 - size % 128, 7])
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, size, size, 8, 1) + bytes(12) + struct.pack(">H", 1)
    return head + struct.pack(">H", len(row)) * size + row * size


def strip(row, count, compressor):
    """`count` equal rows in one strip."""
    return b"".join(compressor.compress(row) for _ in range(count)) + compressor.flush()


def add_tiff(name, form, pixel_bytes, photometric, compression, compressor, value=0):
    """Three samples of 8 bits a pixel, in one strip, all of one value."""
    size = side(pixel_bytes)
    pixels = strip(bytes([value]) * 3 * size, size, compressor)
    fields = tags([8] * 3, photometric, size, size, compression=compression, rows=size, subsampling=[1, 1])
    keep(name, "TIFF", form, "libtiff", tiff_bytes(fields, [pixels]))


def main():
    pillow_heif.register_heif_opener()
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    keep("plain_8000.png", "PNG", "8000×8000, one colour", "libpng", encoded("RGB", 8000, "PNG"))
    add("colour.png", "PNG", "RGB", "libpng", "RGB", 3, "PNG")
    keep("interlaced_16.png", "PNG", "RGB and alpha, 16 bits, interlaced", "libpng", interlaced_png(side(5)))
    keep("plain_8000.jpg", "JPEG", "8000×8000, one colour", "libjpeg", encoded("RGB", 8000, "JPEG", quality=20))
    add("progressive.jpg", "JPEG", "progressive, 4:2:0", "libjpeg", "RGB", 6, "JPEG", quality=50, progressive=True)
    add("progressive_444.jpg", "JPEG", "progressive, 4:4:4", "libjpeg", "RGB", 9, "JPEG", quality=50, progressive=True,
        subsampling=0)
    add("progressive_cmyk.jpg", "JPEG", "progressive, CMYK", "libjpeg", "CMYK", 11, "JPEG", progressive=True)
    keep("scans.jpg", "JPEG", "progressive, 80 scans", "libjpeg",
         repeated_scan(encoded("RGB", side(9), "JPEG", quality=50, progressive=True, subsampling=0), 70))
    add("frame.gif", "GIF", "one frame", "giflib", "L", 4, "GIF")
    keep("runs.bmp", "BMP", "RLE8", "", rle_bmp(side(4)))
    keep("runs.tga", "TGA", "grey, run-length encoded", "", rle_tga(side(4), 8))
    keep("runs_32.tga", "TGA", "32 bits, run-length encoded", "", rle_tga(4900, 32))
    keep("packed.psd", "PSD", "grey, packed", "", packed_psd(6900))
    add("fax.tif", "TIFF", "fax compression", "libtiff", "1", 4, "TIFF", compression="group4")
    add("deflate.tif", "TIFF", "RGB, deflate", "libtiff", "RGB", 3, "TIFF", compression="tiff_adobe_deflate")
    add("cmyk.tif", "TIFF", "CMYK, deflate", "libtiff", "CMYK", 7, "TIFF", compression="tiff_adobe_deflate")
    add_tiff("lab.tif", "L\\*a\\*b\\*, deflate", 9, 8, 8, zlib.compressobj(9), 128)
    add_tiff("ycbcr.tif", "YCbCr, deflate, one strip", 10, 6, 8, zlib.compressobj(9))
    add_tiff("lzma.tif", "RGB, LZMA, one strip", 6, 2, 34925, lzma.LZMACompressor(check=lzma.CHECK_NONE, preset=9))
    add("lossy.webp", "WebP", "lossy", "libwebp", "RGB", 3, "WEBP", quality=1, method=0)
    add("alpha.webp", "WebP", "lossy, alpha", "libwebp", "RGBA", 5, "WEBP", quality=1, method=0)
    keep("lossless.webp", "WebP", "lossless", "libwebp",
         padded_webp(encoded("RGB", side(7), "WEBP", lossless=True, method=0, quality=0)))
    add("420.avif", "AVIF", "4:2:0", "libavif", "RGB", 6, "AVIF", quality=30, speed=10)
    add("444.avif", "AVIF", "4:4:4", "libavif", "RGB", 9, "AVIF", quality=30, speed=10, subsampling="4:4:4")
    add("alpha.avif", "AVIF", "4:4:4, alpha", "libavif", "RGBA", 12, "AVIF", quality=30, speed=10, subsampling="4:4:4")
    add("420.heic", "HEIF", "4:2:0", "libheif", "RGB", 10, "HEIF", quality=30)
    add("lossy.jxl", "JPEG XL", "lossy, alpha", "libjxl", "RGBA", 44, "JXL", quality=50, effort=5)
    add("fast.jxl", "JPEG XL", "lossless, effort 1", "libjxl", "RGB", 32, "JXL", lossless=True, effort=1)
    add("lossless.jxl", "JPEG XL", "lossless, alpha, effort 3", "libjxl", "RGBA", 44, "JXL", lossless=True, effort=3)
    (DATA / "large.tsv").write_text("".join(LINES), encoding="utf-8")


if __name__ == "__main__":
    main()
