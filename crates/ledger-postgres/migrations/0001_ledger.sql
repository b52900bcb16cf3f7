-- Everything that rooms keep, in tables that all rooms share. Times are milliseconds since 1970. Texts compare by their
-- bytes (COLLATE "C"), as Rust compares them. Bodies are bytea: not a byte of them may change, and nobody asks inside.

CREATE TABLE ledger_meta (
  name text COLLATE "C" PRIMARY KEY,
  value bigint NOT NULL
);
INSERT INTO ledger_meta (name, value) VALUES ('schema_version', 0);

-- A room, and the state of its outbox. Whoever writes to a room locks its row first.
CREATE TABLE ledger_room (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  last_sequence bigint NOT NULL DEFAULT 0,
  waiting bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

-- A kind of documents, with the names of its indexed fields.
CREATE TABLE ledger_kind (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  room smallint NOT NULL REFERENCES ledger_room (id),
  name text COLLATE "C" NOT NULL,
  indexed text[] NOT NULL,
  UNIQUE (room, name)
);

CREATE TABLE ledger_inbox (
  room smallint NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  accepted_at bigint NOT NULL,
  PRIMARY KEY (room, consumer, event_id)
);

CREATE TABLE ledger_entry (
  room smallint NOT NULL,
  stream text COLLATE "C" NOT NULL,
  occurred_at bigint NOT NULL,
  event_id uuid NOT NULL,
  subject text COLLATE "C",
  body bytea NOT NULL,
  PRIMARY KEY (room, stream, occurred_at, event_id)
);
CREATE INDEX ledger_entry_subject ON ledger_entry (subject, room) WHERE subject IS NOT NULL;

-- Room is left in each page: a put that leaves the indexed fields as they are touches no index.
CREATE TABLE ledger_document (
  kind smallint NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  subject text COLLATE "C",
  body bytea NOT NULL,
  by_1 text COLLATE "C",
  by_2 text COLLATE "C",
  by_3 text COLLATE "C",
  by_4 text COLLATE "C",
  PRIMARY KEY (kind, key)
) WITH (fillfactor = 75);
CREATE INDEX ledger_document_subject ON ledger_document (subject, kind) WHERE subject IS NOT NULL;
CREATE INDEX ledger_document_by_1 ON ledger_document (kind, by_1, key) WHERE by_1 IS NOT NULL;
CREATE INDEX ledger_document_by_2 ON ledger_document (kind, by_2, key) WHERE by_2 IS NOT NULL;
CREATE INDEX ledger_document_by_3 ON ledger_document (kind, by_3, key) WHERE by_3 IS NOT NULL;
CREATE INDEX ledger_document_by_4 ON ledger_document (kind, by_4, key) WHERE by_4 IS NOT NULL;

-- Messages come and go: what is left of them is cleared away by their number, not by their share.
CREATE TABLE ledger_outbox (
  room smallint NOT NULL,
  sequence bigint NOT NULL,
  lane smallint NOT NULL,
  topic text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  payload bytea NOT NULL,
  correlation_id text,
  traceparent text,
  queued_at bigint NOT NULL,
  PRIMARY KEY (room, sequence)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- A lane is a share of the keys. Its holder's relay alone publishes its messages, until the lease ends. The token rises
-- with each new lease.
CREATE TABLE ledger_lane (
  room smallint NOT NULL REFERENCES ledger_room (id),
  lane smallint NOT NULL,
  holder uuid,
  token bigint NOT NULL DEFAULT 0,
  expires_at timestamptz,
  PRIMARY KEY (room, lane)
) WITH (fillfactor = 25);

-- The stores that relay: lanes are shared out evenly among them.
CREATE TABLE ledger_relay (
  room smallint NOT NULL REFERENCES ledger_room (id),
  holder uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (room, holder)
) WITH (fillfactor = 25);
