//! Any sequence of changes ends on Postgres as in a model that applies them one by one.

use ledger::suite::Verdict;
use ledger::suite::model::{Batches, OUTBOX_MAX, ROOM, batches, compare};
use ledger_postgres::{PgStore, Settings};
use proptest::prelude::*;
use testkit::postgres::Database;

async fn compare_on_a_database(batches: Batches) -> Verdict {
    let database = Database::fresh().await;
    let settings = Settings { outbox_max: OUTBOX_MAX, ..Settings::default() };
    let store = PgStore::open(database.url(), settings).await?;
    compare(&*store.room(ROOM).await?, batches).await?;
    Ok(store.close().await?)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_batches_end_as_if_changes_came_one_by_one(batches in batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let compared = runtime.block_on(compare_on_a_database(batches));
        prop_assert!(compared.is_ok(), "{:?}", compared);
    }
}
