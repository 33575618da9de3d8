"""docs/devices.json: the records of all devices, from which docs/devices.md is written. A run replaces its devices'."""
import json


def read(path):
    """{device name: record}. Empty if there is no file."""
    if not path.exists():
        return {}
    return {record["name"]: record for record in json.loads(path.read_text(encoding="utf-8"))}


def update(path, records, order):
    """Adds records to a file. order: all devices' names; records of others are dropped. Returns all, in this order."""
    known = {**read(path), **{record["name"]: record for record in records}}
    kept = [known[name] for name in order if name in known]
    # One device a line, so that a diff names the devices that changed.
    text = "[\n" + ",\n".join(json.dumps(record, ensure_ascii=False) for record in kept) + "\n]\n"
    path.write_text(text, encoding="utf-8")
    return kept
