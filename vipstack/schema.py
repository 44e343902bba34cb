"""``vipstack schema``: what is made from the model of stack files: the JSON Schema, the guide, the annotations.

Deliberately makes none of them: they come from components/config and components/package.
"""

from pathlib import Path
from typing import Annotated

import typer

from components.config.key_table import guide
from components.config.schema import schema_text
from components.package.annotations import annotations

ROOT = Path(__file__).resolve().parent.parent


def schema(
    write: Annotated[bool, typer.Option("--write", help="Write what is committed of them.")] = False,
) -> None:
    """Print the JSON Schema of stack files, for editors.

    A stack file names it in a line `# yaml-language-server: $schema=schema.json`. The schema judges single values; only
    `vipstack validate` judges how they go together.
    """
    if not write:
        typer.echo(schema_text(), nl=False)
        return
    for name, text in generated_files(ROOT).items():
        (ROOT / name).write_text(text, encoding="utf-8")
        typer.echo(f"wrote {name}")


def generated_files(root: Path) -> dict[str, str]:
    """The files of the checkout that are made from the model, by path."""
    examples = {file.name: file.read_text(encoding="utf-8") for file in root.glob("stacks/Pulumi.*.yaml")}
    return {
        "stacks/schema.json": schema_text(),
        "stacks/README.md": guide(examples),
        "components/package/args.py": annotations(),
    }
