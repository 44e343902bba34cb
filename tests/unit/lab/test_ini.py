"""Can decide: the text oslo.config gets. Cannot: whether a service knows the options."""

from lab.services.ini import merge, render


def test_values_are_written_as_oslo_reads_them() -> None:
    text = render({"DEFAULT": {"debug": False, "workers": 1}, "api": {"name": "lab"}})
    assert text == "[DEFAULT]\ndebug = false\nworkers = 1\n\n[api]\nname = lab\n", "Python's False is no oslo boolean"


def test_a_later_part_wins_key_by_key() -> None:
    merged = merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}, "b": {"z": 4}})
    assert merged == {"a": {"x": 1, "y": 3}, "b": {"z": 4}}, "a section of its own must not drop the common keys"


def test_merging_leaves_its_parts_alone() -> None:
    common = {"a": {"x": 1}}
    merge(common, {"a": {"x": 2}})
    assert common == {"a": {"x": 1}}, "the next host would inherit this host's settings"
