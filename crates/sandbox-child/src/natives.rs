//! What the prelude is given from Rust: the console's objects, `input`, the clock.
//!
//! Written in Rust because a program cannot change it, and because it costs neither a Python frame nor a step of a trace.
//! Nothing in here is secret or dangerous: a program may import it. Not here: what is behind (`console`, `moment`).

pub(crate) use native::{Reader, Writer, module_def};

#[rustpython_vm::pymodule(name = "_exercise")]
mod native {
    use rustpython_vm::builtins::PyStrRef;
    use rustpython_vm::function::{ArgBytesLike, ArgIterable, OptionalArg};
    use rustpython_vm::protocol::PyIterReturn;
    use rustpython_vm::types::{IterNext, Iterable, SelfIter};
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use crate::{console, moment};

    /// `sys.stdout`, and `sys.stderr`, whose text goes nowhere.
    #[pyattr]
    #[pyclass(name = "Writer")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Writer {
        /// Descriptor that it stands for: 1 or 2.
        pub(crate) stands_for: i32,
    }

    #[pyclass]
    impl Writer {
        fn take(&self, bytes: &[u8]) {
            if self.stands_for == 1 {
                console::print(bytes);
            }
        }

        #[pymethod]
        fn write(&self, text: PyStrRef) -> usize {
            self.take(text.as_wtf8().to_string_lossy().as_bytes());
            text.char_len()
        }

        #[pymethod]
        fn writelines(&self, lines: ArgIterable<PyStrRef>, vm: &VirtualMachine) -> PyResult<()> {
            for line in lines.iter(vm)? {
                self.write(line?);
            }
            Ok(())
        }

        #[pymethod]
        fn flush(&self) {}

        #[pymethod]
        fn isatty(&self) -> bool {
            false
        }

        #[pymethod]
        fn readable(&self) -> bool {
            false
        }

        #[pymethod]
        fn writable(&self) -> bool {
            true
        }

        #[pymethod]
        fn seekable(&self) -> bool {
            false
        }

        #[pymethod]
        fn fileno(&self, vm: &VirtualMachine) -> PyResult<i32> {
            Err(vm.new_os_error("the console has no file number here".to_owned()))
        }

        #[pymethod]
        fn reconfigure(&self, _settings: rustpython_vm::function::KwArgs) {}

        #[pygetset]
        fn buffer(&self, vm: &VirtualMachine) -> PyRef<ByteWriter> {
            ByteWriter { stands_for: self.stands_for }.into_ref(&vm.ctx)
        }

        #[pygetset]
        fn closed(&self) -> bool {
            false
        }

        #[pygetset]
        fn encoding(&self) -> &'static str {
            "utf-8"
        }

        #[pygetset]
        fn errors(&self) -> &'static str {
            if self.stands_for == 1 { "strict" } else { "backslashreplace" }
        }

        #[pygetset]
        fn mode(&self) -> &'static str {
            "w"
        }

        #[pygetset]
        fn name(&self) -> &'static str {
            if self.stands_for == 1 { "<stdout>" } else { "<stderr>" }
        }
    }

    /// `sys.stdout.buffer`
    #[pyattr]
    #[pyclass(name = "ByteWriter")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct ByteWriter {
        stands_for: i32,
    }

    #[pyclass]
    impl ByteWriter {
        #[pymethod]
        fn write(&self, bytes: ArgBytesLike) -> usize {
            if self.stands_for == 1 {
                bytes.with_ref(console::print);
            }
            bytes.len()
        }

        #[pymethod]
        fn flush(&self) {}
    }

    /// `sys.stdin`
    #[pyattr]
    #[pyclass(name = "Reader")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct Reader {}

    /// A size as Python gives it: none and negative ones mean all.
    fn size(given: OptionalArg<Option<isize>>) -> Option<usize> {
        given.flatten().and_then(|size| usize::try_from(size).ok())
    }

    #[pyclass(with(IterNext, Iterable))]
    impl Reader {
        #[pymethod]
        fn read(&self, most: OptionalArg<Option<isize>>) -> String {
            console::read(size(most))
        }

        #[pymethod]
        fn readline(&self, most: OptionalArg<Option<isize>>) -> String {
            console::read_line(size(most))
        }

        #[pymethod]
        fn readlines(&self, _hint: OptionalArg<Option<isize>>, vm: &VirtualMachine) -> Vec<PyObjectRef> {
            let lines = std::iter::from_fn(|| Some(console::read_line(None)).filter(|line| !line.is_empty()));
            lines.map(|line| vm.ctx.new_str(line).into()).collect()
        }

        #[pymethod]
        fn isatty(&self) -> bool {
            false
        }

        #[pymethod]
        fn readable(&self) -> bool {
            true
        }

        #[pymethod]
        fn writable(&self) -> bool {
            false
        }

        #[pymethod]
        fn seekable(&self) -> bool {
            false
        }

        #[pymethod]
        fn flush(&self) {}

        #[pymethod]
        fn fileno(&self, vm: &VirtualMachine) -> PyResult<i32> {
            Err(vm.new_os_error("the console has no file number here".to_owned()))
        }

        #[pymethod]
        fn reconfigure(&self, _settings: rustpython_vm::function::KwArgs) {}

        #[pygetset]
        fn buffer(&self, vm: &VirtualMachine) -> PyRef<ByteReader> {
            ByteReader {}.into_ref(&vm.ctx)
        }

        #[pygetset]
        fn closed(&self) -> bool {
            false
        }

        #[pygetset]
        fn encoding(&self) -> &'static str {
            "utf-8"
        }

        #[pygetset]
        fn errors(&self) -> &'static str {
            "strict"
        }

        #[pygetset]
        fn mode(&self) -> &'static str {
            "r"
        }

        #[pygetset]
        fn name(&self) -> &'static str {
            "<stdin>"
        }
    }

    impl SelfIter for Reader {}

    impl IterNext for Reader {
        fn next(_reader: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
            let line = console::read_line(None);
            if line.is_empty() {
                return Ok(PyIterReturn::StopIteration(None));
            }
            Ok(PyIterReturn::Return(vm.ctx.new_str(line).into()))
        }
    }

    /// `sys.stdin.buffer`
    #[pyattr]
    #[pyclass(name = "ByteReader")]
    #[derive(Debug, PyPayload)]
    pub(crate) struct ByteReader {}

    #[pyclass(with(IterNext, Iterable))]
    impl ByteReader {
        #[pymethod]
        fn read(&self, most: OptionalArg<Option<isize>>) -> Vec<u8> {
            console::read(size(most)).into_bytes()
        }

        #[pymethod]
        fn readline(&self, most: OptionalArg<Option<isize>>) -> Vec<u8> {
            console::read_line(size(most)).into_bytes()
        }

        #[pymethod]
        fn readlines(&self, vm: &VirtualMachine) -> Vec<PyObjectRef> {
            let lines = std::iter::from_fn(|| Some(console::read_line(None)).filter(|line| !line.is_empty()));
            lines.map(|line| vm.ctx.new_bytes(line.into_bytes()).into()).collect()
        }
    }

    impl SelfIter for ByteReader {}

    impl IterNext for ByteReader {
        fn next(_reader: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
            let line = console::read_line(None);
            if line.is_empty() {
                return Ok(PyIterReturn::StopIteration(None));
            }
            Ok(PyIterReturn::Return(vm.ctx.new_bytes(line.into_bytes()).into()))
        }
    }

    /// `input`: as CPython's where standard input is no terminal. Goes through `sys.stdin` and `sys.stdout`, which a
    /// program may have replaced.
    #[pyfunction]
    fn input(prompt: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
        let stream = |name: &'static str| {
            let found = vm.sys_module.get_attr(name, vm);
            found.map_err(|_| vm.new_runtime_error(format!("input(): lost sys.{name}")))
        };
        let (stdin, stdout) = (stream("stdin")?, stream("stdout")?);
        if let OptionalArg::Present(prompt) = prompt {
            vm.call_method(&stdout, "write", (prompt.str(vm)?,))?;
        }
        vm.call_method(&stdout, "flush", ())?;
        let line = vm.call_method(&stdin, "readline", ())?;
        let line: PyStrRef = line
            .downcast()
            .map_err(|_| vm.new_type_error("object.readline() returned non-string".to_owned()))?;
        if line.is_empty() {
            let text = "EOF when reading a line".to_owned();
            return Err(vm.new_exception_msg(vm.ctx.exceptions.eof_error.to_owned(), text.into()));
        }
        let text = line.as_wtf8().to_string_lossy();
        Ok(vm.ctx.new_str(text.strip_suffix('\n').unwrap_or(&text)).into())
    }

    #[pyfunction]
    fn wall_ns() -> u64 {
        moment::wall_ns()
    }

    #[pyfunction]
    fn monotonic_ns() -> u64 {
        moment::monotonic_ns()
    }

    #[pyfunction]
    fn counter_ns() -> u64 {
        moment::counter_ns()
    }

    #[pyfunction]
    fn sleep(seconds: f64) {
        moment::sleep(seconds);
    }
}
