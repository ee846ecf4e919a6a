//! The uninterruptible power supply, asked over Network UPS Tools' own protocol.
//!
//! Duty: whether mains are there, how the battery is. Never: shut anything down; who asks decides. A power supply with two
//! contacts and no data is wired to the board of inputs: `io_board::Contact`.
//!
//! One connection a question, text lines over TCP (RFC 9271, 4.2.7 `LIST VAR`; the meaning of `ups.status`: 5.1).

mod redaction;

use std::path::Path;
use std::time::{Duration, Instant};

use domain::device::Cause;

pub use redaction::ListRedaction;

use crate::transport::{
    self, PortAddress, Recorder, RecordingError, Transport, TransportError, TransportErrorKind, recorded_port,
};

/// A service on the same machine answers within this.
const PATIENCE: Duration = Duration::from_secs(3);
/// A list longer than this, or a line longer than that, is no list of a power supply.
const LONGEST_LIST: usize = 32 * 1024;
const LONGEST_LINE: usize = 1024;

/// What a power supply says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PowerStatus {
    /// Mains are away (`OB`).
    pub on_battery: bool,
    /// The battery is nearly empty (`LB`).
    pub battery_low: bool,
    /// The battery is worn out (`RB`).
    pub replace_battery: bool,
    /// What is left in it, per cent.
    pub charge_percent: Option<u8>,
    /// How long it lasts, seconds.
    pub runtime_seconds: Option<u32>,
}

impl PowerStatus {
    /// What in it asks for somebody, the most urgent first.
    pub const fn cause(&self) -> Option<Cause> {
        match (self.on_battery, self.battery_low, self.replace_battery) {
            (true, true, _) => Some(Cause::BatteryLow),
            (true, false, _) => Some(Cause::OnBattery),
            (false, _, true) => Some(Cause::ReplaceBattery),
            (false, _, false) => None,
        }
    }
}

/// Asks the power supply behind a `nut:` port, or its recording.
///
/// # Errors
/// Why nothing is known of it.
pub fn status(address: &PortAddress) -> Result<PowerStatus, PowerSupplyError> {
    match address {
        PortAddress::Replay { path } => {
            let recorded = recorded_port(path).map_err(PowerSupplyError::Recording)?;
            let PortAddress::Nut { ups, .. } = &recorded else {
                return Err(PowerSupplyError::Recording(RecordingError::OtherPort(recorded)));
            };
            ask(ups, transport::open(address).map_err(PowerSupplyError::Port)?)
        }
        _ => {
            let (ups, line) = service(address)?;
            ask(ups, line)
        }
    }
}

/// The same, and question and answer are written into a new file. What the service says of its site, its serial numbers and
/// whom to call is crossed out.
///
/// # Errors
/// Why nothing is known of it, or it is not recorded.
pub fn status_recorded(address: &PortAddress, file: &Path) -> Result<PowerStatus, PowerSupplyError> {
    let (ups, line) = service(address)?;
    let recorder = Recorder::create(line, address, Box::new(ListRedaction), file);
    ask(ups, Box::new(recorder.map_err(PowerSupplyError::Recording)?))
}

/// The power supply's name, and its service's line.
fn service(address: &PortAddress) -> Result<(&str, Box<dyn Transport>), PowerSupplyError> {
    let PortAddress::Nut { ups, host, port } = address else {
        return Err(PowerSupplyError::Port(TransportError::Unsupported {
            port: address.to_string(),
            operation: "power supply",
        }));
    };
    let service = PortAddress::Tcp { host: host.clone(), port: *port };
    Ok((ups, transport::open(&service).map_err(PowerSupplyError::Port)?))
}

fn ask(ups: &str, mut line: Box<dyn Transport>) -> Result<PowerStatus, PowerSupplyError> {
    let deadline = Instant::now() + PATIENCE;
    line.write_all(format!("LIST VAR {ups}\n").as_bytes(), deadline).map_err(PowerSupplyError::Port)?;
    let text = answer(line.as_mut(), deadline)?;
    // Politeness; what it says to that is not waited for.
    let _ = line.write_all(b"LOGOUT\n", deadline);
    drop(line);
    parse(ups, &text)
}

