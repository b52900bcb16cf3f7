//! A bad argument is named, before anybody is asked; a cluster that does not answer is told in time.

use crate::given::{NOWHERE, run, stderr};

const ID: &str = "00000000-0000-4000-8000-000000000001";

#[test]
fn a_bad_argument_is_named() {
    let at = |args: &[&'static str]| [args, &["--kafka-brokers", NOWHERE]].concat();
    let replay = |args: &[&'static str]| at(&[&["replay"], args].concat());
    let database = "postgres://nobody@127.0.0.1:1/none";
    for (args, named) in [
        (vec!["topics", "apply"], "--kafka-brokers"),
        (vec!["topics", "apply", "--kafka-brokers", "nowhere"], "--kafka-brokers"),
        (at(&["topics", "apply", "--replicas", "0"]), "--replicas"),
        (at(&["topics", "apply", "--replicas", "1"]), "--min-insync"),
        (at(&["topics", "apply", "--release-prefix", "a b"]), "--release-prefix"),
        (at(&["topics", "apply", "--kafka-options", "no.such.setting=1"]), "--kafka-options"),
        (at(&["dead-letters", "list", "--topic", "learning.events"]), "--topic"),
        (at(&["dead-letters", "list", "--error-type", "odd"]), "--error-type"),
        (at(&["dead-letters", "list", "--since", "yesterday"]), "--since"),
        (at(&["dead-letters", "list", "--limit", "0"]), "--limit"),
        (at(&["dead-letters", "list", "--schema-registry", "nowhere"]), "--schema-registry"),
        (at(&["dead-letters", "show", "17"]), "<ID>"),
        (at(&["dead-letters", "show", ID, "--schema-registry", "nowhere"]), "--schema-registry"),
        (at(&["dead-letters", "requeue"]), "<ID>"),
        (at(&["dead-letters", "requeue", ID, "--all"]), "--all"),
        (at(&["dead-letters", "requeue", ID, "--consumer", "debug"]), "--consumer"),
        (at(&["dead-letters", "requeue", ID, "--schema-registry", "nowhere"]), "--schema-registry"),
        (replay(&["--from", "yesterday", "--database", database]), "--from"),
        (replay(&["--database", database]), "--from"),
        (replay(&["--from", "beginning", "--database", "mysql://somewhere"]), "--database"),
        (replay(&["--from", "beginning"]), "--database"),
        (
            replay(&["--from", "beginning", "--database", database, "--schema-registry", "nowhere"]),
            "--schema-registry",
        ),
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(stderr(&output).contains(named), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
    }
}

#[test]
fn a_password_is_not_shown_where_it_is_wrong() {
    for options in ["sasl.pasword=s3cret", "s3cret"] {
        let output = run(&["topics", "apply", "--kafka-brokers", NOWHERE, "--kafka-options", options]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(!stderr(&output).contains("s3cret"), "{output:?}");
    }
}

#[test]
fn brokers_that_are_away_are_told() {
    let commands: [&[&str]; 4] = [
        &["topics", "apply"],
        &["dead-letters", "list"],
        &["dead-letters", "show", ID],
        &["dead-letters", "requeue", ID],
    ];
    let asked = commands.map(|command| {
        let args = [command, &["--kafka-brokers", NOWHERE]].concat();
        std::thread::spawn(move || (run(&args), args))
    });
    for asked in asked {
        let (output, args) = asked.join().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        let told = stderr(&output);
        assert!(told.contains("cannot be asked") || told.contains("cannot be read"), "{args:?}: {told}");
    }
}
