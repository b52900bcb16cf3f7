//! The texts of all statements over rows. Lists come as arrays, so that each text is the same whatever their length.
//!
//! Not here: the tables (`migrations/`), when which statement runs (modules `batch`, `reader`, `outbox`, `lease`).

/// Which part of [`FACTS`] a row is of.
pub(crate) const ACCEPTED: i32 = 0;
/// As [`ACCEPTED`].
pub(crate) const APPENDED: i32 = 1;
/// As [`ACCEPTED`].
pub(crate) const DOCUMENT: i32 = 2;
/// As [`ACCEPTED`].
pub(crate) const WAITING: i32 = 3;

/// `$1` room. `$2` `$3` consumers and events → [`ACCEPTED`], consumer, event. `$4` `$5` `$6` streams, times and events →
/// [`APPENDED`], stream, event, time. `$7` `$8` kinds and keys → [`DOCUMENT`], key, nothing, version, kind. `$9` sequences
/// → [`WAITING`], nothing, nothing, how many of them wait.
///
/// OFFSET 0 keeps each look-up by itself: planned while tables are empty, a plain join would read the whole room for each
/// change, and stay so until somebody analyzes the tables.
pub(crate) const FACTS: &str = "
    SELECT 0, w.consumer, w.event_id, NULL::bigint, NULL::smallint
    FROM unnest($2::text[], $3::uuid[]) AS w (consumer, event_id), LATERAL (
      SELECT 1 FROM ledger_inbox AS i
      WHERE i.room = $1 AND i.consumer = w.consumer AND i.event_id = w.event_id OFFSET 0
    ) AS found
    UNION ALL
    SELECT 1, w.stream, w.event_id, w.occurred_at, NULL
    FROM unnest($4::text[], $5::bigint[], $6::uuid[]) AS w (stream, occurred_at, event_id), LATERAL (
      SELECT 1 FROM ledger_entry AS e
      WHERE e.room = $1 AND e.stream = w.stream AND e.occurred_at = w.occurred_at AND e.event_id = w.event_id OFFSET 0
    ) AS found
    UNION ALL
    SELECT 2, w.key, NULL, found.version, w.kind
    FROM unnest($7::smallint[], $8::text[]) AS w (kind, key), LATERAL (
      SELECT d.version FROM ledger_document AS d WHERE d.kind = w.kind AND d.key = w.key OFFSET 0
    ) AS found
    UNION ALL
    SELECT 3, NULL, NULL, count(*), NULL FROM ledger_outbox WHERE room = $1 AND sequence = ANY ($9::bigint[])";

/// Everything that a run writes: see `batch::write` for what is bound.
pub(crate) const WRITE: &str = "
    WITH accepted AS (
      INSERT INTO ledger_inbox (room, consumer, event_id, accepted_at)
      SELECT $1, consumer, event_id, $4 FROM unnest($2::text[], $3::uuid[]) AS w (consumer, event_id)
    ), appended AS (
      INSERT INTO ledger_entry (room, stream, occurred_at, event_id, subject, body)
      SELECT $1, w.* FROM unnest($5::text[], $6::bigint[], $7::uuid[], $8::text[], $9::bytea[]) AS w
    ), put AS (
      INSERT INTO ledger_document (kind, key, version, subject, body, by_1, by_2, by_3, by_4)
      SELECT * FROM unnest(
        $10::smallint[], $11::text[], $12::bigint[], $13::text[], $14::bytea[],
        $15::text[], $16::text[], $17::text[], $18::text[]
      )
      ON CONFLICT (kind, key) DO UPDATE SET
        version = excluded.version, subject = excluded.subject, body = excluded.body,
        by_1 = excluded.by_1, by_2 = excluded.by_2, by_3 = excluded.by_3, by_4 = excluded.by_4
    ), deleted AS (
      DELETE FROM ledger_document AS d USING unnest($19::smallint[], $20::text[]) AS w (kind, key)
      WHERE d.kind = w.kind AND d.key = w.key
    ), queued AS (
      INSERT INTO ledger_outbox
        (room, sequence, lane, topic, key, payload, correlation_id, traceparent, queued_at)
      SELECT $1, w.*, $4 FROM unnest(
        $21::bigint[], $22::smallint[], $23::text[], $24::text[], $25::bytea[], $26::text[], $27::text[]
      ) AS w
    ), published AS (
      DELETE FROM ledger_outbox WHERE room = $1 AND sequence = ANY ($28::bigint[])
    )
    UPDATE ledger_room SET last_sequence = $29, waiting = $30
    WHERE id = $1 AND (last_sequence, waiting) IS DISTINCT FROM ($29::bigint, $30::bigint)";

