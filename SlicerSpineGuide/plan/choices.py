"""What a procedure leaves to choose: its file by name, the instruments it allows, the usual one, the length that fits a path."""

from __future__ import annotations

from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.plan.catalogue import Family, Model, families
from SlicerSpineGuide.plan.model import InstrumentSpec, Trajectory
from SlicerSpineGuide.plan.procedures import Procedure, procedures
from SlicerSpineGuide.translation import tr

SUNK_MM = 3.0  # a screw's head may lie so far below the bone's surface


def procedure_of(identifier: str) -> Procedure:
    """The procedure of that id; BadInput names those that there are."""
    known = procedures()
    if identifier not in known:
        raise BadInput(tr("There is no procedure {id}; known: {known}.").format(id=identifier, known=", ".join(known)))
    return known[identifier]


def models_of(procedure: str) -> list[tuple[Family, Model]]:
    """The models (a name, a diameter, the lengths it is sold in) that a procedure allows, family by family."""
    return [(family, model) for family in (families()[i] for i in procedure_of(procedure).instruments) for model in family.models]


def instrument_of(procedure: str, name: str, length_mm: float | None = None) -> InstrumentSpec:
    """A model that the procedure allows, in that length or in its longest; BadInput names those that it allows."""
    for family, model in models_of(procedure):
        if model.name == name:
            return family.instrument(name, max(model.lengths_mm) if length_mm is None else length_mm)
    allowed = ", ".join(model.name for _, model in models_of(procedure))
    raise BadInput(
        tr("{name} is no instrument for {procedure}; choose from {known}.").format(name=name, procedure=procedure, known=allowed)
    )


def usual_instrument(procedure: str) -> InstrumentSpec:
    """The model that the procedure's file names as the usual one, in its longest length."""
    return instrument_of(procedure, procedure_of(procedure).usual_instrument or models_of(procedure)[0][1].name)


def fitted(trajectory: Trajectory, procedure: str, in_bone_mm: float) -> Trajectory:
    """The trajectory with its instrument in the length that fits: the shortest that reaches from the skin to the target, or of a
    screw, whose driver reaches to the skin, the shortest that fills its way in bone but for SUNK_MM."""
    name = trajectory.instrument.name
    lengths = next((sorted(model.lengths_mm) for _, model in models_of(procedure) if model.name == name), [])
    if trajectory.instrument.kind == "screw":
        fitting = [length for length in lengths if length >= in_bone_mm - SUNK_MM][:1] or lengths[-1:]
    else:
        fitting = [length for length in lengths if length >= trajectory.length_mm][:1]
    if not fitting:
        return trajectory
    return trajectory.model_copy(update={"instrument": trajectory.instrument.model_copy(update={"length_mm": fitting[0]})})
