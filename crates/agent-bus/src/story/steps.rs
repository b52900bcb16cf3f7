//! The steps: each asks what a student or a teacher would ask, and looks whether the answer is one.
//!
//! Not here: their order (`tell`), patience (module `asking`).

use exercise::decide::exercise::Name;
use exercise::decide::template::Templates;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Person;
use super::asking::{Asking, Snag};

/// What all of it is about.
const COMPONENT: &str = "variables";

const BROKEN: &str = "total_price = 3 * 4\nprint(\"You pay\", total_price\n";
const MENDED: &str = "total_price = 3 * 4\nprint(\"You pay\", total_price)\n";

/// The story of one run.
pub(super) struct Story {
    pub(super) asking: Asking,
    pub(super) student: Person,
    pub(super) teacher: Person,
    /// Tells this run from others.
    pub(super) run: String,
}

/// What was posted, as Progress answered it.
#[derive(Deserialize)]
pub(super) struct Posted {
    event_id: String,
    mastery: f64,
}

impl Story {
    async fn as_student(&self, agent: &str, path: &str, body: Value) -> Result<Value, String> {
        let send = async || self.asking.send(Method::POST, agent, path, &self.student, &body).await;
        self.asking.patiently(send).await
    }

    /// A program that does not run is told so, at the right line; mended it is valid.
    pub(super) async fn check_code(&self) -> Result<(), String> {
        let broken = self.as_student("debug", "analyze", json!({"code": BROKEN})).await?;
        let (valid, line) = (&broken["valid"], &broken["errors"][0]["line"]);
        if (valid, line) != (&json!(false), &json!(2)) {
            return Err(format!("a bracket that is not closed in line 2 was not found: {broken}"));
        }
        let mended = self.as_student("debug", "analyze", json!({"code": MENDED})).await?;
        is(mended["valid"] == json!(true), "a program that runs is called broken", &mended)
    }

    /// In the student's own words: the name in the program is in the explanation.
    pub(super) async fn explain(&self) -> Result<(), String> {
        let question = json!({"concept": COMPONENT, "depth": "standard", "code": MENDED});
        let answer = self.as_student("concepts", "explain", question).await?;
        let text = answer["explanation"].as_str().unwrap_or_default();
        is(text.contains("total_price"), "the explanation is not about the student's program", &answer)
    }

    /// How many events count for the student so far.
    pub(super) async fn events(&self) -> Result<u64, String> {
        self.asking.patiently(async || number_of_events(&self.explained().await?)).await
    }

    async fn explained(&self) -> Result<Value, Snag> {
        let path = format!("{}/explain?component={COMPONENT}", self.student.id);
        self.asking.get("progress", &path, &self.student).await
    }

    /// A program to write.
    pub(super) async fn take_a_problem(&self) -> Result<Value, String> {
        let wish = json!({"topic": COMPONENT, "kind": "write"});
        let problem = self.as_student("exercise", "generate", wish).await?;
        is(problem["problem_id"].is_string(), "there is no problem in the answer", &problem)?;
        Ok(problem)
    }

    /// The student knows the answer: the exercises are in this program, too.
    pub(super) async fn hand_in(&self, problem: &Value) -> Result<(), String> {
        let name = Name::deserialize(problem).map_err(|error| format!("the problem's name: {error}"))?;
        let templates = Templates::load().map_err(|error| error.to_string())?;
        let draft = templates.draft(&name).map_err(|error| format!("{error}; is this another version?"))?;
        let answer = json!({"problem_id": problem["problem_id"], "answer": draft.exercise.reference});
        let verdict = self.as_student("exercise", "verify", answer).await?;
        is(verdict["correct"] == json!(true), "the right answer is not called right", &verdict)
    }

    /// A program that was not handed in before: another one would not count.
    pub(super) async fn have_code_reviewed(&self) -> Result<(), String> {
        let code = format!("run = \"{}\"\nprices = [3, 4]\nprint(run, sum(prices))\n", self.run);
        let program = json!({"code": code, "component": COMPONENT});
        let review = self.as_student("review", "quality", program).await?;
        // Before: where the answer to the first try was lost.
        let counts = ["recorded", "recorded_before"].iter().any(|word| review["evidence"] == json!(word));
        is(counts && review["score"].is_number(), "the review does not count", &review)
    }

    /// The answer and the review come to Progress over the bus.
    pub(super) async fn evidence_arrives(&self, before: u64) -> Result<(), String> {
        let expected = before + 2;
        let look = async || match number_of_events(&self.explained().await?)? {
            found if found >= expected => Ok(()),
            found => Err(Snag::not_yet(format!("{found} events count, not {expected}"))),
        };
        self.asking.patiently(look).await
    }

    /// In a class of the teacher with this student alone.
    pub(super) async fn post_scores(&self) -> Result<Posted, String> {
        let class = json!({"name": "Story", "students": [self.student.id]});
        let path = format!("classes/{}", class_of(&self.teacher));
        let put = async || self.asking.send(Method::PUT, "progress", &path, &self.teacher, &class).await;
        self.asking.patiently(put).await?;
        let scores = json!({"completion": 0.85, "quiz": 0.9, "quality": 0.75, "consistency": 0.8});
        let exam = json!({"component": COMPONENT, "scores": scores, "idempotency_key": self.run});
        let path = self.student.id.to_string();
        let post = async || self.asking.send(Method::POST, "progress", &path, &self.teacher, &exam).await;
        let posted = self.asking.patiently(post).await?;
        Posted::deserialize(&posted).map_err(|error| format!("{error}: {posted}"))
    }

    /// The student reads what the teacher posted, and why it is so.
    pub(super) async fn mastery_shows(&self, posted: &Posted) -> Result<(), String> {
        let look = async || {
            let progress = self.asking.get("progress", self.student.id.as_str(), &self.student).await?;
            let shown = progress["components"][COMPONENT]["mastery"].as_f64();
            if shown != Some(posted.mastery) {
                return Err(Snag::not_yet(format!("{shown:?} is shown, {} was posted", posted.mastery)));
            }
            let explained = self.explained().await?;
            let items = explained["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            if items.iter().any(|event| event["event_id"] == json!(posted.event_id)) {
                Ok(())
            } else {
                Err(Snag::not_yet(format!("event {} explains nothing", posted.event_id)))
            }
        };
        self.asking.patiently(look).await
    }
}

fn number_of_events(explained: &Value) -> Result<u64, Snag> {
    explained["events"].as_u64().ok_or_else(|| Snag::wrong(format!("no number of events: {explained}")))
}

/// Ids have an end: of a long name the beginning is used.
fn class_of(teacher: &Person) -> String {
    format!("story-{:.58}", teacher.id.as_str())
}

fn is(so: bool, else_wrong: &str, answer: &Value) -> Result<(), String> {
    if so { Ok(()) } else { Err(format!("{else_wrong}: {answer}")) }
}
