import type { schema as english } from "../en/schema";

export const schema: Record<keyof typeof english, string> = {
  "schema.line.name": "Name",
  "schema.line.name.hint": "Eindeutiger Name der Linie.",
  "schema.line.hysteresis_m": "Band auf beiden Seiten",
  "schema.line.hysteresis_m.hint": "So weit muss jemand auf beiden Seiten über die Linie hinaus.",
  "schema.line.uturn": "Wer umkehrt",
  "schema.line.uturn.hint": "",
  "schema.uturn.policy": "Wer hinübergeht und zurückkommt",
  "schema.uturn.policy.hint":
    "Zählt zweimal, oder gar nicht, wenn die Rückkehr schnell und nah ist.",
  "schema.uturn.within_s": "Rückkehr innerhalb von",
  "schema.uturn.within_s.hint": "Sekunden nach dem ersten Übertritt.",
  "schema.uturn.within_m": "Nicht weiter als",
  "schema.uturn.within_m.hint": "Meter über die Linie hinaus.",
  "schema.zone.name": "Name",
  "schema.zone.name.hint": "Eindeutiger Name der Zone.",
  "schema.zone.return_within_s": "Rückkehrzeit",
  "schema.zone.return_within_s.hint":
    "Wer geht und innerhalb dieser Zeit zurückkommt, zählt als ein Besuch.",
  "schema.zone.min_dwell_s": "Mindestdauer",
  "schema.zone.min_dwell_s.hint": "Ein kürzerer Besuch ist keiner.",
  "schema.mount.height_m": "Montagehöhe",
  "schema.mount.height_m.hint": "Kamera über dem Boden; leer wird sie selbst gemessen.",
  "schema.choice.count_both": "zählt in beide Richtungen",
  "schema.choice.cancel": "zählt gar nicht",
};
