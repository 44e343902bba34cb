"""Can decide: what an operator sees of the toolchain in use, installed or built. Cannot: anything about a cloud."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Project
from tests.waiting import until

Program = Callable[[str], Project]
INTERRUPT_AFTER = 60  # a start takes a second or two, on a busy machine ten


def _processes(project: Project) -> list[str]:
    """What still runs in the project's folder."""
    return [str(link.parent) for link in Path("/proc").glob("[0-9]*/cwd") if _target(link) == str(project.folder)]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # it ended just now
        return ""


def test_an_update_shows_the_program_and_no_word_of_the_toolchain(program: Program) -> None:
    project = program("""
        import pulumi
        print("a line of the program")
        pulumi.export("plain", pulumi.Config().require("plain"))
        pulumi.export("secret", pulumi.Config().require_secret("password"))
    """)
    project.run("config", "set", "plain", "seen")
    project.run("config", "set", "--secret", "password", "not-to-be-seen")
    answer = project.run("up", "--yes")
    assert answer.returncode == 0, answer.stdout
    assert "a line of the program" in answer.stdout, "what a program prints is for the operator"
    assert "warning" not in answer.stdout, "a warning that is always there hides the one that matters"
    assert '"seen"' in answer.stdout, "the stack's configuration reaches the program"
    assert "not-to-be-seen" not in answer.stdout, "a secret stays one on its way through the language host"


def test_a_programs_error_is_shown_from_its_own_file_on_and_once(program: Program) -> None:
    project = program("""
        def broken():
            raise ValueError("words of the program")
        broken()
    """)
    answer = project.run("preview")
    assert answer.returncode != 0, "a preview that failed must not look fine to a script"
    shown = answer.stdout.partition("Diagnostics:")[2]
    assert shown.count("ValueError: words of the program") == 1, shown
    assert "runpy" not in shown, "the frames above the program are ours, and help nobody"
    assert "exit code" not in shown, "the traceback said it already"


def test_an_interrupt_ends_quietly_and_leaves_no_process(program: Program) -> None:
    project = program("""
        import pathlib, time
        pathlib.Path("running").touch()
        time.sleep(600)
    """)
    with subprocess.Popen(
        project.command("preview"),
        cwd=project.folder,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        until((project.folder / "running").exists, "the program ran", seconds=INTERRUPT_AFTER)
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=INTERRUPT_AFTER)
    assert "canceled" in output, output
    assert "Traceback" not in output, "the operator interrupted, nothing is wrong"
    until(lambda: not _processes(project), "every process of the project ended", seconds=INTERRUPT_AFTER)


def test_the_provider_is_loaded_and_says_itself_what_it_lacks(program: Program) -> None:
    project = program("""
        import pulumi_openstack
        pulumi_openstack.networking.Network("web")
    """)
    answer = project.run("preview")
    assert "One of 'auth_url' or 'cloud' must be specified" in answer.stdout, "the provider did not start"
    assert "warning" not in answer.stdout, "neither where it was found nor what it is needs a word"
