//! Rosters: whose class it is, and what a new list of students changes.

use std::collections::BTreeSet;

use contracts::{ClassId, StudentId, SubjectId};
use serde::{Deserialize, Serialize};

/// The most students of a class.
pub const STUDENTS_MAX: usize = 500;
/// The longest name of a class, in characters.
pub const NAME_MAX_CHARS: usize = 100;

/// A class. Its students are documents of their own, so that erasing one leaves no trace here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its id.
    pub class_id: ClassId,
    /// What people call it.
    pub name: Option<String>,
    /// Who made it, and alone may see and change it.
    pub owner: SubjectId,
}

/// A student in a class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The class's owner: the student's teacher.
    pub owner: SubjectId,
}

/// What a new list of students changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// Students who join.
    pub joining: Vec<StudentId>,
    /// Students who leave.
    pub leaving: Vec<StudentId>,
}

/// The difference between who is in and who shall be.
#[must_use]
pub fn moves(are: &BTreeSet<StudentId>, shall_be: &BTreeSet<StudentId>) -> Moves {
    Moves {
        joining: shall_be.difference(are).cloned().collect(),
        leaving: are.difference(shall_be).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn students(names: &[&str]) -> BTreeSet<StudentId> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn only_who_joins_or_leaves_moves() {
        for (are, shall_be, joining, leaving) in [
            (&["a", "b"][..], &["b", "c"][..], &["c"][..], &["a"][..]),
            (&[], &["a"], &["a"], &[]),
            (&["a"], &[], &[], &["a"]),
            (&["a"], &["a"], &[], &[]),
        ] {
            let moves = moves(&students(are), &students(shall_be));
            assert_eq!(moves.joining, Vec::from_iter(students(joining)));
            assert_eq!(moves.leaving, Vec::from_iter(students(leaving)));
        }
    }
}
