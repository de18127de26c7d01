"""The notice that goes with gender: pages show it before they let anybody switch it on.

Plain text, so that every page and manual says the same: paragraphs stand apart by an empty line,
points begin with a dash.
"""

from __future__ import annotations

from types import MappingProxyType

GENDER_NOTICE = """\
Gender is off until somebody switches it on. Read this first.

What it is. The network estimates from the shape of a body seen from above whether somebody is a
woman or a man. It was trained on rendered people alone. Its figures say nothing about real people,
and it is wrong far more often than the count. Who cannot be told is "unknown". It knows only two
classes; people are more than that.

What the law asks for in the European Union.
- GDPR, Articles 5 and 6: you need a purpose and a legal basis for this estimate of its own; a count
  does not need it. Articles 13 and 14: tell the people who pass, at the entrance, that it is done,
  by whom, and why. Article 35: carry out a data protection impact assessment first.
- AI Act (Regulation (EU) 2024/1689), Article 50(3): who uses a system that sorts people by
  biometric traits must tell the people it looks at that it is working. Article 5(1)(g) forbids
  sorting people by race, opinions, belief, union membership, sex life or orientation; do not use
  gender to guess at any of these. Annex III, point 1(b) may make such a system a high-risk one:
  have that judged before you switch it on.

What Lintel does. A crossing carries the estimate as a number from 0 to 1, beside its time and line;
it is stored, and leaves the device with the events. No picture goes with it. A device measures it
only while the privacy officer's switch is on and a consent is in force. When either ends, nothing
is estimated any more and every stored estimate is erased; the counts stay.

This notice is no legal advice.
"""
GENDER_NOTICE_DE = """\
Das Geschlecht wird nicht geschätzt, bis es jemand einschaltet. Lesen Sie zuerst dies.

Was es ist. Das Netz schätzt aus der Form eines Körpers, von oben gesehen, ob jemand eine Frau oder
ein Mann ist. Es wurde allein an gerechneten Menschen trainiert. Seine Zahlen sagen nichts über
wirkliche Menschen, und es irrt weit öfter als die Zählung. Wer nicht zuzuordnen ist, heißt
"unknown". Es kennt nur zwei Klassen; Menschen sind mehr als das.

Was das Recht der Europäischen Union verlangt.
- DSGVO, Artikel 5 und 6: Diese Schätzung braucht einen eigenen Zweck und eine eigene
  Rechtsgrundlage; eine Zählung braucht sie nicht. Artikel 13 und 14: Sagen Sie den Menschen, die
  vorbeigehen, am Eingang, dass geschätzt wird, von wem und wozu. Artikel 35: Machen Sie zuerst
  eine Datenschutz-Folgenabschätzung.
- KI-Verordnung (EU) 2024/1689, Artikel 50 Absatz 3: Wer ein System nutzt, das Menschen nach
  biometrischen Merkmalen einordnet, muss die Menschen, die es ansieht, über den Betrieb
  informieren. Artikel 5 Absatz 1 Buchstabe g verbietet es, Menschen nach Rasse, politischer
  Einstellung, Glauben, Gewerkschaft, Sexualleben oder sexueller Ausrichtung einzuordnen; nutzen
  Sie das Geschlecht nicht, um darauf zu schließen. Nach Anhang III Nummer 1 Buchstabe b kann ein
  solches System hochriskant sein: Lassen Sie das beurteilen, bevor Sie es einschalten.

Was Lintel tut. Ein Übertritt trägt die Schätzung als Zahl von 0 bis 1, neben Zeit und Linie; sie
wird gespeichert und verlässt das Gerät mit den Ereignissen. Kein Bild geht mit. Ein Gerät schätzt
nur, solange der Schalter der Person für den Datenschutz an ist und eine Einwilligung gilt. Endet
eines von beiden, wird nichts mehr geschätzt, und jede gespeicherte Schätzung wird gelöscht; die
Zählung bleibt.

Dieser Hinweis ist keine Rechtsberatung.
"""
GENDER_NOTICES = MappingProxyType({"en": GENDER_NOTICE, "de": GENDER_NOTICE_DE})
UNKNOWN = "unknown"
FEMALE_ABOVE, MALE_BELOW = 0.7, 0.3  # voted over the track; in between is UNKNOWN


def gender_word(score: float) -> str:
    """Female, male or unknown, for a voted score 0..1; NaN (not measured) is unknown."""
    if score >= FEMALE_ABOVE:
        return "female"
    if score <= MALE_BELOW:
        return "male"
    return UNKNOWN
