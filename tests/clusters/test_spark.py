"""The recipe for Spark: a worker that is killed."""
import unittest

from cluster import Folder, Killer, Rows, check, recipe, say, versions


class Spark(unittest.TestCase):
    maxDiff = 2000

    def test_a_worker_killed(self):
        with Folder() as folder:
            killer = Killer()
            folder.run(recipe("Spark"), kill=killer, name="spark")
            check(self, Rows.of_parquet(folder.path / "labels"), killer)


if __name__ == "__main__":
    say(versions("pyspark", "pandas", "pyarrow"))
    unittest.main()
