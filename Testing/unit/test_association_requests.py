"""An answer reaches the request that waits for it, however busy the computer is."""

from __future__ import annotations

from types import SimpleNamespace

from SlicerSpineGuide.intake.requests import keep_answers


def test_only_a_request_that_waits_is_given_a_message() -> None:
    messages = [(1, "the answer")]
    asked: list[bool] = []

    def get_msg(block: bool = False) -> tuple[int, str]:
        asked.append(block)
        return messages.pop()

    association = SimpleNamespace(dimse=SimpleNamespace(get_msg=get_msg))
    keep_answers(association)
    assert association.dimse.get_msg(block=False) == (None, None), "the association's own thread took the answer away"
    assert association.dimse.get_msg() == (None, None)
    assert association.dimse.get_msg(block=True) == (1, "the answer")
    assert asked == [True]
