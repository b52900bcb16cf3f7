//! The shelf filled before anybody asks: for a school's first day, when a whole class asks at once and nothing was admitted yet.
//!
//! It may run beside a running room and be run again: what stands on the shelf is passed over, and the room looks there
//! before it tries anything. Not here: the shelf itself (`shelf`), and the command line.

use std::sync::Arc;

use futures::{StreamExt, stream};
use ledger::Ledger;
use sandbox::Sandbox;

use crate::admission::Trial;
use crate::audit::Patient;
pub use crate::audit::{Asked, Progress};
use crate::decide::exercise::{Name, Seed};
use crate::decide::template::{Generator, Templates};
use crate::shelf::Shelf;
pub use crate::shelf::{SEEDS_KEPT, STEP, ShelfError};

/// What came of it, in exercises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Admitted now.
    pub new: u64,
    /// On the shelf before.
    pub known: u64,
    /// Tried, and not fit to be shown.
    pub refused: u64,
}

impl Prepared {
    fn and(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            known: self.known + other.known,
            refused: self.refused + other.refused,
        }
    }

    const fn done(self) -> u64 {
        self.new + self.known + self.refused
    }
}

/// Puts what is asked for on the shelf of this ledger, several at once; seeds beyond [`SEEDS_KEPT`] are not kept there.
/// `progress` is told of each few. What was admitted before an error stays.
///
/// # Errors
/// Where there is no sandbox, or the ledger fails.
pub async fn prepare(
    asked: &Asked,
    templates: Templates,
    ledger: Arc<dyn Ledger>,
    sandbox: Arc<dyn Sandbox>,
    mut progress: impl FnMut(Progress),
) -> Result<Prepared, ShelfError> {
    let sandbox = Arc::new(Patient(sandbox));
    let shelf = Shelf::new(templates, ledger, Arc::clone(&sandbox) as _);
    let generators: Vec<Generator<'_>> =
        shelf.templates().generators().filter(|generator| asked.asks(generator)).collect();
    // The first seed of all before the second of any: a run that is ended early has left something of everything.
    let seeds = 0..asked.seeds.min(SEEDS_KEPT);
    let names: Vec<Name> =
        seeds.flat_map(|seed| generators.iter().map(move |generator| generator.name(Seed(seed)))).collect();
    let of = names.len() as u64;
    let kin = names.chunk_by(Name::is_akin).map(|akin| put(&shelf, sandbox.as_ref(), akin));
    let mut under_way = stream::iter(kin).buffer_unordered(asked.parallel.get());
    let mut prepared = Prepared::default();
    while let Some(one) = under_way.next().await {
        prepared = prepared.and(one?);
        progress(Progress { done: prepared.done(), of });
    }
    Ok(prepared)
}

/// What came of names that are akin: each knows what was seen of those before.
async fn put(shelf: &Shelf, sandbox: &dyn Sandbox, akin: &[Name]) -> Result<Prepared, ShelfError> {
    let trial = Trial::new(sandbox);
    let mut prepared = Prepared::default();
    for name in akin {
        if shelf.known(name).await?.is_some() {
            prepared.known += 1;
        } else if shelf.try_out(&trial, name.clone()).await?.is_ok() {
            prepared.new += 1;
        } else {
            prepared.refused += 1;
        }
    }
    Ok(prepared)
}
