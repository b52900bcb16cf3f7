//! The words of all rooms beside each other: no two claim the same, and each room is found by its own examples.
//!
//! The scoring here is the plainest that will do: a phrase that stands in the message, as whole words in a row, counts its
//! words squared; a keyword counts one; the intent with the most wins, and a tie is nobody's. Not here: the scoring that
//! serves students.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is not there or not so must stop it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use room::words::{Intent, Words, plain};

fn services() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("services")
}

/// The words of each room that has some, by the room's name.
fn rooms() -> BTreeMap<String, Words> {
    let folders = fs::read_dir(services()).unwrap().map(|entry| entry.unwrap().path());
    let written = folders.filter(|folder| folder.join("words.toml").is_file());
    written
        .map(|folder| {
            let path = folder.join("words.toml");
            let words = Words::parse(&fs::read_to_string(&path).unwrap());
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            (name, words.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

/// What a message is worth to an intent.
fn score(message: &str, intent: &Intent) -> usize {
    let padded = format!(" {} ", plain(message));
    let has = |text: &&String| padded.contains(&format!(" {text} "));
    let squared = |phrase: &String| phrase.split(' ').count().pow(2);
    let phrases: usize = intent.phrases.iter().filter(has).map(squared).sum();
    phrases + intent.keywords.iter().filter(has).count()
}

/// The room and intent that fit best; none where two fit alike or nothing does.
fn best<'a>(message: &str, rooms: &'a BTreeMap<String, Words>) -> Option<(&'a str, &'a str)> {
    let all = rooms
        .iter()
        .flat_map(|(room, words)| words.intents.iter().map(move |intent| (room.as_str(), intent)));
    let mut scored: Vec<_> =
        all.map(|(room, intent)| (score(message, intent), room, intent.name.as_str())).collect();
    scored.sort_by_key(|scored| std::cmp::Reverse(scored.0));
    match scored.as_slice() {
        [first, second, ..] if first.0 > second.0 => Some((first.1, first.2)),
        _ => None,
    }
}

#[test]
fn the_rooms_that_serve_learners_have_words() {
    let rooms = rooms();
    for room in ["concepts", "debug", "progress", "review"] {
        assert!(rooms.contains_key(room), "{room} has no words.toml");
    }
}

#[test]
fn no_two_intents_claim_the_same_words() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for (room, words) in rooms() {
        for intent in words.intents {
            for text in intent.phrases.into_iter().chain(intent.keywords) {
                let owner = format!("{room}/{}", intent.name);
                if let Some(other) = owners.insert(text.clone(), owner.clone()) {
                    panic!("{text:?} is claimed by {other} and by {owner}");
                }
            }
        }
    }
}

#[test]
fn every_example_is_understood_as_what_it_is_an_example_of() {
    let rooms = rooms();
    for (room, words) in &rooms {
        for intent in &words.intents {
            let found = best(&intent.example, &rooms);
            assert_eq!(found, Some((room.as_str(), intent.name.as_str())), "{:?}", intent.example);
        }
    }
}

#[test]
fn what_students_really_say_comes_to_the_right_room() {
    let rooms = rooms();
    let cases = [
        ("how am I doing?", "progress"),
        ("How did I do this week", "progress"),
        ("why is my score for loops so low", "progress"),
        ("why does this not work??", "debug"),
        ("I get a SyntaxError and don't know why", "debug"),
        ("what am I doing wrong", "debug"),
        ("it keeps saying NameError", "debug"),
        ("what is a loop", "concepts"),
        ("I don't understand list comprehensions", "concepts"),
        ("can you explain while loops to me please", "concepts"),
        ("what's the difference between break and continue", "concepts"),
        ("quiz me on variables", "concepts"),
        ("what should I learn next?", "concepts"),
        ("am I ready for dictionaries", "concepts"),
        ("is my code any good", "review"),
        ("can you review my code", "review"),
        ("how can I make this better?", "review"),
        ("which of these two is better", "review"),
    ];
    for (message, room) in cases {
        assert_eq!(best(message, &rooms).map(|(room, _)| room), Some(room), "{message}");
    }
}

#[test]
fn every_intent_leads_to_a_route_that_there_is() {
    for (room, words) in rooms() {
        let path = services().join(format!("../contracts/openapi/{room}.json"));
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{room} has words, but its OpenAPI is not written yet: {error}"));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        for intent in words.intents {
            let (method, route) = intent.route.split_once(' ').unwrap();
            let whole = format!("/api/v1/{room}{route}");
            let described = &document["paths"][&whole][method.to_lowercase()];
            assert!(described.is_object(), "{room}/{}: there is no {method} {whole}", intent.name);
        }
    }
}
