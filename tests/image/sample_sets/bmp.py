from PIL import Image

from writers import CORE, direct_bmp, indexed_bmp, packed_bmp
from .palettes import short_palette, with_runs


def add(samples, rgb):
    image = Image.fromarray(rgb)
    samples.add("rgb.bmp", "BMP", "24 bits", (image, {}))
    samples.add("palette.bmp", "BMP", "palette of 1, 4 and 8 bits", (image.quantize(16), {}))

    def write(name, form, content):
        samples.add(name + ".bmp", "BMP", form, content)

    def indexed(name, form, indices, bits, colours, **options):
        write(name, form, indexed_bmp(indices, bits, colours, **options))

    beyond = "indices beyond the palette"
    short = {bits: short_palette(rgb, entries) for bits, entries in ((8, 16), (4, 5), (1, 1))}
    for bits, (indices, colours) in short.items():
        indexed(f"short{bits}", beyond, indices, bits, colours)
    indexed("short8_gap", beyond, *insert(short[8], 8), gap=b"\x55" * 40)
    indexed("short4_top_down", beyond, *insert(short[4], 4), top_down=True)
    indexed("short8_os2", beyond, *insert(short[8], 8), header=64)
    indexed("short8_grey", beyond, short[8][0], 8, [(i, i, i) for i in range(16)])
    indexed("short1_black", beyond, short[1][0], 1, [(0, 0, 0)])
    samples.add("field/q_b4_used2.bmp", "BMP", beyond)

    # Complete palettes, with both headers of OS/2.
    os2 = "headers of OS/2, 12 and 64 bytes"
    indices, colours = short_palette(rgb, 128)  # indices from 0 to 58
    indexed("os2_8", os2, indices + 197, 8, colours + colours[::-1], header=CORE)
    indices, colours = short_palette(rgb, 8)
    indexed("os2_4", os2, indices, 4, colours + colours[::-1], header=CORE)
    indexed("os2_64_4", os2, indices, 4, colours + colours[::-1], header=64, entries=0)
    indices, colours = short_palette(rgb, 1)
    indexed("os2_1", os2, indices, 1, colours + [(9, 90, 200)], header=CORE)
    indexed("os2_64_1", os2, indices, 1, colours + [(9, 90, 200)], header=64)
    write("os2_24", os2, direct_bmp(rgb, 24, header=CORE))
    write("os2_64_24_gap", os2, direct_bmp(rgb, 24, header=64, gap=b"\x55" * 9))
    samples.add("field/b_os2_64.bmp", "BMP", os2)

    runs, many = with_runs(rgb, 256)
    few_runs, few = with_runs(rgb, 16)
    indexed("palette8", "palette of 1, 4 and 8 bits", runs, 8, many)
    indexed("palette4", "palette of 1, 4 and 8 bits", few_runs, 4, few)
    indexed("palette1", "palette of 1, 4 and 8 bits", runs % 2, 1, few[3:5])

    rle = "RLE8 and RLE4"
    write("rle8", rle, packed_bmp(runs, 8, many))
    write("rle8_moves", rle, packed_bmp(runs, 8, many, moves=True))
    write("rle4", rle, packed_bmp(few_runs, 4, few))
    write("rle4_moves", rle, packed_bmp(few_runs, 4, few, moves=True, gap=b"\x55" * 6))
    write("rle8_short", rle, packed_bmp(runs % 40, 8, many[:20], header=124))
    write("rle8_os2", rle, packed_bmp(runs, 8, many, header=64))
    samples.add("field/b_rle8.bmp", "BMP", rle)

    down = "top-down"
    indexed("top_down8", down, runs, 8, many, top_down=True)
    indexed("top_down1", down, runs % 2, 1, few[3:5], top_down=True, gap=b"\x55" * 3)
    write("top_down16", down, direct_bmp(rgb, 16, top_down=True))
    write("top_down24_v5", down, direct_bmp(rgb, 24, top_down=True, header=124))
    write("top_down32", down, direct_bmp(rgb, 32, (0xFF, 0xFF00, 0xFF0000, 0xFF000000), top_down=True, header=56))
    samples.add("field/b_24_neg.bmp", "BMP", down)

    gap = "pixels not behind the header"
    write("gap24_odd", gap, direct_bmp(rgb, 24, gap=b"\x55"))
    write("gap32", gap, direct_bmp(rgb, 32, gap=b"\x55" * 100, header=108))
    indexed("gap8", gap, runs, 8, many, gap=b"\x55" * 50)
    indexed("offset_0", gap, runs, 8, many, offset=0)
    indexed("offset_54", gap, few_runs, 4, few, offset=54)
    write("offset_0_masks", gap, direct_bmp(rgb, 16, (0xF800, 0x7E0, 0x1F), offset=0))
    samples.add("field/b_gap.bmp", "BMP", gap)

    masks = "16 and 32 bits, with masks"
    write("bits16", masks, direct_bmp(rgb, 16))
    write("bits16_565", masks, direct_bmp(rgb, 16, (0xF800, 0x7E0, 0x1F)))
    write("bits16_555_v4", masks, direct_bmp(rgb, 16, (0x7C00, 0x3E0, 0x1F), header=108))
    write("bits32", masks, direct_bmp(rgb, 32))
    write("bits32_xbgr", masks, direct_bmp(rgb, 32, (0xFF000000, 0xFF0000, 0xFF00, 0)))
    write("bits32_bgra_v5", masks, direct_bmp(rgb, 32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), header=124))
    write("bits32_bgxr_v2", masks, direct_bmp(rgb, 32, (0xFF000000, 0xFF00, 0xFF, 0), header=52))
    # PIL reads neither 2 bits nor other masks.
    two = few_runs % 4
    samples.add("palette2.bmp", "BMP", "2 bits, other masks (not read by PIL)", indexed_bmp(two, 2, few[:4]),
                [[few[i] for i in row] for row in two])
    samples.add("bits16_444.bmp", "BMP", "2 bits, other masks (not read by PIL)",
                direct_bmp(rgb, 16, (0xF00, 0xF0, 0xF)), (rgb.astype(int) * 15 // 255) * 255 // 15)
    samples.refuse("header16.bmp", "BMP", "header of 16 bytes", "header of 16 bytes",
                   direct_bmp(rgb, 24, header=40)[:14] + b"\x10" + direct_bmp(rgb, 24, header=40)[15:])
    samples.refuse("bmp_png.bmp", "BMP", "JPEG or PNG inside", "compression 5", direct_bmp(rgb, 24, compression=5))


def insert(palette, bits):
    indices, colours = palette
    return indices, bits, colours
