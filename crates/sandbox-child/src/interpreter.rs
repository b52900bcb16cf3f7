//! Builds the interpreter and runs the prelude, so that what serves is warm.
//!
//! Not here: what is run in it (`cases`).

use std::cell::RefCell;

use rustpython_vm::builtins::{PyBaseExceptionRef, PyStr, PyType, PyTypeRef};
use rustpython_vm::compiler::Mode;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::signal::UserSignalReceiver;
use rustpython_vm::{
    AsObject as _, Interpreter, Py, PyObjectRef, PyPayload as _, PyResult, Settings, VirtualMachine,
};
use sandbox::Limit;

use crate::{natives, nesting};

/// How deep calls may go, as CPython has it.
pub(crate) const RECURSION_MAX: usize = 1_000;

/// In order. Each is a file of ours in `prelude/`, run in a module that is gone afterwards.
const PRELUDE: [(&str, &str); 4] = [
    ("<prelude/system>", include_str!("prelude/system.py")),
    ("<prelude/time>", include_str!("prelude/time.py")),
    ("<prelude/imports>", include_str!("prelude/imports.py")),
    ("<prelude/warm>", include_str!("prelude/warm.py")),
];

thread_local! {
    /// What is raised where a limit is reached: classes of our own, so that what a program raises is told apart from them.
    static LIMITS: RefCell<Option<LimitClasses>> = const { RefCell::new(None) };
}

#[derive(Clone)]
struct LimitClasses {
    /// No `Exception`, so that only a bare `except` catches it.
    time: PyTypeRef,
    /// A `MemoryError`.
    memory: PyTypeRef,
}

/// An interpreter without files, sockets, processes and threads, the prelude not yet run.
pub(crate) fn build(signals: UserSignalReceiver) -> Interpreter {
    let mut settings = Settings::default();
    settings.install_signal_handlers = false;
    settings.import_site = false;
    settings.isolated = true;
    settings.write_bytecode = false;
    settings.ignore_environment = true;
    settings.user_site_directory = false;
    settings.safe_path = true;
    settings.allow_external_library = false;
    settings.path_list.clear();
    settings.argv = vec![crate::cases::FILE.to_owned()];
    // The order of sets must not differ from run to run.
    settings.hash_seed = Some(0);
    let builder = Interpreter::builder(settings);
    let modules = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    let own = natives::module_def(&builder.ctx);
    builder
        .add_native_modules(&modules)
        .add_native_module(own)
        .add_frozen_modules(rustpython_pylib::FROZEN_STDLIB)
        .init_hook(move |vm: &mut VirtualMachine| vm.set_user_signal_channel(signals))
        .build()
}

/// Makes the interpreter what exercises expect.
///
/// # Errors
/// What the prelude raised: a mistake of ours.
pub(crate) fn prepare(vm: &VirtualMachine) -> PyResult<()> {
    vm.recursion_limit.set(RECURSION_MAX);
    let class = |name: &str, base: &Py<PyType>| {
        vm.ctx.new_exception_type("builtins", name, Some(vec![base.to_owned()]))
    };
    LIMITS.replace(Some(LimitClasses {
        time: class("TimeoutError", vm.ctx.exceptions.base_exception_type),
        memory: class("MemoryError", vm.ctx.exceptions.memory_error),
    }));
    // Makes the classes of the streams.
    vm.import("_exercise", 0)?;
    restore_streams(vm)?;
    guard_parser(vm)?;
    for (name, source) in PRELUDE {
        let scope = vm.new_scope_with_builtins();
        scope.globals.set_item("__name__", vm.ctx.new_str("prelude").into(), vm)?;
        let code = vm
            .compile(source, Mode::Exec, name.to_owned())
            .map_err(|error| vm.new_syntax_error(&error, Some(source)))?;
        vm.run_code_obj(code, scope)?;
    }
    Ok(())
}

/// Looks at every text before the parser does, which goes down with what is nested too deep.
fn guard_parser(vm: &VirtualMachine) -> PyResult<()> {
    let names = vm.builtins.dict();
    for name in ["eval", "exec", "compile"] {
        let parse = names.get_item(name, vm)?;
        let guarded = move |arguments: FuncArgs, vm: &VirtualMachine| {
            let text = arguments.args.first().and_then(|text| text.downcast_ref::<PyStr>());
            let text = text.map(|text| text.as_wtf8().to_string_lossy());
            if let Some((message, _)) = text.and_then(|text| nesting::too_deep(&text)) {
                let class = vm.ctx.exceptions.syntax_error.to_owned();
                return Err(vm.new_exception_msg(class, message.to_owned().into()));
            }
            parse.call_with_args(arguments, vm)
        };
        names.set_item(name, vm.new_function(name, guarded).into(), vm)?;
    }
    Ok(())
}

/// Puts the streams where a program looks for them, new ones each time.
///
/// # Errors
/// Where `sys` cannot be written to.
pub(crate) fn restore_streams(vm: &VirtualMachine) -> PyResult<()> {
    let streams: [(&str, PyObjectRef); 3] = [
        ("stdin", natives::Reader {}.into_ref(&vm.ctx).into()),
        ("stdout", natives::Writer { stands_for: 1 }.into_ref(&vm.ctx).into()),
        ("stderr", natives::Writer { stands_for: 2 }.into_ref(&vm.ctx).into()),
    ];
    let names = vm.sys_module.dict();
    for (name, stream) in streams {
        names.set_item(format!("__{name}__").as_str(), stream.clone(), vm)?;
        names.set_item(name, stream, vm)?;
    }
    Ok(())
}

/// Lets the collector of garbage forget what is there: it is there for good, and not worth looking at in each run. A forked
/// child that looked at it would have to copy it.
pub(crate) fn settle() {
    let collector = rustpython_vm::gc_state::gc_state();
    collector.collect_force(2);
    collector.freeze();
}

/// What is raised in a program that reaches a limit.
pub(crate) fn limit(limit: Limit, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let classes = LIMITS.with_borrow(Clone::clone);
    let (class, text) = match limit {
        Limit::Time => (classes.map(|classes| classes.time), "the program took too long"),
        Limit::Memory => {
            (classes.map(|classes| classes.memory), "the program holds too much in memory at once")
        }
    };
    let class = class.unwrap_or_else(|| vm.ctx.exceptions.keyboard_interrupt.to_owned());
    vm.new_exception_msg(class, text.to_owned().into())
}

/// The limit that an exception stands for.
pub(crate) fn limit_of(exception: &PyBaseExceptionRef) -> Option<Limit> {
    LIMITS.with_borrow(|classes| {
        let classes = classes.as_ref()?;
        let known = [(&classes.time, Limit::Time), (&classes.memory, Limit::Memory)];
        known.into_iter().find(|(class, _)| exception.class().is(*class)).map(|(_, limit)| limit)
    })
}

#[cfg(test)]
mod tests {
    use rustpython_vm::signal::user_signal_channel;

    use super::{build, prepare};
    use crate::tidy::Before;

    #[test]
    fn the_prelude_runs() {
        // Two interpreters in one process would share what is static: this is the only test that builds one.
        let (_signals, taken) = user_signal_channel();
        let broken = build(taken).enter(|vm| {
            let exception = prepare(vm).and_then(|()| Before::now(vm)).err()?;
            let mut text = String::new();
            vm.write_exception(&mut text, &exception).unwrap();
            Some(text)
        });
        assert_eq!(broken, None);
    }
}
