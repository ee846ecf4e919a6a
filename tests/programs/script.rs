//! A program of a few lines of shell that stands in for somebody's.

use std::path::Path;
use std::process::Command;

/// Makes it, with `lines` after the first line that says shell.
///
/// A process of its own writes it: a program that another test starts at that moment would inherit the open file from this one
/// and hold it until its own execve, and what somebody holds open for writing is not started (ETXTBSY, execve(2)).
pub(crate) fn made(program: &Path, lines: &str) {
    let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 755 \"$0\"";
    let status = Command::new("/bin/sh").args(["-c", write]).arg(program).arg(lines).status().unwrap();
    assert!(status.success(), "{}: {status}", program.display());
}
