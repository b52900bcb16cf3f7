//! The trace id of the request being served, so that an error finds it without every function passing it down.
//!
//! Not here: making the id (crate `telemetry`).

use std::future::Future;

tokio::task_local! {
    static TRACE_ID: String;
}

/// Runs `work` as part of the trace: every [`crate::Problem`] that is answered in it carries `trace_id`.
pub async fn in_trace<F: Future>(trace_id: String, work: F) -> F::Output {
    TRACE_ID.scope(trace_id, work).await
}

/// The trace id of the request being served; `None` outside of one.
pub(crate) fn trace_id() -> Option<String> {
    TRACE_ID.try_with(Clone::clone).ok()
}
