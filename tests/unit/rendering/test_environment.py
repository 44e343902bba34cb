"""The template environment's traps, and that templates decide nothing."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError, nodes

from components.rendering.environment import CLOUD_INIT, environment, render

TEMPLATES = sorted(CLOUD_INIT.rglob("*.j2"))


def test_a_misspelt_variable_is_an_error_and_not_an_empty_line() -> None:
    with pytest.raises(UndefinedError, match="virtual_ips"):
        render("real-server", "/etc/vipstack/eth-vip.conf", virtual_ip=["203.0.113.2"])


def test_a_misspelt_attribute_is_an_error_too() -> None:
    with pytest.raises(UndefinedError, match="address"):
        environment().from_string("{{ table.address }}").render(table=object())


def test_nothing_is_escaped_as_if_it_were_html() -> None:
    assert environment().from_string("{{ word }}").render(word="a&b<c>'\"") == "a&b<c>'\""


def test_a_line_with_nothing_but_a_tag_leaves_no_trace() -> None:
    text = environment().from_string("a\n    {% if true %}\n    b\n    {% endif %}\nc\n").render()
    assert text == "a\n    b\nc\n"


def test_there_are_templates() -> None:
    assert TEMPLATES, f"no template below {CLOUD_INIT}: the next test decides nothing"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(CLOUD_INIT)))
def test_a_template_has_nothing_but_for_and_if(template: Path) -> None:
    tree = environment().parse(template.read_text())
    allowed = (nodes.Output, nodes.For, nodes.If)
    statements = {type(node).__name__ for node in tree.find_all(nodes.Stmt) if not isinstance(node, allowed)}
    assert not statements, "a decision belongs to components/plan, preparation to components/rendering"
    filters = {node.name for node in tree.find_all(nodes.Filter)}
    assert filters <= {"seconds", "duration", "quoted", "upper"}, "a default in a template hides what nobody decided"
