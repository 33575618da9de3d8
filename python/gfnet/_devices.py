"""Vulkan devices: which there are, which is this worker's, and whether they compute what they should."""
from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Union

from . import _gfnet
from .errors import NoDeviceError
from ._model import model_of


@dataclass(frozen=True)
class Device:
    """A Vulkan device that gfnet can use."""

    index: int
    """The number that selects the device."""
    name: str
    driver: str
    type: str
    """"discrete", "integrated", "virtual", "cpu" or "other"."""
    vendor_id: int
    """PCI's number of the vendor: 0x10de for NVIDIA, 0x1002 for AMD, 0x8086 for Intel."""
    uuid: str
    """Vulkan's identifier. nvidia-smi shows an NVIDIA GPU's with "GPU-" before it."""
    pci_address: str
    """Such as "0000:3b:00.0". Empty for a software driver, and if the driver does not say."""
    api_version: str
    memory_bytes: int
    """Size of the largest heap of the device's own memory."""
    fp16_storage: bool
    fp16_arithmetic: bool
    matrix_units: bool
    auto_precision: str
    """What precision="auto" means on this device: "fp32" or "fp16"."""
    is_default: bool
    """Whether gfnet takes this device if none is named."""


def devices() -> list[Device]:
    """All Vulkan devices that gfnet can use. Raises NoDeviceError if there is no Vulkan loader or no driver."""
    return [Device(**device) for device in _gfnet.list_devices()]


DeviceName = Union[None, int, str, Device]


def device_option(device: DeviceName) -> str:
    """What the engine takes. None: $GFNET_DEVICE, or else the engine's choice. "worker": see worker_device."""
    if device is None:
        return os.environ.get("GFNET_DEVICE", "")
    if device == "worker":
        return str(worker_device().index)
    if isinstance(device, Device):
        return str(device.index)
    return str(device)


# The variables with which engines and schedulers give GPUs to a worker, and the vendor whose GPUs they number.
_VARIABLES = {
    "CUDA_VISIBLE_DEVICES": 0x10DE,
    "HIP_VISIBLE_DEVICES": 0x1002,
    "ROCR_VISIBLE_DEVICES": 0x1002,
    "ZE_AFFINITY_MASK": 0x8086,
    "ONEAPI_DEVICE_SELECTOR": 0x8086,
}


def worker_device(environment: Optional[Mapping[str, str]] = None) -> Device:
    """The device that an engine such as Ray, Dask or Slurm has given this worker, by the first of these variables of the
    environment that is set: CUDA_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, ZE_AFFINITY_MASK,
    ONEAPI_DEVICE_SELECTOR. If none is set, or if it is empty, the default device.

    These number the GPUs of one vendor, and Vulkan numbers all devices, so the number is looked up among this vendor's GPUs
    in the order of their PCI addresses (CUDA_DEVICE_ORDER=PCI_BUS_ID). A name such as "GPU-8932f937-…" is looked up by its
    UUID. Where there is no GPU of the vendor, the number counts all GPUs, and where there is no GPU at all, the software
    drivers. Of a list, the first device counts. Slurm gives all tasks of a step on a machine the same list, and
    SLURM_LOCALID is the number of the task: there, this one of the list counts.

    environment: the variables; default: os.environ. Raises NoDeviceError if there is no such device.
    """
    variables = os.environ if environment is None else environment
    found = devices()
    for variable, vendor in _VARIABLES.items():
        value = variables.get(variable, "")
        if value:
            return _named(_own_of(value, variables), f"{variable}={value}", _numbered(found, vendor))
    for device in found:
        if device.is_default:
            return device
    raise NoDeviceError("there is no Vulkan device")


def _own_of(value: str, variables: Mapping[str, str]) -> str:
    """The one of a list that is this worker's: a number, or a name."""
    names = value.removeprefix("level_zero:").split(",")
    task = variables.get("SLURM_LOCALID", "")
    own = names[int(task) % len(names) if task.isdecimal() else 0].strip()
    number = own.split(".")[0]  # "1.0" is the first tile of an Intel GPU
    return number if number.isdecimal() else own


def _numbered(found: list[Device], vendor: int) -> list[Device]:
    """The devices that a vendor's variable counts, in its order."""
    gpus = [device for device in found if device.type != "cpu"]
    of_vendor = [device for device in gpus if device.vendor_id == vendor]
    counted = of_vendor or gpus or found
    return sorted(counted, key=lambda device: device.pci_address)  # stable: without addresses as Vulkan lists them


def _named(name: str, setting: str, counted: list[Device]) -> Device:
    if name.isdecimal():
        if int(name) < len(counted):
            return counted[int(name)]
    elif name:
        uuid = name.removeprefix("GPU-").lower()
        for device in counted:
            if device.uuid.startswith(uuid):
                return device
    raise NoDeviceError(f"{setting} names no Vulkan device; it counts {len(counted)}: "
                        + ", ".join(device.name for device in counted))


@dataclass(frozen=True)
class CheckedKernel:
    """A kernel, an algorithm or a small network, compared with the scalar reference."""

    name: str
    label: str
    result: str
    """"right", "wrong", "unsteady", "refused", "crashed", "hung" or "not checked"."""
    problems: int
    worst: float
    """The largest error, as a share of what rounding allows."""
    sizes: str
    seconds: float
    cause: str


@dataclass(frozen=True)
class CheckReport:
    """What check() found out about a device."""

    device: Device
    seed: int
    kernels: list[CheckedKernel]
    all_right: bool
    """Whether every kernel is right."""

    def __str__(self) -> str:
        wrong = [f"{kernel.label}: {kernel.result}" for kernel in self.kernels if kernel.result != "right"]
        return f"{self.device.name}: {len(self.kernels) - len(wrong)} of {len(self.kernels)} kernels are right" + "".join(
            f"\n{line}" for line in wrong
        )


def check(device: DeviceName = None, model: Any = None, seed: Optional[int] = None) -> CheckReport:
    """Runs every kernel that gfnet could use on a device on random data, and compares it with a scalar reference. What is
    not right is remembered, and not used any more. Takes a minute or so.

    model: its own kernels are checked, too. seed: of the random data, to repeat a check."""
    found, used_seed, kernels, all_right = _gfnet.check(
        device_option(device), None if model is None else model_of(model)._model, seed
    )
    return CheckReport(Device(**found), used_seed, [CheckedKernel(**kernel) for kernel in kernels], all_right)