fn answer(line: &mut dyn Transport, deadline: Instant) -> Result<String, PowerSupplyError> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 1024];
    while !is_whole(&bytes) {
        match line.read(&mut chunk, deadline) {
            Ok(count) => bytes.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == TransportErrorKind::TimedOut && bytes.is_empty() => {
                return Err(PowerSupplyError::NoAnswer);
            }
            Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                return Err(PowerSupplyError::Garbled);
            }
            Err(error) => return Err(PowerSupplyError::Port(error)),
        }
        if bytes.len() > LONGEST_LIST {
            return Err(PowerSupplyError::Garbled);
        }
    }
    String::from_utf8(bytes).map_err(|_| PowerSupplyError::Garbled)
}

/// A refusal is one line, a list ends with its last.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(said) = bytes.strip_suffix(b"\n") else { return false };
    let last = said.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    said.starts_with(b"ERR ") || last.starts_with(b"END LIST VAR ") || !said.starts_with(b"BEGIN ")
}

/// What an answer to `LIST VAR` says; any text is answered.
///
/// # Errors
/// It is a refusal, or no such list.
pub fn parse(ups: &str, text: &str) -> Result<PowerStatus, PowerSupplyError> {
    let mut lines = text.lines();
    match lines.next().unwrap_or_default().trim_end() {
        "ERR UNKNOWN-UPS" => return Err(PowerSupplyError::UnknownName { ups: ups.to_owned() }),
        "ERR DATA-STALE" | "ERR DRIVER-NOT-CONNECTED" => return Err(PowerSupplyError::Stale),
        "ERR ACCESS-DENIED" => return Err(PowerSupplyError::Refused),
        begin if begin == format!("BEGIN LIST VAR {ups}") => {}
        _ => return Err(PowerSupplyError::Garbled),
    }
    let mut status = None;
    let (mut charge_percent, mut runtime_seconds) = (None, None);
    let head = format!("VAR {ups} ");
    for line in lines {
        if line.len() > LONGEST_LINE {
            return Err(PowerSupplyError::Garbled);
        }
        if line == format!("END LIST VAR {ups}") {
            let status: PowerStatus = status.ok_or(PowerSupplyError::Garbled)?;
            return Ok(PowerStatus { charge_percent, runtime_seconds, ..status });
        }
        let (name, value) = line
            .strip_prefix(&head)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(PowerSupplyError::Garbled)?;
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        let value = value.ok_or(PowerSupplyError::Garbled)?;
        // Drivers write both with or without a fraction.
        let whole = || value.split('.').next().unwrap_or_default();
        match name {
            "ups.status" => status = Some(flags(value).ok_or(PowerSupplyError::Stale)?),
            "battery.charge" => charge_percent = whole().parse().ok().filter(|percent| *percent <= 100),
            "battery.runtime" => runtime_seconds = whole().parse().ok(),
            _ => {}
        }
    }
    Err(PowerSupplyError::Garbled)
}

/// The words of `ups.status`; none where they do not say where the power comes from, as those of a driver that waits for its
/// first data do not (`WAIT`).
fn flags(words: &str) -> Option<PowerStatus> {
    let has = |flag| words.split_whitespace().any(|word| word == flag);
    // Mains, battery, past the battery, an output that is off, and one that is about to be (a shut-down that is forced).
    let known = ["OL", "OB", "BYPASS", "OFF", "FSD"].into_iter().any(has);
    known.then(|| PowerStatus {
        on_battery: has("OB") || has("FSD"),
        battery_low: has("LB") || has("FSD"),
        replace_battery: has("RB"),
        ..PowerStatus::default()
    })
}

