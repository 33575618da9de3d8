"""Loads, classifies and drops again and again: memory stays flat, and no Vulkan object is left.

endurance.py ROUNDS PACKAGE. The driver's library is loaded as long as there is a Vulkan instance, and its threads live as long
as there is a device. GFNET_VALIDATION=1 has the validation layer look for objects that outlive their device.
"""
import ctypes
import gc
import os
import sys
import threading
from pathlib import Path

from package import MODEL, PHOTOS, gfnet

ROUNDS = int(sys.argv[1])
# Rounds after which everything is loaded and every cache of the allocator is filled.
FIRST = min(100, ROUNDS // 2)
MOST_GROWTH = 4 << 20  # bytes, in all rounds after the first ones


def resident():
    """The memory of this process, in bytes, without what the allocator keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def threads():
    return len(os.listdir("/proc/self/task"))


def is_driver_loaded():
    maps = Path("/proc/self/maps").read_text()
    return "libvulkan_" in maps or "vk_swiftshader" in maps


def classify():
    classifier = gfnet.Classifier(gfnet.Model(MODEL))
    result = classifier(PHOTOS[0])
    loaded = is_driver_loaded()
    messages = classifier.validation_messages()
    return result.probability, loaded, messages


def main():
    before = threads()
    assert not is_driver_loaded()
    expected, at_start = None, 0
    for number in range(ROUNDS):
        probability, was_loaded, messages = classify()
        expected = expected or probability
        assert probability == expected, f"round {number}: {probability} instead of {expected}"
        assert messages == [], messages
        assert was_loaded, "the driver's library has another name"
        assert not is_driver_loaded(), f"round {number}: a Vulkan instance is left"
        assert threads() == before, f"round {number}: {threads()} threads, where there were {before}"
        if number + 1 == FIRST:
            at_start = resident()
    growth = resident() - at_start
    print(f"{ROUNDS} rounds: {at_start / 1e6:.1f} MB after {FIRST}, {growth / 1e6:+.2f} MB since; "
          f"{threading.active_count()} thread")
    assert growth < MOST_GROWTH, f"{growth} bytes more than after {FIRST} rounds"


main()
