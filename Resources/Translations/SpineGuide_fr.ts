<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en_US">
<context>
    <name>SpineGuide</name>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source> ({name} is {modality})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>--report is missing: a headless replay needs a file to write its report to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>--report is missing: headless guidance needs a file to write its report to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Built on 3D Slicer, VTK, SimpleITK, pydicom and pynetdicom. The sample case was made from a public CT of The Cancer Imaging Archive; its attribution is in Resources/Cases.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Guidance of percutaneous spine procedures in the CT and fluoroscopy room: live images arrive by DICOM, are registered to the plan, the instrument is found in them, and an alert is raised when it leaves the planned path. Not for clinical use: research and training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>ImageOrientationPatient {value} is not two perpendicular unit vectors.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>Listening as {where}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>No image has arrived yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>No instrument is seen in the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>PixelSpacing {value} is not two positive lengths.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>Rows and Columns are {rows} and {columns}: no image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Spine Guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>The console needs the extra 'console' ({why}): install it with pip install 'SlicerSpineGuide[console]'.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The image is of another patient than the plan: it is stored and not shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The last image could not be processed: ask for another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The last image is {age:.0f} s old.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The registration is not locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>Without a locked registration the instrument has no place in the plan.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>axis error, degrees: median, 95 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>events missed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>false alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>frames locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>instrument seen where its tip is in the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>instrument seen where there is none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>no image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>planted events alerted within two frames</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>replaying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>spineguide failed: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>target registration error, mm: median, 95 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>tip error, mm: median, 95 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{case}: frames.{index}.files: {name} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>{frames} frames, registration {registration}, report in {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>{keyword} is missing or is not {count} numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path} cannot be read: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recorder.py"/>
        <source>{path} cannot be recorded into: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/replay.py"/>
        <source>{path} cannot be written: its folder does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} differs in size, spacing or orientation from the other slices: keep one series.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path} does not exist: only simulated cases can be scored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} holds no CT image{other}: export the planning CT into it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>{path} holds no case: install SlicerSpineGuide again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} holds {n} CT slices: a planning CT needs at least 3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} is a damaged DICOM file ({why}): export it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} is missing: a planning CT is a folder with one DICOM series.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path} is missing: it holds the images that case.json lists.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path} is not a folder: give the case folder that holds plan.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recorder.py"/>
        <source>{path} is not empty: give a new folder to record into.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: frames: the case has none to replay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path}: frames: {n} of them, the case has {m}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path}: the pixels cannot be decoded ({why}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path}: the slices are {low:.2f} to {high:.2f} mm apart, so some are missing or two series are mixed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: trajectories.{index}.{field}: {point} lies outside the planning CT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path}: trajectory: {id} is not in the plan.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: {field}: the plan says {planned!r}, the planning CT is {found!r}: use the plan made on this CT.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path}: {field}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
