"""``vipstack schema``: the JSON Schema of stack files, and the guide to their keys.

Deliberately makes neither: both come from components/config.
"""

from pathlib import Path
from typing import Annotated

import typer

from components.config.key_table import guide
from components.config.schema import schema_text

STACKS = Path(__file__).resolve().parent.parent / "stacks"


def schema(
    write: Annotated[bool, typer.Option("--write", help="Write stacks/schema.json and stacks/README.md.")] = False,
) -> None:
    """Print the JSON Schema of stack files, for editors.

    A stack file names it in a line `# yaml-language-server: $schema=schema.json`. The schema judges single values; only
    `vipstack validate` judges how they go together.
    """
    if not write:
        typer.echo(schema_text(), nl=False)
        return
    for name, text in generated_files(STACKS).items():
        (STACKS / name).write_text(text, encoding="utf-8")
        typer.echo(f"wrote stacks/{name}")


def generated_files(stacks: Path) -> dict[str, str]:
    """The files beside the stack files that are made from the model, by name."""
    examples = {file.name: file.read_text(encoding="utf-8") for file in stacks.glob("Pulumi.*.yaml")}
    return {"schema.json": schema_text(), "README.md": guide(examples)}
