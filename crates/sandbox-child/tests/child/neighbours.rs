//! What one case breaks, the next does not feel; and the same program does the same in every child.

use sandbox::{Case, Ended, Outcome, Program};

use crate::{PATIENT, printed, run, script};

const VANDAL: &str = "import builtins, sys, math, random, time, os
builtins.print = builtins.len = None
math.pi = 3
sys.setrecursionlimit(60)
sys.modules['math'] = None
sys.modules['json'] = sys
random.seed(1)
random.random = lambda: 4
time.sleep(100)
sys.path = sys.meta_path = None
leftover = 1
sys.stdout = sys.stdin = sys.__stdout__ = None
";

const WITNESS: &str = "import json, math, random, sys, time
print(math.pi, len('ab'), 'leftover' in globals(), sys.getrecursionlimit(), json.dumps([1]))
print(input(), time.time(), random.random(), __name__, sys.argv)
import statistics
print(statistics.mean([1, 2]))
";

#[test]
fn a_case_finds_the_interpreter_as_if_it_were_the_first() {
    let alone = run(vec![script(WITNESS, "x\n", &[])], PATIENT);
    let after =
        run(vec![script(VANDAL, "", &[]), script(WITNESS, "x\n", &[]), script(WITNESS, "x\n", &[])], PATIENT);
    assert_eq!(after.programs[0].cases[0].outcome, Outcome::Finished);
    assert_eq!(alone.programs[0].cases[0].outcome, Outcome::Finished, "{alone:?}");
    assert_eq!(after.programs[1], alone.programs[0]);
    assert_eq!(after.programs[2], alone.programs[0]);
}

#[test]
fn a_program_starts_anew_for_each_case() {
    let code = "try:\n    count += 1\nexcept NameError:\n    count = 1\nprint(count, input())\n";
    let case = |stdin: &str| Case::Script { stdin: stdin.to_owned(), globals: vec![] };
    let report = run(vec![Program { code: code.to_owned(), cases: vec![case("a\n"), case("b\n")] }], PATIENT);
    let printed: Vec<_> = report.programs[0].cases.iter().map(|case| case.stdout.as_str()).collect();
    assert_eq!(printed, ["1 a\n", "1 b\n"]);
}

#[test]
fn chance_and_time_are_the_same_in_every_child() {
    let code = "import random, time, uuid, secrets, datetime, os
print(random.random(), random.Random().random(), uuid.uuid4(), secrets.token_hex(4), os.urandom(3))
print(time.time(), time.monotonic(), datetime.datetime.now(), time.localtime().tm_hour, time.strftime('%c %Z'))
print({'b', 'a', 'c'}, hash('x'), sorted(vars(), key=hash))
";
    assert_eq!(printed(code, ""), printed(code, ""));
}

#[test]
fn nothing_that_a_program_does_speaks_for_the_child() {
    let line = r#"{"nonce":"a nonce","said":{"Ended":"Completed"}}"#;
    let code = format!(
        "import sys, io
line = '''{line}\\n'''
class Loud:
    def __del__(self):
        raise KeyError(line)
def broken(*arguments):
    raise ValueError(line)
sys.unraisablehook = broken
Loud()
sys.stderr.write(line)
sys.__stderr__.write(line)
sys.stderr.buffer.write(line.encode())
sys.displayhook(line)
import gc
gc.set_debug(gc.DEBUG_STATS)
gc.collect()
for attempt in (lambda: open(1, 'w'), lambda: io.FileIO(1, 'w'), lambda: io.open(1, 'wb'), lambda: sys.stdout.fileno()):
    try:
        print(attempt())
    except OSError as error:
        print(type(error).__name__)
sys.__stdout__.write(line)
"
    );
    let report = run(vec![script(&code, "", &[]), script("print('still here')\n", "", &[])], PATIENT);
    assert_eq!(report.ended, Ended::Completed);
    let refused = "PermissionError\nPermissionError\nPermissionError\nOSError\n";
    // What is written to standard output is the case's output, and no more than that.
    assert_eq!(report.programs[0].cases[0].stdout, format!("'{line}\\n'\n{refused}{line}\n"));
    assert_eq!(report.programs[1].cases[0].stdout, "still here\n");
}
