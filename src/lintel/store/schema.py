"""The form of the store, version by version. A migration that has been released never changes.

Times are whole microseconds since 1970 UTC, lengths millimetres, scores thousandths; NULL is
"not measured". No picture, no face, no name of a person, and of tracks only what ``tracks`` says.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE events (
    utc_us INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL, place INTEGER NOT NULL,
    reason INTEGER NOT NULL, direction INTEGER, dwell_us INTEGER, size INTEGER,
    x_mm INTEGER, y_mm INTEGER, stature_mm INTEGER, child INTEGER, staff INTEGER, gender INTEGER,
    PRIMARY KEY (utc_us, n)
) WITHOUT ROWID;

CREATE TABLE watches (
    start_us INTEGER NOT NULL, n INTEGER NOT NULL, end_us INTEGER NOT NULL,
    share INTEGER NOT NULL, dropped_frames INTEGER NOT NULL,
    PRIMARY KEY (start_us, n)
) WITHOUT ROWID;

CREATE TABLE tracks (
    utc_us INTEGER NOT NULL, n INTEGER NOT NULL, run_track INTEGER NOT NULL,
    x_mm INTEGER NOT NULL, y_mm INTEGER NOT NULL,
    PRIMARY KEY (utc_us, n)
) WITHOUT ROWID;

CREATE TABLE intervals (
    start_us INTEGER NOT NULL, place INTEGER NOT NULL, period_s INTEGER NOT NULL,
    end_us INTEGER NOT NULL, entered INTEGER NOT NULL, left INTEGER NOT NULL,
    occupancy_mean REAL NOT NULL, occupancy_max INTEGER NOT NULL, coverage REAL NOT NULL,
    dropped_frames INTEGER NOT NULL, dwell TEXT NOT NULL,
    PRIMARY KEY (start_us, place, period_s)
) WITHOUT ROWID;

CREATE TABLE feeds (
    source TEXT NOT NULL, epoch TEXT NOT NULL, last_seq INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (source, epoch)
) WITHOUT ROWID;

CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES ('n', 0);

CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE audit (
    n INTEGER PRIMARY KEY, utc_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    detail TEXT NOT NULL, digest BLOB NOT NULL
);
CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""

SECOND = """
CREATE TABLE grids (
    id INTEGER PRIMARY KEY, x_mm INTEGER NOT NULL, y_mm INTEGER NOT NULL, cell_mm INTEGER NOT NULL,
    columns INTEGER NOT NULL, rows INTEGER NOT NULL,
    UNIQUE (x_mm, y_mm, cell_mm, columns, rows)
);

CREATE TABLE heat (
    start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, kind INTEGER NOT NULL,
    grid INTEGER NOT NULL, beside REAL NOT NULL, cells BLOB NOT NULL,
    PRIMARY KEY (start_us, end_us, kind, grid)
);

CREATE TABLE configs (
    n INTEGER PRIMARY KEY, utc_us INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL,
    hash TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TRIGGER configs_keep_words BEFORE UPDATE ON configs
    BEGIN SELECT RAISE(ABORT, 'configuration versions are append-only'); END;
CREATE TRIGGER configs_keep_newest BEFORE DELETE ON configs
    WHEN OLD.n = (SELECT max(n) FROM configs)
    BEGIN SELECT RAISE(ABORT, 'the configuration in force is never erased'); END;

INSERT INTO counters SELECT 'rows:events', count(*) FROM events;
INSERT INTO counters SELECT 'rows:watches', count(*) FROM watches;
INSERT INTO counters SELECT 'rows:tracks', count(*) FROM tracks;
INSERT INTO counters SELECT 'rows:intervals', count(*) FROM intervals;
INSERT INTO counters VALUES ('rows:heat', 0);
INSERT INTO counters VALUES ('rows:configs', 0);
"""

THIRD = "CREATE INDEX events_in_order_of_storing ON events (n)"

FOURTH = "CREATE INDEX events_with_gender ON events (utc_us) WHERE gender IS NOT NULL"

MIGRATIONS: tuple[str, ...] = (FIRST, SECOND, THIRD, FOURTH)
