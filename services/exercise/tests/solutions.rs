//! Right and wrong solutions of real templates, written in many ways: each gets the verdict that it must, from the real
//! sandbox.
//!
//! `solutions/<topic>/<template>/right/*.py` must be right; a file in `wrong/` opens with `# verdict:` and what must be said
//! of it, `;` in between: `error=`, `misconception=`, `line=` (the line below the opening is 1), `rule=` (a broken rule),
//! `test=` (one that must fail), `says=` (in the feedback), `score=`, `score<`, `score>`. A solution is a text over the draws
//! of its template, and is tried on several seeds. Not here: whether the templates are sound (admission).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is not there or not so must stop it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use exercise::decide::exercise::{Exercise, Expected, Kind, Name, Seed, Test};
use exercise::decide::grade::{Answer, Attempt, Verdict};
use exercise::decide::template::Templates;
use futures::StreamExt as _;
use sandbox::pool::Pool;
use sandbox::{Case, CaseReport, Ended, Job, Limits, Outcome, Program, Report, Sandbox as _, Value};

/// Variants of a template that every solution is tried on.
const SEEDS: [Seed; 2] = [Seed(1), Seed(2)];
/// Programs that run at once.
const AT_ONCE: usize = 4;
/// Less than what a learner has: what does not end shows it in every test.
const CPU_MS: u32 = 500;
/// Topics whose solutions are tried together: each test is a process of its own.
const BASICS: [&str; 5] = ["variables", "data-types", "input-output", "operators", "type-conversion"];
/// How a file in `wrong/` opens.
const OPENING: &str = "# verdict:";

/// A solution on one variant of its template.
struct Tried {
    /// The file, and the seed.
    what: String,
    /// What the file says of it, line by line.
    claims: Vec<String>,
    exercise: Arc<Exercise>,
    verdict: Verdict,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/solutions")
}

/// The files of a kind: topic, template, path.
fn files(kind: &str) -> Vec<(String, String, PathBuf)> {
    let inside = |folder: &Path| -> Vec<PathBuf> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files = Vec::new();
    for topic in inside(&folder()) {
        for template in inside(&topic) {
            for file in inside(&template.join(kind)) {
                files.push((name(&topic), name(&template), file));
            }
        }
    }
    files
}

/// The exercise, and what its reference does in every test.
async fn exercise(pool: &Pool, templates: &Templates, name: &Name) -> Exercise {
    let mut exercise = templates.draft(name).unwrap().exercise;
    let cases = exercise.tests.iter().map(|test| match test.calls.as_slice() {
        [] => Case::Script { stdin: test.stdin.clone(), globals: Vec::new() },
        calls => Case::Calls { stdin: test.stdin.clone(), calls: calls.to_vec() },
    });
    let program = Program { code: exercise.reference.clone(), cases: cases.collect() };
    let report = pool.run(Job::new(vec![program], Limits::GRADED)).await.unwrap();
    assert_eq!(report.ended, Ended::Completed, "{name}");
    for (test, seen) in exercise.tests.iter_mut().zip(&report.programs[0].cases) {
        assert_eq!(seen.outcome, Outcome::Finished, "{name}: {}", test.about);
        test.expected = expected(test, seen);
    }
    exercise
}

fn expected(test: &Test, seen: &CaseReport) -> Expected {
    Expected {
        stdout: test.calls.is_empty().then(|| seen.stdout.clone()),
        returned: seen.calls.iter().map(|call| call.returned.clone()).collect(),
        arguments: seen.calls.iter().map(|call| call.arguments.clone()).collect(),
    }
}

