"""The entry point: one command a module.

Exit codes: 0 fine, 1 the check failed, 2 wrong use.
"""

import typer

from vipstack import bench, demo, drift, drill, drill_full, env, lab, preview, render, schema, toolchain, validate

app = typer.Typer(
    name="vipstack",
    help="Highly available load balancing on any OpenStack: check, look at, prove and try out a stack.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("validate")(validate.validate)
app.command("render")(render.render)
app.command("schema")(schema.schema)
app.command("preview")(preview.preview)
app.command("drift")(drift.drift)
app.add_typer(env.app, name="env")
app.add_typer(lab.app, name="lab")
app.command("drill")(drill.drill)
app.command("drill-full")(drill_full.drill_full)
app.command("demo")(demo.demo)
app.command("bench")(bench.bench)
app.command("toolchain")(toolchain.toolchain)
app.command("pulumi", context_settings=toolchain.PASS_THROUGH)(toolchain.pulumi)
