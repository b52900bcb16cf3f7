//! Runs the cases of a job's programs, one after the other, and says what came of each.
//!
//! Not here: what holds the process (`lockdown`), and what ends it early (`watchdog`).

use std::collections::BTreeMap;

use rustpython_vm::builtins::PyDictRef;
use rustpython_vm::compiler::{CompileError, Mode};
use rustpython_vm::scope::Scope;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use sandbox::wire::Said;
use sandbox::{Call, Case, CaseReport, Job, Observed, Outcome, Raised};

use crate::tidy::Before;
use crate::values::{Budget, class_name, made, taken};
use crate::{allocator, console, marking, moment, nesting, raised, speech, trace, watchdog};

/// The learner's file, as tracebacks name it.
pub(crate) const FILE: &str = "program.py";

/// After a case that leaves so much behind, what is garbage is looked for.
const LITTER_BYTES: usize = 8 << 20;

/// What cases need of the interpreter.
pub(crate) struct Stage<'a> {
    /// It.
    pub(crate) vm: &'a VirtualMachine,
    /// As it was.
    pub(crate) before: Before,
    /// What the process held before the first case, in bytes.
    pub(crate) baseline_bytes: usize,
    /// The most that a case may print, in bytes.
    pub(crate) output_bytes: usize,
    /// The most that may be held, in bytes.
    pub(crate) ceiling_bytes: usize,
}

/// Room for a report beyond what the program may hold, in bytes.
const REPORT_BYTES: usize = 32 << 20;

