//! A store that does not answer, and one whose bus is down.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Disposition;
use contracts::StudentId;
use contracts::events::ErrorType;
use http::{Method, StatusCode};
use ledger::{
    Change, Document, Entry, Exported, Kind, Ledger, LedgerError, Outbox, Outcome, Position, Query,
};
use serde_json::json;
use testkit::{call, operator, service, student, teacher};

use crate::bench::{Bench, all, at, graded, header};

/// A ledger that reads from a good one and refuses to write, or refuses everything.
struct Refusing {
    inner: Arc<dyn Ledger>,
    reads: bool,
    refusal: fn() -> LedgerError,
}

impl Refusing {
    fn read(&self) -> Result<(), LedgerError> {
        if self.reads { Ok(()) } else { Err((self.refusal)()) }
    }
}

#[async_trait]
impl Ledger for Refusing {
    async fn commit(&self, _: Change) -> Result<Outcome, LedgerError> {
        Err((self.refusal)())
    }
    async fn document(&self, kind: Kind, key: &str) -> Result<Option<Document>, LedgerError> {
        self.read()?;
        self.inner.document(kind, key).await
    }
    async fn documents(&self, kind: Kind, query: Query) -> Result<Vec<Document>, LedgerError> {
        self.read()?;
        self.inner.documents(kind, query).await
    }
    async fn stream(
        &self,
        stream: &str,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.read()?;
        self.inner.stream(stream, after, limit).await
    }
    async fn export(&self, subject: &StudentId) -> Result<Vec<Exported>, LedgerError> {
        self.read()?;
        self.inner.export(subject).await
    }
    fn outbox(&self) -> Arc<dyn Outbox> {
        self.inner.outbox()
    }
    async fn ready(&self) -> Result<(), LedgerError> {
        self.read()
    }
}

fn refusing(bench: &Bench, reads: bool, refusal: fn() -> LedgerError) -> Bench {
    Bench::over(Arc::new(Refusing { inner: Arc::clone(&bench.ledger), reads, refusal }))
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503_on_every_route_with_the_cause_kept_back() {
    let good = Bench::new().await;
    let bench = refusing(&good, false, || LedgerError::Unavailable("disk sda1 is gone".to_owned()));
    let (mira, lee) = (student("mira"), teacher("ms-lee"));
    for (method, path, who, body) in [
        (Method::POST, "/mira", service("importer", "mira"), Some(all("loops", 0.5))),
        (Method::POST, "/mira", lee.clone(), Some(all("loops", 0.5))),
        (Method::GET, "/mira", mira.clone(), None),
        (Method::DELETE, "/mira", operator("op"), None),
        (Method::GET, "/mira/history?component=loops", mira.clone(), None),
        (Method::GET, "/mira/explain?component=loops", mira.clone(), None),
        (Method::GET, "/mira/export", mira, None),
        (Method::GET, "/mira/teachers/ms-lee", service("debug", "mira"), None),
        (Method::PUT, "/classes/7b", lee.clone(), Some(json!({ "students": [] }))),
        (Method::GET, "/classes/7b", lee.clone(), None),
        (Method::GET, "/classes/7b/mastery?component=loops", lee.clone(), None),
        (Method::GET, "/alerts?class_id=7b", lee.clone(), None),
        (Method::POST, "/alerts/00000000-0000-4000-8000-000000000000/close", lee.clone(), Some(json!({}))),
        (Method::PUT, "/classes/7b/targets", lee, Some(json!({ "component": "loops", "target": 1 }))),
    ] {
        let path = format!("/api/v1/progress{path}");
        let (status, headers, problem) = call(&bench.router, method, &path, &who, body).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {problem}");
        assert!(headers.contains_key("retry-after"), "{path}");
        assert!(!problem.to_string().contains("sda1"), "{path}: {problem}");
    }
}

#[tokio::test]
async fn evidence_that_cannot_be_stored_comes_again() {
    let good = Bench::new().await;
    let event = graded(header(1, "mira", "loops", at("2026-03-01T08:00:00Z")), "p1", 1.0);
    let away: [(bool, fn() -> LedgerError); 3] = [
        (false, || LedgerError::Unavailable("gone".to_owned())),
        (true, || LedgerError::Unavailable("gone".to_owned())),
        (true, || LedgerError::OutboxFull),
    ];
    for (reads, refusal) in away {
        let disposition = refusing(&good, reads, refusal).hear(&event).await;
        assert!(matches!(disposition, Disposition::Hold(_)), "{disposition:?}");
    }
    let rivals = || LedgerError::Conflict("always".to_owned());
    let disposition = refusing(&good, true, rivals).hear(&event).await;
    let Disposition::Retry(failure) = disposition else { panic!("{disposition:?}") };
    assert_eq!(failure.error_type, ErrorType::Processing);
    assert_eq!(good.hear(&event).await, Disposition::Ack);
}

#[tokio::test]
async fn a_full_outbox_and_endless_rivals_are_503_and_nothing_is_kept() {
    let good = Bench::new().await;
    let refusals: [fn() -> LedgerError; 2] =
        [|| LedgerError::OutboxFull, || LedgerError::Conflict("always".to_owned())];
    for refusal in refusals {
        let (status, _) = refusing(&good, true, refusal).post("mira", all("loops", 0.5)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(good.kept("mira").await.is_empty());
}

#[tokio::test]
async fn what_is_stored_and_cannot_be_read_is_a_500_without_its_text() {
    let good = Bench::new().await;
    let bench = refusing(&good, false, || LedgerError::Corrupt("document mira: secret".to_owned()));
    let (status, problem) = bench.ask(Method::GET, "/mira", &student("mira"), None).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!problem.to_string().contains("secret"), "{problem}");
}
