//! What every adapter must do, as plain functions: the port's contract, executable.
//!
//! An adapter's test file is a [`Harness`] and one line, `read_copy::suite!(MyHarness::new())`: each case becomes a test of its
//! own name. A new case is a function here and a line in the macro's list. Not here: what only one adapter promises (its own
//! tests).

use std::sync::Arc;

use agent_core::mastery::Mastery;
use async_trait::async_trait;
use contracts::{Component, StudentId};
use futures::future::{join_all, try_join_all};
use jiff::Timestamp;

use crate::{Etag, Held, ReadCopy, StudentCopy, Written};

/// What a case comes to: an error or a panic is a failure.
pub type Verdict = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Gives a case its copies. Each harness has data of its own, empty at first, which goes when it is dropped.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The copy on the harness's data. What is opened twice are two on the same data, as in two processes.
    async fn open(&self) -> Arc<dyn ReadCopy>;
}

/// A test for each case of the suite on the harness that the expression makes.
#[macro_export]
macro_rules! suite {
    ($harness:expr) => {
        $crate::suite!(@cases $harness;
            nothing_is_held_of_a_student_who_was_never_written,
            what_was_written_is_read_as_it_was,
            the_first_to_write_is_the_only_one,
            a_write_replaces_what_was_read,
            a_write_over_something_else_is_a_conflict,
            an_etag_of_nothing_is_a_conflict,
            students_do_not_see_each_other,
            what_one_writes_the_other_reads,
            of_many_first_writers_one_writes,
            no_update_is_lost,
        );
    };
    (@cases $harness:expr; $($case:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() -> $crate::suite::Verdict {
                let harness = $harness;
                $crate::suite::$case(&harness).await
            }
        )*
    };
}

fn student(name: &str) -> Result<StudentId, contracts::IdError> {
    name.parse()
}

/// A copy that holds so many events of one component.
fn copy(accepted_events: u64) -> Result<StudentCopy, Box<dyn std::error::Error + Send + Sync>> {
    let occurred_at = Timestamp::from_millisecond(1_772_355_600_123)?;
    let mut copy = StudentCopy::empty(occurred_at);
    let component: Component = "for".parse()?;
    copy.progress(component, Held { mastery: Mastery::new(0.805)?, accepted_events, occurred_at });
    Ok(copy)
}

fn count(copy: &StudentCopy) -> u64 {
    copy.held("for").map_or(0, |held| held.accepted_events)
}

/// What must be held of the student.
async fn held(
    copies: &dyn ReadCopy,
    student: &StudentId,
) -> Result<(StudentCopy, Etag), Box<dyn std::error::Error + Send + Sync>> {
    Ok(copies.read(student).await?.ok_or("nothing is held")?)
}

/// Who was never written is not there.
pub async fn nothing_is_held_of_a_student_who_was_never_written(harness: &dyn Harness) -> Verdict {
    assert_eq!(harness.open().await.read(&student("ada")?).await?, None);
    Ok(())
}

/// Components and their records, times to the millisecond, and the mark of an erasure.
pub async fn what_was_written_is_read_as_it_was(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let [ada, bea] = [student("ada")?, student("Bea.b_2-longest-name")?];
    let full = copy(u64::MAX)?;
    let mut erased = copy(3)?;
    erased.erase(Timestamp::from_millisecond(1_772_355_600_124)?);
    assert!(erased.is_empty());
    for (student, copy) in [(&ada, &full), (&bea, &erased)] {
        assert_eq!(copies.write(student, copy, None).await?, Written::Yes);
        assert_eq!(&held(&*copies, student).await?.0, copy);
    }
    Ok(())
}

/// Who expects nothing to be held writes only then.
pub async fn the_first_to_write_is_the_only_one(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let ada = student("ada")?;
    assert_eq!(copies.write(&ada, &copy(1)?, None).await?, Written::Yes);
    assert_eq!(copies.write(&ada, &copy(2)?, None).await?, Written::Conflict);
    assert_eq!(count(&held(&*copies, &ada).await?.0), 1);
    Ok(())
}

/// Who says what was read replaces it, again and again.
pub async fn a_write_replaces_what_was_read(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let ada = student("ada")?;
    assert_eq!(copies.write(&ada, &copy(1)?, None).await?, Written::Yes);
    for next in 2..5 {
        let (_, etag) = held(&*copies, &ada).await?;
        assert_eq!(copies.write(&ada, &copy(next)?, Some(&etag)).await?, Written::Yes);
        assert_eq!(count(&held(&*copies, &ada).await?.0), next);
    }
    Ok(())
}