impl Stage<'_> {
    /// Runs a job.
    ///
    /// # Errors
    /// What keeps the interpreter from running anything.
    pub(crate) fn run(&self, job: &Job) -> PyResult<()> {
        let mut left: usize = job.programs.iter().map(|program| program.cases.len()).sum();
        for (place, program) in job.programs.iter().enumerate() {
            for case in &program.cases {
                left -= 1;
                let report = self.case(&program.code, case, left == 0)?;
                speech::say(Said::Case { program: u32::try_from(place).unwrap_or(u32::MAX), report });
            }
        }
        Ok(())
    }

    fn case(&self, code: &str, case: &Case, is_last: bool) -> PyResult<CaseReport> {
        let (Case::Script { stdin, .. } | Case::Calls { stdin, .. } | Case::Trace { stdin, .. }) = case;
        self.before.restore(self.vm)?;
        console::begin(stdin, self.output_bytes);
        moment::begin();
        allocator::set_ceiling_bytes(self.ceiling_bytes);
        watchdog::arm();
        let mut report = CaseReport {
            outcome: Outcome::Finished,
            stdout: String::new(),
            calls: Vec::new(),
            globals: BTreeMap::new(),
            steps: Vec::new(),
            steps_cut: false,
        };
        let scope = self.scope()?;
        let globals = scope.globals.clone();
        report.outcome = self.perform(code, case, scope, &mut report)?;
        // What goes with the module may run code of the learner's: still on the learner's time.
        globals.clear();
        drop(globals);
        // Before what it left in other modules goes, whose last words are nobody's output: the last case leaves it there.
        let printed = console::printed();
        if !is_last {
            self.clean();
        }
        watchdog::disarm();
        allocator::set_ceiling_bytes(self.ceiling_bytes.saturating_add(REPORT_BYTES));
        report.stdout = printed;
        Ok(report)
    }

    /// A module as a script has it.
    fn scope(&self) -> PyResult<Scope> {
        let vm = self.vm;
        let scope = vm.new_scope_with_main()?;
        scope.globals.set_item("__name__", vm.ctx.new_str("__main__").into(), vm)?;
        scope.globals.set_item("__file__", vm.ctx.new_str(FILE).into(), vm)?;
        Ok(scope)
    }

    fn perform(&self, code: &str, case: &Case, scope: Scope, report: &mut CaseReport) -> PyResult<Outcome> {
        let globals = scope.globals.clone();
        let mut budget = Budget::of_a_case();
        match case {
            Case::Script { globals: wanted, .. } => {
                let outcome = self.main(code, scope);
                for name in wanted {
                    if let Some(value) = self.global(&globals, name) {
                        report.globals.insert(name.clone(), taken(&value, &mut budget, self.vm));
                    }
                }
                Ok(outcome)
            }
            Case::Calls { calls, .. } => {
                let outcome = self.main(code, scope);
                if outcome != Outcome::Finished {
                    return Ok(outcome);
                }
                for call in calls {
                    match self.call(call, &globals, &mut budget) {
                        Ok(observed) => report.calls.push(observed),
                        Err(outcome) => return Ok(outcome),
                    }
                }
                Ok(Outcome::Finished)
            }
            Case::Trace { steps_max, .. } => {
                let outcome = self.traced(code, scope, *steps_max);
                let seen = trace::end(self.vm);
                report.steps = seen.steps;
                report.steps_cut = seen.cut;
                // A program that was stopped did not end.
                Ok(if seen.cut { Outcome::Finished } else { outcome })
            }
        }
    }

    /// From the first line to the last.
    fn main(&self, code: &str, scope: Scope) -> Outcome {
        let compile = || self.vm.compile(code, Mode::Exec, FILE.to_owned());
        self.checked(code, compile, |program| self.vm.run_code_obj(program, scope))
    }

    /// As [`Self::main`], step by step.
    fn traced(&self, code: &str, scope: Scope, steps_max: u32) -> Outcome {
        let compile = || marking::compiled(code, self.vm);
        self.checked(code, compile, |marked| {
            trace::begin(steps_max, marked.classes, self.vm);
            self.vm.run_code_obj(marked.program, scope)
        })
    }

    fn checked<T>(
        &self,
        code: &str,
        compile: impl FnOnce() -> Result<T, CompileError>,
        run: impl FnOnce(T) -> PyResult,
    ) -> Outcome {
        if let Some((message, line)) = nesting::too_deep(code) {
            let type_name = "SyntaxError".to_owned();
            let message = message.to_owned();
            let (line, frames) = (Some(line), Vec::new());
            return Outcome::Raised(Raised { type_name, limit: None, message, line, frames });
        }
        let compiled = compile().map_err(|error| self.vm.new_syntax_error(&error, Some(code)));
        match compiled.and_then(run) {
            Ok(_) => Outcome::Finished,
            Err(exception) => raised::outcome(&exception, self.vm),
        }
    }

    fn global(&self, globals: &PyDictRef, name: &str) -> Option<PyObjectRef> {
        globals.get_item_opt(name, self.vm).ok().flatten()
    }

    fn call(&self, call: &Call, globals: &PyDictRef, budget: &mut Budget) -> Result<Observed, Outcome> {
        let vm = self.vm;
        let found = self.global(globals, &call.function).filter(|found| found.is_callable());
        let Some(function) = found else {
            let found = self.global(globals, &call.function).map(|found| class_name(&found));
            return Err(Outcome::NotAFunction { name: call.function.clone(), found });
        };
        let raised = |exception| raised::outcome(&exception, vm);
        let arguments =
            call.arguments.iter().map(|argument| made(argument, vm)).collect::<PyResult<Vec<_>>>();
        let arguments = arguments.map_err(raised)?;
        let start = console::printed_bytes();
        let returned = function.call(arguments.clone(), vm).map_err(raised)?;
        Ok(Observed {
            returned: taken(&returned, budget, vm),
            arguments: arguments.iter().map(|argument| taken(argument, budget, vm)).collect(),
            printed: (start, console::printed_bytes()),
        })
    }

    /// Lets go of what a case left elsewhere.
    fn clean(&self) {
        // What fails here is tried again before the next case, which then says so.
        let _again = self.before.restore(self.vm);
        let litter = allocator::live_bytes().saturating_sub(self.baseline_bytes);
        if litter > LITTER_BYTES {
            rustpython_vm::gc_state::gc_state().collect_force(2);
        }
    }
}
