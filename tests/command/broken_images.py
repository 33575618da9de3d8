"""Fifty files that are not valid images: empty, of another type, truncated or corrupted."""
import io
import struct
import zlib

import numpy
from PIL import Image


def _encoded(form, mode="RGB", **options):
    noise = numpy.random.default_rng(7).integers(0, 256, (6, 8, 3), dtype=numpy.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize((64, 48)).convert(mode).save(stream, format=form, **options)
    return stream.getvalue()


def _replaced(content, at, new):
    return content[:at] + new + content[at + len(new):]


def _jpeg_segment(content, marker):
    """(begin, end) of the first segment with this marker, marker included, as byte offsets."""
    at = content.index(bytes([0xFF, marker]))
    return at, at + 2 + struct.unpack(">H", content[at + 2:at + 4])[0]


def _without_segments(content, marker):
    while bytes([0xFF, marker]) in content:
        begin, end = _jpeg_segment(content, marker)
        content = content[:begin] + content[end:]
    return content


def _png(*chunks, header=(64, 48, 8, 2, 0, 0, 0)):
    """A PNG made of an IHDR chunk and the given chunks (kind, content), all with correct checksums."""
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content +
                struct.pack(">I", zlib.crc32(kind + content)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *header)) + b"".join(
        chunk(*c) for c in chunks)


def broken_files():
    """{name of the fault: (text that the error must contain, file content)}."""
    jpeg, progressive = _encoded("JPEG"), _encoded("JPEG", progressive=True)
    png, gif, bmp = _encoded("PNG"), _encoded("GIF", "P"), _encoded("BMP")
    frame, _ = _jpeg_segment(jpeg, 0xC0)
    scan, scan_end = _jpeg_segment(jpeg, 0xDA)
    data = zlib.compress(bytes((64 * 3 + 1) * 48))
    idat, iend = (b"IDAT", data), (b"IEND", b"")
    return {
        "empty": ("empty", b""),
        "one byte": ("not an image", b"\xff"),
        "zeros": ("not an image", bytes(5000)),
        "text": ("not an image", b"some text\n" * 100),
        "html": ("a page of the web", b"<!DOCTYPE html><title>404</title>"),
        "pdf": ("a PDF document, which is not supported", b"%PDF-1.4\n"),
        "webp": ("WebP", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24)),
        "tiff": ("TIFF", b"II*\0" + bytes(60)),
        "heic": ("HEIF", b"\0\0\0\x18ftypheic" + bytes(40)),
        "jpeg: start only": ("not an image", jpeg[:2]),
        "jpeg: cut in its header": ("truncated JPEG", jpeg[:30]),
        "jpeg: cut before the scan": ("truncated JPEG", jpeg[:scan]),
        "jpeg: cut in the scan": ("truncated JPEG", jpeg[:(scan_end + len(jpeg)) // 2]),
        "jpeg: cut before its end marker": ("truncated JPEG", jpeg[:-2]),
        "jpeg: cut, and an end marker": ("JPEG", jpeg[:(scan_end + len(jpeg)) // 2] + b"\xff\xd9"),
        "jpeg: progressive, cut": ("truncated JPEG", progressive[:len(progressive) * 2 // 3]),
        "jpeg: first byte wrong": ("not an image", _replaced(jpeg, 0, b"\0")),
        "jpeg: frame header of zeros": ("JPEG", _replaced(jpeg, frame, bytes(19))),
        "jpeg: a marker in the scan": ("JPEG", _replaced(
            jpeg, (scan_end + len(jpeg)) // 2, b"\xff\xd9")),
        "jpeg: huge": ("above the limit", _replaced(jpeg, frame + 5, b"\xff\xdc\xff\xdc")),
        "jpeg: more pixels than its bytes can hold": ("more than its", _replaced(
            jpeg, frame + 5, b"\x27\x10\x27\x10")),
        "jpeg: zero width": ("JPEG", _replaced(jpeg, frame + 7, b"\0\0")),
        "jpeg: 12 bits": ("JPEG", _replaced(jpeg, frame + 4, b"\x0c")),
        "jpeg: five components": ("JPEG", _replaced(jpeg, frame + 9, b"\x05")),
        "jpeg: Huffman table with too many codes": ("JPEG", _replaced(
            jpeg, _jpeg_segment(jpeg, 0xC4)[0] + 5, b"\xff" * 16)),
        "jpeg: no quantisation tables": ("JPEG", _without_segments(jpeg, 0xDB)),
        "jpeg: lossless": ("JPEG", _replaced(jpeg, frame, b"\xff\xc3")),
        "jpeg: no scan": ("JPEG", jpeg[:scan] + b"\xff\xd9"),
        "png: signature only": ("PNG", png[:8]),
        "png: cut in its header": ("PNG", png[:20]),
        "png: cut in its data": ("PNG", png[:len(png) // 2]),
        "png: cut before its end": ("PNG", png[:-12]),
        "png: wrong header checksum": ("PNG", _replaced(png, 29, b"\0\0\0\0")),
        "png: wrong data checksum": ("PNG", _replaced(png, len(png) - 16, b"\0\0\0\0")),
        "png: zeros in its data": ("PNG", _replaced(png, len(png) // 2, bytes(16))),
        "png: line endings converted": ("not an image", png.replace(b"\r\n", b"\n", 1)),
        "png: no data": ("PNG", _png(iend)),
        "png: data that is not a zlib stream": ("PNG", _png((b"IDAT", b"no zlib stream"), iend)),
        "png: too few rows": ("PNG", _png((b"IDAT", zlib.compress(bytes(100))), iend)),
        "png: no palette": ("PNG", _png(idat, iend, header=(64, 48, 8, 3, 0, 0, 0))),
        "png: three bits a sample": ("PNG", _png(idat, iend, header=(64, 48, 3, 2, 0, 0, 0))),
        "png: zero height": ("0 pixels", _png(idat, iend, header=(64, 0, 8, 2, 0, 0, 0))),
        "png: huge": ("above the limit", _png(idat, iend, header=(2**30, 2**30, 8, 2, 0, 0, 0))),
        "gif: no frame": ("GIF", b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0, 0, 0) + b";"),
        "gif: cut": ("GIF", gif[:20]),
        "bmp: cut": ("BMP", bmp[:100]),
        "bmp: invalid bits per pixel": ("BMP", _replaced(bmp, 28, b"\x07\0")),
        "pnm: huge": ("above the limit", b"P6 60000 60000 255\n" + bytes(1000)),
        "pnm: 16 bits, cut": ("PNM", b"P6 2 2 65535\n" + bytes(20)),
        "pnm: cut": ("PNM", b"P6 20 20 255\n" + bytes(100)),
    }
