<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en_US">
<context>
    <name>SpineGuide</name>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source> (limit {limit:g} mm).</source>
        <translation> (limite {limit:g} mm).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source> ({name} is {modality})</source>
        <translation> ({name} : {modality})</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>(From the CT's threshold, not segmented.)</source>
        <translation>(D'après le seuil du scanner, non segmenté.)</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>--date {text} is no date: write 20300131, or 20300101-20300131 for a range.</source>
        <translation>--date {text} n'est pas une date : écrivez 20300131, ou 20300101-20300131 pour une période.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>--length {length:g}: of which --instrument?</source>
        <translation>--length {length:g} : de quel --instrument ?</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/settings_file.py"/>
        <source>--minutes {n:g} is not possible: give 0 to 60.</source>
        <translation>--minutes {n:g} n'est pas possible : indiquez de 0 à 60.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>--patient, --name or --date is needed: without one a PACS would list everything.</source>
        <translation>Il faut --patient, --name ou --date : sans eux, un PACS listerait tout.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>--pick {pick}: there are {n} candidates.</source>
        <translation>--pick {pick} : il y a {n} candidats.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>--planning and --plan are needed: the planning CT's folder and its plan.json.</source>
        <translation>Il faut --planning et --plan : le dossier du scanner de planification et son plan.json.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>--report is missing: a headless replay needs a file to write its report to.</source>
        <translation>--report manque : une relecture sans écran a besoin d'un fichier où écrire son compte rendu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>--report is missing: headless guidance needs a file to write its report to.</source>
        <translation>--report manque : un guidage sans écran a besoin d'un fichier où écrire son compte rendu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>--side {side}: left or right.</source>
        <translation>--side {side} : left (gauche) ou right (droite).</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>0.25 x</source>
        <translation>0,25 x</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>0.5 x</source>
        <translation>0,5 x</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>1 x</source>
        <translation>1 x</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>2 x</source>
        <translation>2 x</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>4 x</source>
        <translation>4 x</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>8 x</source>
        <translation>8 x</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/images.py"/>
        <source>A CT volume has one value per voxel: this VTK image has none or several.</source>
        <translation>Un volume TDM a une valeur par voxel : cette image VTK n'en a aucune ou en a plusieurs.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/images.py"/>
        <source>A CT volume is a Volume, a SimpleITK image or a vtkImageData, not a {kind}: give an array its geometry with Volume.</source>
        <translation>Un volume TDM est un Volume, une image SimpleITK ou un vtkImageData, pas un {kind} : donnez sa géométrie à un tableau avec Volume.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>A better start for the registration: left, right, front, back, head, feet</source>
        <translation>Un meilleur départ pour le recalage : gauche, droite, avant, arrière, tête, pieds</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>A case folder: plan.json, planning/ with the planning CT and, to replay it, case.json and live/. Or a .zip archive of one</source>
        <translation>Un dossier de cas : plan.json, planning/ avec le scanner de planification et, pour le relire, case.json et live/. Ou une archive .zip d'un tel dossier</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/landmarks.py"/>
        <source>A landmark has no position: mark it again.</source>
        <translation>Un repère n'a pas de position : marquez-le à nouveau.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>A markups line: its first point is the entry at the skin, its second the target</source>
        <translation>Une ligne Markups : son premier point est l'entrée à la peau, le second la cible</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>A name of your own for the remote node</source>
        <translation>Un nom de votre choix pour le nœud distant</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>A node named {aet} is running on {host}:{port}.</source>
        <translation>Un nœud nommé {aet} fonctionne sur {host}:{port}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recording.py"/>
        <source>A recording is running already.</source>
        <translation>Un enregistrement est déjà en cours.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>A scanner is admitted</source>
        <translation>Un scanner est admis</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>AE</source>
        <translation>AE</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>AE title</source>
        <translation>Titre AE</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>AE title, address, port:</source>
        <translation>AE title, adresse, port :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>AE title:</source>
        <translation>Titre AE :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>AE titles that may send, separated by commas; all others are rejected</source>
        <translation>Titres AE autorisés à envoyer, séparés par des virgules ; tous les autres sont rejetés</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Accept</source>
        <translation>Accepter</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Accession</source>
        <translation>N° d'examen</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Acknowledge</source>
        <translation>Acquitter</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Acknowledge, ms: median / 95 %</source>
        <translation>Accusé de réception, ms : médiane / 95 %</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>Acquisitions used: {n}.</source>
        <translation>Acquisitions utilisées : {n}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Across the path, at the target</source>
        <translation>En travers du trajet, à la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Add remote node</source>
        <translation>Ajouter le nœud distant</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Admit</source>
        <translation>Admettre</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Admit a scanner: spineguide node admit AE_TITLE, or spineguide node add NAME.</source>
        <translation>Admettez un scanner : spineguide node admit TITRE_AE, ou spineguide node add NOM.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Admit every caller for 10 minutes</source>
        <translation>Admettre tout appelant pendant 10 minutes</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Admitted callers:</source>
        <translation>Appelants admis :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Admitted from any address</source>
        <translation>Admis depuis toute adresse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Admitted from any address: {aets}</source>
        <translation>Admis depuis toute adresse : {aets}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>Affected SOP Instance UID is not a valid UID</source>
        <translation>Affected SOP Instance UID n'est pas un UID valide</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Against the pace at which the images were taken</source>
        <translation>Par rapport au rythme auquel les images ont été prises</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Alerts</source>
        <translation>Alertes</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Alerts and marks:</source>
        <translation>Alertes et repères :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Alerts:</source>
        <translation>Alertes :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Along the path, from above</source>
        <translation>Le long du trajet, de dessus</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Along the path, from the feet</source>
        <translation>Le long du trajet, depuis les pieds</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Along the path, from the side</source>
        <translation>Le long du trajet, de côté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/xray.py"/>
        <source>An X-ray view along the path tells neither the instrument's tip nor its depth: take one from the side.</source>
        <translation>Une incidence dans l'axe du trajet ne montre ni la pointe de l'instrument ni sa profondeur : prenez-en une de profil.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/feed.py"/>
        <source>An image from {aet} was refused: {why}.</source>
        <translation>Une image de {aet} a été refusée : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/known.py"/>
        <source>An instrument is seen far from the planned path and from where this path's was: perhaps another one.</source>
        <translation>Un instrument est visible loin du trajet prévu et de l'endroit où était celui de ce trajet : peut-être un autre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/limits.py"/>
        <source>Angle to the path</source>
        <translation>Angle avec le trajet</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/debrief_page.py"/>
        <source>Angle to the path, degrees</source>
        <translation>Angle avec le trajet, degrés</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Angle:</source>
        <translation>Angle :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Angles, depths, findings and pictures of every path, as one page to print</source>
        <translation>Angles, profondeurs, constats et images de chaque trajet, sur une page à imprimer</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>Another object with this SOP Instance UID is stored</source>
        <translation>Un autre objet est déjà stocké sous ce SOP Instance UID</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/volume_verdict.py"/>
        <source>Another place in the new CT matches about as well.</source>
        <translation>Un autre endroit du nouveau scanner correspond à peu près aussi bien.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/verdict.py"/>
        <source>Another place in the plan matches about as well.</source>
        <translation>Un autre endroit du plan correspond à peu près aussi bien.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>Another place, perhaps another level, looks as much like the radiograph: mark landmarks or take a wider image.</source>
        <translation>Un autre endroit, peut-être un autre niveau, ressemble autant à la radiographie : marquez des repères ou prenez une image plus large.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Answered with {n} matches.</source>
        <translation>{n} correspondances reçues.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Any linear transform, for one from OpenIGTLink: tip in its origin, shaft along -Z</source>
        <translation>Toute transformation linéaire, par exemple d'OpenIGTLink : pointe à l'origine, tige selon -Z</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Any scalar volume; its geometry is read, never changed</source>
        <translation>Tout volume scalaire ; sa géométrie est lue, jamais modifiée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Apply</source>
        <translation>Appliquer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>As it stands on the package</source>
        <translation>Comme sur l'emballage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>As it was</source>
        <translation>Comme avant</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>As the scanner will send it: images of other patients are stored and never shown</source>
        <translation>Tel que le scanner l'enverra : les images d'autres patients sont conservées et jamais affichées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Ask for the port of the peer's DICOM service, and whether it is running.</source>
        <translation>Demandez le port du service DICOM du correspondant, et s'il fonctionne.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/requests.py"/>
        <source>Ask for the series again; look into the peer's log.</source>
        <translation>Redemandez la série ; consultez le journal du correspondant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Ask the peer's manager to allow this SOP class.</source>
        <translation>Demandez au responsable du correspondant d'autoriser cette classe SOP.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Ask the virtual CT for an image of where the instrument is now</source>
        <translation>Demander au scanner virtuel une image de l'instrument là où il est</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Association log</source>
        <translation>Journal des associations</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Associations:</source>
        <translation>Associations :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Back to the plan</source>
        <translation>Retour au plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Back to the plan's limits</source>
        <translation>Revenir aux limites du plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Back to where the ends were before the last move</source>
        <translation>Remettre les extrémités où elles étaient avant le dernier déplacement</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/limits.py"/>
        <source>Beside the path</source>
        <translation>Écart latéral</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/debrief_page.py"/>
        <source>Beside the path, mm</source>
        <translation>Écart latéral, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Blend the live X-ray with the CT's own, to check the registration</source>
        <translation>Fondu entre la radiographie et celle calculée du scanner, pour vérifier le recalage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Blend with the CT:</source>
        <translation>Fondu avec le scanner :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Bone and path</source>
        <translation>Os et trajet</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sacral.py"/>
        <source>Bone is from the CT's threshold, not segmented: marrow as dark as fat counts as none.</source>
        <translation>L'os vient du seuil du scanner, non segmenté : une moelle aussi sombre que la graisse n'est pas comptée comme os.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Bone outline</source>
        <translation>Contour osseux</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Bone, soft tissue, metal</source>
        <translation>Os, parties molles, métal</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Born</source>
        <translation>Né(e) le</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Bring back what was undone</source>
        <translation>Rétablir ce qui a été annulé</translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Built on 3D Slicer, VTK, SimpleITK, pydicom and pynetdicom. The sample case was made from a public CT of The Cancer Imaging Archive; its attribution is in Resources/Cases.</source>
        <translation>Construit sur 3D Slicer, VTK, SimpleITK, pydicom et pynetdicom. Le cas d'exemple provient d'un scanner public de The Cancer Imaging Archive ; son attribution est dans Resources/Cases.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Bull's-eye: the tip against the path, and where it will end</source>
        <translation>Mire : la pointe par rapport au trajet, et l'endroit où elle finira</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/driving.py"/>
        <source>By hand: {title}</source>
        <translation>À la main : {title}</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>By how much one press moves the start, or turns it about the patient's axis of that name through the target</source>
        <translation>De combien un appui déplace le départ, ou le tourne autour de l'axe du patient de ce nom passant par la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>C-ECHO</source>
        <translation>C-ECHO</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>C-FIND</source>
        <translation>C-FIND</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>C-GET</source>
        <translation>C-GET</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>C-MOVE</source>
        <translation>C-MOVE</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>C-STORE</source>
        <translation>C-STORE</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>CT</source>
        <translation>Scanner</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>CT as X-ray</source>
        <translation>Scanner en radiographie</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Callers</source>
        <translation>Appelants</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Callers that were rejected, with the reason</source>
        <translation>Appelants refusés, avec la raison</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Cancelled.</source>
        <translation>Annulé.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Case and plan</source>
        <translation>Cas et plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Case folder or .zip on this machine</source>
        <translation>Dossier de cas ou .zip sur cette machine</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Case folder:</source>
        <translation>Dossier du cas :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Changed: save it, and open the case with the new plan to be guided by it.</source>
        <translation>Modifié : enregistrez-le, puis ouvrez le cas avec le nouveau plan pour être guidé par lui.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Check</source>
        <translation>Vérifier</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Check and correct the path</source>
        <translation>Vérifier et corriger le trajet</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Check of</source>
        <translation>Vérification de</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Check that the peer speaks TLS on this port, and that its certificate is signed by the CA in [tls] ca.</source>
        <translation>Vérifiez que le correspondant parle TLS sur ce port et que son certificat est signé par l'autorité indiquée dans [tls] ca.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Check the address, the network cable and the firewalls between the two.</source>
        <translation>Vérifiez l'adresse, le câble réseau et les pare-feu entre les deux.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Check the path against the CT and guide along it</source>
        <translation>Vérifier le trajet sur le scanner et guider le long de celui-ci</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Check the patient on the scanner, and which case is open here.</source>
        <translation>Vérifiez le patient sur le scanner, et quel cas est ouvert ici.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Check this node</source>
        <translation>Vérifier ce nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Clear</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/planning_page.py"/>
        <source>Clearance to the nearest zone</source>
        <translation>Distance à la zone la plus proche</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Clearance:</source>
        <translation>Distance aux zones :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Click a point in the live image, then the same point in a view of the plan; three such pairs and more.</source>
        <translation>Cliquez un point dans l'image en direct, puis le même point dans une vue du plan ; trois paires ou plus.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Clock skew, s</source>
        <translation>Décalage d'horloge, s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Close case</source>
        <translation>Fermer le cas</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Compare the image with the planned path: accept it (key R), or reject it (key X).</source>
        <translation>Comparez l'image et le trajet planifié : acceptez le recalage (touche R) ou rejetez-le (touche X).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Configuration: {path}</source>
        <translation>Configuration : {path}</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Configured scanners and archives</source>
        <translation>Scanners et archives configurés</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Confirm or take back</source>
        <translation>Confirmer ou annuler</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Conformance statement</source>
        <translation>Déclaration de conformité</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Correct the AE title of this node; capitals matter.</source>
        <translation>Corrigez le titre AE de ce nœud ; les majuscules comptent.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Correct the called AE title there.</source>
        <translation>Corrigez le titre AE appelé à cet endroit.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Correct the host of this node, or use its IP address.</source>
        <translation>Corrigez l'hôte de ce nœud, ou utilisez son adresse IP.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Cranio-caudal angle</source>
        <translation>Angle cranio-caudal</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Curves as a table</source>
        <translation>Courbes en tableau</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>DICOM node</source>
        <translation>Nœud DICOM</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Debrief</source>
        <translation>Bilan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Delay</source>
        <translation>Délai</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Demonstration</source>
        <translation>Démonstration</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Depth</source>
        <translation>Profondeur</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Depth of the tip from entry to target</source>
        <translation>Profondeur de la pointe, de l'entrée à la cible</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Depth to the target</source>
        <translation>Distance à la cible</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Depth:</source>
        <translation>Profondeur :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Description</source>
        <translation>Description</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>DetectorElementSpacing or FieldOfViewOrigin is missing, so the isocentre's place is unknown.</source>
        <translation>DetectorElementSpacing ou FieldOfViewOrigin manque : la place de l'isocentre est inconnue.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>Disc infiltration</source>
        <translation>Infiltration discale</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>DistanceSourceToPatient {sod:g} mm is not less than DistanceSourceToDetector {sid:g} mm.</source>
        <translation>DistanceSourceToPatient {sod:g} mm n'est pas inférieure à DistanceSourceToDetector {sid:g} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Done ({comment}).</source>
        <translation>Terminé ({comment}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Done.</source>
        <translation>Terminé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Dose</source>
        <translation>Dose</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Dose:</source>
        <translation>Dose :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Down the path</source>
        <translation>Dans l'axe du trajet</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Down the path: the ring is the tolerance, the disc the tip, the circle where it will end. The bar: the depth, from the skin to the target</source>
        <translation>Dans l'axe du trajet : l'anneau est la tolérance, le disque la pointe, le cercle l'endroit où elle arrivera. La barre : la profondeur, de la peau à la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Drag the entry or the target in any view.</source>
        <translation>Faites glisser l'entrée ou la cible dans n'importe quelle vue.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Drag the entry or the target in any view; guidance keeps to the plan meanwhile</source>
        <translation>Faites glisser l'entrée ou la cible dans une vue ; le guidage garde le plan pendant ce temps</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Drive it yourself</source>
        <translation>À vous de jouer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Each visible segment is a zone to stay out of; segments named by their level (T12, L4) are vertebrae, in which paths can be proposed</source>
        <translation>Chaque segment visible est une zone à éviter ; les segments nommés par leur niveau (T12, L4) sont des vertèbres, où des trajets peuvent être proposés</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Echo, then a test image, then a query, as far as the node's services say</source>
        <translation>Écho, puis une image d'essai, puis une requête, selon les services du nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>End</source>
        <translation>Fin</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Enter this node's AE title, address and port at the peer.</source>
        <translation>Saisissez le titre AE, l'adresse et le port de ce nœud chez le correspondant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Enter {own} with this computer's address in the peer's list of nodes; capitals matter.</source>
        <translation>Saisissez {own} avec l'adresse de cet ordinateur dans la liste des nœuds du correspondant ; les majuscules comptent.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Entry, LPS</source>
        <translation>Entrée, LPS</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/epidural-infiltration.json"/>
        <source>Epidural infiltration</source>
        <translation>Infiltration épidurale</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Every caller is admitted for</source>
        <translation>Tout appelant est admis pendant</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Every caller is admitted for {n:.0f} more minutes</source>
        <translation>Tout appelant est admis pendant encore {n:.0f} minutes</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Every caller is admitted for {n:g} minutes.</source>
        <translation>Tout appelant est admis pendant {n:g} minutes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Export</source>
        <translation>Exporter</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Export settings</source>
        <translation>Exporter les réglages</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>F</source>
        <translation>F</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/facet-infiltration.json"/>
        <source>Facet joint infiltration</source>
        <translation>Infiltration articulaire postérieure</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>Far cortex in</source>
        <translation>Corticale opposée à</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>FieldOfViewRotation is none of 0, 90, 180 and 270, so nothing is measured on this image.</source>
        <translation>FieldOfViewRotation ne vaut ni 0, ni 90, ni 180, ni 270 : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>File:</source>
        <translation>Fichier :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>First image received</source>
        <translation>Première image reçue</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Fluoroscopy</source>
        <translation>Radioscopie</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/foraminal-infiltration.json"/>
        <source>Foraminal infiltration</source>
        <translation>Infiltration foraminale</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Forget the registration and search for the next image anew</source>
        <translation>Oublier le recalage et rechercher la prochaine image depuis le début</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Forget the selected remote node</source>
        <translation>Oublier le nœud distant choisi</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>Frames</source>
        <translation>Images</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Freeze views</source>
        <translation>Figer les vues</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>From here to the first image</source>
        <translation>D'ici à la première image</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>From the catalogue:</source>
        <translation>Du catalogue :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>From where on nearness to this zone is alerted</source>
        <translation>À partir de quelle proximité de cette zone une alerte est donnée</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>From where on the angle to the path is alerted</source>
        <translation>À partir de quel angle avec le trajet une alerte est donnée</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>From where on the distance from the path is alerted</source>
        <translation>À partir de quelle distance du trajet une alerte est donnée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>Give either --out, a new folder, or --send, a node as AE@HOST:PORT.</source>
        <translation>Donnez soit --out, un nouveau dossier, soit --send, un nœud sous la forme AE@HÔTE:PORT.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Give this AE title the right at the peer.</source>
        <translation>Donnez ce droit à ce titre AE chez le correspondant.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Give up what is being prepared</source>
        <translation>Abandonner ce qui est en préparation</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Go on</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Go to an image; the registration is searched for anew</source>
        <translation>Aller à une image ; le recalage est recherché à nouveau</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Guidance against the truth</source>
        <translation>Le guidage comparé à la vérité</translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Guidance of percutaneous spine procedures in the CT and fluoroscopy room: live images arrive by DICOM, are registered to the plan, the instrument is found in them, and an alert is raised when it leaves the planned path. Not for clinical use: research and training.</source>
        <translation>Guidage des interventions percutanées du rachis en salle de scanner et de radioscopie : les images arrivent en direct par DICOM, sont recalées sur le plan, l'instrument y est repéré, et une alerte est donnée quand il quitte le trajet prévu. Pas d'usage clinique : recherche et formation.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Guide</source>
        <translation>Guidage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Guide along the corrected path</source>
        <translation>Guider sur le trajet corrigé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Guide only after it is accepted</source>
        <translation>Ne guider qu'après acceptation</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>H</source>
        <translation>H</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Held picture: not current</source>
        <translation>Image figée : pas l'état actuel</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Hold</source>
        <translation>Figer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Hold the instrument yourself: the virtual CT takes an image whenever you ask for one</source>
        <translation>Tenez l'instrument vous-même : le scanner virtuel prend une image quand vous la demandez</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How deep the tip is below the skin</source>
        <translation>Profondeur de la pointe sous la peau</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How long the instrument is from hub to tip</source>
        <translation>Longueur de l'instrument, de l'embase à la pointe</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How much of the radiograph that the planning CT gives by this registration is laid over the live one</source>
        <translation>Part de la radiographie calculée du scanner de planification, selon ce recalage, superposée à l'image en direct</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How near the guidance came to the truth of a simulated case</source>
        <translation>À quel point le guidage a approché la vérité d'un cas simulé</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How near to the target counts as reached, and how far past it is too deep</source>
        <translation>À quelle distance la cible est atteinte, et au-delà de combien c'est trop profond</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How the instrument leans towards the head</source>
        <translation>Inclinaison de l'instrument vers la tête</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How the instrument leans towards the left</source>
        <translation>Inclinaison de l'instrument vers la gauche</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>How thick the instrument is</source>
        <translation>Épaisseur de l'instrument</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Image age</source>
        <translation>Âge de l'image</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Image and plan were compared and fit: guide by this registration</source>
        <translation>L'image et le plan ont été comparés et concordent : guider avec ce recalage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Image:</source>
        <translation>Image :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>ImageOrientationPatient {value} is not two perpendicular unit vectors.</source>
        <translation>ImageOrientationPatient {value} n'est pas formé de deux vecteurs unitaires perpendiculaires.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>ImagerPixelSpacing is missing or impossible, so nothing is measured on this image.</source>
        <translation>ImagerPixelSpacing manque ou est impossible : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Images</source>
        <translation>Images</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>Images of another patient are arriving: they are stored and not shown. Check whom the scanner has registered.</source>
        <translation>Des images d'un autre patient arrivent : elles sont conservées et non affichées. Vérifiez quel patient est enregistré sur le scanner.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Images/s</source>
        <translation>Images/s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Images: {n} ({used:.1f} MB, {unseen} not looked at); free disk {free:.1f} GB</source>
        <translation>Images : {n} ({used:.1f} Mo, {unseen} non consultées) ; disque libre {free:.1f} Go</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Import</source>
        <translation>Importer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Import settings</source>
        <translation>Importer des réglages</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>In {n} of {m} images the instrument was beyond the tolerance; at worst {mm:.1f} mm beside the path and {deg:.1f}°.</source>
        <translation>Sur {n} images parmi {m}, l'instrument était hors tolérance ; au pire à {mm:.1f} mm du trajet et à {deg:.1f}°.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>In-plane angle</source>
        <translation>Angle dans le plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>In-plane angle from the vertical</source>
        <translation>Angle dans le plan par rapport à la verticale</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Instrument</source>
        <translation>Instrument</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Instrument:</source>
        <translation>Instrument :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Into</source>
        <translation>Dans</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It does not know the calling AE title {own}.</source>
        <translation>Il ne connaît pas le titre AE appelant {own}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It does not know this protocol.</source>
        <translation>Il ne connaît pas ce protocole.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It gave no reason.</source>
        <translation>Il n'a donné aucune raison.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>It has called</source>
        <translation>Il a appelé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It has too many associations open.</source>
        <translation>Il a trop d'associations ouvertes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>It is being restarted. If this stays, ask the technician to look at the Node page.</source>
        <translation>Il est en cours de redémarrage. Si cela dure, demandez au manipulateur de regarder la page Nœud.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It is busy at the moment.</source>
        <translation>Il est occupé en ce moment.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>It is not called {called}.</source>
        <translation>Il ne s'appelle pas {called}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>It listens on this machine only. For a scanner, set host in the settings file to this machine's address.</source>
        <translation>Il n'écoute que sur cette machine. Pour un scanner, mettez dans host, dans le fichier de réglages, l'adresse de cette machine.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>It stopped {mm:.1f} mm before the target</source>
        <translation>Il s'est arrêté {mm:.1f} mm avant la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>It went {mm:.1f} mm past the target</source>
        <translation>Il a dépassé la cible de {mm:.1f} mm</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Its address in the network</source>
        <translation>Son adresse sur le réseau</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Its port</source>
        <translation>Son port</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Judge by the tolerances and margins of the plan again</source>
        <translation>Juger de nouveau selon les tolérances et les marges du plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Judge the session that runs, or the last one: what went well, what cost points</source>
        <translation>Juger la séance en cours, ou la dernière : ce qui a réussi, ce qui a coûté des points</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Keep it in the settings of the node; it may send from its address</source>
        <translation>Le garder dans les réglages du nœud ; il peut envoyer depuis son adresse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Kept for</source>
        <translation>Conservé pendant</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Keys: + − arrows, I takes an image</source>
        <translation>Touches : + − flèches, I prend une image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Landmarks</source>
        <translation>Repères</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/landmarks.py"/>
        <source>Landmarks come in pairs of points: mark each one in the live image and in the plan.</source>
        <translation>Les repères vont par paires de points : marquez chacun dans l'image en direct et dans le plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Last seen</source>
        <translation>Vu pour la dernière fois</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Lateral to the path</source>
        <translation>Écart latéral au trajet</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Lateral:</source>
        <translation>Écart latéral :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Layout:</source>
        <translation>Disposition :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Lean to head</source>
        <translation>Incliner vers la tête</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Lean to head:</source>
        <translation>Vers la tête :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Lean to left</source>
        <translation>Incliner vers la gauche</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Lean to left:</source>
        <translation>Vers la gauche :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Left</source>
        <translation>Gauche</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Let alerts be heard</source>
        <translation>Faire entendre les alertes</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Let the selected caller in from now on</source>
        <translation>Admettre désormais l'appelant choisi</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Let the views stand still; numbers and alerts go on</source>
        <translation>Laisser les vues immobiles ; les valeurs et les alertes continuent</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Limits</source>
        <translation>Limites</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>Listening as {where}.</source>
        <translation>À l'écoute sous {where}.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Live guidance</source>
        <translation>Guidage en direct</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Live guidance on the open case, sent by the virtual room over a real DICOM association</source>
        <translation>Guidage en direct sur le cas ouvert, envoyé par la salle virtuelle par une vraie association DICOM</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Live image</source>
        <translation>Image en direct</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Live view follows:</source>
        <translation>La vue en direct suit :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Longest gap, s</source>
        <translation>Plus longue interruption, s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Look at the peer's disk; for a C-MOVE: its entry for the destination.</source>
        <translation>Regardez le disque du correspondant ; pour un C-MOVE : son entrée pour la destination.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>Look for the series again.</source>
        <translation>Recherchez la série à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Look into the peer's log.</source>
        <translation>Regardez le journal du correspondant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Look into the peer's log; it may want TLS, or not know this computer.</source>
        <translation>Regardez le journal du correspondant ; il exige peut-être TLS, ou ne connaît pas cet ordinateur.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Make the corrected path the plan that is guided along</source>
        <translation>Faire du trajet corrigé celui sur lequel on guide</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Margin around other zones:</source>
        <translation>Marge autour des autres zones :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Mark</source>
        <translation>Marquer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Mark landmarks</source>
        <translation>Marquer des repères</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>Metal is seen on the skin only: it does not point into the patient.</source>
        <translation>Du métal n'est visible qu'à la peau : il n'est pas dirigé vers l'intérieur du patient.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Modality</source>
        <translation>Modalité</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Move by 1 mm to</source>
        <translation>Déplacer de 1 mm vers</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Move by 5 mm to</source>
        <translation>Déplacer de 5 mm vers</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Move the path</source>
        <translation>Déplacer le trajet</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Move towards</source>
        <translation>Déplacer vers</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Name on the package:</source>
        <translation>Nom sur l'emballage :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Name:</source>
        <translation>Nom :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Needle</source>
        <translation>Aiguille</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Next image</source>
        <translation>Image suivante</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/supervisor.py"/>
        <source>No Python interpreter was found to run the DICOM node: install PythonSlicer or python3.</source>
        <translation>Aucun interpréteur Python n'a été trouvé pour le nœud DICOM : installez PythonSlicer ou python3.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>No alert</source>
        <translation>Aucune alerte</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/address.py"/>
        <source>No browser was found here: open that address in one.</source>
        <translation>Aucun navigateur n'a été trouvé ici : ouvrez cette adresse dans un navigateur.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>No case is open.</source>
        <translation>Aucun cas n'est ouvert.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>No image has arrived since the tracked tool was left.</source>
        <translation>Aucune image n'est arrivée depuis que l'outil suivi a été abandonné.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>No image has arrived yet.</source>
        <translation>Aucune image n'est encore arrivée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>No instrument is seen in the image.</source>
        <translation>Aucun instrument n'est vu dans l'image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/xray.py"/>
        <source>No instrument is seen near the planned path.</source>
        <translation>Aucun instrument n'est vu près du trajet prévu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>No new image is arriving: the position is hidden.</source>
        <translation>Aucune nouvelle image n'arrive : la position est masquée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>No outline, no blending:</source>
        <translation>Ni contour ni fondu :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Nobody is scheduled.</source>
        <translation>Personne n'est programmé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Nobody may call this node.</source>
        <translation>Personne ne peut appeler ce nœud.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Node</source>
        <translation>Nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Not for clinical use: research and training</source>
        <translation>Pas d'usage clinique : recherche et formation</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Note this moment, to find it again</source>
        <translation>Noter cet instant pour le retrouver</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Nothing is being recorded. A recording is a case folder: the Training page lists it and plays it again.</source>
        <translation>Rien n'est enregistré. Un enregistrement est un dossier de cas : la page Formation le propose et le rejoue.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/opening.py"/>
        <source>Nothing is being uploaded.</source>
        <translation>Rien n'est en cours de téléversement.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planner.py"/>
        <source>Nothing is segmented: open a segmentation with S1 or the sacrum, or draw the path by hand.</source>
        <translation>Rien n'est segmenté : ouvrez une segmentation avec S1 ou le sacrum, ou tracez le trajet à la main.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Nothing listens on {host}:{port}: the node is not running.</source>
        <translation>Rien n'écoute sur {host}:{port} : le nœud ne fonctionne pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Nothing was found.</source>
        <translation>Rien n'a été trouvé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recording.py"/>
        <source>Nothing was recorded: no image arrived.</source>
        <translation>Rien n'a été enregistré : aucune image n'est arrivée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/opening.py"/>
        <source>Nothing was uploaded.</source>
        <translation>Rien n'a été téléversé.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Of zones for which the procedure states no margin; each can be changed while guiding</source>
        <translation>Des zones pour lesquelles la procédure ne donne pas de marge ; chacune peut être changée pendant le guidage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node.py"/>
        <source>Old images cannot be deleted: {why}.</source>
        <translation>Les anciennes images ne peuvent pas être supprimées : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>On the scanner, add this node with the AE title, address and port above, and press Verify.</source>
        <translation>Sur le scanner, ajoutez ce nœud avec le titre AE, l'adresse et le port ci-dessus, puis lancez la vérification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>On the scanner, send one image, or switch on the automatic transfer.</source>
        <translation>Sur le scanner, envoyez une image, ou activez le transfert automatique.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>Only listed callers are admitted.</source>
        <translation>Seuls les appelants de la liste sont admis.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Open a case folder on the Training page.</source>
        <translation>Ouvrez un dossier de cas sur la page Formation.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>Open a live session (spineguide guide CASE), or run spineguide node serve.</source>
        <translation>Ouvrez une session en direct (spineguide guide CAS), ou lancez spineguide node serve.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Open case</source>
        <translation>Ouvrir le cas</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Open sample case</source>
        <translation>Ouvrir le cas d'exemple</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Open the case folder named above</source>
        <translation>Ouvrir le dossier de cas nommé ci-dessus</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Open the case that travels with the module</source>
        <translation>Ouvrir le cas fourni avec le module</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Opening the case …</source>
        <translation>Ouverture du cas…</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Operator</source>
        <translation>Opérateur</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Outer diameter:</source>
        <translation>Diamètre extérieur :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Outline of the bone over the radiograph</source>
        <translation>Contour de l'os sur la radiographie</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>P</source>
        <translation>P</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Path:</source>
        <translation>Trajet :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Patient</source>
        <translation>Patient</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Patient ID:</source>
        <translation>Identifiant du patient :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>PatientOrientation does not fit the positioner's angles, so nothing is measured on this image.</source>
        <translation>PatientOrientation ne correspond pas aux angles du statif : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pelvic-screw.json"/>
        <source>Pelvic screw</source>
        <translation>Vis pelvienne</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pedicle-screw.json"/>
        <source>Percutaneous pedicle screw</source>
        <translation>Vis pédiculaire percutanée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Picture</source>
        <translation>Copie d'écran</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>PixelSpacing {value} is not two positive lengths.</source>
        <translation>PixelSpacing {value} n'est pas formé de deux longueurs positives.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/steps.py"/>
        <source>Plan checked</source>
        <translation>Plan vérifié</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Plan from nodes in the scene</source>
        <translation>Plan à partir des nœuds de la scène</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Plan sheet</source>
        <translation>Fiche du plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Plan sheet:</source>
        <translation>Fiche du plan :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Plan sheet: {procedure}, patient {id}</source>
        <translation>Fiche de plan : {procedure}, patient {id}</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Planned path:</source>
        <translation>Trajet prévu :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Planning CT:</source>
        <translation>Scanner de planification :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Planning CT: series {uid}</source>
        <translation>Scanner de planification : série {uid}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Play</source>
        <translation>Lecture</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Play or pause</source>
        <translation>Lecture ou pause</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Play the sounds of the three priorities, one after another</source>
        <translation>Jouer les sons des trois priorités, l'un après l'autre</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Port:</source>
        <translation>Port :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Position:</source>
        <translation>Position :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Predicted miss</source>
        <translation>Écart prévu à la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Press F, or the button, to go on.</source>
        <translation>Appuyez sur F, ou sur le bouton, pour continuer.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Procedure</source>
        <translation>Intervention</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Procedure:</source>
        <translation>Intervention :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/steps.py"/>
        <source>Progress</source>
        <translation>Progression</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Propose a path</source>
        <translation>Proposer un trajet</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Propose paths</source>
        <translation>Proposer des trajets</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Puncture</source>
        <translation>Ponction</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Puncture to head:</source>
        <translation>Ponction vers la tête :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Puncture to left:</source>
        <translation>Ponction vers la gauche :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>Pushed on like this, the instrument passes the target at {value:.1f} mm (tolerance {limit:.1f} mm).</source>
        <translation>Poussé ainsi, l'instrument passera à {value:.1f} mm de la cible (tolérance {limit:.1f} mm).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>Pushed on: {zone}</source>
        <translation>En avançant : {zone}</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Put the deviations of the session into the scene as a table, for Slicer's plots</source>
        <translation>Mettre les écarts de la séance dans la scène sous forme de tableau, pour les graphiques de Slicer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Put the ends back to where the plan has them</source>
        <translation>Remettre les extrémités où le plan les place</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Query</source>
        <translation>Rechercher</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/bullseye.py"/>
        <source>R</source>
        <translation>R</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Received</source>
        <translation>Reçues</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/retention.py"/>
        <source>Received images take {used:.1f} of {allowed:.1f} GB; after that the oldest are deleted.</source>
        <translation>Les images reçues occupent {used:.1f} Go sur {allowed:.1f} ; ensuite les plus anciennes sont supprimées.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/retention.py"/>
        <source>Received images take {used:.1f} of {allowed:.1f} GB; nobody has looked at them, or they just came: move some away.</source>
        <translation>Les images reçues occupent {used:.1f} Go sur {allowed:.1f} ; personne ne les a regardées, ou elles viennent d'arriver : déplacez-en ailleurs.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Received:</source>
        <translation>Reçus :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Record</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Recorded last:</source>
        <translation>Dernier enregistrement :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Recording</source>
        <translation>Enregistrement</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Recordings and sample cases</source>
        <translation>Enregistrements et exemples</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Redo</source>
        <translation>Rétablir</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Refused</source>
        <translation>Refusées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Register again</source>
        <translation>Recaler à nouveau</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Register again, move the start or mark landmarks in the Registration menu, or accept it after all (key R).</source>
        <translation>Recalez à nouveau, déplacez le départ ou marquez des repères dans le menu Recalage, ou acceptez-le malgré tout (touche R).</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Register anew</source>
        <translation>Recaler à nouveau</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Register from landmarks</source>
        <translation>Recaler par les repères</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Registration</source>
        <translation>Recalage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/steps.py"/>
        <source>Registration accepted</source>
        <translation>Recalage accepté</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Registration by hand</source>
        <translation>Recalage à la main</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Registration:</source>
        <translation>Recalage :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Reject</source>
        <translation>Rejeter</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Rejected</source>
        <translation>Rejetées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Remote nodes</source>
        <translation>Nœuds distants</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Remote nodes:</source>
        <translation>Nœuds distants :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Remove</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Replace the node's settings by those of the file, if they are valid</source>
        <translation>Remplacer les réglages du nœud par ceux du fichier, s'ils sont valides</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Replay and training</source>
        <translation>Relecture et formation</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Replay the images of the open case through the live loop</source>
        <translation>Rejouer les images du cas ouvert dans la boucle de guidage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Report</source>
        <translation>Compte rendu</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Report file:</source>
        <translation>Fichier du compte rendu :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Right</source>
        <translation>Droite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>Rows and Columns are {rows} and {columns}: no image.</source>
        <translation>Rows et Columns valent {rows} et {columns} : pas d'image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>SOP Class UID differs between command and context</source>
        <translation>Le SOP Class UID de la commande diffère de celui du contexte</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/sacral-osteosynthesis.json"/>
        <source>Sacral osteosynthesis</source>
        <translation>Ostéosynthèse du sacrum</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/sacro-iliac-infiltration.json"/>
        <source>Sacro-iliac joint infiltration</source>
        <translation>Infiltration sacro-iliaque</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/ct_image.py"/>
        <source>SamplesPerPixel is {n}: a CT image has one.</source>
        <translation>SamplesPerPixel vaut {n} : une image de scanner en a un.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Save a picture of the views with everything in them</source>
        <translation>Enregistrer une image des vues avec tout ce qu'elles montrent</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Save plan</source>
        <translation>Enregistrer le plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Save plan sheet</source>
        <translation>Enregistrer la fiche du plan</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Save report</source>
        <translation>Enregistrer le compte rendu</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Score against the truth</source>
        <translation>Noter par rapport à la vérité</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Screw</source>
        <translation>Vis</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Search</source>
        <translation>Rechercher</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Search for the safest paths through this pedicle; a person decides</source>
        <translation>Chercher les trajets les plus sûrs par ce pédicule ; c'est une personne qui décide</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/views.py"/>
        <source>Second X-ray view</source>
        <translation>Seconde incidence radiologique</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Segmentation of the vertebrae, on this machine</source>
        <translation>Segmentation des vertèbres, sur cette machine</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Series</source>
        <translation>Série</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Services</source>
        <translation>Services</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Services:</source>
        <translation>Services :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Settings and conformance</source>
        <translation>Réglages et conformité</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Show positions only after the registration was accepted</source>
        <translation>N'afficher une position qu'après acceptation du recalage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Show the next image and stand still</source>
        <translation>Afficher l'image suivante et s'arrêter</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Silence</source>
        <translation>Silence</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Silence the selected alert, or all that are on; their state stays visible</source>
        <translation>Acquitter l'alerte choisie, ou toutes ; leur état reste visible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/steps.py"/>
        <source>Skin entry</source>
        <translation>Point d'entrée cutané</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Skin entry from the midline</source>
        <translation>Point d'entrée cutané par rapport à la ligne médiane</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Skin entry to target</source>
        <translation>Du point d'entrée cutané à la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Skin to target</source>
        <translation>De la peau à la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Skipped</source>
        <translation>Sautées</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Slicer's views</source>
        <translation>Les vues de Slicer</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Slices</source>
        <translation>Coupes</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Slices to head:</source>
        <translation>Coupes vers la tête :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Sound</source>
        <translation>Son</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Sound on or off</source>
        <translation>Son activé ou coupé</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Speed:</source>
        <translation>Vitesse :</translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Spine Guide</source>
        <translation>Spine Guide</translation>
    </message>
    <message>
        <location filename="../../SpineGuide.py"/>
        <source>Spine Guide case</source>
        <translation>Cas Spine Guide</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Spool folder</source>
        <translation>Dossier de réception</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Spool, certificate, port and callers of this node</source>
        <translation>Stockage, certificat, port et appelants de ce nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Start by hand, by</source>
        <translation>Départ manuel, par pas de</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Start live guidance</source>
        <translation>Démarrer le guidage en direct</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Start moved:</source>
        <translation>Départ déplacé :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Start recording</source>
        <translation>Démarrer l'enregistrement</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Start replay</source>
        <translation>Démarrer la relecture</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Start the DICOM node and guide on what arrives</source>
        <translation>Démarrer le nœud DICOM et guider sur ce qui arrive</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Start the registration where the pairs put it: at least 3 in CT, 2 in radiographs</source>
        <translation>Partir pour le recalage de la position donnée par les paires : au moins 3 au scanner, 2 en radioscopie</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Steps</source>
        <translation>Étapes</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Stop guiding: nothing that was shown stays</source>
        <translation>Arrêter le guidage : rien de ce qui était affiché ne reste</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Stop recording</source>
        <translation>Arrêter l'enregistrement</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Stop what runs and take the case out of the scene</source>
        <translation>Arrêter ce qui tourne et retirer le cas de la scène</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Storage</source>
        <translation>Stockage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Stored an image of patient {id}; delete it there.</source>
        <translation>Une image du patient {id} a été enregistrée ; supprimez-la là-bas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Study</source>
        <translation>Examen</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Switch that service on at the peer, or remove it from this node's services.</source>
        <translation>Activez ce service chez le correspondant, ou retirez-le des services de ce nœud.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>TLS handshake failed: {why}</source>
        <translation>Échec de la négociation TLS : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>TLS until {date}</source>
        <translation>TLS jusqu'au {date}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Table position of the entry slice</source>
        <translation>Position de table de la coupe d'entrée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Take a first image; if none arrives, the Node page shows what the scanner must be told.</source>
        <translation>Prenez une première image ; si aucune n'arrive, la page Nœud montre ce qu'il faut indiquer au scanner.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Take a new image. If you did, check on the Node page whether images arrive.</source>
        <translation>Prenez une nouvelle image. Si c'est fait, vérifiez sur la page Nœud que les images arrivent.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Take all marks away</source>
        <translation>Effacer tous les repères</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Take an image through the instrument's tip.</source>
        <translation>Prenez une image passant par la pointe de l'instrument.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Take an image through the planned vertebra, or register again.</source>
        <translation>Prenez une image passant par la vertèbre prévue, ou recalez à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Take another image, and compare the bone's outline with the plan before you go on.</source>
        <translation>Prenez une autre image et comparez le contour de l'os avec le plan avant de continuer.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Take back</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Take control</source>
        <translation>Prendre la main</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/serving.py"/>
        <source>Take control first.</source>
        <translation>Prenez d'abord la main.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Take image</source>
        <translation>Prendre une image</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Take the last mark back</source>
        <translation>Annuler le dernier repère</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/steps.py"/>
        <source>Target confirmed</source>
        <translation>Cible confirmée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>Target in the planning CT</source>
        <translation>La cible dans le scanner de planification</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Target, LPS</source>
        <translation>Cible, LPS</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>Tell this page the scanner's AE title below, or admit it once it has called.</source>
        <translation>Indiquez à cette page le titre AE du scanner ci-dessous, ou admettez-le quand il a appelé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Test store</source>
        <translation>Envoi d'essai</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Test the alarm sound</source>
        <translation>Tester le son d'alarme</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Test the sound</source>
        <translation>Essayer le son</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/surfaces.py"/>
        <source>The CT shows no body: nothing in it is denser than air.</source>
        <translation>Le scanner ne montre aucun corps : rien n'y est plus dense que l'air.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/surfaces.py"/>
        <source>The CT shows no bone: nothing in it is as dense.</source>
        <translation>Le scanner ne montre pas d'os : rien n'y est aussi dense.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/supervisor.py"/>
        <source>The DICOM node cannot be started: {why}.</source>
        <translation>Le nœud DICOM ne peut pas démarrer : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/supervisor.py"/>
        <source>The DICOM node did not start within {s:g} s.</source>
        <translation>Le nœud DICOM n'a pas démarré en {s:g} s.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The DICOM node does not answer: no image can arrive.</source>
        <translation>Le nœud DICOM ne répond pas : aucune image ne peut arriver.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/supervisor.py"/>
        <source>The DICOM node ended (status {code}) and is started again.</source>
        <translation>Le nœud DICOM s'est arrêté (état {code}) et redémarre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The DICOM node is down: no image can arrive until it runs again.</source>
        <translation>Le nœud DICOM est arrêté : aucune image ne peut arriver avant qu'il refonctionne.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The TCP port that the scanner sends to; 0 takes a free one</source>
        <translation>Le port TCP vers lequel le scanner envoie ; 0 en prend un libre</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/tls.py"/>
        <source>The TLS certificate expired on {date}: peers will refuse it; install a new one.</source>
        <translation>Le certificat TLS a expiré le {date} : les correspondants le refuseront ; installez-en un nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/tls.py"/>
        <source>The TLS certificate expires in {days:.0f} days, on {date}: renew it.</source>
        <translation>Le certificat TLS expire dans {days:.0f} jours, le {date} : renouvelez-le.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The TLS handshake with {host}:{port} failed: {why}.</source>
        <translation>La négociation TLS avec {host}:{port} a échoué : {why}.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The alerts that are on, the most urgent first; choose one to acknowledge it alone</source>
        <translation>Les alertes en cours, la plus urgente d'abord ; en choisir une pour l'acquitter seule</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/sacral-osteosynthesis.json"/>
        <source>The cement is in place and none has leaked</source>
        <translation>Le ciment est en place, sans fuite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>The certificate {subject} is valid until {date}.</source>
        <translation>Le certificat {subject} est valable jusqu'au {date}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The command says that there is no data set</source>
        <translation>La commande annonce qu'il n'y a pas de données</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/graphics.py"/>
        <source>The console cannot draw because {names} is missing: run '{line}' as root.</source>
        <translation>La console ne peut pas dessiner car {names} manque : lancez « {line} » en tant que root.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/address.py"/>
        <source>The console cannot listen on {host}:{port} ({why}): choose another --port, or 0 for a free one.</source>
        <translation>La console ne peut pas écouter sur {host}:{port} ({why}) : choisissez un autre --port, ou 0 pour un port libre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/address.py"/>
        <source>The console is at {address}</source>
        <translation>La console est à l'adresse {address}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/serving.py"/>
        <source>The console is served beyond this machine ({host}) only over TLS: give --certificate and --key. This makes a pair: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out certificate.pem</source>
        <translation>La console n'est servie au-delà de cette machine ({host}) que par TLS : donnez --certificate et --key. Ceci en fabrique une paire : openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out certificate.pem</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>The console needs the extra 'console' ({why}): install it with pip install 'SlicerSpineGuide[console]'.</source>
        <translation>La console a besoin du complément « console » ({why}) : installez-le avec pip install 'SlicerSpineGuide[console]'.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The debrief</source>
        <translation>Le débriefing</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The disk is full</source>
        <translation>Le disque est plein</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The disk is nearly full</source>
        <translation>Le disque est presque plein</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The disk is nearly full: the node will soon refuse images.</source>
        <translation>Le disque est presque plein : le nœud refusera bientôt des images.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The display failed: nothing on this screen may be trusted.</source>
        <translation>L'affichage a échoué : rien sur cet écran n'est fiable.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>The files are of {n} kinds: send at most 128 at once.</source>
        <translation>Les fichiers sont de {n} sortes : envoyez-en au plus 128 à la fois.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/tubular-discectomy.json"/>
        <source>The first dilator stands on the lamina</source>
        <translation>Le premier dilatateur est sur la lame</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The fit between image and plan is uncertain: no position is shown.</source>
        <translation>La correspondance entre l'image et le plan est incertaine : aucune position n'est affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The folder for images cannot be written</source>
        <translation>Impossible d'écrire dans le dossier des images</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/index.py"/>
        <source>The folder {path} for received images cannot be used ({why}): make it writable, or choose another as spool.</source>
        <translation>Le dossier {path} des images reçues ne peut pas être utilisé ({why}) : rendez-le accessible en écriture, ou choisissez-en un autre comme spool.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/slices.py"/>
        <source>The frame holds no CT slice.</source>
        <translation>L'acquisition ne contient aucune coupe de scanner.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pedicle-screw.json"/>
        <source>The guide wire or trocar is confirmed</source>
        <translation>La broche ou le trocart est confirmé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image does not decide: uncertain.</source>
        <translation>L'image ne tranche pas : incertain.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image does not fit from there: {why}</source>
        <translation>L'image ne se recale pas depuis ce départ : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The image does not fit the plan: no position is shown.</source>
        <translation>L'image ne correspond pas au plan : aucune position n'est affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image does not say where the C-arm stood: landmarks in it have no place.</source>
        <translation>L'image ne dit pas où était l'arceau : des repères n'y ont pas de position.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image is being asked …</source>
        <translation>Recalage de l'image en cours …</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The image is of another patient than the plan: it is stored and not shown.</source>
        <translation>L'image est d'un autre patient que le plan : elle est conservée et non affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The image is old: no position is shown.</source>
        <translation>L'image est ancienne : aucune position n'est affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image locks on it.</source>
        <translation>L'image s'y recale.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>The image locks {mm:.1f} mm and {deg:.1f}° from where it was before.</source>
        <translation>L'image se recale à {mm:.1f} mm et {deg:.1f}° de la position précédente.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/known.py"/>
        <source>The image shows an instrument that was placed before; this path's instrument is not in it.</source>
        <translation>L'image montre un instrument posé auparavant ; celui de ce trajet n'y est pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/known.py"/>
        <source>The image shows the instrument of {path}; this path's instrument is not in it.</source>
        <translation>L'image montre l'instrument de {path} ; celui de ce trajet n'y est pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>The image was turned or mirrored after it was taken, and PatientOrientation does not say how it lies now.</source>
        <translation>L'image a été tournée ou retournée après l'acquisition, et PatientOrientation n'indique pas son orientation actuelle.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The images are of another patient. They are stored and not shown.</source>
        <translation>Les images sont d'un autre patient. Elles sont conservées et non affichées.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The images' orientation, spacing or patient position has changed: the patient is searched for again.</source>
        <translation>L'orientation, l'espacement ou la position du patient des images a changé : le patient est recherché à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/feed.py"/>
        <source>The index of {path} cannot be read: {why}.</source>
        <translation>L'index de {path} ne peut pas être lu : {why}.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The injection is done</source>
        <translation>L'injection est faite</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The instrument</source>
        <translation>L'instrument</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The instrument is no longer seen.</source>
        <translation>L'instrument n'est plus vu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The instrument is not seen in this image.</source>
        <translation>L'instrument n'est pas vu dans cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The instrument is {value:.1f}° off the planned direction (tolerance {limit:.1f}°).</source>
        <translation>L'instrument est à {value:.1f}° de la direction prévue (tolérance {limit:.1f}°).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>The instrument leaves the slices: its tip is not in the image.</source>
        <translation>L'instrument sort des coupes : sa pointe n'est pas dans l'image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>The instrument stayed {mm:.1f} mm away from {zone}.</source>
        <translation>L'instrument est resté à {mm:.1f} mm de {zone}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>The instrument was {mm:.1f} mm inside {zone}.</source>
        <translation>L'instrument était de {mm:.1f} mm à l'intérieur de {zone}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>The instrument's tip cannot be told from the image.</source>
        <translation>La pointe de l'instrument ne se distingue pas dans l'image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>The instrument's tip is at the border of the image.</source>
        <translation>La pointe de l'instrument est au bord de l'image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>The instrument's tip is not in the slices: it may be between them, in a gap of {gap:.1f} mm.</source>
        <translation>La pointe de l'instrument n'est pas dans les coupes : elle est peut-être entre elles, dans un intervalle de {gap:.1f} mm.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The kind of instrument</source>
        <translation>Le type d'instrument</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/landmarks.py"/>
        <source>The landmarks lie in one line, so the turn about it is open: mark one more beside it.</source>
        <translation>Les repères sont alignés, la rotation autour de cette ligne reste donc libre : marquez-en un de plus à côté.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The last image could not be processed: ask for another one.</source>
        <translation>La dernière image n'a pas pu être traitée : demandez-en une autre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The last image is {age:.0f} s old.</source>
        <translation>La dernière image date de {age:.0f} s.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/slices.py"/>
        <source>The live images look turned by 180 degrees about the {axis} axis against the plan: check the patient position.</source>
        <translation>Les images en direct semblent tournées de 180 degrés autour de l'axe {axis} par rapport au plan : vérifiez la position du patient.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The live slice</source>
        <translation>La coupe en direct</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/slices.py"/>
        <source>The live slice does not reach the planned target.</source>
        <translation>La coupe en direct n'atteint pas la cible prévue.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/verdict.py"/>
        <source>The live slice matches the plan nowhere near the target.</source>
        <translation>La coupe en direct ne correspond au plan nulle part près de la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/verdict.py"/>
        <source>The live slice matches the plan only roughly.</source>
        <translation>La coupe en direct ne correspond qu'à peu près au plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/volume_verdict.py"/>
        <source>The new CT does not show the target's vertebra.</source>
        <translation>Le nouveau scanner ne montre pas la vertèbre de la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/volume_verdict.py"/>
        <source>The new CT matches the plan nowhere near the target.</source>
        <translation>Le nouveau scanner ne correspond au plan nulle part près de la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/volume_verdict.py"/>
        <source>The new CT matches the plan only roughly.</source>
        <translation>Le nouveau scanner ne correspond qu'à peu près au plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>The node is not running.</source>
        <translation>Le nœud ne fonctionne pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>The node is running.</source>
        <translation>Le nœud fonctionne.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>The node runs</source>
        <translation>Le nœud fonctionne</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_process.py"/>
        <source>The node was given no configuration ({why}).</source>
        <translation>Le nœud n'a reçu aucune configuration ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The object is larger than this node accepts</source>
        <translation>L'objet dépasse la taille que ce nœud accepte</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>The object was not received</source>
        <translation>L'objet n'a pas été reçu</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The path of the plan that is guided</source>
        <translation>Le trajet du plan qui est guidé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer accepted the association and then fell silent or ended it.</source>
        <translation>Le correspondant a accepté l'association, puis s'est tu ou l'a terminée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer accepts the association, but not the service {service}.</source>
        <translation>Le correspondant accepte l'association, mais pas le service {service}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer answered status 0x{status:04X}: {why}{said}.</source>
        <translation>Le correspondant a répondu l'état 0x{status:04X} : {why}{said}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>The peer does not accept {sop_class} in {syntax}.</source>
        <translation>Le correspondant n'accepte pas {sop_class} en {syntax}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer is no DICOM node, or a very old one.</source>
        <translation>Le correspondant n'est pas un nœud DICOM, ou il est très ancien.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer rejected the association: {why}</source>
        <translation>Le correspondant a rejeté l'association : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>The peer sent no image of that series.</source>
        <translation>Le correspondant n'a envoyé aucune image de cette série.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>The peer takes the connection, but gives no DICOM answer.</source>
        <translation>Le correspondant accepte la connexion, mais ne donne aucune réponse DICOM.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The plan is checked</source>
        <translation>Le plan est vérifié</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The plan with the path as it is now, as JSON beside the sheet: a case folder's plan.json</source>
        <translation>Le plan avec le trajet tel qu'il est maintenant, en JSON à côté de la fiche : le plan.json d'un dossier de cas</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/virtual_ct.py"/>
        <source>The planning CT is {size:.0f} mm wide: live slices need {need:.0f} mm around the path.</source>
        <translation>Le scanner de planification fait {size:.0f} mm de large : les coupes en direct ont besoin de {need:.0f} mm autour du trajet.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>The position is known to {mm:.0f} mm only along the rays: take a second view from another angle.</source>
        <translation>La position n'est connue qu'à {mm:.0f} mm près le long des rayons : prenez une seconde incidence sous un autre angle.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/vertebroplasty.json"/>
        <source>The position of the trocar is confirmed</source>
        <translation>La position du trocart est confirmée</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The procedure's instruments as they are sold; fills in the four fields below</source>
        <translation>Les instruments de la procédure tels qu'ils sont vendus ; remplit les quatre champs suivants</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The proposals, the best first; choosing one draws it as a line</source>
        <translation>Les propositions, la meilleure d'abord ; en choisir une la trace comme ligne</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The puncture from the planned entry, towards the head; only outside the skin</source>
        <translation>Le point de ponction par rapport à l'entrée prévue, vers la tête ; seulement hors de la peau</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The puncture from the planned entry, towards the left; only outside the skin</source>
        <translation>Le point de ponction par rapport à l'entrée prévue, vers la gauche ; seulement hors de la peau</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>The radiograph does not look like the planning CT around the target.</source>
        <translation>La radiographie ne ressemble pas au scanner de planification autour de la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>The radiograph fits the planning CT only roughly.</source>
        <translation>La radiographie ne correspond qu'à peu près au scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recording.py"/>
        <source>The recording ended after {n} images: {why}. Free space on the disk of {path}.</source>
        <translation>L'enregistrement s'est arrêté après {n} images : {why}. Libérez de la place sur le disque de {path}.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The registration is accepted</source>
        <translation>Le recalage est accepté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The registration is lost: the position is hidden. {reason}</source>
        <translation>Le recalage est perdu : la position est masquée. {reason}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The registration is not locked.</source>
        <translation>Le recalage n'est pas verrouillé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The registration is uncertain. {reason}</source>
        <translation>Le recalage est incertain. {reason}</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The registration is wrong: show no position until it is registered anew, or accepted after all</source>
        <translation>Le recalage est faux : ne montrer aucune position avant un nouveau recalage, ou son acceptation malgré tout</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The registration waits to be accepted.</source>
        <translation>Le recalage attend d'être accepté.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The registration waits to be accepted: no position is shown.</source>
        <translation>Le recalage attend d'être accepté : aucune position n'est affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>The registration was rejected by the operator.</source>
        <translation>Le recalage a été rejeté par l'opérateur.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>The registration was rejected: no position is shown.</source>
        <translation>Le recalage a été rejeté : aucune position n'est affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The scanner has started a new frame of reference: the patient is searched for again.</source>
        <translation>Le scanner a ouvert un nouveau repère de coordonnées : le patient est recherché à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/guided_path.py"/>
        <source>The scenario {name} needs a zone to go near: add one to the plan.</source>
        <translation>Le scénario {name} a besoin d'une zone à approcher : ajoutez-en une au plan.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pedicle-screw.json"/>
        <source>The screw is in place</source>
        <translation>La vis est en place</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The side of the pedicle</source>
        <translation>Le côté du pédicule</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The skin is entered</source>
        <translation>La peau est franchie</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/verdict.py"/>
        <source>The slice does not tell the position exactly enough: {mm:.1f} mm, {deg:.1f} degrees.</source>
        <translation>La coupe ne donne pas la position assez exactement : {mm:.1f} mm, {deg:.1f} degrés.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The spread of contrast is confirmed</source>
        <translation>La diffusion du contraste est confirmée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>The stated C-arm geometry does not have the planning CT between source and detector.</source>
        <translation>La géométrie déclarée de l'arceau ne place pas le scanner de planification entre la source et le détecteur.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The step that is chosen in the list, with the time; a double click does the same</source>
        <translation>L'étape choisie dans la liste, avec l'heure ; un double-clic fait de même</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The steps of the procedure with their times, and the marks</source>
        <translation>Les étapes de la procédure avec leurs heures, et les repères</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/slices.py"/>
        <source>The target {point} lies outside the planning CT: correct the plan.</source>
        <translation>La cible {point} est hors du scanner de planification : corrigez le plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/volumes.py"/>
        <source>The target's vertebra is nowhere in the new CT.</source>
        <translation>La vertèbre de la cible n'est nulle part dans le nouveau scanner.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/debrief.py"/>
        <source>The tip ended {mm:.1f} mm beside the planned path (limit {limit:g} mm).</source>
        <translation>La pointe a fini à {mm:.1f} mm à côté du trajet prévu (limite {limit:g} mm).</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pelvic-screw.json"/>
        <source>The tip has passed the fracture and the thread is in bone all along the corridor.</source>
        <translation>La pointe a dépassé la fracture et le filetage est dans l'os tout le long du corridor.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/sacral-osteosynthesis.json"/>
        <source>The tip has passed the fracture and the thread is in bone.</source>
        <translation>La pointe a dépassé la fracture et le filetage est dans l'os.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The tip has reached the planned depth.</source>
        <translation>La pointe a atteint la profondeur prévue.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The tip is at the target</source>
        <translation>La pointe est à la cible</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/pedicle-screw.json"/>
        <source>The tip is in the anterior half of the vertebral body and the thread is in bone all along the pedicle.</source>
        <translation>La pointe est dans la moitié antérieure du corps vertébral et le filetage est dans l'os tout le long du pédicule.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/vertebroplasty.json"/>
        <source>The tip is in the anterior third of the vertebral body.</source>
        <translation>La pointe est dans le tiers antérieur du corps vertébral.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/epidural-infiltration.json"/>
        <source>The tip is in the epidural space and contrast spreads in it.</source>
        <translation>La pointe est dans l'espace épidural et le contraste y diffuse.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/facet-infiltration.json"/>
        <source>The tip is in the joint or touches its capsule.</source>
        <translation>La pointe est dans l'articulation ou au contact de sa capsule.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/sacro-iliac-infiltration.json"/>
        <source>The tip is in the lower third of the joint.</source>
        <translation>La pointe est dans le tiers inférieur de l'articulation.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/disc-infiltration.json"/>
        <source>The tip is in the middle third of the disc.</source>
        <translation>La pointe est dans le tiers moyen du disque.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/foraminal-infiltration.json"/>
        <source>The tip is in the posterior foramen, behind the nerve root, and contrast spreads around it without filling a vessel.</source>
        <translation>La pointe est dans le foramen postérieur, en arrière de la racine, et le contraste diffuse autour d'elle sans opacifier de vaisseau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The tip is {value:.1f} mm beside the planned line (tolerance {limit:.1f} mm).</source>
        <translation>La pointe est à {value:.1f} mm à côté de la ligne prévue (tolérance {limit:.1f} mm).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>The tip is {value:.1f} mm past the target (tolerance {limit:.1f} mm).</source>
        <translation>La pointe a dépassé la cible de {value:.1f} mm (tolérance {limit:.1f} mm).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/external.py"/>
        <source>The tracked tool has not been seen yet.</source>
        <translation>L'outil suivi n'a pas encore été vu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/external.py"/>
        <source>The tracked tool's last position is {age:.1f} s old.</source>
        <translation>La dernière position de l'outil suivi date de {age:.1f} s.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/external.py"/>
        <source>The tracked tool's time is ahead of this computer's clock: its position is not shown.</source>
        <translation>L'heure de l'outil suivi est en avance sur l'horloge de cet ordinateur : sa position n'est pas affichée.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/external.py"/>
        <source>The tracker does not see the tool.</source>
        <translation>Le système de suivi ne voit pas l'outil.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/external.py"/>
        <source>The tracker's matrix is not a rotation and a translation: check the tool's transform.</source>
        <translation>La matrice du système de suivi n'est pas une rotation et une translation : vérifiez la transformation de l'outil.</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/tubular-discectomy.json"/>
        <source>The tube is in place and fixed</source>
        <translation>Le tube est en place et fixé</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/tubular-discectomy.json"/>
        <source>The tube stands on the lamina over the interlaminar window.</source>
        <translation>Le tube est posé sur la lame, devant la fenêtre interlamaire.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The vertebra in which a path is searched for: a segment named by its level</source>
        <translation>La vertèbre où un trajet est cherché : un segment nommé par son niveau</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>The zone whose margin is shown beside it</source>
        <translation>La zone dont la marge est affichée à côté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>There is no computer named {host}.</source>
        <translation>Il n'y a pas d'ordinateur nommé {host}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>There is no current live image to mark a landmark in.</source>
        <translation>Il n'y a pas d'image en direct actuelle où marquer un repère.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/choices.py"/>
        <source>There is no procedure {id}; known: {known}.</source>
        <translation>Il n'y a pas de procédure {id} ; connues : {known}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>There is no radiograph with a known geometry.</source>
        <translation>Il n'y a pas de radiographie de géométrie connue.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/xray_check.py"/>
        <source>There is no registration to check.</source>
        <translation>Il n'y a pas de recalage à vérifier.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/config.py"/>
        <source>There is no remote node named {name}; known: {known}.</source>
        <translation>Il n'y a pas de nœud distant nommé {name} ; connus : {known}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/scenario.py"/>
        <source>There is no scenario {name!r}: choose one of {names}.</source>
        <translation>Il n'y a pas de scénario {name!r} : choisissez parmi {names}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>This AE title may not store here</source>
        <translation>Ce titre AE n'est pas autorisé à stocker ici</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>This is a Secondary Capture, which has no geometry: it is shown and nothing is measured on it.</source>
        <translation>C'est une capture secondaire, sans géométrie : elle est affichée et rien n'y est mesuré.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>This session's node has settings of its own that are not kept in a file.</source>
        <translation>Le nœud de cette session a ses propres réglages, qui ne sont pas gardés dans un fichier.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Time per step</source>
        <translation>Temps par étape</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>To find out what a scanner calls itself; ends by itself</source>
        <translation>Pour savoir comment un scanner se nomme ; s'arrête de lui-même</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>To move the path, press the button; guidance keeps to the plan that was opened.</source>
        <translation>Pour déplacer le trajet, appuyez sur le bouton ; le guidage garde le plan qui a été ouvert.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/limits.py"/>
        <source>To the target</source>
        <translation>Vers la cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/debrief_page.py"/>
        <source>To the target, mm</source>
        <translation>Vers la cible, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>Tolerances</source>
        <translation>Tolérances</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/xray.py"/>
        <source>Too little around the target is both exposed and inside the planning CT to be sure of the position: open the collimator.</source>
        <translation>La partie à la fois exposée et couverte par le scanner de planification autour de la cible est trop petite pour être sûr de la position : ouvrez le collimateur.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Tracked instrument:</source>
        <translation>Instrument suivi :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Training</source>
        <translation>Formation</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Trocar</source>
        <translation>Trocart</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Truth:</source>
        <translation>Vérité :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Try again later, or raise the peer's limit.</source>
        <translation>Réessayez plus tard, ou relevez la limite du correspondant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Try again; if it stays so, look at the peer's disk and load.</source>
        <translation>Réessayez ; si cela persiste, regardez le disque et la charge du correspondant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>Try again; look into the peer's log and at the network.</source>
        <translation>Réessayez ; regardez le journal du correspondant et le réseau.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Tube</source>
        <translation>Tube</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/tubular-discectomy.json"/>
        <source>Tubular access for disc herniation</source>
        <translation>Abord tubulaire pour hernie discale</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Turn about</source>
        <translation>Tourner autour de</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Turn by 1° about</source>
        <translation>Tourner de 1° autour de</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Turn by 5° about</source>
        <translation>Tourner de 5° autour de</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Turned away</source>
        <translation>Éconduits</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Turned away:</source>
        <translation>Refusés :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Undo</source>
        <translation>Annuler la modification</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Usable length:</source>
        <translation>Longueur utile :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Use as plan</source>
        <translation>Utiliser comme plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Use as start</source>
        <translation>Utiliser comme départ</translation>
    </message>
    <message>
        <location filename="../../Resources/Procedures/vertebroplasty.json"/>
        <source>Vertebroplasty</source>
        <translation>Vertébroplastie</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Views and tracked instrument</source>
        <translation>Vues et instrument suivi</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/honest.py"/>
        <source>Watch the scanner's own screen, and start the console again.</source>
        <translation>Regardez l'écran du scanner lui-même, et redémarrez la console.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>What arrives is being recorded. Images so far:</source>
        <translation>Ce qui arrive est enregistré. Images jusqu'ici :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What is done along this path: its tolerances, and the instruments that are used for it</source>
        <translation>Ce que l'on fait sur ce trajet : ses tolérances et les instruments utilisés</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What is imported, or written</source>
        <translation>Ce qui est importé, ou écrit</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What it calls itself</source>
        <translation>Le nom qu'il se donne</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What it is asked for: echo, store, find, get, move, worklist</source>
        <translation>Ce qu'on lui demande : echo, store, find, get, move, worklist</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What speaks against the path, and the numbers of what does not</source>
        <translation>Ce qui s'oppose au trajet, et les chiffres de ce qui ne s'y oppose pas</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>What the scanner has to call: case matters, at most 16 characters</source>
        <translation>Ce que le scanner doit appeler : la casse compte, 16 caractères au plus</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>What the scanner must be told</source>
        <translation>Ce qu'il faut indiquer au scanner</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where alerts came on and what was marked; choosing one goes there</source>
        <translation>Où des alertes sont apparues et ce qui a été marqué ; en choisir un y conduit</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where the large slice view looks</source>
        <translation>Où regarde la grande vue en coupe</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where the registration says that the vertebra's edge is: it must lie on the edge in the image</source>
        <translation>Où se trouve, selon le recalage, le bord de la vertèbre : il doit tomber sur le bord visible dans l'image</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where the report is written (JSON)</source>
        <translation>Où le compte rendu est écrit (JSON)</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where the sheet is written (a page to print)</source>
        <translation>Où la fiche est écrite (une page à imprimer)</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Where the slices are taken, from around the tip towards the head</source>
        <translation>Où les coupes sont prises, d'autour de la pointe vers la tête</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>While it is down, a click in the live image and one at the same place in the planning CT make a pair</source>
        <translation>Tant que le bouton est enfoncé, un clic dans l'image en direct et un au même endroit du scanner de planification forment une paire</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Who called, when, and what was answered; the newest first</source>
        <translation>Qui a appelé, quand, et ce qui lui a été répondu ; le plus récent d'abord</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Who calls, and remote nodes</source>
        <translation>Qui appelle, et nœuds distants</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Who works here: the steps and the log of decisions name you so</source>
        <translation>Qui travaille ici : les étapes et le journal des décisions vous nomment ainsi</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>Window</source>
        <translation>Fenêtrage</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Window and level of the live image and of the planning CT, one after another</source>
        <translation>Fenêtrage de l'image en direct et du scanner de planification, l'un après l'autre</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Window:</source>
        <translation>Fenêtrage :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/guide.py"/>
        <source>Without a locked registration the instrument has no place in the plan.</source>
        <translation>Sans recalage verrouillé, l'instrument n'a pas de place dans le plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/tracking/ct.py"/>
        <source>Without a registration the instrument has no place in the plan.</source>
        <translation>Sans recalage, l'instrument n'a pas de place dans le plan.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Without it a locked registration is enough</source>
        <translation>Sans cela, un recalage verrouillé suffit</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>Worklist</source>
        <translation>Liste de travail</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Write the DICOM conformance statement of the node as it is set up</source>
        <translation>Écrire la déclaration de conformité DICOM du nœud tel qu'il est réglé</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Write the node's settings, for another computer</source>
        <translation>Écrire les réglages du nœud, pour un autre ordinateur</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Write the report of the session that runs, or of the last one</source>
        <translation>Écrire le compte rendu de la session en cours, ou de la dernière</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>X-ray</source>
        <translation>Radiographie</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/sight.py"/>
        <source>X-ray view {number} looks along the path: the instrument's tip and depth cannot be seen in it.</source>
        <translation>L'incidence {number} est dans l'axe du trajet : ni la pointe de l'instrument ni sa profondeur n'y sont visibles.</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Your name</source>
        <translation>Votre nom</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Zone:</source>
        <translation>Zone :</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuide.ui"/>
        <source>Zones and vertebrae:</source>
        <translation>Zones et vertèbres :</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/catalogue.py"/>
        <source>a {kind} is {thin:g} to {thick:g} mm thick and {short:g} to {long:g} mm long, not {diameter:g} by {length:g} mm</source>
        <translation>pour {kind} : {thin:g} à {thick:g} mm d'épaisseur et {short:g} à {long:g} mm de long, pas {diameter:g} sur {length:g} mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>aborted</source>
        <translation>interrompue</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>accepted</source>
        <translation>acceptée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>address</source>
        <translation>adresse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/config.py"/>
        <source>an AE title has 1 to 16 plain characters and no backslash</source>
        <translation>un titre AE a de 1 à 16 caractères simples, sans barre oblique inverse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>axis error, degrees: median, 95 %</source>
        <translation>erreur d'axe, degrés : médiane, 95 %</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>bone clearance, mm</source>
        <translation>distance à la corticale, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/proposing.py"/>
        <source>bone {bone:.1f} mm, canal {canal:.1f} mm</source>
        <translation>os {bone:.1f} mm, canal {canal:.1f} mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>by the peer</source>
        <translation>par le correspondant</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>called AE title {aet} is not this node's</source>
        <translation>le titre AE appelé {aet} n'est pas celui de ce nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>calling AE title {aet} is not listed</source>
        <translation>le titre AE appelant {aet} n'est pas dans la liste</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>canal clearance, mm</source>
        <translation>distance au canal, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>cancelled</source>
        <translation>annulé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>clock s</source>
        <translation>horloge s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>closed</source>
        <translation>fermée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>connection lost</source>
        <translation>connexion perdue</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>cranio-caudal</source>
        <translation>cranio-caudal</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>days</source>
        <translation>jours</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>density, HU</source>
        <translation>densité, UH</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/presenter.py"/>
        <source>does not answer</source>
        <translation>ne répond pas</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>does not answer or has aborted: check the address, the port and that the node runs</source>
        <translation>ne répond pas ou a interrompu : vérifiez l'adresse, le port, et que le nœud fonctionne</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/draft.py"/>
        <source>entry</source>
        <translation>entrée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>events missed</source>
        <translation>événements manqués</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>failed</source>
        <translation>échec</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>false alerts</source>
        <translation>fausses alertes</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>frames locked</source>
        <translation>images verrouillées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>free disk</source>
        <translation>disque libre</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>gap s</source>
        <translation>interruption s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>good</source>
        <translation>bon</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>host</source>
        <translation>hôte</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/gate.py"/>
        <source>host: {host} is no address of this machine: choose one of its own.</source>
        <translation>host : {host} n'est pas une adresse de cette machine : choisissez l'une des siennes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>hub towards the feet</source>
        <translation>embase vers les pieds</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>hub towards the head</source>
        <translation>embase vers la tête</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>image refused</source>
        <translation>image refusée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>images</source>
        <translation>images</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>images in</source>
        <translation>images en</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>images {n:.0f} days old</source>
        <translation>images d’il y a {n:.0f} jours</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>images/s</source>
        <translation>images/s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>in bone, mm</source>
        <translation>dans l'os, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>in-plane</source>
        <translation>dans le plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>inside</source>
        <translation>dedans</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>instrument</source>
        <translation>instrument</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>instrument seen where its tip is in the images</source>
        <translation>instrument vu là où sa pointe est dans les images</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>instrument seen where there is none</source>
        <translation>instrument vu là où il n'y en a pas</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>it could not do it</source>
        <translation>il n'a pas pu le faire</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>it does not keep objects of this kind</source>
        <translation>il ne conserve pas les objets de cette sorte</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>it does not know the destination of the move</source>
        <translation>il ne connaît pas la destination du transfert</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/supervisor.py"/>
        <source>it ends at once</source>
        <translation>il s'arrête aussitôt</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>it finds the object or the query contradictory</source>
        <translation>il trouve l'objet ou la requête contradictoire</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>it is no DICOM file</source>
        <translation>ce n'est pas un fichier DICOM</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/scenario.py"/>
        <source>kernel {name!r} is not one of {names}.</source>
        <translation>le noyau {name!r} n'est pas l'un de {names}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>last seen</source>
        <translation>vu pour la dernière fois</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>left</source>
        <translation>gauche</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/catalogue.py"/>
        <source>length_mm {length:g} and diameter_mm {diameter:g} are exchanged</source>
        <translation>length_mm {length:g} et diameter_mm {diameter:g} sont intervertis</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>limit</source>
        <translation>limite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>limit {limit:g} {unit}</source>
        <translation>limite {limit:g} {unit}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>locked</source>
        <translation>verrouillé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>look</source>
        <translation>à regarder</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>lost</source>
        <translation>perdu</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>may store</source>
        <translation>peut envoyer</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>measured</source>
        <translation>mesuré</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>name</source>
        <translation>nom</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>no</source>
        <translation>non</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>no TLS</source>
        <translation>pas de TLS</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>no association request came in time</source>
        <translation>aucune demande d'association n'est venue à temps</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>no image</source>
        <translation>pas d'image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>nobody</source>
        <translation>personne</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>nodes: {aet} has no host and port, so it cannot be called: add them.</source>
        <translation>nodes : {aet} n'a ni host ni port et ne peut donc pas être appelé : ajoutez-les.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>none yet</source>
        <translation>pas encore</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>not authorised</source>
        <translation>non autorisé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>not known (± {plus_minus})</source>
        <translation>inconnu (± {plus_minus})</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>not looked at</source>
        <translation>non consultées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>not running</source>
        <translation>arrêté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>of 100</source>
        <translation>sur 100</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>of an old image</source>
        <translation>d'une image ancienne</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/decode.py"/>
        <source>of no stated kind</source>
        <translation>de sorte non indiquée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>of the body's outline</source>
        <translation>du contour du corps</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>of the sacrum</source>
        <translation>du sacrum</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>of the vertebra</source>
        <translation>de la vertèbre</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>or drop a case folder or .zip on the page</source>
        <translation>ou déposez un dossier de cas ou un .zip sur la page</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>out of resources</source>
        <translation>à court de ressources</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/review.py"/>
        <source>outside</source>
        <translation>dehors</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>p50/p95 ms</source>
        <translation>p50/p95 ms</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>planted events alerted within two frames</source>
        <translation>événements prévus signalés en deux images au plus</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>port</source>
        <translation>port</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/gate.py"/>
        <source>port: {port} may not be used by this user: choose one from 1024 on, or see docs/node.md for 104.</source>
        <translation>port : {port} n'est pas permis à cet utilisateur : choisissez-en un à partir de 1024, ou voyez docs/node.md pour le 104.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/gate.py"/>
        <source>port: {port} on {host} cannot be used ({why}): stop what uses it or choose another port.</source>
        <translation>port : {port} sur {host} ne peut pas être utilisé ({why}) : arrêtez ce qui l'utilise ou choisissez un autre port.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>refused</source>
        <translation>refusé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>rejected</source>
        <translation>rejetées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>rejects the association: {why}</source>
        <translation>rejette l'association : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>released</source>
        <translation>terminée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>replaying</source>
        <translation>relecture</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>restarts</source>
        <translation>redémarrages</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>right</source>
        <translation>droite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>role</source>
        <translation>rôle</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>running</source>
        <translation>en marche</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>services</source>
        <translation>services</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>silenced</source>
        <translation>silencieux</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/commands.py"/>
        <source>skin to target, mm</source>
        <translation>de la peau à la cible, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>spineguide failed: {why}</source>
        <translation>spineguide a échoué : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/folder_lock.py"/>
        <source>spool: {folder} is used by another node: stop that node, or give this one another spool folder.</source>
        <translation>spool : {folder} est utilisé par un autre nœud : arrêtez ce nœud, ou donnez à celui-ci un autre dossier de réception.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/draft.py"/>
        <source>target</source>
        <translation>cible</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>target registration error, mm: median, 95 %</source>
        <translation>erreur de recalage à la cible, mm : médiane, 95 %</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>the file</source>
        <translation>le fichier</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/pixels.py"/>
        <source>the pixels cannot be decoded ({why}).</source>
        <translation>les pixels ne peuvent pas être décodés ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/ct_image.py"/>
        <source>the pixels have the shape {shape}, which Rows and Columns do not say.</source>
        <translation>les pixels ont la forme {shape}, que Rows et Columns n'indiquent pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>the pixels have the shape {shape}, which is no image.</source>
        <translation>les pixels ont la forme {shape}, qui n'est pas une image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/config.py"/>
        <source>there is no such setting</source>
        <translation>il n'y a pas de tel réglage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>tip error, mm: median, 95 %</source>
        <translation>erreur de pointe, mm : médiane, 95 %</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>tip now</source>
        <translation>pointe</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/tls.py"/>
        <source>tls.ca: {path} cannot be used ({why}).</source>
        <translation>tls.ca : {path} ne peut pas être utilisé ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/tls.py"/>
        <source>tls.certificate: {certificate} and its key {key} cannot be used ({why}).</source>
        <translation>tls.certificate : {certificate} et sa clé {key} ne peuvent pas être utilisés ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/tls.py"/>
        <source>tls.certificate: {path} is no PEM certificate ({why}).</source>
        <translation>tls.certificate : {path} n'est pas un certificat PEM ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>to be accepted</source>
        <translation>à accepter</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/proposing.py"/>
        <source>to the left</source>
        <translation>à gauche</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/proposing.py"/>
        <source>to the right</source>
        <translation>à droite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>too many associations</source>
        <translation>trop d'associations</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>towards the left</source>
        <translation>vers la gauche</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sheet.py"/>
        <source>towards the right</source>
        <translation>vers la droite</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>truth</source>
        <translation>vérité</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>turned away</source>
        <translation>refoulée</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>uncertain</source>
        <translation>incertain</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/readouts.py"/>
        <source>was rejected</source>
        <translation>rejeté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>watching</source>
        <translation>spectateur</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/words.py"/>
        <source>will pass the target at</source>
        <translation>écart final prévu</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>yes</source>
        <translation>oui</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{aet} from {address} was turned away {n} times, last {when}: {why}.</source>
        <translation>{aet} depuis {address} a été éconduit {n} fois, la dernière {when} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{aet} is admitted from any address.</source>
        <translation>{aet} est admis depuis toute adresse.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>{aet} is known, but not from this address</source>
        <translation>{aet} est connu, mais pas depuis cette adresse</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{aet}@{host}:{port}: {running}</source>
        <translation>{aet}@{host}:{port} : {running}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{a} and {b}: {mm:.1f} mm between the two instruments.</source>
        <translation>{a} et {b} : {mm:.1f} mm entre les deux instruments.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{case}: frames.{index}.files: {name} does not exist.</source>
        <translation>{case} : frames.{index}.files : {name} n'existe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>{deg:g}° about {axis}</source>
        <translation>{deg:g}° autour de {axis}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/requests.py"/>
        <source>{failed} of {all} images did not arrive.</source>
        <translation>{failed} images sur {all} ne sont pas arrivées.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/catalogue.py"/>
        <source>{family} has no {name} of {length:g} mm.</source>
        <translation>{family} n'a pas de {name} de {length:g} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>{frames} frames, registration {registration}, report in {path}</source>
        <translation>{frames} images, recalage {registration}, compte rendu dans {path}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>{host} is there, but nothing listens on port {port}.</source>
        <translation>{host} est là, mais rien n'écoute sur le port {port}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/answers.py"/>
        <source>{host}:{port} does not answer.</source>
        <translation>{host}:{port} ne répond pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: bone of {hu:.0f} HU along the path.</source>
        <translation>{id} : os de {hu:.0f} UH le long du trajet.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: bone of {mm:.0f} HU along the path.</source>
        <translation>{id} : os de {mm:.0f} UH le long du trajet.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: enters the body beside the pedicle (extrapedicular) and comes {mm:.1f} mm out of it again.</source>
        <translation>{id} : entre dans le corps à côté du pédicule (extrapédiculaire) et en ressort de {mm:.1f} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: enters the body beside the pedicle (extrapedicular) and stays in it.</source>
        <translation>{id} : entre dans le corps à côté du pédicule (extrapédiculaire) et y reste.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the CT ends before the skin, so the entry cannot be checked.</source>
        <translation>{id} : le scanner s'arrête avant la peau, le point d'entrée ne peut donc pas être vérifié.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the entry is {mm:.0f} mm below the skin.</source>
        <translation>{id} : le point d'entrée est à {mm:.0f} mm sous la peau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the entry is {mm:.0f} mm outside the skin.</source>
        <translation>{id} : le point d'entrée est à {mm:.0f} mm hors de la peau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the head of the screw of {length:g} mm lies {mm:.0f} mm below the bone's surface: choose a longer one.</source>
        <translation>{id} : la tête de la vis de {length:g} mm est à {mm:.0f} mm sous la surface de l'os : choisissez-en une plus longue.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the instrument breaks {mm:.1f} mm through the cortex (Gertzbein-Robbins {g}, Rampersaud {r}, Ravi {v}).</source>
        <translation>{id} : l'instrument traverse la corticale de {mm:.1f} mm (Gertzbein-Robbins {g}, Rampersaud {r}, Ravi {v}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: the instrument comes {mm:.1f} mm out of the bone it ends in.</source>
        <translation>{id} : l'instrument sort de {mm:.1f} mm de l'os où il se termine.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the path crosses {mm:.0f} mm of air: lung or bowel is in the way.</source>
        <translation>{id} : le trajet traverse {mm:.0f} mm d'air : un poumon ou l'intestin est sur le chemin.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: the path crosses {mm:.0f} mm of bone before the one it ends in: a rib or a process is in the way.</source>
        <translation>{id} : le trajet traverse {mm:.0f} mm d'os avant celui où il se termine : une côte ou une apophyse est sur le chemin.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: the path crosses {mm:.0f} mm of bone: a needle does not pass.</source>
        <translation>{id} : le trajet traverse {mm:.0f} mm d'os : une aiguille n'y passe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the path goes {mm:.1f} mm into the canal of {level}.</source>
        <translation>{id} : le trajet pénètre de {mm:.1f} mm dans le canal de {level}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the path goes {mm:.1f} mm into {zone}.</source>
        <translation>{id} : le trajet pénètre de {mm:.1f} mm dans {zone}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the path never enters {level}.</source>
        <translation>{id} : le trajet n'entre jamais dans {level}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the path passes {zone} at {mm:.1f} mm, nearer than its margin of {margin:.1f} mm.</source>
        <translation>{id} : le trajet passe à {mm:.1f} mm de {zone}, plus près que sa marge de {margin:.1f} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: the screw of {length:g} mm stands {mm:.0f} mm out of the bone: choose a shorter one.</source>
        <translation>{id} : la vis de {length:g} mm dépasse de {mm:.0f} mm de l'os : choisissez-en une plus courte.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: the target is not in bone.</source>
        <translation>{id} : la cible n'est pas dans l'os.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: tilted by {deg:.0f}° towards head or feet; a gantry tilts by {most:.0f}° at most, so the path leaves its slices.</source>
        <translation>{id} : incliné de {deg:.0f}° vers la tête ou les pieds ; un statif s'incline de {most:.0f}° au plus, le trajet sort donc de ses coupes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: within bone from the pedicle to the target (Gertzbein-Robbins A).</source>
        <translation>{id} : dans l'os du pédicule à la cible (Gertzbein-Robbins A).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/bone_checks.py"/>
        <source>{id}: within the bone it ends in.</source>
        <translation>{id} : reste dans l'os où il se termine.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: {mm:.1f} mm from the canal of {level}.</source>
        <translation>{id} : à {mm:.1f} mm du canal de {level}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: {mm:.1f} mm from {zone}.</source>
        <translation>{id} : à {mm:.1f} mm de {zone}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/checks.py"/>
        <source>{id}: {why}.</source>
        <translation>{id} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/geometry.py"/>
        <source>{keyword} is missing or is not {count} numbers.</source>
        <translation>{keyword} manque ou n'est pas formé de {count} nombres.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>{keyword} is missing or no length, so nothing is measured on this image.</source>
        <translation>{keyword} manque ou n'est pas une longueur : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>{keyword} is missing, so nothing is measured on this image.</source>
        <translation>{keyword} manque : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/radiograph.py"/>
        <source>{keyword} {value} is no angle, so nothing is measured on this image.</source>
        <translation>{keyword} {value} n'est pas un angle : rien n'est mesuré sur cette image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sacral.py"/>
        <source>{label}: the CT ends before the skin on the way to every corridor, or bowel lies on it.</source>
        <translation>{label} : le scanner s'arrête avant la peau sur le chemin de chaque couloir, ou l'intestin s'y trouve.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sacral.py"/>
        <source>{label}: there is no corridor in this CT: no straight way through bone leads from the side to the sacrum.</source>
        <translation>{label} : il n'y a pas de couloir sur ce scanner : aucun chemin droit dans l'os ne mène du côté au sacrum.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sacral.py"/>
        <source>{label}: there is no safe corridor for {mm:g} mm; the widest found is {wide:.1f} mm. Choose a thinner instrument, another level or another approach.</source>
        <translation>{label} : il n'y a pas de couloir sûr pour {mm:g} mm ; le plus large trouvé fait {wide:.1f} mm. Choisissez un instrument plus fin, un autre niveau ou une autre voie d'abord.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/extrapedicular.py"/>
        <source>{level} {side} extrapedicular</source>
        <translation>{level} {side} extrapédiculaire</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/transpedicular.py"/>
        <source>{level} {side} transpedicular</source>
        <translation>{level} {side} transpédiculaire</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/sacral.py"/>
        <source>{level} {side}, {approach}</source>
        <translation>{level} {side}, {approach}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/transpedicular.py"/>
        <source>{level} {side}: no path through the pedicle reaches the body from skin within the CT with an instrument of {mm:g} mm.</source>
        <translation>{level} {side} : aucun trajet par le pédicule n'atteint le corps depuis une peau visible au scanner avec un instrument de {mm:g} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/extrapedicular.py"/>
        <source>{level} {side}: no way beside the pedicle reaches the body: a rib, a process, lung or the canal is on each, or the instrument of {mm:g} mm is too short.</source>
        <translation>{level} {side} : aucun trajet à côté du pédicule n'atteint le corps : une côte, une apophyse, le poumon ou le canal est sur chacun, ou l'instrument de {mm:g} mm est trop court.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/transpedicular.py"/>
        <source>{level} {side}: the pedicle is {wide:.1f} mm wide on the best path, too narrow for {instrument} of {mm:g} mm.</source>
        <translation>{level} {side} : le pédicule fait {wide:.1f} mm de large sur le meilleur trajet, trop étroit pour {instrument} de {mm:g} mm.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planner.py"/>
        <source>{level}: nothing is segmented: open a segmentation, or draw the path by hand.</source>
        <translation>{level} : rien n'est segmenté : ouvrez une segmentation, ou tracez le trajet à la main.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/debrief_page.py"/>
        <source>{m} min {s:02d} s</source>
        <translation>{m} min {s:02d} s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/node_view.py"/>
        <source>{n:.0f} days ahead</source>
        <translation>{n:.0f} jours d’avance</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/scenario.py"/>
        <source>{name} cannot be set in the scenario {scenario}: its machine has no such setting.</source>
        <translation>{name} ne peut pas être réglé dans le scénario {scenario} : sa machine n'a pas ce réglage.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/choices.py"/>
        <source>{name} is no instrument for {procedure}; choose from {known}.</source>
        <translation>{name} n'est pas un instrument pour {procedure} ; choisissez parmi {known}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/archive.py"/>
        <source>{name} is not a path inside a case folder.</source>
        <translation>{name} n'est pas un chemin dans un dossier de cas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>{name} is {aet} at {host}:{port}.</source>
        <translation>{name} est {aet} à {host}:{port}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>{name} is {aet}; it may call from any address.</source>
        <translation>{name} est {aet} ; il peut appeler de toute adresse.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/scenario.py"/>
        <source>{name} {value:g} is not between {low:g} and {high:g}.</source>
        <translation>{name} {value:g} n'est pas entre {low:g} et {high:g}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/vertebra.py"/>
        <source>{name}: label {label} is not in the segmentation.</source>
        <translation>{name} : l'étiquette {label} n'est pas dans la segmentation.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/vertebra.py"/>
        <source>{name}: no canal is enclosed by the segmentation: check its label.</source>
        <translation>{name} : aucun canal n'est entouré par la segmentation : vérifiez son étiquette.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/vertebra.py"/>
        <source>{name}: the segmentation shows only its edge.</source>
        <translation>{name} : la segmentation n'en montre que le bord.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/thresholds.py"/>
        <source>{name}: {value:g} is no threshold: give a number above 0, at most {most:g}.</source>
        <translation>{name} : {value:g} n'est pas un seuil : donner un nombre supérieur à 0 et d'au plus {most:g}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/thresholds.py"/>
        <source>{name}: {value} is not a number.</source>
        <translation>{name} : {value} n'est pas un nombre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/journal_words.py"/>
        <source>{n} contexts, {refused} refused</source>
        <translation>{n} contextes, {refused} refusés</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/retention.py"/>
        <source>{n} images are older than allowed by tomorrow and will be deleted.</source>
        <translation>{n} images dépasseront demain l'âge permis et seront supprimées.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>{n} images in {folder}</source>
        <translation>{n} images dans {folder}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands_remote.py"/>
        <source>{n} images sent to {to}</source>
        <translation>{n} images envoyées à {to}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/by_hand.py"/>
        <source>{n} landmark pairs do not fix a position: mark at least 2.</source>
        <translation>{n} paires de repères ne fixent pas une position : marquez-en au moins 2.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/registration/landmarks.py"/>
        <source>{n} landmark pairs do not fix a position: mark at least 3.</source>
        <translation>{n} paires de repères ne fixent pas une position : marquez-en au moins 3.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/scene/by_hand.py"/>
        <source>{n} landmark pairs, {mm:.1f} mm apart after it</source>
        <translation>{n} paires de repères, écart résiduel {mm:.1f} mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{n} of {all} images deleted ({size:.1f} MB).</source>
        <translation>{n} images sur {all} supprimées ({size:.1f} Mo).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{n} of {all} images would be deleted ({size:.1f} MB).</source>
        <translation>{n} images sur {all} seraient supprimées ({size:.1f} Mo).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} cannot be read: a segmentation is a label volume (.nrrd, .nii.gz) or a DICOM SEG.</source>
        <translation>{path} ne peut pas être lu : une segmentation est un volume d'étiquettes (.nrrd, .nii.gz) ou un DICOM SEG.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path} cannot be read: {why}.</source>
        <translation>{path} ne peut pas être lu : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recorder.py"/>
        <source>{path} cannot be recorded into: {why}.</source>
        <translation>{path} ne peut pas recevoir d'enregistrement : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/remote.py"/>
        <source>{path} cannot be sent: {why}.</source>
        <translation>{path} ne peut pas être envoyé : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/archive.py"/>
        <source>{path} cannot be unpacked: {why}.</source>
        <translation>{path} ne peut pas être décompressé : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/serving.py"/>
        <source>{path} cannot be used as the console's certificate: {why}.</source>
        <translation>{path} ne peut pas servir de certificat à la console : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>{path} cannot be written: its folder does not exist.</source>
        <translation>{path} ne peut pas être écrit : son dossier n'existe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{path} cannot be written: {why}.</source>
        <translation>{path} ne peut pas être écrit : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/feed.py"/>
        <source>{path} could not be used ({why}): look into it, and send it again.</source>
        <translation>{path} n'a pas pu être utilisé ({why}) : examinez-le, puis renvoyez-le.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} differs in size, spacing or orientation from the other slices: keep one series.</source>
        <translation>{path} diffère des autres coupes en taille, espacement ou orientation : gardez une seule série.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path} does not exist.</source>
        <translation>{path} n'existe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path} does not exist: only simulated cases can be scored.</source>
        <translation>{path} n'existe pas : seuls les cas simulés peuvent être notés.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/case_writer.py"/>
        <source>{path} exists already: name a new folder.</source>
        <translation>{path} existe déjà : nommez un nouveau dossier.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/decode.py"/>
        <source>{path} has no PixelData, so it is no image (or it is truncated).</source>
        <translation>{path} n'a pas de PixelData : ce n'est pas une image (ou elle est tronquée).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/pelvis.py"/>
        <source>{path} has no sacrum and no S1: label one of them.</source>
        <translation>{path} n'a ni sacrum ni S1 : étiquetez l'un des deux.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/simulate.py"/>
        <source>{path} has no trajectory {id!r}: it has {names}.</source>
        <translation>{path} n'a pas de trajet {id!r} : il a {names}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} has the planning CT's size but lies elsewhere: export it in the planning CT's space.</source>
        <translation>{path} a la taille du scanner de planification mais se trouve ailleurs : exportez-le dans l'espace du scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recording.py"/>
        <source>{path} has {free:.1f} GB free, and a recording needs {needed:.1f} GB to begin with: free space there.</source>
        <translation>{path} n'a que {free:.1f} Go libres, et un enregistrement en demande {needed:.1f} pour commencer : libérez de la place.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} holds no CT image{other}: export the planning CT into it.</source>
        <translation>{path} ne contient aucune image de scanner{other} : exportez-y le scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/cli.py"/>
        <source>{path} holds no case: install SlicerSpineGuide again.</source>
        <translation>{path} ne contient aucun cas : réinstallez SlicerSpineGuide.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/live_series.py"/>
        <source>{path} holds no image of the series {uid}.</source>
        <translation>{path} ne contient aucune image de la série {uid}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} holds no label {label}, only {present}.</source>
        <translation>{path} ne contient pas l'étiquette {label}, seulement {present}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/interchange.py"/>
        <source>{path} holds no line: draw one from the entry to the target.</source>
        <translation>{path} ne contient aucune ligne : tracez-en une du point d'entrée à la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/zones.py"/>
        <source>{path} holds no surface: export the zone as a closed mesh or a label volume.</source>
        <translation>{path} ne contient pas de surface : exportez la zone en maillage fermé ou en volume d'étiquettes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} holds {n} CT slices: a planning CT needs at least 3.</source>
        <translation>{path} contient {n} coupes de scanner : un scanner de planification en demande au moins 3.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} is a DICOM file but not a segmentation (SEG).</source>
        <translation>{path} est un fichier DICOM mais pas une segmentation (SEG).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/segmentation.py"/>
        <source>{path} is a DICOM file without segments: give a DICOM SEG.</source>
        <translation>{path} est un fichier DICOM sans segments : donnez un DICOM SEG.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} is a damaged DICOM file ({why}): export it again.</source>
        <translation>{path} est un fichier DICOM endommagé ({why}) : exportez-le à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/decode.py"/>
        <source>{path} is a damaged DICOM file ({why}): send it again.</source>
        <translation>{path} est un fichier DICOM endommagé ({why}) : envoyez-le à nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path} is missing: a planning CT is a folder with one DICOM series.</source>
        <translation>{path} manque : un scanner de planification est un dossier avec une série DICOM.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} is missing: a zone of the plan refers to it.</source>
        <translation>{path} manque : une zone du plan y fait référence.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path} is missing: it holds the images that case.json lists.</source>
        <translation>{path} manque : il contient les images que case.json énumère.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/config.py"/>
        <source>{path} is no TOML file: {why}.</source>
        <translation>{path} n'est pas un fichier TOML : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/interchange.py"/>
        <source>{path} is no fiducial file of 3D Slicer: save the points as .fcsv again.</source>
        <translation>{path} n'est pas un fichier de points de 3D Slicer : enregistrez à nouveau les points en .fcsv.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/interchange.py"/>
        <source>{path} is no markups file of 3D Slicer: save the line as .mrk.json again.</source>
        <translation>{path} n'est pas un fichier de marques de 3D Slicer : enregistrez à nouveau la ligne en .mrk.json.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/decode.py"/>
        <source>{path} is not a DICOM file: only DICOM images are read.</source>
        <translation>{path} n'est pas un fichier DICOM : seules les images DICOM sont lues.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/zones.py"/>
        <source>{path} is not a closed surface: without an inside there is no clearance.</source>
        <translation>{path} n'est pas une surface fermée : sans intérieur, il n'y a pas de distance.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path} is not a folder: give the case folder that holds plan.json.</source>
        <translation>{path} n'est pas un dossier : donnez le dossier de cas qui contient plan.json.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/recorder.py"/>
        <source>{path} is not empty: give a new folder to record into.</source>
        <translation>{path} n'est pas vide : donnez un nouveau dossier pour l'enregistrement.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} is not one 3D label volume: export the segmentation as a single label map.</source>
        <translation>{path} n'est pas un volume d'étiquettes 3D unique : exportez la segmentation en une seule carte d'étiquettes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/opening.py"/>
        <source>{path} is too large to be uploaded: open the case folder itself.</source>
        <translation>{path} est trop gros pour être téléversé : ouvrez le dossier de cas lui-même.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/checks.py"/>
        <source>{path} is writable and holds {n} images ({size:.1f} MB).</source>
        <translation>{path} est accessible en écriture et contient {n} images ({size:.1f} Mo).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/decode.py"/>
        <source>{path} is {kind}: live images are CT, X-ray (XA, RF, CR, DX) or Secondary Capture.</source>
        <translation>{path} est {kind} : les images en direct sont CT, radiologiques (XA, RF, CR, DX) ou des captures secondaires.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path} lies outside the planning CT: export it in the planning CT's space.</source>
        <translation>{path} est hors du scanner de planification : exportez-le dans l'espace du scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/segmentation.py"/>
        <source>{path} names no level {level}; it has {known}.</source>
        <translation>{path} ne nomme aucun niveau {level} ; il a {known}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/proposing.py"/>
        <source>{path} names no vertebral level: no path can be proposed in it.</source>
        <translation>{path} ne nomme aucun niveau vertébral : aucun trajet ne peut y être proposé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/archive.py"/>
        <source>{path} unpacks to too much: open the case folder itself.</source>
        <translation>{path} donne trop de fichiers une fois décompressé : ouvrez le dossier de cas lui-même.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path}: FrameOfReferenceUID is not the planning CT's: segment the planning CT itself.</source>
        <translation>{path} : FrameOfReferenceUID n'est pas celui du scanner de planification : segmentez le scanner de planification lui-même.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: frames: the case has none to replay.</source>
        <translation>{path} : frames : le cas n'en a aucune à rejouer.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path}: frames: {n} of them, the case has {m}.</source>
        <translation>{path} : frames : il y en a {n}, le cas en a {m}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/catalogue.py"/>
        <source>{path}: id: {id} is already the id of another file.</source>
        <translation>{path} : id : {id} est déjà l'identifiant d'un autre fichier.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/procedures.py"/>
        <source>{path}: instruments: there is no family {name} in Resources/Instruments.</source>
        <translation>{path} : instruments : il n'y a pas de famille {name} dans Resources/Instruments.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/interchange.py"/>
        <source>{path}: line {n} has {count} points: a trajectory has two, entry and target.</source>
        <translation>{path} : la ligne {n} a {count} points : un trajet en a deux, entrée et cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/interchange.py"/>
        <source>{path}: line {n}: {why}.</source>
        <translation>{path} : ligne {n} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path}: the segment's geometry is incomplete ({why}).</source>
        <translation>{path} : la géométrie du segment est incomplète ({why}).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/label_volume.py"/>
        <source>{path}: the segment's slices are not evenly spaced: export it again on the planning CT.</source>
        <translation>{path} : les coupes du segment ne sont pas régulièrement espacées : exportez-le à nouveau sur le scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planning_ct.py"/>
        <source>{path}: the slices are {low:.2f} to {high:.2f} mm apart, so some are missing or two series are mixed.</source>
        <translation>{path} : les coupes sont espacées de {low:.2f} à {high:.2f} mm : il en manque, ou deux séries sont mélangées.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: trajectories.{index}.{field}: {point} lies outside the planning CT.</source>
        <translation>{path} : trajectories.{index}.{field} : {point} est hors du scanner de planification.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/score.py"/>
        <source>{path}: trajectory: {id} is not in the plan.</source>
        <translation>{path} : trajectory : {id} n'est pas dans le plan.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/procedures.py"/>
        <source>{path}: usual_instrument: {name} is no model of {families}.</source>
        <translation>{path} : usual_instrument : {name} n'est pas un modèle de {families}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/admission.py"/>
        <source>{path}: what changed in {fields} counts once the node is started again.</source>
        <translation>{path} : les changements de {fields} ne comptent qu'au prochain démarrage du nœud.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/recording/case.py"/>
        <source>{path}: {field}: the plan says {planned!r}, the planning CT is {found!r}: use the plan made on this CT.</source>
        <translation>{path} : {field} : le plan dit {planned!r}, le scanner de planification est {found!r} : utilisez le plan fait sur ce scanner.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/documents.py"/>
        <source>{path}: {field}: {why}.</source>
        <translation>{path} : {field} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>{peer} answered 0x{status:04X} to an image.</source>
        <translation>{peer} a répondu 0x{status:04X} à une image.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>{peer} cannot be sent to any more: {why}.</source>
        <translation>On ne peut plus envoyer à {peer} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>{peer} has closed the connection or does not answer.</source>
        <translation>{peer} a fermé la connexion ou ne répond pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>{peer} {why}.</source>
        <translation>{peer} {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/config.py"/>
        <source>{place}{field}: {why}.</source>
        <translation>{place}{field} : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planner.py"/>
        <source>{procedure} at {level}: no path can be searched for; draw it by hand. Searched for are {possible}.</source>
        <translation>{procedure} en {level} : aucun trajet ne peut être recherché ; tracez-le à la main. Sont recherchés {possible}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/plan/planner.py"/>
        <source>{procedure} has no approach {approach}; known: {known}.</source>
        <translation>{procedure} n'a pas de voie d'abord {approach} ; connues : {known}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/console/debrief_page.py"/>
        <source>{s} s</source>
        <translation>{s} s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/room/sender.py"/>
        <source>{text!r} is not AE@HOST:PORT, as in SPINEGUIDE@127.0.0.1:11112.</source>
        <translation>{text!r} n'est pas de la forme AE@HÔTE:PORT, comme SPINEGUIDE@127.0.0.1:11112.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/intake/commands.py"/>
        <source>{tls}; PDU {pdu} bytes; objects up to {size:.0f} MB; {n} associations at once</source>
        <translation>{tls} ; PDU de {pdu} octets ; objets jusqu'à {size:.0f} Mo ; {n} associations à la fois</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>{zone}: the instrument is {inside:.1f} mm inside.</source>
        <translation>{zone} : l'instrument est de {inside:.1f} mm à l'intérieur.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/thresholds.py"/>
        <source>{zone}: the plan has no zone of that name.</source>
        <translation>{zone} : le plan n'a pas de zone de ce nom.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/rules.py"/>
        <source>{zone}: {value:.1f} mm away (margin {limit:.1f} mm).</source>
        <translation>{zone} : à {value:.1f} mm (marge {limit:.1f} mm).</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/guidance/thresholds.py"/>
        <source>{zone}: {value:g} mm is no margin: give 0 to {most:g}.</source>
        <translation>{zone} : {value:g} mm n'est pas une marge : donner de 0 à {most:g}.</translation>
    </message>
</context>
<context>
    <name>SpineGuidePackages</name>
    <message>
        <location filename="../../Resources/UI/SpineGuidePackages.ui"/>
        <source>Install</source>
        <translation>Installer</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuidePackages.ui"/>
        <source>Install them into this Slicer, after a question</source>
        <translation>Les installer dans ce Slicer, après une question</translation>
    </message>
    <message>
        <location filename="../../Resources/UI/SpineGuidePackages.ui"/>
        <source>Not for clinical use: research and training</source>
        <translation>Pas d'usage clinique : recherche et formation</translation>
    </message>
</context>
<context>
    <name>desktop.background</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/background.py"/>
        <source>{what} did not work: {why}</source>
        <translation>{what} : échec ({why})</translation>
    </message>
</context>
<context>
    <name>desktop.case_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/case_section.py"/>
        <source>No case is open.</source>
        <translation>Aucun cas n'est ouvert.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/case_section.py"/>
        <source>unknown</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/case_section.py"/>
        <source>{title}. Patient {patient}. {instrument}: {diameter:g} mm thick, {length:g} mm long; path {path:.0f} mm; tolerance {lateral:g} mm, {angle:g}°. Images recorded: {count}.</source>
        <translation>{title}. Patient {patient}. {instrument} : {diameter:g} mm d'épaisseur, {length:g} mm de long ; trajet {path:.0f} mm ; tolérance {lateral:g} mm, {angle:g}°. Images enregistrées : {count}.</translation>
    </message>
</context>
<context>
    <name>desktop.conductor</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/conductor.py"/>
        <source>Opening {name}</source>
        <translation>Ouverture de {name}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/conductor.py"/>
        <source>Preparing the guidance</source>
        <translation>Préparation du guidage</translation>
    </message>
</context>
<context>
    <name>desktop.core_tests</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/core_tests.py"/>
        <source>The core's unit tests do not lie beside this module, and were not run.</source>
        <translation>Les tests unitaires du cœur ne se trouvent pas à côté de ce module et n'ont pas été exécutés.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/core_tests.py"/>
        <source>The core's unit tests passed: {count}.</source>
        <translation>Tests unitaires du cœur réussis : {count}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/core_tests.py"/>
        <source>The core's unit tests were not run: {packages} is not installed in this Slicer.</source>
        <translation>Les tests unitaires du cœur n'ont pas été exécutés : {packages} n'est pas installé dans ce Slicer.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/core_tests.py"/>
        <source>The core's unit tests: {file}</source>
        <translation>Tests unitaires du cœur : {file}</translation>
    </message>
</context>
<context>
    <name>desktop.corner</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/corner.py"/>
        <source>Not for clinical use: research and training</source>
        <translation>Pas d'usage clinique : recherche et formation</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/corner.py"/>
        <source>Picture frozen: not current</source>
        <translation>Image figée : pas actuelle</translation>
    </message>
</context>
<context>
    <name>desktop.curves</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/curves.py"/>
        <source>Angle, degrees</source>
        <translation>Angle, degrés</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/curves.py"/>
        <source>Lateral, mm</source>
        <translation>Écart latéral, mm</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/curves.py"/>
        <source>Time, s</source>
        <translation>Temps, s</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/curves.py"/>
        <source>To target, mm</source>
        <translation>Jusqu'à la cible, mm</translation>
    </message>
</context>
<context>
    <name>desktop.decision_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/decision_section.py"/>
        <source>Choose a step in the list that a person confirms.</source>
        <translation>Choisissez dans la liste une étape qu'une personne confirme.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/decision_section.py"/>
        <source>Marked at {time}, image {image}</source>
        <translation>Repère à {time}, image {image}</translation>
    </message>
</context>
<context>
    <name>desktop.dependencies</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/dependencies.py"/>
        <source>Spine Guide</source>
        <translation>Spine Guide</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/dependencies.py"/>
        <source>Spine Guide needs these Python packages: {packages}. Install them now?</source>
        <translation>Spine Guide a besoin de ces paquets Python : {packages}. Les installer maintenant ?</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/dependencies.py"/>
        <source>The installation was declined.</source>
        <translation>L'installation a été refusée.</translation>
    </message>
</context>
<context>
    <name>desktop.drive_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/drive_section.py"/>
        <source>Images taken: {count}</source>
        <translation>Images prises : {count}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/drive_section.py"/>
        <source>Taking an image</source>
        <translation>Prise d'une image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/drive_section.py"/>
        <source>The virtual CT is taking an image …</source>
        <translation>Le scanner virtuel prend une image …</translation>
    </message>
</context>
<context>
    <name>desktop.entrance</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/entrance.py"/>
        <source>Not installed: {why}</source>
        <translation>Non installé : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/entrance.py"/>
        <source>These Python packages are missing: {packages}</source>
        <translation>Ces paquets Python manquent : {packages}</translation>
    </message>
</context>
<context>
    <name>desktop.hand_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/hand_section.py"/>
        <source>The start was moved: {way}</source>
        <translation>Départ déplacé : {way}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/hand_section.py"/>
        <source>{n}: mark it in the image as well</source>
        <translation>{n} : à marquer aussi dans l'image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/hand_section.py"/>
        <source>{n}: mark it in the plan as well</source>
        <translation>{n} : à marquer aussi dans le plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/hand_section.py"/>
        <source>{n}: marked in the image and in the plan</source>
        <translation>{n} : marqué dans l'image et dans le plan</translation>
    </message>
</context>
<context>
    <name>desktop.live_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/live_section.py"/>
        <source>Picture saved: {path}</source>
        <translation>Image enregistrée : {path}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/live_section.py"/>
        <source>This Slicer was built without sound.</source>
        <translation>Ce Slicer a été compilé sans le son.</translation>
    </message>
</context>
<context>
    <name>desktop.node_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/node_section.py"/>
        <source>Listening as {address}</source>
        <translation>À l'écoute sous {address}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/node_section.py"/>
        <source>The node is down.</source>
        <translation>Le nœud est arrêté.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/node_section.py"/>
        <source>The node runs while live guidance runs.</source>
        <translation>Le nœud fonctionne pendant le guidage en direct.</translation>
    </message>
</context>
<context>
    <name>desktop.panel</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/panel.py"/>
        <source>Came back with the scene</source>
        <translation>Revenu avec la scène</translation>
    </message>
</context>
<context>
    <name>desktop.path_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>Checking the path</source>
        <translation>Vérification du trajet</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>Name the sheet's file first.</source>
        <translation>Nommez d'abord le fichier de la fiche.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>The corrected path leaves the planning CT: move its ends into it.</source>
        <translation>Le trajet corrigé sort du scanner de planification : ramenez-y ses extrémités.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>The plan is in {path}.</source>
        <translation>Le plan est dans {path}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>The plan sheet is in {path}.</source>
        <translation>La fiche du plan est dans {path}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>Writing the plan sheet</source>
        <translation>Écriture de la fiche du plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>{path} cannot be written: its folder does not exist.</source>
        <translation>{path} ne peut pas être écrit : son dossier n'existe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/path_section.py"/>
        <source>{path} cannot be written: {why}.</source>
        <translation>{path} ne peut pas être écrit : {why}.</translation>
    </message>
</context>
<context>
    <name>desktop.pictures</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/pictures.py"/>
        <source>There is no view to take a picture of: choose a layout of the module.</source>
        <translation>Il n'y a pas de vue à photographier : choisissez une disposition du module.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/pictures.py"/>
        <source>{path} cannot be written: {why}.</source>
        <translation>{path} ne peut pas être écrit : {why}.</translation>
    </message>
</context>
<context>
    <name>desktop.plan_nodes</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_nodes.py"/>
        <source>The line {name} needs two points: the entry at the skin first, then the target.</source>
        <translation>La ligne {name} a besoin de deux points : d'abord le point d'entrée à la peau, puis la cible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_nodes.py"/>
        <source>The segmentation {name} has no visible segment.</source>
        <translation>La segmentation {name} n'a aucun segment visible.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_nodes.py"/>
        <source>The volume {name} has no voxels: choose another one.</source>
        <translation>Le volume {name} n'a pas de voxels : choisissez-en un autre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_nodes.py"/>
        <source>The volume {name} is not a scalar volume: choose another one.</source>
        <translation>Le volume {name} n'est pas un volume scalaire : choisissez-en un autre.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_nodes.py"/>
        <source>The volume {name} lies under a transform: take it out or harden it first.</source>
        <translation>Le volume {name} est sous une transformation : sortez-l'en ou figez-la d'abord.</translation>
    </message>
</context>
<context>
    <name>desktop.plan_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Check the path against the CT and guide along it</source>
        <translation>Vérifier le trajet sur le scanner et guider le long de celui-ci</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Checking the plan</source>
        <translation>Vérification du plan</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Choose the planning CT and a path first.</source>
        <translation>Choisissez d'abord le scanner de planification et un trajet.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Choose the planning CT and a segmentation with vertebrae first.</source>
        <translation>Choisissez d'abord le scanner de planification et une segmentation avec des vertèbres.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Choose the planning CT, a path and the patient ID first</source>
        <translation>Choisissez d'abord le scanner de planification, un trajet et l'identifiant du patient</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>Searching for paths</source>
        <translation>Recherche de trajets</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/plan_section.py"/>
        <source>{bone:.1f} mm to the bone's surface; {oblique:.0f}° oblique, {tilt:+.0f}° cranio-caudal, {path:.0f} mm from the skin</source>
        <translation>{bone:.1f} mm jusqu'à la surface osseuse ; {oblique:.0f}° d'obliquité, {tilt:+.0f}° crânio-caudal, {path:.0f} mm depuis la peau</translation>
    </message>
</context>
<context>
    <name>desktop.readout</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Angle {value}</source>
        <translation>Angle {value}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Check the patient on the scanner, and which case is open here.</source>
        <translation>Vérifiez le patient sur le scanner, et quel cas est ouvert ici.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Compare image and plan, then accept the registration or reject it.</source>
        <translation>Comparez l'image et le plan, puis acceptez ou rejetez le recalage.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Image {index}, {age:.1f} s old, {rate:.1f} a second, {skipped} skipped, {latency:.0f} ms to guidance</source>
        <translation>Image {index}, vieille de {age:.1f} s, {rate:.1f} par seconde, {skipped} sautées, {latency:.0f} ms jusqu'au guidage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>It is being restarted. If this stays, look in the section DICOM node.</source>
        <translation>Il redémarre. Si cela dure, voyez la section Nœud DICOM.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Lateral {value}</source>
        <translation>Latéral {value}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>No guidance is running.</source>
        <translation>Aucun guidage en cours.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>No image yet</source>
        <translation>Pas encore d'image</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>No position is known.</source>
        <translation>Aucune position n'est connue.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Register anew, or move the image, and compare again.</source>
        <translation>Recalez de nouveau, ou déplacez l'image, et comparez encore.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Take a first image; if none arrives, the section DICOM node says what the scanner must be told.</source>
        <translation>Prenez une première image ; si aucune n'arrive, la section Nœud DICOM dit ce qu'il faut indiquer au scanner.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Take a new image. If you did, look in the section DICOM node whether images arrive.</source>
        <translation>Prenez une nouvelle image. Si c'est fait, voyez dans la section Nœud DICOM si des images arrivent.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Take an image through the instrument's tip.</source>
        <translation>Prenez une image passant par la pointe de l'instrument.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Take an image through the planned vertebra, or register anew.</source>
        <translation>Prenez une image passant par la vertèbre prévue, ou recalez de nouveau.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>Take another image, and compare the bone's outline with the plan before you go on.</source>
        <translation>Prenez une autre image et comparez le contour de l'os avec le plan avant de continuer.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>To target {value}</source>
        <translation>Vers la cible {value}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>far cortex in {depth}</source>
        <translation>corticale opposée à {depth}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>locked</source>
        <translation>verrouillé</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>lost</source>
        <translation>perdu</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>none yet</source>
        <translation>pas encore</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>pushed on {distance} to {zone}</source>
        <translation>en avançant {distance} de {zone}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>rejected</source>
        <translation>rejetées</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>uncertain</source>
        <translation>incertain</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>waits to be accepted</source>
        <translation>attend d'être accepté</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>{distance} to {zone}</source>
        <translation>{distance} de {zone}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>{message} (acknowledged)</source>
        <translation>{message} (acquittée)</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/readout.py"/>
        <source>{status}, quality {quality:.0f} %</source>
        <translation>{status}, qualité {quality:.0f} %</translation>
    </message>
</context>
<context>
    <name>desktop.remote_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Asking</source>
        <translation>Interrogation</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Asking …</source>
        <translation>Interrogation …</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Choose a caller that was turned away first.</source>
        <translation>Choisissez d'abord un appelant refusé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Choose a remote node first.</source>
        <translation>Choisissez d'abord un nœud distant.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Looking at the node</source>
        <translation>Examen du nœud</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Name the scanner's AE title under Admitted callers, or admit it once it has called.</source>
        <translation>Inscrivez l'AE title du scanner parmi les appelants admis, ou admettez-le une fois qu'il a appelé.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Nothing yet.</source>
        <translation>Rien encore.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>Press Start live guidance, in the section of that name.</source>
        <translation>Appuyez sur « Démarrer le guidage en direct », dans la section Guidage en direct.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/remote_section.py"/>
        <source>{aet} ({address}): {images} images, {refused} refused, last {seen}</source>
        <translation>{aet} ({address}) : {images} images, {refused} refusées, dernière fois {seen}</translation>
    </message>
</context>
<context>
    <name>desktop.replay_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/replay_section.py"/>
        <source>Image {index} of {count}</source>
        <translation>Image {index} sur {count}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/replay_section.py"/>
        <source>Image {index}: {what}</source>
        <translation>Image {index} : {what}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/replay_section.py"/>
        <source>lateral {lateral}, angle {angle}, to target {depth}</source>
        <translation>écart latéral {lateral}, angle {angle}, jusqu'à la cible {depth}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/replay_section.py"/>
        <source>marked at {time}</source>
        <translation>repère à {time}</translation>
    </message>
</context>
<context>
    <name>desktop.report_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Alerts</source>
        <translation>Alertes</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Guidance against the truth</source>
        <translation>Le guidage comparé à la vérité</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Image {index}: {what}</source>
        <translation>Image {index} : {what}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Name the report file first.</source>
        <translation>Nommez d'abord le fichier du compte rendu.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Not for clinical use: research and training</source>
        <translation>Pas d'usage clinique : recherche et formation</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>Steps</source>
        <translation>Étapes</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>The instrument was never seen: there are no curves.</source>
        <translation>L'instrument n'a jamais été vu : il n'y a pas de courbes.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>The table and its plot are in the scene: see the modules Tables and Plots.</source>
        <translation>Le tableau et son graphique sont dans la scène : voir les modules Tables et Plots.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>{count} images written to {path}.</source>
        <translation>{count} images écrites dans {path}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>{path} cannot be written: its folder does not exist.</source>
        <translation>{path} ne peut pas être écrit : son dossier n'existe pas.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/report_section.py"/>
        <source>{score} of 100; {images} images in {seconds:.0f} s</source>
        <translation>{score} sur 100 ; {images} images en {seconds:.0f} s</translation>
    </message>
</context>
<context>
    <name>desktop.sample_data</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/sample_data.py"/>
        <source>Spine Guide</source>
        <translation>Spine Guide</translation>
    </message>
</context>
<context>
    <name>desktop.self_test</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/self_test.py"/>
        <source>Spine Guide works in this Slicer.</source>
        <translation>Spine Guide fonctionne dans ce Slicer.</translation>
    </message>
</context>
<context>
    <name>desktop.settings_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>Name the file first.</source>
        <translation>Indiquez d'abord le fichier.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>The node's settings are those of {path}.</source>
        <translation>Les réglages du nœud sont ceux de {path}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>Written: {path}</source>
        <translation>Écrit : {path}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>it is no text</source>
        <translation>ce n'est pas du texte</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>{path} cannot be read: {why}.</source>
        <translation>{path} ne peut pas être lu : {why}.</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/settings_section.py"/>
        <source>{path} cannot be written: {why}.</source>
        <translation>{path} ne peut pas être écrit : {why}.</translation>
    </message>
</context>
<context>
    <name>desktop.tracked</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/tracked.py"/>
        <source>{name}: lateral {lateral}, angle {angle}, to target {depth}</source>
        <translation>{name} : latéral {lateral}, angle {angle}, vers la cible {depth}</translation>
    </message>
</context>
<context>
    <name>desktop.xray_section</name>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/xray_section.py"/>
        <source>Drawing the check of the registration</source>
        <translation>Dessin du contrôle du recalage</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/xray_section.py"/>
        <source>No check of the registration: {why}</source>
        <translation>Pas de contrôle du recalage : {why}</translation>
    </message>
    <message>
        <location filename="../../SlicerSpineGuide/desktop/xray_section.py"/>
        <source>there is none yet.</source>
        <translation>il n'y en a pas encore.</translation>
    </message>
</context>
</TS>
