//! Nothing is lost over a stop or a crash.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contracts::Topic;
use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use super::stage::{Stage, gated};
use super::{Harness, NO_EVENT, Outcome, answer};
use crate::{Disposition, Subscribe};

/// A handler at work is not cut off.
pub async fn stop_waits_for_what_is_in_hand<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "stop").await;
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

/// A record that is held is left, and comes again.
pub async fn a_stop_does_not_wait_for_what_is_held<H: Harness>(harness: &H) -> Outcome {
    let before = Stage::new(harness, "held").await;
    let holds = |_| answer(Disposition::Hold("the store is away".to_owned()));
    let mut seen = before.listen("conformance-one", Topic::LearningEvidence, holds).await?;
    let message = before.message("a", NO_EVENT);
    let publishing = before.publish(message.clone());
    seen.next().await?;
    let bus = Arc::clone(&before.bus);
    before.finished("stopping", tokio::spawn(async move { bus.stop().await })).await?;
    let taken = before.finished("publishing", publishing).await?.is_ok();
    drop(before);

    let after = Stage::new(harness, "held").await;
    let acks = |_| answer(Disposition::Ack);
    let mut seen = after.listen("conformance-one", Topic::LearningEvidence, acks).await?;
    if !taken {
        after.published(after.publish(message)).await?;
    }
    seen.next().await?;
    after.bus.stop().await;
    Ok(())
}

/// What was taken and not acknowledged comes again after the stop.
pub async fn nothing_is_lost_over_a_stop<H: Harness>(harness: &H) -> Outcome {
    let before = Stage::new(harness, "restart").await;
    let (gate, answers) = gated();
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
    drop(before);

    let after = Stage::new(harness, "restart").await;
    let acks = |_| answer(Disposition::Ack);
    let mut seen = after.listen("conformance-one", Topic::LearningEvidence, acks).await?;
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

/// A process that dies with a record in hand has not acknowledged it.
pub async fn what_was_in_hand_at_a_crash_is_handed_out_again<H: Harness>(harness: &H) -> Outcome {
    let before = Stage::new(harness, "crash").await;
    let (_gate, answers) = gated();
    let mut seen = before.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let message = before.message("a", NO_EVENT);
    let publishing = before.publish(message.clone());
    seen.next().await?;
    // The publisher dies with the process, unless it was told before.
    let taken = publishing.is_finished();
    publishing.abort();
    let _ = publishing.await;
    let Stage { bus, .. } = before;
    harness.crash(bus).await;

    let after = Stage::new(harness, "crash").await;
    let acks = |_| answer(Disposition::Ack);
    let mut seen = after.listen("conformance-one", Topic::LearningEvidence, acks).await?;
    if !taken {
        after.published(after.publish(message.clone())).await?;
    }
    let delivery = seen.next().await?;
    after.ensure(delivery.message == message, || format!("{delivery:?} after the crash"))?;
    after.bus.stop().await;
    Ok(())
}
