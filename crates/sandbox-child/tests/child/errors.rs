//! What went wrong, where, and in plain words.

use sandbox::{Frame, Outcome};

use crate::{PATIENT, case_of, printed, raised, script};

#[test]
fn errors_have_their_line() {
    // Program, type, message, line.
    let cases: [(&str, &str, &str, u32); 12] = [
        ("x = 1\nprint(y)\n", "NameError", "name 'y' is not defined", 2),
        ("a = [1]\n\na[3]\n", "IndexError", "list index out of range", 3),
        ("d = {}\nd['k']\n", "KeyError", "'k'", 2),
        ("int('x')\n", "ValueError", "invalid literal for int() with base 10: 'x'", 1),
        ("None.x\n", "AttributeError", "'NoneType' object has no attribute 'x'", 1),
        ("def f():\n    assert False, 'told'\n\nf()\n", "AssertionError", "told", 2),
        ("class Mine(Exception): pass\nraise Mine('a', 1)\n", "Mine", "('a', 1)", 2),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('new')\n", "ValueError", "new", 4),
        ("import random\nrandom.choice([])\n", "IndexError", "Cannot choose from an empty sequence", 2),
        ("import json\njson.loads('{')\n", "JSONDecodeError", "", 2),
        ("input()\n", "EOFError", "EOF when reading a line", 1),
        ("import nowhere\n", "ModuleNotFoundError", "No module named 'nowhere'", 1),
    ];
    for (code, type_name, message, line) in cases {
        let raised = raised(code);
        assert_eq!((raised.type_name.as_str(), raised.line), (type_name, Some(line)), "{code}");
        assert!(raised.message.contains(message), "{code}: {}", raised.message);
    }
}

#[test]
fn mistakes_in_the_text_have_their_line() {
    for (code, type_name, line) in [
        ("x = 1\nif x\n    pass\n", "SyntaxError", 2),
        ("x = 1\n    y = 2\n", "IndentationError", 2),
        ("print('a'\n", "SyntaxError", 1),
        ("def f():\n    return 1\nreturn 2\n", "SyntaxError", 3),
    ] {
        let raised = raised(code);
        assert_eq!(
            (raised.type_name.as_str(), raised.line),
            (type_name, Some(line)),
            "{code}: {}",
            raised.message
        );
    }
}

#[test]
fn frames_lead_from_the_module_to_the_line() {
    let raised = raised("def outer():\n    inner(0)\n\ndef inner(n):\n    return 1 / n\n\nouter()\n");
    let frame = |function: &str, line| Frame { function: function.to_owned(), line };
    assert_eq!(raised.frames, [frame("<module>", 7), frame("outer", 2), frame("inner", 5)]);
}

#[test]
fn a_message_that_cannot_be_had_is_empty() {
    for body in ["1 / 0", "return 3", "raise self"] {
        let raised =
            raised(&format!("class E(Exception):\n    def __str__(self):\n        {body}\nraise E()\n"));
        assert_eq!((raised.type_name.as_str(), raised.message.as_str()), ("E", ""), "{body}");
    }
}

#[test]
fn recursion_without_end_is_an_error_wherever_it_hides() {
    for code in [
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "class A:\n    def __repr__(self): return repr(self)\nrepr(A())\n",
        "class A:\n    def __eq__(self, other): return self == other\nA() == A()\n",
        "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nA().y\n",
        "def key(x): return sorted([x, x], key=key)\nkey(1)\n",
        "def g(n):\n    yield from g(n + 1)\nlist(g(0))\n",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(n):\n    return f(n + 1)\nf(0)\n",
        "x = []\nfor _ in range(100_000): x = [x]\nrepr(x)\n",
        "x, y = [], []\nfor _ in range(100_000): x, y = [x], [y]\nx == y\n",
    ] {
        assert_eq!(raised(code).type_name, "RecursionError", "{code}");
    }
}

#[test]
fn text_nested_too_deep_is_an_error() {
    let deep = "(".repeat(50_000);
    for code in [
        format!("x = {deep}\n"),
        format!("x = {}1\n", "not ".repeat(50_000)),
        format!("x = {}1\n", "-".repeat(50_000)),
        format!("x = {}0\n", "lambda a, b: ".repeat(50_000)),
        format!("x = f'{{{deep}}}'\n"),
        format!("eval('{deep}')\n"),
        format!("compile('{deep}', 'x', 'exec')\n"),
    ] {
        assert_eq!(raised(&code).type_name, "SyntaxError", "{}", &code[..40]);
    }
    assert_eq!(printed(&format!("print({}1{})\n", "(".repeat(150), ")".repeat(150)), ""), "1\n");
}

#[test]
fn leaving_early_has_a_status() {
    for (code, status) in [
        ("exit()", 0),
        ("quit(3)", 3),
        ("import sys\nsys.exit('bye')", 1),
        ("raise SystemExit(None)", 0),
        ("import sys\nsys.exit(-1)", 255),
        ("import sys\nsys.exit(300)", 44),
        ("def f():\n    exit(7)\nf()", 7),
    ] {
        let case = case_of(script(&format!("print('before')\n{code}\nprint('after')\n"), "", &[]), PATIENT);
        assert_eq!((case.outcome, case.stdout.as_str()), (Outcome::Exited { status }, "before\n"), "{code}");
    }
}

#[test]
fn what_cannot_work_is_refused_by_name() {
    for (code, type_name, words) in [
        ("open('notes.txt')", "PermissionError", "files cannot be opened"),
        ("open('/etc/passwd', 'w')", "PermissionError", "files cannot be opened"),
        ("import io\nio.FileIO(1, 'w')", "PermissionError", "files cannot be opened"),
        ("from pathlib import Path\nPath('x').read_text()", "PermissionError", "files cannot be opened"),
        ("import os\nos.listdir('.')", "PermissionError", "os.listdir"),
        ("import os\nos.system('ls')", "PermissionError", "os.system"),
        ("import socket", "ImportError", "network"),
        ("import urllib.request", "ImportError", "network"),
        ("import subprocess", "ImportError", "other programs"),
        ("import asyncio", "ImportError", "one thing after the other"),
        ("import sqlite3", "ImportError", "database"),
        ("import tkinter", "ImportError", "screen"),
        ("import turtle", "ImportError", "screen"),
        ("import numpy as np", "ImportError", "own library"),
        ("import ctypes", "ImportError", "machine"),
        ("import threading\nthreading.Thread(target=print).start()", "RuntimeError", "threads"),
    ] {
        let raised = raised(code);
        assert_eq!(raised.type_name, type_name, "{code}: {}", raised.message);
        assert!(raised.message.contains(words), "{code}: {}", raised.message);
    }
}
