//! What a child says, held against the job: a report only of what was asked, in the order in which it was asked.
//!
//! A child is believed in what it saw, and in nothing that could harm whoever reads the report: more cases than were
//! asked for, ranges outside of the text, more than fits. Not here: pipes and processes (`child`).

use std::io;

use crate::wire::{Line, Said};
use crate::{Case, CaseReport, Ended, Job, ProgramReport, Report};

/// What a child may write about one job, in bytes of JSON: in memory it is at most some ten times as much, while it
/// lasts. A job beyond it ends in [`Ended::TooMuchOutput`].
pub const REPORT_MAX_BYTES: usize = 8 << 20;

/// Why a child is not believed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It wrote a line that is too long, or its pipe broke.
    #[error("its lines cannot be read: {0}")]
    Unreadable(io::Error),
    /// Not a line of the wire.
    #[error("it wrote what is not JSON, or not of the wire: {0}")]
    Strange(serde_json::Error),
    /// Somebody else's line.
    #[error("it wrote a line with another nonce")]
    Forged,
    /// Not what comes next.
    #[error("it said {0} out of order")]
    OutOfOrder(&'static str),
    /// More of something than the case can have, or a range that is none.
    #[error("it told of {0} that cannot be")]
    Impossible(&'static str),
    /// More than is kept of one job.
    #[error("it wrote more than is kept of one job")]
    TooMuch,
}

/// What a line was.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// That the order was read; more comes.
    Taken,
    /// A case; more comes.
    Case,
    /// The end.
    Ended(Ended),
    /// The end, by this signal.
    Killed(i32),
}

/// What one child said so far.
pub(super) struct Transcript<'job> {
    job: &'job Job,
    nonce: &'job str,
    programs: Vec<ProgramReport>,
    heard_bytes: usize,
    taken: bool,
}

impl<'job> Transcript<'job> {
    pub(super) fn new(job: &'job Job, nonce: &'job str) -> Self {
        let mut new = Self { job, nonce, programs: Vec::new(), heard_bytes: 0, taken: false };
        new.advance();
        new
    }

    /// Takes a line in.
    pub(super) fn hear(&mut self, line: &[u8]) -> Result<Heard, Fault> {
        self.heard_bytes += line.len();
        if self.heard_bytes > REPORT_MAX_BYTES {
            return Err(Fault::TooMuch);
        }
        let line: Line = serde_json::from_slice(line).map_err(Fault::Strange)?;
        // The nursery's word, which knows no nonce.
        if let (Said::Killed { signal }, "") = (&line.said, line.nonce.as_str()) {
            return Ok(Heard::Killed(*signal));
        }
        if line.nonce != self.nonce {
            return Err(Fault::Forged);
        }
        match line.said {
            Said::Killed { .. } => Err(Fault::OutOfOrder("that it died")),
            Said::Ready { .. } => Err(Fault::OutOfOrder("that it is ready")),
            Said::Taken if self.taken => Err(Fault::OutOfOrder("that it has the order")),
            Said::Taken => {
                self.taken = true;
                Ok(Heard::Taken)
            }
            Said::Case { .. } | Said::Ended(_) if !self.taken => Err(Fault::OutOfOrder("what it saw")),
            Said::Case { program, report } => {
                let is_last = self.job.limits.stop_at_timeout && report.is_timed_out();
                self.case(program, report)?;
                // The child goes on to the next case, and is killed over it: what it came to is known.
                let ends = is_last && self.next().is_some();
                Ok(if ends { Heard::Ended(Ended::TimedOut) } else { Heard::Case })
            }
            Said::Ended(ended) if (ended == Ended::Completed) != self.next().is_none() => {
                Err(Fault::OutOfOrder("that it ended"))
            }
            Said::Ended(ended) => Ok(Heard::Ended(ended)),
        }
    }

    /// Whether the child has said that it read the order.
    pub(super) fn taken(&self) -> bool {
        self.taken
    }

    /// What was seen.
    pub(super) fn close(self, ended: Ended) -> Report {
        Report { programs: self.programs, ended }
    }

    fn case(&mut self, program: u32, report: CaseReport) -> Result<(), Fault> {
        let (expected, case) = self.next().ok_or(Fault::OutOfOrder("a case"))?;
        if usize::try_from(program) != Ok(expected) {
            return Err(Fault::OutOfOrder("a case"));
        }
        possible(case, &report)?;
        if report.stdout.len() > self.job.limits.output_bytes as usize {
            return Err(Fault::TooMuch);
        }
        self.programs[expected].cases.push(report);
        self.advance();
        Ok(())
    }

    /// The program and the case whose report comes next.
    fn next(&self) -> Option<(usize, &'job Case)> {
        let program = self.programs.len().checked_sub(1)?;
        let case = self.job.programs[program].cases.get(self.programs[program].cases.len())?;
        Some((program, case))
    }

    /// A program is begun once the one before it is through.
    fn advance(&mut self) {
        while self.next().is_none() && self.programs.len() < self.job.programs.len() {
            self.programs.push(ProgramReport::default());
        }
    }
}

/// Whether a report can be one of the case: whoever reads it may cut the text where it says.
fn possible(case: &Case, report: &CaseReport) -> Result<(), Fault> {
    let (calls_max, steps_max) = match case {
        Case::Script { .. } => (0, 0),
        Case::Calls { calls, .. } => (calls.len(), 0),
        Case::Trace { steps_max, .. } => (0, *steps_max as usize),
    };
    let text = &report.stdout;
    let inside = |(from, to): (u32, u32)| text.get(from as usize..to as usize).is_some();
    if report.calls.len() > calls_max {
        return Err(Fault::Impossible("calls"));
    }
    if !report.calls.iter().all(|call| inside(call.printed)) {
        return Err(Fault::Impossible("output of a call"));
    }
    if report.steps.len() > steps_max {
        return Err(Fault::Impossible("steps"));
    }
    if !report.steps.iter().all(|step| inside((0, step.printed_bytes))) {
        return Err(Fault::Impossible("output of a step"));
    }
    if !matches!(case, Case::Script { globals, .. } if report.globals.keys().all(|name| globals.contains(name)))
        && !report.globals.is_empty()
    {
        return Err(Fault::Impossible("globals"));
    }
    Ok(())
}

#[cfg(test)]
#[path = "transcript_tests.rs"]
mod tests;
