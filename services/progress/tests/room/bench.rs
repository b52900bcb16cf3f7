//! A room on a bench: its ports, and short ways to ask it and to tell it things.

use std::sync::{Arc, Mutex};

use agent_core::mastery::{Level, Score};
use auth::Principal;
use axum::Router;
use bus::{Delivery, Disposition, Headers, Message, Subscription};
use contracts::events::{
    CodeReviewed, EvidenceHeader, ExerciseGraded, ExerciseKind, QuizAnswered, StruggleCause,
};
use contracts::{Event, EventId, Topic, avro};
use http::{Method, StatusCode};
use jiff::Timestamp;
use ledger::{Exported, Ledger};
use progress::replay::Replay;
use progress::{EvidenceKind, LearningObserver, MeasureTokens, Ports};
use room::{Stop, Task};
use serde_json::{Value, json};
use testkit::{FixedClock, SeededIds, StaticInvoke, TempStore, call, service, teacher, temp_store};
use tokio::task::JoinSet;

/// One token a word, of a baseline of 100.
pub(crate) struct Words;

impl MeasureTokens for Words {
    fn token_efficiency(&self, request: &str, answer: &str) -> f64 {
        assert!(!answer.contains("token_efficiency"), "the figure itself is not counted: {answer}");
        let words = request.split('"').count() + answer.split('"').count();
        1.0 - f64::from(u32::try_from(words).unwrap()) / 100.0
    }
}

/// What was counted, in its order.
#[derive(Default)]
pub(crate) struct Counted(Mutex<Vec<String>>);

impl Counted {
    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    /// And forgets it.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl LearningObserver for Counted {
    fn evidence(&self, kind: EvidenceKind) {
        self.note(kind.name().to_owned());
    }

    fn level_changed(&self, level: Level) {
        self.note(format!("to {level:?}"));
    }

    fn struggle(&self, sign: StruggleCause) {
        self.note(format!("struggle: {sign:?}"));
    }
}

pub(crate) struct Bench {
    pub(crate) router: Router,
    pub(crate) subscription: Subscription,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) ids: Arc<SeededIds>,
    pub(crate) counted: Arc<Counted>,
    tasks: Mutex<Vec<Task>>,
    ports: Ports,
    _store: Option<TempStore>,
}

impl Bench {
    /// An empty room on the first of March 2026, at nine in the morning.
    pub(crate) async fn new() -> Self {
        Self::asking(StaticInvoke::down()).await
    }

    /// The same, with an exercise agent.
    pub(crate) async fn asking(invoke: StaticInvoke) -> Self {
        let store = temp_store().await;
        let ledger = store.room(progress::SPEC).await.unwrap();
        Self { _store: Some(store), ..Self::built(ledger, invoke) }
    }

    /// A room over a ledger.
    pub(crate) fn over(ledger: Arc<dyn Ledger>) -> Self {
        Self::built(ledger, StaticInvoke::down())
    }

    fn built(ledger: Arc<dyn Ledger>, invoke: StaticInvoke) -> Self {
        let clock = Arc::new(FixedClock::default());
        let ids = Arc::new(SeededIds::default());
        let counted = Arc::new(Counted::default());
        let ports = Ports {
            ledger: Arc::clone(&ledger),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            alarm: Arc::clone(&clock) as _,
            tokens: Arc::new(Words),
            invoke: Arc::new(invoke),
            learning: Arc::clone(&counted) as _,
        };
        Self::on(ports, clock, ids, counted)
    }

    /// The same room in another process: the same ledger, nothing else in common.
    pub(crate) fn neighbour(&self) -> Self {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        Self::on(self.ports.clone(), clock, ids, Arc::clone(&self.counted))
    }

    fn on(ports: Ports, clock: Arc<FixedClock>, ids: Arc<SeededIds>, counted: Arc<Counted>) -> Self {
        let room = progress::room(ports.clone());
        assert_eq!(room.name, "progress");
        let [subscription] =
            <[Subscription; 1]>::try_from(room.inbox).unwrap_or_else(|_| panic!("one inbox"));
        let ledger = Arc::clone(&ports.ledger);
        let tasks = Mutex::new(room.tasks);
        Self { router: room.router, subscription, ledger, clock, ids, counted, tasks, ports, _store: None }
    }

    /// Lets the room's tasks work.
    pub(crate) fn begin(&self) -> Running {
        let (stop, mut tasks) = (Stop::new(), JoinSet::new());
        for task in self.tasks.lock().unwrap().drain(..) {
            tasks.spawn(task.run(stop.clone()));
        }
        Running { stop, tasks }
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        who: &Principal,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let (status, _, answer) =
            call(&self.router, method, &format!("/api/v1/progress{path}"), who, body).await;
        (status, answer)
    }

