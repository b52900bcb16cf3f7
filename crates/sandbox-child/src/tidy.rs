//! Puts back what a case may have changed for those behind it.
//!
//! The names in `builtins`, `sys` and the modules that were there at the start, the lists in `sys`, the streams, the
//! recursion limit, the generator of random numbers, tracing. Not put back: what is inside of a class or a list of the
//! library; a program that changes these spoils its own later cases, and those of the programs in the same job.

use std::cell::Cell;

use rustpython_vm::builtins::{PyDictRef, PyList, PyListRef, PyModule};
use rustpython_vm::{AsObject as _, PyObjectRef, PyResult, VirtualMachine};

use crate::interpreter::{RECURSION_MAX, restore_streams};

/// A module's names as they were.
struct Names {
    dict: PyDictRef,
    items: Vec<(PyObjectRef, PyObjectRef)>,
}

/// A list of `sys` as it was: who finds modules, and where.
struct Parts {
    list: PyListRef,
    items: Vec<PyObjectRef>,
}

/// The interpreter as it was before the first case.
///
/// To look at a name is to count a reference to what it stands for, which in a forked child means to copy the page that it
/// lies on: to look at all of them costs more than a small program does. So nothing is looked at that nobody can have
/// changed.
pub(crate) struct Before {
    /// Nothing has run since.
    fresh: Cell<bool>,
    modules: Names,
    lists: Vec<Parts>,
    names: Vec<Names>,
    reseed: PyObjectRef,
}

impl Names {
    fn of(dict: PyDictRef) -> Self {
        let items = dict.items_vec();
        Self { dict, items }
    }

    /// The names of each module among them.
    fn of_each(&self) -> Vec<Self> {
        let modules = self.items.iter().filter_map(|(_, module)| module.downcast_ref::<PyModule>());
        modules.map(|module| Self::of(module.dict())).collect()
    }

    /// By identity: nothing of the learner's is asked.
    fn is_as_it_was(&self) -> bool {
        let now = self.dict.items_vec();
        let same = |((key, value), (key_then, value_then)): (
            &(PyObjectRef, PyObjectRef),
            &(PyObjectRef, PyObjectRef),
        )| { key.is(key_then) && value.is(value_then) };
        now.len() == self.items.len() && now.iter().zip(&self.items).all(same)
    }

    fn restore(&self, vm: &VirtualMachine) -> PyResult<()> {
        if self.is_as_it_was() {
            return Ok(());
        }
        // What goes may have something to say yet, and needs the names for it: it is let go at the end.
        let gone = self.dict.items_vec();
        self.dict.clear();
        for (key, value) in &self.items {
            self.dict.set_item(&**key, value.clone(), vm)?;
        }
        drop(gone);
        Ok(())
    }
}

impl Parts {
    fn of(list: PyListRef) -> Self {
        let items = list.borrow_vec().to_vec();
        Self { list, items }
    }

    fn restore(&self) {
        // Dropped when nobody holds the list any more: what goes may look at it.
        let gone = std::mem::replace(&mut *self.list.borrow_vec_mut(), self.items.clone());
        drop(gone);
    }
}

impl Before {
    /// Remembers.
    ///
    /// # Errors
    /// Where the interpreter lacks what the prelude gave it.
    pub(crate) fn now(vm: &VirtualMachine) -> PyResult<Self> {
        let reseed = vm.sys_module.dict().get_item("_reseed", vm)?;
        vm.sys_module.dict().del_item("_reseed", vm)?;
        let modules = vm.sys_module.dict().get_item("modules", vm)?;
        let modules: PyDictRef =
            modules.downcast().map_err(|_| vm.new_runtime_error("sys.modules is no dict".to_owned()))?;
        let modules = Names::of(modules);
        let names = modules.of_each();
        let values = vm.sys_module.dict().items_vec().into_iter().map(|(_, value)| value);
        let lists = values.filter_map(|value| {
            value.downcast_exact::<PyList>(vm).ok().map(|list| Parts::of(list.into_pyref()))
        });
        Ok(Self { fresh: Cell::new(true), lists: lists.collect(), modules, names, reseed })
    }

    /// Remembers the modules that were imported since, too.
    pub(crate) fn and_now(self) -> Self {
        if self.modules.dict.__len__() == self.modules.items.len() {
            return self;
        }
        let modules = Names::of(self.modules.dict);
        let names = modules.of_each();
        Self { modules, names, ..self }
    }

    /// Puts back. The streams are new; random numbers start anew.
    ///
    /// # Errors
    /// Where even that cannot be done: the interpreter is not to be used any more.
    pub(crate) fn restore(&self, vm: &VirtualMachine) -> PyResult<()> {
        vm.use_tracing.set(false);
        vm.trace_func.replace(vm.ctx.none());
        vm.profile_func.replace(vm.ctx.none());
        vm.recursion_limit.set(RECURSION_MAX);
        if !self.fresh.replace(false) {
            self.modules.restore(vm)?;
            self.lists.iter().for_each(Parts::restore);
            for names in &self.names {
                names.restore(vm)?;
            }
        }
        restore_streams(vm)?;
        self.reseed.call((), vm)?;
        Ok(())
    }
}
