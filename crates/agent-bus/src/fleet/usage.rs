//! What calls cost: the rooms' and the gate's ports onto the meter.
//!
//! Not here: counting (crate `usage`).

use progress::MeasureTokens;
use room::{Call, Record};
use usage::{Meter, Tokenizer, response_status};

/// The one route that says in its answer what the call cost.
const ROUTE: &str = "POST /api/v1/progress/{student_id}";

/// Progress says in its answer what the call cost.
pub(crate) struct Measured(pub(crate) Tokenizer);

impl MeasureTokens for Measured {
    fn token_efficiency(&self, request: &str, answer: &str) -> f64 {
        self.0.efficiency(self.0.call(ROUTE, request.as_bytes(), answer.as_bytes()))
    }
}

/// Every answered call goes to the meter.
pub(crate) struct Recorded(pub(crate) Meter);

impl Record for Recorded {
    fn record(&self, call: Call) {
        self.0.record(usage::Call {
            agent: call.agent,
            route: format!("{} {}", call.method, call.route),
            student_id: call.student,
            request_body: call.request,
            answer_body: call.answer,
            processing_time_ms: i64::try_from(call.elapsed.as_millis()).unwrap_or(i64::MAX),
            status: response_status(call.status.as_u16()),
        });
    }
}
