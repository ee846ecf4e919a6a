//! The code scanner: whether its port is there and can be taken. It speaks only when a code is held to it.

use domain::device::TerminalDevice;

use super::{TestReport, Trial};
use crate::code_scanner;
use crate::transport::PortAddress;

/// Tests the scanner at a port. No code is waited for.
pub fn code_scanner(port: &PortAddress) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::CodeScanner);
    match trial.step("open", || code_scanner::open(port)) {
        Ok(_closed) => trial.end(None, None),
        Err(error) => {
            let cause = error.cause();
            trial.failed(cause, &error)
        }
    }
}
