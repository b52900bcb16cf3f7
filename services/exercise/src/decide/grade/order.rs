//! Lines that were put in order: the program they make, how much of the order is right, and which do not belong.
//!
//! Not here: whether the program does what it should (`cases`); an order that does is right, whatever is said here.

use std::collections::HashMap;

use super::answer::{BadAnswer, echo};
use crate::decide::exercise::{Exercise, Piece};

/// What a wrong order is worth at most: less than what counts as solved.
const WRONG_MAX: f64 = 0.75;

/// An order as a program, held against the reference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ordered {
    /// The pieces, one below the other.
    pub(super) program: String,
    /// How much of the order is right, from 0 to [`WRONG_MAX`].
    pub(super) partial: f64,
    /// The texts of pieces that were used and do not belong.
    pub(super) distractors: Vec<String>,
    /// How many pieces of the reference were left out.
    pub(super) missing: usize,
    /// The first piece, as its text, that stands where another should.
    pub(super) first_wrong: Option<String>,
}

/// Reads an order.
pub(super) fn read(exercise: &Exercise, pieces: &[Piece], ids: &[String]) -> Result<Ordered, BadAnswer> {
    let by_id: HashMap<&str, usize> =
        pieces.iter().enumerate().map(|(place, piece)| (piece.id.as_str(), place)).collect();
    let mut used = vec![false; pieces.len()];
    let mut order = Vec::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        let Some(&piece) = by_id.get(id.as_str()) else {
            return Err(BadAnswer::UnknownPiece { id: echo(id), place });
        };
        if std::mem::replace(&mut used[piece], true) {
            return Err(BadAnswer::RepeatedPiece { id: echo(id), place });
        }
        order.push(piece);
    }
    let right = places(&exercise.reference, pieces);
    // Where all belong, leaving one out is no way to answer; where some do not, it may be a mistake.
    if right.len() == pieces.len() && order.len() < pieces.len() {
        return Err(BadAnswer::MissingPieces { missing: pieces.len() - order.len(), of: pieces.len() });
    }
    if order.is_empty() {
        return Err(BadAnswer::MissingPieces { missing: right.len(), of: right.len() });
    }
    Ok(hold_against(&right, pieces, &order))
}

fn hold_against(right: &[usize], pieces: &[Piece], order: &[usize]) -> Ordered {
    let text = |piece: usize| pieces[piece].text.trim_end_matches(['\r', '\n']);
    let program: String = order.iter().flat_map(|piece| [text(*piece), "\n"]).collect();
    let ranks = ranks(right, pieces, order);
    let distractors: Vec<String> = order
        .iter()
        .zip(&ranks)
        .filter(|(_, rank)| rank.is_none())
        .map(|(piece, _)| text(*piece).trim().to_owned())
        .collect();
    let belonging: Vec<usize> = ranks.iter().flatten().copied().collect();
    let kept = longest_rising(&belonging);
    let share = |part: usize| f64::from(u32::try_from(part).unwrap_or(u32::MAX));
    let in_order = kept.saturating_sub(distractors.len());
    let partial = WRONG_MAX * share(in_order) / share(right.len().max(1));
    let first_wrong = ranks.iter().enumerate().find(|(place, rank)| **rank != Some(*place));
    Ordered {
        program,
        partial,
        missing: right.len() - belonging.len(),
        first_wrong: first_wrong.map(|(place, _)| text(order[place]).trim().to_owned()),
        distractors,
    }
}

/// For each piece of an order its rank in the reference. Pieces with the same text stand for each other: the first of them
/// in the order gets the first rank.
fn ranks(right: &[usize], pieces: &[Piece], order: &[usize]) -> Vec<Option<usize>> {
    let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
    for (rank, piece) in right.iter().enumerate().rev() {
        free.entry(pieces[*piece].text.trim_end()).or_default().push(rank);
    }
    order.iter().map(|piece| free.get_mut(pieces[*piece].text.trim_end()).and_then(Vec::pop)).collect()
}

/// The pieces that make the reference, in its order. Empty lines between them do not count.
pub(super) fn places(reference: &str, pieces: &[Piece]) -> Vec<usize> {
    let wanted: Vec<&str> = reference.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let texts: Vec<Vec<&str>> = pieces
        .iter()
        .map(|piece| piece.text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect())
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < wanted.len() {
        // The longest that fits: a piece of several lines begins as a distractor of one may.
        let fits = |place: &usize| {
            let lines = &texts[*place];
            !lines.is_empty() && !found.contains(place) && wanted[at..].starts_with(lines)
        };
        let next =
            (0..pieces.len()).filter(fits).max_by_key(|place| (texts[*place].len(), pieces.len() - place));
        match next {
            Some(place) => {
                at += texts[place].len();
                found.push(place);
            }
            None => at += 1,
        }
    }
    found
}

/// How many of these can be kept so that they rise.
fn longest_rising(ranks: &[usize]) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for rank in ranks {
        let place = ends.partition_point(|end| end < rank);
        match ends.get_mut(place) {
            Some(end) => *end = *rank,
            None => ends.push(*rank),
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&str]) -> Vec<Piece> {
        let piece =
            |(place, text): (usize, &&str)| Piece { id: format!("p{place}"), text: (*text).to_owned() };
        texts.iter().enumerate().map(piece).collect()
    }

    const REFERENCE: &str = "total = 0\n\nfor n in [1, 2]:\n    total += n\nprint(total)\n";

    #[test]
    fn the_pieces_of_the_reference_are_found_and_the_others_do_not_belong() {
        let pieces = pieces(&[
            "print(total)",
            "    total = n",
            "for n in [1, 2]:\n    total += n",
            "total = 0",
            "for n in [1, 2]:",
        ]);
        assert_eq!(places(REFERENCE, &pieces), [3, 2, 0]);
    }

    #[test]
    fn an_order_is_worth_what_of_it_is_in_order() {
        let pieces =
            pieces(&["print(total)", "total = 0", "    total += n", "for n in [1, 2]:", "total = 1"]);
        let right = places(REFERENCE, &pieces);
        assert_eq!(right, [1, 3, 2, 0]);
        let near = |order: &[usize]| hold_against(&right, &pieces, order);
        for (order, quarters, missing, distractors) in [
            (&[1, 3, 2, 0][..], 4.0, 0, 0),
            (&[3, 2, 0, 1], 3.0, 0, 0),
            (&[0, 2, 3, 1], 1.0, 0, 0),
            (&[1, 3, 2], 3.0, 1, 0),
            (&[4, 3, 2, 0], 2.0, 1, 1),
            (&[4], 0.0, 4, 1),
        ] {
            let found = near(order);
            assert!(
                (found.partial - WRONG_MAX * quarters / 4.0).abs() < 1e-12,
                "{order:?} {}",
                found.partial
            );
            assert_eq!((found.missing, found.distractors.len()), (missing, distractors), "{order:?}");
        }
        assert_eq!(near(&[3, 1, 2, 0]).first_wrong.as_deref(), Some("for n in [1, 2]:"));
        assert_eq!(near(&[1, 3, 2, 0]).program, REFERENCE.replace("\n\n", "\n"));
    }

    #[test]
    fn lines_that_are_written_alike_stand_for_each_other() {
        let reference = "print(1)\nx = 2\nprint(1)\n";
        let pieces = pieces(&["print(1)", "print(1)", "x = 2"]);
        let right = places(reference, &pieces);
        for order in [[0, 2, 1], [1, 2, 0]] {
            assert_eq!(hold_against(&right, &pieces, &order).first_wrong, None, "{order:?}");
        }
    }
}
