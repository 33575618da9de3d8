"""Reads photographs as programs around a network do: decodes them, resizes them and cuts out the middle.

As a program: times it over files, in threads or processes on all cores.

    prepare.py SOFTWARE SIDE FILE…      prints the seconds for all files

What is loaded once, and the first image, do not count.
"""
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor


def cover(width, height, side):
    """Size of an image of width×height pixels once its shorter side is `side`, as torchvision's Resize rounds."""
    if width <= height:
        return side, side * height // width
    return side * width // height, side


def middle(width, height, side):
    """Left and top of the square of `side` pixels in the middle, as torchvision's CenterCrop rounds."""
    return round((width - side) / 2), round((height - side) / 2)


def with_pillow(path, side):
    """uint8 [side, side, 3]: RGB by Pillow's bicubic filter, which smooths what it makes smaller."""
    import numpy
    from PIL import Image
    with Image.open(path) as image:
        resized = image.convert("RGB").resize(cover(*image.size, side), Image.Resampling.BICUBIC)
    left, top = middle(*resized.size, side)
    return numpy.asarray(resized.crop((left, top, left + side, top + side)))


def with_opencv(path, side, interpolation):
    """uint8 [side, side, 3]: BGR by one of OpenCV's interpolations."""
    import cv2
    image = cv2.imread(path)
    resized = cv2.resize(image, cover(image.shape[1], image.shape[0], side), interpolation=interpolation)
    left, top = middle(resized.shape[1], resized.shape[0], side)
    return resized[top:top + side, left:left + side].copy()


class Photographs:
    """What a DataLoader loads: the prepared image of each path."""

    def __init__(self, paths, side):
        self.paths, self.side = paths, side

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return with_pillow(self.paths[index], self.side)


def seconds_with_loader(paths, side):
    """Torch's DataLoader, a worker for each core, batches of 16. Workers start once, before the clock does."""
    from torch.utils.data import DataLoader
    loader = DataLoader(Photographs(paths, side), batch_size=16, num_workers=os.cpu_count(), persistent_workers=True)
    for _ in DataLoader(Photographs(paths[:1], side)):
        pass
    batches = iter(loader)
    start = time.perf_counter()
    count = sum(len(batch) for batch in batches)
    assert count == len(paths)
    return time.perf_counter() - start


def seconds_with_opencv(paths, side, interpolation):
    """A thread for each core; OpenCV leaves Python's lock while it works. Its own threads are off."""
    import cv2
    cv2.setNumThreads(1)
    with_opencv(paths[0], side, interpolation)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        start = time.perf_counter()
        count = sum(1 for _ in threads.map(lambda path: with_opencv(path, side, interpolation), paths))
        assert count == len(paths)
        return time.perf_counter() - start


def main():
    software, side, *paths = sys.argv[1:]
    if software == "pillow":
        print(seconds_with_loader(paths, int(side)))
    else:
        import cv2
        print(seconds_with_opencv(paths, int(side), getattr(cv2, software)))


if __name__ == "__main__":
    main()
