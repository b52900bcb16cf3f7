//! No case lasts, holds or prints more than it may, and what it did before is not lost.

use sandbox::{Case, Ended, Limit, Limits, Outcome, Program, Report};

use crate::{PATIENT, run, script};

/// Little time, so that the tests do not take much.
const SHORT: Limits = Limits { cpu_ms: 300, ..PATIENT };

fn after_one_that_works(code: &str, limits: Limits) -> Report {
    let report = run(
        vec![script("print('fine')\n", "", &[]), script(code, "", &[]), script("print(2)\n", "", &[])],
        limits,
    );
    assert_eq!(report.programs[0].cases[0].stdout, "fine\n", "{code}");
    report
}

#[test]
fn a_loop_without_end_is_told_its_line_and_the_next_case_runs() {
    let report = after_one_that_works("n = 0\nwhile True:\n    n += 1\n", SHORT);
    let Outcome::Raised(raised) = &report.programs[1].cases[0].outcome else { panic!("{report:?}") };
    assert_eq!((raised.type_name.as_str(), raised.limit), ("TimeoutError", Some(Limit::Time)));
    assert!(matches!(raised.line, Some(2 | 3)), "{raised:?}");
    assert_eq!((report.programs[2].cases[0].stdout.as_str(), report.ended), ("2\n", Ended::Completed));
}

#[test]
fn what_does_not_heed_the_time_is_ended() {
    for code in [
        "while True:\n    try:\n        while True: pass\n    except: pass\n",
        "sum(range(10 ** 12))\n",
        "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')\n",
        "class E(BaseException): pass\ndef f():\n    try:\n        while True: pass\n    finally:\n        f()\nf()\n",
        "list(iter(int, 1)) if False else all(x == 0 for x in iter(int, 1))\n",
    ] {
        let report = after_one_that_works(code, SHORT);
        let told = report.programs[1].cases.first().map(|case| &case.outcome);
        match told {
            Some(Outcome::Raised(raised)) => assert_eq!(raised.limit, Some(Limit::Time), "{code}"),
            Some(other) => panic!("{code}: {other:?}"),
            None => assert_eq!(report.ended, Ended::TimedOut, "{code}"),
        }
    }
}

/// The exception comes between any two instructions, and finds the interpreter in a state it survives.
#[test]
fn a_program_may_be_stopped_anywhere() {
    let programs = [
        "import os\nwhile True:\n    try:\n        os.fork()\n    except Exception:\n        pass\n",
        "class C:\n    n = 0\n    def up(self):\n        self.n += 1\n        return self\nc = C()\nwhile True:\n    c.up().up()\n",
        "def f(n):\n    try:\n        return g(n) + 1\n    except ValueError as e:\n        return len(e.args)\n    finally:\n        n += 1\ndef g(n):\n    if n % 2:\n        raise ValueError(n)\n    return n\nn = 0\nwhile True:\n    n += f(n)\n",
        "class W:\n    def __enter__(self): return self\n    def __exit__(self, *e): return False\nwhile True:\n    with W() as w:\n        x = [i * i for i in range(5) if i % 2]\n        y = {str(k): v for k, v in zip(x, x)}\n",
        "def gen():\n    while True:\n        yield from (n for n in range(3))\nfor n in gen():\n    match n:\n        case 0: s = f'{n:>4}'\n        case [a, *b]: pass\n        case _: s = 'x'[0] + str(n)\n",
    ];
    let case = Case::Script { stdin: String::new(), globals: vec![] };
    for code in programs {
        let program = Program { code: code.to_owned(), cases: vec![case.clone(); 80] };
        let report = run(vec![program], Limits { cpu_ms: 3, ..PATIENT });
        assert_eq!(report.ended, Ended::Completed, "{code}");
        for case in &report.programs[0].cases {
            let Outcome::Raised(raised) = &case.outcome else { panic!("{code}: {case:?}") };
            assert_eq!(raised.limit, Some(Limit::Time), "{code}: {raised:?}");
        }
    }
}

