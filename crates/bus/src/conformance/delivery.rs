//! Who is handed what, in which order, and how much at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use contracts::Topic;
use contracts::events::ErrorType;
use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use super::stage::{Stage, gated};
use super::{Harness, NO_EVENT, Outcome, answer, failure};
use crate::{Delivery, Disposition, Publish, Subscribe};

/// Each group has its own place in a topic, and a group hears what it listens to alone.
pub async fn every_group_sees_every_event<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "groups").await;
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

/// Nobody listens: the message is taken all the same.
pub async fn without_a_listener_a_message_is_taken<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "nobody").await;
    stage.published(stage.publish(stage.message("a", NO_EVENT))).await?;
    stage.bus.stop().await;
    Ok(())
}

/// One key, one order, over retries too. Where an adapter does not promise it, every record comes all the same.
pub async fn order_is_kept_per_key<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "order").await;
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
    if stage.bus.keeps_order() {
        for payload in PAYLOADS {
            let mut delivery = seen.next().await?;
            if payload[0].is_multiple_of(3) {
                delivery = seen.next().await?;
            }
            stage.ensure(delivery.message.payload == payload, || {
                format!("{payload:?} expected, {delivery:?} came")
            })?;
        }
    } else {
        let mut missing = BTreeSet::from(PAYLOADS);
        while !missing.is_empty() {
            let delivery = seen.next().await?;
            missing.remove(&delivery.message.payload[..]);
        }
    }
    stage.published(publishing).await?;
    stage.bus.stop().await;
    Ok(())
}

/// A slow key does not hold up all others.
pub async fn keys_are_handled_side_by_side<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "parallel").await;
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

/// Whatever is published, a bus takes no more of a partition than it says, and hands out all of it in the end.
pub async fn a_slow_handler_bounds_what_is_taken<H: Harness>(harness: &H) -> Outcome {
    let stage = Stage::new(harness, "bounded").await;
    let (gate, answers) = gated();
    let mut seen = stage.listen("conformance-one", Topic::LearningEvidence, answers).await?;
    let queue_max = harness.queue_max_records();
    let count = 3 * queue_max + 5;
    let publishing: Vec<_> = (0..count).map(|_| stage.publish(stage.message("a", NO_EVENT))).collect();
    let mut opened = false;
    for number in 1..=count {
        seen.next().await?;
        let queued = stage.bus.queued();
        stage.ensure(queued <= queue_max, || format!("{queued} wait at the delivery of number {number}"))?;
        if !opened {
            opened = true;
            gate.close();
        }
    }
    for one in publishing {
        stage.published(one).await?;
    }
    stage.bus.stop().await;
    Ok(())
}
