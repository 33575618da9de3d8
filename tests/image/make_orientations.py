"""Writes data/orientation/: tiny images that state their orientation in every place, and what PIL makes of them.

Run with a Python that has Pillow 13.0 or newer. expected.txt has a line a file: its name, and the orientation that
ImageOps.exif_transpose of PIL applies, 1 to 8. Four files are kept, from reports of users: e6_long_type.jpg,
e6_xmp_only.jpg, p_exif6_rawprofile.png and p_exif6_with_header.png.
"""
import io
import pathlib
import struct
import warnings
import zlib

from PIL import Image

FOLDER = pathlib.Path(__file__).parent / "data" / "orientation"
KEPT = ["e6_long_type.jpg", "e6_xmp_only.jpg", "p_exif6_rawprofile.png", "p_exif6_with_header.png"]
HEADER = b"Exif\0\0"

# TIFF's types of numbers, with their formats.
TYPES = {"byte": (1, "B"), "text": (2, "B"), "short": (3, "H"), "long": (4, "L"), "signed_byte": (6, "b"),
         "undefined": (7, "B"), "signed_short": (8, "h"), "signed_long": (9, "l"), "float": (11, "f"), "double": (12, "d"),
         "ifd": (13, "L"), "long8": (16, "Q"), "unknown": (99, "L")}


