"""Work that takes seconds, in a thread of its own; its result is taken up on Qt's thread, when the panel's timer looks.

What runs here computes (NumPy, SimpleITK, DICOM); it touches neither Qt nor a node of the scene.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from slicer.i18n import tr as _

from SlicerSpineGuide.errors import BadInput

Progress = Callable[[float], None]


class Cancelled(Exception):
    """Raised by a job's progress call after the person has given up on it."""


@dataclass
class _Job:
    words: str
    done: Callable[[Any], None]
    discard: Callable[[Any], None]
    future: Future[Any] | None = None
    fraction: float = 0.0
    cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, fraction: float) -> None:
        """Told by the job how far it is (0 to 1); the way out for one that is no longer wanted."""
        if self.cancelled.is_set():
            raise Cancelled
        self.fraction = fraction


class Background:
    """One job at a time, in the order in which they were given. All methods but the jobs themselves run on Qt's thread."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="spine-guide")
        self._job: _Job | None = None
        self._silent: list[Future[Any]] = []

    def run(
        self, words: str, job: Callable[[Progress], Any], done: Callable[[Any], None], discard: Callable[[Any], None] | None = None
    ) -> None:
        """Start `job`; a former one that still runs is given up.

        words: what the person reads meanwhile. done: called with the job's result by `poll`. discard: called instead where the
        person gave up on it, in the job's own thread.
        """
        self.cancel()
        self._job = entry = _Job(words, done, discard or _nothing)

        def work() -> Any:
            result = job(entry.progress)
            if entry.cancelled.is_set():
                entry.discard(result)
                raise Cancelled
            return result

        entry.future = self._worker.submit(work)

    def later(self, job: Callable[[], Any]) -> None:
        """Do something that nobody waits for, after what is running; a failure is logged."""
        self._silent = [f for f in self._silent if not f.done()]
        self._silent.append(self._worker.submit(_logged, job))

    @property
    def busy(self) -> bool:
        return self._job is not None

    @property
    def words(self) -> str:
        return self._job.words if self._job is not None else ""

    @property
    def fraction(self) -> float:
        """How far the job is, 0 to 1; 0 as long as it cannot say."""
        return self._job.fraction if self._job is not None else 0.0

    def cancel(self) -> None:
        """Give up what runs: it ends at its next step, and nothing comes of it."""
        job, self._job = self._job, None
        if job is None or job.future is None:
            return
        job.cancelled.set()
        if job.future.cancel():
            return
        if job.future.done():
            self.later(partial(_discard, job, job.future))
        else:
            job.future.add_done_callback(partial(_discard, job))

    def poll(self) -> None:
        """Take up the result of a job that has ended. BadInput where it was refused; never waits."""
        job = self._job
        if job is None or job.future is None or not job.future.done():
            return
        self._job = None
        error = job.future.exception()
        if isinstance(error, Cancelled):
            return
        if isinstance(error, BadInput):
            raise error
        if error is not None:
            logging.error("%s failed", job.words, exc_info=error)
            raise BadInput(_("{what} did not work: {why}").format(what=job.words, why=error)) from error
        job.done(job.future.result())

    def wait(self) -> None:
        """Wait until nothing runs any more."""
        self._worker.submit(_nothing).result()

    def close(self) -> None:
        """Give up what runs and end the thread; waits for the step in hand."""
        self.cancel()
        self._worker.shutdown(wait=True)


def _discard(job: _Job, ended: Future[Any]) -> None:
    """Nobody wants the result of a job that came to its end all the same."""
    if not ended.cancelled() and ended.exception() is None:
        job.discard(ended.result())


def _nothing(*_result: Any) -> None:
    pass


def _logged(job: Callable[[], Any]) -> None:
    try:
        job()
    except Exception:
        logging.exception("%s failed", job)
