"""A trajectory survives every form it can be saved in, Slicer's own nodes included."""

from __future__ import annotations

import json

import pytest

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan import InstrumentSpec, Tolerance, Trajectory
from SlicerSpineGuide.plan.interchange import read_markups, write_markups

TROCAR = InstrumentSpec(kind="trocar", name='11G "long", steel', diameter_mm=3.05, length_mm=125)
NEEDLE = InstrumentSpec(kind="needle", name="22G needle", diameter_mm=0.7, length_mm=150)
TRAJECTORIES = [
    Trajectory(
        id="T12-right",
        label="T12 right, transpedicular",
        level="T12",
        instrument=TROCAR,
        entry_lps=(-20.74, 119.87, -261.31),
        target_lps=(9.43, 43.46, -254.25),
        tolerance=Tolerance(lateral_mm=1.5, angle_deg=2.5, depth_mm=1.0),
    ),
    Trajectory(id="T12-left", instrument=TROCAR, entry_lps=(60, 119, -250), target_lps=(20, 45, -251.5)),
]


@pytest.mark.parametrize("name", ["path.mrk.json", "path.fcsv"])
@pytest.mark.parametrize("system", ["LPS", "RAS"])
def test_trajectories_come_back_as_they_were_saved(tmp_path, name, system):
    write_markups(TRAJECTORIES, tmp_path / name, system)
    assert read_markups(tmp_path / name, NEEDLE) == TRAJECTORIES


def test_ras_and_lps_differ_in_the_sign_of_the_first_two_coordinates(tmp_path):
    for system in ("LPS", "RAS"):
        write_markups(TRAJECTORIES, tmp_path / f"{system}.mrk.json", system)
    lps, ras = (json.loads((tmp_path / f"{s}.mrk.json").read_text())["markups"][0]["controlPoints"][0] for s in ("LPS", "RAS"))
    assert ras["position"] == [-lps["position"][0], -lps["position"][1], lps["position"][2]]


def test_a_line_drawn_by_hand_gets_the_instrument_it_is_read_with(tmp_path):
    points = [{"position": [0, 80, 0], "description": "skin"}, {"position": [0, 0, 0]}]
    path = tmp_path / "hand.mrk.json"
    path.write_text(json.dumps({"markups": [{"type": "Line", "coordinateSystem": "LPS", "controlPoints": points}]}))
    (trajectory,) = read_markups(path, NEEDLE)
    assert trajectory.instrument == NEEDLE and trajectory.entry_lps == (0, 80, 0)


@pytest.mark.parametrize("name", ["path.mrk.json", "path.fcsv"])
def test_slicers_own_nodes_read_what_is_written_and_write_what_is_read(tmp_path, name):
    slicer = pytest.importorskip("slicer")
    path = tmp_path / name
    write_markups(TRAJECTORIES[:1], path)
    scene = slicer.vtkMRMLScene()
    kind = "vtkMRMLMarkupsLineNode" if name.endswith("json") else "vtkMRMLMarkupsFiducialNode"
    store = "vtkMRMLMarkupsJsonStorageNode" if name.endswith("json") else "vtkMRMLMarkupsFiducialStorageNode"
    line, storage = scene.AddNode(getattr(slicer, kind)()), scene.AddNode(getattr(slicer, store)())
    storage.SetFileName(str(path))
    assert storage.ReadData(line)
    assert line.GetNumberOfControlPoints() == 2
    ras = line.GetNthControlPointPosition(0)
    assert tuple(ras) == pytest.approx((20.74, -119.87, -261.31))
    again = tmp_path / ("again" + name[4:])
    storage.SetFileName(str(again))
    assert storage.WriteData(line)
    (trajectory,) = read_markups(again, NEEDLE)
    assert trajectory.model_dump(exclude={"entry_lps", "target_lps"}) == TRAJECTORIES[0].model_dump(
        exclude={"entry_lps", "target_lps"}
    )
    assert trajectory.entry_lps == pytest.approx(TRAJECTORIES[0].entry_lps, abs=1e-3)


@pytest.mark.parametrize("system", ["LPS", "RAS"])
def test_every_line_of_a_list_is_read_by_slicers_own_node(tmp_path, system):
    slicer = pytest.importorskip("slicer")
    path = tmp_path / "lines.mrk.json"
    write_markups(TRAJECTORIES, path, system)
    scene = slicer.vtkMRMLScene()
    storage = scene.AddNode(slicer.vtkMRMLMarkupsJsonStorageNode())
    storage.SetFileName(str(path))
    for index, trajectory in enumerate(TRAJECTORIES):
        line = storage.AddNewMarkupsNodeFromFile(str(path), trajectory.id, index)
        assert line is not None and line.GetNumberOfControlPoints() == 2
        x, y, z = trajectory.entry_lps
        assert tuple(line.GetNthControlPointPosition(0)) == pytest.approx((-x, -y, z))


def test_lines_that_slicer_saves_one_by_one_in_ras_come_back(tmp_path):
    slicer = pytest.importorskip("slicer")
    scene = slicer.vtkMRMLScene()
    line = scene.AddNode(slicer.vtkMRMLMarkupsLineNode())
    for point in TRAJECTORIES[1].entry_lps, TRAJECTORIES[1].target_lps:
        line.AddControlPoint([-point[0], -point[1], point[2]])
    storage = scene.AddNode(slicer.vtkMRMLMarkupsJsonStorageNode())
    storage.UseRASOn()
    storage.SetFileName(str(tmp_path / "by hand.mrk.json"))
    assert storage.WriteData(line)
    (trajectory,) = read_markups(tmp_path / "by hand.mrk.json", TROCAR)
    assert trajectory.entry_lps == pytest.approx(TRAJECTORIES[1].entry_lps)
    assert trajectory.target_lps == pytest.approx(TRAJECTORIES[1].target_lps)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "no markups file"),
        ('{"markups": []}', "no line"),
        ('{"markups": [{"type": "Line", "controlPoints": [{"position": [0, 0, 0]}]}]}', "1 points"),
        ('{"markups": [{"type": "Line", "controlPoints": [{"position": [0, 0, 0]}, {"position": [0, 0, 0]}]}]}', "equals entry_lps"),
        ('{"markups": [{"type": "Line", "controlPoints": [{"position": [0, 0, 0]}, {"position": [0, 400, 0]}]}]}', "shorter"),
    ],
)
def test_a_file_without_a_trajectory_gets_one_sentence(tmp_path, text, why):
    path = tmp_path / "wrong.mrk.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=why):
        read_markups(path, NEEDLE)
