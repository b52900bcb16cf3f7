//! Who asks in a test.

use auth::{Principal, Role};
use contracts::SubjectId;

fn principal(subject: &str, role: Role) -> Principal {
    let subject: SubjectId = subject.parse().expect("an id");
    Principal { subject, role, on_behalf_of: None }
}

/// A student.
///
/// # Panics
/// If the name is no id.
#[must_use]
pub fn student(id: &str) -> Principal {
    principal(id, Role::Student)
}

/// A teacher.
///
/// # Panics
/// If the name is no id.
#[must_use]
pub fn teacher(id: &str) -> Principal {
    principal(id, Role::Teacher)
}

/// An operator.
///
/// # Panics
/// If the name is no id.
#[must_use]
pub fn operator(id: &str) -> Principal {
    principal(id, Role::Operator)
}

/// A service that asks for a student.
///
/// # Panics
/// If one of the names is no id.
#[must_use]
pub fn service(id: &str, on_behalf_of: &str) -> Principal {
    Principal { on_behalf_of: Some(on_behalf_of.parse().expect("an id")), ..principal(id, Role::Service) }
}
