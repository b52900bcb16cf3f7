//! A room on a bench: its ports, and short ways to ask it things and to read what it keeps.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth::Principal;
use axum::Router;
use bus::Subscription;
use contracts::{Event, Topic, avro};
use exercise::decide::exercise::{Exercise, Kind};
use exercise::ports::PROBLEMS;
use exercise::{AnswerObserver, Ports};
use http::{HeaderMap, Method, StatusCode};
use invoke::AskProgress;
use ledger::Ledger;
use room::{Stop, Task};
use sandbox::{Job, Report, Sandbox, SandboxError};
use serde_json::{Value, json};
use testkit::{FixedClock, SeededIds, StaticInvoke, StaticRosters, TempStore};
use tokio::task::JoinHandle;

/// Sandboxes that run nothing, and why.
pub(crate) struct Refuses(pub(crate) SandboxError);

#[async_trait]
impl Sandbox for Refuses {
    async fn run(&self, _: Job) -> Result<Report, SandboxError> {
        Err(self.0.clone())
    }
}

/// Answers that were counted, in their order.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Vec<(Kind, bool)>>);

impl Answers {
    pub(crate) fn counted(&self) -> Vec<(Kind, bool)> {
        self.0.lock().unwrap().clone()
    }
}

impl AnswerObserver for Answers {
    fn answered(&self, kind: Kind, correct: bool) {
        self.0.lock().unwrap().push((kind, correct));
    }
}

/// All are at work for so many seconds.
pub(crate) fn busy(retry_after_s: u32) -> Arc<dyn Sandbox> {
    Arc::new(Refuses(SandboxError::Busy { retry_after_s }))
}

/// There is none.
pub(crate) fn missing() -> Arc<dyn Sandbox> {
    Arc::new(Refuses(SandboxError::Unavailable("it is not installed".to_owned())))
}

pub(crate) struct Bench {
    pub(crate) router: Router,
    pub(crate) inbox: Vec<Subscription>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) clock: Arc<FixedClock>,
    ids: Arc<SeededIds>,
    tasks: Vec<Task>,
    pub(crate) sandbox: Arc<dyn Sandbox>,
    pub(crate) answers: Arc<Answers>,
    _store: Arc<TempStore>,
}

impl Bench {
    /// An empty room with real sandboxes; Progress knows nobody.
    pub(crate) async fn new() -> Self {
        Self::asking(StaticInvoke::none()).await
    }

    /// The same, with a Progress that knows something. ms-lee teaches mia and ben, mr-ito teaches noor.
    pub(crate) async fn asking(invoke: StaticInvoke) -> Self {
        let store = Arc::new(testkit::temp_store().await);
        let ledger = store.room(exercise::SPEC).await.unwrap();
        let ids = Arc::new(SeededIds::default());
        Self::on(store, ledger, ids, Arc::new(testkit::sandbox_pool()), invoke)
    }

    /// The same room after a restart, with other sandboxes: the same ledger, nothing else in common.
    pub(crate) fn again(&self, sandbox: Arc<dyn Sandbox>) -> Self {
        let (store, ledger) = (Arc::clone(&self._store), Arc::clone(&self.ledger));
        Self::on(store, ledger, Arc::clone(&self.ids), sandbox, StaticInvoke::none())
    }

    /// The same room with the same sandboxes, where Progress knows something else.
    pub(crate) fn knowing(&self, invoke: StaticInvoke) -> Self {
        let (store, ledger) = (Arc::clone(&self._store), Arc::clone(&self.ledger));
        Self::on(store, ledger, Arc::clone(&self.ids), Arc::clone(&self.sandbox), invoke)
    }