/// `$1` room, `$2` student → how many messages are gone.
pub(crate) const ERASE: &str = "
    WITH entries AS (
      DELETE FROM ledger_entry WHERE room = $1 AND subject = $2
    ), documents AS (
      DELETE FROM ledger_document WHERE subject = $2 AND kind = ANY (ARRAY(SELECT id FROM ledger_kind WHERE room = $1))
    ), messages AS (
      DELETE FROM ledger_outbox WHERE room = $1 AND key = $2 RETURNING 1
    )
    SELECT count(*) FROM messages";

/// `$1` kind, `$2` key → key, version, body.
pub(crate) const DOCUMENT_BY_KEY: &str =
    "SELECT key, version, body FROM ledger_document WHERE kind = $1 AND key = $2";

/// For each place of an indexed field: `$1` kind, `$2` values, `$3` limit, `$4` offset → key, version, body.
pub(crate) const DOCUMENTS_BY_FIELD: [&str; 4] = [
    "SELECT key, version, body FROM ledger_document WHERE kind = $1 AND by_1 = ANY ($2::text[]) ORDER BY key LIMIT $3 OFFSET $4",
    "SELECT key, version, body FROM ledger_document WHERE kind = $1 AND by_2 = ANY ($2::text[]) ORDER BY key LIMIT $3 OFFSET $4",
    "SELECT key, version, body FROM ledger_document WHERE kind = $1 AND by_3 = ANY ($2::text[]) ORDER BY key LIMIT $3 OFFSET $4",
    "SELECT key, version, body FROM ledger_document WHERE kind = $1 AND by_4 = ANY ($2::text[]) ORDER BY key LIMIT $3 OFFSET $4",
];

/// `$1` room, `$2` stream, `$3` `$4` position, `$5` limit → event, time, body.
pub(crate) const STREAM: &str = "
    SELECT event_id, occurred_at, body FROM ledger_entry
    WHERE room = $1 AND stream = $2 AND (occurred_at, event_id) > ($3, $4)
    ORDER BY occurred_at, event_id LIMIT $5";

/// The same from the first entry on: `$1` room, `$2` stream, `$3` limit.
pub(crate) const STREAM_START: &str = "
    SELECT event_id, occurred_at, body FROM ledger_entry WHERE room = $1 AND stream = $2
    ORDER BY occurred_at, event_id LIMIT $3";

/// `$1` room, `$2` student → place, event or nothing, key or nothing, body: entries, then documents.
pub(crate) const EXPORT: &str = "
    SELECT place, event_id, key, body FROM (
      SELECT 0 AS part, stream AS place, occurred_at AS at, event_id, NULL::text COLLATE \"C\" AS key, body
      FROM ledger_entry WHERE room = $1 AND subject = $2
      UNION ALL
      SELECT 1, k.name, 0, NULL, d.key, d.body
      FROM ledger_kind AS k JOIN ledger_document AS d ON d.kind = k.id
      WHERE k.room = $1 AND d.subject = $2
    ) AS kept
    ORDER BY part, place, at, event_id, key";

/// `$1` room, `$2` the lowest of the places in `$3`, `$3` for each lane the sequence to read on from, NULL for lanes that
/// are not ours, `$4` limit → lane and message.
pub(crate) const OLDEST: &str = "
    SELECT sequence, lane, topic, key, payload, correlation_id, traceparent, queued_at FROM ledger_outbox
    WHERE room = $1 AND sequence > $2 AND sequence > ($3::bigint[])[lane + 1]
    ORDER BY sequence LIMIT $4";

/// `$1` room → how many messages wait, when the oldest of them was queued.
pub(crate) const BACKLOG: &str = "
    SELECT waiting, (SELECT queued_at FROM ledger_outbox WHERE room = $1 ORDER BY sequence LIMIT 1)
    FROM ledger_room WHERE id = $1";

/// `$1` room, `$2` holder, `$3` milliseconds: this store relays.
pub(crate) const APPEAR: &str = "
    INSERT INTO ledger_relay (room, holder, expires_at)
    VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
    ON CONFLICT (room, holder) DO UPDATE SET expires_at = excluded.expires_at";

