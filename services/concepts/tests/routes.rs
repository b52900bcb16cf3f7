//! The room through its router, on a real ledger: what it answers, what it keeps, and what waits to be published.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that lacks what it needs must fail")]

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::Principal;
use axum::Router;
use concepts::{NAME, PATIENCE, Ports, SPEC, room};
use contracts::events::StudentErased;
use contracts::{Event, StudentId, Topic, avro};
use http::{Method, StatusCode};
use invoke::AskProgress;
use ledger::Ledger;
use serde_json::{Value, json};
use testkit::{FixedClock, SeededIds, StaticInvoke, StaticRosters, TempStore};

struct Setting {
    router: Router,
    ledger: Arc<dyn Ledger>,
    clock: Arc<FixedClock>,
    inbox: Vec<bus::Subscription>,
    _store: TempStore,
}

async fn setting(invoke: StaticInvoke) -> Setting {
    let store = testkit::temp_store().await;
    let ledger = store.room(SPEC).await.expect("a ledger");
    let clock = Arc::new(FixedClock::default());
    let room = room(Ports {
        ledger: Arc::clone(&ledger),
        clock: clock.clone(),
        ids: Arc::new(SeededIds::default()),
        rosters: Arc::new(StaticRosters::of(&[("teacher-1", "mia")])),
        standings: Arc::new(AskProgress::new(Arc::new(invoke), PATIENCE)),
        sandbox: None,
    });
    Setting { router: room.router, ledger, clock, inbox: room.inbox, _store: store }
}

/// Progress knows this mastery of variables.
fn knows(student: &str, mastery: f64) -> StaticInvoke {
    let components = json!({"variables": {"mastery": mastery, "level": "learning"}});
    StaticInvoke::none().with("progress", student, json!({"student_id": student, "components": components}))
}

impl Setting {
    async fn post(&self, path: &str, principal: &Principal, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/v1/concepts{path}");
        let (status, _, body) = testkit::call(&self.router, Method::POST, &path, principal, Some(body)).await;
        (status, body)
    }

    async fn ok(&self, path: &str, principal: &Principal, body: Value) -> Value {
        let (status, answer) = self.post(path, principal, body).await;
        assert_eq!(status, StatusCode::OK, "{answer:#}");
        answer
    }

