//! Programs that harm: each ends as its head says, and the next student does not notice.
//!
//! The programs are files in `tests/hostile`; those too long to be files are made here.

use futures::StreamExt as _;
use sandbox::pool::Pool;
use sandbox::{Ended, Outcome, Report, Sandbox as _};

use crate::ground::{self, Specimen};

/// Whether a report is what one of the ways to end would look like.
fn ends(way: &str, report: &Report) -> bool {
    let last = report.programs.last().and_then(|program| program.cases.last());
    match (report.ended, last.map(|case| &case.outcome)) {
        (Ended::TimedOut, _) => way == "timed-out",
        (Ended::OutOfMemory, _) => way == "out-of-memory",
        (Ended::TooMuchOutput, _) => way == "too-much-output",
        (Ended::Crashed, _) => way == "crashed-allowed",
        (Ended::Completed, Some(Outcome::Finished)) => way == "finished",
        (Ended::Completed, Some(Outcome::Exited { .. })) => way == "exited",
        (Ended::Completed, Some(Outcome::Raised(raised))) => match raised.type_name.as_str() {
            // The limits, told to the program where it could still be told.
            "MemoryError" if way == "out-of-memory" => true,
            "TimeoutError" if way == "timed-out" => true,
            name => way.strip_prefix("raised ") == Some(name),
        },
        (Ended::Completed, Some(Outcome::NotAFunction { .. }) | None) => false,
    }
}

/// What is wrong, if anything.
async fn run(pool: &Pool, specimen: &Specimen, n: i64) -> Option<String> {
    let job = ground::job(&specimen.code, specimen.case());
    let name = &specimen.name;
    let ways = specimen.says("ends").unwrap_or_else(|| panic!("{name} does not say how it ends"));
    let report = match pool.run(job).await {
        Ok(report) => report,
        Err(error) => return Some(format!("{name}: not run: {error}")),
    };
    if !ways.split(" or ").any(|way| ends(way, &report)) {
        let seen = format!("{report:?}");
        let seen: String = seen.chars().take(600).collect();
        return Some(format!("{name}: should end {ways}, but: {seen}"));
    }
    ground::serves(pool, n).await.map(|wrong| format!("{name}: {wrong}"))
}

/// Eight at once, each with a normal job behind it, so that normal jobs run among hostile ones.
async fn all(specimens: Vec<Specimen>) {
    let pool = ground::pool(8);
    let runs = specimens.iter().enumerate().map(|(place, specimen)| run(&pool, specimen, place as i64 % 90));
    let found: Vec<_> =
        futures::stream::iter(runs).buffer_unordered(8).filter_map(async |it| it).collect().await;
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), specimens.len(), found.join("\n"));
}

/// Those whose first way to end begins so.
fn ending(first: &[&str]) -> Vec<Specimen> {
    let mut specimens = ground::collection("hostile");
    assert!(specimens.len() >= 100, "the collection has shrunk");
    specimens.retain(|specimen| {
        let ways = specimen.says("ends").unwrap_or_default();
        first.iter().any(|first| ways.starts_with(first))
    });
    specimens
}

#[tokio::test]
async fn what_takes_time_without_end_is_ended() {
    all(ending(&["timed-out"])).await;
}

#[tokio::test]
async fn what_takes_memory_or_prints_without_end_is_ended() {
    all(ending(&["out-of-memory", "too-much-output"])).await;
}

#[tokio::test]
async fn what_raises_in_strange_ways_breaks_nothing_else() {
    all(ending(&["exited", "raised"])).await;
}

#[tokio::test]
async fn what_breaks_its_own_run_breaks_nothing_else() {
    all(ending(&["finished", "crashed-allowed"])).await;
}

#[test]
fn every_hostile_program_says_what_it_does_and_how_it_ends() {
    const WAYS: [&str; 6] =
        ["timed-out", "out-of-memory", "too-much-output", "finished", "exited", "crashed-allowed"];
    for specimen in ground::collection("hostile") {
        let name = &specimen.name;
        assert!(
            specimen.code.starts_with("# ") && !specimen.code.starts_with("# ends"),
            "{name}: what does it do?"
        );
        let ways = specimen.says("ends").unwrap_or_else(|| panic!("{name}: how does it end?"));
        let known = |way: &str| WAYS.contains(&way) || way.starts_with("raised ");
        assert!(ways.split(" or ").all(known), "{name}: {ways:?}");
    }
}

#[tokio::test]
async fn source_text_that_is_too_much_for_a_compiler_ends_by_itself() {
    let nested_ifs = |depth: usize| {
        let lines = (0..depth).map(|level| format!("{}if x:\n", " ".repeat(level)));
        format!("x = 1\n{}{}pass\n", lines.collect::<String>(), " ".repeat(depth))
    };
    let sources = [
        ("parentheses", format!("x = {}1{}\n", "(".repeat(100_000), ")".repeat(100_000))),
        ("brackets that never close", "[".repeat(100_000)),
        ("braces", format!("x = {}1{}", "{1:".repeat(20_000), "}".repeat(20_000))),
        ("minus signs", format!("x = {}1", "-".repeat(100_000))),
        ("nots", format!("x = {}1", "not ".repeat(100_000))),
        ("lambdas", format!("x = {}1", "lambda: ".repeat(50_000))),
        ("attributes", format!("x = a{}", ".b".repeat(100_000))),
        ("calls", format!("x = f{}", "()".repeat(100_000))),
        ("a sum", format!("x = 1{}", " + 1".repeat(100_000))),
        ("powers", format!("x = 1{}", " ** 1".repeat(100_000))),
        ("a comparison", format!("x = 1{}", " < 1".repeat(100_000))),
        ("a choice", format!("x = 1{}", " if 1 else 1".repeat(50_000))),
        ("blocks", nested_ifs(3_000)),
        ("elifs", format!("x = 1\nif x: pass\n{}", "elif x: pass\n".repeat(20_000))),
        ("f-strings", format!("x = {}1{}", "f'{".repeat(5_000), "}'".repeat(5_000))),
        ("decorators", format!("{}def f(): pass\n", "@f\n".repeat(50_000))),
        ("targets", format!("x = {}", "y = ".repeat(50_000) + "1")),
        ("patterns", format!("match 1:\n case {}1{}: pass\n", "[".repeat(20_000), "]".repeat(20_000))),
        ("one long line", format!("x = '{}'", "x".repeat(1 << 20))),
        ("a great number", format!("x = {}", "9".repeat(1 << 20))),
        ("arguments", format!("f({})", "1, ".repeat(100_000))),
        ("NULs", "x = 1\0\0\0\n".repeat(1_000)),
        ("backslashes", "\\\n".repeat(200_000)),
        ("no line ends", "\r".repeat(200_000)),
        ("a byte order mark", "\u{feff}\u{feff}x = 1\n".to_owned()),
    ];
    let sources = sources.into_iter().map(|(name, code)| Specimen {
        name: name.to_owned(),
        code: format!("# ends: {}\n{code}", ENDS.join(" or ")),
    });
    // The compiler says no, the program runs (most are right Python), or a limit ends it.
    const ENDS: [&str; 12] = [
        "finished",
        "raised SyntaxError",
        "raised IndentationError",
        "raised TabError",
        "raised RecursionError",
        "raised MemoryError",
        "raised NameError",
        "raised TypeError",
        "raised OverflowError",
        "raised ValueError",
        "out-of-memory",
        "timed-out",
    ];
    all(sources.collect()).await;
}
