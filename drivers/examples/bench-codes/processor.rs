//! Time on the processor.

use rustix::time::{ClockId, clock_gettime};

/// What this thread has had of the processor since it began, ms: what others do on a busy machine does not count.
pub(crate) fn processor_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
