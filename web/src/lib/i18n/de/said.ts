import { findings } from "./findings";

/**
 * German words for what the device says in English: refusals, faults of a site file.
 * As in `../said.ts`: `{}` is a place in what it says, `{1}` and `{2}` are what stood there.
 * A test holds this list to all that the device can say.
 */
export const said: Record<string, string> = {
  // people and tokens
  "a user's name is 1 to 64 of A-Z, a-z, 0-9 and ._@- and begins with a letter or digit":
    "Ein Benutzername hat 1 bis 64 Zeichen aus A-Z, a-z, 0-9 und ._@- und beginnt mit Buchstabe oder Ziffer.",
  "a password has at least {} characters, this has {}: take four random words":
    "Ein Passwort hat mindestens {1} Zeichen, dieses hat {2}: Nehmen Sie vier zufällige Wörter.",
  "a password has at most {} characters, this has {}":
    "Ein Passwort hat höchstens {1} Zeichen, dieses hat {2}.",
  "a password holds no control characters (a line break, a tab)":
    "Ein Passwort enthält keine Steuerzeichen (Zeilenumbruch, Tabulator).",
  "this password is among the first that anybody would try: take four random words":
    "Dieses Passwort gehört zu denen, die jeder zuerst versucht: Nehmen Sie vier zufällige Wörter.",
  "the password holds characters that are none": "Das Passwort enthält Zeichen, die keine sind.",
  "expected a role ({}), got {}": "Erwartet wird eine Rolle ({1}), nicht {2}.",
  "expected a scope ({}), got {}": "Erwartet wird ein Recht ({1}), nicht {2}.",
  "a token's name is 1 to 64 letters, digits, spaces and ._@:/-":
    "Der Name eines Tokens hat 1 bis 64 Buchstaben, Ziffern, Leerzeichen und ._@:/-",
  "a token needs at least one scope": "Ein Token braucht mindestens ein Recht.",
  "a token lives 1 to {} seconds, or without an end":
    "Ein Token gilt 1 bis {1} Sekunden, oder ohne Ende.",
  "a device has at most {} tokens: remove one first":
    "Ein Gerät hat höchstens {1} Token: Entfernen Sie erst eines.",
  "there is no token of this id": "Dieses Token gibt es nicht mehr.",
  "there is no user of this name": "Einen Benutzer dieses Namens gibt es nicht.",
  "nobody would be left who can manage users: name another installer or privacy officer first":
    "Niemand könnte mehr Benutzer verwalten: Benennen Sie erst jemand anderen als Installateur oder für den Datenschutz.",
  "the device has its first user already: sign in":
    "Das Gerät hat schon seinen ersten Benutzer: Melden Sie sich an.",
  "there is a user {} already": "Einen Benutzer {1} gibt es schon.",
  "a device has at most {} users: remove one first":
    "Ein Gerät hat höchstens {1} Benutzer: Entfernen Sie erst einen.",
  "at most {} streams for one user or token: close one first":
    "Höchstens {1} Ströme je Benutzer oder Token: Schließen Sie erst einen.",
  // privacy
  "there is a privacy officer's key already": "Es gibt schon einen Schlüssel für den Datenschutz.",
  "this needs the privacy officer's key": "Dafür braucht es den Schlüssel für den Datenschutz.",
  "this is not the privacy officer's key": "Das ist nicht der Schlüssel für den Datenschutz.",
  "the gender module takes the privacy officer's key":
    "Das Geschlechtsmodul braucht den Schlüssel für den Datenschutz.",
  "write down a consent for the purpose 'gender' first":
    "Halten Sie zuerst eine Einwilligung für das Geschlechtsmodul fest.",
  "the mode {} shows more than is allowed now or later: that takes the privacy officer's key":
    "Der Bildmodus {1} zeigt mehr, als jetzt oder später erlaubt ist: Dafür braucht es den Schlüssel für den Datenschutz.",
  "the mode 'still' keeps a photograph of the empty place: write down a consent for the purpose 'still' first, or choose 'none'":
    "Der Bildmodus „Leeres Standbild“ behält ein Foto des leeren Orts: Halten Sie zuerst eine Einwilligung dafür fest, oder wählen Sie „Kein Bild“.",
  "there is no image mode {}; expected one of {}":
    "Einen Bildmodus {1} gibt es nicht; erwartet wird einer von {2}.",
  "a mode is set for {} to {} seconds, or for good when no time is given; got {}":
    "Ein Bildmodus gilt für {1} bis {2} Sekunden, oder ohne Zeit für immer; nicht {3}.",
  "say why in {} to {} characters on one line: the audit log keeps it; got {}":
    "Sagen Sie in {1} bis {2} Zeichen auf einer Zeile, warum: Das Prüfprotokoll behält es. Es waren {3}.",
  "the mode {} expired": "der Bildmodus {1} lief ab",
  "the consent for a still ended": "die Einwilligung für ein Standbild endete",
  "there is no purpose {}; expected {}": "Einen Zweck {1} gibt es nicht; erwartet wird {2}.",
  "a consent is given for {} to {} seconds, got {}":
    "Eine Einwilligung gilt für {1} bis {2} Sekunden, nicht {3}.",
  "the register holds {} consents; none can be added":
    "Das Register hält {1} Einwilligungen; keine passt mehr hinein.",
  "there is no consent {}": "Eine Einwilligung {1} gibt es nicht.",
  "{}; write it down first": "{1} Halten Sie sie zuerst fest.",
  "that consent is for {}, not for {}": "Diese Einwilligung gilt für {1}, nicht für {2}.",
  "that consent was withdrawn": "Diese Einwilligung wurde widerrufen.",
  "that consent is over; a new one is needed":
    "Diese Einwilligung ist abgelaufen; es braucht eine neue.",
  "{}: expected {} to {} printable characters on one line":
    "{1}: Erwartet werden {2} bis {3} druckbare Zeichen auf einer Zeile.",
  "contact: unknown {}; expected {}": "Kontakt: {1} ist unbekannt; erwartet wird {2}.",
  "contact.{}: expected at most {} printable characters":
    "Kontakt, {1}: Erwartet werden höchstens {2} druckbare Zeichen.",
  "expected {} in {}, got {} in {}": "Erwartet wird {1} in {2}, nicht {3} in {4}.",
  "there is no kind {}; expected {}": "Eine Art {1} gibt es nicht; erwartet wird {2}.",
  "{} are kept for {} to {} seconds ({}); got {}":
    "{1} werden {2} bis {3} Sekunden behalten; nicht {5}.",
  "expected at least one kind with its seconds, got none":
    "Erwartet wird mindestens eine Art mit ihrer Frist.",
  "nothing is kept under that name": "Unter diesem Namen ist nichts gespeichert.",
  "expected a language of the notice ({}), got {}":
    "Erwartet wird eine Sprache des Hinweises ({1}), nicht {2}.",
  "the image mode is counts: no path leaves; draw on the floor plan":
    "Im Bildmodus „Nur Zahlen“ verlässt kein Weg das Gerät: Zeichnen Sie auf dem Bodenplan.",
  "the image mode is {}, and this picture is shown in {} only; the privacy officer can change the mode":
    "Der Bildmodus ist {1}, und dieses Bild wird nur in {2} gezeigt; die Person für den Datenschutz kann den Modus ändern.",
  // times and ranges
  "expected times from {} to {}": "Erwartet werden Zeiten von {1} bis {2}.",
  "expected start before end, got {} and {}": "Der Anfang muss vor dem Ende liegen.",
  "expected at most {} days, got {}": "Höchstens {1} Tage auf einmal.",
  "expected at most {} periods, got {}: ask for a longer period_s or a shorter range":
    "Höchstens {1} Intervalle auf einmal, nicht {2}: Wählen Sie ein längeres Intervall oder einen kürzeren Zeitraum.",
  "period_s: expected a whole number of minutes that divides a day, got {}":
    "Ein Intervall hat ganze Minuten und teilt einen Tag; {1} Sekunden tun das nicht.",
  "after: expected the position of an event, got {}":
    "Erwartet wird die Stelle eines Ereignisses, nicht {1}.",
  "at most {} intervals at once: ask for less, or longer":
    "Höchstens {1} Intervalle auf einmal: Wählen Sie weniger oder längere.",
  "expected one of {}, got {}": "Erwartet wird eines von {1}, nicht {2}.",
  "{} is no time zone that this machine knows: expected an IANA name such as Europe/Berlin":
    "Eine Zeitzone {1} kennt dieses Gerät nicht: Erwartet wird ein IANA-Name wie Europe/Berlin.",
  // busy
  "the device is starting; try again soon":
    "Das Gerät startet; versuchen Sie es gleich noch einmal.",
  "the device is not counting yet; try again soon":
    "Das Gerät zählt noch nicht; versuchen Sie es gleich noch einmal.",
  "the counter has too much to do at this moment; try again soon":
    "Die Zählung hat gerade zu viel zu tun; versuchen Sie es gleich noch einmal.",
  "the store has too much to do at this moment; try again soon":
    "Der Speicher hat gerade zu viel zu tun; versuchen Sie es gleich noch einmal.",
  "the store is being opened; try again soon":
    "Der Speicher wird geöffnet; versuchen Sie es gleich noch einmal.",
  "{} listen already; close one and try again":
    "{1} hören schon zu; schließen Sie eine Seite und versuchen Sie es noch einmal.",
  // recordings
  "there is no recording {}": "Eine Aufnahme {1} gibt es nicht.",
  "recording {} was not counted by hand yet": "Die Aufnahme {1} ist noch nicht von Hand gezählt.",
  "recording {}: its counts are not there yet; try again":
    "Aufnahme {1}: Ihre Zählung ist noch nicht da; versuchen Sie es noch einmal.",
  "a clip lasts {} to {} seconds, got {}": "Eine Aufnahme dauert {1} bis {2} Sekunden, nicht {3}.",
  "a clip is being recorded already": "Es wird schon aufgenommen.",
  "recording {} is {}, not ready to be seen":
    "Die Aufnahme {1} ist nicht fertig und kann noch nicht angesehen werden.",
  "recording {} is {}, not ready": "Die Aufnahme {1} ist nicht fertig.",
  "the image mode is {}: depth is recorded and seen in 'depth' only":
    "Der Bildmodus ist {1}: Aufgenommen und angesehen wird nur in „Tiefenansicht“.",
  "there are {} recordings already; erase one first":
    "Es gibt schon {1} Aufnahmen; löschen Sie erst eine.",
  "no room for another recording; erase one first":
    "Kein Platz für noch eine Aufnahme; löschen Sie erst eine.",
  "expected at most {} marks, got {}": "Höchstens {1} Übertritte, nicht {2}.",
  "a mark at {} s lies outside of the recording of {} s":
    "Ein Übertritt bei {1} s liegt außerhalb der Aufnahme von {2} s.",
  "the clip has {} frames, counted from 0; got {}":
    "Die Aufnahme hat {1} Bilder, von 0 gezählt; {2} gibt es nicht.",
  // certificate
  "the certificate has more than {} bytes": "Das Zertifikat hat mehr als {1} Byte.",
  "expected 1 to {} certificates, got {}": "Erwartet werden 1 bis {1} Zertifikate, nicht {2}.",
  "the certificate is not PEM (-----BEGIN CERTIFICATE-----) that can be read":
    "Das Zertifikat ist kein lesbares PEM (-----BEGIN CERTIFICATE-----).",
  "expected an EC key ({}) or RSA of {} bits or more: browsers refuse others":
    "Erwartet wird ein EC-Schlüssel ({1}) oder RSA mit {2} Bit oder mehr: Browser lehnen andere ab.",
  "the key has more than {} bytes": "Der Schlüssel hat mehr als {1} Byte.",
  "the key has a passphrase: take it off first (openssl pkey -in key.pem)":
    "Der Schlüssel hat ein Passwort: Nehmen Sie es erst ab (openssl pkey -in key.pem).",
  "the key is not PEM (-----BEGIN PRIVATE KEY-----) that can be read":
    "Der Schlüssel ist kein lesbares PEM (-----BEGIN PRIVATE KEY-----).",
  "the certificate was made for another key: they do not fit":
    "Das Zertifikat gehört zu einem anderen Schlüssel: Sie passen nicht zusammen.",
  "the device's own certificate must stand first, its issuer next":
    "Das Zertifikat des Geräts muss zuerst stehen, dann das seines Ausstellers.",
  "certificate {} is over since {} UTC": "Zertifikat {1} ist seit {2} UTC abgelaufen.",
  "certificate {} is good only from {} UTC on; the device's clock says {} UTC":
    "Zertifikat {1} gilt erst ab {2} UTC; die Uhr des Geräts sagt {3} UTC.",
  "certificate {} is signed with {}: clients refuse it":
    "Zertifikat {1} ist mit {2} unterschrieben: Browser lehnen das ab.",
  "certificate {} was not issued by certificate {}: each must be followed by its issuer":
    "Zertifikat {1} wurde nicht von Zertifikat {2} ausgestellt: Auf jedes muss das seines Ausstellers folgen.",
  "the certificate names no host or address (subjectAltName): browsers refuse it":
    "Das Zertifikat nennt keinen Namen und keine Adresse (subjectAltName): Browser lehnen es ab.",
  "the certificate is not for servers (extendedKeyUsage serverAuth)":
    "Das Zertifikat ist nicht für Server (extendedKeyUsage serverAuth).",
  // the site file
  "version {} of the configuration is not kept": "Version {1} ist nicht mehr da.",
  "version {} is in force, not {}: someone else changed it; look at it and try again":
    "Version {1} gilt, nicht {2}: Jemand anderes hat sie geändert; sehen Sie sie an und versuchen Sie es noch einmal.",
  "to apply a file say which version it replaces: expected=N":
    "Um nach einer Datei zu zählen, sagen Sie, welche Version sie ersetzt.",
  "the site file has faults: {}": "Die Standortdatei hat Fehler: {1}",
  "the whole": "das Ganze",
  "larger than {} bytes": "Mehr als {1} Byte.",
  "not TOML: {}": "Kein TOML: {1}",
  "a line and a zone are both called {}: give each its own name":
    "Eine Linie und eine Zone heißen beide {1}: Geben Sie jeder einen eigenen Namen.",
  "attributes.gender: a device does not estimate gender by its site file: that is the privacy officer's to say":
    "Merkmale: Ein Gerät schätzt das Geschlecht nicht nach seiner Standortdatei: Darüber entscheidet die Person für den Datenschutz.",
  "a device does not estimate gender by its site file: that is the privacy officer's to say":
    "Ein Gerät schätzt das Geschlecht nicht nach seiner Standortdatei: Darüber entscheidet die Person für den Datenschutz.",
  "alarm on {}: {} needs clear_at below raise_at, got {} and {}":
    "Alarm auf {1}: „Aufheben bei“ muss unter „Auslösen bei“ liegen; {3} und {4} tun das nicht.",
  "alarm on {}: {} needs clear_at above raise_at, got {} and {}":
    "Alarm auf {1}: „Aufheben bei“ muss über „Auslösen bei“ liegen; {3} und {4} tun das nicht.",
  "alarm on {}: for_s must not be negative": "Alarm auf {1}: Die Dauer darf nicht negativ sein.",
  "line {}: every segment must be at least 1 cm long":
    "Linie {1}: Jeder Abschnitt muss mindestens 1 cm lang sein.",
  "zone {}: times must not be negative": "Zone {1}: Zeiten dürfen nicht negativ sein.",
  "target {}: its ends must be at least 1 cm apart":
    "Blickziel {1}: Seine Enden müssen mindestens 1 cm auseinander liegen.",
  "a zone named {} and alarms on the room: they would be told apart by nobody; name the zone otherwise":
    "Eine Zone heißt {1}, und es gibt Alarme auf den Raum: Niemand könnte sie unterscheiden; nennen Sie die Zone anders.",
  "capture rate {}: a line is either passed by or entered over":
    "Eintrittsrate {1}: An einer Linie geht man entweder vorbei oder über sie hinein.",
  "attributes.uniform: red and green are shares of one colour: together at most 1, got {} and {}":
    "Dienstkleidung: Rot und Grün sind Anteile einer Farbe: zusammen höchstens 1, nicht {1} und {2}.",
  "{}: there is no {} {}; there are {}": "{1}: {3} gibt es nicht; es gibt {4}.",
  "two {}s are called {}: give each its own name":
    "Zwei heißen {2}: Geben Sie jedem einen eigenen Namen.",
  "Field required": "Das fehlt.",
  "Extra inputs are not permitted": "Ein solches Feld gibt es nicht.",
  "Input should be a finite number": "Geben Sie eine Zahl ein.",
  "Input should be a valid number": "Geben Sie eine Zahl ein.",
  "Input should be a valid number, unable to parse string as a number": "Geben Sie eine Zahl ein.",
  "Input should be a valid integer": "Geben Sie eine ganze Zahl ein.",
  "Input should be a valid integer, got a number with a fractional part":
    "Geben Sie eine ganze Zahl ein.",
  "Input should be a valid integer, unable to parse string as an integer":
    "Geben Sie eine ganze Zahl ein.",
  "Input should be a valid string": "Geben Sie einen Text ein.",
  "Input should be a valid boolean": "Wählen Sie Ja oder Nein.",
  "Input should be a valid boolean, unable to interpret input": "Wählen Sie Ja oder Nein.",
  "Input should be a valid list": "Erwartet wird eine Liste.",
  "Input should be a valid tuple": "Erwartet wird ein Paar.",
  "Input should be a valid dictionary": "Erwartet wird ein Abschnitt.",
  "Input should be a valid dictionary or instance of {}": "Erwartet wird ein Abschnitt.",
  "Input should be greater than {}": "Geben Sie mehr als {1} ein.",
  "Input should be greater than or equal to {}": "Geben Sie {1} oder mehr ein.",
  "Input should be less than {}": "Geben Sie weniger als {1} ein.",
  "Input should be less than or equal to {}": "Geben Sie {1} oder weniger ein.",
  "Input should be {}": "Erwartet wird {1}.",
  "String should have at least {} character": "Geben Sie mindestens {1} Zeichen ein.",
  "String should have at least {} characters": "Geben Sie mindestens {1} Zeichen ein.",
  "String should have at most {} character": "Geben Sie höchstens {1} Zeichen ein.",
  "String should have at most {} characters": "Geben Sie höchstens {1} Zeichen ein.",
  "String should match pattern '^[^\\x00-\\x1f]+$'":
    "Geben Sie druckbare Zeichen auf einer Zeile ein.",
  "String should match pattern '^([01][0-9]|2[0-3]):[0-5][0-9]$'":
    "Geben Sie Zeiten wie 03:30 ein.",
  "List should have at least {} item after validation, not {}": "Mindestens {1}, nicht {2}.",
  "List should have at least {} items after validation, not {}": "Mindestens {1}, nicht {2}.",
  "List should have at most {} item after validation, not {}": "Höchstens {1}, nicht {2}.",
  "List should have at most {} items after validation, not {}": "Höchstens {1}, nicht {2}.",
  "Tuple should have at most {} items after validation, not {}": "Höchstens {1}, nicht {2}.",
  // temperature
  "{} is not there: no sensor that the system tells of":
    "{1} gibt es nicht: Das System kennt keinen Fühler.",
  "no sensor under {} gives a plausible value":
    "Kein Fühler unter {1} liefert einen glaubhaften Wert.",
  ...findings,
};
