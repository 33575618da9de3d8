"""Loads, classifies and drops again and again: memory stays flat, and no Vulkan object is left.

endurance.py ROUNDS PACKAGE. With GFNET_VALIDATION=1, the default, the validation layer writes to a file what outlives its device
or its instance. Memory is measured with GFNET_VALIDATION=0: the layer itself keeps about 20 KB more after each device. What the
allocator has given away is known to the byte; resident memory goes up and down by some MB, because the driver's threads take
memory from the allocator's pools as they come. The driver's threads live as long as there is a device.
"""
import ctypes
import gc
import os
import sys
import time
from pathlib import Path

from package import MODEL, PHOTOS, SCRATCH, gfnet

ROUNDS = int(sys.argv[1])
# Rounds after which everything is loaded.
FIRST = min(100, ROUNDS // 2)
# Bytes, of each round after these.
MOST_GROWTH = 1 << 10
# Bytes, of all rounds after these.
MOST_RESIDENT_GROWTH = 32 << 20

IS_VALIDATED = os.environ["GFNET_VALIDATION"] == "1"
LOG = SCRATCH / "validation.txt"
# The layer says, as information, that it is there.
SETTINGS = f"""khronos_validation.debug_action = VK_DBG_LAYER_ACTION_LOG_MSG
khronos_validation.report_flags = error,warn,info
khronos_validation.log_filename = {LOG}
"""


class AllocatorFacts(ctypes.Structure):
    """struct mallinfo2 of the C library."""
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


LIBC = ctypes.CDLL(None)
LIBC.mallinfo2.restype = AllocatorFacts


def memory():
    """Bytes that the allocator has given away, and bytes of this process in memory."""
    gc.collect()
    LIBC.malloc_trim(0)
    facts = LIBC.mallinfo2()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return facts.uordblks + facts.hblkhd, pages * os.sysconf("SC_PAGE_SIZE")


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
    expected, most = None, 0
    for number in range(ROUNDS):
        probability, running = classify()
        expected, most = expected or probability, max(most, running)
        assert probability == expected, f"round {number}: {probability} instead of {expected}"
        left = threads_soon(before)
        assert left == before, f"round {number}: {left} threads, where there were {before}"
        if IS_VALIDATED:
            check_validation(number)
        if number + 1 == FIRST:
            used, resident = memory()
    used_at_end, resident_at_end = memory()
    growth, resident_growth = used_at_end - used, resident_at_end - resident
    assert most > before, "the driver has no threads, so they tell nothing about devices that are left"
    print(f"{ROUNDS} rounds: {used / 1e3:.0f} kB in use after {FIRST}, {growth / 1e3:+.1f} kB since; "
          f"{resident / 1e6:.0f} MB in memory, {resident_growth / 1e6:+.1f} MB; {most} threads with a device, {before} without")
    if not IS_VALIDATED:
        assert growth < MOST_GROWTH * (ROUNDS - FIRST), f"{growth} bytes more in use than after {FIRST} rounds"
        assert resident_growth < MOST_RESIDENT_GROWTH, f"{resident_growth} bytes more in memory than after {FIRST} rounds"


main()
