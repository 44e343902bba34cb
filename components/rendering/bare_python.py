"""Python source without comments and docstrings, each statement on the line where it was.

So a traceback on a guest names the line of this repository. Every version of Python makes the same text of it, as
``ast.unparse`` would not: with another text the user data would be another, and the server too.
"""

import io
import tokenize
from functools import cache

_BETWEEN_STATEMENTS = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
_NO_CODE = (tokenize.COMMENT, tokenize.NL)


@cache
def bare(source: str) -> str:
    """The source with ``""`` for each statement that is a string alone, which may be a body's only one."""
    lines = source.splitlines()
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token in tokens:
        if token.type == tokenize.COMMENT and not token.string.startswith("#!"):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    code = [token for token in tokens if token.type not in _NO_CODE]
    before = [tokenize.NEWLINE, *(token.type for token in code)]
    for last, token, following in zip(before, code, code[1:], strict=False):
        alone = last in _BETWEEN_STATEMENTS and following.type == tokenize.NEWLINE
        # An f-string is no docstring, and a STRING for some versions of Python only.
        if token.type == tokenize.STRING and alone and token.string.lstrip("rRuU").startswith(("'", '"')):
            (begin, column), (end, _) = token.start, token.end
            lines[begin - 1 : end] = [f'{lines[begin - 1][:column]}""', *[""] * (end - begin)]
    return "\n".join(lines) + "\n"
