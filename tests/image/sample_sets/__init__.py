"""Which files make_samples.py writes, format by format. Each function adds those of one format to `samples`; rgb is the
image that they show, [H, W, 3] uint8."""
from . import bmp, gif, jpeg, png, pnm, psd, tga

SETS = [jpeg.add, png.add, gif.add, bmp.add, tga.add, psd.add, pnm.add]
