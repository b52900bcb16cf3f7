//! Scores posted by clients that each wait for their answer, and the events that come of them: durable end to end.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Handle, Subscribe as _, Subscription};
use bus_kafka::{KafkaBus, Settings};
use clock::{Ids as _, RandomIds, SystemClock};
use contracts::metadata::CAUSE;
use contracts::{Event, Topic, avro};
use http::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::figures::Latencies;
use crate::http_client::{self, Http};
use crate::{Failure, Posts};

/// The longest silence while events are waited for.
const SILENCE: Duration = Duration::from_secs(30);
const WARM_UP: Duration = Duration::from_secs(2);
const COMPONENTS: [&str; 5] = ["variables", "data-types", "input-output", "operators", "type-conversion"];

type Consumed = mpsc::UnboundedReceiver<(String, Instant)>;

pub(crate) async fn run(args: Posts) -> Result<Value, Failure> {
    let mut consumer = match &args.brokers {
        Some(brokers) => Some(consume(brokers, &args.release_prefix).await?),
        None => None,
    };
    let token = fs::read_to_string(&args.token)?.trim().to_owned();
    let (http, args) = (http_client::client(), Arc::new(args));
    // Connections are open and the group has its partitions before anything counts.
    let warm_up = post(&http, &args, &token, WARM_UP).await?;
    if let Some((_, consumed)) = &mut consumer {
        await_all(warm_up.sent, consumed).await?;
    }
    let began = Instant::now();
    let Posted { latencies, sent } = post(&http, &args, &token, Duration::from_secs(args.seconds)).await?;
    let seconds = began.elapsed().as_secs_f64();
    let accepted = sent.len();
    let mut figures = json!({"accepted": accepted, "seconds": seconds, "answers": latencies.told()});
    if let Some((bus, mut consumed)) = consumer {
        let (ages, last) = await_all(sent, &mut consumed).await?;
        bus.stop().await;
        figures["consumed"] = ages.told();
        figures["consumed_after_s"] = json!(last.duration_since(began).as_secs_f64());
    }
    Ok(figures)
}

/// What all clients have posted in this time.
async fn post(http: &Http, args: &Arc<Posts>, token: &str, time: Duration) -> Result<Posted, Failure> {
    let run = RandomIds.event_id().to_string();
    let until = Instant::now() + time;
    let clients: Vec<_> = (0..args.clients)
        .map(|number| Client {
            http: http.clone(),
            args: Arc::clone(args),
            token: token.to_owned(),
            name: format!("{run}-{number}"),
            number,
        })
        .map(|client| tokio::spawn(client.post_until(until)))
        .collect();
    let mut all = Posted::default();
    for client in clients {
        let posted = client.await??;
        all.latencies.merge(posted.latencies);
        all.sent.extend(posted.sent);
    }
    Ok(all)
}

struct Client {
    http: Http,
    args: Arc<Posts>,
    token: String,
    name: String,
    number: u32,
}

#[derive(Default)]
struct Posted {
    latencies: Latencies,
    /// By the event's id.
    sent: HashMap<String, Instant>,
}

impl Client {
    async fn post_until(self, until: Instant) -> Result<Posted, Failure> {
        let mut posted = Posted::default();
        for turn in 0_u32.. {
            if Instant::now() >= until {
                break;
            }
            // All students in their turn, and no two clients at the same one at a time.
            let student = turn.wrapping_mul(self.args.clients).wrapping_add(self.number) % self.args.students;
            let url = format!("{}/api/v1/progress/student-{student}", self.args.address);
            let score = f64::from(turn % 101) / 100.0;
            let component = COMPONENTS[turn as usize % COMPONENTS.len()];
            let scores = json!({"completion": score, "quiz": 0.5, "quality": 0.75, "consistency": score});
            let key = format!("{}-{turn}", self.name);
            let body = json!({"component": component, "scores": scores, "idempotency_key": key}).to_string();
            let began = Instant::now();
            let (status, answer) =
                http_client::ask(&self.http, Method::POST, &url, &self.token, body).await?;
            posted.latencies.add(began.elapsed());
            if !status.is_success() {
                return Err(format!("{url}: {status} {}", String::from_utf8_lossy(&answer)).into());
            }
            let answer: Value = serde_json::from_slice(&answer)?;
            let event_id = answer["event_id"].as_str().ok_or("an answer without event_id")?;
            posted.sent.insert(event_id.to_owned(), began);
        }
        Ok(posted)
    }
}

/// A group of its own on the topic, with what it gets.
async fn consume(brokers: &str, prefix: &str) -> Result<(KafkaBus, Consumed), Failure> {
    struct Tells(mpsc::UnboundedSender<(String, Instant)>);

    #[async_trait]
    impl Handle for Tells {
        async fn handle(&self, delivery: Delivery) -> Disposition {
            // Progress tells the new mastery, and which accepted event moved it.
            if let Ok(Event::StudentProgress(progress)) = avro::decode(&delivery.message.payload)
                && let Some(cause) = progress.metadata.and_then(|notes| notes.get(CAUSE).cloned())
            {
                // Nobody listens once the last one was there.
                let _ = self.0.send((cause, Instant::now()));
            }
            Disposition::Ack
        }
    }

    let (tell, consumed) = mpsc::unbounded_channel();
    let settings = Settings { prefix: prefix.to_owned(), ..Settings::new(brokers) };
    let bus = KafkaBus::new(settings, Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()))?;
    let subscription =
        Subscription { group: "bench", topics: vec![Topic::LearningEvents], handler: Arc::new(Tells(tell)) };
    bus.subscribe(subscription).await?;
    Ok((bus, consumed))
}

/// Waits for the event of every answer: from each request to its event, and when the last one came.
async fn await_all(
    mut sent: HashMap<String, Instant>,
    consumed: &mut Consumed,
) -> Result<(Latencies, Instant), Failure> {
    let (mut ages, mut last) = (Latencies::default(), Instant::now());
    while !sent.is_empty() {
        let Ok(Some((event_id, at))) = tokio::time::timeout(SILENCE, consumed.recv()).await else {
            return Err(format!("{} events never came", sent.len()).into());
        };
        if let Some(began) = sent.remove(&event_id) {
            ages.add(at.duration_since(began));
            last = at;
        }
    }
    Ok((ages, last))
}
