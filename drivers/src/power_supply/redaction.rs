//! What a recording says of a power supply.
//!
//! Duty: the variables that tell how it is stay (RFC 9271, section 5). Never: a value of any other, which may name a site, a
//! serial number or somebody to call.

use crate::transport::{Outgoing, Redaction};

/// Beginnings of the names whose values stay.
const KEPT: [&[u8]; 7] =
    [b"battery.", b"input.", b"output.", b"ups.status", b"ups.alarm", b"ups.load", b"ups.model"];

/// For the lines of `LIST VAR`: every other value is crossed out with as many `x`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListRedaction;

impl Redaction for ListRedaction {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.split_inclusive(|byte| *byte == b'\n').flat_map(line).collect()
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }
}

/// `VAR ups battery.charge "97"`: words after a name are crossed out, but for the marks around them.
fn line(line: &[u8]) -> Vec<u8> {
    let spaces = || line.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
    let value = spaces().nth(2).map(|space| space + 1).filter(|at| line.get(*at) == Some(&b'"'));
    // A line of another kind has nothing within quotation marks that would stay.
    let Some(begins) = value.or_else(|| line.iter().position(|byte| *byte == b'"')) else {
        return line.to_vec();
    };
    let name = spaces().nth(1).and_then(|space| line.get(space + 1..begins)).unwrap_or_default();
    if KEPT.iter().any(|kept| name.starts_with(kept)) {
        return line.to_vec();
    }
    let is_end = |byte: &u8| matches!(*byte, b'\r' | b'\n');
    let length = line.iter().rposition(|byte| !is_end(byte)).unwrap_or(0);
    let crossed = |(at, byte): (usize, &u8)| {
        let stays = at <= begins || is_end(byte) || (at == length && *byte == b'"');
        if stays { *byte } else { b'x' }
    };
    line.iter().enumerate().map(crossed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_how_it_is_stays() {
        let check = |came: &str, want: &str| {
            assert_eq!(ListRedaction.incoming(came.as_bytes()), want.as_bytes(), "{came}");
        };
        check("VAR ups ups.status \"OB LB\"\n", "VAR ups ups.status \"OB LB\"\n");
        check("VAR ups battery.charge \"97.0\"\n", "VAR ups battery.charge \"97.0\"\n");
        check(
            "VAR ups device.contact \"Z\\\"Q\"\nVAR ups ups.serial \"A7\"\nEND LIST VAR ups\n",
            "VAR ups device.contact \"xxxx\"\nVAR ups ups.serial \"xx\"\nEND LIST VAR ups\n",
        );
        check("VAR ups device.location \"unended\n", "VAR ups device.location \"xxxxxxx\n");
        check("VAR ups a\"b \"c d\" e\r\n", "VAR ups a\"b \"xxxxxx\r\n");
        check("VAR ups \"who\"\n", "VAR ups \"xxx\"\n");
        check("ERR DATA-STALE\n", "ERR DATA-STALE\n");
        check("\"\"", "\"\"");
    }
}
