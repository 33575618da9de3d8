"""Which device is a worker's, by the variables that engines set."""
import dataclasses
import os
import unittest
from unittest import mock

from package import MODEL, PHOTOS, classifier, gfnet, main, run_python

from gfnet import _devices as module

DRIVERS = os.environ.get("GFNET_TEST_DRIVERS", "")


def device(index, name, kind="discrete", vendor=0x10DE, pci="", uuid=""):
    fields = {field.name: 0 for field in dataclasses.fields(gfnet.Device)}
    return gfnet.Device(**{**fields, "index": index, "name": name, "type": kind, "vendor_id": vendor, "pci_address": pci,
                           "uuid": uuid or f"{index}0000000-0000-0000-0000-000000000000", "is_default": index == 0})


# Vulkan's order is not that of the PCI bus.
MACHINE = [
    device(0, "second", pci="0000:41:00.0", uuid="aaaa0000-0000-0000-0000-000000000000"),
    device(1, "Intel", "integrated", 0x8086, "0000:00:02.0"),
    device(2, "first", pci="0000:21:00.0", uuid="bbbb0000-0000-0000-0000-000000000000"),
    device(3, "AMD", vendor=0x1002, pci="0000:51:00.0"),
    device(4, "llvmpipe", "cpu", 0x10005),
]


class Variables(unittest.TestCase):
    def name(self, machine=None, **environment):
        with mock.patch.object(module, "devices", return_value=MACHINE if machine is None else machine):
            return gfnet.worker_device(environment).name

    def test_numbers_count_the_vendors_gpus_on_the_bus(self):
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="0"), "first")
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="1"), "second")
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="1,0"), "second")
        self.assertEqual(self.name(ROCR_VISIBLE_DEVICES="0"), "AMD")
        self.assertEqual(self.name(HIP_VISIBLE_DEVICES="0"), "AMD")

    def test_names(self):
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="GPU-aaaa0000"), "second")
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="GPU-BBBB0000-0000-0000-0000-000000000000"), "first")

    def test_intels_variables(self):
        self.assertEqual(self.name(ZE_AFFINITY_MASK="0.1"), "Intel")
        self.assertEqual(self.name(ONEAPI_DEVICE_SELECTOR="level_zero:0"), "Intel")

    def test_tasks_of_slurm_share_a_list(self):
        tasks = [self.name(CUDA_VISIBLE_DEVICES="1,0", SLURM_LOCALID=task) for task in "012"]
        self.assertEqual(tasks, ["second", "first", "second"])
        self.assertEqual(self.name(SLURM_LOCALID="1"), "second")
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES="0", SLURM_LOCALID=""), "first")

    def test_no_gpu_of_the_vendor(self):
        self.assertEqual(self.name(MACHINE[3:], CUDA_VISIBLE_DEVICES="0"), "AMD")
        self.assertEqual(self.name(MACHINE[4:], CUDA_VISIBLE_DEVICES="0"), "llvmpipe")

    def test_no_variable(self):
        self.assertEqual(self.name(), "second")
        self.assertEqual(self.name(CUDA_VISIBLE_DEVICES=""), "second")

    def test_no_such_device(self):
        for value in ("2", "GPU-cccc", "-1", "x", "NoDevFiles", ","):
            with self.assertRaisesRegex(gfnet.NoDeviceError, f"CUDA_VISIBLE_DEVICES={value} names no Vulkan device"):
                self.name(CUDA_VISIBLE_DEVICES=value)


class Real(unittest.TestCase):
    def test_the_device_of_this_machine(self):
        here = gfnet.devices()
        self.assertEqual([d.index for d in here], list(range(len(here))))
        self.assertEqual(gfnet.Classifier(MODEL, device=here[0]).device, here[0].name)
        self.assertEqual(gfnet.Classifier(MODEL, device=0).device, here[0].name)
        self.assertEqual(gfnet.Classifier(MODEL, device=here[0].name[:5]).device, here[0].name)

    @unittest.skipUnless(":" in DRIVERS, "needs two software drivers")
    def test_two_software_devices(self):
        text = ("import gfnet, sys\n"
                "labeller = gfnet.Labeller(sys.argv[1], device='worker')\n"
                "print(labeller({'path': [sys.argv[2]]})['class'][0], labeller.device)\n")
        both = {"VK_DRIVER_FILES": DRIVERS, "VK_ICD_FILENAMES": DRIVERS, "GFNET_DEVICE": "", "GFNET_VALIDATION": "0"}
        lines = []
        for number in ("0", "1"):
            done = run_python(text, MODEL, PHOTOS[0], CUDA_VISIBLE_DEVICES=number, **both)
            self.assertEqual(done.stderr, "")
            lines.append(done.stdout.split(maxsplit=1))
        index = str(classifier(MODEL)(PHOTOS[0]).index)
        self.assertEqual([line[0] for line in lines], [index, index])
        self.assertNotEqual(lines[0][1], lines[1][1])


if __name__ == "__main__":
    main()