    fn on(
        store: Arc<TempStore>,
        ledger: Arc<dyn Ledger>,
        ids: Arc<SeededIds>,
        sandbox: Arc<dyn Sandbox>,
        invoke: StaticInvoke,
    ) -> Self {
        let clock = Arc::new(FixedClock::default());
        let answers = Arc::new(Answers::default());
        let room = exercise::room(Ports {
            ledger: Arc::clone(&ledger),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            rosters: Arc::new(StaticRosters::of(&[("ms-lee", "mia"), ("ms-lee", "ben"), ("mr-ito", "noor")])),
            standings: Arc::new(AskProgress::new(Arc::new(invoke), exercise::PATIENCE)),
            sandbox: Arc::clone(&sandbox),
            answers: Arc::clone(&answers) as _,
        });
        let (router, inbox, tasks) = (room.router, room.inbox, room.tasks);
        Self { router, inbox, ledger, clock, ids, tasks, sandbox, answers, _store: store }
    }

    /// Lets the room fill its shelf.
    pub(crate) fn begin(&mut self) -> (Stop, Vec<JoinHandle<()>>) {
        let stop = Stop::new();
        let tasks = self.tasks.drain(..).map(|task| tokio::spawn(task.run(stop.clone()))).collect();
        (stop, tasks)
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        who: &Principal,
        body: Option<Value>,
    ) -> (StatusCode, HeaderMap, Value) {
        testkit::call(&self.router, method, &format!("/api/v1/exercise{path}"), who, body).await
    }

    /// What a POST must be answered.
    pub(crate) async fn post(&self, path: &str, who: &Principal, body: Value) -> Value {
        let (status, _, answer) = self.ask(Method::POST, path, who, Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer:#}");
        answer
    }

    /// What must be readable.
    pub(crate) async fn get(&self, path: &str, who: &Principal) -> Value {
        let (status, _, answer) = self.ask(Method::GET, path, who, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer:#}");
        answer
    }

    /// The status of a refusal and the first field that it names.
    pub(crate) async fn refused(&self, path: &str, who: &Principal, body: Value) -> (u16, String) {
        let (status, headers, problem) = self.ask(Method::POST, path, who, Some(body)).await;
        assert_eq!(headers["content-type"], "application/problem+json", "{path}: {problem:#}");
        let field = problem["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), field)
    }

    /// A student's answer.
    pub(crate) async fn verify(&self, who: &Principal, problem: &Value, answer: Value) -> Value {
        self.post("/verify", who, json!({"problem_id": problem["problem_id"], "answer": answer})).await
    }

    /// The exercise behind a problem as it is kept, with its solution.
    pub(crate) async fn exercise(&self, problem: &Value) -> Exercise {
        let key = problem["problem_id"].as_str().unwrap();
        let kept: Value = self.ledger.document(PROBLEMS, key).await.unwrap().unwrap().read().unwrap();
        serde_json::from_value(kept["exercise"].clone()).unwrap()
    }

    /// What waits to be published.
    pub(crate) async fn told(&self) -> Vec<Event> {
        let waiting = self.ledger.outbox().oldest(0, 1000).await.unwrap();
        let read = |pending: &ledger::Pending| {
            assert_eq!(pending.message.topic, Topic::LearningEvidence);
            avro::decode(&pending.message.payload).unwrap()
        };
        waiting.iter().map(read).collect()
    }

    /// The names of what waits to be published.
    pub(crate) async fn told_names(&self) -> Vec<&'static str> {
        self.told().await.iter().map(name).collect()
    }
}

pub(crate) fn name(event: &Event) -> &'static str {
    match event {
        Event::ExerciseOpened(_) => "opened",
        Event::ExerciseGraded(_) => "graded",
        Event::LearnerSaid(_) => "said",
        other => panic!("{other:?}"),
    }
}

pub(crate) fn mia() -> Principal {
    testkit::student("mia")
}

pub(crate) fn ben() -> Principal {
    testkit::student("ben")
}

pub(crate) fn ms_lee() -> Principal {
    testkit::teacher("ms-lee")
}

/// Progress knows this mastery of variables for mia.
pub(crate) fn knows(mastery: f64) -> StaticInvoke {
    let components = json!({"variables": {"mastery": mastery, "level": "learning"}});
    StaticInvoke::none().with("progress", "mia", json!({"student_id": "mia", "components": components}))
}
