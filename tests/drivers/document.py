"""docs/devices.md."""
import record_file


def write(folder, records, devices):
    record_file.update(folder / "devices.json", records, [device.name for device in devices])
