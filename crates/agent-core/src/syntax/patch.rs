//! A text under repair: changes made so far, and the way back from places in the changed text to the original.

use super::diagnose::Change;
use super::repair::patched;

/// The working copy.
pub(super) struct Patch {
    original: String,
    text: String,
    /// Changes of the original, in order, never touching each other.
    changes: Vec<Change>,
}

impl Patch {
    pub(super) fn new(original: &str) -> Self {
        Self { original: original.to_owned(), text: original.to_owned(), changes: Vec::new() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place in the original that a place in the working copy comes from.
    pub(super) fn origin(&self, place: usize) -> usize {
        let (mut grown, mut shrunk) = (0, 0);
        for change in &self.changes {
            let start = change.start + grown - shrunk;
            if place < start {
                break;
            }
            if place <= start + change.text.len() {
                return if place == start { change.start } else { change.end };
            }
            grown += change.text.len();
            shrunk += change.end - change.start;
        }
        (place + shrunk - grown).min(self.original.len())
    }

    /// Changes of the working copy as changes of the original; nothing where they touch an earlier change.
    pub(super) fn in_original(&self, changes: &[Change]) -> Option<Vec<Change>> {
        changes
            .iter()
            .map(|change| {
                let (mut grown, mut shrunk) = (0, 0);
                for earlier in &self.changes {
                    let start = earlier.start + grown - shrunk;
                    let end = start + earlier.text.len();
                    if change.end < start {
                        break;
                    }
                    if change.start <= end {
                        return None;
                    }
                    grown += earlier.text.len();
                    shrunk += earlier.end - earlier.start;
                }
                let back = |place: usize| place + shrunk - grown;
                Some(Change { start: back(change.start), end: back(change.end), text: change.text.clone() })
            })
            .collect()
    }

    /// Makes changes of the working copy that touch no earlier one.
    pub(super) fn apply(&mut self, changes: &[Change]) {
        let Some(mut added) = self.in_original(changes) else { return };
        self.changes.append(&mut added);
        self.changes.sort_by_key(|change| (change.start, change.end));
        if let Some(text) = patched(&self.original, &self.changes) {
            self.text = text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(start: usize, end: usize, text: &str) -> Change {
        Change { start, end, text: text.to_owned() }
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let mut patch = Patch::new("abc def ghi");
        patch.apply(&[change(3, 3, "XX"), change(4, 7, "")]);
        assert_eq!(patch.text(), "abcXX  ghi");
        assert_eq!(patch.origin(0), 0);
        assert_eq!(patch.origin(7), 8);
        let later = patch.in_original(&[change(8, 9, "h")]).expect("touches nothing");
        assert_eq!(later, [change(9, 10, "h")]);
        assert!(patch.in_original(&[change(4, 5, "")]).is_none());
        patch.apply(&[change(8, 9, "HH")]);
        assert_eq!(patch.text(), "abcXX  gHHi");
    }
}