    async fn refused(&self, path: &str, principal: &Principal, body: Value) -> (u16, String) {
        let (status, problem) = self.post(path, principal, body).await;
        let field = problem["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), field)
    }

    /// The evidence that waits to be published.
    async fn evidence(&self) -> Vec<(String, bool, String)> {
        let waiting = self.ledger.outbox().oldest(0, 1000).await.expect("an outbox");
        let read = |pending: &ledger::Pending| match avro::decode(&pending.message.payload) {
            Ok(Event::QuizAnswered(event)) => {
                assert_eq!(pending.message.topic, Topic::LearningEvidence);
                assert_eq!(pending.message.key, event.header.student_id.as_str());
                (event.question.to_string(), event.correct, event.header.component.to_string())
            }
            other => panic!("{other:?}"),
        };
        waiting.iter().map(read).collect()
    }

    /// All that waits to be published.
    async fn told(&self) -> Vec<Event> {
        let waiting = self.ledger.outbox().oldest(0, 1000).await.expect("an outbox");
        waiting.iter().map(|pending| avro::decode(&pending.message.payload).expect("an event")).collect()
    }
}

fn mia() -> Principal {
    testkit::student("mia")
}

/// Answers for a quiz: the right ones where `right` says so, found by asking the room's own library.
fn answers(quiz: &Value, right: impl Fn(usize) -> bool) -> Value {
    let library = concepts::library::Library::load().expect("the topics are well formed");
    let all: Vec<_> = library.lessons().flat_map(|lesson| &lesson.questions).collect();
    let asked = quiz["questions"].as_array().expect("questions").iter().enumerate();
    let answers = asked.map(|(place, asked)| {
        let id = asked["question_id"].as_str().expect("an id");
        let question = all.iter().find(|question| question.id.as_str() == id).expect("a known question");
        let answer = match question.choices.iter().find(|choice| choice.right) {
            Some(choice) => {
                let letters = asked["choices"].as_array().expect("choices");
                let shown = letters
                    .iter()
                    .find(|shown| shown["text"] == choice.text.as_str())
                    .expect("the right one");
                shown["letter"].as_str().expect("a letter").to_owned()
            }
            None => question.answer[0].clone(),
        };
        json!({"question_id": id, "answer": if right(place) { answer } else { "no idea".to_owned() }})
    });
    json!({"quiz_id": quiz["quiz_id"], "answers": answers.collect::<Vec<_>>()})
}

#[tokio::test]
async fn lists_the_curriculum_in_pages() {
    let setting = setting(StaticInvoke::none()).await;
    for path in ["/api/v1/concepts/?per_page=5", "/api/v1/concepts?per_page=5"] {
        let (status, _, list) = testkit::call(&setting.router, Method::GET, path, &mia(), None).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(list["total"], 32);
        assert_eq!(list["items"].as_array().expect("items").len(), 5);
        assert_eq!(list["items"][0]["concept"], "variables");
        assert_eq!(list["items"][4]["has_lesson"], true);
    }
    for query in ["page=0", "per_page=201", "page=-1", "size=3"] {
        let path = format!("/api/v1/concepts/?{query}");
        let (status, _, problem) = testkit::call(&setting.router, Method::GET, &path, &mia(), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query} {problem}");
    }
}

#[tokio::test]
async fn explains_in_the_learners_own_names_and_lines() {
    let setting = setting(knows("mia", 0.6)).await;
    let request = json!({"concept": "variables", "code": "lives = 3\nlives = lives - 1\n", "depth": "brief"});
    let answer = setting.ok("/explain", &mia(), request).await;
    let explanation = answer["explanation"].as_str().expect("a text");
    assert!(explanation.contains("`lives`") && explanation.contains("Line 2"), "{explanation}");
    assert_eq!(answer["level"], "learning");
    assert_eq!(answer["level_source"], "progress");
    assert_eq!(answer["mastery"], 0.6);
    assert_eq!(answer["in_your_code"][1], json!({"line": 2, "text": "`lives = lives - 1`"}));
    assert_eq!(answer["prerequisites"], json!([]));
    assert!(answer["examples"].as_array().is_some_and(|examples| !examples.is_empty()));
    assert!(answer["check_questions"].as_array().is_some_and(|questions| !questions.is_empty()));
    assert!(!answer["check_questions"].to_string().contains("\"why\""), "no answers inside");
}

#[tokio::test]
async fn says_why_it_words_an_answer_for_a_beginner() {
    for (invoke, principal, source) in [
        (StaticInvoke::none(), mia(), "no-evidence"),
        (StaticInvoke::down(), mia(), "unavailable"),
        (StaticInvoke::none().with("progress", "mia", json!({"components": 3})), mia(), "unavailable"),
        (StaticInvoke::none().with("progress", "mia", json!({"components": {}})), mia(), "no-evidence"),
        (StaticInvoke::none(), testkit::teacher("teacher-1"), "no-student"),
    ] {
        let setting = setting(invoke).await;
        let answer = setting.ok("/explain", &principal, json!({"concept": "operators"})).await;
        assert_eq!((&answer["level"], &answer["level_source"]), (&json!("beginner"), &json!(source)));
        assert_eq!(answer["depth"], "standard");
    }
}

#[tokio::test]
async fn a_learner_who_says_so_is_helped_out() {
    let setting = setting(StaticInvoke::none()).await;
    let request =
        json!({"concept": "variables", "depth": "brief", "message": "I don't understand this at all"});
    let answer = setting.ok("/explain", &mia(), request).await;
    assert!(answer["explanation"].as_str().expect("a text").contains("get stuck"));
}

#[tokio::test]
async fn any_code_is_answered_in_bounded_time() {
    let setting = setting(StaticInvoke::none()).await;
    let codes = [
        "def broken(:\n".to_owned(),
        "\0\0".to_owned(),
        "(".repeat(900_000),
        "x = 1\n".repeat(100_000),
        format!("x = {}1", "1+".repeat(400_000)),
        String::new(),
    ];
    for code in codes {
        let start: String = code.chars().take(10).collect();
        let answer = setting.ok("/explain", &mia(), json!({"concept": "variables", "code": code})).await;
        assert!(answer["explanation"].as_str().is_some_and(|text| text.len() < 10_000), "{start}");
    }
}

#[tokio::test]
async fn plans_over_the_whole_curriculum() {
    let setting = setting(StaticInvoke::none()).await;
    let path = setting.ok("/path", &mia(), json!({"target": "lists", "known": ["operators"]})).await;
    assert_eq!(path["path"], json!(["input-output", "type-conversion", "if-elif-else", "for", "lists"]));
    assert_eq!(path["missing_prerequisites"], json!(["for"]));
    let ready = setting.ok("/validate", &mia(), json!({"concept": "lists", "known": ["for"]})).await;
    assert_eq!(ready, json!({"ready": true, "missing_prerequisites": [], "recommended_order": []}));
    let not_yet = setting.ok("/validate", &mia(), json!({"concept": "input-output"})).await;
    let order = json!(["variables"]);
    assert_eq!(not_yet, json!({"ready": false, "missing_prerequisites": order, "recommended_order": order}));
}

#[tokio::test]
async fn every_lesson_is_explained_asked_and_answered() {
    let setting = setting(StaticInvoke::none()).await;
    let library = concepts::library::Library::load().expect("the topics are well formed");
    let lessons: Vec<&str> = library.lessons().map(|lesson| lesson.topic.slug()).collect();
    assert_eq!(lessons.len(), 10, "{lessons:?}");
    for (place, concept) in lessons.iter().enumerate() {
        let answer = setting.ok("/explain", &mia(), json!({"concept": concept, "depth": "deep"})).await;
        assert!(answer["examples"].as_array().is_some_and(|examples| examples.len() >= 3), "{concept}");
        let path = setting.ok("/path", &mia(), json!({"target": concept})).await;
        let steps = path["path"].as_array().expect("a path");
        assert_eq!(steps.last(), Some(&json!(concept)));
        let ready = setting.ok("/validate", &mia(), json!({"concept": concept, "known": path["path"]})).await;
        assert_eq!(ready["ready"], true, "{concept}");
        let quiz = setting.ok("/quiz", &mia(), json!({"concept": concept, "count": 10})).await;
        assert_eq!(quiz["questions"].as_array().map(Vec::len), Some(10), "{concept}");
        let result = setting.ok("/answers", &mia(), answers(&quiz, |_| true)).await;
        assert_eq!(result["score"], 1.0, "{result:#}");
        let evidence = setting.evidence().await;
        assert_eq!(evidence.len(), (place + 1) * 10);
        assert!(evidence[place * 10..].iter().all(|(_, right, component)| *right && component == concept));
    }
}

#[tokio::test]
async fn a_wrong_answer_names_the_misconception_behind_it() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "for", "count": 10})).await;
    let asked = quiz["questions"].as_array().expect("questions");
    let library = concepts::library::Library::load().expect("the topics are well formed");
    let questions: Vec<_> = library.lessons().flat_map(|lesson| &lesson.questions).collect();
    let wrong = asked.iter().map(|asked| {
        let question = questions.iter().find(|question| asked["question_id"] == question.id.as_str());
        let known = question.and_then(|question| question.wrong.first());
        json!({"question_id": asked["question_id"], "answer": known.map_or("no idea", |wrong| &wrong.answer)})
    });
    let wrong: Vec<Value> = wrong.collect();
    let result = setting.ok("/answers", &mia(), json!({"quiz_id": quiz["quiz_id"], "answers": wrong})).await;
    let named = |result: &&Value| result["misconception"].is_object() || result["misconception"].is_string();
    let count = result["results"].as_array().expect("results").iter().filter(named).count();
    assert!(count >= 3, "{result:#}");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let setting = setting(StaticInvoke::none()).await;
    let long = "x".repeat(2001);
    let many: Vec<&str> = vec!["lists"; 65];
    let cases = [
        ("/explain", json!({"concept": "loops"}), 422, "concept"),
        ("/explain", json!({"concept": 3}), 422, "concept"),
        ("/explain", json!({}), 422, "concept"),
        ("/explain", json!({"concept": "variables", "depth": "deeper"}), 422, "depth"),
        ("/explain", json!({"concept": "variables", "colour": 1}), 422, "colour"),
        ("/explain", json!({"concept": "variables", "student_id": "../x"}), 422, "student_id"),
        ("/explain", json!({"concept": "variables", "message": long}), 422, "message"),
        ("/explain", json!({"concept": "lists"}), 404, ""),
        ("/explain", json!({"concept": "variables", "student_id": "ben"}), 403, ""),
        ("/path", json!({"target": "lists", "known": ["for", "loops"]}), 422, "known[1]"),
        ("/path", json!({"target": "lists", "known": many}), 422, "known"),
        ("/validate", json!({"known": []}), 422, "concept"),
        ("/quiz", json!({"concept": "variables", "count": 0}), 422, "count"),
        ("/quiz", json!({"concept": "variables", "count": 11}), 422, "count"),
        ("/quiz", json!({"concept": "variables", "count": -1}), 422, "count"),
        ("/quiz", json!({"concept": "variables", "count": 1.5}), 422, "count"),
        ("/quiz", json!({"concept": "lists"}), 404, ""),
        ("/quiz", json!({"concept": "variables", "student_id": "ben"}), 403, ""),
        ("/answers", json!({"quiz_id": "no", "answers": []}), 422, "quiz_id"),
        ("/answers", json!({"quiz_id": "00000000-0000-4000-8000-0000000000ff", "answers": []}), 404, ""),
    ];
    for (path, body, status, field) in cases {
        let refused = setting.refused(path, &mia(), body.clone()).await;
        assert_eq!(refused, (status, field.to_owned()), "{path} {body}");
    }
    let (_, problem) = setting.post("/explain", &mia(), json!({"concept": "loops"})).await;
    assert!(
        problem["errors"][0]["message"].as_str().is_some_and(|message| message.contains("for, ")),
        "{problem}"
    );
    let (_, problem) = setting.post("/explain", &mia(), json!({"concept": "lists"})).await;
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("variables")), "{problem}");
    let nobody =
        setting.refused("/quiz", &testkit::teacher("teacher-1"), json!({"concept": "variables"})).await;
    assert_eq!(nobody, (422, "student_id".to_owned()));
}

