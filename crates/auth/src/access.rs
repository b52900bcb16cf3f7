//! Who may see which student.

use async_trait::async_trait;
use contracts::{ClassId, StudentId, SubjectId};
use problem::Problem;

use crate::principal::{Principal, Role};

/// The roster is not to be had now.
#[derive(Debug, thiserror::Error)]
#[error("the rosters are not available: {0}")]
pub struct RostersError(pub String);

/// Answers whose teacher somebody is. Rosters live in Progress; other rooms ask it.
#[async_trait]
pub trait Rosters: Send + Sync + 'static {
    /// Whether the student is in a class that the teacher owns.
    async fn teaches(&self, teacher: &SubjectId, student: &StudentId) -> Result<bool, RostersError>;

    /// The students of a class, ordered; `None` where there is none of that name, or it is not this teacher's.
    async fn class(
        &self,
        teacher: &SubjectId,
        class: &ClassId,
    ) -> Result<Option<Vec<StudentId>>, RostersError>;
}

/// What somebody wants to do with a student's things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read mastery, history, patterns; ask an agent for the student: the student, own teachers, services on behalf.
    Learn,
    /// Post explicit scores, set targets: own teachers, services on behalf. Never the student.
    Grade,
    /// Export: the student, own teachers, operators.
    Export,
    /// Erase: the student, operators.
    Erase,
}

impl Access {
    /// Whether the principal may do this with the student's things; 403 if not, 503 if the rosters do not answer.
    pub async fn check(
        self,
        principal: &Principal,
        student: &StudentId,
        rosters: &dyn Rosters,
    ) -> Result<(), Problem> {
        let allowed = match (principal.role, self) {
            (Role::Student, Self::Grade) => false,
            (Role::Student, _) => principal.subject.as_str() == student.as_str(),
            (Role::Teacher, Self::Erase) => false,
            (Role::Teacher, _) => rosters
                .teaches(&principal.subject, student)
                .await
                .map_err(|error| Problem::unavailable(1, error.to_string()))?,
            (Role::Operator, Self::Export | Self::Erase) => true,
            (Role::Operator, _) => false,
            (Role::Service, Self::Learn | Self::Grade) => principal.on_behalf_of.as_ref() == Some(student),
            (Role::Service, _) => false,
        };
        if allowed { Ok(()) } else { Err(Problem::forbidden("this is not yours to see or change")) }
    }
}

/// The student a request is about: the one it names, else a student's own id. `None` where nobody is named and the
/// principal is no student. Naming another student is checked by [`Access::Learn`].
pub async fn subject_student(
    principal: &Principal,
    named: Option<StudentId>,
    rosters: &dyn Rosters,
) -> Result<Option<StudentId>, Problem> {
    match named {
        Some(student) => {
            Access::Learn.check(principal, &student, rosters).await?;
            Ok(Some(student))
        }
        None if principal.role == Role::Student => Ok(Some(principal.subject.clone().into())),
        None => Ok(principal.on_behalf_of.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tom teaches ann, nobody teaches bob, and nobody knows about eve.
    struct Class;

    #[async_trait]
    impl Rosters for Class {
        async fn teaches(&self, teacher: &SubjectId, student: &StudentId) -> Result<bool, RostersError> {
            match student.as_str() {
                "eve" => Err(RostersError("asleep".to_owned())),
                student => Ok(teacher.as_str() == "tom" && student == "ann"),
            }
        }

        async fn class(&self, _: &SubjectId, _: &ClassId) -> Result<Option<Vec<StudentId>>, RostersError> {
            Ok(None)
        }
    }

    fn principal(subject: &str, role: Role, on_behalf_of: Option<&str>) -> Principal {
        Principal {
            subject: subject.parse().unwrap(),
            role,
            on_behalf_of: on_behalf_of.map(|student| student.parse().unwrap()),
        }
    }

    #[tokio::test]
    async fn who_may_do_what_with_whose_things() {
        use Access::{Erase, Export, Grade, Learn};
        let all = [Learn, Grade, Export, Erase];
        let cases: [(Principal, &str, &[Access]); 9] = [
            (principal("ann", Role::Student, None), "ann", &[Learn, Export, Erase]),
            (principal("ann", Role::Student, None), "bob", &[]),
            (principal("tom", Role::Teacher, None), "ann", &[Learn, Grade, Export]),
            (principal("tom", Role::Teacher, None), "bob", &[]),
            (principal("ann", Role::Teacher, None), "ann", &[]),
            (principal("olga", Role::Operator, None), "ann", &[Export, Erase]),
            (principal("debug", Role::Service, Some("ann")), "ann", &[Learn, Grade]),
            (principal("debug", Role::Service, Some("ann")), "bob", &[]),
            (principal("debug", Role::Service, None), "ann", &[]),
        ];
        for (principal, student, allowed) in cases {
            for access in all {
                let outcome = access.check(&principal, &student.parse().unwrap(), &Class).await;
                let status = outcome.map_or_else(|problem| problem.status, |()| 200);
                let expected = if allowed.contains(&access) { 200 } else { 403 };
                assert_eq!(status, expected, "{principal:?} {access:?} {student}");
            }
        }
    }

    #[tokio::test]
    async fn rosters_that_do_not_answer_are_a_503_and_never_a_yes() {
        let teacher = principal("tom", Role::Teacher, None);
        let problem = Access::Learn.check(&teacher, &"eve".parse().unwrap(), &Class).await.unwrap_err();
        assert_eq!(problem.status, 503);
    }

    #[tokio::test]
    async fn a_request_is_about_whom_it_names_else_about_who_asks() {
        let ann: StudentId = "ann".parse().unwrap();
        let cases = [
            (principal("ann", Role::Student, None), None, Ok(Some("ann"))),
            (principal("ann", Role::Student, None), Some("ann"), Ok(Some("ann"))),
            (principal("bob", Role::Student, None), Some("ann"), Err(403)),
            (principal("tom", Role::Teacher, None), None, Ok(None)),
            (principal("tom", Role::Teacher, None), Some("ann"), Ok(Some("ann"))),
            (principal("debug", Role::Service, Some("ann")), None, Ok(Some("ann"))),
            (principal("debug", Role::Service, Some("bob")), Some("ann"), Err(403)),
        ];
        for (principal, named, expected) in cases {
            let named = named.map(|_| ann.clone());
            let outcome = subject_student(&principal, named, &Class).await;
            let shown = outcome.as_ref().map(|student| student.as_ref().map(StudentId::as_str));
            assert_eq!(shown.map_err(|problem| problem.status), expected, "{principal:?}");
        }
    }
}
