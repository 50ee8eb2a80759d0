-- The state of Belfort, version 1. Texts that come from the web have no bound
-- that an index could rely on: what is looked up by them stands under their
-- SHA-256, in columns named key.

CREATE SCHEMA belfort;

CREATE TABLE belfort.version (version integer NOT NULL);

-- A process that takes links or meldingen. What it holds refers to it, so that
-- all of it is free when its row goes, and nobody can hold anything without one.
CREATE TABLE belfort.member (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,      -- of its data directory
    harvesting boolean NOT NULL DEFAULT false,
    expires    timestamptz NOT NULL
);

-- The frontier. A link is held by who holds its host.
CREATE TABLE belfort.run (
    source bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key    bytea NOT NULL UNIQUE,         -- of the seed
    seed   text COLLATE "C" NOT NULL,
    number bigint NOT NULL,               -- of the newest run of the seed
    began  timestamptz NOT NULL,
    open   boolean NOT NULL,
    ender  bigint REFERENCES belfort.member ON DELETE SET NULL -- who has its End
);
CREATE INDEX run_open ON belfort.run (source) WHERE open;
CREATE INDEX run_ender ON belfort.run (ender) WHERE ender IS NOT NULL;

CREATE TABLE belfort.seen (
    source bigint NOT NULL,
    key    bytea NOT NULL,                -- of the URL
    number bigint NOT NULL,               -- of the newest run that saw it
    url    text COLLATE "C" NOT NULL,
    PRIMARY KEY (source, key)
) WITH (fillfactor = 80);

CREATE TABLE belfort.host (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key    bytea NOT NULL UNIQUE,         -- of the name
    name   text NOT NULL,
    owner  bigint REFERENCES belfort.member ON DELETE SET NULL,
    keeper text NOT NULL DEFAULT '',      -- name of the member that had it last
    rest   timestamptz NOT NULL DEFAULT '-infinity' -- others may not have it before
);
CREATE INDEX host_owner ON belfort.host (owner) WHERE owner IS NOT NULL;

CREATE TABLE belfort.link (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     bigint NOT NULL,
    host       bigint NOT NULL,
    not_before timestamptz NOT NULL,
    body       json NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX link_order ON belfort.link (host, not_before, id);
CREATE INDEX link_source ON belfort.link (source);

-- The evidence of fetches.
CREATE TABLE belfort.visit (
    key  bytea NOT NULL,                  -- of the URL
    at   bigint NOT NULL,                 -- nanoseconds since 1970
    body json NOT NULL,
    PRIMARY KEY (key, at)
);
CREATE TABLE belfort.last_visit (
    key   bytea PRIMARY KEY,
    url   text COLLATE "C" NOT NULL,
    body  json NOT NULL,                  -- without links
    links json
) WITH (fillfactor = 80);
-- An index holds 2704 bytes at most, 500 characters are at most 2000.
CREATE INDEX last_visit_url ON belfort.last_visit (left(url, 500));
CREATE TABLE belfort.round (
    key  bytea NOT NULL,                  -- of the seed
    at   bigint NOT NULL,                 -- when it began, nanoseconds since 1970
    body json NOT NULL,
    PRIMARY KEY (key, at)
);

-- The ledger. Who appends locks head, which has one row.
CREATE TABLE belfort.entry (
    sequence bigint PRIMARY KEY,
    key      bytea NOT NULL,              -- of the IRI of the page
    kind     text NOT NULL,
    body     json NOT NULL                -- entry and refs
);
CREATE INDEX entry_page ON belfort.entry (key, sequence);
CREATE TABLE belfort.head (sequence bigint NOT NULL);
INSERT INTO belfort.head VALUES (0);
CREATE FUNCTION belfort.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON belfort.entry
    EXECUTE FUNCTION belfort.refuse();
-- The newest entry of each page.
CREATE TABLE belfort.page (
    key      bytea PRIMARY KEY,
    sequence bigint NOT NULL,
    kind     text NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX page_held ON belfort.page (sequence) WHERE kind = 'held';
CREATE TABLE belfort.gone (
    id       uuid NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (id, sequence)
);
CREATE TABLE belfort.tally (
    what text NOT NULL,                   -- page or finding
    name text NOT NULL,                   -- kind or severity
    n    bigint NOT NULL,
    PRIMARY KEY (what, name)
);

CREATE TABLE belfort.melding (
    key      bytea PRIMARY KEY,           -- of the submitted resource
    sequence bigint NOT NULL,
    status   text NOT NULL,
    next     timestamptz NOT NULL,
    body     json NOT NULL,
    claimed  bigint REFERENCES belfort.member ON DELETE SET NULL -- who sends it
) WITH (fillfactor = 80);
CREATE INDEX melding_order ON belfort.melding (sequence, key);
CREATE INDEX melding_waiting ON belfort.melding (next, sequence, key) WHERE status = 'wachtend';
CREATE INDEX melding_status ON belfort.melding (status);
CREATE INDEX melding_claimed ON belfort.melding (claimed) WHERE claimed IS NOT NULL;

-- What followers made belongs to a data directory, by its name.
CREATE TABLE belfort.cursor (
    directory text NOT NULL,
    follower  text NOT NULL,
    sequence  bigint NOT NULL,
    PRIMARY KEY (directory, follower)
);
CREATE TABLE belfort.calendar (
    directory text NOT NULL,
    key       bytea NOT NULL,             -- of the IRI
    organ     bytea NOT NULL,             -- key of the IRI of the organ, '' for all
    class     text NOT NULL,
    at        timestamptz,
    iri       text COLLATE "C" NOT NULL,
    types     text[] NOT NULL,
    PRIMARY KEY (directory, key, organ)
);
CREATE INDEX calendar_order ON belfort.calendar (directory, class, organ, at DESC NULLS LAST);
CREATE TABLE belfort.mark (
    directory text NOT NULL,
    page      bytea NOT NULL,             -- key of the IRI of the page
    n         integer NOT NULL,           -- among those of the page
    key       bytea NOT NULL,             -- of the mark
    sequence  bigint NOT NULL,
    pagina    text NOT NULL,
    value     text NOT NULL,
    PRIMARY KEY (directory, page, n)
);
CREATE INDEX mark_order ON belfort.mark (directory, key, sequence DESC, page, n);

CREATE TABLE belfort.blob (
    name    bytea PRIMARY KEY,            -- SHA-256 of the content
    content bytea NOT NULL                -- as a zstd frame
);
ALTER TABLE belfort.blob ALTER content SET STORAGE EXTERNAL;
