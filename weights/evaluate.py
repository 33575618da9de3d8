#!/usr/bin/env python3
"""Measures a GFNet .safetensors file with PyTorch on images in class folders.

    python3 evaluate.py --model gfnet-cifar10.safetensors --data cifar10-jpeg.tar.xz
    python3 evaluate.py --model M.safetensors --data folder/ --split "" --output predictions.csv

--data is a folder or a tar archive that holds SPLIT/CLASS/*.jpg (png too); with an empty --split,
CLASS/*.jpg. Preprocessing and labels come from the file's metadata. Needs torch 1.13 or newer, numpy
and Pillow.
"""

import argparse
import csv
import io
import json
import os
import tarfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import gfnet
import safetensors_io

# Mean and standard deviation per channel of the training images, rounded. train.py writes them into
# its models' metadata.
MEAN = (0.491, 0.482, 0.447)
STD = (0.245, 0.243, 0.261)

_SUFFIXES = (".jpg", ".jpeg", ".png")


def _files(data, split):
    """Yields (name within `data`, class, bytes) of each SPLIT/CLASS/FILE, in no particular order."""
    def wanted(name):
        parts = [p for p in name.replace(os.sep, "/").split("/") if p not in ("", ".")]
        if not name.lower().endswith(_SUFFIXES) or len(parts) < 2:
            return None
        if split and (len(parts) < 3 or parts[-3] != split):
            return None
        return parts[-2]

    if os.path.isdir(data):
        for folder, _, names in os.walk(data):
            for name in names:
                path = os.path.join(folder, name)
                label = wanted(os.path.relpath(path, data))
                if label is not None:
                    with open(path, "rb") as file:
                        yield os.path.relpath(path, data).replace(os.sep, "/"), label, file.read()
    else:
        with tarfile.open(data) as archive:
            for member in archive:
                label = wanted(member.name) if member.isfile() else None
                if label is not None:
                    yield member.name, label, archive.extractfile(member).read()


def prepare(image, size=32, crop_ratio=1.0):
    """PIL image -> uint8 [size, size, 3]: shorter side to size / crop_ratio, centre crop."""
    image = image.convert("RGB")
    target = int(size / crop_ratio)
    width, height = image.size
    if min(width, height) != target:
        # As in torchvision, the longer side is truncated to an integer.
        if width <= height:
            shape = (target, int(target * height / width))
        else:
            shape = (int(target * width / height), target)
        image = image.resize(shape, Image.BICUBIC)
    left = int(round((image.size[0] - size) / 2.0))
    top = int(round((image.size[1] - size) / 2.0))
    return np.asarray(image.crop((left, top, left + size, top + size)))


def read_images(data, split, labels=None, size=32, crop_ratio=1.0):
    """Returns (images uint8 [N, size, size, 3], class indices [N], labels, names), sorted by name.

    The default for `labels` is the class folders in alphabetical order.
    """
    found = []
    for name, label, raw in _files(data, split):
        with Image.open(io.BytesIO(raw)) as image:
            found.append((name, label, prepare(image, size, crop_ratio)))
    if not found:
        raise SystemExit("%s: no images in %s" % (data, (split or ".") + "/CLASS/"))
    found.sort(key=lambda entry: entry[0])
    if labels is None:
        labels = sorted({label for _, label, _ in found})
    unknown = sorted({label for _, label, _ in found} - set(labels))
    if unknown:
        raise SystemExit("%s: class folders the model does not know: %s" % (data, unknown))
    index = {label: i for i, label in enumerate(labels)}
    return (np.stack([image for _, _, image in found]),
            np.array([index[label] for _, label, _ in found]), labels,
            [name for name, _, _ in found])


def predict(model, images, mean=MEAN, std=STD, batch=250, device="cpu", autocast=False):
    """uint8 [N, S, S, 3] -> logits float32 [N, classes]."""
    mean = torch.tensor(mean).view(1, 3, 1, 1)
    std = torch.tensor(std).view(1, 3, 1, 1)
    model.eval()
    outputs = []
    with torch.no_grad():
        for i in range(0, len(images), batch):
            x = torch.from_numpy(np.ascontiguousarray(images[i:i + batch])).permute(0, 3, 1, 2)
            x = ((x.float() / 255.0 - mean) / std).to(device)
            if autocast:
                with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
                    y = model(x)
            else:
                y = model(x)
            outputs.append(y.float().cpu())
    return torch.cat(outputs)


def top_k(logits, targets, k):
    """Share of rows whose target is among the k largest logits."""
    k = min(k, logits.shape[1])
    best = logits.topk(k, dim=1).indices
    return (best == targets[:, None]).any(1).float().mean().item()


def accuracy(model, images, targets, **options):
    """Returns (top-1, top-5, mean cross-entropy); the options are those of predict()."""
    logits = predict(model, images, **options)
    targets = torch.from_numpy(np.asarray(targets))
    return top_k(logits, targets, 1), top_k(logits, targets, 5), \
        F.cross_entropy(logits, targets).item()


def main():
    parser = argparse.ArgumentParser(description="Evaluate a GFNet .safetensors file.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True, help="tar archive or folder")
    parser.add_argument("--split", default="test", help="folder above the class folders, or empty")
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--output", help="write a CSV: file, class, predicted class, logits")
    args = parser.parse_args()

    tensors, metadata = safetensors_io.load(args.model)
    model = gfnet.from_state_dict({k: torch.from_numpy(v) for k, v in tensors.items()})
    steps = json.loads(metadata["preprocessing"])
    labels = json.loads(metadata["labels"])
    images, targets, _, names = read_images(
        args.data, args.split, labels, steps["size"], steps.get("crop_ratio", 1.0))
    logits = predict(model, images, steps["mean"], steps["std"], args.batch)
    expected = torch.from_numpy(targets)

    print("%d images, %d classes" % (len(names), len(labels)))
    print("top-1 %.2f %%" % (100 * top_k(logits, expected, 1)))
    print("top-5 %.2f %%" % (100 * top_k(logits, expected, 5)))
    best = logits.argmax(1)
    for i, label in enumerate(labels):
        rows = expected == i
        if rows.any():
            print("  %-12s %.2f %%" % (label, 100 * (best[rows] == i).float().mean().item()))

    if args.output:
        with open(args.output, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "class", "predicted"] + labels)
            for name, target, row in zip(names, targets, logits):
                writer.writerow([name, labels[target], labels[int(row.argmax())]]
                                + ["%.6f" % v for v in row.tolist()])


if __name__ == "__main__":
    main()
