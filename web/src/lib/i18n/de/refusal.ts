import type { refusal as english } from "../en/refusal";

export const refusal: Record<keyof typeof english, string> = {
  "error.claimed": "Dieses Gerät hat schon einen ersten Benutzer. Melden Sie sich an.",
  "error.cross_site": "Das dürfen nur Seiten dieses Geräts.",
  "error.csrf": "Diese Seite ist veraltet. Laden Sie sie neu.",
  "error.expired": "Ihre Sitzung ist zu Ende. Melden Sie sich wieder an.",
  "error.forbidden": "Ihre Rolle erlaubt das nicht.",
  "error.headers":
    "Der Browser hat mehr geschickt, als das Gerät annimmt. Löschen Sie seine Cookies für das Gerät.",
  "error.host": "Das Gerät heißt nicht so. Öffnen Sie es unter seiner eigenen Adresse.",
  "error.incident":
    "Auf dem Gerät ist etwas gescheitert; sein Protokoll kennt den Fehler. Bitte melden Sie ihn.",
  "error.malformed": "Das Gerät versteht diese Seite nicht. Laden Sie sie neu.",
  "error.media_type": "Eine Datei dieser Art liest das Gerät nicht.",
  "error.method": "Das Gerät versteht diese Seite nicht. Laden Sie sie neu.",
  "error.no_page": "Diese Seite gibt es nicht.",
  "error.no_path": "Das kennt das Gerät nicht. Laden Sie die Seite neu.",
  "error.rate": "Zu viele Anfragen. Warten Sie einen Moment und versuchen Sie es erneut.",
  "error.scope": "Ihre Rolle erlaubt das nicht.",
  "error.sign_in": "Melden Sie sich zuerst an.",
  "error.slow": "Es kam zu langsam an. Versuchen Sie es noch einmal.",
  "error.stale": "Diese Anmeldung hat zu lange gedauert. Versuchen Sie es noch einmal.",
  "error.store": "Der Speicher antwortet gerade nicht. Unter System steht, warum.",
  "error.store_full": "Der Speicher ist voll. Kürzen Sie Fristen oder löschen Sie.",
  "error.target": "Die Adresse ist zu lang.",
  "error.throttled": "Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es erneut.",
  "error.too_long": "Das ist größer, als das Gerät annimmt.",
  "error.unclaimed": "Dieses Gerät hat noch niemand eingerichtet. Laden Sie die Seite neu.",
  "error.wrong": "Benutzername, Passwort oder Code ist falsch.",
};
