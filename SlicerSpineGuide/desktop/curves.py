"""A session's deviations over time as Slicer's own nodes: a table, and a plot of it that any plot view shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from slicer.i18n import tr as _
from vtkmodules.util.numpy_support import numpy_to_vtk

from SlicerSpineGuide.recording.debrief import Debrief

_COLOURS = {"lateral_mm": (0.0, 0.45, 0.7), "angle_deg": (0.9, 0.6, 0.0), "depth_mm": (0.35, 0.35, 0.35)}


def add_curves(scene: Any, result: Debrief) -> Any:
    """Add the table (time in s, then each measure), a series for each measure and a chart of them; returns the chart node."""
    titles = {"lateral_mm": _("Lateral, mm"), "angle_deg": _("Angle, degrees"), "depth_mm": _("To target, mm")}
    table = scene.AddNewNodeByClass("vtkMRMLTableNode", "Spine Guide session")
    times = sorted({t for curve in result.curves for t, _value in curve.points})
    _add_column(table, _("Time, s"), np.array(times))
    chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", "Spine Guide session")
    chart.SetXAxisTitle(_("Time, s"))
    for curve in result.curves:
        known = dict(curve.points)
        _add_column(table, titles[curve.name], np.array([known.get(t, np.nan) for t in times]))
        series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", titles[curve.name])
        series.SetAndObserveTableNodeID(table.GetID())
        series.SetXColumnName(_("Time, s"))
        series.SetYColumnName(titles[curve.name])
        series.SetPlotType(series.PlotTypeScatter)
        series.SetMarkerStyle(series.MarkerStyleNone)
        series.SetColor(*_COLOURS[curve.name])
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    return chart


def _add_column(table: Any, title: str, values: Any) -> None:
    column = numpy_to_vtk(values, deep=True)
    column.SetName(title)
    table.AddColumn(column)
