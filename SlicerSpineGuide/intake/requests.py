"""Requests to a peer over an association of pynetdicom's."""

from __future__ import annotations

from typing import Any


def keep_answers(association: Any) -> None:
    """Leave every message of an established association to the request that waits for it.

    pynetdicom 3.0.4 pauses the association's own thread during a request, but on a busy computer that thread can pass its check
    just before the pause and then take the answer away: the request waits until its timeout. A requestor's thread expects no
    message of its own (sub-operations of a C-GET are read by the request too), so it is given none.
    """
    take = association.dimse.get_msg
    association.dimse.get_msg = lambda block=False: take(block) if block else (None, None)
