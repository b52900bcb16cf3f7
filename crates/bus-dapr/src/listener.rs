//! The sidecar's requests: who listens to what, and each record.
//!
//! Not here: reading a record (`delivery`), its life (`bus::settle`), calls of other agents (`answers`).

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use bus::Delivery;
use bus::settle::{End, Settler};
use contracts::Topic;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::delivery::{NoDelivery, Unread};
use crate::resume::Counted;
use crate::sidecar::MESSAGE_MAX_BYTES;
use crate::subscribe::Inbound;
use crate::{DaprBus, delivery, token};

/// What the sidecar does with the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "UPPERCASE")]
enum Word {
    /// It is done.
    Success,
    /// It comes again.
    Retry,
}

/// One line of the answer to who listens.
#[derive(Serialize)]
struct Subscribed {
    pubsubname: String,
    topic: String,
    route: String,
    metadata: Value,
}

impl DaprBus {
    /// What the sidecar asks: `/dapr/subscribe`, `/dapr/config` and `/events/...`, each with the app's token. Serve it on the
    /// listener that is the sidecar's alone, once everybody has subscribed.
    ///
    /// It has no fallback, so that it can be merged with the routes that other agents call; every address under /events has
    /// an answer that is no 404.
    pub fn router(&self) -> Router {
        let token = self.inbound.settings.app_token.clone();
        Router::new()
            .route("/dapr/config", get(async || Json(json!({}))))
            .route("/dapr/subscribe", get(subscriptions))
            .route("/events/{*topic}", post(deliver).fallback(unknown))
            .route("/events", any(unknown))
            .route("/events/", any(unknown))
            .layer(from_fn_with_state(token, token::required))
            .with_state(Arc::clone(&self.inbound))
    }
}

async fn subscriptions(State(inbound): State<Arc<Inbound>>) -> Json<Vec<Subscribed>> {
    let (prefix, pubsub) = (&inbound.settings.prefix, &inbound.settings.pubsub);
    let subscribed = |topic: Topic| Subscribed {
        pubsubname: pubsub.clone(),
        topic: format!("{prefix}{topic}"),
        route: format!("/events/{topic}"),
        metadata: json!({"rawPayload": "true"}),
    };
    Json(inbound.subscriptions().into_iter().map(subscribed).collect())
}

/// A request as no subscription makes it. A 404 would lose the event.
async fn unknown(request: Request) -> Json<Word> {
    tracing::error!(
        path = request.uri().path(),
        "an event for an address that is not there: it must come again"
    );
    Json(Word::Retry)
}

async fn deliver(
    State(inbound): State<Arc<Inbound>>,
    Path(name): Path<String>,
    request: Request,
) -> Json<Word> {
    // Beside the request: a handler at work is not cut off where the sidecar goes away.
    let taken = inbound.in_hand.spawn(take(Arc::clone(&inbound), name, request));
    match taken.await {
        Ok(word) => Json(word),
        Err(error) => {
            tracing::error!(%error, "a record is not settled: it must come again");
            Json(Word::Retry)
        }
    }
}

/// Waits for its turn, then takes the request to its end.
async fn take(inbound: Arc<Inbound>, name: String, request: Request) -> Word {
    let waiting = inbound.wait();
    let until = inbound.stopping.child_token();
    let running = tokio::select! {
        biased;
        () = until.cancelled() => return Word::Retry,
        () = tokio::time::sleep(inbound.settings.hold_max_total) => return Word::Retry,
        running = inbound.running.acquire() => running,
    };
    drop(waiting);
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, MESSAGE_MAX_BYTES).await {
        Ok(body) => body,
        // The sidecar went away in the middle, and comes again; what is too long for it never gets here.
        Err(error) => {
            tracing::warn!(topic = name, %error, "a request of the sidecar cannot be read: it must come again");
            return Word::Retry;
        }
    };
    let topic = Topic::named(&name).ok_or_else(|| NoDelivery("there is no such topic".to_owned()));
    let word = match topic.and_then(|topic| delivery::read(topic, &head.headers, &body)) {
        Ok(delivery) => {
            drop((head, body));
            settle(&inbound, delivery, until).await
        }
        Err(reason) => keep(&inbound, &name, &reason, Unread::of(&head.headers, body)).await,
    };
    drop(running);
    word
}

/// Takes the record to its end, for as long as a request may be kept open.
async fn settle(inbound: &Inbound, mut delivery: Delivery, until: CancellationToken) -> Word {
    let Some(settler) = inbound.listener(delivery.message.topic) else {
        let topic = delivery.message.topic;
        tracing::error!(%topic, "nobody listens to it, as somebody did when the sidecar asked: it must come again");
        return Word::Retry;
    };
    let (topic, partition, offset) = (delivery.message.topic, delivery.partition, delivery.offset);
    delivery.attempt = inbound.resumed.attempt(topic, partition, offset);
    let counted = Arc::new(Counted::new(Arc::clone(&settler.handler), delivery.attempt));
    let settler = Settler { handler: Arc::clone(&counted) as Arc<dyn bus::Handle>, ..settler };
    let settling = settler.settle(delivery, &until);
    tokio::pin!(settling);
    let end = tokio::select! {
        end = &mut settling => end,
        () = tokio::time::sleep(inbound.settings.hold_max_total) => {
            until.cancel();
            settling.await
        }
    };
    match end {
        End::Settled => Word::Success,
        End::Left => {
            inbound.resumed.left(topic, partition, offset, counted.next());
            Word::Retry
        }
    }
}

/// Nothing can be made of the request: its bytes go where somebody can look at them.
async fn keep(inbound: &Inbound, topic: &str, reason: &NoDelivery, unread: Unread) -> Word {
    match inbound.publisher.keep(unread).await {
        Ok(()) => {
            inbound.observer.unread(inbound.settings.group, Topic::named(topic));
            tracing::error!(topic, %reason, "a request of the sidecar is no delivery: it is in dead-letter.raw");
            Word::Success
        }
        Err(error) => {
            tracing::error!(topic, %reason, %error, "a request of the sidecar is no delivery, and cannot be kept now");
            Word::Retry
        }
    }
}
