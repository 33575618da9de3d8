"""The recipes for Ray Data: a folder or Parquet in, Parquet out; a worker that is killed; workers with a device each."""
import unittest

import pyarrow
import pyarrow.parquet

from cluster import (SWIFTSHADER, Folder, IMAGES, Killer, Rows, check, environment, lavapipe, recipe, say, versions)

SECTION = "Ray Data"
# The recipes start Ray with ray.init()'s defaults, which is with all processors. The test is not alone on its machine.
START = "import ray\nray.init(num_cpus=4, include_dashboard=False, object_store_memory=200 * 2**20, {})\n"


class RayData(unittest.TestCase):
    maxDiff = 2000

    def test_a_folder_with_a_worker_killed(self):
        with Folder() as folder:
            killer = Killer()
            folder.run(START.format("") + recipe(SECTION, 0), kill=killer, name="ray, folder")
            check(self, Rows.of_parquet(folder.path / "labels"), killer)
            self.assertEqual(len(killer.worked), 3, f"a new worker took the place of the killed one: {killer}")
            names = pyarrow.parquet.read_schema(next((folder.path / "labels").glob("*.parquet"))).names
            self.assertEqual(names, ["path", "label", "class", "probability", "error"])

    def test_parquet_in(self):
        with Folder() as folder:
            paths = sorted(str(path) for path in (folder.path / "images").rglob("*.png"))
            table = pyarrow.table({"path": paths, "id": range(len(paths))})
            pyarrow.parquet.write_table(table, folder.path / "files.parquet")
            folder.run(START.format("") + recipe(SECTION, 1), name="ray, Parquet")
            check(self, Rows.of_parquet(folder.path / "labels"))
            ids = pyarrow.parquet.read_table(folder.path / "labels", columns=["path", "id"]).to_pylist()
            self.assertEqual([row["path"] for row in sorted(ids, key=lambda row: row["id"])], paths)

    @unittest.skipUnless(SWIFTSHADER.exists(), "needs two software drivers")
    def test_a_device_for_each_worker(self):
        """Ray numbers the GPUs; here two software devices stand for them."""
        text = START.format("num_gpus=2") + recipe(SECTION, 2)
        few = sorted((IMAGES / "0").glob("*.png") if (IMAGES / "0").is_dir() else IMAGES.glob("*/*.png"))[:60]
        with Folder() as folder:
            (folder.path / "images").unlink()
            (folder.path / "images").mkdir()
            for path in few:
                (folder.path / "images" / path.name).symlink_to(path)
            # Each row says on which device it was computed.
            text = text.replace("gfnet.Labeller,", "Where,").replace("import gfnet\n", "import gfnet\n" + WHERE, 1)
            folder.run(text, name="ray, two devices", env=environment(lavapipe(), SWIFTSHADER))
            table = pyarrow.parquet.read_table(folder.path / "labels")
            self.assertEqual(table.num_rows, len(few))
            self.assertEqual(set(table["error"].to_pylist()), {""})
            devices = set(table["device"].to_pylist())
            self.assertEqual(len(devices), 2, devices)


WHERE = """
class Where(gfnet.Labeller):
    def __call__(self, batch):
        return {**super().__call__(batch), "device": [self.device] * len(batch["path"])}
"""


if __name__ == "__main__":
    say(versions("ray", "pyarrow", "numpy"))
    unittest.main()
