"""Writers of image files in forms that PIL does not write. Each returns the bytes of a file.

rgb: [H, W, 3] uint8. indices: [H, W] integers. colours: a list of (red, green, blue). Rows go from top to bottom.
"""
import struct
import zlib

import numpy

CORE = 12  # bytes of OS/2's first BMP header; those with fewer fields than Windows' headers


def packed(row, bits):
    """The bytes of a row of numbers of `bits` bits, the first in the highest bits."""
    bit = (numpy.asarray(row, numpy.uint32)[:, None] >> numpy.arange(bits - 1, -1, -1)) & 1
    return numpy.packbits(bit.astype(numpy.uint8).ravel()).tobytes()


# --- BMP ------------------------------------------------------------------------------------------


def bmp(pixels, bits, width, height, colours=(), entries=None, header=40, compression=0, masks=None, gap=b"",
        offset=None, top_down=False, tail=b""):
    """pixels: the bytes of all rows. entries: the declared number of colours. offset: the declared start of the pixels;
    the true one by default. gap: bytes before the pixels."""
    stored = -height if top_down else height
    if header == CORE:
        head = struct.pack("<IHHHH", CORE, width, height, 1, bits)
    else:
        declared = len(colours) if entries is None else entries
        head = struct.pack("<IiiHHIIiiII", header, width, stored, 1, bits, compression, len(pixels), 2835, 2835,
                           declared, 0)
        fields = struct.pack("<4I", *(list(masks) + [0])[:4]) if masks else b""
        if header == 40:
            head += fields[:12]
        else:
            head += fields.ljust(header - 40, b"\0")[:header - 40]
    palette = b"".join(bytes((b, g, r)) + (b"" if header == CORE else b"\0") for r, g, b in colours)
    start = 14 + len(head) + len(palette) + len(gap)
    first = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start if offset is None else offset)
    return first + head + palette + gap + pixels + tail


def bmp_rows(rows, top_down=False):
    """rows: the bytes of each row. Pads each to 32 bits."""
    return b"".join(row + bytes(-len(row) % 4) for row in (rows if top_down else rows[::-1]))


def indexed_bmp(indices, bits, colours, **options):
    height, width = indices.shape
    rows = bmp_rows([packed(row, bits) for row in indices], options.get("top_down", False))
    return bmp(rows, bits, width, height, colours, **options)