/// `$1` room: forgets stores that are gone → how many are there.
pub(crate) const COUNT_RELAYS: &str = "
    WITH gone AS (
      DELETE FROM ledger_relay WHERE (room, holder) IN (
        SELECT room, holder FROM ledger_relay WHERE room = $1 AND expires_at < clock_timestamp()
        FOR UPDATE SKIP LOCKED
      )
    )
    SELECT count(*) FROM ledger_relay WHERE room = $1 AND expires_at >= clock_timestamp()";

/// `$1` room, `$2` holder, `$3` milliseconds, `$4` `$5` lanes and their tokens → lanes whose lease goes on.
pub(crate) const RENEW: &str = "
    UPDATE ledger_lane AS l SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    FROM unnest($4::smallint[], $5::bigint[]) AS w (lane, token)
    WHERE l.room = $1 AND l.lane = w.lane AND l.token = w.token AND l.holder = $2
      AND l.expires_at >= clock_timestamp()
    RETURNING l.lane";

/// `$1` room, `$2` holder, `$3` `$4` lanes and the last sequence handed out in each → lanes that are free now: all that
/// was handed out is forgotten.
pub(crate) const RELEASE: &str = "
    UPDATE ledger_lane AS l SET holder = NULL, expires_at = NULL
    FROM unnest($3::smallint[], $4::bigint[]) AS w (lane, handed_out)
    WHERE l.room = $1 AND l.lane = w.lane AND l.holder = $2 AND NOT EXISTS (
      SELECT 1 FROM ledger_outbox AS o WHERE o.room = $1 AND o.lane = w.lane AND o.sequence <= w.handed_out
    )
    RETURNING l.lane";

/// `$1` room, `$2` holder, `$3` milliseconds, `$4` lanes that are held, `$5` how many more → lane, token. What another
/// store takes at this very moment is passed over.
pub(crate) const TAKE: &str = "
    UPDATE ledger_lane AS l
    SET holder = $2, token = token + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE l.room = $1 AND l.lane IN (
      SELECT lane FROM ledger_lane
      WHERE room = $1 AND lane <> ALL ($4::smallint[])
        AND (holder IS NULL OR holder = $2 OR expires_at < clock_timestamp())
      ORDER BY lane LIMIT $5 FOR UPDATE SKIP LOCKED
    )
    RETURNING l.lane, l.token";

/// `$1` room, `$2` holder: gives everything back.
pub(crate) const LEAVE: &str = "
    WITH gone AS (DELETE FROM ledger_relay WHERE room = $1 AND holder = $2)
    UPDATE ledger_lane SET holder = NULL, expires_at = NULL WHERE room = $1 AND holder = $2";

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};
    use testkit::postgres::Database;

    use super::*;
    use crate::Settings;
    use crate::connect::Connector;

    /// Plans are made once, often while tables are still empty, and kept: none may grow with the table.
    #[tokio::test]
    async fn no_plan_made_on_empty_tables_reads_a_whole_room() {
        let database = Database::fresh().await;
        let connector = Connector::new(database.url(), &Settings::default()).unwrap();
        let mut connection = connector.connect().await.unwrap();
        crate::schema::migrate(&mut connection).await.unwrap();
        let [by_1, by_2, by_3, by_4] = DOCUMENTS_BY_FIELD;
        let statements = [(FACTS, 9), (WRITE, 30), (DOCUMENT_BY_KEY, 2), (STREAM, 5), (STREAM_START, 3)];
        let more = [(OLDEST, 4), (by_1, 4), (by_2, 4), (by_3, 4), (by_4, 4)];
        for (number, (text, parameters)) in statements.into_iter().chain(more).enumerate() {
            let nulls = vec!["NULL"; parameters].join(", ");
            let prepare = format!("PREPARE s{number} AS {text}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
            let explain = format!("EXPLAIN EXECUTE s{number} ({nulls})");
            let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
            let lines: Vec<String> = rows.iter().map(|row| row.try_get(0).unwrap()).collect();
            let plan = lines.join("\n");
            assert!(plan.contains("Index"), "{plan}");
            for whole in ["Seq Scan", "Index Cond: (room = $1)\n", "Index Cond: (kind = $1)\n"] {
                assert!(!format!("{plan}\n").contains(whole), "{whole}: {plan}");
            }
        }
    }
}
