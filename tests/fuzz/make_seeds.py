#!/usr/bin/env python3
"""Writes what the fuzz targets begin with: make_seeds.py FOLDER. A folder a target, with small valid files.

From the tests' checkpoints and images and from files made here. The regressions are seeds as well.
"""
import io
import json
import shutil
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LARGEST = 100_000  # bytes of a seed: larger ones are slow to change


def write(folder, name, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def copy(folder, paths):
    for path in paths:
        if path.is_file() and path.stat().st_size <= LARGEST:
            write(folder, path.name, path.read_bytes())


def safetensors(tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def npy(header, content):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def tar(members, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def packed_zip(members, compression):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def checkpoints(folder):
    copy(folder, (ROOT / "tests/data/reference").glob("*.pth"))
    copy(folder, (ROOT / "tests").glob("*/data/**/*.pth"))
    copy(folder, (ROOT / "tests").glob("*/data/**/*.safetensors"))
    write(folder, "small.safetensors", safetensors(
        {"a": ("F32", [2, 2], bytes(16)), "b": ("BF16", [3], bytes(6)), "c": ("I64", [], bytes(8))},
        {"labels": '["cat", "dog"]', "format": "pt"}))


def archives(folder):
    members = [("dir/a.jpg", b"image a"), ("b.png", b"image b" * 40), ("c.txt", b"text")]
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        write(folder, mode.replace(":", "-") + ".tar", tar(members, mode))
    write(folder, "deflated.zip", packed_zip(members, zipfile.ZIP_DEFLATED))
    write(folder, "stored.zip", packed_zip(members, zipfile.ZIP_STORED))


def texts(seeds):
    write(seeds / "labels", "plain.txt", b"cat\ndog\n\nbird\n")
    write(seeds / "labels", "bom.txt", b"\xef\xbb\xbfcaf\xc3\xa9\r\n\xe7\x8c\xab\r\n")
    write(seeds / "manifest", "zoo.json", (ROOT / "weights/zoo.json").read_bytes())
    write(seeds / "path_list", "lines.txt", b"a.jpg\nfolder/b.png\r\n\n/c d.jpg")
    write(seeds / "path_list", "zeros.txt", b"a.jpg\0folder/b\n.png\0")
    write(seeds / "npy", "f4.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24)))
    write(seeds / "npy", "u1.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }", bytes(5)))
    write(seeds / "npy", "f8.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", bytes(8)))


def caches(folder):
    """The content of cache files that tests left, without the header that is checked first, and one whole."""
    write(folder, "problem", b"0 0 20 384 1536 1 0 0 0")
    write(folder, "verdicts", b"wrong\t7\t20 x 384\t0 0 20 384 1536\tlinear 8,8,8\n")
    write(folder, "job", b"device\t0\nkey\tk\ncache\t/c\nseed\t1\nsome\t\nonly\tlinear\nproblem\t0 0 1\nend\n")
    for path in sorted((ROOT / "build/release/test-cache").glob("*.bin"))[:2000]:
        if path.name.startswith(("choices-", "verdicts-")):
            content = path.read_bytes()
            start = 32 + struct.unpack_from("<Q", content, 8)[0]
            write(folder, path.stem, content[start:][:LARGEST])
            write(folder, path.name, content[:LARGEST])


def main():
    seeds = Path(sys.argv[1])
    shutil.rmtree(seeds, ignore_errors=True)
    checkpoints(seeds / "checkpoint")
    archives(seeds / "archive")
    texts(seeds)
    caches(seeds / "cache")
    copy(seeds / "image", (ROOT / "tests/image/data").rglob("*"))
    for folder in (HERE / "regressions").iterdir():
        copy(seeds / folder.name, folder.iterdir())


if __name__ == "__main__":
    main()
