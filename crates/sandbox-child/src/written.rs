//! Values as a trace shows them: as Python writes them, cut short, by exact type.
//!
//! Looks at no more than it shows: a list of a million costs what a list of ten does. Not here: values to be compared
//! (`values`).

use rustpython_vm::builtins::{
    PyDict, PyFloat, PyFrozenSet, PyFunction, PyInt, PyList, PyModule, PySet, PyStr, PyTuple, PyType,
};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, VirtualMachine};

use crate::values::{INT_BITS_MAX, class_name};

/// The longest text, in characters.
const MOST: usize = 80;
const DEPTH_MAX: usize = 20;

/// A value as Python writes it, cut at 80 characters; of the learner's own classes, the class.
pub(crate) fn written(object: &PyObject, vm: &VirtualMachine) -> String {
    let mut writing = Writing { text: String::new(), room: MOST + 1, vm };
    writing.value(object, 0);
    let mut text = writing.text;
    if text.chars().count() > MOST {
        let end = text.char_indices().nth(MOST - 1).map_or(text.len(), |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
    text
}

struct Writing<'a> {
    text: String,
    /// Characters that are still looked at.
    room: usize,
    vm: &'a VirtualMachine,
}

impl Writing<'_> {
    fn put(&mut self, text: &str) {
        let mut taken = 0;
        self.text.extend(text.chars().take(self.room).inspect(|_| taken += 1));
        self.room -= taken;
    }

    fn value(&mut self, object: &PyObject, depth: usize) {
        let types = &self.vm.ctx.types;
        let class = object.class();
        if depth > DEPTH_MAX {
            self.put("...");
        } else if self.vm.is_none(object) {
            self.put("None");
        } else if class.is(types.bool_type) {
            self.put(if object.is(&self.vm.ctx.true_value) { "True" } else { "False" });
        } else if let Some(int) = object.downcast_ref_if_exact::<PyInt>(self.vm) {
            self.int(int);
        } else if let Some(float) = object.downcast_ref_if_exact::<PyFloat>(self.vm) {
            self.put(&rustpython_vm::literal::float::to_string(float.to_f64()));
        } else if let Some(text) = object.downcast_ref_if_exact::<PyStr>(self.vm) {
            self.str(text);
        } else {
            self.collection(object, depth);
        }
    }

    fn int(&mut self, int: &PyInt) {
        if int.as_bigint().bits() > INT_BITS_MAX {
            self.put("<a very large int>");
        } else {
            self.put(&int.as_bigint().to_string());
        }
    }

    fn str(&mut self, text: &PyStr) {
        let lossy = text.as_wtf8().to_string_lossy();
        let start: String = lossy.chars().take(self.room).collect();
        match self.vm.ctx.new_str(start).as_object().repr(self.vm) {
            Ok(repr) => self.put(&repr.as_wtf8().to_string_lossy()),
            Err(_) => self.put("'...'"),
        }
    }

    fn collection(&mut self, object: &PyObject, depth: usize) {
        let vm = self.vm;
        if let Some(list) = object.downcast_ref_if_exact::<PyList>(vm) {
            let items = list.borrow_vec().iter().take(MOST).cloned().collect();
            self.items("[", items, "]", depth);
        } else if let Some(tuple) = object.downcast_ref_if_exact::<PyTuple>(vm) {
            let items: Vec<_> = tuple.as_slice().iter().take(MOST).cloned().collect();
            let close = if items.len() == 1 { ",)" } else { ")" };
            self.items("(", items, close, depth);
        } else if let Some(set) = object.downcast_ref_if_exact::<PySet>(vm) {
            let items = set.elements();
            if items.is_empty() { self.put("set()") } else { self.items("{", items, "}", depth) }
        } else if let Some(set) = object.downcast_ref_if_exact::<PyFrozenSet>(vm) {
            let items = set.elements();
            if items.is_empty() {
                self.put("frozenset()")
            } else {
                self.items("frozenset({", items, "})", depth)
            }
        } else if let Some(dict) = object.downcast_ref_if_exact::<PyDict>(vm) {
            self.dict(dict, depth);
        } else {
            self.other(object);
        }
    }

    fn items(&mut self, open: &str, items: Vec<PyObjectRef>, close: &str, depth: usize) {
        self.put(open);
        for (place, item) in items.iter().enumerate() {
            if self.room == 0 {
                return;
            }
            if place > 0 {
                self.put(", ");
            }
            self.value(item, depth + 1);
        }
        self.put(close);
    }

    fn dict(&mut self, dict: &PyDict, depth: usize) {
        self.put("{");
        for (place, (key, value)) in dict.items_vec().iter().enumerate() {
            if self.room == 0 {
                return;
            }
            if place > 0 {
                self.put(", ");
            }
            self.value(key, depth + 1);
            self.put(": ");
            self.value(value, depth + 1);
        }
        self.put("}");
    }

    fn other(&mut self, object: &PyObject) {
        let vm = self.vm;
        if let Some(class) = object.downcast_ref::<PyType>() {
            self.put(&format!("<class '{}'>", class.name()));
        } else if let Some(module) = object.downcast_ref_if_exact::<PyModule>(vm) {
            let name = module.dict().get_item_opt("__name__", vm).ok().flatten();
            let name = name.and_then(|name| name.downcast::<PyStr>().ok());
            let name = name.map(|name| name.as_wtf8().to_string_lossy().into_owned());
            self.put(&format!("<module '{}'>", name.unwrap_or_default()));
        } else if object.downcast_ref_if_exact::<PyFunction>(vm).is_some() {
            self.put("<function>");
        } else {
            self.put(&format!("<{} object>", class_name(object)));
        }
    }
}
