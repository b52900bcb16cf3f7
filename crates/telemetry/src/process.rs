//! What the operating system says about this process, under the names that every client of Prometheus uses.
//!
//! Read from /proc by hand: it is four numbers. Not here: what the agents count themselves (`metrics`).

use std::fs;

use prometheus::{Counter, Gauge, Registry};

use crate::metrics::registered;

/// Ticks a second in /proc, on every Linux that is served.
const TICKS_PER_SECOND: f64 = 100.0;

/// The numbers. Where the system does not say (it is Linux that does) they stay 0.
#[derive(Debug)]
pub(crate) struct Process {
    started: Gauge,
    processor: Counter,
    memory: Gauge,
    files: Gauge,
}

impl Process {
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str| registered(registry, Gauge::new(name, help)?);
        let processor = Counter::new("process_cpu_seconds_total", "User and system processor time spent.")?;
        let process = Self {
            started: gauge("process_start_time_seconds", "When the process began, since 1970.")?,
            processor: registered(registry, processor)?,
            memory: gauge("process_resident_memory_bytes", "Resident memory size in bytes.")?,
            files: gauge("process_open_fds", "Open file descriptors.")?,
        };
        if let Some(started) = started_seconds() {
            process.started.set(started);
        }
        Ok(process)
    }

    /// Looks anew.
    pub(crate) fn measure(&self) {
        if let Some(size_bytes) = resident_memory_bytes() {
            self.memory.set(size_bytes);
        }
        if let Some(files) = open_files() {
            self.files.set(files);
        }
        if let Some(seconds) =
            stat().and_then(|stat| Some((ticks(&stat, UTIME)? + ticks(&stat, STIME)?) / TICKS_PER_SECOND))
        {
            // Two scrapes at once may each see the other's: it never falls.
            self.processor.inc_by((seconds - self.processor.get()).max(0.0));
        }
    }
}

/// Places in /proc/self/stat behind the program's name, which may hold anything.
const UTIME: usize = 11;
const STIME: usize = 12;
const STARTTIME: usize = 19;

/// The fields behind the program's name.
fn stat() -> Option<String> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    text.rsplit_once(')').map(|(_, fields)| fields.to_owned())
}

fn ticks(stat: &str, place: usize) -> Option<f64> {
    stat.split_whitespace().nth(place)?.parse().ok()
}

fn started_seconds() -> Option<f64> {
    let system = fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(boot + ticks(&stat()?, STARTTIME)? / TICKS_PER_SECOND)
}

fn resident_memory_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let size_kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(size_kib * 1024.0)
}

/// Without the one that is open to count them.
fn open_files() -> Option<f64> {
    let files = fs::read_dir("/proc/self/fd").ok()?.count();
    Some(files.saturating_sub(1) as f64)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::hint::black_box;

    use super::*;

    #[test]
    fn the_process_is_told_as_the_system_sees_it() {
        let process = Process::register(&Registry::new()).unwrap();
        process.measure();
        assert!(process.memory.get() > 1e6, "{}", process.memory.get());
        // Begun after 2020, and before the folder of a file that is made now.
        let now = tempfile::tempfile().unwrap().metadata().unwrap().modified().unwrap();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
        let started = process.started.get();
        assert!(started > 1.6e9 && started <= now + 1.0, "{started}, {now}");
    }

    #[test]
    fn processor_time_grows_with_work() {
        let process = Process::register(&Registry::new()).unwrap();
        process.measure();
        let before = process.processor.get();
        let mut sum = 0_u64;
        while process.processor.get() < before + 0.05 {
            (0..1_000_000_u64).for_each(|number| sum = sum.wrapping_add(black_box(number)));
            process.measure();
        }
        assert!(sum > 0);
    }

    #[test]
    fn open_files_are_counted() {
        let process = Process::register(&Registry::new()).unwrap();
        let held: Vec<_> = (0..100).map(|_| File::open("/dev/null").unwrap()).collect();
        process.measure();
        // Other tests of this binary may open and close some beside it.
        assert!(process.files.get() >= 100.0, "{}", process.files.get());
        drop(held);
    }
}
