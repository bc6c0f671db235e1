"""Screws through the sacro-iliac joint: corridors in a pelvis of known shape, and in a real one without all labels."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.images import Volume
from SlicerSpineGuide.plan import InstrumentSpec, PlanningCt, Tolerance
from SlicerSpineGuide.plan.pelvis import read_pelvis
from SlicerSpineGuide.plan.planner import Planner
from SlicerSpineGuide.plan.sacral import CORRIDORS, propose_sacral
from SlicerSpineGuide.plan.segmentation import open_segmentation
from SlicerSpineGuide.plan.surfaces import body_of

SCREW = InstrumentSpec(kind="screw", name="7.3 mm cannulated screw", diameter_mm=7.3, length_mm=180)
THIN = InstrumentSpec(kind="screw", name="3.5 mm", diameter_mm=3.5, length_mm=180)
SACRUM, S1, LEFT, RIGHT = 25, 26, 77, 78
PLACE = np.array([-20.0, 35.0, -700.0])


def pelvis_labels(s2_half_height_mm: float = 5.0) -> Volume:
    """Voxels of 2 mm around PLACE, the centre of S1: an upright sacrum 80 mm wide with a canal behind the bodies and foramina below
    S1 and below S2 at 22 mm from the midline, 3 mm of joint to either side, and an iliac plate of 16 mm beside each.

    s2_half_height_mm: half of the bone between the two pairs of foramina.
    """
    x, y, z = np.meshgrid(np.arange(-110, 111, 2.0), np.arange(-60, 101, 2.0), np.arange(-70, 51, 2.0), indexing="ij")
    labels = np.zeros(x.shape, np.uint8)
    block = (np.abs(x) < 40) & (y > -15) & (y < 35) & (z > -55) & (z < 14)
    labels[block] = SACRUM
    labels[block & (z > -13.5)] = S1
    canal = (np.abs(x) < 11) & (y > 15) & (y < 27)
    middle = -27.0  # of S2
    foramina = (np.abs(np.abs(x) - 22) < 6) & (
        ((z < middle + s2_half_height_mm + 9) & (z > middle + s2_half_height_mm))
        | ((z < middle - s2_half_height_mm) & (z > middle - s2_half_height_mm - 9))
    )
    labels[canal | (foramina & block)] = 0
    for label, side in ((LEFT, 1), (RIGHT, -1)):
        labels[(side * x > 43) & (side * x < 59) & (y > -30) & (y < 50) & (z < 40)] = label
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = PLACE + [-110, -60, -70]
    return Volume(np.ascontiguousarray(labels.transpose(2, 1, 0)), matrix)


def ct_of(labels: Volume) -> PlanningCt:
    """Bone of 400 HU in a body of 0 HU with 12 mm of air around it."""
    voxels = np.where(labels.voxels > 0, 400, 0).astype(np.int16)
    voxels[:, :6] = voxels[:, -6:] = -1000
    voxels[:, :, :6] = voxels[:, :, -6:] = -1000
    return PlanningCt(Volume(voxels, labels.lps_from_index), "P", "1", "2", "HFP")


def planner_of(labels: Volume, folder, anatomy: Volume | None = None) -> Planner:
    path = folder / "labels.nii.gz"
    sitk.WriteImage(labels.to_sitk(), str(path))
    return Planner(ct_of(anatomy or labels), open_segmentation(path))


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    return planner_of(pelvis_labels(), tmp_path_factory.mktemp("pelvis"))


def label_at(labels: Volume, points: np.ndarray) -> np.ndarray:
    index = np.rint((points - labels.lps_from_index[:3, 3]) / 2.0).astype(int)
    return labels.voxels[index[:, 2], index[:, 1], index[:, 0]]


def steps(trajectory, up_to_skin_mm=4.0):
    length = trajectory.length_mm - up_to_skin_mm
    return trajectory.target - np.arange(0.0, length, 0.5)[:, None] * trajectory.direction


def test_the_bodies_of_s1_and_s2_are_found_where_they_are(planner):
    assert planner.pelvis.source == "labels"
    assert np.linalg.norm(planner.pelvis.bodies["S1"] - PLACE) < 4
    assert np.linalg.norm(planner.pelvis.bodies["S2"] - (PLACE - [0, 0, 27])) < 6
    assert np.allclose(planner.pelvis.left, [1, 0, 0], atol=0.02)


def test_canal_and_foramina_are_what_is_open_inside_the_sacrum(planner):
    inside = PLACE + np.array([[0, 21, 0], [22, 10, -18], [-22, 0, -18], [22, 10, -36]])
    outside = PLACE + np.array([[0, 0, 0], [30, 0, 0], [41.5, 5, -5], [50, 0, 0], [0, -40, 0]])
    assert (planner.pelvis.canal.sample(inside) > 0).all()
    assert (planner.pelvis.canal.sample(outside) < 0).all()


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_ilio_sacral_screw_goes_from_the_skin_through_ilium_and_joint_into_s1(planner, side):
    candidates = planner.propose("sacral-osteosynthesis", "S1", side)
    best = candidates[0]
    on_the_way = label_at(pelvis_labels(), steps(best.trajectory))
    order = [int(label) for label, before in zip(on_the_way, [-1, *on_the_way[:-1]], strict=True) if label != before]
    ilium = LEFT if side == "left" else RIGHT
    assert [label for label in order if label] in ([S1, ilium], [S1, SACRUM, ilium])
    assert best.bone_clearance_mm > 2 and best.canal_clearance_mm > 2
    assert (best.trajectory.entry - PLACE)[0] * (1 if side == "left" else -1) > 90, "at the skin of that side"
    assert abs((best.trajectory.target - PLACE)[0]) < 12 and best.in_bone_mm > 45
    assert best.density_hu > 350
    length = best.trajectory.instrument.length_mm
    assert best.in_bone_mm - 3 <= length < best.in_bone_mm + 10 < best.trajectory.length_mm, "its driver reaches the skin"


def test_a_trans_sacral_screw_comes_out_of_the_far_ilium(planner):
    best = planner.propose("sacral-osteosynthesis", "S1", "right", "trans-iliac trans-sacral")[0]
    assert 59 < (best.trajectory.target - PLACE)[0] < 66
    met = set(label_at(pelvis_labels(), steps(best.trajectory)).tolist())
    assert {LEFT, RIGHT, S1} <= met
    assert best.in_bone_mm > 115 and best.canal_clearance_mm > 0


def test_a_sacro_iliac_screw_ends_in_the_ala_beside_the_foramina(planner):
    best = planner.propose("sacral-osteosynthesis", "S1", "left", "sacro-iliac")[0]
    assert 12 < (best.trajectory.target - PLACE)[0] < 36


@pytest.mark.parametrize("approach", ["S1 ilio-sacral", "trans-iliac trans-sacral", "sacro-iliac"])
def test_what_is_proposed_has_nothing_against_it(planner, approach):
    for candidate in planner.propose("sacral-osteosynthesis", "S1", "left", approach):
        plan = planner.plan("sacral-osteosynthesis", [candidate.trajectory])
        assert [f.message for f in planner.check(plan) if f.severity != "note"] == []


def test_a_screw_into_a_foramen_is_refused(planner):
    good = planner.propose("sacral-osteosynthesis", "S1", "left")[0].trajectory
    lower = good.model_copy(update={k: (x, y, z - 18.0) for k in ("entry_lps", "target_lps") for x, y, z in [getattr(good, k)]})
    found = planner.check(planner.plan("sacral-osteosynthesis", [lower]))
    assert {"CORTEX", "OTHER_BONE"} & {f.code for f in found if f.severity in ("refuse", "warn")}
    assert all("threshold" not in f.message for f in found)


def test_candidates_differ_and_come_ranked(planner):
    candidates = planner.propose("sacral-osteosynthesis", "S1", "left")
    assert len(candidates) == 3
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


def test_a_narrow_s2_is_said_to_be_too_narrow_with_its_width(planner):
    with pytest.raises(BadInput, match="no safe corridor") as refused:
        planner.propose(
            "sacral-osteosynthesis",
            "S2",
            "left",
            "trans-iliac trans-sacral",
            SCREW.model_copy(update={"diameter_mm": 12.0}),
            fit_length=False,
        )
    width = float(str(refused.value).split("widest found is ")[1].split(" mm")[0])
    assert width == pytest.approx(10, abs=2.5)


def test_what_is_too_narrow_for_a_thick_screw_holds_a_thin_one(planner):
    corridor = CORRIDORS["trans-iliac trans-sacral"]
    (best, *_) = propose_sacral(planner.planning.volume, planner.pelvis, corridor, "S2", "left", THIN, Tolerance())
    assert best.bone_clearance_mm > 1


def test_a_segmentation_without_a_sacrum_is_told_what_it_lacks(tmp_path):
    labels = pelvis_labels()
    only_hips = Volume(np.where(np.isin(labels.voxels, (LEFT, RIGHT)), labels.voxels, 0).astype(np.uint8), labels.lps_from_index)
    planner = planner_of(only_hips, tmp_path)
    with pytest.raises(BadInput, match="S1"):
        planner.propose("sacral-osteosynthesis", "S1", "left")
    with pytest.raises(BadInput, match="no sacrum and no S1"):
        read_pelvis(planner.planning, planner.segmentation, body_of(planner.planning.volume))


def test_without_labels_of_the_hips_bone_is_the_cts_and_the_same_screw_is_found(planner, tmp_path):
    labels = pelvis_labels()
    only_s1 = Volume(np.where(labels.voxels == S1, S1, 0).astype(np.uint8), labels.lps_from_index)
    bare = planner_of(only_s1, tmp_path, labels)
    assert bare.pelvis.source == "threshold"
    best = bare.propose("sacral-osteosynthesis", "S1", "left")[0]
    assert best.bone_clearance_mm > 2 and abs((best.trajectory.target - PLACE)[0]) < 12
    met = set(label_at(labels, steps(best.trajectory)).tolist())
    assert {S1, LEFT} <= met
