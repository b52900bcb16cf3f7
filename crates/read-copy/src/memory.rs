//! Copies in memory, without a limit: for tests.
//!
//! Not here: copies that several processes share (an adapter of its own).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use contracts::StudentId;

use crate::{Etag, ReadCopy, ReadCopyError, StudentCopy, Written};

/// Keeps copies in memory. Clones hold the same.
#[derive(Debug, Clone, Default)]
pub struct MemoryCopy(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    copies: HashMap<StudentId, (StudentCopy, Etag)>,
    writes: u64,
}

#[async_trait]
impl ReadCopy for MemoryCopy {
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).copies.get(student).cloned())
    }

    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.copies.get(student).map(|(_, etag)| etag) != expected {
            return Ok(Written::Conflict);
        }
        shelf.writes += 1;
        let etag = Etag(shelf.writes.to_string());
        shelf.copies.insert(student.clone(), (copy.clone(), etag));
        Ok(Written::Yes)
    }
}
