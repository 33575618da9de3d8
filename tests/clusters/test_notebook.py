"""Executes docs/notebook.ipynb anew: no cell fails, and the outputs that are stored are of the same kinds.

usage: test_notebook.py [--update]      --update stores the new outputs in the notebook
"""
import base64
import os
import struct
import sys
import unittest

import nbclient
import nbformat

from cluster import ROOT, environment, say, versions

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def executed():
    """The notebook with new outputs. Says which cell it is at."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    def begun(cell, cell_index):
        if cell in code:
            say(f"notebook: cell {code.index(cell) + 1} of {len(code)}")

    os.environ.update(environment(OMP_WAIT_POLICY="PASSIVE"))  # threads that spin are slow on a busy machine
    client = nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", on_cell_start=begun,
                                     resources={"metadata": {"path": str(NOTEBOOK.parent)}})
    client.execute()
    for cell in code:
        cell.metadata.pop("execution", None)  # the times, which differ each time
        cell.outputs = joined(cell.outputs)
    return notebook


def joined(outputs):
    """The outputs, with the pieces in which a stream came as one."""
    found = []
    for output in outputs:
        if found and output.output_type == "stream" == found[-1].output_type and output.name == found[-1].name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def kinds(cell):
    """What each output is: the formats of what is shown, or the stream."""
    return [sorted(output.data) if "data" in output else [output.name] for output in cell.outputs]


def image_size(output):
    """(width, height) of a PNG."""
    content = base64.b64decode(output.data["image/png"])
    return struct.unpack(">II", content[16:24])


class Notebook(unittest.TestCase):
    def test_every_cell_shows_what_it_did(self):
        stored = nbformat.read(NOTEBOOK, as_version=4)
        anew = executed()
        images = tables = 0
        for old, new in zip(stored.cells, anew.cells):
            if new.cell_type != "code":
                continue
            with self.subTest(new.source[:60]):
                self.assertEqual(kinds(old), kinds(new))
                self.assertTrue(all("stderr" not in kind for kind in kinds(new)), new.outputs)
            for before, output in zip(old.outputs, new.outputs):
                if "image/png" in output.get("data", {}):
                    self.assertEqual(image_size(before), image_size(output))
                    images += 1
                tables += "text/html" in output.get("data", {})
        self.assertEqual((images, tables), (6, 2))


if __name__ == "__main__":
    say(versions("nbclient", "nbformat", "ipykernel", "torch"))
    if sys.argv[1:] == ["--update"]:
        nbformat.write(executed(), NOTEBOOK)
    else:
        unittest.main()
