"""Loads, classifies and drops again and again: memory stays flat, and no Vulkan object is left.

endurance.py ROUNDS PACKAGE. With GFNET_VALIDATION=1, the default, the validation layer writes to a file what outlives its device
or its instance. Memory is measured with GFNET_VALIDATION=0: the layer itself keeps about 20 KB more after each device. The
driver's threads live as long as there is a device.
"""
import ctypes
import gc
import os
import sys
import time
from pathlib import Path

from package import MODEL, PHOTOS, SCRATCH, gfnet

ROUNDS = int(sys.argv[1])
# Rounds after which everything is loaded and every cache of the allocator is filled.
FIRST = min(100, ROUNDS // 2)
MOST_GROWTH = 4 << 20  # bytes, in all rounds after the first ones

IS_VALIDATED = os.environ["GFNET_VALIDATION"] == "1"
LOG = SCRATCH / "validation.txt"
# The layer says, as information, that it is there.
SETTINGS = f"""khronos_validation.debug_action = VK_DBG_LAYER_ACTION_LOG_MSG
khronos_validation.report_flags = error,warn,info
khronos_validation.log_filename = {LOG}
"""


def resident():
    """The memory of this process, in bytes, without what the allocator keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def threads():
    return len(os.listdir("/proc/self/task"))


def threads_soon(wanted):
    """The number of threads, as soon as there are no more than wanted: a thread that has done its work needs a moment to end."""
    end = time.monotonic() + 10
    while threads() > wanted and time.monotonic() < end:
        time.sleep(0.001)
    return threads()


def classify():
    classifier = gfnet.Classifier(gfnet.Model(MODEL))
    return classifier(PHOTOS[0]).probability, threads()


def check_validation(number):
    text = LOG.read_text()
    assert "Khronos Validation Layer Active" in text, "the validation layer wrote nothing"
    assert "(ERROR" not in text and "(WARN" not in text, f"round {number}: {text}"


def main():
    (SCRATCH / "vk_layer_settings.txt").write_text(SETTINGS)
    os.environ["VK_LAYER_SETTINGS_PATH"] = str(SCRATCH)
    before = threads()
    expected, at_start, most = None, 0, 0
    for number in range(ROUNDS):
        probability, running = classify()
        expected, most = expected or probability, max(most, running)
        assert probability == expected, f"round {number}: {probability} instead of {expected}"
        left = threads_soon(before)
        assert left == before, f"round {number}: {left} threads, where there were {before}"
        if IS_VALIDATED:
            check_validation(number)
        if number + 1 == FIRST:
            at_start = resident()
    growth = resident() - at_start
    assert most > before, "the driver has no threads, so they tell nothing about devices that are left"
    print(f"{ROUNDS} rounds: {at_start / 1e6:.1f} MB after {FIRST}, {growth / 1e6:+.2f} MB since; "
          f"{most} threads with a device, {before} without")
    assert IS_VALIDATED or growth < MOST_GROWTH, f"{growth} bytes more than after {FIRST} rounds"


main()