def direct_bmp(rgb, bits, masks=None, **options):
    """16, 24 or 32 bits. masks: those of red, green, blue and perhaps alpha; the usual ones by default."""
    height, width, _ = rgb.shape
    fields = masks or ((0x7C00, 0x3E0, 0x1F) if bits == 16 else (0xFF0000, 0xFF00, 0xFF))
    pixel = numpy.zeros((height, width), numpy.uint64)
    for channel, mask in enumerate(fields[:3]):
        shift = (mask & -mask).bit_length() - 1
        largest = mask >> shift
        pixel |= (rgb[:, :, channel].astype(numpy.uint64) * largest // 255) << shift
    data = pixel.astype("<u8").view(numpy.uint8).reshape(height, width, 8)[:, :, :bits // 8]
    rows = bmp_rows([row.tobytes() for row in data], options.get("top_down", False))
    if masks:
        options.setdefault("compression", 3)
    return bmp(rows, bits, width, height, masks=masks, **options)


def bmp_runs(indices, four_bits=False, moves=False, stop=True):
    """Run-length encoding, with pixels that are not encoded where no run is long. moves: leave out pixels of index 0."""
    data = bytearray()

    def plain(values):
        if len(values) < 3:
            for value in values:
                data.extend((1, value << 4 if four_bits else value))
            return
        data.extend((0, len(values)))
        content = packed(values, 4) if four_bits else bytes(values)
        data.extend(content + bytes(len(content) % 2))

    for row in indices[::-1].tolist():
        at, waiting = 0, []
        while at < len(row):
            run = 1
            while at + run < len(row) and row[at + run] == row[at] and run < 255:
                run += 1
            if run >= 4 or (moves and row[at] == 0 and run >= 3):
                plain(waiting)
                waiting = []
                if moves and row[at] == 0 and at + run < len(row):
                    data.extend((0, 2, run, 0))
                else:
                    data.extend((run, row[at] * 17 if four_bits else row[at]))
                at += run
            else:
                waiting.append(row[at])
                at += 1
                if len(waiting) == 250:
                    plain(waiting)
                    waiting = []
        plain(waiting)
        data.extend((0, 0))
    return bytes(data) + (b"\0\1" if stop else b"")


def packed_bmp(indices, bits, colours, moves=False, **options):
    height, width = indices.shape
    runs = bmp_runs(indices, bits == 4, moves)
    return bmp(runs, bits, width, height, colours, compression=2 if bits == 4 else 1, **options)


# --- TGA ------------------------------------------------------------------------------------------


def tga_pixels(rgb, bits):
    """[H, W, bytes of a pixel] uint8, for 15, 16, 24 or 32 bits; alpha is arbitrary."""
    height, width, _ = rgb.shape
    if bits in (15, 16):
        five = rgb.astype(numpy.uint16) >> 3
        pixel = five[:, :, 0] << 10 | five[:, :, 1] << 5 | five[:, :, 2]
        return pixel.astype("<u2").view(numpy.uint8).reshape(height, width, 2)
    alpha = rgb[:, :, :1] ^ 0x5A
    return numpy.concatenate([rgb[:, :, ::-1], alpha], axis=2)[:, :, :bits // 8]


def tga_runs(pixels, spanning=False):
    """pixels: [H, W, bytes]. Encodes runs; spanning: across the rows' ends."""
    lines = [pixels.reshape(1, -1, pixels.shape[2])[0]] if spanning else list(pixels)
    data = bytearray()
    for line in lines:
        line = [bytes(pixel) for pixel in line]
        at = 0
        while at < len(line):
            run = 1
            while at + run < len(line) and run < 128 and line[at + run] == line[at]:
                run += 1
            if run > 1:
                data.extend(bytes([127 + run]) + line[at])
                at += run
                continue
            count = 1
            while at + count < len(line) and count < 128 and line[at + count] != line[at + count - 1]:
                count += 1
            data.extend(bytes([count - 1]) + b"".join(line[at:at + count]))
            at += count
    return bytes(data)


def tga(pixels, kind, bits, flags=0x20, colours=(), first=0, palette_bits=24, rle=False, spanning=False, note=b""):
    """pixels: [H, W, bytes of a pixel] uint8. kind: 1 indexed, 2 colour, 3 grey. flags: 0x10 from the right, 0x20 from
    the top. first: the index of the first colour."""
    height, width, _ = pixels.shape
    stored = pixels if flags & 0x20 else pixels[::-1]
    stored = stored[:, ::-1] if flags & 0x10 else stored
    palette = b""
    if len(colours):
        palette = tga_pixels(numpy.array(colours, numpy.uint8)[None], palette_bits).tobytes()
    head = struct.pack("<BBBHHBHHHHBB", len(note), 1 if palette else 0, kind + (8 if rle else 0), first, len(colours),
                       palette_bits if palette else 0, 0, 0, width, height, bits, flags)
    body = tga_runs(stored, spanning) if rle else stored.tobytes()
    return head + note + palette + body


# --- PSD ------------------------------------------------------------------------------------------


def packbits(line):
    data, at = bytearray(), 0
    while at < len(line):
        run = 1
        while at + run < len(line) and run < 128 and line[at + run] == line[at]:
            run += 1
        if run > 2:
            data += bytes((257 - run, line[at]))
            at += run
            continue
        count = 1
        while at + count < len(line) and count < 128 and not line[at + count:at + count + 3] == line[at + count:at + count + 1] * 3:
            count += 1
        data += bytes([count - 1]) + line[at:at + count]
        at += count
    return bytes(data)


def psd(channels, mode, bits=8, palette=b"", packing=0, resources=b"", layers=b"", version=1):
    """channels: [C, H, W] uint8 or uint16. mode: 1 grey, 2 indexed, 3 RGB, 4 CMYK, 7 multichannel, 8 duotone, 9 Lab."""
    count, height, width = channels.shape
    head = b"8BPS" + struct.pack(">H6xHIIHH", version, count, height, width, bits, mode)
    sections = b"".join(struct.pack(">I", len(part)) + part for part in (palette, resources, layers))
    big = channels.astype(channels.dtype.newbyteorder(">"))
    if packing == 0:
        return head + sections + struct.pack(">H", 0) + big.tobytes()
    rows = [packbits(row.tobytes()) for channel in big for row in channel]
    sizes = b"".join(struct.pack(">H", len(row)) for row in rows)
    return head + sections + struct.pack(">H", packing) + sizes + b"".join(rows)


# --- PNM ------------------------------------------------------------------------------------------


def pnm(kind, samples, largest=255, comment="", space="\n"):
    """kind: 1 to 6. samples: [H, W] or [H, W, 3] numbers from 0 to `largest`; of bitmaps, 1 is black."""
    height, width = samples.shape[:2]
    head = f"P{kind}{space}{comment}{width}{space}{height}{space}"
    if kind not in (1, 4):
        head += f"{largest}{space}"
    if kind <= 3:
        lines = [" ".join(str(sample) for sample in row.ravel().tolist()) for row in samples]
        return (head + "\n".join(lines) + "\n").encode()
    if kind == 4:
        return head.encode() + b"".join(packed(row, 1) for row in samples)
    return head.encode() + samples.astype(">u2" if largest > 255 else "u1").tobytes()


# --- PNG ------------------------------------------------------------------------------------------


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_rows(samples, bits):
    """samples: [H, W, C]. The rows of one pass, each after its filter's number 0."""
    if bits == 16:
        return b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    if bits == 8:
        return b"".join(b"\0" + row.astype("u1").tobytes() for row in samples)
    return b"".join(b"\0" + packed(row.ravel(), bits) for row in samples)


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(samples, bits, colour, interlaced=False, colours=(), before=b"", after=b""):
    """samples: [H, W, C] of the colour type 0 grey, 2 RGB, 3 indexed, 4 grey and alpha, 6 RGBA. before, after: chunks
    before and after the pixels."""
    height, width, _ = samples.shape
    passes = [samples]
    if interlaced:
        passes = [samples[y::step_y, x::step_x] for x, y, step_x, step_y in ADAM7]
    data = b"".join(png_rows(part, bits) for part in passes if part.size)
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced)))
            + (chunk(b"PLTE", bytes(numpy.array(colours, numpy.uint8))) if len(colours) else b"")
            + before + chunk(b"IDAT", zlib.compress(data)) + after + chunk(b"IEND", b""))


