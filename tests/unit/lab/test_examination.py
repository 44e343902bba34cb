"""Can decide: whether real output is read rightly. Cannot: whether a machine has what it says."""

from pathlib import Path

from lab.examination import parse_apt_errors, parse_available_memory, parse_release

_RECORDINGS = Path(__file__).parent / "recordings"


def _recorded(name: str) -> str:
    return (_RECORDINGS / name).read_text(encoding="utf-8")


def test_the_distribution_is_read_from_os_release() -> None:
    assert parse_release(_recorded("os-release")) == "debian 12", "the verdict compares this very text"


def test_a_machine_without_os_release_is_unknown() -> None:
    assert parse_release("") == "unknown", "no file is no reason for a traceback"


def test_available_memory_is_what_can_be_used_and_not_what_is_free() -> None:
    assert parse_available_memory(_recorded("meminfo")) == 22009, "the page cache is given back when asked for"


def test_no_meminfo_means_no_memory() -> None:
    assert parse_available_memory("") == 0, "better a finding than a lab that starts swapping"


def test_the_first_refusal_of_apt_is_the_finding() -> None:
    assert parse_apt_errors(_recorded("apt-update-refused.txt")).startswith("Failed to fetch http://127.0.0.1:9/"), (
        "the last line says only that something failed, not what"
    )
