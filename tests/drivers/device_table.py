"""The devices: devices.tsv."""
import re
from dataclasses import dataclass

from folders import HERE

# In the order of docs/devices.md.
VENDORS = ("AMD", "Intel", "NVIDIA", "Qualcomm", "Arm", "Broadcom", "Apple", "Imagination")
ARCHITECTURES = ("amd64", "arm64")


@dataclass(frozen=True)
class Device:
    name: str
    vendor: str         # one of VENDORS
    driver: str         # Mesa's driver: the name of its file without "_icd.json"
    architecture: str   # of the Debian package that has the driver: one of ARCHITECTURES
    backend: str        # in backends, or one of Mesa's own (preloaded_libraries.MESA_BACKENDS); "" for lavapipe
    shown_as: str       # part of the name by which the driver offers the device
    environment: tuple  # (name, value) pairs for the preloaded library and the driver
    is_quick: bool      # whether --quick includes it


# The software driver. It needs nothing that answers for the kernel, and what it compiles also runs.
LAVAPIPE = Device("lavapipe", "Mesa", "lvp", "amd64", "", "llvmpipe", (), False)
LAVAPIPE_ARM64 = Device("lavapipe-arm64", "Mesa", "lvp", "arm64", "", "llvmpipe", (), False)


def read(path=HERE / "devices.tsv"):
    """The devices of a table, in its order. Throws ValueError, which names the line."""
    devices = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = re.split(r"\t+", line.rstrip("\t"))
        try:
            devices.append(_device(*fields))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name}:{number}: {error}") from None
    names = [device.name for device in devices]
    if len(set(names)) < len(names):
        raise ValueError(f"{path.name}: a name is used twice: {max(names, key=names.count)}")
    return devices


def _device(name, vendor, driver, architecture, backend, quick, shown_as, environment=""):
    for value, allowed in ((vendor, VENDORS), (architecture, ARCHITECTURES), (quick, ("quick", "-"))):
        if value not in allowed:
            raise ValueError(f"'{value}' is none of {', '.join(allowed)}")
    settings = tuple(tuple(setting.split("=", 1)) for setting in environment.split())
    if any(len(setting) < 2 for setting in settings):
        raise ValueError(f"not NAME=VALUE: {environment}")
    return Device(name, vendor, driver, architecture, backend, shown_as, settings, quick == "quick")


def choose(devices, names):
    """The devices with these names, in the table's order. A name may end in "*". Throws ValueError if none fits."""
    for name in names:
        if not any(_fits(device, name) for device in devices):
            raise ValueError(f"no device {name}: see scripts/driver-matrix --list")
    return [device for device in devices if any(_fits(device, name) for name in names)]


def _fits(device, name):
    return device.name.startswith(name[:-1]) if name.endswith("*") else device.name == name