#[tokio::test]
async fn a_quiz_is_asked_without_answers_and_judged_by_what_was_asked() {
    let setting = setting(knows("mia", 0.6)).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "variables", "count": 4})).await;
    let questions = quiz["questions"].as_array().expect("questions");
    assert_eq!(questions.len(), 4);
    for question in questions {
        let fields: BTreeSet<&str> =
            question.as_object().expect("an object").keys().map(String::as_str).collect();
        assert!(fields.is_disjoint(&["answer", "why", "wrong", "right"].into()), "{fields:?}");
    }
    let result = setting.ok("/answers", &mia(), answers(&quiz, |place| place != 1)).await;
    assert_eq!(result["score"], 0.75);
    assert_eq!(result["duplicate"], false);
    let results = result["results"].as_array().expect("results");
    let correct: Vec<bool> = results.iter().map(|result| result["correct"] == true).collect();
    assert_eq!(correct, [true, false, true, true]);
    assert!(results.iter().all(|result| result["why"].as_str().is_some_and(|why| !why.is_empty())));
    let evidence = setting.evidence().await;
    assert_eq!(evidence.len(), 4);
    for ((question, right, component), result) in evidence.iter().zip(results) {
        assert_eq!(result["question_id"], question.as_str());
        assert_eq!(result["correct"], *right);
        assert_eq!(component, "variables");
    }
}

