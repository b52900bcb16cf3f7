//! Hears in a learner's own words that they are stuck, or do not understand.
//!
//! A list of phrases and not a model: what is heard can be read here, and a test can say what is not. Not here: what is
//! said to the learner then (the rooms), and what a teacher is told (room `progress`).

use serde::{Deserialize, Serialize};

/// What a learner's words say of the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Sign {
    /// "I don't understand", "I don't get it".
    DontUnderstand,
    /// "I'm stuck", "I got stuck".
    Stuck,
}

/// Words that make a phrase stronger and mean nothing by themselves.
const STRENGTHS: [&str; 14] = [
    "all",
    "at",
    "completely",
    "even",
    "fully",
    "just",
    "quite",
    "really",
    "so",
    "still",
    "totally",
    "truly",
    "very",
    "yet",
];

/// Words that may open a clause before a phrase without a subject: "sorry, but don't get this".
const OPENERS: [&str; 9] = ["and", "because", "but", "help", "hmm", "ok", "okay", "please", "sorry"];

/// Before a phrase they make it a supposition: "if I'm stuck, whom do I ask?"
const SUPPOSITIONS: [&str; 7] = ["case", "if", "unless", "until", "when", "whenever", "where"];

/// Anywhere in a clause.
const PHRASES: [(&str, Sign); 18] = [
    ("i dont understand", Sign::DontUnderstand),
    ("i cant understand", Sign::DontUnderstand),
    ("i didnt understand", Sign::DontUnderstand),
    ("i understand nothing", Sign::DontUnderstand),
    ("i dont get it", Sign::DontUnderstand),
    ("i dont get this", Sign::DontUnderstand),
    ("i dont get that", Sign::DontUnderstand),
    ("i dont get any of", Sign::DontUnderstand),
    ("i didnt get it", Sign::DontUnderstand),
    ("i didnt get this", Sign::DontUnderstand),
    ("im confused", Sign::DontUnderstand),
    ("im stuck", Sign::Stuck),
    ("im getting stuck", Sign::Stuck),
    ("i get stuck", Sign::Stuck),
    ("i got stuck", Sign::Stuck),
    ("ive got stuck", Sign::Stuck),
    ("i keep getting stuck", Sign::Stuck),
    ("im lost", Sign::Stuck),
];

/// Without a subject, at the beginning of a clause alone: "you don't get it" is about somebody else.
const SUBJECTLESS: [(&str, Sign); 10] = [
    ("dont understand", Sign::DontUnderstand),
    ("dont get it", Sign::DontUnderstand),
    ("dont get this", Sign::DontUnderstand),
    ("dont get that", Sign::DontUnderstand),
    ("didnt get it", Sign::DontUnderstand),
    ("didnt get this", Sign::DontUnderstand),
    ("confused by", Sign::DontUnderstand),
    ("stuck on", Sign::Stuck),
    ("stuck here", Sign::Stuck),
    ("stuck again", Sign::Stuck),
];

/// Two words as one: how a phrase is told whichever way it is written.
const CONTRACTIONS: [(&str, &str, &str); 9] = [
    ("i", "am", "im"),
    ("i", "m", "im"),
    ("i", "have", "ive"),
    ("do", "not", "dont"),
    ("don", "t", "dont"),
    ("did", "not", "didnt"),
    ("can", "not", "cant"),
    ("can", "t", "cant"),
    ("didn", "t", "didnt"),
];

/// After "I don't understand why" they make it a thought about the world: "why people like tea".
const OTHERS: [&str; 11] = [
    "anybody",
    "anyone",
    "everybody",
    "everyone",
    "he",
    "people",
    "she",
    "somebody",
    "someone",
    "they",
    "you",
];

/// The sign in a message, the first where there are several. In time linear in the message.
#[must_use]
pub fn heard(message: &str) -> Option<Sign> {
    message.split(['.', '!', '?', ',', ';', ':', '\n', '(', ')']).find_map(in_clause)
}

