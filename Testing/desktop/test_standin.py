"""The stand-in itself: it refuses what Slicer lacks, and says so where Slicer has what it does not do."""

from __future__ import annotations

import threading
import types
from pathlib import Path
from typing import Annotated, Any

import pytest
from standin import forms
from standin.pythonqt import NotInSlicer

UI = Path(__file__).resolve().parents[2] / "Resources" / "UI" / "SpineGuide.ui"


def test_properties_are_attributes_and_not_calls(app: Any) -> None:
    import qt

    button = qt.QPushButton("Start")
    assert button.text == "Start"
    button.text = "Stop"
    assert button.text == "Stop"
    with pytest.raises(TypeError):
        button.text()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda qt, _ctk: qt.QPushButton().txet,
        lambda qt, _ctk: setattr(qt.QPushButton(), "colour", "red"),
        lambda qt, _ctk: qt.QPushButton().connect("clickd()", print),
        lambda qt, _ctk: qt.QPushButton().connect("clicked(int)", print),
        lambda qt, _ctk: qt.Signal,
        lambda qt, _ctk: qt.QNothing,
        lambda _qt, ctk: ctk.ctkNothing,
        lambda _qt, ctk: ctk.ctkCollapsibleButton().colapsed,
        lambda _qt, ctk: ctk.ctkCollapsibleButton().connect("collapsed(bool)", print),
    ],
)
def test_what_slicer_lacks_is_refused(app: Any, wrong: Any) -> None:
    import ctk
    import qt

    with pytest.raises(NotInSlicer):
        wrong(qt, ctk)


def test_what_slicer_has_and_the_stand_in_does_not_do_is_said(app: Any) -> None:
    import ctk

    with pytest.raises(NotImplementedError):
        ctk.ctkSliderWidget()
    with pytest.raises(NotImplementedError):
        ctk.ctkPathLineEdit().browse()
    with pytest.raises(NotImplementedError):
        app.layoutManager().resetSliceViews()
    with pytest.raises(NotInSlicer):
        app.layoutManager().renderEverything()


def test_qt_off_the_main_thread_is_refused(app: Any) -> None:
    import qt

    label = qt.QLabel("x")
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            label.text = "y"
        except NotInSlicer as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert caught
    assert label.text == "x"


def test_a_signal_gives_a_function_as_many_arguments_as_it_takes(app: Any) -> None:
    import qt

    button = qt.QPushButton("x")
    button.checkable = True
    seen: list[Any] = []
    button.connect("toggled(bool)", lambda on: seen.append(on))
    button.connect("toggled(bool)", lambda: seen.append("nothing"))
    button.checked = True
    assert seen == [True, "nothing"]


def test_a_disconnected_function_is_not_called_any_more(app: Any) -> None:
    import qt

    button, seen = qt.QPushButton("x"), []

    def clicked() -> None:
        seen.append(1)

    button.connect("clicked()", clicked)
    button.click()
    button.disconnect("clicked()", clicked)
    button.click()
    assert seen == [1]


def test_a_node_combo_box_follows_the_scene(scene: Any) -> None:
    import slicer

    form = slicer.util.loadUI(str(UI))
    form.setMRMLScene(scene)
    selector = slicer.util.childWidgetVariables(form).volumeSelector
    seen: list[Any] = []
    selector.connect("currentNodeChanged(vtkMRMLNode*)", lambda node: seen.append(node))
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    assert selector.currentNode() is volume
    scene.RemoveNode(volume)
    assert selector.currentNode() is None
    assert seen == [volume, None]
    form.setMRMLScene(None)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('class="ctkPathLineEdit"', 'class="ctkPathEdit"'),
        ('name="nodeTypes"', 'name="nodeType"'),
        ("setMRMLScene(vtkMRMLScene*)", "setScene(vtkMRMLScene*)"),
        ("mrmlSceneChanged(vtkMRMLScene*)", "sceneChanged(vtkMRMLScene*)"),
        ("<receiver>volumeSelector</receiver>", "<receiver>volumeSelecter</receiver>"),
        ('name="lateralLabel"', 'name="angleLabel"'),
    ],
)
def test_a_form_with_a_wrong_name_is_refused(app: Any, tmp_path: Path, right: str, wrong: str) -> None:
    import slicer

    text = UI.read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "Wrong.ui"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert forms.problems(path)
    with pytest.raises(ValueError, match=r"Wrong\.ui"):
        slicer.util.loadUI(str(path))


def test_the_layout_manager_makes_the_views_of_a_description(scene: Any, app: Any) -> None:
    from SlicerSpineGuide.desktop import layouts

    before = layouts.show(layouts.FLUOROSCOPY)
    assert set(app.layoutManager().sliceViewNames()) == {layouts.LIVE, layouts.SECOND, layouts.ALONG}
    assert layouts.slice_widget(layouts.LIVE).mrmlSliceNode().GetLayoutName() == layouts.LIVE
    assert layouts.three_d_widget().mrmlViewNode().GetLayoutName() == layouts.THREE_D
    app.layoutManager().setLayout(before)
    assert layouts.slice_widget(layouts.LIVE) is None


@pytest.fixture
def typed(scene: Any) -> Any:
    """A typed parameter node with a number between 0 and 5 and a text."""
    from slicer.parameterNodeWrapper import Default, WithinRange, parameterNodeWrapper

    class Described:
        pass

    Described.__annotations__ = {"margin": Annotated[float, WithinRange(0.0, 5.0), Default(2.0)], "words": str}
    return parameterNodeWrapper(Described)(scene.AddNewNodeByClass("vtkMRMLScriptedModuleNode"))


def test_a_parameter_node_keeps_its_types_and_ranges(typed: Any) -> None:
    assert (typed.margin, typed.words) == (2.0, "")
    typed.margin = 4.5
    assert typed.margin == 4.5
    with pytest.raises(ValueError, match=r"range|within"):
        typed.margin = 9.0


def test_a_widget_and_its_parameter_follow_each_other_until_they_are_disconnected(typed: Any) -> None:
    import qt

    spin = qt.QDoubleSpinBox()
    spin.setProperty("SlicerParameterName", "margin")
    tag = typed.connectGui(types.SimpleNamespace(spin=spin))
    assert (spin.value, spin.maximum) == (2.0, 5.0)
    spin.value = 3.0
    assert typed.margin == 3.0
    typed.margin = 1.0
    assert spin.value == 1.0
    typed.disconnectGui(tag)
    spin.value = 5.0
    assert typed.margin == 1.0
