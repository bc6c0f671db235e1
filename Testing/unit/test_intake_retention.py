"""Received images are deleted by age and room, oldest first, and never before somebody looked at them."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from SlicerSpineGuide.intake.config import Retention
from SlicerSpineGuide.intake.header import Identity
from SlicerSpineGuide.intake.index import create_index
from SlicerSpineGuide.intake.retention import sweep
from SlicerSpineGuide.intake.spool import Spool

DAY = 86_400.0
NOW = 2_000_000_000.0
SIZE = 1 << 18


def fill(folder: Path, ages_days: list[float], seen: list[bool]) -> list[Path]:
    """A spool with an image of 256 kB for each age; its files in that order."""
    spool = Spool(folder)
    for k in range(len(ages_days)):
        incoming = spool.open_object()
        incoming.write(memoryview(bytes([k]) * SIZE))
        spool.store(
            incoming, Identity("1.2.840.10008.5.1.4.1.1.2", f"1.2.{k}", "1.2.840.10008.1.2.1"), "CT", "127.0.0.1", time.monotonic()
        )
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
