"""Finds declarations in C++, GLSL and Python sources, as far as the tests of the documents need."""
import re

COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
# The start of a line that declares something: specifiers and a type, and no keyword of a statement.
TYPE = r"^(?!\s*(?:return|throw|else|case|delete|goto|using|typedef|struct|class|enum|friend)\b)[ \t]*[A-Za-z_][\w:<>,*& \[\]]*[ *&]"


def code_of(text):
    """The text without comments, and with empty string literals."""
    return COMMENT.sub(lambda match: '""' if match[1] else " ", text)


def declares(text, name):
    """Whether the source declares a function or variable, or defines a type, of this name. "Type::member" needs a
    definition of the member by that name, or a definition of the type and a declaration of the member."""
    code = code_of(text)
    *outer, last = name.split("::")
    if not outer:
        return _is_declared(code, last)
    qualified = r"\b" + r"::".join([*outer, last])
    if re.search(rf"^[^\s()=.].*{qualified}\s*\(|^{qualified}\s*\(", code, re.MULTILINE):
        return True
    return all(_is_type(code, part) for part in outer) and _is_declared(code, last)


def _is_type(code, name):
    return re.search(rf"\b(?:struct|class|enum(?:\s+class)?)\s+(?:[A-Z_]+\s+)?{name}\b[^;{{()]*\{{", code) is not None


def _is_declared(code, name):
    return (_is_type(code, name)
            or re.search(rf"\busing\s+{name}\s*=", code) is not None
            or re.search(rf"^\s*def {name}\(", code, re.MULTILINE) is not None
            or re.search(rf"^(?:\w+::)*{name}::{name}\s*\(", code, re.MULTILINE) is not None  # a constructor
            or re.search(rf"{TYPE}(?:\w+::)*{name}\s*(?:\(|=|\{{|\[|;)", code, re.MULTILINE) is not None)
