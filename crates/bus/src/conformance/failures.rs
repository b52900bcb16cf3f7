//! What becomes of a record that its handler cannot use, or not now.

use std::sync::atomic::{AtomicU32, Ordering};

use contracts::Topic;
use contracts::events::{ErrorEvent, ErrorType};
use futures::future::BoxFuture;

use super::stage::Stage;
use super::{Harness, NO_EVENT, Outcome, answer, failure};
use crate::{ATTEMPTS_MAX, Delivery, Disposition, Subscribe};

/// A record is handed out until it is acknowledged, with its attempts counted.
pub async fn a_retry_is_handed_out_again<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "redelivery").await;
    let answers = |delivery: Delivery| match delivery.attempt {
        ..3 => answer(Disposition::Retry(failure(ErrorType::Processing))),
        _ => answer(Disposition::Ack),
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let message = stage.message("a", NO_EVENT);
    let publishing = stage.publish(message.clone());
    for attempt in 1..=3 {
        let delivery = seen.next().await?;
        stage.ensure(delivery.attempt == attempt, || {
            format!("attempt {attempt} came as {}", delivery.attempt)
        })?;
        stage.ensure(delivery.message == message, || format!("attempt {attempt} differs: {delivery:?}"))?;
    }
    stage.published(publishing).await?;
    stage.bus.stop().await;
    stage.ensure(seen.deliveries.try_recv().is_err(), || "handed out after it was acknowledged".to_owned())
}

/// A handler that panics takes nothing with it.
pub async fn a_panic_is_a_retry<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "panic").await;
    #[expect(clippy::panic, reason = "the case is about a handler that panics")]
    let answers = |delivery: Delivery| -> BoxFuture<'static, Disposition> {
        Box::pin(async move {
            if delivery.attempt == 1 {
                panic!("a handler that panics, on purpose");
            }
            Disposition::Ack
        })
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let publishing = stage.publish(stage.message("a", NO_EVENT));
    seen.next().await?;
    let again = seen.next().await?;
    stage.ensure(again.attempt == 2, || format!("after a panic came attempt {}", again.attempt))?;
    stage.published(publishing).await?;
    stage.bus.stop().await;
    Ok(())
}

/// The dead letter has the original bytes and says where they came from; what is behind a poison record goes on.
pub async fn after_the_last_attempt_it_is_a_dead_letter<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "poison").await;
    let answers = |delivery: Delivery| {
        let poison = delivery.message.payload == NO_EVENT;
        answer(if poison { Disposition::Retry(failure(ErrorType::Processing)) } else { Disposition::Ack })
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let mut letters = stage.listen_to_dead_letters().await?;
    let poison = stage.publish(stage.message("a", NO_EVENT));
    let mut last = seen.next().await?;
    for attempt in 2..=ATTEMPTS_MAX {
        last = seen.next().await?;
        stage.ensure(last.attempt == attempt, || format!("attempt {attempt} came as {}", last.attempt))?;
    }
    let letter = letters.next_letter().await?;
    let expected = ErrorEvent {
        event_id: letter.event_id,
        original_event_type: None,
        error_type: ErrorType::Processing,
        error_message: "it does not work".to_owned(),
        failed_at: letter.failed_at,
        original_payload: NO_EVENT.to_vec(),
        original_topic: "learning.evidence".to_owned(),
        partition: last.partition,
        offset: last.offset,
        retry_count: 5,
        consumer_agent: "conformance-one".to_owned(),
        stack_trace: letter.stack_trace.clone(),
    };
    stage.ensure(letter == expected, || format!("expected {expected:?}, got {letter:?}"))?;
    stage.published(poison).await?;
    // It blocks nobody: the next of its key is handled, and is the next that is handed out.
    stage.published(stage.publish(stage.message("a", b"good"))).await?;
    let next = seen.next().await?;
    stage.ensure(next.message.payload == b"good"[..], || format!("{next:?} came after the poison"))?;
    stage.bus.stop().await;
    Ok(())
}

/// A refusal is final at the first attempt.
pub async fn what_can_never_be_used_is_not_tried_again<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "refused").await;
    let answers = |_| answer(Disposition::DeadLetter(failure(ErrorType::Validation)));
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let mut letters = stage.listen_to_dead_letters().await?;
    let publishing = stage.publish(stage.message("a", NO_EVENT));
    seen.next().await?;
    let letter = letters.next_letter().await?;
    stage.ensure(letter.error_type == ErrorType::Validation, || {
        format!("its type is {:?}", letter.error_type)
    })?;
    stage.ensure(letter.retry_count == 1, || format!("it says {} attempts", letter.retry_count))?;
    stage.ensure(letter.original_payload == NO_EVENT, || "its bytes are not the original ones".to_owned())?;
    stage.published(publishing).await?;
    stage.bus.stop().await;
    stage.ensure(seen.deliveries.try_recv().is_err(), || "it was handed out again".to_owned())
}

/// Dead letters do not go round.
pub async fn a_dead_letter_that_is_refused_gets_none_of_its_own<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "unreadable").await;
    let refuses = |_| answer(Disposition::DeadLetter(failure(ErrorType::Schema)));
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, refuses).await?;
    let mut letters = stage.listen("conformance-letters", Topic::DeadLetterQueue, refuses).await?;
    for _ in 0..2 {
        let publishing = stage.publish(stage.message("a", NO_EVENT));
        seen.next().await?;
        let letter = letters.next_letter().await?;
        stage.ensure(letter.original_topic == "learning.evidence", || {
            format!("a dead letter of {letter:?}")
        })?;
        stage.published(publishing).await?;
    }
    stage.bus.stop().await;
    stage.ensure(letters.deliveries.try_recv().is_err(), || "a dead letter of a dead letter".to_owned())
}

/// What a handler needs is away for longer than the attempts of a record would last: it is held, and no dead letter.
pub async fn what_is_held_is_no_attempt_and_comes_again<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "held").await;
    let looks = AtomicU32::new(0);
    let answers = move |_: Delivery| match looks.fetch_add(1, Ordering::SeqCst) {
        0..=ATTEMPTS_MAX => answer(Disposition::Hold("the store is away".to_owned())),
        _ => answer(Disposition::Ack),
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let mut letters = stage.listen_to_dead_letters().await?;
    let message = stage.message("a", NO_EVENT);
    let publishing = stage.publish(message.clone());
    for look in 0..ATTEMPTS_MAX + 2 {
        let delivery = seen.next().await?;
        stage.ensure(delivery.attempt == 1, || {
            format!("look {look} counts as attempt {}", delivery.attempt)
        })?;
        stage.ensure(delivery.message == message, || format!("look {look} differs: {delivery:?}"))?;
    }
    stage.published(publishing).await?;
    stage.bus.stop().await;
    stage.ensure(letters.deliveries.try_recv().is_err(), || "it is a dead letter".to_owned())
}
