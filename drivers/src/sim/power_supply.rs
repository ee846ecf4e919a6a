//! A power supply as Network UPS Tools' service shows it, on a TCP port.
//!
//! Duty: answer `LIST VAR ups` and `LOGOUT` as RFC 9271 says, with the faults it is given. Never: import the driver.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::fault::FaultName;

/// How it is, or what the service does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PowerFault {
    /// Mains are away.
    OnBattery,
    /// And its battery is nearly empty.
    BatteryLow,
    /// Its battery is worn out.
    ReplaceBattery,
    /// The service has lost it.
    Stale,
    /// The service does not know the name.
    UnknownName,
    /// The service refuses this machine.
    Refused,
    /// The service takes the connection and says nothing.
    Silent,
    /// The service says something else.
    Garbage,
}

const NAMED: [(FaultName, PowerFault); 8] = [
    named("power.on_battery", "mains are away", PowerFault::OnBattery),
    named("power.battery_low", "mains are away and the battery is nearly empty", PowerFault::BatteryLow),
    named("power.replace_battery", "the battery is worn out", PowerFault::ReplaceBattery),
    named("power.stale", "the service has lost the power supply", PowerFault::Stale),
    named("power.unknown_name", "the service knows no such power supply", PowerFault::UnknownName),
    named("power.refused", "the service refuses this machine", PowerFault::Refused),
    named("power.silent", "the service of the power supply answers nothing", PowerFault::Silent),
    named("power.garbage", "the service of the power supply answers something else", PowerFault::Garbage),
];

const fn named(name: &'static str, meaning: &'static str, fault: PowerFault) -> (FaultName, PowerFault) {
    (FaultName { name, meaning }, fault)
}

/// The names, for `--fault list`.
pub fn fault_names() -> impl Iterator<Item = FaultName> {
    NAMED.into_iter().map(|(name, _)| name)
}

impl PowerFault {
    /// The fault of that full name, `power.stale`.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMED.iter().find(|(n, _)| n.name == name).map(|(_, fault)| *fault)
    }
}

/// Begins to serve on a free port of this machine, for as long as the program runs; the port as command lines write it.
///
/// # Errors
/// There is no free port or no thread.
pub fn start(fault: Option<PowerFault>) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = format!("nut:ups@{}", listener.local_addr()?);
    std::thread::Builder::new().name("simulated power supply".to_owned()).spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that went away in the middle has had what it wanted.
            let _ = serve(&stream, fault);
        }
    })?;
    Ok(port)
}

fn serve(mut stream: &TcpStream, fault: Option<PowerFault>) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        let answer = match (line?.as_str(), fault) {
            (_, Some(PowerFault::Silent)) => {
                std::thread::sleep(Duration::from_secs(30));
                return Ok(());
            }
            ("LOGOUT", _) => return stream.write_all(b"OK Goodbye\n"),
            ("LIST VAR ups", Some(PowerFault::Stale)) => "ERR DATA-STALE\n".to_owned(),
            ("LIST VAR ups", Some(PowerFault::Refused)) => "ERR ACCESS-DENIED\n".to_owned(),
            ("LIST VAR ups", Some(PowerFault::Garbage)) => "HTTP/1.1 400 Bad Request\n".to_owned(),
            ("LIST VAR ups", Some(PowerFault::OnBattery)) => list("OB DISCHRG", 60),
            ("LIST VAR ups", Some(PowerFault::BatteryLow)) => list("OB DISCHRG LB", 5),
            ("LIST VAR ups", Some(PowerFault::ReplaceBattery)) => list("OL RB", 100),
            ("LIST VAR ups", None) => list("OL", 100),
            _ => "ERR UNKNOWN-UPS\n".to_owned(),
        };
        stream.write_all(answer.as_bytes())?;
    }
    Ok(())
}

fn list(status: &str, charge: u8) -> String {
    format!(
        "BEGIN LIST VAR ups\nVAR ups battery.charge \"{charge}\"\nVAR ups battery.runtime \"{}\"\n\
         VAR ups device.type \"ups\"\nVAR ups ups.status \"{status}\"\nEND LIST VAR ups\n",
        u32::from(charge) * 12
    )
}
