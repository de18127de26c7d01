import type { sign as english } from "../en/sign";

export const sign: Record<keyof typeof english, string> = {
  "sign.title": "Anmelden",
  "sign.user": "Benutzername",
  "sign.password": "Passwort",
  "sign.submit": "Anmelden",
  "sign.ended": "Ihre Sitzung ist zu Ende. Melden Sie sich erneut an.",
  "sign.wrong": "Benutzername oder Passwort ist falsch.",
  "sign.wait": "Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es erneut.",
  "sign.insecure":
    "Diese Seite wurde nicht über HTTPS geöffnet und kann deshalb nicht anmelden. Öffnen Sie die https-Adresse des Geräts.",
  "sign.hint": "Das Passwort wird nicht gesendet: Der Browser beweist, dass er es kennt.",
  "claim.title": "Dieses Gerät einrichten",
  "claim.intro":
    "Auf diesem Gerät hat sich noch niemand angemeldet. Beim Start hat es einen Code ausgegeben; mit ihm legen Sie den ersten Benutzer an.",
  "claim.code": "Code",
  "claim.codeHint": "Auf der Konsole des Geräts und in der Datei claim in seinem Datenordner.",
  "claim.user": "Ihr Benutzername",
  "claim.password": "Neues Passwort",
  "claim.passwordHint": "Mindestens 12 Zeichen. Ein Satz ist leicht zu merken.",
  "claim.again": "Dasselbe Passwort noch einmal",
  "claim.different": "Die beiden Passwörter sind verschieden.",
  "claim.short": "Nehmen Sie mindestens 12 Zeichen.",
  "claim.submit": "Ersten Benutzer anlegen",
  "claim.keyTitle": "Schlüssel für den Datenschutz",
  "claim.keyIntro":
    "Geben Sie diesen Schlüssel der Person, die für den Datenschutz verantwortlich ist. Ohne ihn kann niemand den Bildschutz senken. Er wird nur jetzt gezeigt.",
  "claim.keyCopy": "Schlüssel kopieren",
  "claim.keyCopied": "Kopiert",
  "claim.keyKept": "Ich habe den Schlüssel sicher verwahrt",
  "claim.goOn": "Weiter",
  "start.unreachable": "Das Gerät antwortet nicht",
};
