//! An audit over the real sandbox, small; and how it prints.
//!
//! Not here: the whole audit, which is a command of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::admission::tests::pool;

/// A sandbox that is busy every other time.
struct Hurried {
    asked: AtomicU32,
    pool: Arc<dyn Sandbox>,
}

#[async_trait]
impl Sandbox for Hurried {
    async fn run(&self, job: Job) -> Result<Report, SandboxError> {
        if self.asked.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            return Err(SandboxError::Busy { retry_after_s: 0 });
        }
        self.pool.run(job).await
    }
}

/// None at all.
struct Missing;

#[async_trait]
impl Sandbox for Missing {
    async fn run(&self, _: Job) -> Result<Report, SandboxError> {
        Err(SandboxError::Unavailable("no child".to_owned()))
    }
}

#[tokio::test]
async fn an_audit_waits_for_a_busy_sandbox_and_ends_without_one() {
    let templates = Templates::load().unwrap();
    let asked = Asked { seeds: 1, only: Some("operators/boxes".to_owned()), parallel: NonZeroUsize::MIN };
    let hurried = Arc::new(Hurried { asked: AtomicU32::new(0), pool: pool() });
    let audited = audit(&asked, &templates, hurried.clone(), |_| {}).await.unwrap();
    assert!(audited.rows.iter().all(|row| row.admitted == 1), "{audited}");
    assert!(hurried.asked.load(Ordering::SeqCst) > 10);
    let error = audit(&asked, &templates, Arc::new(Missing), |_| {}).await.unwrap_err();
    assert_eq!(error, SandboxError::Unavailable("no child".to_owned()));
}

#[tokio::test]
async fn an_audit_counts_what_was_admitted_and_tells_of_each_exercise() {
    let templates = Templates::load().unwrap();
    let asked = Asked { seeds: 2, only: Some("operators/boxes".to_owned()), parallel: NonZeroUsize::MIN };
    let mut told = Vec::new();
    let audit = audit(&asked, &templates, pool(), |progress| told.push(progress)).await.unwrap();
    assert_eq!(audit.rows.len(), Kind::ALL.len());
    assert_eq!(told.last(), Some(&Progress { done: 10, of: 10 }));
    for row in &audit.rows {
        assert_eq!((row.admitted, row.distinct), (2, 2), "{audit}");
        assert_eq!(row.tally.survived, 0, "{audit}");
        assert!(row.tally.killed >= 10 && row.tests_median >= 1, "{audit}");
    }
}

#[test]
fn a_table_has_a_line_for_each_generator_and_its_refusals() {
    let row = |place: &str, admitted| Row {
        place: place.to_owned(),
        kind: Kind::Write,
        difficulty: Difficulty::Easy,
        variety: 120,
        seeds: 40,
        admitted,
        distinct: admitted,
        tally: Tally { mutants: 400, killed: 380, equal: 16, survived: 4, tests: 300 },
        tests_median: 8,
        refusals: BTreeMap::new(),
    };
    let mut second = row("while/savings", 38);
    second
        .refusals
        .insert("bug survives", (2, "no test catches `comparison-flip` in line 4: `x > 3`".to_owned()));
    let audit = Audit { rows: vec![row("for/multiples", 40), second] };
    insta::assert_snapshot!(audit.to_string());
}
