"""libgfnet.so exports the functions and classes of the public headers, in C++ and in C, and nothing else.

    test_exports.py REPOSITORY LIBRARY
"""
import re
import subprocess
import sys
import unittest
from pathlib import Path

REPOSITORY, LIBRARY = sys.argv[1:3]
HEADERS = Path(REPOSITORY) / "engine/include/gfnet"
C_HEADERS = HEADERS / "c"


def public_names():
    """The names that GFNET_API marks in the public headers: (classes, functions)."""
    text = "\n".join(re.sub(r"//.*", "", path.read_text()) for path in sorted(HEADERS.glob("*.h"))
                     if path.name != "visibility.h")
    classes = set(re.findall(r"\b(?:class|struct) GFNET_API (\w+)", text))
    functions = set(re.findall(r"^GFNET_API [^;{(]*?(\w+)\(", text, re.MULTILINE))
    return classes, functions


def c_declarations():
    """The C functions as they are declared, one string each, without comments and line breaks."""
    text = "\n".join(re.sub(r"//.*", "", path.read_text()) for path in sorted(C_HEADERS.glob("*.h")))
    return [" ".join(found.split()) for found in re.findall(r"^GFNET_API [^;]*;", text, re.MULTILINE)]


def c_functions():
    """The names of the functions that the C interface declares."""
    return [re.search(r"(\w+)\(", declaration)[1] for declaration in c_declarations()]


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
        for symbol in sorted(set(exported_names()) - set(c_functions())):
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

    def test_all_of_the_c_interface(self):
        functions = c_functions()
        self.assertGreaterEqual(len(functions), 35)
        self.assertEqual(len(set(functions)), len(functions))
        self.assertEqual(sorted(set(functions) - set(exported_names())), [])

    def test_c_functions_have_a_prefix_and_throw_nothing(self):
        for declaration in c_declarations():
            with self.subTest(declaration=declaration):
                self.assertRegex(declaration, r"\bgfnet_\w+\(")
                self.assertRegex(declaration, r"\) GFNET_NOEXCEPT;$")
                if "gfnet_error* gfnet_" in declaration:
                    self.assertIn("GFNET_MUST_USE", declaration)

    def test_members_are_exported_with_their_class(self):
        self.assertEqual(hidden_members(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
