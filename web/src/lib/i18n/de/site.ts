/**
 * German words for the fields of the site file: title and description by section and field.
 * English words come from the schema itself; a test holds this list to it.
 */
export const site: Record<string, readonly [string, string]> = {
  "site.mount": ["Montage", ""],
  "site.line": ["Linien", "Linien, über die gezählt wird."],
  "site.zone": ["Zonen", "Zonen, in denen gezählt wird."],
  "site.occupancy": ["Belegung", ""],
  "site.capture": ["Eintrittsraten", "Wie viele der Vorübergehenden hereinkommen."],
  "site.totals": ["Summen", ""],
  "site.heat": ["Wärmekarten", ""],
  "site.attributes": ["Merkmale", "Was über Menschen neben ihrem Weg gesagt wird."],
  "site.target": ["Blickziele", ""],
  "mount.height_m": ["Montagehöhe", "Kamera über dem Boden; leer wird sie selbst gemessen."],
  "line.name": ["Name", "Eindeutiger Name der Linie."],
  "line.hysteresis_m": [
    "Band auf beiden Seiten",
    "So weit muss jemand auf beiden Seiten über die Linie hinaus.",
  ],
  "line.uturn": ["Wer umkehrt", ""],
  "line.in_label": ["Name für hinein", "Wie die Richtung hinein genannt wird."],
  "line.out_label": ["Name für hinaus", "Wie die Richtung hinaus genannt wird."],
  "line.only": ["Nur bestimmte Übertritte", ""],
  "uturn.policy": [
    "Wer hinübergeht und zurückkommt",
    "Zählt zweimal, oder gar nicht, wenn die Rückkehr schnell und nah ist.",
  ],
  "uturn.within_s": ["Rückkehr innerhalb von", "Sekunden nach dem ersten Übertritt."],
  "uturn.within_m": ["Nicht weiter als", "Meter über die Linie hinaus."],
  "only.from_zone": [
    "Anfangszone",
    "Wer hineingeht, muss in dieser Zone gewesen sein; wer hinausgeht, muss in sie kommen.",
  ],
  "only.to_zone": [
    "Endzone",
    "Wer hineingeht, muss in diese Zone kommen; wer hinausgeht, muss in ihr gewesen sein.",
  ],
  "only.within_s": ["Innerhalb von", "Zeit zwischen der Zone und der Linie."],
  "zone.name": ["Name", "Eindeutiger Name der Zone."],
  "zone.return_within_s": [
    "Rückkehrzeit",
    "Wer geht und innerhalb dieser Zeit zurückkommt, zählt als ein Besuch.",
  ],
  "zone.min_dwell_s": ["Mindestdauer", "Ein kürzerer Besuch ist keiner."],
  "zone.use": [
    "Nutzung",
    "In einer Warteschlange werden Wartezeiten gemeldet, und der Füllgrad ist der einer Schlange.",
  ],
  "zone.served_after_s": [
    "Bedient nach",
    "In einer Warteschlange: Wer kürzer bleibt, ging nur vorbei.",
  ],
  "zone.alarm": ["Alarme", "Alarme auf die Menschen in der Zone."],
  "alarm.kind": ["Art", ""],
  "alarm.raise_at": ["Auslösen bei", "Menschen, bei denen der Alarm ausgelöst wird."],
  "alarm.clear_at": ["Aufheben bei", "Menschen, bei denen er wieder endet."],
  "alarm.for_s": ["Dauer", "So lange muss der Zustand anhalten, bevor er gemeldet wird."],
  "occupancy.inward": [
    "Wege hinein",
    "Für jede Linie die Richtung, die in den Raum führt; ohne Angabe führen alle mit hinein hinein.",
  ],
  "occupancy.known_empty_at": [
    "Sicher leer um",
    "Ortszeiten wie 03:30, zu denen niemand im Raum ist: Die Zählung wird auf null gesetzt.",
  ],
  "occupancy.alarm": ["Alarme", "Alarme auf die Menschen im Raum."],
  "capture.name": ["Name", "Eindeutiger Name, etwa der des Schaufensters."],
  "capture.passers_by": [
    "Vorübergehende",
    "Linien, die Vorübergehende kreuzen; beide Richtungen zählen.",
  ],
  "capture.entries": ["Eintritte", "Linien, die Eintretende kreuzen, Richtung hinein."],
  "capture.entries_pass_by": [
    "Eintretende gehen auch vorüber",
    "Ob Eintretende auch eine Linie der Vorübergehenden kreuzen.",
  ],
  "totals.reset_at": [
    "Auf null um",
    "Ortszeiten wie 04:00, zu denen die laufenden Summen bei null beginnen.",
  ],
  "target.name": ["Name", "Eindeutiger Name des Blickziels."],
  "target.reach_m": ["Reichweite", "Von weiter weg wird von niemandem gesagt, dass er hinsieht."],
  "target.tolerance_deg": ["Spielraum", "So weit darf ein Gesicht an den Enden vorbei zeigen."],
  "target.least_look_s": ["Kürzester Blick", "Ein kürzerer Blick ist keiner."],
  "target.effective_s": ["Wirksam ab", "So lange muss jemand insgesamt hingesehen haben."],
  "attributes.child_below_m": [
    "Kind unter",
    "Körpergröße ohne Schuhe, unter der jemand zu Fuß als Kind gilt.",
  ],
  "attributes.gender": [
    "Geschlecht",
    "Geschlecht schätzen. Aus, solange es niemand einschaltet; das Gesetz verlangt vorher einen Hinweis.",
  ],
  "attributes.uniform": ["Dienstkleidung", "Farben des Personals; ohne Angabe Signalgelb."],
  "uniform.red": ["Rot", "Anteil von Rot, 0 bis 1."],
  "uniform.green": ["Grün", "Anteil von Grün, 0 bis 1."],
  "heat.reach_m": ["Reichweite", "Von der Mitte des Rasters bis zu seinen Seiten."],
  "heat.cell_m": ["Zelle", "Seitenlänge einer Zelle."],
};
