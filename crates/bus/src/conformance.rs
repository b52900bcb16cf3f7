//! What every adapter promises, as a plain function: a test of the adapter calls [`suite`] with a way to make a bus.
//!
//! Nothing here sleeps or asks how long something took: a case waits for what must happen, and gives up after
//! [`PATIENCE`]. A bus may hold records of earlier runs; a case only looks at its own keys.
//!
//! Not here: what one adapter promises beyond the port, such as how much it queues (its own tests).

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use contracts::Topic;
use contracts::events::{ErrorEvent, ErrorType};
use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::{ATTEMPTS_MAX, Delivery, Disposition, Failure, Publish, Subscribe};

mod stage;

use stage::Stage;

/// How long a case waits for what must happen before it calls the promise broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes that are no event and no text.
const NO_EVENT: &[u8] = b"\xC3\x01\x00\xFE not avro";

/// A promise that the adapter does not keep.
#[derive(Debug, thiserror::Error)]
#[error("{case}: {problem}")]
pub struct Broken {
    /// The case.
    pub case: &'static str,
    /// What happened instead.
    pub problem: String,
}

/// Runs every case, each on a bus of its own. `run` tells this run from others on the same broker: letters and digits.
///
/// # Errors
/// The first promise that is not kept.
pub async fn suite<B, Fut>(run: &str, make: impl Fn() -> Fut) -> Result<(), Broken>
where
    B: Publish + Subscribe,
    Fut: Future<Output = B>,
{
    let stage = async |case| Stage { case, key: format!("{run}-{case}"), bus: Arc::new(make().await) };
    let cases = [
        every_group_sees_every_event(stage("groups").await).await,
        without_a_listener_a_message_is_taken(stage("nobody").await).await,
        a_retry_is_handed_out_again(stage("redelivery").await).await,
        a_panic_is_a_retry(stage("panic").await).await,
        order_is_kept_per_key(stage("order").await).await,
        keys_are_handled_side_by_side(stage("parallel").await).await,
        after_the_last_attempt_it_is_a_dead_letter(stage("poison").await).await,
        what_can_never_be_used_is_not_tried_again(stage("refused").await).await,
        a_dead_letter_that_is_refused_gets_none_of_its_own(stage("unreadable").await).await,
        stop_waits_for_what_is_in_hand(stage("stop").await).await,
        nothing_is_lost_over_a_stop(stage("restart").await, stage("restart").await).await,
    ];
    cases.into_iter().collect()
}

type Outcome = Result<(), Broken>;

fn answer(disposition: Disposition) -> BoxFuture<'static, Disposition> {
    Box::pin(std::future::ready(disposition))
}

fn failure(error_type: ErrorType) -> Failure {
    Failure { error_type, message: "it does not work".to_owned() }
}

async fn every_group_sees_every_event<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
    let mut one =
        stage.listen("conformance-one", Topic::LearningEvidence, |_| answer(Disposition::Ack)).await?;
    let mut two =
        stage.listen("conformance-two", Topic::LearningEvidence, |_| answer(Disposition::Ack)).await?;
    let mut deaf =
        stage.listen("conformance-deaf", Topic::LearningEvents, |_| answer(Disposition::Ack)).await?;
    let message = stage.message("a", NO_EVENT);
    stage.published(stage.publish(message.clone())).await?;
    for seen in [&mut one, &mut two] {
        let delivery = seen.next().await?;
        stage.ensure(delivery.message == message, || format!("published {message:?}, got {delivery:?}"))?;
        stage.ensure(delivery.attempt == 1, || format!("first delivered as attempt {}", delivery.attempt))?;
    }
    stage.bus.stop().await;
    stage.ensure(deaf.deliveries.try_recv().is_err(), || "a group got a topic of others".to_owned())
}

async fn without_a_listener_a_message_is_taken<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
    stage.published(stage.publish(stage.message("a", NO_EVENT))).await?;
    stage.bus.stop().await;
    Ok(())
}

async fn a_retry_is_handed_out_again<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
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

async fn a_panic_is_a_retry<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
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

