//! An error with its causes, for a log or a command line.

use std::error::Error;
use std::fmt;

/// An error and what caused it, in one line: `reading failed: line is gone: I/O error`.
#[derive(Debug)]
pub struct Chain<'e>(pub &'e dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the slip cannot be printed")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn causes_follow_in_one_line() {
        let error = Outer(std::io::Error::other("the cable is out"));
        assert_eq!(Chain(&error).to_string(), "the slip cannot be printed: the cable is out");
    }
}
