"""Can decide: what is built, once, and what becomes of failures and interruptions. Cannot: whether Go compiles it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import ToolchainError
from toolchain import build as building
from toolchain.build import build
from toolchain.cache import Cache
from toolchain.pins import pins

Script = Callable[[str, str], Path]

GO = """
echo "$*" >> "$HOME/calls"
case "$1 $2" in
"env GOVERSION") echo go1.99.0 ;;
"list -m") echo "$HOME/sdk" ;;
"list -deps") echo one; echo two ;;
build*)
    [ -e "$HOME/fail" ] && { echo "link: no room" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done
    echo built > "$2"; /bin/chmod +x "$2" ;;
esac
"""


@pytest.fixture
def cache(script: Script, variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache on a machine with a Go that takes no time."""
    script("go", GO)
    runner = tmp_path / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
    runner.parent.mkdir(parents=True)
    runner.write_text("runs programs")
    monkeypatch.setattr(building, "_BYTES_NEEDED", 0)
    return Cache.of_environment(variables)


def builds(tmp_path: Path) -> list[str]:
    """The packages that were built, in order."""
    calls = (tmp_path / "calls").read_text().splitlines()
    return [call.split()[-1] for call in calls if call.startswith("build")]


def test_everything_is_built_once(cache: Cache, variables: dict[str, str], tmp_path: Path) -> None:
    heard: list[str] = []
    place = build(cache, pins(), variables, heard.append)
    assert place.complete, "an incomplete toolchain would be built again and again"
    assert place.runner.read_text() == "runs programs", "the host starts the SDK's own script"
    assert heard[0] == f"pulumi v{pins().pulumi}: compiling up to 2 packages", "minutes pass after this line"
    calls = (tmp_path / "calls").read_text()
    build(cache, pins(), variables, heard.append)
    assert (tmp_path / "calls").read_text() == calls, "the second time nothing is to be done"


def test_the_version_is_linked_into_the_provider(cache: Cache, variables: dict[str, str], tmp_path: Path) -> None:
    build(cache, pins(), variables, lambda _: None)
    assert f"main.version={pins().provider}" in (tmp_path / "calls").read_text(), "the engine asks for this version"


def test_an_interrupted_build_goes_on_with_what_is_missing(
    cache: Cache, variables: dict[str, str], tmp_path: Path
) -> None:
    place = build(cache, pins(), variables, lambda _: None)
    (tmp_path / "calls").unlink()
    place.provider.unlink()
    build(cache, pins(), variables, lambda _: None)
    assert builds(tmp_path) == ["."], "the command line takes minutes and was finished"


def test_a_failure_shows_the_last_words_and_leaves_nothing_that_looks_finished(
    cache: Cache, variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "fail").touch()
    with pytest.raises(ToolchainError, match="ended with exit code 1, after\n    link: no room\n") as caught:
        build(cache, pins(), variables, lambda _: None)
    assert "run `vipstack toolchain` again" in str(caught.value), "what to do belongs to the words"
    assert not cache.installation(pins()).complete, "it would be used"


def test_two_at_once_build_once(cache: Cache, variables: dict[str, str], tmp_path: Path) -> None:
    workers = [threading.Thread(target=build, args=(cache, pins(), variables, lambda _: None)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(builds(tmp_path)) == 3, "two builds at once take twice as long and write the same files"


def test_a_full_disk_is_told_before_minutes_of_work(
    cache: Cache, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_BYTES_NEEDED", 2**60)
    with pytest.raises(ToolchainError, match="GiB are free on its disk") as caught:
        build(cache, pins(), variables, lambda _: None)
    assert "VIPSTACK_CACHE" in str(caught.value), "the remedy is another disk"
