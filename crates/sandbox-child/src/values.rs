//! Python values, taken apart and put together: by exact type, so that no code of the learner's runs.
//!
//! Not here: values as a trace shows them (`written`).

use rustpython_vm::builtins::{PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyStr, PyTuple};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyPayload as _, PyResult, VirtualMachine};
use sandbox::Value;

/// An integer of more bits has more digits than Python itself would write (4,300).
pub(crate) const INT_BITS_MAX: u64 = 14_284;

/// What may still be said of a case's values: its line to the parent has an end.
pub(crate) struct Budget {
    /// In bytes of JSON.
    line_bytes: usize,
}

impl Budget {
    /// For one case: what `sandbox::wire::LINE_MAX_BYTES` leaves beside the printed text.
    pub(crate) const fn of_a_case() -> Self {
        Self { line_bytes: 3 << 20 }
    }

    /// Whether there was still room for so much.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let enough = bytes <= self.line_bytes;
        self.line_bytes = if enough { self.line_bytes - bytes } else { 0 };
        enough
    }
}

/// The length of a text as JSON has it, or more.
pub(crate) fn json_bytes(text: &str) -> usize {
    let escaped: usize =
        text.bytes().map(|byte| if byte < 0x20 || byte == b'"' || byte == b'\\' { 6 } else { 1 }).sum();
    escaped + 2
}

/// Takes a value apart.
pub(crate) fn taken(object: &PyObject, budget: &mut Budget, vm: &VirtualMachine) -> Value {
    Taking { parts: 0, budget, vm }.value(object, 0)
}

struct Taking<'a> {
    parts: usize,
    budget: &'a mut Budget,
    vm: &'a VirtualMachine,
}

impl Taking<'_> {
    fn value(&mut self, object: &PyObject, depth: usize) -> Value {
        self.parts += 1;
        // The name of the variant, brackets and commas.
        if depth >= Value::DEPTH_MAX || self.parts > Value::PARTS_MAX || !self.budget.take(16) {
            return Value::TooLarge;
        }
        let types = &self.vm.ctx.types;
        let class = object.class();
        if self.vm.is_none(object) {
            Value::None
        } else if class.is(types.bool_type) {
            Value::Bool(object.is(&self.vm.ctx.true_value))
        } else if class.is(types.int_type) {
            self.int(object)
        } else if class.is(types.float_type) {
            object.downcast_ref::<PyFloat>().map_or(Value::TooLarge, |float| Value::Float(float.to_f64()))
        } else if class.is(types.str_type) {
            self.str(object)
        } else {
            self.collection(object, depth)
        }
    }

    fn int(&mut self, object: &PyObject) -> Value {
        let Some(int) = object.downcast_ref::<PyInt>() else { return Value::TooLarge };
        if int.as_bigint().bits() > INT_BITS_MAX {
            return Value::TooLarge;
        }
        let digits = int.as_bigint().to_string();
        if self.budget.take(digits.len()) { Value::Int(digits) } else { Value::TooLarge }
    }

    fn str(&mut self, object: &PyObject) -> Value {
        let Some(text) = object.downcast_ref::<PyStr>() else { return Value::TooLarge };
        // Looked at before it is copied: it may be most of what the program may hold.
        if text.byte_len() > self.budget.line_bytes {
            return Value::TooLarge;
        }
        let text = text.as_wtf8().to_string_lossy();
        if self.budget.take(json_bytes(&text)) { Value::Str(text.into_owned()) } else { Value::TooLarge }
    }

    fn collection(&mut self, object: &PyObject, depth: usize) -> Value {
        let types = &self.vm.ctx.types;
        let class = object.class();
        if class.is(types.list_type) {
            // Copied up to where it is cut: taking apart runs nobody's code, but dropping might.
            let items = object.downcast_ref::<PyList>().map(|list| self.few(&list.borrow_vec()));
            self.all(items, depth).map_or(Value::TooLarge, Value::List)
        } else if class.is(types.tuple_type) {
            let items = object.downcast_ref::<PyTuple>().map(|tuple| self.few(tuple.as_slice()));
            self.all(items, depth).map_or(Value::TooLarge, Value::Tuple)
        } else if class.is(types.set_type) {
            let items = object.downcast_ref::<PySet>().map(|set| set.elements());
            self.all(items, depth).map_or(Value::TooLarge, Value::Set)
        } else if class.is(types.frozenset_type) {
            let items = object.downcast_ref::<PyFrozenSet>().map(|set| set.elements());
            self.all(items, depth).map_or(Value::TooLarge, Value::Set)
        } else if class.is(types.dict_type) {
            self.dict(object, depth)
        } else {
            self.other(object)
        }
    }

    /// One more than may be looked at, so that too many are seen to be too many.
    fn few(&self, items: &[PyObjectRef]) -> Vec<PyObjectRef> {
        items.iter().take(Value::PARTS_MAX + 1).cloned().collect()
    }

    /// All of them, or none where they are too many: half a list is a wrong list.
    fn all(&mut self, items: Option<Vec<PyObjectRef>>, depth: usize) -> Option<Vec<Value>> {
        let items = items?;
        if self.parts + items.len() > Value::PARTS_MAX {
            self.parts = Value::PARTS_MAX;
            return None;
        }
        Some(items.iter().map(|item| self.value(item, depth + 1)).collect())
    }

    fn dict(&mut self, object: &PyObject, depth: usize) -> Value {
        let Some(dict) = object.downcast_ref::<PyDict>() else { return Value::TooLarge };
        if self.parts + 2 * dict.__len__() > Value::PARTS_MAX {
            self.parts = Value::PARTS_MAX;
            return Value::TooLarge;
        }
        let items = dict.items_vec();
        let pairs =
            items.iter().map(|(key, value)| (self.value(key, depth + 1), self.value(value, depth + 1)));
        Value::Dict(pairs.collect())
    }

    fn other(&mut self, object: &PyObject) -> Value {
        let name = class_name(object);
        if self.budget.take(json_bytes(&name)) { Value::Other(name) } else { Value::TooLarge }
    }
}

