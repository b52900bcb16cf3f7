//! Tokens that were found good a moment ago: a signature costs some 60 µs to check, and a class sends the same tokens
//! thousands of times.
//!
//! Bounded: two halves, the younger is filled, and when it is full it becomes the older and the older is forgotten. It
//! holds digests of tokens, not tokens. Time is checked by the caller at every use.

use std::collections::HashMap;
use std::mem;

use aws_lc_rs::digest;

use crate::Principal;
use crate::claims::Span;

/// How many tokens each half holds.
const HALF_MAX: usize = 4096;

/// A token's SHA-256.
pub(crate) type Fingerprint = [u8; 32];

/// The fingerprint of a token.
pub(crate) fn fingerprint(token: &str) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    bytes
}

/// What a good token says.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) principal: Principal,
    pub(crate) span: Span,
}

/// Good tokens, under the keys of one generation.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    generation: u64,
    young: HashMap<Fingerprint, Known>,
    old: HashMap<Fingerprint, Known>,
}

impl Cache {
    /// What is known of a token under this generation of keys.
    pub(crate) fn get(&mut self, generation: u64, token: &Fingerprint) -> Option<Known> {
        if generation != self.generation {
            return None;
        }
        if let Some(known) = self.young.get(token) {
            return Some(known.clone());
        }
        let known = self.old.remove(token)?;
        self.put(generation, *token, known.clone());
        Some(known)
    }

    /// Remembers a token. A new generation of keys makes all others forgotten.
    pub(crate) fn put(&mut self, generation: u64, token: Fingerprint, known: Known) {
        if generation < self.generation {
            return;
        }
        if generation > self.generation {
            *self = Self { generation, ..Self::default() };
        }
        if self.young.len() >= HALF_MAX {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(token, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn known(subject: &str) -> Known {
        let principal =
            Principal { subject: subject.parse().unwrap(), role: Role::Student, on_behalf_of: None };
        Known { principal, span: Span { from_s: 0.0, until_s: 1.0 } }
    }

    #[test]
    fn it_never_holds_more_than_two_halves_and_keeps_what_is_used() {
        let mut cache = Cache::default();
        let used = fingerprint("used");
        cache.put(0, used, known("ann"));
        for number in 0..3 * HALF_MAX {
            cache.put(0, fingerprint(&number.to_string()), known("bob"));
            assert!(cache.get(0, &used).is_some(), "{number}");
            assert!(cache.young.len() + cache.old.len() <= 2 * HALF_MAX);
        }
        assert!(cache.get(0, &fingerprint("0")).is_none());
    }

    #[test]
    fn new_keys_make_it_forget_and_a_late_answer_under_old_keys_is_not_kept() {
        let mut cache = Cache::default();
        let (first, second) = (fingerprint("first"), fingerprint("second"));
        cache.put(0, first, known("ann"));
        cache.put(1, second, known("ann"));
        cache.put(0, first, known("ann"));
        assert!(cache.get(0, &first).is_none());
        assert!(cache.get(1, &first).is_none());
        assert!(cache.get(1, &second).is_some());
    }
}