#[tokio::test]
async fn the_same_answers_again_change_nothing_and_other_answers_are_a_conflict() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "operators", "count": 3})).await;
    let first = setting.ok("/answers", &mia(), answers(&quiz, |_| false)).await;
    let again = setting.ok("/answers", &mia(), answers(&quiz, |_| false)).await;
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["results"], first["results"]);
    assert_eq!(setting.refused("/answers", &mia(), answers(&quiz, |_| true)).await.0, 409);
    assert_eq!(setting.evidence().await.len(), 3, "no evidence beside the first");
    setting.clock.advance_ms(48 * 3_600_000);
    let late = setting.ok("/answers", &mia(), answers(&quiz, |_| false)).await;
    assert_eq!(late["duplicate"], true);
}

#[tokio::test]
async fn answers_sent_twice_at_once_are_taken_once() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "operators", "count": 5})).await;
    let (mia, body) = (mia(), answers(&quiz, |place| place % 2 == 0));
    let sent = (0..8).map(|_| setting.ok("/answers", &mia, body.clone()));
    let results = futures::future::join_all(sent).await;
    assert_eq!(results.iter().filter(|result| result["duplicate"] == false).count(), 1);
    assert!(results.iter().all(|result| result["results"] == results[0]["results"]));
    assert_eq!(setting.evidence().await.len(), 5);
}

