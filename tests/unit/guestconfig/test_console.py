"""What a console says about a configuration that is waited for: the judgement alone, on texts. Pure."""

from guestconfig.console import Heard, Wanted, listen, tail
from guestconfig.report import Report, frame

DIGEST = "ab" * 32
WANTED = Wanted("channel", DIGEST, 7)


def said(status: str, step: str = "verify", *log: str, generation: int = 7, digest: str = DIGEST) -> str:
    return f"\r\n{frame(Report('lvs-dr-director-1', 'director', generation, digest, status, step, log))}\r\n"


def test_ready_with_this_digest_and_generation_is_ready():
    assert listen(said("applying", "check") + said("ready"), WANTED).done


def test_ready_of_an_older_generation_is_not():
    console = said("ready", generation=6)
    assert listen(console, WANTED) == Heard(progress="delivered, and not yet taken by the guest")


def test_ready_of_another_digest_is_not():
    assert not listen(said("ready", digest="cd" * 32), WANTED).done


def test_user_data_has_one_generation():
    assert listen(said("ready", generation=1), Wanted("user-data", DIGEST, 0)).done


def test_the_last_word_counts():
    failed, ready = said("failed", "verify", "web server does not answer"), said("ready")
    assert listen(failed + ready, WANTED).done, "a guest that was slow became ready"
    assert listen(ready + failed, WANTED).failure, "after a reboot it is not"


def test_a_failure_names_the_step_and_the_last_lines():
    heard = listen(said("failed", "check", "/etc/nftables.conf was refused", "syntax error"), WANTED)
    assert heard.failure == (
        "its agent reports that the step `check` failed:\n  /etc/nftables.conf was refused\n  syntax error"
    )


def test_no_metadata_service_names_the_other_delivery():
    text = "the metadata service at 169.254.169.254:80 does not answer: timed out"
    heard = listen(said("failed", "metadata", text, generation=0, digest=""), WANTED)
    assert heard.failure == (
        f"its agent reports that the step `metadata` failed:\n  {text}\n"
        "Set `delivery: user-data` in the stack file for clouds without a metadata service"
    )


def test_a_metadata_service_that_came_back_is_no_failure():
    silent = said("failed", "metadata", "timed out", generation=0, digest="")
    waiting = said("applying", "waiting for a configuration", generation=0, digest="")
    assert listen(silent + waiting, WANTED) == Heard(progress="waiting for a configuration")


def test_progress_is_the_agents_step_or_the_consoles_last_line():
    assert listen(said("applying", "verify", "keepalived.service is activating"), WANTED).progress == (
        "verify: keepalived.service is activating"
    )
    assert listen("\x1b[0;32mcloud-init[501]: Setting up keepalived\x1b[0m\r\n\r\n", WANTED).progress == (
        "cloud-init[501]: Setting up keepalived"
    )
    assert listen("", WANTED).progress == "no sign on its console yet"


def test_the_tail_is_for_people():
    console = "".join(f"line {number}\r\n" for number in range(30)) + said("ready") + "\x1b[2J[0;1;39mlogin[0m: \r\n"
    assert tail(console)[-2:] == ["line 29", "login:"]
    assert len(tail(console)) == 15
