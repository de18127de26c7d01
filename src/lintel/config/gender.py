"""The notice that goes with gender: pages show it before they let anybody switch it on.

Plain text, so that every page and manual says the same.
"""

from __future__ import annotations

GENDER_NOTICE = """\
Gender is off. Read this before you switch it on.

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
UNKNOWN = "unknown"
FEMALE_ABOVE, MALE_BELOW = 0.7, 0.3  # voted over the track; in between is UNKNOWN


def gender_word(score: float) -> str:
    """Female, male or unknown, for a voted score 0..1; NaN (not measured) is unknown."""
    if score >= FEMALE_ABOVE:
        return "female"
    if score <= MALE_BELOW:
        return "male"
    return UNKNOWN
