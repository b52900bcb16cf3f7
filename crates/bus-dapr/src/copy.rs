//! The read copy of mastery in Dapr's state store: one key a student, guarded by the store's etag.
//!
//! What state.redis makes of an etag, read in its script and seen in the tests:
//! - Only a write that says `first-write` is guarded, and only on a key whose every write said so.
//! - Without an etag, a key that is there is an error like any other. With the etag `0`, which no key ever has, it is a
//!   mismatch: so `0` says that nothing is expected.
//! - With any etag, a key that is not there is written. So a write that expects something looks first. Where the copy is
//!   lost between the look and the write, a lone copy comes back, and its etags begin anew.
//! - A store that cannot be reached is a mismatch too, where an etag was given. So a mismatch is looked into.
//!
//! Not here: what is held (crate `read-copy`).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use contracts::StudentId;
use dapr::dapr::proto::common::v1::state_options::{StateConcurrency, StateConsistency};
use dapr::dapr::proto::common::v1::{Etag as StoreEtag, StateItem, StateOptions};
use dapr::dapr::proto::runtime::v1::{GetStateRequest, SaveStateRequest};
use read_copy::{Etag, ReadCopy, ReadCopyError, StudentCopy, Written};
use tonic::{Code, Status};

use crate::sidecar::{Calls, Sidecar};

/// How long the store may take for one question. Who reads the copy waits less, and then asks Progress.
const STORE_MAX: Duration = Duration::from_secs(2);
/// The etag that no key has.
const NOTHING: &str = "0";

/// The read copy behind the sidecar. Clones are the same copy.
#[derive(Clone)]
pub struct DaprCopy {
    calls: Calls,
    store: String,
    prefix: String,
}

impl DaprCopy {
    /// In the component `store`, such as [`crate::STATESTORE`]. `prefix` is what app ids begin with, as in
    /// [`crate::Settings`]: each release has a copy of its own.
    #[must_use]
    pub fn new(sidecar: &Sidecar, store: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self { calls: sidecar.calls(), store: store.into(), prefix: prefix.into() }
    }

    /// The key behind the component's name.
    fn key(&self, student: &StudentId) -> String {
        format!("{}mastery.{student}", self.prefix)
    }

    async fn get(&self, key: String) -> Result<Option<(Vec<u8>, String)>, ReadCopyError> {
        let request = GetStateRequest {
            store_name: self.store.clone(),
            key,
            consistency: StateConsistency::ConsistencyStrong as i32,
            metadata: HashMap::new(),
        };
        let mut calls = self.calls.clone();
        let answer = in_time(calls.get_state(request)).await?.map_err(unavailable)?.into_inner();
        Ok((!answer.etag.is_empty()).then_some((answer.data, answer.etag)))
    }

    /// Whether the store took it; an error where it did not and says no more than that the etag may be wrong.
    async fn set(&self, key: String, value: Vec<u8>, etag: String) -> Result<bool, ReadCopyError> {
        let item = StateItem {
            key,
            value,
            etag: Some(StoreEtag { value: etag }),
            metadata: HashMap::new(),
            options: Some(StateOptions {
                concurrency: StateConcurrency::ConcurrencyFirstWrite as i32,
                consistency: StateConsistency::ConsistencyStrong as i32,
            }),
        };
        let request = SaveStateRequest { store_name: self.store.clone(), states: vec![item] };
        let mut calls = self.calls.clone();
        match in_time(calls.save_state(request)).await? {
            Ok(_) => Ok(true),
            Err(status) if status.code() == Code::Aborted => Ok(false),
            Err(status) => Err(unavailable(status)),
        }
    }
}

async fn in_time<T>(call: impl Future<Output = T>) -> Result<T, ReadCopyError> {
    let late = |_| ReadCopyError(format!("no answer in {} ms", STORE_MAX.as_millis()));
    tokio::time::timeout(STORE_MAX, call).await.map_err(late)
}

fn unavailable(status: Status) -> ReadCopyError {
    ReadCopyError(format!("{:?}: {}", status.code(), status.message()))
}

#[async_trait]
impl ReadCopy for DaprCopy {
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        let Some((value, etag)) = self.get(self.key(student)).await? else { return Ok(None) };
        let copy = serde_json::from_slice(&value)
            .map_err(|error| ReadCopyError(format!("what is held cannot be read: {error}")))?;
        Ok(Some((copy, Etag(etag))))
    }

    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        let key = self.key(student);
        let value = serde_json::to_vec(copy).map_err(|error| ReadCopyError(error.to_string()))?;
        let etag = match expected {
            None => NOTHING.to_owned(),
            Some(Etag(expected)) => match self.get(key.clone()).await? {
                Some((_, there)) if there == *expected => there,
                _ => return Ok(Written::Conflict),
            },
        };
        if self.set(key.clone(), value, etag).await? {
            return Ok(Written::Yes);
        }
        // Where the store is away, this says so.
        self.get(key).await?;
        Ok(Written::Conflict)
    }
}