#[test]
fn what_hangs_without_computing_is_ended_by_the_clock_on_the_wall() {
    let limits = Limits { wall_ms: 1, ..PATIENT };
    let report = run(vec![script("while True: pass\n", "", &[])], limits);
    assert_eq!(report.ended, Ended::TimedOut);
}

#[test]
fn too_much_memory_is_told_or_ends_the_child() {
    for code in [
        "x = []\nwhile True: x.append('a' * 100_000)\n",
        "x = 'a' * 10 ** 10\n",
        "x = [0] * 10 ** 18\n",
        "x = bytearray(10 ** 9)\n",
        "x = [0]\nwhile True: x = x + x\n",
        "x = {}\nn = 0\nwhile True:\n    n += 1\n    x[n] = str(n) * 50\n",
        "print(len(str(2 ** 10 ** 9)))\n",
    ] {
        let report = after_one_that_works(code, PATIENT);
        match report.programs[1].cases.first().map(|case| &case.outcome) {
            Some(Outcome::Raised(raised)) => assert_eq!(raised.type_name, "MemoryError", "{code}"),
            Some(other) => panic!("{code}: {other:?}"),
            None => assert_eq!(report.ended, Ended::OutOfMemory, "{code}"),
        }
    }
}

#[test]
fn what_a_program_raises_itself_is_no_limit() {
    for class in ["TimeoutError", "MemoryError"] {
        let raised = crate::raised(&format!("raise {class}('the program took too long')\n"));
        assert_eq!((raised.type_name.as_str(), raised.limit), (class, None));
    }
}

#[test]
fn memory_that_grows_is_told_where_a_program_can_still_hear_it() {
    // Slowly, so that the watchdog sees it on a busy machine too.
    let code = "x = []\nn = 1000\ntry:\n    while sum(range(5000)):\n        n += 1\n        x.append(str(n) * 1000)\nexcept MemoryError:\n    x = None\n    raise\n";
    let report = after_one_that_works(code, PATIENT);
    let Outcome::Raised(raised) = &report.programs[1].cases[0].outcome else { panic!("{report:?}") };
    assert_eq!((raised.type_name.as_str(), raised.limit), ("MemoryError", Some(Limit::Memory)));
}

#[test]
fn too_much_output_ends_the_child() {
    for code in [
        "while True: print('x')\n",
        "print('x' * 10 ** 6)\n",
        "import sys\nsys.stdout.buffer.write(b'x' * 70000)\n",
    ] {
        let report = after_one_that_works(code, PATIENT);
        assert_eq!((report.programs[1].cases.len(), report.ended), (0, Ended::TooMuchOutput), "{code}");
    }
}

#[test]
fn output_up_to_the_limit_is_whole() {
    let report = after_one_that_works("print('\\x01' * 65535)\n", PATIENT);
    assert_eq!(report.programs[1].cases[0].stdout, format!("{}\n", "\u{1}".repeat(65_535)));
    assert_eq!(report.ended, Ended::Completed);
}

#[test]
fn each_case_has_time_of_its_own() {
    // Together more than one may have; each alone less.
    let work = "import time\nstart = time.process_time()\nwhile time.process_time() - start < 0.2: pass\n";
    let case = Case::Script { stdin: String::new(), globals: vec![] };
    let program = Program { code: work.to_owned(), cases: vec![case; 4] };
    let report = run(vec![program], Limits { cpu_ms: 600, ..PATIENT });
    assert_eq!(report.ended, Ended::Completed);
    assert!(report.programs[0].cases.iter().all(|case| case.outcome == Outcome::Finished), "{report:?}");
}

#[test]
fn nobody_waits_for_a_sleeper() {
    let code = "import time\nstart = time.time()\ntime.sleep(3600)\nprint(round(time.time() - start))\n";
    let report = run(vec![script(code, "", &[])], PATIENT);
    assert_eq!(report.programs[0].cases[0].stdout, "3600\n");
}
