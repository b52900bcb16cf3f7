//! What the rules of the reference parser made of each token, so that no rule is tried twice at one place.
//!
//! Which rules are remembered is said in the grammar files and in `engine`.

use super::engine::{Id, Rule};

/// The end of a chain, and the expression of a rule that did not fit.
const NONE: u32 = u32::MAX;

/// Outcomes by token: a chain of entries for each, all chains in one list.
pub(super) struct Memory {
    /// The latest entry of each token.
    latest: Vec<u32>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    rule: Rule,
    hints: bool,
    /// The token after the rule's last.
    end: u32,
    /// What it made; [`NONE`] where it did not fit.
    made: u32,
    /// The entry before this one at the same token.
    earlier: u32,
}

impl Memory {
    pub(super) fn new(tokens: usize) -> Self {
        Self { latest: vec![NONE; tokens], entries: Vec::with_capacity(4 * tokens) }
    }

    pub(super) fn clear(&mut self) {
        self.latest.fill(NONE);
        self.entries.clear();
    }

    /// The outcome of a rule at a token, if it was tried there: where it ended and what it made, or that it did not fit.
    pub(super) fn get(&self, token: usize, rule: Rule, hints: bool) -> Option<Option<(usize, Id)>> {
        let mut index = *self.latest.get(token)?;
        while let Some(entry) = self.entries.get(index as usize) {
            if entry.rule == rule && entry.hints == hints {
                return Some((entry.made != NONE).then_some((entry.end as usize, entry.made as usize)));
            }
            index = entry.earlier;
        }
        None
    }

    pub(super) fn put(&mut self, token: usize, rule: Rule, hints: bool, outcome: Option<(usize, Id)>) {
        let (Some(latest), Ok(index)) = (self.latest.get_mut(token), u32::try_from(self.entries.len()))
        else {
            return;
        };
        let (end, made) = outcome.map_or((0, NONE), |(end, made)| (narrow(end), narrow(made)));
        self.entries.push(Entry { rule, hints, end, made, earlier: *latest });
        *latest = index;
    }
}

/// Tokens and expressions are counted in 32 bits: a text of 4 GiB is refused long before this.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}
