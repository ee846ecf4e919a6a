//! Time on the processor.

/// What this thread has had of the processor since it began, ms: what others do on a busy machine does not count.
pub(crate) fn processor_ms() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    statistics.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}