#[tokio::test]
async fn answers_must_fit_the_quiz() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "data-types", "count": 2})).await;
    let whole = answers(&quiz, |_| true);
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut body = whole.clone();
        change(body["answers"].as_array_mut().expect("answers"));
        body
    };
    let cases = [
        (with(&|answers| drop(answers.pop())), "answers"),
        (with(&|answers| answers.push(answers[0].clone())), "answers[2].question_id"),
        (with(&|answers| answers.push(json!({"question_id": "variables-99", "answer": "1"}))), "answers"),
        (with(&|answers| answers[1]["answer"] = json!("x".repeat(1001))), "answers[1].answer"),
        (with(&|answers| *answers = vec![answers[0].clone(); 11]), "answers"),
    ];
    for (body, field) in cases {
        assert_eq!(setting.refused("/answers", &mia(), body).await, (422, field.to_owned()));
    }
    assert!(setting.evidence().await.is_empty());
    assert_eq!(setting.ok("/answers", &mia(), whole).await["score"], 1.0);
}

#[tokio::test]
async fn somebody_elses_quiz_does_not_exist() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "variables", "count": 1})).await;
    let body = answers(&quiz, |_| true);
    for stranger in [
        testkit::student("ben"),
        testkit::teacher("teacher-2"),
        testkit::operator("op"),
        testkit::service("debug", "ben"),
    ] {
        assert_eq!(setting.refused("/answers", &stranger, body.clone()).await.0, 404, "{stranger:?}");
    }
    assert!(setting.evidence().await.is_empty());
    setting.ok("/answers", &testkit::service("orchestrator", "mia"), body).await;
}

#[tokio::test]
async fn asks_again_what_was_wrong_and_not_what_was_right() {
    let setting = setting(knows("mia", 0.3)).await;
    let quiz = |count| setting.ok("/quiz", &MIA, json!({"concept": "variables", "count": count}));
    let first = quiz(10).await;
    setting.ok("/answers", &MIA, answers(&first, |place| place >= 2)).await;
    let ids = |quiz: &Value| -> BTreeSet<String> {
        let questions = quiz["questions"].as_array().expect("questions");
        questions.iter().map(|question| question["question_id"].as_str().expect("an id").to_owned()).collect()
    };
    let second = quiz(4).await;
    let wrong: BTreeSet<String> =
        ids(&json!({"questions": &first["questions"].as_array().expect("questions")[..2]}));
    let right: BTreeSet<String> = ids(&first).difference(&wrong).cloned().collect();
    assert!(ids(&second).is_superset(&wrong), "{second:#}");
    assert!(ids(&second).is_disjoint(&right), "two new ones and the two wrong ones");
}

static MIA: std::sync::LazyLock<Principal> = std::sync::LazyLock::new(mia);

#[tokio::test]
async fn a_quiz_expires_and_the_oldest_is_pushed_out() {
    let setting = setting(StaticInvoke::none()).await;
    let make = || setting.ok("/quiz", &MIA, json!({"concept": "variables", "count": 1}));
    let first = make().await;
    setting.clock.advance_ms(24 * 3_600_000 + 1);
    assert_eq!(setting.refused("/answers", &MIA, answers(&first, |_| true)).await.0, 409);
    let mut latest = Vec::new();
    for _ in 0..20 {
        latest.push(make().await);
    }
    assert_eq!(setting.refused("/answers", &MIA, answers(&first, |_| true)).await.0, 404);
    setting.ok("/answers", &MIA, answers(&latest[0], |_| true)).await;
    let student: StudentId = "mia".parse().expect("an id");
    let kept = setting.ledger.export(&student).await.expect("an export");
    assert_eq!(kept.len(), 21, "twenty quizzes and the student's own document");
}

