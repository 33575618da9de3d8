"""Reads and writes safetensors files with numpy alone.

A file consists of the header's length (unsigned 64-bit little-endian), a JSON header and the
tensors' bytes. The header maps each name to {"dtype", "shape", "data_offsets"}, with offsets from
the end of the header, and "__metadata__" to an object of strings. The safetensors package does the
same; with this module the bundled model needs only torch and numpy.
"""

import json
import struct

import numpy as np

_TO_NUMPY = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}
_FROM_NUMPY = {np.dtype(code): name for name, code in _TO_NUMPY.items()}


def save(path, tensors, metadata=None):
    """Writes {name: numpy array or torch tensor} and {key: string} metadata to `path`."""
    arrays = {}
    for name, value in tensors.items():
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        arrays[name] = np.ascontiguousarray(value)

    header = {}
    if metadata:
        header["__metadata__"] = {str(k): str(v) for k, v in metadata.items()}
    offset = 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": _FROM_NUMPY[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes

    text = json.dumps(header, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    # Align the first tensor for readers that map the file; JSON may end in spaces.
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in arrays.values():
            file.write(array.tobytes())


def load(path):
    """Returns ({name: numpy array}, {key: string}) read from `path`.

    bfloat16, which numpy lacks, comes back as float32. Raises ValueError on a malformed file.
    """
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 8:
        raise ValueError("%s: too short for a safetensors file" % path)
    (length,) = struct.unpack_from("<Q", data)
    if length > len(data) - 8:
        raise ValueError("%s: header of %d bytes runs past the end" % (path, length))
    header = json.loads(data[8:8 + length].decode("utf-8"))
    body = data[8 + length:]

    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if not 0 <= begin <= end <= len(body):
            raise ValueError("%s: tensor %s lies outside the file" % (path, name))
        raw = body[begin:end]
        if entry["dtype"] == "BF16":
            # bfloat16 is the upper half of a float32.
            array = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        elif entry["dtype"] in _TO_NUMPY:
            array = np.frombuffer(raw, _TO_NUMPY[entry["dtype"]]).copy()
        else:
            raise ValueError("%s: tensor %s has type %s" % (path, name, entry["dtype"]))
        tensors[name] = array.reshape(entry["shape"])
    return tensors, metadata
