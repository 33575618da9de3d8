"""libgfnet.so exports the functions and classes of the public headers, and nothing else.

    test_exports.py REPOSITORY LIBRARY
"""
import re
import subprocess
import sys
import unittest
from pathlib import Path

REPOSITORY, LIBRARY = sys.argv[1:3]
HEADERS = Path(REPOSITORY) / "engine/include/gfnet"


def public_names():
    """The names that GFNET_API marks in the public headers: (classes, functions)."""
    text = "\n".join(re.sub(r"//.*", "", path.read_text()) for path in sorted(HEADERS.glob("*.h"))
                     if path.name != "export.h")
    classes = set(re.findall(r"\b(?:class|struct) GFNET_API (\w+)", text))
    functions = set(re.findall(r"^GFNET_API [^;{(]*?(\w+)\(", text, re.MULTILINE))
    return classes, functions


def exported_names():
    """The symbols that the library defines for others, as C++ declares them."""
    lines = subprocess.run(["nm", "-DC", "--defined-only", LIBRARY], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return [line.split(" ", 2)[2] for line in lines]


def owner(symbol):
    """The class or function in namespace gfnet that a symbol belongs to; None if there is none."""
    found = re.match(r"(?:(?:typeinfo|typeinfo name|vtable) for )?gfnet::(\w+)(?:\[abi:\w+\])?(::|\(|$)", symbol)
    return found and (found[1], found[2])


def hidden_members():
    """The functions that structs without GFNET_API declare and do not define: nobody can link them."""
    found = []
    for path in sorted(HEADERS.glob("*.h")):
        text = re.sub(r"//.*", "", path.read_text())
        for name, body in re.findall(r"^(?:class|struct) (\w+) \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL):
            found += [f"{name}::{function}" for function in
                      re.findall(r"^  [^\n=(){}]*?(\w+)\([^;{}]*\)(?: const)?(?: noexcept)?;", body, re.MULTILINE)]
    return found


class Exports(unittest.TestCase):
    def test_nothing_but_the_public_interface(self):
        classes, functions = public_names()
        for symbol in exported_names():
            with self.subTest(symbol=symbol):
                self.assertIsNotNone(owner(symbol), "is not in namespace gfnet")
                name, after = owner(symbol)
                self.assertIn(name, functions if after == "(" else classes)
                self.assertNotIn("::State::", symbol)

    def test_all_of_the_public_interface(self):
        classes, functions = public_names()
        self.assertGreaterEqual(len(classes), 15)
        self.assertGreaterEqual(len(functions), 25)
        exported = {owner(symbol) and owner(symbol)[0] for symbol in exported_names()}
        nested = {"ValidationLog"}  # its symbols belong to SharedDevice
        self.assertEqual(sorted((classes | functions) - exported - nested), [])

    def test_members_are_exported_with_their_class(self):
        self.assertEqual(hidden_members(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