/// Who read before somebody else wrote does not write.
pub async fn a_write_over_something_else_is_a_conflict(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let ada = student("ada")?;
    assert_eq!(copies.write(&ada, &copy(1)?, None).await?, Written::Yes);
    let (_, stale) = held(&*copies, &ada).await?;
    assert_eq!(copies.write(&ada, &copy(2)?, Some(&stale)).await?, Written::Yes);
    assert_eq!(copies.write(&ada, &copy(3)?, Some(&stale)).await?, Written::Conflict);
    assert_eq!(count(&held(&*copies, &ada).await?.0), 2);
    Ok(())
}

/// An etag says that something is held: where nothing is, it is wrong.
pub async fn an_etag_of_nothing_is_a_conflict(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let [ada, bea] = [student("ada")?, student("bea")?];
    assert_eq!(copies.write(&ada, &copy(1)?, None).await?, Written::Yes);
    let (_, etag) = held(&*copies, &ada).await?;
    assert_eq!(copies.write(&bea, &copy(2)?, Some(&etag)).await?, Written::Conflict);
    assert_eq!(copies.read(&bea).await?, None);
    Ok(())
}

/// Students whose names look alike are two.
pub async fn students_do_not_see_each_other(harness: &dyn Harness) -> Verdict {
    let copies = harness.open().await;
    let names = ["ada", "Ada", "ada.", "ada-1", "ada-1.x"];
    for (number, name) in (1..).zip(names) {
        assert_eq!(copies.write(&student(name)?, &copy(number)?, None).await?, Written::Yes, "{name}");
    }
    for (number, name) in (1..).zip(names) {
        assert_eq!(count(&held(&*copies, &student(name)?).await?.0), number, "{name}");
    }
    Ok(())
}

/// Two processes have one copy, and its etags hold for both.
pub async fn what_one_writes_the_other_reads(harness: &dyn Harness) -> Verdict {
    let (one, other) = (harness.open().await, harness.open().await);
    let ada = student("ada")?;
    assert_eq!(one.write(&ada, &copy(1)?, None).await?, Written::Yes);
    let (there, etag) = held(&*other, &ada).await?;
    assert_eq!(count(&there), 1);
    assert_eq!(one.write(&ada, &copy(2)?, Some(&etag)).await?, Written::Yes);
    assert_eq!(other.write(&ada, &copy(3)?, Some(&etag)).await?, Written::Conflict);
    assert_eq!(count(&held(&*other, &ada).await?.0), 2);
    Ok(())
}

/// However many are first at once, one is.
pub async fn of_many_first_writers_one_writes(harness: &dyn Harness) -> Verdict {
    let both = [harness.open().await, harness.open().await];
    let ada = student("ada")?;
    let copies: Vec<StudentCopy> = (1..=40).map(copy).collect::<Result<_, _>>()?;
    let writes = copies.iter().zip(both.iter().cycle()).map(|(copy, copies)| copies.write(&ada, copy, None));
    let written = join_all(writes).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let winners: Vec<usize> = (0..written.len()).filter(|place| written[*place] == Written::Yes).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(held(&*both[0], &ada).await?.0, copies[winners[0]]);
    Ok(())
}

/// Many read, add one and write back: every one of them counts.
pub async fn no_update_is_lost(harness: &dyn Harness) -> Verdict {
    const TASKS: usize = 8;
    const TURNS: u64 = 10;
    let both = [harness.open().await, harness.open().await];
    let ada = student("ada")?;
    let task = |copies: Arc<dyn ReadCopy>, student: StudentId| async move {
        let mut turns = 0;
        while turns < TURNS {
            let (next, etag) = match copies.read(&student).await? {
                Some((held, etag)) => (count(&held) + 1, Some(etag)),
                None => (1, None),
            };
            if copies.write(&student, &copy(next)?, etag.as_ref()).await? == Written::Yes {
                turns += 1;
            }
        }
        Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    };
    let tasks = both.iter().cycle().take(TASKS);
    let tasks = tasks.map(|copies| tokio::spawn(task(Arc::clone(copies), ada.clone())));
    for ended in try_join_all(tasks).await? {
        ended?;
    }
    assert_eq!(count(&held(&*both[0], &ada).await?.0), TASKS as u64 * TURNS);
    Ok(())
}
