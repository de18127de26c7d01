import type { cause as english } from "../en/cause";

export const cause: Record<keyof typeof english, string> = {
  "cause.source_lost":
    "Sehen Sie nach Kabel, Strom und Netz der Kamera; sie wird von selbst wieder geöffnet.",
  "cause.source_stalled":
    "Die Kamera ist da, liefert aber keine Bilder: Trennen Sie sie einmal vom Strom.",
  "cause.source_ended": "Die Aufzeichnung ist zu Ende. Starten Sie neu, oder mit --loop.",
  "cause.no_lines": "Noch wird nichts gezählt: Zeichnen Sie unter Einrichten eine Linie oder Zone.",
  "cause.no_floor":
    "Der Boden ist noch nicht gefunden: Lassen Sie das Bild einige Sekunden leer, oder geben Sie unter Einrichten die Montagehöhe an.",
  "cause.blind":
    "Der größte Teil des Bildes ist nicht messbar: Sehen Sie nach Schmutz, Abdeckung, Blendung oder Dunkelheit.",
  "cause.cameras_moved":
    "Die beiden Kameras passen nicht mehr zu ihrer Kalibrierung: Kalibrieren Sie neu.",
  "cause.too_slow":
    "Bilder werden verworfen, weil das Zählen länger dauert, als sie kommen: Entlasten Sie den Prozessor, oder senken Sie die Bildrate.",
  "cause.disk_low":
    "Die Platte ist fast voll. Schaffen Sie Platz: Passt nichts mehr, werden die ältesten Spuren und Ereignisse gelöscht.",
  "cause.store_full":
    "Kein Platz für Zählungen: Kürzen Sie die Fristen unter Datenschutz, oder schaffen Sie Platz.",
  "cause.store_failing":
    "Zählungen lassen sich nicht speichern; es wird weiter versucht. Sehen Sie nach der Platte.",
  "cause.store_recovered":
    "Der Speicher war beschädigt und wurde neu begonnen; die alte Datei liegt daneben. Sehen Sie nach der Platte.",
  "cause.events_lost":
    "Während nichts gespeichert werden konnte, kamen mehr Ereignisse, als warten können: Schaffen Sie Platz.",
  "cause.clock_stepped": "Die Uhr wurde während des Zählens gestellt. Nutzen Sie einen Zeitserver.",
  "cause.clock_unset":
    "Die Uhr geht vor die Entstehung dieser Software nach: Stellen Sie sie, oder nutzen Sie einen Zeitserver.",
  "cause.model_missing":
    "Die gelernte Erkennung fehlt oder ist defekt; die klassische zählt an ihrer Stelle. Installieren Sie Lintel neu.",
  "cause.counting_failed":
    "Das Zählen schlug fehl und wurde neu begonnen; im Protokoll steht der Fehler. Bitte melden Sie ihn.",
  "cause.restarted":
    "Das Gerät wurde vor diesem Start nicht ordentlich beendet: Stromausfall oder Absturz.",
  "cause.hot":
    "Der Prozessor ist heiß und wird vielleicht langsamer: Geben Sie dem Gerät Luft oder Schatten.",
  "cause.listeners_slow": "Eine Seite oder ein Programm liest zu langsam und verpasst Meldungen.",
  "cause.certificate_ends":
    "Das Zertifikat endet bald oder ist abgelaufen: Setzen Sie unter System ein neues ein.",
};