async fn order_is_kept_per_key<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
    if !stage.bus.keeps_order() {
        stage.bus.stop().await;
        return Ok(());
    }
    const PAYLOADS: [&[u8]; 8] = [b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"];
    let stumbles = |delivery: Delivery| {
        // Each third one needs a second attempt: those behind it wait.
        let stumbles = delivery.attempt == 1 && delivery.message.payload[0].is_multiple_of(3);
        answer(if stumbles { Disposition::Retry(failure(ErrorType::Processing)) } else { Disposition::Ack })
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, stumbles).await?;
    let bus = Arc::clone(&stage.bus);
    let messages = PAYLOADS.map(|payload| stage.message("a", payload));
    let publishing = tokio::spawn(async move {
        let publishing = messages.map(|message| bus.publish(message));
        futures::future::try_join_all(publishing).await.map(|_| ())
    });
    for payload in PAYLOADS {
        let mut delivery = seen.next().await?;
        if payload[0].is_multiple_of(3) {
            delivery = seen.next().await?;
        }
        stage.ensure(delivery.message.payload == payload, || {
            format!("{payload:?} expected, {delivery:?} came")
        })?;
    }
    stage.published(publishing).await?;
    stage.bus.stop().await;
    Ok(())
}

async fn keys_are_handled_side_by_side<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let answers = move |delivery: Delivery| -> BoxFuture<'static, Disposition> {
        let held = Arc::clone(&held);
        Box::pin(async move {
            if delivery.message.key.ends_with("-slow") {
                let _ = held.acquire().await;
            }
            Disposition::Ack
        })
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let slow = stage.publish(stage.message("slow", NO_EVENT));
    seen.next().await?;
    // Of so many keys some lie in another partition than the slow one.
    let others: Vec<_> =
        (0..32).map(|key| stage.publish(stage.message(&format!("quick-{key}"), NO_EVENT))).collect();
    let other = seen.next().await?;
    stage.ensure(other.message.key.contains("quick"), || format!("{other:?} while another is in hand"))?;
    gate.close();
    for publishing in others {
        stage.published(publishing).await?;
    }
    stage.published(slow).await?;
    stage.bus.stop().await;
    Ok(())
}

async fn after_the_last_attempt_it_is_a_dead_letter<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
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

async fn what_can_never_be_used_is_not_tried_again<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
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

async fn a_dead_letter_that_is_refused_gets_none_of_its_own<B: Publish + Subscribe>(
    stage: Stage<B>,
) -> Outcome {
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

async fn stop_waits_for_what_is_in_hand<B: Publish + Subscribe>(stage: Stage<B>) -> Outcome {
    let (gate, ended) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicBool::new(false)));
    let (held, ends) = (Arc::clone(&gate), Arc::clone(&ended));
    let answers = move |_| -> BoxFuture<'static, Disposition> {
        let (held, ends) = (Arc::clone(&held), Arc::clone(&ends));
        Box::pin(async move {
            let _ = held.acquire().await;
            ends.store(true, Ordering::SeqCst);
            Disposition::Ack
        })
    };
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let publishing = stage.publish(stage.message("a", NO_EVENT));
    seen.next().await?;
    let bus = Arc::clone(&stage.bus);
    let stopping = tokio::spawn(async move { bus.stop().await });
    // Long enough for a stop that does not wait to be seen.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    stage.ensure(!stopping.is_finished(), || "it stopped with a record in hand".to_owned())?;
    gate.close();
    stage.finished("stopping", stopping).await?;
    stage.ensure(ended.load(Ordering::SeqCst), || "the handler was cut off".to_owned())?;
    stage.published(publishing).await
}

async fn nothing_is_lost_over_a_stop<B: Publish + Subscribe>(before: Stage<B>, after: Stage<B>) -> Outcome {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let answers = move |_| -> BoxFuture<'static, Disposition> {
        let held = Arc::clone(&held);
        Box::pin(async move {
            let _ = held.acquire().await;
            Disposition::Ack
        })
    };
    let mut seen = before.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let first = before.publish(before.message("a", b"first"));
    seen.next().await?;
    let waiting = before.message("a", b"second");
    let second = before.publish(waiting.clone());
    let bus = Arc::clone(&before.bus);
    let stopping = tokio::spawn(async move { bus.stop().await });
    gate.close();
    before.finished("stopping", stopping).await?;
    before.published(first).await?;
    let taken = before.finished("publishing", second).await?;

    let was_handled = seen.deliveries.try_recv().is_ok();
    let mut seen =
        after.listen("conformance-one", Topic::LearningEvidence, |_| answer(Disposition::Ack)).await?;
    // What the bus did not answer for, the outbox publishes again.
    let again = taken.is_err().then(|| after.publish(waiting.clone()));
    if !was_handled || again.is_some() {
        let delivery = seen.next().await?;
        after.ensure(delivery.message.payload == waiting.payload, || {
            format!("{delivery:?} after the restart")
        })?;
    }
    if let Some(publishing) = again {
        after.published(publishing).await?;
    }
    after.bus.stop().await;
    Ok(())
}
