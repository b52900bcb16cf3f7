//! Who is believed: the copy where it is fresh, else who is asked, else the copy as it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_core::mastery::Mastery;
use async_trait::async_trait;
use clock::Clock;
use contracts::StudentId;
use invoke::{Standing, Standings};
use read_copy::{
    CopyFirst, CopyObserver, Etag, FRESH_FOR, Held, Look, MemoryCopy, PATIENCE, ReadCopy, ReadCopyError,
    StudentCopy, Written,
};
use testkit::{FixedClock, Log};

/// Says the same to everybody, and counts.
struct Says(Standing, AtomicU32);

#[async_trait]
impl Standings for Says {
    async fn standing(&self, _: &StudentId, _: &str) -> Standing {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0
    }
}

/// What was counted.
#[derive(Default)]
struct Looks(Mutex<Vec<Look>>);

impl Looks {
    fn taken(&self) -> Vec<Look> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl CopyObserver for Looks {
    fn looked(&self, look: Look) {
        self.0.lock().unwrap().push(look);
    }
}

fn ada() -> StudentId {
    "ada".parse().unwrap()
}

fn known(mastery: f64) -> Standing {
    Standing::Known(Mastery::new(mastery).unwrap())
}

/// A copy in which ada's loops are at 0.5, heard of at the clock's time.
async fn copy(clock: &FixedClock) -> MemoryCopy {
    let mut held = StudentCopy::empty(clock.now());
    let record = Held { mastery: Mastery::new(0.5).unwrap(), accepted_events: 3, occurred_at: clock.now() };
    held.progress("for".parse().unwrap(), record);
    let copy = MemoryCopy::default();
    assert_eq!(copy.write(&ada(), &held, None).await.unwrap(), Written::Yes);
    copy
}

#[tokio::test]
async fn a_fresh_entry_is_the_answer_and_else_who_is_asked_and_else_the_stale_entry() {
    let fresh_ms = i64::try_from(FRESH_FOR.as_millis()).unwrap();
    // How old the entry is, of what is asked, what Progress says; what is answered, and what the look is
    // counted as: Progress is asked but where it is fresh.
    for (age_ms, component, says, answer, look) in [
        (0, "for", known(0.9), known(0.5), Look::Fresh),
        (fresh_ms, "for", known(0.9), known(0.5), Look::Fresh),
        (-5000, "for", known(0.9), known(0.5), Look::Fresh),
        (fresh_ms + 1, "for", known(0.9), known(0.9), Look::Old),
        (fresh_ms + 1, "for", Standing::NoEvidence, Standing::NoEvidence, Look::Old),
        (fresh_ms + 1, "for", Standing::Unavailable, known(0.5), Look::Old),
        (0, "while", known(0.9), known(0.9), Look::Missing),
        (0, "while", Standing::NoEvidence, Standing::NoEvidence, Look::Missing),
        (0, "while", Standing::Unavailable, Standing::Unavailable, Look::Missing),
    ] {
        let clock = Arc::new(FixedClock::default());
        let copy = copy(&clock).await;
        let before = copy.read(&ada()).await.unwrap();
        let then = Arc::new(Says(says, AtomicU32::new(0)));
        let looks = Arc::new(Looks::default());
        let first = CopyFirst::new(Arc::new(copy.clone()), then.clone(), clock.clone(), FRESH_FOR);
        let first = first.observed(looks.clone());
        clock.advance_ms(age_ms);
        let case = format!("{age_ms} {component} {says:?}");
        assert_eq!(first.standing(&ada(), component).await, answer, "{case}");
        assert_eq!(then.1.load(Ordering::SeqCst), u32::from(look != Look::Fresh), "{case}");
        assert_eq!(looks.taken(), [look], "{case}");
        assert_eq!(copy.read(&ada()).await.unwrap(), before, "only events write: {case}");
    }
}

#[tokio::test]
async fn of_who_was_erased_or_is_not_held_nothing_is_known_here() {
    let clock = Arc::new(FixedClock::default());
    let copy = copy(&clock).await;
    let (mut held, etag) = copy.read(&ada()).await.unwrap().unwrap();
    held.erase(clock.now());
    assert_eq!(copy.write(&ada(), &held, Some(&etag)).await.unwrap(), Written::Yes);
    for says in [Standing::Unavailable, Standing::NoEvidence, known(0.2)] {
        let then = Arc::new(Says(says, AtomicU32::new(0)));
        let first = CopyFirst::new(Arc::new(copy.clone()), then, clock.clone(), FRESH_FOR);
        for student in [ada(), "bea".parse().unwrap()] {
            assert_eq!(first.standing(&student, "for").await, says);
        }
    }
}

/// Fails, or hangs, until it is told to be well.
struct Sick {
    well: AtomicU32,
    hangs: bool,
    copy: MemoryCopy,
}

#[async_trait]
impl ReadCopy for Sick {
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        if self.well.load(Ordering::SeqCst) == 1 {
            return self.copy.read(student).await;
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Err(ReadCopyError("it is away in this test".to_owned()))
    }

    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        self.copy.write(student, copy, expected).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_is_away_or_hangs_is_passed_over_until_it_is_back() {
    for hangs in [false, true] {
        let clock = Arc::new(FixedClock::default());
        let sick = Arc::new(Sick { well: AtomicU32::new(0), hangs, copy: copy(&clock).await });
        let then = Arc::new(Says(known(0.9), AtomicU32::new(0)));
        let looks = Arc::new(Looks::default());
        let first = CopyFirst::new(sick.clone(), then, clock, FRESH_FOR).observed(looks.clone());
        let log = Log::listen();
        let before = tokio::time::Instant::now();
        for _ in 0..3 {
            assert_eq!(first.standing(&ada(), "for").await, known(0.9));
        }
        // Time stands still but for what is waited for.
        let waited = if hangs { 3 * PATIENCE } else { Duration::ZERO };
        assert!(before.elapsed() >= waited && before.elapsed() <= waited + Duration::from_millis(10));
        sick.well.store(1, Ordering::SeqCst);
        for _ in 0..3 {
            assert_eq!(first.standing(&ada(), "for").await, known(0.5));
        }
        let counted = [[Look::Unavailable; 3], [Look::Fresh; 3]].concat();
        assert_eq!(looks.taken(), counted);
        let told = ["Progress is asked for every mastery", "the read copy answers again"];
        assert_eq!(told.map(|message| log.count(message)), [1, 1]);
    }
}
