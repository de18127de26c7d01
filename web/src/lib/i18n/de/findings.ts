/** German words for what the self-audit finds, as in `said.ts`. */
export const findings: Record<string, string> = {
  "not checked: {}": "Nicht geprüft: {1}",
  "the device's process is not on this machine, or not ours to see":
    "Der Prozess des Geräts ist nicht auf dieser Maschine, oder nicht einsehbar.",
  "the device listens at {} only": "Das Gerät hört nur an {1}.",
  "the device listens at {}": "Das Gerät hört an {1}.",
  "one for HTTPS, one to redirect": "Einer für HTTPS, einer zum Umleiten.",
  "the device has called {}; nobody beyond its network":
    "Das Gerät hat {1} gerufen; niemanden außerhalb seines Netzes.",
  "the device has called {}, beyond its network":
    "Das Gerät hat {1} außerhalb seines Netzes gerufen.",
  "the device has called nobody": "Das Gerät hat niemanden gerufen.",
  "find out what calls there and switch it off; close the way at the router":
    "Finden Sie heraus, was dorthin ruft, und schalten Sie es ab; schließen Sie den Weg am Router.",
  "{} has mode {}": "{1} hat die Rechte {2}",
  "the data folder": "Der Datenordner",
  "files and folders belong to one account alone": "Dateien und Ordner gehören nur einem Konto.",
  "chmod -R go-rwx {}": "chmod -R go-rwx {1}",
  "there is no store yet": "Es gibt noch keinen Speicher.",
  "the store opens without a key": "Der Speicher öffnet sich ohne Schlüssel.",
  "set it aside and begin a new one": "Legen Sie ihn beiseite und beginnen Sie einen neuen.",
  "the store begins as a plain SQLite file":
    "Der Speicher beginnt wie eine unverschlüsselte SQLite-Datei.",
  "set it aside": "Legen Sie ihn beiseite.",
  "no plain header, and it does not open without its key":
    "Kein lesbarer Anfang, und ohne seinen Schlüssel öffnet er sich nicht.",
  "{} is not sealed": "{1} ist nicht versiegelt",
  "{} does not open with this device's key":
    "{1} öffnet sich mit dem Schlüssel dieses Geräts nicht",
  "{} secrets are sealed and open with this device's key":
    "{1} Geheimnisse sind versiegelt und öffnen sich mit dem Schlüssel dieses Geräts.",
  "restore them together with keys/device.key, or erase them and set them up anew":
    "Stellen Sie sie zusammen mit keys/device.key wieder her, oder löschen Sie sie und richten Sie sie neu ein.",
  "restore keys/device.key": "Stellen Sie keys/device.key wieder her.",
  "{} belongs to no recording": "{1} gehört zu keiner Aufnahme",
  "{} recordings, sealed under a key of their own":
    "{1} Aufnahmen, unter einem eigenen Schlüssel versiegelt.",
  "start the device once: it removes what belongs to no recording":
    "Starten Sie das Gerät einmal: Es entfernt, was zu keiner Aufnahme gehört.",
  "there are no recordings": "Es gibt keine Aufnahmen.",
  "no file begins like a picture or a video": "Keine Datei beginnt wie ein Bild oder Video.",
  "find out who wrote it, and erase it":
    "Finden Sie heraus, wer es geschrieben hat, und löschen Sie es.",
  "the store or its key is not there": "Der Speicher oder sein Schlüssel ist nicht da.",
  "restore it, or let the device begin a new one":
    "Stellen Sie ihn wieder her, oder lassen Sie das Gerät einen neuen beginnen.",
  "recording {}": "Aufnahme {1}",
  "{} recordings, each within its consent": "{1} Aufnahmen, jede in ihrer Einwilligung.",
  "start the device once: it erases what is over":
    "Starten Sie das Gerät einmal: Es löscht, was abgelaufen ist.",
  "restore sealed/privacy, or set privacy up anew":
    "Stellen Sie sealed/privacy wieder her, oder richten Sie den Datenschutz neu ein.",
  "{}: no picture is shown": "{1}: Kein Bild wird gezeigt.",
  "{} until {} UTC": "{1} bis {2} UTC.",
  "{} without an end, set by {}: {}": "{1} ohne Ende, eingestellt von {2}: {3}",
  "set 'none', or lower the mode for a stated time":
    "Stellen Sie „Kein Bild“ ein, oder senken Sie den Schutz auf bestimmte Zeit.",
  "nobody has claimed the device": "Niemand hat das Gerät eingerichtet.",
  "make the first user": "Legen Sie den ersten Benutzer an.",
  "there is a privacy officer's key": "Es gibt einen Schlüssel für den Datenschutz.",
  "nobody holds the key": "Niemand hat den Schlüssel.",
  "make one and hand it over": "Machen Sie einen und übergeben Sie ihn.",
  "the claim code is still there": "Der Einrichtungscode ist noch da.",
  "erase the file 'claim'": "Löschen Sie die Datei claim.",
  "the device is claimed and the code is gone": "Das Gerät ist eingerichtet und der Code ist weg.",
  "user {} has a common password": "Benutzer {1} hat ein gängiges Passwort",
  "user {} can sign in with MD5": "Benutzer {1} kann sich mit MD5 anmelden",
  "{} users, none with a password out of {} common ones":
    "{1} Benutzer, keiner mit einem Passwort aus {2} gängigen.",
  "give a new password": "Geben Sie ein neues Passwort.",
  "on; {} events hold an estimate": "An; {1} Ereignisse tragen eine Schätzung.",
  "off; {} events hold an estimate": "Aus; {1} Ereignisse tragen eine Schätzung.",
  "{} events hold an estimate although it is off":
    "{1} Ereignisse tragen eine Schätzung, obwohl es aus ist",
  "start the device once: it erases what is stored":
    "Starten Sie das Gerät einmal: Es löscht, was gespeichert ist.",
  "nothing is kept; the limit is {}": "Nichts ist gespeichert; die Frist ist {1}.",
  "the oldest is of {} UTC, kept for {}": "Das Älteste ist vom {1} UTC; die Frist ist {2}.",
  "see the log: erasing fails, or the device does not run":
    "Sehen Sie ins Protokoll: Das Löschen scheitert, oder das Gerät läuft nicht.",
  "{} entries, each sealed by the one after": "{1} Einträge, jeder vom nächsten versiegelt.",
  "now is {}, the last entry is of {}": "Jetzt ist {1}, der letzte Eintrag ist vom {2}.",
  "set the clock; use a time server": "Stellen Sie die Uhr; nutzen Sie einen Zeitserver.",
  "{} UTC, not before the last entry": "{1} UTC, nicht vor dem letzten Eintrag.",
  "somebody changed it: find out who": "Jemand hat es geändert: Finden Sie heraus, wer.",
  "no address was given": "Es wurde keine Adresse genannt.",
  "give --address https://host:port": "Geben Sie --address https://host:port an.",
  "{}:{} does not answer: {}": "{1}:{2} antwortet nicht: {3}",
  "{}, nothing older": "{1}, nichts Älteres.",
  "{} is accepted": "{1} wird angenommen",
  "allow TLS 1.2 and newer only": "Erlauben Sie nur TLS 1.2 und neuer.",
  "neither TLS 1.2 nor 1.3 is spoken": "Weder TLS 1.2 noch 1.3 wird gesprochen.",
  "see the log": "Sehen Sie ins Protokoll.",
  "valid {} to {}, made by the device: compare its fingerprint":
    "Gültig {1} bis {2}, vom Gerät gemacht: Vergleichen Sie den Fingerabdruck.",
  "valid {} to {}, issued elsewhere": "Gültig {1} bis {2}, von jemandem ausgestellt.",
  "valid {} to {}; now is {}": "Gültig {1} bis {2}; jetzt ist {3}.",
  "install or renew it": "Setzen Sie eines ein oder erneuern Sie es.",
  "plain HTTP is answered with {}": "HTTP ohne Verschlüsselung wird mit {1} beantwortet.",
  "plain HTTP is answered with {} only": "HTTP ohne Verschlüsselung wird nur mit {1} beantwortet.",
  "serve HTTPS only": "Bieten Sie nur HTTPS an.",
  "plain HTTP is refused": "HTTP ohne Verschlüsselung wird abgewiesen.",
  "{} answers {} without a login": "{1} antwortet {2} ohne Anmeldung",
  "{} paths ask for a login": "{1} Pfade verlangen eine Anmeldung.",
  "take the device off the network": "Nehmen Sie das Gerät vom Netz.",
  "no Strict-Transport-Security": "Kein Strict-Transport-Security.",
  "see docs/how-to/privacy.md": "Siehe docs/how-to/privacy.md",
  "none of {} advisories concerns one of {} packages":
    "Keiner von {1} Hinweisen betrifft eines von {2} Paketen.",
  "update Lintel": "Aktualisieren Sie Lintel.",
  "no advisories were given": "Es wurden keine Sicherheitshinweise genannt.",
  "give --advisories FILE in OSV format": "Geben Sie --advisories DATEI im OSV-Format an.",
  "{} and {} more": "{1} und {2} weitere",
};
