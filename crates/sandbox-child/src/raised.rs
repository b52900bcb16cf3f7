//! Exceptions as a report tells of them.
//!
//! Not here: how the process ends where an exception is not heeded (`watchdog`).

use rustpython_vm::builtins::{PyBaseExceptionRef, PyInt, PyStr};
use rustpython_vm::frame::FrameRef;
use rustpython_vm::{AsObject as _, PyObjectRef, VirtualMachine};
use sandbox::{Frame, Outcome, Raised};

use crate::cases::FILE;
use crate::interpreter::limit_of;
use crate::values::class_name;

/// The longest text, in characters.
const MESSAGE_MAX: usize = 2_000;
/// The most frames: of a recursion without end the innermost tell all.
const FRAMES_MAX: usize = 20;

/// How a case ended that ended by this.
pub(crate) fn outcome(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> Outcome {
    if exception.fast_isinstance(vm.ctx.exceptions.system_exit) {
        return Outcome::Exited { status: status(exception, vm) };
    }
    let syntax = exception.fast_isinstance(vm.ctx.exceptions.syntax_error);
    let frames = frames(exception);
    // A mistake in the program's own text has no frame. One that `eval` found has a line of another text.
    let line = match frames.last() {
        Some(frame) => Some(frame.line),
        None if syntax => attribute(exception, "lineno", vm).and_then(|line| whole(&line)),
        None => None,
    };
    let message = if syntax { attribute(exception, "msg", vm) } else { None };
    let message = message.and_then(|message| message.downcast::<PyStr>().ok());
    let message = message.or_else(|| exception.as_object().str(vm).ok());
    let message =
        message.map(|text| text.as_wtf8().to_string_lossy().chars().take(MESSAGE_MAX).collect::<String>());
    Outcome::Raised(Raised {
        type_name: class_name(exception.as_object()),
        limit: limit_of(exception),
        // The interpreter leaves a space where it has nothing to add.
        message: message.unwrap_or_default().trim_end().to_owned(),
        line,
        frames,
    })
}

fn status(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> i32 {
    let args = exception.args();
    match args.as_slice() {
        [] => 0,
        [only] if vm.is_none(only) => 0,
        [only] => match only.downcast_ref::<PyInt>() {
            // What a shell sees is a byte.
            Some(int) => {
                int.as_bigint().to_string().parse::<i128>().map_or(255, |code| i32::from(low_byte(code)))
            }
            // A text goes to standard error.
            None => 1,
        },
        _ => 1,
    }
}

fn low_byte(code: i128) -> u8 {
    code.to_le_bytes()[0]
}

/// The frames of the learner's own text, outermost first.
fn frames(exception: &PyBaseExceptionRef) -> Vec<Frame> {
    let mut frames = std::collections::VecDeque::new();
    let mut next = exception.__traceback__();
    while let Some(traceback) = next {
        if own(&traceback.frame) {
            let line = u32::try_from(traceback.lineno.get()).unwrap_or(u32::MAX);
            frames.push_back(Frame { function: function(&traceback.frame), line });
            if frames.len() > FRAMES_MAX {
                frames.pop_front();
            }
        }
        next = traceback.next.lock().clone();
    }
    frames.into()
}

/// Whether a frame runs the learner's text.
pub(crate) fn own(frame: &FrameRef) -> bool {
    frame.code.source_path().as_str() == FILE
}

/// The name of a frame's function.
pub(crate) fn function(frame: &FrameRef) -> String {
    frame.code.obj_name.as_str().chars().take(200).collect()
}

fn attribute(exception: &PyBaseExceptionRef, name: &'static str, vm: &VirtualMachine) -> Option<PyObjectRef> {
    exception.as_object().get_attr(name, vm).ok()
}

fn whole(object: &PyObjectRef) -> Option<u32> {
    object.downcast_ref::<PyInt>()?.as_bigint().to_string().parse().ok()
}
