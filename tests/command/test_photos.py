"""Two hundred photographs in one call, with the bundled model."""
import csv
import io
import math
import os
from pathlib import Path

from command import CommandTest, main

FOLDER = Path(os.environ["GFNET_TEST_PHOTOS"]) / "photos"


class Photos(CommandTest):
    def test_all_photos_are_labelled(self):
        photos = sorted(FOLDER.iterdir())
        result = self.succeed("classify", FOLDER)
        rows = list(csv.DictReader(io.StringIO(result.text, newline="")))
        self.assertEqual([row["path"] for row in rows], [str(photo) for photo in photos])
        self.assertEqual(len(rows), 200)
        self.assertTrue(result.summary.startswith("200 labelled in"), result.summary)
        for row in rows:
            self.assertFalse(row["label_1"].startswith("class "), row)
            probabilities = [float(row[f"probability_{i}"]) for i in range(1, 6)]
            self.assertTrue(all(map(math.isfinite, probabilities)), row)
            self.assertEqual(probabilities, sorted(probabilities, reverse=True))
        self.assertGreater(len({row["label_1"] for row in rows}), 1)


if __name__ == "__main__":
    main()
