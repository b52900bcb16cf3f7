//! A program with its gaps filled.
//!
//! Not here: cutting the gaps.

/// Underscores that make a gap.
const MARK: &str = "____";

/// The starter with each gap replaced. A gap is a run of at least four underscores that is not part of a name; a number
/// right behind it, and the underscores behind that, belong to it and say which gap it is.
pub(super) fn fill(starter: &str, texts: &[String]) -> String {
    let mut program = String::with_capacity(starter.len() + texts.iter().map(String::len).sum::<usize>());
    let (mut rest, mut in_turn) = (starter, 0);
    while let Some(at) = rest.find(MARK) {
        let before = &rest[..at];
        program.push_str(before);
        let behind = rest[at..].trim_start_matches('_');
        let digits = behind.len() - behind.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
        let number =
            behind[..digits].parse::<usize>().ok().filter(|number| (1..=texts.len()).contains(number));
        let place = number.map_or(in_turn, |number| number - 1);
        match texts.get(place) {
            Some(text) => program.push_str(text.trim()),
            None => program.push_str(MARK),
        }
        in_turn = place + 1;
        rest = behind[digits..].trim_start_matches('_');
    }
    program.push_str(rest);
    program
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_their_order_or_by_their_number() {
        let texts = ["range(3)".to_owned(), " i ".to_owned()];
        for (starter, filled) in [
            ("for i in ____:\n    print(____)\n", "for i in range(3):\n    print(i)\n"),
            ("for i in ____1____:\n    print(____2____)\n", "for i in range(3):\n    print(i)\n"),
            ("print(____2)\nfor i in ____1:\n    pass\n", "print(i)\nfor i in range(3):\n    pass\n"),
            ("no gap __name__\n", "no gap __name__\n"),
            ("____ ____ ____", "range(3) i ____"),
        ] {
            assert_eq!(fill(starter, &texts), filled);
        }
    }
}
