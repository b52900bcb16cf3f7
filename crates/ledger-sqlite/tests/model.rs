//! Any sequence of changes ends on SQLite as in a model that applies them one by one.

use std::path::Path;

use ledger::suite::Verdict;
use ledger::suite::model::{Batches, OUTBOX_MAX, ROOM, batches, compare};
use ledger_sqlite::{Settings, SqliteStore};
use proptest::prelude::*;

async fn compare_on(path: &Path, batches: Batches) -> Verdict {
    let settings = Settings { outbox_max: OUTBOX_MAX, ..Settings::default() };
    let store = SqliteStore::open_with(path, settings).await?;
    compare(&*store.room(ROOM).await?, batches).await?;
    Ok(store.close().await?)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_batches_end_as_if_changes_came_one_by_one(batches in batches()) {
        let folder = tempfile::tempdir()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let compared = runtime.block_on(compare_on(&folder.path().join("ledger.sqlite"), batches));
        prop_assert!(compared.is_ok(), "{:?}", compared);
    }
}
