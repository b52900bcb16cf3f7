//! What words a room answers to, as data: its `words.toml`.
//!
//! An intent is something that somebody may want of a room, the route that does it, and how people say it. Whoever hears
//! a student's own words finds the intent by them. A room shows its words by a function `words()`, as it shows its OpenAPI
//! document: they are known without the room.
//!
//! Words are compared in their plain form ([`plain`]): small letters and digits, one space between two words, apostrophes
//! left out. Not here: choosing between rooms, and what a request to the route holds.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The fewest phrases of an intent: people say the same in many ways.
pub const PHRASES_MIN: usize = 8;

/// The longest phrase, in words.
pub const PHRASE_MAX_WORDS: usize = 8;

/// The longest example, in characters.
pub const EXAMPLE_MAX_CHARS: usize = 120;

/// What a room answers to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In the order of the file.
    #[serde(rename = "intent")]
    pub intents: Vec<Intent>,
}

/// Something that somebody may want.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Its name, unique in the room: small letters and hyphens.
    pub name: String,
    /// The route that does it: `POST /explain`, counted from `/api/v1/<room>`.
    pub route: String,
    /// Whether it makes sense only with a program.
    #[serde(default)]
    pub needs_code: bool,
    /// What people say, in plain form: two to eight words in a row.
    pub phrases: Vec<String>,
    /// Single words that point this way, in plain form.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// One whole sentence that means this and nothing else.
    pub example: String,
}

/// What is wrong with a room's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// The text is no such table.
    #[error("{0}")]
    Malformed(String),
    /// There is no intent.
    #[error("no intent")]
    Empty,
    /// An intent that cannot be used.
    #[error("intent {intent}: {problem}")]
    Intent {
        /// Its name.
        intent: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Words {
    /// Reads a `words.toml`.
    ///
    /// # Errors
    /// The first thing that is not well formed.
    pub fn parse(source: &str) -> Result<Self, WordsError> {
        let words: Self = toml::from_str(source).map_err(|error| WordsError::Malformed(error.to_string()))?;
        if words.intents.is_empty() {
            return Err(WordsError::Empty);
        }
        let mut names = BTreeSet::new();
        let mut said = BTreeSet::new();
        for intent in &words.intents {
            let wrong = |problem: String| WordsError::Intent { intent: intent.name.clone(), problem };
            if !names.insert(&intent.name) {
                return Err(wrong("there are two of this name".to_owned()));
            }
            intent.check().map_err(wrong)?;
            if let Some(twice) =
                intent.phrases.iter().chain(&intent.keywords).find(|text| !said.insert(*text))
            {
                return Err(wrong(format!("{twice:?} is said twice in this room")));
            }
        }
        Ok(words)
    }
}

impl Intent {
    fn check(&self) -> Result<(), String> {
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !is_name(&self.name) {
            return Err("a name is small letters and hyphens".to_owned());
        }
        let route = self.route.split_once(' ');
        if !route.is_some_and(|(method, path)| ["GET", "POST"].contains(&method) && path.starts_with('/')) {
            return Err(format!("{:?} is no route: GET or POST, and a path", self.route));
        }
        if self.phrases.len() < PHRASES_MIN {
            return Err(format!("needs at least {PHRASES_MIN} phrases"));
        }
        let words = |text: &str| text.split(' ').count();
        if let Some(phrase) =
            self.phrases.iter().find(|phrase| !(2..=PHRASE_MAX_WORDS).contains(&words(phrase)))
        {
            return Err(format!("{phrase:?}: a phrase has two to {PHRASE_MAX_WORDS} words"));
        }
        if let Some(keyword) = self.keywords.iter().find(|keyword| words(keyword) != 1) {
            return Err(format!("{keyword:?}: a keyword is one word"));
        }
        if let Some(text) = self.phrases.iter().chain(&self.keywords).find(|text| plain(text) != **text) {
            return Err(format!("{text:?} is not in plain form: write {:?}", plain(text)));
        }
        if self.example.trim().is_empty() || self.example.chars().count() > EXAMPLE_MAX_CHARS {
            return Err(format!("the example has 1 to {EXAMPLE_MAX_CHARS} characters"));
        }
        Ok(())
    }
}

/// A text in the form in which words are compared: small letters and digits, one space between two words, apostrophes
/// left out.
#[must_use]
pub fn plain(text: &str) -> String {
    let letters: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '’' | '`'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(change: impl Fn(&str) -> String) -> String {
        let phrases: Vec<String> = (0..PHRASES_MIN).map(|n| format!("\"how is number {n}\"")).collect();
        let whole = format!(
            "[[intent]]\nname = \"see\"\nroute = \"GET /x\"\nphrases = [{}]\nkeywords = [\"seen\"]\nexample = \"How?\"\n",
            phrases.join(", ")
        );
        change(&whole)
    }

    #[test]
    fn words_that_are_well_formed_are_read() {
        let words = Words::parse(&table(str::to_owned)).expect("well formed");
        assert_eq!((words.intents.len(), words.intents[0].needs_code), (1, false));
        assert_eq!(plain("  I don’t GET it, it's  x==3! "), "i dont get it its x 3");
    }

    #[test]
    fn words_that_are_not_well_formed_are_refused() {
        type Change<'a> = &'a dyn Fn(&str) -> String;
        let cases: [(Change<'_>, &str); 12] = [
            (&|_| "intent = []".to_owned(), "no intent"),
            (&|whole| whole.replace("keywords", "key_words"), "unknown field"),
            (&|whole| whole.replace("example = \"How?\"\n", ""), "missing field `example`"),
            (&|whole| format!("{whole}{whole}"), "two of this name"),
            (&|whole| format!("{whole}{}", whole.replace("\"see\"", "\"look\"")), "said twice"),
            (&|whole| whole.replace("\"see\"", "\"See it\""), "small letters"),
            (&|whole| whole.replace("GET /x", "/x"), "no route"),
            (&|whole| whole.replace("\"how is number 0\", ", ""), "at least 8"),
            (&|whole| whole.replace("how is number 0", "how"), "two to 8 words"),
            (&|whole| whole.replace("how is number 0", "How's it"), "write \"hows it\""),
            (&|whole| whole.replace("\"seen\"", "\"have seen\""), "one word"),
            (&|whole| whole.replace("How?", " "), "the example"),
        ];
        for (change, problem) in cases {
            let error = Words::parse(&table(change)).expect_err(problem).to_string();
            assert!(error.contains(problem), "{problem}: {error}");
        }
    }
}
