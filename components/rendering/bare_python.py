"""Python source without comments and docstrings, each statement on the line where it was.

So a traceback on a guest names the line of this repository. Every version of Python makes the same text of it, as
``ast.unparse`` would not: with another text the user data would be another, and the server too.
"""

import ast
import io
import tokenize

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def bare(source: str) -> str:
    """The source with ``""`` for each docstring, which may be a body's only statement."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("#!"):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            first, last = docstring.lineno - 1, docstring.end_lineno or docstring.lineno
            lines[first:last] = [f'{lines[first][: docstring.col_offset]}""', *[""] * (last - first - 1)]
    return "\n".join(lines) + "\n"
