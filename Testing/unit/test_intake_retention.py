"""Received images are deleted by age and room, oldest first, and never before somebody looked at them."""

from __future__ import annotations

import contextlib
import datetime
import time
from pathlib import Path

import pytest

from SlicerSpineGuide.intake.config import Retention
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.index import create_index
from SlicerSpineGuide.intake.retention import _delete, _images, sweep
from SlicerSpineGuide.intake.spool import Spool, clock_skew_s

DAY = 86_400.0
NOW = 2_000_000_000.0
SIZE = 1 << 18


def store(spool: Spool, k: int) -> bool:
    """Receive image k; whether it was there before."""
    incoming = spool.open_object()
    incoming.write(memoryview(bytes([k]) * SIZE))
    identity = Identity("1.2.840.10008.5.1.4.1.1.2", f"1.2.{k}", "1.2.840.10008.1.2.1")
    return spool.store(incoming, identity, "CT", "127.0.0.1", time.monotonic())


def fill(folder: Path, ages_days: list[float], seen: list[bool]) -> list[Path]:
    """A spool with an image of 256 kB for each age; its files in that order."""
    spool = Spool(folder)
    for k in range(len(ages_days)):
        store(spool, k)
    spool.close()
    with contextlib.closing(create_index(folder)) as index, index:
        for k, age in enumerate(ages_days):
            index.execute("UPDATE images SET received = ?, seen = ? WHERE id = ?", (NOW - age * DAY, seen[k], k + 1))
        return [folder / row[0] for row in index.execute("SELECT file FROM images ORDER BY id")]


def test_old_images_go_when_they_were_looked_at(tmp_path: Path) -> None:
    files = fill(tmp_path, [20, 20, 1], [True, False, True])
    use = sweep(tmp_path, Retention(days=14), NOW)
    assert (use.images, use.doomed, use.unseen) == (3, 1, 1)
    assert [f.exists() for f in files] == [False, True, True]


def test_a_full_spool_loses_its_oldest_seen_images_only(tmp_path: Path) -> None:
    files = fill(tmp_path, [6, 5, 4, 3, 2, 1], [False, True, True, True, True, True])
    sweep(tmp_path, Retention(max_bytes=4 * SIZE), NOW)
    assert [f.exists() for f in files] == [True, False, False, True, True, True]


def test_what_came_within_the_hour_stays_because_the_examination_is_still_on(tmp_path: Path) -> None:
    hour = 1 / 24
    files = fill(tmp_path, [6, 2 * hour, 0.9 * hour, 0.5 * hour, 0], [True] * 5)
    sweep(tmp_path, Retention(max_bytes=1 << 20, days=0.01), NOW)
    assert [f.exists() for f in files] == [False, False, True, True, True]


def test_what_nobody_looked_at_is_never_deleted_but_warned_of(tmp_path: Path) -> None:
    rules = Retention(days=1, max_bytes=4 * SIZE)
    files = fill(tmp_path, [30] * 6, [False] * 6)
    use = sweep(tmp_path, rules, NOW)
    assert use.doomed == 0 and all(f.exists() for f in files)
    assert "nobody has looked at them" in use.warning(rules)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Retention(days=14), "older than allowed by tomorrow"),
        (Retention(days=300, max_bytes=7 * SIZE, warn_fraction=0.5), "after that the oldest"),
        (Retention(days=300), ""),
    ],
)
def test_a_warning_comes_before_anything_is_deleted(tmp_path: Path, rules: Retention, said: str) -> None:
    fill(tmp_path, [13.5, 1, 1, 1], [True] * 4)
    use = sweep(tmp_path, rules, NOW, dry_run=True)
    assert use.doomed == 0
    assert (said in use.warning(rules)) if said else not use.warning(rules)


def test_a_dry_run_deletes_nothing(tmp_path: Path) -> None:
    files = fill(tmp_path, [20], [True])
    assert sweep(tmp_path, Retention(days=14), NOW, dry_run=True).doomed == 1
    assert files[0].exists()


