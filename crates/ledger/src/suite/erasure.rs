//! Cases about one student's data: exported whole, erased whole, nobody else's touched.

use super::given::{
    COUNTER, NOTE, append, committed, conflict, counter, keys_by_colour, ledger, message, note, numbers,
    payloads, puts, student,
};
use super::{Harness, Verdict};
use crate::{Accept, Change, Expected, Exported, Ledger, Outcome, Put};

/// A change that leaves something of the student in every place: entries in a stream shared with others, documents of two
/// kinds, an inbox row, a message.
fn traces(name: &str, number: u32) -> Result<Change, Box<dyn std::error::Error + Send + Sync>> {
    let subject = Some(student(name)?);
    let mut entry = append("shared", number, i64::from(number))?;
    let mut own_entry = append(name, number, 0)?;
    let mut note = note(&format!("note of {name}"), "red", Expected::Absent);
    let mut counter = counter(name, 1, Expected::Absent)?;
    (entry.subject, own_entry.subject) = (subject.clone(), subject.clone());
    (note.subject, counter.subject) = (subject.clone(), subject.clone());
    Ok(Change {
        accept: Some(Accept { consumer: "suite", event_id: super::given::event(number), subject }),
        appends: vec![entry, own_entry],
        puts: vec![note, counter],
        messages: vec![message(name, name)],
        ..Change::default()
    })
}

fn erase(name: &str) -> Result<Change, contracts::IdError> {
    Ok(Change { erase: Some(student(name)?), ..Change::default() })
}

async fn export(
    ledger: &dyn Ledger,
    name: &str,
) -> Result<Vec<Exported>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(ledger.export(&student(name)?).await?)
}

/// Everything of one student goes, everything of another stays.
pub async fn a_student_is_erased_and_no_other(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, traces("ada", 1)?).await?;
    committed(&*ledger, traces("bob", 2)?).await?;
    committed(&*ledger, puts([note("nobody's", "red", Expected::Any)])).await?;
    let of_bob = export(&*ledger, "bob").await?;
    committed(&*ledger, erase("ada")?).await?;
    assert!(export(&*ledger, "ada").await?.is_empty());
    assert_eq!(numbers(&*ledger, "shared").await?, [2]);
    assert!(numbers(&*ledger, "ada").await?.is_empty());
    assert!(ledger.document(COUNTER, "ada").await?.is_none());
    assert_eq!(keys_by_colour(&*ledger, &["red"]).await?, ["nobody's", "note of bob"]);
    assert_eq!(payloads(&*ledger).await?, ["bob"]);
    assert_eq!(ledger.outbox().backlog().await?.messages, 1);
    assert_eq!(export(&*ledger, "bob").await?, of_bob);
    // Erasing who is not there is no error.
    committed(&*ledger, erase("ada")?).await
}

/// A redelivery after the erasure does not bring the student back.
pub async fn an_erased_event_is_still_known(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, traces("ada", 1)?).await?;
    committed(&*ledger, erase("ada")?).await?;
    assert_eq!(ledger.commit(traces("ada", 1)?).await?, Outcome::Duplicate);
    assert!(export(&*ledger, "ada").await?.is_empty());
    Ok(())
}

/// The erasure comes before the other parts of its change: the news of it is not erased with the rest.
pub async fn what_the_erasing_change_adds_stays(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, traces("ada", 1)?).await?;
    // Expected::Absent and an event that was in the stream: both hold only after the erasure.
    let erasing = Change { accept: None, messages: vec![message("ada", "erased")], ..traces("ada", 1)? };
    committed(&*ledger, Change { erase: Some(student("ada")?), ..erasing }).await?;
    assert_eq!(payloads(&*ledger).await?, ["erased"]);
    assert_eq!(numbers(&*ledger, "shared").await?, [1]);
    assert_eq!(ledger.document(COUNTER, "ada").await?.map(|document| document.version), Some(1));
    Ok(())
}

/// All or nothing holds for an erasure too.
pub async fn a_refused_erasure_leaves_everything(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, traces("ada", 1)?).await?;
    let before = export(&*ledger, "ada").await?;
    let stale = puts([note("n", "red", Expected::Version(3))]);
    conflict(&*ledger, Change { erase: Some(student("ada")?), ..stale }).await;
    let duplicate = Change { erase: Some(student("ada")?), ..traces("ada", 1)? };
    assert_eq!(ledger.commit(duplicate).await?, Outcome::Duplicate);
    assert_eq!(export(&*ledger, "ada").await?, before);
    assert_eq!(payloads(&*ledger).await?, ["ada"]);
    assert_eq!(ledger.outbox().backlog().await?.messages, 1);
    Ok(())
}

/// Streams by name, then documents by kind, the same each time.
pub async fn an_export_holds_all_of_a_student_in_a_stable_order(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, traces("bob", 2)?).await?;
    committed(&*ledger, traces("ada", 1)?).await?;
    let exported = export(&*ledger, "ada").await?;
    let event = super::given::event(1).to_string();
    let (streams, documents) = exported.split_at(2);
    let places =
        |part: &[Exported]| part.iter().map(|e| (e.place.clone(), e.key.clone())).collect::<Vec<_>>();
    assert_eq!(places(streams), [("ada".to_owned(), event.clone()), ("shared".to_owned(), event)]);
    let mut sorted = places(documents);
    sorted.sort();
    assert_eq!(
        sorted,
        [(COUNTER.name.to_owned(), "ada".to_owned()), (NOTE.name.to_owned(), "note of ada".to_owned())]
    );
    assert_eq!(exported[0].body, "{\"event\":1}");
    assert_eq!(export(&*ledger, "ada").await?, exported);
    assert!(export(&*ledger, "nobody").await?.is_empty());
    Ok(())
}

/// A document is a student's by its subject and not by its key, whatever the key begins with.
pub async fn a_key_makes_no_document_a_students(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let of = |key: &str, subject: Option<&str>| {
        let subject = subject.map(student).transpose()?;
        Ok::<_, contracts::IdError>(Put { subject, ..note(key, "red", Expected::Any) })
    };
    let mine = ["ada", "ada/", "ada/1", "ada0", "adam/1", "bob/1", "zoe of ada"];
    let others =
        [("ada.b/1", Some("ada.b")), ("ada/2", None), ("ada/3", Some("bob")), ("adam", Some("adam"))];
    for key in mine {
        committed(&*ledger, puts([of(key, Some("ada"))?])).await?;
    }
    for (key, subject) in others {
        committed(&*ledger, puts([of(key, subject)?])).await?;
    }
    let exported = export(&*ledger, "ada").await?;
    assert_eq!(exported.iter().map(|document| document.key.as_str()).collect::<Vec<_>>(), mine);
    // From one student to another, and the key stays.
    committed(&*ledger, puts([of("ada/1", Some("bob"))?, of("ada/3", Some("ada"))?])).await?;
    committed(&*ledger, erase("ada")?).await?;
    assert!(export(&*ledger, "ada").await?.is_empty());
    assert_eq!(keys_by_colour(&*ledger, &["red"]).await?, ["ada.b/1", "ada/1", "ada/2", "adam"]);
    let of_bob = export(&*ledger, "bob").await?;
    assert_eq!(of_bob.iter().map(|document| document.key.as_str()).collect::<Vec<_>>(), ["ada/1"]);
    Ok(())
}
