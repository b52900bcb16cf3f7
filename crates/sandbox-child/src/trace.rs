//! Follows a program step by step.
//!
//! By the interpreter's own tracing, which programs do not see: `sys.monitoring`, which comes nearer to CPython's lines,
//! breaks loops in this version. The function that is called at each line is Rust's; what it has seen is nowhere in the
//! interpreter. Not here: how values are written (`written`), how returned ones are caught (`marking`).

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use rustpython_vm::builtins::{PyDict, PyModule, PyStr, PyStrRef};
use rustpython_vm::bytecode::{CodeFlags, Instruction};
use rustpython_vm::compiler::core::OneIndexed;
use rustpython_vm::frame::FrameRef;
use rustpython_vm::{AsObject as _, PyObjectRef, PyResult, VirtualMachine};
use sandbox::Step;

use crate::console;
use crate::marking::{ClassLines, RETURNED};
use crate::raised::{function, own};
use crate::values::{Budget, json_bytes};
use crate::written::written;

/// No trace is longer, whatever is asked for.
const STEPS_MAX: u32 = 1_000;
/// What runs within a line: a step for each item would say the same line again, and annotations are nobody's step.
const UNFOLLOWED: [&str; 5] = ["<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "__annotate__"];
/// The most names of a frame that are looked at.
const NAMES_MAX: usize = 200;

/// What was seen of a program.
pub(crate) struct Seen {
    pub(crate) steps: Vec<Step>,
    pub(crate) cut: bool,
}

struct Trace {
    seen: Seen,
    steps_max: usize,
    budget: Budget,
    /// For each frame that is not yet left, its names as they were at its last step.
    shown: HashMap<usize, BTreeMap<String, String>>,
    /// The frames that an exception goes through.
    raising: HashSet<usize>,
    classes: Vec<ClassLines>,
}

impl Trace {
    /// The names that are new or differ from what the frame showed before.
    fn changed(&self, frame: usize, names: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let before = self.shown.get(&frame);
        let differs = |name: &String, text: &String| before.and_then(|before| before.get(name)) != Some(text);
        let changed = names.iter().filter(|(name, text)| differs(name, text));
        changed.map(|(name, text)| (name.clone(), text.clone())).collect()
    }
}

thread_local! {
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// Begins to follow what is run from here on.
pub(crate) fn begin(steps_max: u32, classes: Vec<ClassLines>, vm: &VirtualMachine) {
    TRACE.replace(Some(Trace {
        seen: Seen { steps: Vec::new(), cut: false },
        steps_max: steps_max.min(STEPS_MAX) as usize,
        budget: Budget::of_a_case(),
        shown: HashMap::new(),
        raising: HashSet::new(),
        classes,
    }));
    let stepped = |frame: FrameRef, event: PyStrRef, _argument: PyObjectRef, vm: &VirtualMachine| {
        stepped(&frame, event.as_wtf8().to_string_lossy().as_ref(), vm)
    };
    vm.trace_func.replace(vm.new_function("stepped", stepped).into());
    vm.use_tracing.set(true);
}

/// Ends it.
pub(crate) fn end(vm: &VirtualMachine) -> Seen {
    vm.use_tracing.set(false);
    vm.trace_func.replace(vm.ctx.none());
    let seen = TRACE.take().map(|trace| trace.seen);
    seen.unwrap_or(Seen { steps: Vec::new(), cut: false })
}

/// Answers whether a frame is to be followed: with the function that follows it, or `None`.
fn stepped(frame: &FrameRef, event: &str, vm: &VirtualMachine) -> PyResult {
    if !own(frame) || UNFOLLOWED.contains(&frame.code.obj_name.as_str()) {
        return Ok(vm.ctx.none());
    }
    let id = frame.as_object().get_id();
    match event {
        // Before the first line: variables of closures are made ready.
        "line" if is_preamble(frame) => {}
        "line" if is_elsewhere(frame) => {}
        "line" => {
            with(|trace| trace.raising.remove(&id));
            step(frame, None, vm)?;
        }
        "exception" => {
            with(|trace| trace.raising.insert(id));
        }
        "return" => {
            // What an exception leaves returns nothing.
            let raising = with(|trace| trace.raising.remove(&id)).unwrap_or(false);
            if !raising && returns(frame) {
                let returned = frame.locals(vm)?.as_object().get_item(RETURNED, vm);
                let returned = returned.map_or_else(|_| "None".to_owned(), |value| written(&value, vm));
                step(frame, Some(returned), vm)?;
            }
            if !pauses(frame) {
                with(|trace| trace.shown.remove(&id));
            }
        }
        _ => {}
    }
    Ok(vm.trace_func.borrow().clone())
}

fn is_preamble(frame: &FrameRef) -> bool {
    let place = frame.lasti().saturating_sub(1) as usize;
    let instruction = frame.code.instructions.get(place).map(|unit| unit.op);
    matches!(instruction, Some(Instruction::MakeCell { .. } | Instruction::CopyFreeVars { .. }))
}

/// The interpreter says some lines of a class's body while it makes the class, outside of it.
fn is_elsewhere(frame: &FrameRef) -> bool {
    let line = frame.f_lineno();
    let module = frame.code.obj_name.as_str() == "<module>";
    let first = frame.code.first_line_number.map_or(0, OneIndexed::get);
    let outside = |class: &ClassLines| module || first < class.first || class.last < first;
    let elsewhere = |class: &ClassLines| class.header < line && line <= class.last && outside(class);
    with(|trace| trace.classes.iter().any(elsewhere)).unwrap_or(false)
}

/// Modules and bodies of classes end, and return nothing.
fn returns(frame: &FrameRef) -> bool {
    frame.code.flags.contains(CodeFlags::OPTIMIZED) && !pauses(frame)
}

/// A generator is left at each `yield`, and comes back.
fn pauses(frame: &FrameRef) -> bool {
    frame.code.flags.intersects(CodeFlags::GENERATOR | CodeFlags::COROUTINE)
}

fn with<T>(look: impl FnOnce(&mut Trace) -> T) -> Option<T> {
    TRACE.with_borrow_mut(|trace| trace.as_mut().map(look))
}

fn step(frame: &FrameRef, returned: Option<String>, vm: &VirtualMachine) -> PyResult<()> {
    if with(|trace| trace.seen.cut || trace.seen.steps.len() >= trace.steps_max).unwrap_or(false) {
        return cut(vm);
    }
    let names = names(frame, vm)?;
    let line = u32::try_from(frame.f_lineno()).unwrap_or(u32::MAX);
    let printed_bytes = console::printed_bytes();
    let id = frame.as_object().get_id();
    let function = function(frame);
    let fits = with(|trace| {
        let changed = trace.changed(id, &names);
        let names_bytes: usize =
            changed.iter().map(|(name, text)| json_bytes(name) + json_bytes(text) + 2).sum();
        let bytes = names_bytes + json_bytes(&function) + returned.as_deref().map_or(0, json_bytes) + 100;
        let fits = trace.budget.take(bytes);
        if fits {
            trace.shown.insert(id, names);
            trace.seen.steps.push(Step { line, function, changed, returned, printed_bytes });
        }
        fits
    });
    if fits.unwrap_or(true) { Ok(()) } else { cut(vm) }
}

/// Stops the program: what comes is not looked at.
fn cut(vm: &VirtualMachine) -> PyResult<()> {
    with(|trace| trace.seen.cut = true);
    Err(vm.new_exception_empty(vm.ctx.exceptions.system_exit.to_owned()))
}

/// The names of a frame, with their values as they are written.
fn names(frame: &FrameRef, vm: &VirtualMachine) -> PyResult<BTreeMap<String, String>> {
    let own = frame.code.flags.contains(CodeFlags::OPTIMIZED);
    let mapping = if own { frame.locals(vm)?.as_object().to_owned() } else { frame.locals.into_object(vm) };
    // A class body may have a mapping of the learner's own: it is not asked.
    let Some(dict) = mapping.downcast_ref_if_exact::<PyDict>(vm) else { return Ok(BTreeMap::new()) };
    let mut names = BTreeMap::new();
    for (key, value) in dict.items_vec() {
        let Some(name) = key.downcast_ref_if_exact::<PyStr>(vm) else { continue };
        let name = name.as_wtf8().to_string_lossy();
        let hidden =
            name.starts_with("__") || name.starts_with('.') || value.downcast_ref::<PyModule>().is_some();
        if !hidden && names.len() < NAMES_MAX {
            names.insert(name.chars().take(80).collect(), written(&value, vm));
        }
    }
    Ok(names)
}