/// Why nothing is known of a power supply.
#[derive(Debug, thiserror::Error)]
pub enum PowerSupplyError {
    /// The service cannot be reached.
    #[error("the service of the power supply cannot be reached")]
    Port(#[source] TransportError),
    /// It is not recorded, or its recording cannot be played.
    #[error("the recording of the power supply failed")]
    Recording(#[source] RecordingError),
    /// It does not answer.
    #[error("the service of the power supply does not answer")]
    NoAnswer,
    /// It has lost its device.
    #[error("the service answers, and has lost the power supply")]
    Stale,
    /// It has no device of that name.
    #[error("the service knows no power supply {ups}")]
    UnknownName {
        /// The name that was asked for.
        ups: String,
    },
    /// It refuses this machine.
    #[error("the service of the power supply refuses this machine")]
    Refused,
    /// It answers something else.
    #[error("the service of the power supply answers something unknown")]
    Garbled,
}

impl PowerSupplyError {
    /// What it says of the power supply.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Port(error) => error.kind().cause(),
            Self::Recording(error) => error.cause(),
            Self::NoAnswer => Cause::NoAnswer,
            Self::Stale => Cause::DataStale,
            Self::UnknownName { .. } => Cause::UnknownName,
            Self::Refused => Cause::Permission,
            Self::Garbled => Cause::InvalidAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9271, 4.2.7, with the variables of its section 5.
    const LIST: &str = "BEGIN LIST VAR ups\nVAR ups battery.charge \"97.0\"\nVAR ups battery.runtime \"1200\"\n\
                        VAR ups ups.status \"OB DISCHRG LB\"\nEND LIST VAR ups\n";

    #[test]
    fn a_list_becomes_a_status() {
        let status = parse("ups", LIST).unwrap();
        assert_eq!((status.on_battery, status.battery_low, status.replace_battery), (true, true, false));
        assert_eq!((status.charge_percent, status.runtime_seconds), (Some(97), Some(1200)));
        let check = |words: &str, cause| {
            assert_eq!(
                parse("ups", &LIST.replace("OB DISCHRG LB", words)).unwrap().cause(),
                cause,
                "{words}"
            );
        };
        check("OL", None);
        check("OL CHRG", None);
        check("OB DISCHRG", Some(Cause::OnBattery));
        check("OB LB", Some(Cause::BatteryLow));
        check("OL RB", Some(Cause::ReplaceBattery));
        // Charging after a long cut.
        check("OL LB CHRG", None);
        // The service shuts down whoever hangs on it, whatever else it says.
        check("FSD OL", Some(Cause::BatteryLow));
        check("ALARM OL", None);
        for nothing in ["", "WAIT", "ALARM"] {
            let said = parse("ups", &LIST.replace("OB DISCHRG LB", nothing));
            assert_eq!(said.unwrap_err().cause(), Cause::DataStale, "{nothing:?}");
        }
    }

    #[test]
    fn refusals_and_other_texts_have_their_cause() {
        let check = |text: &str, cause| {
            assert_eq!(parse("ups", text).unwrap_err().cause(), cause, "{text}");
        };
        check("ERR UNKNOWN-UPS\n", Cause::UnknownName);
        check("ERR DATA-STALE\n", Cause::DataStale);
        check("ERR DRIVER-NOT-CONNECTED\n", Cause::DataStale);
        check("ERR ACCESS-DENIED\n", Cause::Permission);
        check("", Cause::InvalidAnswer);
        check("HTTP/1.1 400 Bad Request\n", Cause::InvalidAnswer);
        check("BEGIN LIST VAR other\nEND LIST VAR other\n", Cause::InvalidAnswer);
        check("BEGIN LIST VAR ups\nEND LIST VAR ups\n", Cause::InvalidAnswer);
        for end in 1..LIST.len() - 1 {
            assert!(parse("ups", &LIST[..end]).is_err(), "{}", &LIST[..end]);
        }
        assert!((1..LIST.len()).all(|end| !is_whole(&LIST.as_bytes()[..end])));
        assert!(is_whole(LIST.as_bytes()) && is_whole(b"ERR DATA-STALE\n"));
    }
}