/// Tries every file of a kind on every seed, those of the basics or the others.
async fn tried(kind: &str, basics: bool) -> Vec<Tried> {
    let templates = Templates::load().unwrap();
    let pool = testkit::sandbox_pool();
    let mut exercises: BTreeMap<String, Arc<Exercise>> = BTreeMap::new();
    let mut tasks = Vec::new();
    for (topic, template, file) in files(kind) {
        if BASICS.contains(&topic.as_str()) != basics {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        // What runs into the limit does so in every test: one variant is enough to see it.
        let seeds = if text.contains("timed-out") { 1 } else { SEEDS.len() };
        for seed in SEEDS.into_iter().take(seeds) {
            let name =
                Name { topic: topic.parse().unwrap(), template: template.clone(), kind: Kind::Write, seed };
            let key = name.to_string();
            if !exercises.contains_key(&key) {
                exercises.insert(key.clone(), Arc::new(exercise(&pool, &templates, &name).await));
            }
            let text = templates.rendered(&name, &text).unwrap();
            let what = format!("{} seed {}", file.strip_prefix(folder()).unwrap().display(), seed.0);
            tasks.push((what, text, Arc::clone(&exercises[&key])));
        }
    }
    let pool = &pool;
    futures::stream::iter(tasks)
        .map(async |(what, text, exercise)| {
            let opens = |line: &&str| line.starts_with(OPENING);
            let claims =
                text.lines().take_while(opens).map(|line| line[OPENING.len()..].to_owned()).collect();
            let program: String = text.lines().skip_while(opens).flat_map(|line| [line, "\n"]).collect();
            let attempt = Attempt::new(&exercise, &Answer::Text(program)).unwrap();
            let report: Option<Report> = match attempt.job() {
                Some(mut job) => {
                    job.limits.cpu_ms = CPU_MS;
                    Some(pool.run(job).await.unwrap())
                }
                None => None,
            };
            let verdict = attempt.verdict(report.as_ref());
            Tried { what, claims, exercise: Arc::clone(&exercise), verdict }
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// What of a claim does not hold.
fn missing(claim: &str, tried: &Tried) -> Option<String> {
    let verdict = &tried.verdict;
    let score = verdict.score.get();
    let number = |text: &str| text.trim().parse::<f64>().unwrap();
    let holds = if let Some(limit) = claim.strip_prefix("score<") {
        score < number(limit)
    } else if let Some(limit) = claim.strip_prefix("score>") {
        score > number(limit)
    } else {
        let (key, value) = claim.split_once('=').unwrap_or_else(|| panic!("{}: `{claim}`", tried.what));
        match key {
            "score" => (score - number(value)).abs() < 1e-9,
            "error" => verdict.error.as_deref() == Some(value),
            "misconception" => verdict.misconception.as_deref() == Some(value),
            "line" => verdict.line == value.parse().ok(),
            "rule" => verdict.rules_broken.iter().any(|rule| rule.construct == value),
            "test" => verdict.tests.iter().any(|test| test.about == value && !test.passed),
            "says" => verdict.feedback.contains(value),
            other => panic!("{}: `{other}` is no claim", tried.what),
        }
    };
    (!holds).then(|| format!("{}: {claim}", tried.what))
}

/// The texts that nobody may read: what hidden tests are called with and expect, where it is long enough to be told apart.
fn secrets(exercise: &Exercise) -> BTreeSet<String> {
    let open: String = exercise
        .tests
        .iter()
        .filter(|test| test.open)
        .map(|test| {
            // The lines as they are printed, too: written for debugging they have no line breaks to compare.
            let printed = test.expected.stdout.as_deref().unwrap_or_default();
            format!("{} {:?} {:?} {printed}", test.stdin, test.calls, test.expected)
        })
        .collect();
    let hidden = exercise.tests.iter().filter(|test| !test.open);
    let texts = hidden.flat_map(|test| {
        let values = test.calls.iter().flat_map(|call| &call.arguments).chain(&test.expected.returned);
        let strings = values.filter_map(|value| match value {
            Value::Str(text) => Some(text.clone()),
            _ => None,
        });
        strings.chain([test.stdin.clone()]).chain(test.expected.stdout.clone()).collect::<Vec<_>>()
    });
    texts.map(|text| text.trim().to_owned()).filter(|text| text.len() >= 6 && !open.contains(text)).collect()
}

/// What is wrong with any verdict, whatever it says.
fn unsound(tried: &Tried) -> Vec<String> {
    let mut problems = Vec::new();
    let told = serde_json::to_string(&tried.verdict).unwrap();
    // What a program came to in an open test may be what is expected in a hidden one.
    let shown =
        serde_json::to_string(&tried.verdict.tests.iter().map(|test| &test.got).collect::<Vec<_>>()).unwrap();
    for secret in secrets(&tried.exercise) {
        let written = serde_json::to_string(&secret).unwrap();
        let written = written.trim_matches('"');
        if told.contains(written) && !shown.contains(written) {
            problems.push(format!("{}: tells {secret:?} of a hidden test", tried.what));
        }
    }
    let score = tried.verdict.score.get();
    if tried.verdict.correct != (score >= 1.0) {
        problems.push(format!("{}: correct {} at {score}", tried.what, tried.verdict.correct));
    }
    problems
}

async fn right_are_right(basics: bool) {
    let mut problems = Vec::new();
    for tried in tried("right", basics).await {
        problems.extend(unsound(&tried));
        if !tried.verdict.correct {
            problems.push(format!("{}: {}", tried.what, tried.verdict.feedback));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

async fn wrong_are_as_they_say(basics: bool) {
    let mut problems = Vec::new();
    for tried in tried("wrong", basics).await {
        problems.extend(unsound(&tried));
        problems.extend(unlike(&tried));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What of the verdict is not as the file says.
fn unlike(tried: &Tried) -> Vec<String> {
    let mut problems = Vec::new();
    if tried.claims.is_empty() {
        problems.push(format!("{}: does not open with `{OPENING}`", tried.what));
    }
    if tried.verdict.correct {
        problems.push(format!("{}: is taken for right", tried.what));
    }
    let claims = tried.claims.iter().flat_map(|line| line.split(';')).map(str::trim);
    problems.extend(claims.filter_map(|claim| missing(claim, tried)));
    if !problems.is_empty() {
        let Verdict { score, error, misconception, line, feedback, .. } = &tried.verdict;
        problems.push(format!("    {} {error:?} {misconception:?} line {line:?}: {feedback}", score.get()));
    }
    problems
}

#[test]
fn there_are_enough_of_both() {
    assert!(files("right").len() >= 60);
    assert!(files("wrong").len() >= 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_solutions_of_the_basics_are_right_however_they_are_written() {
    right_are_right(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_solutions_of_the_other_topics_are_right_however_they_are_written() {
    right_are_right(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_solutions_of_the_basics_get_the_verdict_that_they_open_with() {
    wrong_are_as_they_say(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_solutions_of_the_other_topics_get_the_verdict_that_they_open_with() {
    wrong_are_as_they_say(false).await;
}
