"""Writes TIFF files in forms that PIL does not write."""
import struct

import numpy

from make_samples import HEIGHT, WIDTH

SHORT, LONG, RATIONAL, FLOAT, DOUBLE, OFFSET, LONG8 = 3, 4, 5, 11, 12, 13, 16
LETTERS = {1: "B", SHORT: "H", LONG: "L", LONG8: "Q", 2: "B", 7: "B", FLOAT: "f", DOUBLE: "d", OFFSET: "L"}


def tiff_bytes(tags, pieces, order="<", big=False, tiled=False, odd=None, magic=None):
    """A TIFF file. tags: {tag: (type, values)}. pieces: the strips or tiles. odd: tags in place of the right ones; None
    leaves a tag out. magic: the first four bytes, if they are not the right ones."""
    tags = dict(tags)
    word, entry_word = ("Q", 8) if big else ("L", 4)
    start = 16 if big else 8
    offsets, body = [], b""
    for piece in pieces:
        offsets.append(start + len(body))
        body += piece + b"\0" * (len(piece) % 2)
    kind = LONG8 if big else LONG
    tags[324 if tiled else 273] = (kind, offsets)
    tags[325 if tiled else 279] = (kind, [len(piece) for piece in pieces])
    tags = {tag: field for tag, field in {**tags, **(odd or {})}.items() if field is not None}
    directory = start + len(body)
    fixed = (8 if big else 2) + len(tags) * (20 if big else 12) + entry_word
    outside, entries = b"", b""
    for tag in sorted(tags):
        kind, values = tags[tag]
        data = struct.pack(order + LETTERS[kind] * len(values), *values)
        entries += struct.pack(order + "HH" + word, tag, kind, len(values))
        if len(data) <= entry_word:
            entries += data.ljust(entry_word, b"\0")
        else:
            entries += struct.pack(order + word, directory + fixed + len(outside))
            outside += data + b"\0" * (len(data) % 2)
    mark = b"II" if order == "<" else b"MM"
    head = mark + (struct.pack(order + "HHHQ", 43, 8, 0, directory) if big else struct.pack(order + "HL", 42, directory))
    head = (magic or head[:4]) + head[4:]
    count = struct.pack(order + ("Q" if big else "H"), len(tags))
    return head + body + count + entries + struct.pack(order + word, 0) + outside


def tags(bits, photometric, width=WIDTH, height=HEIGHT, **more):
    """more: compression, planar, rows, extra, fill, form (SampleFormat), palette, predictor, subsampling, orientation."""
    numbers = {"compression": 259, "planar": 284, "rows": 278, "extra": 338, "fill": 266, "form": 339, "palette": 320,
               "predictor": 317, "subsampling": 530, "orientation": 274, "tile_width": 322, "tile_height": 323,
               "reference": 532}
    found = {256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, bits), 262: (SHORT, [photometric]),
             277: (SHORT, [len(bits)])}
    for name, values in more.items():
        found[numbers[name]] = (SHORT, values if isinstance(values, list) else [values])
    return found


def strips(rows, count):
    """The rows, joined to strips of `count` rows."""
    return [b"".join(rows[i:i + count]) for i in range(0, len(rows), count)]


def tiles(pixels, side):
    """pixels: [H, W, C]. Tiles of side × side pixels, padded with 0x55."""
    height, width = pixels.shape[:2]
    padded = numpy.full((-(-height // side) * side, -(-width // side) * side, *pixels.shape[2:]), 0x55, pixels.dtype)
    padded[:height, :width] = pixels
    return [padded[y:y + side, x:x + side].tobytes() for y in range(0, padded.shape[0], side)
            for x in range(0, padded.shape[1], side)]
