"""The machinery of scripts/driver-matrix, without a driver."""
import json
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import checkpoints
import core_changes
import device_table
import document
import driver_matrix
import jobs
import measured
import preloaded_libraries
import products
import record_file
from folders import HERE, ROOT, Broken

TIMES = {"seconds": 1.5, "processor_seconds": 2.5}
LINE = "one\tAMD\tradeon\tamd64\tamdgpu\tquick\tRADV\tAMDGPU_GPU_ID=navi31 SHIM_REV=c0\n"


def outcome(**changes):
    return {"device": "one", "job": "x", "driver": "Mesa 1", **TIMES, "status": 0, "stderr": [], "output": None,
            **changes}


def entry(kernel, spilled=0, specialization=(8, 4), **summary):
    return {"kernel": kernel, "specialization": list(specialization), "steps": 1, "figures": [],
            "summary": {"spilled": str(spilled), **summary}}


def device(text=LINE):
    return tables(text)[0]


def tables(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "devices.tsv"
        path.write_text(text, encoding="utf-8")
        return device_table.read(path)


OFFERED = {"name": "AMD One (RADV ONE)", "api_version": "1.4.1", "fp16_storage": True, "fp16_arithmetic": False,
           "matrix_shapes": [[16, 16, 16]]}


class Table(unittest.TestCase):
    def test_the_table_has_every_vendor_and_one_quick_device_of_each(self):
        devices = device_table.read()
        self.assertGreaterEqual(len(devices), 60)
        self.assertEqual(sorted(d.vendor for d in devices if d.is_quick), sorted(device_table.VENDORS))

    def test_every_backend_exists(self):
        for one in device_table.read():
            ours = (HERE / "backends" / f"{one.backend}.c").exists()
            self.assertTrue(ours or one.backend in preloaded_libraries.MESA_BACKENDS, one)

    def test_every_setting_is_read_by_its_backend(self):
        for one in device_table.read():
            source = HERE / "backends" / f"{one.backend}.c"
            for name, _ in one.environment:
                if name.startswith("SHIM_"):
                    self.assertIn(f'"{name}"', source.read_text(encoding="utf-8"), one.name)

    def test_a_line_is_read(self):
        self.assertEqual(device().environment, (("AMDGPU_GPU_ID", "navi31"), ("SHIM_REV", "c0")))
        self.assertTrue(device().is_quick)
        self.assertEqual(tables("# comment\n\n" + LINE.replace("\t", "\t\t"))[0], device())

    def test_wrong_lines_are_named(self):
        for line, saying in ((LINE.replace("AMD\t", "ATI\t", 1), "'ATI'"), (LINE.replace("=c0", ""), "NAME=VALUE"),
                             ("one\tAMD\n", "missing"), (LINE.replace("amd64", "mips"), "'mips'")):
            with self.assertRaisesRegex(ValueError, f"devices.tsv:2: .*{re.escape(saying)}"):
                tables("#\n" + line)
        with self.assertRaisesRegex(ValueError, "used twice: one"):
            tables(LINE + LINE)

    def test_devices_are_chosen_by_name(self):
        devices = device_table.read()
        self.assertEqual([d.name for d in device_table.choose(devices, ["hk-m2", "hk-m1"])], ["hk-m1", "hk-m2"])
        self.assertEqual({d.driver for d in device_table.choose(devices, ["hasvk-*"])}, {"intel_hasvk"})
        with self.assertRaisesRegex(ValueError, "no device hk"):
            device_table.choose(devices, ["hk"])


class CoreChanges(unittest.TestCase):
    def changed(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "src/drm-shim/device.c"
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            return core_changes.changed(Path(folder), "src/drm-shim/device.c")

    def test_every_change_is_made_once(self):
        before = "".join(change.old + "\n" for change in core_changes.CHANGES)
        after = self.changed(before)
        for change in core_changes.CHANGES:
            self.assertEqual(after.count(change.new), 1, change.reason)

    def test_a_place_that_is_gone_or_ambiguous_stops_the_build(self):
        whole = "".join(change.old + "\n" for change in core_changes.CHANGES)
        for text in (whole.replace(core_changes.CHANGES[0].old, ""), whole + core_changes.CHANGES[0].old):
            with self.assertRaisesRegex(Broken, "ioctl_fn_t core_ioctls"):
                self.changed(text)


class Checkpoints(unittest.TestCase):
    def test_networks_have_the_published_number_of_parameters(self):
        for network in json.loads((ROOT / "weights" / "zoo.json").read_text(encoding="utf-8")):
            if network["name"] in checkpoints.MODELS:
                count = 0
                for shape in checkpoints._shapes(network).values():
                    size = 1
                    for length in shape:
                        size *= length
                    count += size
                self.assertEqual(round(count / 1e6), network["parameters"] // 1000000, network["name"])

    def test_a_file_holds_what_its_header_says(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.safetensors"
            checkpoints._write(path, {"a": (3, 5), "b": (1 << 17,)})
            data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8:8 + length])
        self.assertEqual(header["b"]["data_offsets"], [60, 60 + 4 * (1 << 17)])
        self.assertEqual(len(data) - 8 - length, header["b"]["data_offsets"][1])


class Measured(unittest.TestCase):
    def test_the_worst_pipeline_is_named(self):
        run = measured.run_record(outcome(output=[entry("a", 2), entry("b_matrix", 7), entry("c")]))
        self.assertEqual(run, {**TIMES, "pipelines": 3, "spilling": 2, "spills": 7, "worst": "b_matrix 8,4",
                               "matrix": True})

    def test_refused_kernels_do_not_count(self):
        refused = {"kernel": "m_matrix", "specialization": [], "steps": 0, "refusal": "no"}
        run = measured.run_record(outcome(output=[entry("a"), refused]))
        self.assertEqual((run["pipelines"], run["matrix"]), (1, False))

    def test_a_failure_says_what_was_said_last(self):
        for changes, reason in (
                ({"status": 3, "stderr": ["gfnet: not supported", "DRM_SHIM: unhandled"]}, "not supported"),
                ({"status": "SIGABRT", "stderr": ["Failed to spill", "WARNING: testing"]}, "SIGABRT: Failed to spill"),
                ({"status": "time limit", "stderr": ["gfnet: x"]}, "took longer than 2 s"),
                ({"status": 3, "stderr": [f"gfnet: {ROOT}/x: bad"]}, "x: bad"),
                ({"status": 1}, "exit status 1")):
            self.assertEqual(measured.run_record(outcome(**changes)), {**TIMES, "failure": reason})

    def test_fc1_and_the_filter_are_found_by_the_plan(self):
        steps = {"steps": [{"name": "blocks.0.filter", "kernel": "f", "specialization": [1]},
                           {"name": "blocks.0.mlp.fc1", "kernel": "l", "specialization": [2]}]}
        compiled = [entry("l", specialization=[3], registers="9"),
                    entry("l", specialization=[2], registers="40", **{"subgroups/SIMD": "8"}),
                    entry("f", specialization=[1])]
        record = measured.record(device(), {
            "devices": outcome(output=[OFFERED]), "steps.fp32": outcome(output=steps),
            "gfnet-xs.fp32.8": outcome(output=compiled)}, "1.0")
        self.assertEqual(record["kernels"]["fp32"], {
            "fc1": {"kernel": "l 2", "registers": "40", "occupancy": "8 subgroups/SIMD"},
            "filter": {"kernel": "f 1", "registers": None, "occupancy": None}})
        self.assertEqual(record["kernels"]["fp16"], {"fc1": None, "filter": None})
        self.assertEqual(list(record["runs"]), ["gfnet-xs.fp32.8"])

    def test_what_is_worse_than_before_is_named(self):
        def with_runs(**runs):
            return {"offered": OFFERED, "runs": runs}

        good, bad = {"spills": 3, "worst": "k 1"}, {"failure": "SIGABRT"}
        self.assertEqual(measured.worse(with_runs(a=good, b=bad), with_runs(a=good, b=bad)), [])
        self.assertEqual(measured.worse(with_runs(a=dict(good, spills=2), new=bad), with_runs(a=good, gone=good)), [])
        self.assertEqual(measured.worse(with_runs(a=good, b=bad), with_runs(a=dict(good, spills=1), b=good)),
                         ["a: 3 spills in k 1, 1 before", "b: SIGABRT"])
        self.assertEqual(measured.worse(with_runs(a=good), with_runs(a=bad)), [])
        gone = {"offered": None, "refusal": "no device", "runs": {}}
        self.assertEqual(measured.worse(gone, with_runs(a=good)), ["not offered: no device"])

    def test_a_device_that_is_not_offered_has_the_reason(self):
        for said in (outcome(status=3, stderr=["gfnet: no device"]), outcome(output=[dict(OFFERED, name="other")])):
            record = measured.record(device(), {"devices": said}, "1.0")
            self.assertIsNone(record["offered"])
            self.assertNotEqual(record["refusal"], "")


class Document(unittest.TestCase):
    def record(self, name="one", **runs):
        return {"name": name, "vendor": "AMD", "driver": "radeon", "driver_version": "Mesa 1", "gfnet": "1.0",
                "offered": OFFERED, "refusal": "", "kernels": {"fp32": {"fc1": None, "filter": None},
                                                               "fp16": {"fc1": None, "filter": None}},
                "runs": {"gfnet-xs.fp32.8": {**TIMES, "pipelines": 9, "spilling": 1, "spills": 7,
                                             "worst": "linear 1,2", "matrix": False}, **runs}}

    def test_the_document_is_what_the_records_say(self):
        records = list(record_file.read(ROOT / "docs/devices.json").values())
        self.assertEqual((ROOT / "docs/devices.md").read_text(encoding="utf-8"), document.render(records))

    def test_columns_are_aligned_in_the_source(self):
        text = document.table(("name", "count:"), [["a", "1"], ["×longer", "22"]])
        self.assertEqual(text, "| name    | count |\n| ------- | ----: |\n| a       |     1 |\n| ×longer |    22 |\n")

    def test_spills_failures_and_refusals_are_shown(self):
        text = document.render([self.record(**{"gfnet-h-ti.fp16.1": {**TIMES, "failure": "time limit"}}),
                                dict(self.record("two"), offered=None, refusal="too old", runs={})])
        row = next(line for line in text.splitlines() if line.startswith("| one"))
        for cell in ("1.4.1", "storage only", "16×16×16; in no plan", "1 of 2", "7", "XS fp32 8: linear 1,2", "2.5"):
            self.assertIn(f" {cell} ", row)
        self.assertIn("- one: H-Ti fp16 1: time limit\n", text)
        self.assertIn("- two: not offered: too old\n", text)

    def test_a_run_replaces_only_its_devices(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "devices.json"
            record_file.update(path, [self.record("b"), self.record("a"), self.record("gone")], ["a", "b", "gone"])
            kept = record_file.update(path, [dict(self.record("b"), gfnet="2.0")], ["a", "b"])
            self.assertEqual([(r["name"], r["gfnet"]) for r in kept], [("a", "1.0"), ("b", "2.0")])
            self.assertEqual(list(record_file.read(path).values()), kept)


class Jobs(unittest.TestCase):
    def test_plans_are_chosen_by_name(self):
        self.assertEqual(len(jobs.chosen_jobs(["*"])), 13)
        self.assertEqual(len(jobs.chosen_jobs(driver_matrix.QUICK_PLANS)), 3)
        self.assertEqual([job.name for job in jobs.chosen_jobs(["gfnet-xs.fp16.*", "all-kernels"])],
                         ["gfnet-xs.fp16.1", "gfnet-xs.fp16.8", "all-kernels"])
        with self.assertRaisesRegex(ValueError, "no plan gfnet-x;"):
            jobs.chosen_jobs(["gfnet-x"])

    def test_an_outcome_is_known_while_nothing_changed(self):
        class Machine:
            name = "a"

            def key(self):
                return self.name

        machine, job = Machine(), jobs.Job("x", ())
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(jobs, "RAW", Path(folder)):
            self.assertIsNone(jobs.known(machine, device(), job, 9))
            file = Path(folder) / "one" / "x.json"
            file.parent.mkdir()
            file.write_text(json.dumps(outcome(key=jobs._key(machine, device(), 9))), encoding="utf-8")
            self.assertEqual(jobs.known(machine, device(), job, 9)["driver"], "Mesa 1")
            self.assertIsNone(jobs.known(machine, device(), job, 10))
            self.assertIsNone(jobs.known(machine, device(LINE.replace("navi31", "navi33")), job, 9))
            machine.name = "b"
            self.assertIsNone(jobs.known(machine, device(), job, 9))


class Products(unittest.TestCase):
    """A disassembly in the form of RADV's, with one product in a loop and one behind it."""

    TEXT = """Compute Shader
disasm:
BB0:
\tv_mov_b32_e32 v0, 0                         ; 7e000280
\ts_nop 0                                     ; bf800000
\t(then repeated 2 times)
BB1:
\tds_load_b64 v[2:3], v1                      ; d9d80000 02000001
\tds_store_2addr_b32 v1, v2, v3 offset1:4     ; d8380400 00030201
\tv_add_nc_u32_e32 v1, 8, v1                  ; 4a020288
\ts_waitcnt lgkmcnt(0)                        ; bf89fc07
\tv_wmma_f32_16x16x16_f16 v[8:15], v[2:9], v[2:9], v[8:15] ; cc404010 1c424118
\ts_cbranch_scc0 BB1                          ; bfa1ffa2
BB2:
\tv_wmma_f32_16x16x16_f16 v[8:15], v[2:9], v[2:9], v[8:15] ; cc404010 1c424118
Compute Shader
disasm:
BB0:
\ts_endpgm                                    ; bfb00000
"""

    def test_blocks_and_bytes_are_read(self):
        first, second = products.shaders_of(self.TEXT)
        self.assertEqual((first.bytes, second.bytes), (4 * (1 + 1 + 2 + 2 + 2 + 1 + 1 + 2 + 1 + 2), 4))
        self.assertEqual([each.kind for each in first.inner_loop],
                         ["shared", "shared", "vector", "hint", "matrix", "scalar"])
        self.assertEqual(second.inner_loop, ())

    def test_the_share_of_the_matrix_units(self):
        loop = products.shaders_of(self.TEXT)[0].inner_loop
        # 32 lanes move 8 bytes each, twice: 512 bytes, which take 8 cycles.
        self.assertEqual(products.share_of_matrix(loop, 32), (32 / 33, 32 / (32 + 1 + 8 + 1)))
        self.assertEqual(products.share_of_matrix(loop, 4)[0], 4 / 8)  # shared memory is slower
        self.assertEqual(products.share_of_matrix((), 32), (0.0, 0.0))


if __name__ == "__main__":
    unittest.main()
