//! What the operating system says about this process.

/// Resident memory in bytes; `None` where the system does not say (it is Linux's /proc that is read).
pub(crate) fn resident_memory_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let size_kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(size_kib * 1024.0)
}