def tiff(fields, order="<", magic=None):
    """A TIFF structure with one directory. fields: (tag, type, count, data) with all bytes of the values."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] if magic is None else magic
    start = 8 + 2 + 12 * len(fields) + 4
    entries, outside = b"", b""
    for tag, kind, count, data in fields:
        if len(data) <= 4:
            value = data.ljust(4, b"\0")
        else:
            value = struct.pack(order + "L", start + len(outside))
            outside += data
        entries += struct.pack(order + "HHL", tag, kind, count) + value
    return (head + struct.pack(order + "LH", 8, len(fields)) + entries + struct.pack(order + "L", 0) + outside)


def big_tiff(value, order="<"):
    """A BigTIFF structure with one field."""
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HHHQQHHQH6xQ", 43, 8, 0, 16, 1, 0x0112, 3, 1, value, 0)


def orientation(value, kind="short", order="<", count=1):
    number, letter = TYPES[kind]
    return (0x0112, number, count, struct.pack(order + letter, value) * count)


def maker(order="<"):
    return (0x010F, 2, 8, b"a maker\0")


def exif(value, kind="short", order="<", count=1):
    return tiff([maker(), orientation(value, kind, order, count)], order)


def xmp(value, element=False):
    inner = f"<tiff:Orientation>{value}</tiff:Orientation>" if element else ""
    attribute = "" if element else f' tiff:Orientation="{value}"'
    return (f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description{attribute}>{inner}</rdf:Description></x:xmpmeta>').encode()


def small_image():
    return Image.frombytes("RGB", (3, 2), bytes(range(0, 180, 10)))


def encoded(form, **options):
    file = io.BytesIO()
    small_image().save(file, form, **options)
    return file.getvalue()


def segment(content, marker=0xE1):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg(*contents):
    plain = encoded("JPEG", quality=10)
    return plain[:2] + b"".join(segment(content) for content in contents) + plain[2:]


def xmp_segment(text):
    return b"http://ns.adobe.com/xap/1.0/\0" + text


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks, behind=()):
    """chunks: before the pixels. behind: after them."""
    plain = encoded("PNG")
    pixels = plain.index(b"IDAT") - 4
    return plain[:pixels] + b"".join(chunks) + plain[pixels:-12] + b"".join(behind) + plain[-12:]


def raw_profile(data, name="exif"):
    """As ImageMagick writes a profile into a text."""
    digits = data.hex()
    lines = "\n".join(digits[i:i + 72] for i in range(0, len(digits), 72))
    return f"\n{name}\n{len(data):8}\n{lines}\n".encode()


def text(keyword, content):
    return chunk(b"tEXt", keyword + b"\0" + content)


def packed_text(keyword, content):
    return chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(content))


def international_text(keyword, content, packed=False):
    body = zlib.compress(content) if packed else content
    return chunk(b"iTXt", keyword + b"\0" + bytes([packed, 0]) + b"en\0" + b"\0" + body)


def webp(**options):
    return encoded("WEBP", lossless=True, **options)


def without_flags(file):
    """A WebP file whose header names no metadata, though it holds some."""
    assert file[12:16] == b"VP8X"
    return file[:20] + bytes([file[20] & ~0x0C]) + file[21:]


def files():
    for kind in TYPES:
        yield f"type_{kind}.jpg", jpeg(HEADER + exif(6 if kind != "text" else ord("6"), kind))
        yield f"type_{kind}_big.jpg", jpeg(HEADER + exif(8 if kind != "text" else ord("8"), kind, ">"))
    yield "rational.jpg", jpeg(HEADER + tiff([(0x0112, 5, 1, struct.pack("<LL", 12, 2))]))
    yield "signed_rational.jpg", jpeg(HEADER + tiff([(0x0112, 10, 1, struct.pack("<ll", -5, -1))]))
    yield "two_values.jpg", jpeg(HEADER + exif(5, "short", count=2))
    yield "three_values.jpg", jpeg(HEADER + exif(7, "short", count=3))
    yield "two_tags.jpg", jpeg(HEADER + tiff([orientation(3), orientation(6)]))
    yield "no_values.jpg", jpeg(HEADER + tiff([(0x0112, 3, 0, b""), orientation(6)]), xmp_segment(xmp(4)))
    yield "nine.jpg", jpeg(HEADER + exif(9), xmp_segment(xmp(4)))
    yield "zero.jpg", jpeg(HEADER + exif(0))
    yield "minus.jpg", jpeg(HEADER + exif(-6, "signed_short"))
    yield "exchanged.jpg", jpeg(HEADER + tiff([orientation(6)], magic=b"II\0*"))
    yield "twice_header.jpg", jpeg(HEADER + HEADER + exif(6))
    yield "two_segments.jpg", jpeg(HEADER + exif(6)[:20], HEADER + exif(6)[20:])
    yield "after_padding.jpg", encoded("JPEG")[:2] + b"\xff\xff" + jpeg(HEADER + exif(6))[2:]
    yield "many_tags.jpg", jpeg(HEADER + tiff([(0x9000 + i, 4, 1, b"\1\0\0\0") for i in range(300)] + [orientation(6)]))
    yield "big_tiff.jpg", jpeg(HEADER + big_tiff(6))
    yield "big_tiff_big.jpg", jpeg(HEADER + big_tiff(6, ">"))
    yield "big_tiff_beside_xmp.jpg", jpeg(HEADER + big_tiff(6), xmp_segment(xmp(8)))
    yield "big_tiff_big_beside_xmp.jpg", jpeg(HEADER + big_tiff(6, ">"), xmp_segment(xmp(8)))
    yield "no_tiff_beside_xmp.jpg", jpeg(HEADER + b"XX" + exif(6)[2:], xmp_segment(xmp(8)))
    yield "cut_beside_xmp.jpg", jpeg(HEADER + exif(6)[:6], xmp_segment(xmp(8)))
    yield "empty_beside_xmp.jpg", jpeg(HEADER, xmp_segment(xmp(8)))
    yield "big_tiff_mark.jpg", jpeg(HEADER + tiff([orientation(6, order=">")], ">", b"MM\0+"))

    yield "xmp_attribute.jpg", jpeg(xmp_segment(xmp(8)))
    yield "xmp_element.jpg", jpeg(xmp_segment(xmp(3, element=True)))
    yield "xmp_twice.jpg", jpeg(xmp_segment(xmp(3)), xmp_segment(xmp(5)))
    yield "xmp_nine.jpg", jpeg(xmp_segment(xmp(9)))
    yield "xmp_first_without.jpg", jpeg(xmp_segment(b"tiff:Orientation='6' " + xmp(7)))
    yield "xmp_beside_exif.jpg", jpeg(HEADER + exif(6), xmp_segment(xmp(8)))
    yield "xmp_beside_upright.jpg", jpeg(HEADER + exif(1), xmp_segment(xmp(8)))
    yield "xmp_beside_maker.jpg", jpeg(HEADER + tiff([maker()]), xmp_segment(xmp(8)))

    yield "exif.png", png(chunk(b"eXIf", exif(6)))
    yield "exif_long.png", png(chunk(b"eXIf", exif(8, "long")))
    yield "exif_header.png", png(chunk(b"eXIf", HEADER + exif(5)))
    yield "exif_behind.png", png(behind=[chunk(b"eXIf", exif(7))])
    yield "exif_twice.png", png(chunk(b"eXIf", exif(6)), behind=[chunk(b"eXIf", exif(3))])
    yield "profile_text.png", png(text(b"Raw profile type exif", raw_profile(HEADER + exif(6))))
    yield "profile_packed.png", png(packed_text(b"Raw profile type exif", raw_profile(HEADER + exif(8))))
    yield "profile_international.png", png(
        international_text(b"Raw profile type exif", raw_profile(exif(3), "exif"), packed=True))
    yield "profile_behind.png", png(behind=[packed_text(b"Raw profile type exif", raw_profile(HEADER + exif(4)))])
    yield "profile_app1.png", png(packed_text(b"Raw profile type APP1", raw_profile(HEADER + exif(6), "app1")))
    yield "profile_beside_exif.png", png(packed_text(b"Raw profile type exif", raw_profile(HEADER + exif(8))),
                                         chunk(b"eXIf", exif(6)))
    yield "big_tiff_big.png", png(chunk(b"eXIf", big_tiff(6, ">")))
    yield "xmp.png", png(international_text(b"XML:com.adobe.xmp", xmp(6)))
    yield "xmp_packed.png", png(international_text(b"XML:com.adobe.xmp", xmp(8, element=True), packed=True))
    yield "xmp_text.png", png(text(b"XML:com.adobe.xmp", xmp(5)))
    yield "xmp_packed_text.png", png(packed_text(b"XML:com.adobe.xmp", xmp(3)))
    yield "xmp_beside_profile.png", png(international_text(b"XML:com.adobe.xmp", xmp(8)),
                                        text(b"Raw profile type exif", raw_profile(HEADER + exif(6))))

    yield "exif.webp", webp(exif=exif(6))
    yield "exif_header.webp", webp(exif=HEADER + exif(8, "long", ">"))
    yield "big_tiff_big.webp", webp(exif=big_tiff(6, ">"))
    yield "xmp.webp", webp(xmp=xmp(5))
    yield "xmp_beside_exif.webp", webp(exif=exif(3), xmp=xmp(6))
    yield "xmp_beside_maker.webp", webp(exif=tiff([maker()]), xmp=xmp(6, element=True))
    yield "no_flags.webp", without_flags(webp(exif=exif(6), xmp=xmp(6)))


def applied(path):
    """The orientation that exif_transpose applies."""
    with Image.open(path) as image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.load()
        value = image.getexif().get(0x0112, 1)
    return next((number for number in range(2, 9) if value == number), 1)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = list(KEPT)
    for name, content in files():
        (FOLDER / name).write_bytes(content)
        names.append(name)
    lines = [f"{name} {applied(FOLDER / name)}\n" for name in sorted(names)]
    (FOLDER / "expected.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
