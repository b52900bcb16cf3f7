//! A real Python, for tests that hold what we say of programs against it.
//!
//! Not here: the sandbox in which learners' programs run (crate `sandbox-child`).

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

static PYTHON: LazyLock<String> = LazyLock::new(|| {
    let named = std::env::var("AGENT_BUS_PYTHON").ok();
    let mut candidates = named.into_iter().chain(["python3.13".to_owned(), "python3".to_owned()]);
    // By its own path: a shim costs more than the programs.
    let itself = |name: String| {
        let asked = ["-I", "-c", "import sys; print(sys.executable)"];
        let output = Command::new(name).args(asked).stdin(Stdio::null()).output().ok()?;
        let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !path.is_empty()).then_some(path)
    };
    candidates.find_map(itself).expect("a Python is needed: install python3, or put python3.13 on the path")
});

/// The path of a Python that runs: the one that `make test` found and names, CPython 3.13 where it is on the path, else what
/// there is. A name on the path may be a shim that fails, so each is tried.
///
/// # Panics
/// Where there is none: a test that lacks what it needs must fail.
#[must_use]
pub fn python() -> &'static str {
    &PYTHON
}

/// What a program prints that reads `stdin`, and what it says on standard error: nothing where it ends well.
///
/// # Panics
/// Where there is no Python.
#[must_use]
pub fn run_python(program: &str, stdin: &str) -> (String, String) {
    let piped = Command::new(python())
        .args(["-I", "-X", "utf8", "-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut python = piped.expect("the Python that was found can be started");
    // A program that asks for nothing may have ended already.
    let _ = python.stdin.take().map(|mut input| input.write_all(stdin.as_bytes()));
    let output = python.wait_with_output().expect("a program that was started ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n");
    let error = text(output.stderr);
    assert_eq!(output.status.success(), error.is_empty(), "{program}\n{error}");
    (text(output.stdout), error)
}

/// What a program prints that reads `stdin`.
///
/// # Panics
/// Where there is no Python, and where the program fails.
#[must_use]
pub fn printed_by_python(program: &str, stdin: &str) -> String {
    let (printed, error) = run_python(program, stdin);
    assert_eq!(error, "", "{program}");
    printed
}