    /// What somebody reads, where it must be readable.
    pub(crate) async fn read(&self, who: &Principal, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, who, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer:#}");
        answer
    }

    /// What somebody changes, where it must be allowed.
    pub(crate) async fn put(&self, who: &Principal, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(Method::PUT, path, who, Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer:#}");
        answer
    }

    /// Posts scores for a student as a service on the student's behalf.
    pub(crate) async fn post(&self, student: &str, body: Value) -> (StatusCode, Value) {
        self.ask(Method::POST, &format!("/{student}"), &service("importer", student), Some(body)).await
    }

    /// A class with these students, of this teacher.
    pub(crate) async fn class(&self, owner: &str, class: &str, students: &[&str]) {
        self.put(&teacher(owner), &format!("/classes/{class}"), json!({ "students": students })).await;
    }

    /// Hands an event to the inbox.
    pub(crate) async fn hear(&self, event: &Event) -> Disposition {
        self.handle(message(event)).await
    }

    pub(crate) async fn handle(&self, message: Message) -> Disposition {
        let delivery = Delivery { message, partition: 0, offset: 0, attempt: 1 };
        self.subscription.handler.handle(delivery).await
    }

    /// Hands events to the inbox that must be taken.
    pub(crate) async fn hear_all(&self, events: &[Event]) {
        for event in events {
            assert_eq!(self.hear(event).await, Disposition::Ack, "{event:?}");
        }
    }

    /// What waits to be told to the others.
    pub(crate) async fn told(&self) -> Vec<Event> {
        let waiting = self.ledger.outbox().oldest(0, 10_000).await.unwrap();
        waiting.iter().map(|pending| avro::decode(&pending.message.payload).unwrap()).collect()
    }

    /// Takes what waits to be told, as the relay does.
    pub(crate) async fn relay(&self) -> Vec<Message> {
        let waiting = self.ledger.outbox().oldest(0, 10_000).await.unwrap();
        let sequences: Vec<i64> = waiting.iter().map(|pending| pending.sequence).collect();
        self.ledger.outbox().published(&sequences).await.unwrap();
        waiting.into_iter().map(|pending| pending.message).collect()
    }

    /// A replay into the room's ledger.
    pub(crate) fn replay(&self) -> Replay {
        Replay::new(self.ports.clone())
    }

    /// All that the ledger has of a student.
    pub(crate) async fn kept(&self, student: &str) -> Vec<Exported> {
        self.ledger.export(&student.parse().unwrap()).await.unwrap()
    }
}

/// A room's tasks at work. They die with this.
pub(crate) struct Running {
    stop: Stop,
    tasks: JoinSet<()>,
}

impl Running {
    /// The soft stop: each task ends by itself.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

/// An event on its way.
pub(crate) fn message(event: &Event) -> Message {
    Message {
        topic: Topic::LearningEvidence,
        key: event.student_id().unwrap().to_string(),
        payload: avro::encode(event),
        headers: Headers::default(),
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The header of the `number`th event of a test.
pub(crate) fn header(number: u64, student: &str, component: &str, timestamp: Timestamp) -> EvidenceHeader {
    EvidenceHeader {
        event_id: evidence_id(number),
        timestamp,
        student_id: student.parse().unwrap(),
        component: component.parse().unwrap(),
        metadata: None,
    }
}

/// The id of the `number`th event of a test.
pub(crate) fn evidence_id(number: u64) -> EventId {
    SeededIds::new(77).nth(number)
}

pub(crate) fn score(value: f64) -> Score {
    Score::new(value).unwrap()
}

pub(crate) fn graded(header: EvidenceHeader, problem: &str, value: f64) -> Event {
    let (problem, kind) = (problem.parse().unwrap(), ExerciseKind::Write);
    Event::ExerciseGraded(ExerciseGraded { header, problem, kind, score: score(value) })
}

pub(crate) fn answered(header: EvidenceHeader, question: &str, correct: bool) -> Event {
    Event::QuizAnswered(QuizAnswered { header, question: question.parse().unwrap(), correct })
}

pub(crate) fn reviewed(header: EvidenceHeader, value: f64) -> Event {
    Event::CodeReviewed(CodeReviewed { header, score: score(value) })
}

/// A body of explicit scores, all the same.
pub(crate) fn all(component: &str, value: f64) -> Value {
    let scores = json!({ "completion": value, "quiz": value, "quality": value, "consistency": value });
    json!({ "component": component, "scores": scores })
}

/// The same body under a key.
pub(crate) fn keyed(mut body: Value, key: &str) -> Value {
    body["idempotency_key"] = json!(key);
    body
}

/// The names of the fields that a problem complains of.
pub(crate) fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["field"].as_str()).collect()
}
