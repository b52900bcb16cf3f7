//! Writes a room's declaration into the database, and finds the numbers under which it keeps the room and its kinds.
//!
//! Not here: the tables (module `schema`): all rooms share them.

use ledger::{Kind, LedgerError, RoomSpec, declared};
use sqlx::{Connection, PgConnection, Row};

use crate::failure::Failure;
use crate::lanes::LANES;

/// The numbers of a room.
pub(crate) struct Numbers {
    /// The room's.
    pub(crate) room: i16,
    /// Its kinds', in the order of their declaration.
    pub(crate) kinds: Vec<i16>,
}

/// Makes the room where it is missing.
pub(crate) async fn define(connection: &mut PgConnection, spec: RoomSpec) -> Result<Numbers, LedgerError> {
    declared::check_names(spec)?;
    let mut transaction = connection.begin().await.map_err(Failure::from)?;
    let room = define_room(&mut transaction, spec.name).await?;
    let mut kinds = Vec::with_capacity(spec.kinds.len());
    for kind in spec.kinds {
        kinds.push(define_kind(&mut transaction, room, *kind).await?);
    }
    transaction.commit().await.map_err(Failure::from)?;
    Ok(Numbers { room, kinds })
}

/// The row is locked afterwards: of several processes one defines, and the next finds what it did.
async fn define_room(connection: &mut PgConnection, name: &str) -> Result<i16, Failure> {
    const FIND: &str = "SELECT id FROM ledger_room WHERE name = $1 FOR UPDATE";
    if let Some(row) = sqlx::query(FIND).bind(name).fetch_optional(&mut *connection).await? {
        return Ok(row.try_get(0)?);
    }
    sqlx::query("INSERT INTO ledger_room (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    let room: i16 = sqlx::query(FIND).bind(name).fetch_one(&mut *connection).await?.try_get(0)?;
    sqlx::query(
        "INSERT INTO ledger_lane (room, lane) SELECT $1, generate_series(0, $2 - 1) ON CONFLICT DO NOTHING",
    )
    .bind(room)
    .bind(i32::from(LANES))
    .execute(connection)
    .await?;
    Ok(room)
}

async fn define_kind(connection: &mut PgConnection, room: i16, kind: Kind) -> Result<i16, LedgerError> {
    let known = sqlx::query("SELECT id, indexed FROM ledger_kind WHERE room = $1 AND name = $2")
        .bind(room)
        .bind(kind.name)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Failure::from)?;
    let Some(known) = known else {
        let text = "INSERT INTO ledger_kind (room, name, indexed) VALUES ($1, $2, $3) RETURNING id";
        let made =
            sqlx::query(text).bind(room).bind(kind.name).bind(kind.indexed).fetch_one(connection).await;
        return Ok(made.and_then(|row| row.try_get(0)).map_err(Failure::from)?);
    };
    let id: i16 = known.try_get(0).map_err(Failure::from)?;
    let indexed: Vec<String> = known.try_get(1).map_err(Failure::from)?;
    if indexed == kind.indexed {
        return Ok(id);
    }
    let holds = sqlx::query("SELECT 1 FROM ledger_document WHERE kind = $1 LIMIT 1").bind(id);
    if holds.fetch_optional(&mut *connection).await.map_err(Failure::from)?.is_some() {
        return Err(LedgerError::Undeclared(format!(
            "kind {} holds documents with the indexed fields {indexed:?}, now {:?} is declared: declare a new kind, or \
             write a migration that fills the fields",
            kind.name, kind.indexed
        )));
    }
    sqlx::query("UPDATE ledger_kind SET indexed = $2 WHERE id = $1")
        .bind(id)
        .bind(kind.indexed)
        .execute(connection)
        .await
        .map_err(Failure::from)?;
    Ok(id)
}
