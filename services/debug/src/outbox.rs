//! What this room tells the others: one CodeAnalyzed for each concept among an analysis's errors, and LearnerSaid where the
//! learner's words hold a sign.
//!
//! The messages go into the ledger with the counts of the same submission; the relay publishes them. The learner's words
//! and code are never told. Not here: what they are a sign of (room `progress`).

use std::collections::{BTreeMap, BTreeSet};

use agent_core::curriculum::Topic;
use agent_core::signs::Sign;
use agent_core::syntax::{ErrorCode, SyntaxError};
use bus::{Headers, Message};
use contracts::events::{CODES_MAX, CodeAnalyzed, EvidenceHeader, LearnerSaid};
use contracts::{Component, ErrorName, Event, StudentId, avro};
use jiff::Timestamp;

use crate::ports::Ports;

/// Whose submission, and what came with it.
pub(crate) struct Submitted<'a> {
    pub(crate) student: &'a StudentId,
    pub(crate) errors: &'a [SyntaxError],
    /// The kinds of them that are news.
    pub(crate) news: Vec<ErrorCode>,
    /// What the learner's own words hold.
    pub(crate) sign: Option<Sign>,
    pub(crate) headers: &'a Headers,
}

/// The evidence of one submission. Nothing where it has no error: then nobody knows what it is about.
pub(crate) fn evidence(ports: &Ports, submitted: &Submitted<'_>, now: Timestamp) -> Vec<Message> {
    let mut codes: BTreeMap<Topic, BTreeSet<ErrorCode>> = BTreeMap::new();
    for error in submitted.errors.iter().filter(|error| submitted.news.contains(&error.code)) {
        codes.entry(error.concept).or_default().insert(error.code);
    }
    let analyzed = codes.into_iter().filter_map(|(concept, codes)| {
        let header = header(ports, submitted.student, concept, now)?;
        let codes = codes.into_iter().filter_map(name).take(CODES_MAX).collect();
        Some(Event::CodeAnalyzed(CodeAnalyzed { header, codes }))
    });
    let said = submitted.sign.zip(submitted.errors.first()).and_then(|(sign, error)| {
        let header = header(ports, submitted.student, error.concept, now)?;
        Some(Event::LearnerSaid(LearnerSaid { header, sign, agent: crate::NAME.to_owned() }))
    });
    let message = |event: Event| Message {
        topic: event.topic(),
        key: submitted.student.to_string(),
        payload: avro::encode(&event),
        headers: submitted.headers.clone(),
    };
    analyzed.chain(said).map(message).collect()
}

/// A topic's slug has the form of an id: the tests publish some.
fn header(ports: &Ports, student: &StudentId, concept: Topic, now: Timestamp) -> Option<EvidenceHeader> {
    let component: Component = concept.slug().parse().ok()?;
    Some(EvidenceHeader {
        event_id: ports.ids.event_id(),
        timestamp: now,
        student_id: student.clone(),
        component,
        metadata: None,
    })
}

/// The code as it is written everywhere.
fn name(code: ErrorCode) -> Option<ErrorName> {
    serde_json::to_value(code).ok()?.as_str()?.parse().ok()
}
