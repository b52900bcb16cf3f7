//! Documents as they were last renewed, so that whoever reads what was just written need not ask the file: somebody at work
//! has a few documents that are read and renewed again and again.
//!
//! The writer tells of every COMMIT before it answers it, and nobody else puts anything here: what is here is what the file
//! has, but for a commit that was not answered yet. A document that was only begun is not kept: most are never read again.
//!
//! Only a means to be fast: whoever asks for what is not here reads it in the file.

use ledger::Document;
use ledger::plan::{Plan, Target};
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::batch::{Facts, Stored};

/// The most that is kept of a room, in bytes.
const KEPT_MAX_BYTES: u64 = 2 << 20;

/// What a document takes beside its key and its body, in bytes.
const OVERHEAD_BYTES: usize = 160;

/// How many documents there is room for at first.
const DOCUMENTS: usize = 256;

/// What a COMMIT made of a document.
pub(crate) struct Touched {
    place: Place,
    /// None where it is gone, or begun.
    renewed: Option<Document>,
}

/// A kind's place among the room's, and a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    kind: usize,
    key: String,
}

/// A [`Place`] to look for: hashed as one.
#[derive(Hash)]
struct Wanted<'a> {
    kind: usize,
    key: &'a str,
}

impl Equivalent<Place> for Wanted<'_> {
    fn equivalent(&self, place: &Place) -> bool {
        self.kind == place.kind && self.key == place.key
    }
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Document> for Bytes {
    fn weight(&self, place: &Place, document: &Document) -> u64 {
        (2 * place.key.len() + document.body.len() + OVERHEAD_BYTES) as u64
    }
}

/// What a run of changes makes of documents that may be known here.
pub(crate) fn touched(plan: &Plan<'_, Stored>, facts: &Facts) -> Vec<Touched> {
    let by_kind = plan.documents.iter().zip(&facts.documents).enumerate();
    let touched = by_kind.flat_map(|(kind, (documents, stored))| {
        documents.iter().filter_map(move |(key, target)| {
            let place = || Place { kind, key: (*key).to_owned() };
            match target {
                Target::Put(version, put) if *version > 1 => {
                    let document =
                        Document { key: (*key).to_owned(), version: *version, body: put.body.clone() };
                    Some(Touched { place: place(), renewed: Some(document) })
                }
                // One that was there may be deleted and begun anew.
                Target::Put(..) if !stored.contains_key(*key) => None,
                Target::Put(..) | Target::Absent => Some(Touched { place: place(), renewed: None }),
            }
        })
    });
    touched.collect()
}

/// A room's documents.
pub(crate) struct Recent {
    documents: Cache<Place, Document, Bytes>,
}

impl Recent {
    pub(crate) fn new() -> Self {
        Self { documents: Cache::with_weighter(DOCUMENTS, KEPT_MAX_BYTES, Bytes) }
    }

    pub(crate) fn get(&self, kind: usize, key: &str) -> Option<Document> {
        self.documents.get(&Wanted { kind, key })
    }

    /// Takes over what was committed.
    pub(crate) fn take(&self, touched: Vec<Touched>) {
        for Touched { place, renewed } in touched {
            match renewed {
                Some(document) => self.documents.insert(place, document),
                None => {
                    self.documents.remove(&place);
                }
            }
        }
    }

    /// Forgets all: some of it was erased.
    pub(crate) fn clear(&self) {
        self.documents.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(key: &str, version: i64, bytes: usize) -> Document {
        Document { key: key.to_owned(), version, body: vec![b'1'; bytes].into() }
    }

    fn renewed(kind: usize, document: Document) -> Touched {
        Touched { place: Place { kind, key: document.key.clone() }, renewed: Some(document) }
    }

    #[test]
    fn the_latest_is_found_under_its_kind_and_key() {
        let recent = Recent::new();
        recent.take(vec![renewed(0, document("ada", 2, 9)), renewed(1, document("ada", 7, 9))]);
        recent.take(vec![renewed(0, document("ada", 3, 9))]);
        let version = |kind, key| recent.get(kind, key).map(|document| document.version);
        assert_eq!((version(0, "ada"), version(1, "ada"), version(0, "bob")), (Some(3), Some(7), None));
        recent.take(vec![Touched { place: Place { kind: 0, key: "ada".to_owned() }, renewed: None }]);
        assert_eq!((version(0, "ada"), version(1, "ada")), (None, Some(7)));
        recent.clear();
        assert_eq!(version(1, "ada"), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let recent = Recent::new();
        for number in 0..2_000 {
            recent.take(vec![renewed(0, document(&format!("student-{number}"), 2, 4_000))]);
        }
        assert!(recent.documents.weight() <= KEPT_MAX_BYTES);
        assert!(recent.documents.len() > 100, "{}", recent.documents.len());
    }
}
