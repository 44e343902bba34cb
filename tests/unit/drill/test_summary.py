"""The page of all drills, made of documents as ``drill.report`` writes them."""

from drill.summary import System, decided, markdown

ABOUT = {"load": [0.4, 0.3, 0.2], "machine": "Linux", "processors": 2, "program": "ffac4f0"}


def _did(fault, number, outage, verdict="kept", reasons=(), **later):
    back = later.get("back")

    def seen(milliseconds):
        return None if milliseconds is None else {"outage_ms": milliseconds}

    control = fault == "control"
    target = {"promise_ms": None if control else 3527.0, "before": None, "failover": seen(outage), "return": seen(back)}
    quick = {**target, "failover": seen(1.0)}
    return {
        "fault": fault,
        "number": number,
        "date": f"2026-11-21T12:0{number}:00+00:00",
        "verdict": verdict,
        "reasons": list(reasons),
        "targets": [target] if control else [quick, target],
    }


def _page(*repetitions):
    return markdown([System("vrrp", repetitions, (ABOUT,))])


def test_each_fault_has_a_row_with_the_worst_target_and_the_promise():
    page = _page(_did("control", 1, None), _did("crash", 1, 2600.0), _did("crash", 2, 3000.0, back=900.0))
    assert "| control | 1 | 1 | 0 / 0 / 0 |  | 0 |" in page
    assert "| crash | 2 | 2 | 2600 / 2800 / 3000 | 900 | 3527 |" in page
    assert "2026-11-21T12:01:00+00:00 to 2026-11-21T12:02:00+00:00; Linux, 2 processors; load at the start" in page


def test_the_page_says_by_which_program_its_rows_were_made():
    sittings = (ABOUT, {**ABOUT, "program": "0ddba11"}, ABOUT)
    page = markdown([System("vrrp", (_did("control", 1, None),), sittings)])
    assert "program ffac4f0, 0ddba11." in page


def test_a_broken_promise_stands_out_with_its_reason():
    page = _page(_did("crash", 1, 4000.0, verdict="broken", reasons=["away for 4000 ms, promised 3527 ms"]))
    assert "| crash | 1 | **0** |" in page
    assert "- **crash 1**: away for 4000 ms, promised 3527 ms" in page


def test_a_blind_probers_run_decides_nothing():
    assert not decided(_did("crash", 1, None, verdict="unsure"))
    assert decided(_did("crash", 1, None, verdict="broken"))
