//! Memory of this process as Linux tells it.

fn mib(field: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(field))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Greatest resident memory so far (VmHWM), in MiB; `None` where the system does not tell.
pub fn peak_mib() -> Option<f64> {
    mib("VmHWM:")
}

/// Resident memory now (VmRSS), in MiB.
pub fn resident_mib() -> Option<f64> {
    mib("VmRSS:")
}

/// The peak is counted from now on. Where the system refuses that it stays what it was, and is too great rather than
/// too small.
pub fn forget_peak() {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// Processor time of this process so far, in seconds: all threads, user and system.
pub fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; the fields after it are numbers (proc_pid_stat(5)).
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_ascii_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
