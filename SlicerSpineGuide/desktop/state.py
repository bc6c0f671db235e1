"""What the scene keeps of the module, as Slicer's typed parameter node: what the forms say, and the case that is open.

The annotations are read when the class is made: they are real types here, not texts.
"""

from typing import Annotated

from slicer import (
    vtkMRMLLinearTransformNode,
    vtkMRMLMarkupsLineNode,
    vtkMRMLModelNode,
    vtkMRMLScalarVolumeNode,
    vtkMRMLSegmentationNode,
)
from slicer.parameterNodeWrapper import Default, WithinRange, parameterNodeWrapper


@parameterNodeWrapper
class SpineGuideParameterNode:
    """The first part is connected to the widgets of the same SlicerParameterName in the form, the second is written by memory."""

    volume: vtkMRMLScalarVolumeNode
    line: vtkMRMLMarkupsLineNode
    segmentation: vtkMRMLSegmentationNode
    tracked: vtkMRMLLinearTransformNode
    patient_id: str
    instrument_name: Annotated[str, Default("11G trocar")]
    margin_mm: Annotated[float, WithinRange(0.0, 20.0), Default(2.0)]
    diameter_mm: Annotated[float, WithinRange(0.3, 30.0), Default(3.05)]
    length_mm: Annotated[float, WithinRange(10.0, 400.0), Default(125.0)]
    procedure: Annotated[str, Default("vertebroplasty")]
    kind: Annotated[str, Default("trocar")]

    plan: str
    case_folder: str
    title: str
    patient_position: str
    trajectory: str
    planning_volume: vtkMRMLScalarVolumeNode
    keeps_volume: bool
    registration: vtkMRMLLinearTransformNode
    instrument_pose: vtkMRMLLinearTransformNode
    path: vtkMRMLMarkupsLineNode
    tube: vtkMRMLModelNode
    target: vtkMRMLModelNode
    instrument: vtkMRMLModelNode
    bone: vtkMRMLModelNode