def test_the_spools_of_sessions_count_too(tmp_path: Path) -> None:
    fill(tmp_path, [1], [True])
    (file,) = fill(tmp_path / "sessions" / "a", [20], [True])
    use = sweep(tmp_path, Retention(days=14), NOW)
    assert (use.images, use.doomed) == (2, 1)
    assert not file.exists()


def test_the_empty_folder_of_an_old_session_goes_unless_a_node_uses_it(tmp_path: Path) -> None:
    fill(tmp_path, [1], [True])
    for name in ("old", "used"):
        fill(tmp_path / "sessions" / name, [5000], [True])
    later = time.time() + 20 * DAY
    rules = Retention(days=14)
    owner = Spool(tmp_path / "sessions" / "used")
    sweep(tmp_path, rules, later)
    owner.close()
    assert (tmp_path / "index.sqlite").exists()
    assert not (tmp_path / "sessions" / "old").exists()
    assert (tmp_path / "sessions" / "used").exists()


def test_what_comes_again_counts_as_new_again(tmp_path: Path) -> None:
    (file,) = fill(tmp_path, [30], [True])
    (listed,) = _images(tmp_path)
    spool = Spool(tmp_path)
    assert store(spool, 0)
    spool.close()
    assert not _delete(listed, "")  # it was on the list of those to go when it came again
    assert sweep(tmp_path, Retention(days=14)).doomed == 0
    assert file.exists()


def test_a_file_that_cannot_be_deleted_keeps_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that somebody has open cannot be."""
    fill(tmp_path, [30], [True])

    def busy(*_: object, **__: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "unlink", busy)
    assert sweep(tmp_path, Retention(days=14), NOW).doomed == 0
    monkeypatch.undo()
    assert sweep(tmp_path, Retention(days=14), NOW).doomed == 1


def test_a_node_goes_on_storing_when_all_of_todays_images_were_deleted(tmp_path: Path) -> None:
    (file,) = fill(tmp_path, [30], [True])
    spool = Spool(tmp_path)
    sweep(tmp_path, Retention(days=14), NOW)
    assert not file.exists()
    assert not store(spool, 1)
    spool.close()
    assert len(list(tmp_path.glob("images/*/*.dcm"))) == 1


@pytest.mark.parametrize(("month", "utc_hour"), [(1, 11), (7, 10)], ids=["winter", "summer"])
def test_the_clocks_are_compared_in_local_time_summer_time_included(
    month: int, utc_hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        noon = datetime.datetime(2026, month, 15, utc_hour, tzinfo=datetime.timezone.utc).timestamp()
        scanner = (datetime.datetime(2026, month, 15, 12) - datetime.datetime(1970, 1, 1)).total_seconds()
        assert clock_skew_s(scanner + 7, noon) == pytest.approx(7)
        assert clock_skew_s(12 * 3600 + 7, noon) == pytest.approx(7)  # a time without its date
    finally:
        monkeypatch.undo()
        time.tzset()


def test_an_image_that_was_deleted_is_received_anew(tmp_path: Path) -> None:
    (file,) = fill(tmp_path, [1], [True])
    file.unlink()
    (again,) = fill(tmp_path, [1], [True])
    assert again.exists()


def test_files_that_a_crash_left_without_a_row_are_indexed_at_the_next_start(tmp_path: Path) -> None:
    (file,) = fill(tmp_path, [1], [True])
    with contextlib.closing(create_index(tmp_path)) as index, index:
        index.execute("DELETE FROM images")
    (file.parent / "damaged.dcm").write_bytes(b"half")
    Spool(tmp_path).close()
    with contextlib.closing(create_index(tmp_path)) as index:
        assert [tmp_path / row[0] for row in index.execute("SELECT file FROM images")] == [file]
