"""Requests to a peer over an association of pynetdicom's: their answers, their progress, and how they are cancelled."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom.association import Association

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.intake.answers import Answer, silence_answer, status_answer
from SlicerSpineGuide.translation import tr

PENDING = (0xFF00, 0xFF01)
_STOP_S = 5.0  # for a peer to obey a C-CANCEL


@dataclass(frozen=True)
class Progress:
    """How far a transfer is; of: None where the peer does not say."""

    done: int
    of: int | None
    failed: int = 0


Report = Callable[[Progress], None]


class PeerRefused(BadInput):
    """A peer did not do what was asked; `answer` tells it in words."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.what}: {answer.words} {answer.advice}".strip())
        self.answer = answer


class Cancelled(Exception):
    """The user stopped a transfer."""


def keep_answers(association: Any) -> None:
    """Leave every message of an established association to the request that waits for it.

    pynetdicom 3.0.4 pauses the association's own thread during a request, but on a busy computer that thread can pass its check
    just before the pause and then take the answer away: the request waits until its timeout. A requestor's thread expects no
    message of its own (sub-operations of a C-GET are read by the request too), so it is given none.
    """
    take = association.dimse.get_msg
    association.dimse.get_msg = lambda block=False: take(block) if block else (None, None)


def settled(what: str, status: Dataset) -> Answer:
    """The answer of a final status; PeerRefused where it is a failure or none came."""
    if "Status" not in status:
        raise PeerRefused(silence_answer(what))
    answer = status_answer(what, int(status.Status), str(status.get("ErrorComment", "")))
    if not answer.ok:
        raise PeerRefused(answer)
    return answer


def follow(
    what: str,
    association: Association,
    model: str,
    responses: Iterator[tuple[Dataset, Dataset | None]],
    progress: Report,
    cancel: threading.Event | None,
    received: Callable[[], int] | None = None,
) -> int:
    """Read C-GET or C-MOVE responses to the end; the number of completed sub-operations.

    PeerRefused: the peer did not do it, or not all of it. Cancelled: `cancel` was set.
    """
    completed, failed = 0, 0
    with _obeying(cancel, association, model):
        for status, _ in responses:
            if cancel is not None and cancel.is_set() and status.get("Status") not in PENDING:
                raise Cancelled
            if "Status" not in status:
                raise PeerRefused(silence_answer(what))
            completed = max(completed, int(status.get("NumberOfCompletedSuboperations") or 0), received() if received else 0)
            remaining, failed = status.get("NumberOfRemainingSuboperations"), int(status.get("NumberOfFailedSuboperations") or 0)
            progress(Progress(completed, None if remaining is None else completed + failed + int(remaining), failed))
            if status.Status not in PENDING:
                settled(what, status)
    if failed:
        words = tr("{failed} of {all} images did not arrive.").format(failed=failed, all=completed + failed)
        raise PeerRefused(Answer(what, False, words, tr("Ask for the series again; look into the peer's log.")))
    return completed


@contextlib.contextmanager
def _obeying(cancel: threading.Event | None, association: Association, model: str) -> Iterator[None]:
    """Sends a C-CANCEL as soon as `cancel` is set, and ends the association where the peer then does not stop."""
    done = threading.Event()

    def watch() -> None:
        while cancel is not None and not done.wait(0.05):
            if cancel.is_set():
                with contextlib.suppress(RuntimeError, ValueError):  # it has just ended by itself
                    association.send_c_cancel(1, query_model=model)
                if not done.wait(_STOP_S):
                    association.abort()
                    association.dimse.msg_queue.put((None, None))  # else the request waits on for an answer
                return

    watchman = threading.Thread(target=watch, name="dicom-cancel", daemon=True)
    watchman.start()
    try:
        yield
    finally:
        done.set()
        watchman.join()