/// The name of an object's type, without its module, cut at 200 characters.
pub(crate) fn class_name(object: &PyObject) -> String {
    let name = object.class().name().to_string();
    name.rsplit('.').next().unwrap_or_default().chars().take(200).collect()
}

/// Puts a value together.
///
/// # Errors
/// `TypeError` and the like where there is no such value: a list in a set, [`Value::Other`].
pub(crate) fn made(value: &Value, vm: &VirtualMachine) -> PyResult {
    let all = |values: &[Value]| values.iter().map(|value| made(value, vm)).collect::<PyResult<Vec<_>>>();
    Ok(match value {
        Value::None => vm.ctx.none(),
        Value::Bool(value) => vm.ctx.new_bool(*value).into(),
        Value::Int(digits) => match digits.parse::<i64>() {
            Ok(small) => vm.ctx.new_int(small).into(),
            Err(_) => vm.ctx.types.int_type.as_object().call((vm.ctx.new_str(digits.as_str()),), vm)?,
        },
        Value::Float(value) => vm.ctx.new_float(*value).into(),
        Value::Str(text) => vm.ctx.new_str(text.as_str()).into(),
        Value::List(values) => vm.ctx.new_list(all(values)?).into(),
        Value::Tuple(values) => vm.ctx.new_tuple(all(values)?).into(),
        Value::Set(values) => {
            let set = PySet::default().into_ref(&vm.ctx);
            for value in all(values)? {
                set.add(value, vm)?;
            }
            set.into()
        }
        Value::Dict(pairs) => {
            let dict = vm.ctx.new_dict();
            for (key, value) in pairs {
                dict.set_item(&*made(key, vm)?, made(value, vm)?, vm)?;
            }
            dict.into()
        }
        Value::Other(_) | Value::TooLarge => {
            return Err(vm.new_type_error("this value cannot be made from outside".to_owned()));
        }
    })
}