#[tokio::test]
async fn an_erased_student_is_forgotten_once_and_for_all() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &MIA, json!({"concept": "variables", "count": 2})).await;
    setting.ok("/answers", &MIA, answers(&quiz, |_| true)).await;
    let ben = testkit::student("ben");
    let other = setting.ok("/quiz", &ben, json!({"concept": "variables", "count": 2})).await;
    let student_id: StudentId = "mia".parse().expect("an id");
    let event_id = SeededIds::new(7).nth(1);
    let timestamp = clock::Clock::now(&*setting.clock);
    let erased = Event::StudentErased(StudentErased { event_id, timestamp, student_id: student_id.clone() });
    let [subscription] = setting.inbox.as_slice() else { panic!("one subscription") };
    assert_eq!((subscription.group, subscription.topics.as_slice()), (NAME, &[Topic::LearningEvents][..]));
    let deliver = |offset| bus::Delivery {
        message: bus::Message {
            topic: Topic::LearningEvents,
            key: "mia".to_owned(),
            payload: avro::encode(&erased),
            headers: bus::Headers::default(),
        },
        partition: 0,
        offset,
        attempt: 1,
    };
    assert_eq!(subscription.handler.handle(deliver(0)).await, bus::Disposition::Ack);
    assert!(setting.ledger.export(&student_id).await.expect("an export").is_empty());
    assert!(setting.evidence().await.is_empty(), "what waited to be published is gone too");
    assert_eq!(setting.refused("/answers", &MIA, answers(&quiz, |_| true)).await.0, 404);
    // Delivered again after the student came back: nothing is lost.
    setting.ok("/quiz", &MIA, json!({"concept": "variables", "count": 2})).await;
    assert_eq!(subscription.handler.handle(deliver(1)).await, bus::Disposition::Ack);
    assert_eq!(setting.ledger.export(&student_id).await.expect("an export").len(), 2);
    setting.ok("/answers", &ben, answers(&other, |_| true)).await;
}

#[test]
fn the_description_names_every_route() {
    let document = serde_json::to_value(concepts::openapi()).expect("JSON");
    let paths: BTreeSet<&str> =
        document["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    let expected =
        ["", "answers", "explain", "path", "quiz", "validate"].map(|path| format!("/api/v1/concepts/{path}"));
    assert_eq!(paths, expected.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn a_learner_who_says_to_be_stuck_is_heard_once_for_each_time() {
    let setting = setting(StaticInvoke::none()).await;
    let stuck = json!({"concept": "variables", "depth": "brief", "message": "I\u{2019}m stuck"});
    setting.ok("/explain", &mia(), stuck.clone()).await;
    // Of nobody in particular nothing is told, and what is no sign is none.
    setting.ok("/explain", &testkit::teacher("teacher-1"), stuck).await;
    let asks = json!({"concept": "variables", "depth": "brief", "message": "What is a name?"});
    setting.ok("/explain", &mia(), asks).await;
    let told = setting.told().await;
    let [Event::LearnerSaid(said)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((said.header.student_id.as_str(), said.header.component.as_str()), ("mia", "variables"));
    assert_eq!((said.sign, said.agent.as_str()), (agent_core::signs::Sign::Stuck, "concepts"));
}

#[tokio::test]
async fn every_answer_of_a_quiz_tells_the_score_of_the_whole() {
    let setting = setting(StaticInvoke::none()).await;
    let quiz = setting.ok("/quiz", &mia(), json!({"concept": "variables", "count": 5})).await;
    setting.ok("/answers", &mia(), answers(&quiz, |place| place < 2)).await;
    let told = setting.told().await;
    assert_eq!(told.len(), 5);
    for event in told {
        let Event::QuizAnswered(answered) = event else { panic!("{event:?}") };
        let notes = answered.header.metadata.expect("notes");
        assert_eq!(notes[contracts::metadata::QUIZ_SCORE], "0.4");
        assert_eq!(quiz["quiz_id"], notes[contracts::metadata::QUIZ].as_str());
    }
}
