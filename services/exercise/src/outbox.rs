//! What this room tells the others: which exercise a student opened, what an answer was worth, and that a student is stuck.
//!
//! The messages go into the ledger with what they are about; the relay publishes them. Not here: what the evidence is
//! worth (crate `agent-core`), when it is struggle (room `progress`).

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use agent_core::signs::Sign;
use bus::{Headers, Message};
use clock::Ids;
use contracts::events::{EvidenceHeader, ExerciseGraded, ExerciseKind, ExerciseOpened, LearnerSaid};
use contracts::{Component, Event, StudentId, avro, metadata};
use jiff::Timestamp;

use crate::decide::exercise::Kind;
use crate::decide::grade::Verdict;
use crate::store::problem::{Problem, went_wrong};

/// Who is told about, and when it was.
pub(crate) struct Cause<'a> {
    pub(crate) student: &'a StudentId,
    pub(crate) topic: Topic,
    pub(crate) at: Timestamp,
    pub(crate) headers: &'a Headers,
    pub(crate) ids: &'a dyn Ids,
}

impl Cause<'_> {
    fn header(&self, metadata: BTreeMap<String, String>) -> Option<EvidenceHeader> {
        // A topic's slug has the form of an id: the tests publish one of each.
        let component = self.topic.slug().parse::<Component>().ok()?;
        Some(EvidenceHeader {
            event_id: self.ids.event_id(),
            timestamp: self.at,
            student_id: self.student.clone(),
            component,
            metadata: (!metadata.is_empty()).then_some(metadata),
        })
    }

    fn message(&self, event: &Event) -> Message {
        Message {
            topic: event.topic(),
            key: self.student.to_string(),
            payload: avro::encode(event),
            headers: self.headers.clone(),
        }
    }

    /// The student was shown an exercise.
    pub(crate) fn opened(&self, problem: &Problem) -> Option<Message> {
        let header = self.header(BTreeMap::new())?;
        let problem = problem.exercise.name.as_problem()?;
        Some(self.message(&Event::ExerciseOpened(ExerciseOpened { header, problem })))
    }

    /// An answer was judged. What went wrong goes along: the same again and again is a sign of struggle.
    pub(crate) fn graded(&self, problem: &Problem, verdict: &Verdict) -> Option<Message> {
        let notes = went_wrong(verdict).map(|what| (metadata::MISCONCEPTION.to_owned(), what.to_owned()));
        let name = &problem.exercise.name;
        Some(self.message(&Event::ExerciseGraded(ExerciseGraded {
            header: self.header(notes.into_iter().collect())?,
            problem: name.as_problem()?,
            kind: wire(name.kind),
            score: verdict.score,
        })))
    }

    /// The student's words say that they are stuck.
    pub(crate) fn said(&self, sign: Sign) -> Option<Message> {
        let header = self.header(BTreeMap::new())?;
        Some(self.message(&Event::LearnerSaid(LearnerSaid { header, sign, agent: crate::NAME.to_owned() })))
    }
}

fn wire(kind: Kind) -> ExerciseKind {
    match kind {
        Kind::Write => ExerciseKind::Write,
        Kind::FixBug => ExerciseKind::FixBug,
        Kind::Order => ExerciseKind::Order,
        Kind::PredictOutput => ExerciseKind::PredictOutput,
        Kind::FillGap => ExerciseKind::FillGap,
    }
}