fn in_clause(clause: &str) -> Option<Sign> {
    let words = words(clause);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let opening = words.iter().take_while(|word| OPENERS.contains(word)).count();
    (0..words.len()).find_map(|place| {
        let (before, rest) = words.split_at(place);
        if before.last().is_some_and(|word| SUPPOSITIONS.contains(word)) {
            return None;
        }
        let opens = place <= opening;
        let alone = (opens && rest == ["stuck"]).then_some(Sign::Stuck);
        let subjectless = SUBJECTLESS.iter().filter(|_| opens);
        alone.or_else(|| {
            PHRASES.iter().chain(subjectless).find_map(|(phrase, sign)| begins(rest, phrase, *sign))
        })
    })
}

/// The sign, if the words begin with the phrase and do not go on about others.
fn begins(words: &[&str], phrase: &str, sign: Sign) -> Option<Sign> {
    let mut rest = words.iter();
    if !phrase.split(' ').all(|word| rest.next() == Some(&word)) {
        return None;
    }
    let is_about_others = matches!(rest.next(), Some(&("why" | "how" | "what")))
        && rest.next().is_some_and(|word| OTHERS.contains(word));
    (!is_about_others).then_some(sign)
}

/// The words of a clause: small letters without apostrophes, contracted, and without what only makes them stronger.
fn words(clause: &str) -> Vec<String> {
    let letters: String = clause
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '’' | '‘' | '`' | '´' | 'ʼ'))
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    let mut words: Vec<String> = Vec::new();
    for word in letters.split_whitespace() {
        let word = if word == "cannot" { "cant" } else { word };
        if STRENGTHS.contains(&word) {
            continue;
        }
        let contracted = words.last().and_then(|last| {
            CONTRACTIONS
                .iter()
                .find(|(one, other, _)| last == one && word == *other)
                .map(|(_, _, both)| *both)
        });
        if let Some(both) = contracted {
            words.pop();
            words.push(both.to_owned());
        } else {
            words.push(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hears_that_somebody_does_not_understand() {
        for message in [
            "I don't understand",
            "i dont understand",
            "I DON’T UNDERSTAND!!",
            "I do not understand this loop",
            "but i don't understand loops",
            "I don´t understand",
            "I don t understand",
            "I still don't really understand why it prints 3",
            "I don't understand why this loops for ever",
            "I can't understand the error",
            "I cannot understand it",
            "i do not get it.",
            "I don't get this",
            "don't get this",
            "sorry, but dont get it",
            "Still don't get it :(",
            "I just don't get it at all",
            "I'm so confused",
            "What is this? I didn't get it.",
        ] {
            assert_eq!(heard(message), Some(Sign::DontUnderstand), "{message}");
        }
    }

    #[test]
    fn hears_that_somebody_is_stuck() {
        for message in [
            "I'm stuck",
            "im stuck",
            "Im STUCK",
            "Help!! I’m  STUCK here",
            "i am stuck on line 3",
            "I am completely stuck",
            "i m stuck",
            "I'm still stuck, please help",
            "I got stuck at the second step",
            "I keep getting stuck here",
            "Stuck.",
            "help stuck again",
            "I'm totally lost",
        ] {
            assert_eq!(heard(message), Some(Sign::Stuck), "{message}");
        }
    }

    #[test]
    fn hears_nothing_where_nothing_is_said() {
        for message in [
            "",
            "   ?!",
            "I understand",
            "I understand it now, thank you",
            "what is a variable?",
            "the lid im stuckless",
            "I'm not stuck",
            "I was stuck, now it works",
            "I don't understand why people like tea",
            "i do not understand how anyone can live without loops",
            "If I'm stuck, whom do I ask?",
            "what can I do when I am stuck",
            "you don't get it",
            "you really don't get this",
            "nothing sticks",
            "the window is stuck",
            "we don't understand each other",
            "min() stuck = 3",
        ] {
            assert_eq!(heard(message), None, "{message}");
        }
    }

    #[test]
    fn the_first_sign_counts() {
        assert_eq!(heard("I'm stuck. I don't understand it"), Some(Sign::Stuck));
        assert_eq!(heard("I don't understand it, I'm stuck"), Some(Sign::DontUnderstand));
    }

    #[test]
    fn a_long_message_is_read_to_its_end() {
        let long = "I do not know. ".repeat(5_000) + "i am stuck";
        assert_eq!(heard(&long), Some(Sign::Stuck));
        assert_eq!(heard(&"if i ".repeat(50_000)), None);
    }
}