# --- GIF ------------------------------------------------------------------------------------------


def lzw(indices, code_bits):
    """GIF's compression, in blocks."""
    clear, stop = 1 << code_bits, (1 << code_bits) + 1
    bits, filled, data = 0, 0, bytearray()

    def emit(code, size):
        nonlocal bits, filled
        bits |= code << filled
        filled += size
        while filled >= 8:
            data.append(bits & 255)
            bits >>= 8
            filled -= 8

    size, table = code_bits + 1, {}
    emit(clear, size)
    prefix, free = None, stop + 1
    for index in indices:
        if prefix is None:
            prefix = index
            continue
        known = table.get((prefix, index))
        if known is not None:
            prefix = known
            continue
        emit(prefix, size)
        table[(prefix, index)] = free
        if free == 1 << size and size < 12:
            size += 1
        free += 1
        if free == 4096:
            emit(clear, size)
            size, table, free = code_bits + 1, {}, stop + 1
        prefix = index
    emit(prefix, size)
    emit(stop, size)
    if filled:
        data.append(bits & 255)
    blocks = [bytes(data[i:i + 255]) for i in range(0, len(data), 255)]
    return bytes([code_bits]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def gif_palette(colours):
    """(flags, bytes): the colours, and black ones up to a power of two."""
    bits = max(1, (len(colours) - 1).bit_length())
    return 0x80 | bits - 1, bytes(sum(colours, ())).ljust(3 << bits, b"\0")


def gif(indices, colours=(), local=(), screen=None, at=(0, 0), transparent=None, interlaced=False, before=b"", after=b"",
        code_bits=8, background=0):
    """A GIF of one frame. screen: (width, height), the frame's by default. at: the frame's left and top. colours, local:
    the file's and the frame's palette. before, after: blocks before and after the frame."""
    height, width = indices.shape
    flags, palette = gif_palette(colours) if colours else (0, b"")
    control = b"" if transparent is None else b"!\xf9\x04" + struct.pack("<BHB", 1, 10, transparent) + b"\0"
    local_flags, local_palette = gif_palette(local) if local else (0, b"")
    rows = list(indices)
    if interlaced:
        rows = rows[0::8] + rows[4::8] + rows[2::4] + rows[1::2]
    return (b"GIF89a" + struct.pack("<HHBBB", *(screen or (width, height)), flags, background, 0) + palette + before
            + control + b"," + struct.pack("<HHHHB", *at, width, height, local_flags | (0x40 if interlaced else 0))
            + local_palette + lzw([int(i) for row in rows for i in row], code_bits) + after + b";")
