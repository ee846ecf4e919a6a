//! Recordings of a power supply's service: a replay is the same status or the same refusal, and what names a site is crossed out.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;

use command::{Simulator, device_json};
use domain::device::Cause;
use drivers::power_supply::{self, PowerStatus, PowerSupplyError};
use drivers::sim::power_supply::{PowerFault, start};
use drivers::transport::{PortAddress, RecordingError, recorded_whole};
use serde_json::Value;

fn told(asked: Result<PowerStatus, PowerSupplyError>) -> Result<PowerStatus, Cause> {
    asked.map_err(|error| error.cause())
}

fn replayed(file: &Path) -> Result<PowerStatus, PowerSupplyError> {
    power_supply::status(&PortAddress::Replay { path: file.to_owned() })
}

#[test]
fn a_replay_is_the_same_power_supply() {
    let folder = tempfile::tempdir().unwrap();
    let faults = [
        None,
        Some(PowerFault::OnBattery),
        Some(PowerFault::BatteryLow),
        Some(PowerFault::ReplaceBattery),
        Some(PowerFault::Stale),
        Some(PowerFault::UnknownName),
        Some(PowerFault::Refused),
        Some(PowerFault::Silent),
        Some(PowerFault::Garbage),
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let port = start(fault).unwrap().parse().unwrap();
        let seen = told(power_supply::status_recorded(&port, &file));
        recorded_whole(&file).unwrap();
        assert_eq!(told(replayed(&file)), seen, "{fault:?}");
    }
}

/// A service with the variables of RFC 9271, section 5, that name a device, its place and whom to call.
#[test]
fn what_names_a_site_is_crossed_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("power.jsonl");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("nut:ups@{}", listener.local_addr().unwrap()).parse().unwrap();
    let service = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = String::new();
        BufReader::new(stream.try_clone().unwrap()).read_line(&mut asked).unwrap();
        let list = "BEGIN LIST VAR ups\nVAR ups ups.status \"OL\"\nVAR ups device.contact \"Z9Y8X7\"\n\
                    VAR ups device.location \"hall-4711\"\nVAR ups ups.serial \"SN000042\"\n\
                    VAR ups battery.charge \"88\"\nEND LIST VAR ups\n";
        stream.write_all(list.as_bytes()).unwrap();
        asked
    });
    let status = power_supply::status_recorded(&port, &file).unwrap();
    assert_eq!(service.join().unwrap(), "LIST VAR ups\n");
    assert_eq!((status.on_battery, status.charge_percent), (false, Some(88)));
    assert_eq!(replayed(&file).unwrap(), status);
    let text = std::fs::read_to_string(&file).unwrap();
    for named in ["Z9Y8X7", "hall-4711", "SN000042"] {
        let hex: String = named.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(!text.contains(&hex) && !text.contains(named), "{named} in {text}");
    }
}

#[test]
fn another_recording_is_refused_and_what_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.jsonl");
    std::fs::write(&file, "{\"recording\":1,\"port\":\"serial:/dev/ttyS0\",\"outgoing\":\"kept\"}\n")
        .unwrap();
    let error = replayed(&file).unwrap_err();
    assert!(matches!(error, PowerSupplyError::Recording(RecordingError::OtherPort(_))), "{error:?}");
    let port = start(None).unwrap().parse().unwrap();
    let error = power_supply::status_recorded(&port, &file).unwrap_err();
    assert!(matches!(error, PowerSupplyError::Recording(RecordingError::Io(_))), "{error:?}");
}

/// The line of a self-test, without what the clock says.
fn line(arguments: &[&str]) -> (Value, Option<i32>) {
    let (line, code) = device_json(&[&["selftest"], arguments].concat());
    let mut line: Value = serde_json::from_str(&line).unwrap();
    line["port"] = Value::Null;
    line["steps"].as_array_mut().unwrap().iter_mut().for_each(|step| step["ms"] = Value::Null);
    (line, code)
}

/// Every device that the self-test records says the same of its recording.
#[test]
fn a_self_test_records_and_plays() {
    let folder = tempfile::tempdir().unwrap();
    let power = Simulator::start(&["power", "--fault", "power.on_battery"]);
    let board = Simulator::start(&["io-board"]);
    let printer = Simulator::start(&["document-printer"]);
    let program = format!("program:{}", env!("CARGO_BIN_EXE_yilin-device"));
    let devices = [
        ("power_supply", power.port.as_str()),
        ("io_board", &board.port),
        ("document_printer", &printer.port),
        // Without its arguments this program is no engine, no decoder: it ends with a code, and so does its recording.
        ("face_engine", &program),
        ("photo_decoder", &program),
        ("speaker", "alsa:31/No such control"),
    ];
    for (device, port) in devices {
        let file = folder.path().join(device);
        let file = file.to_str().unwrap();
        let replay = format!("replay:{file}");
        let seen = line(&["--device", device, "--port", port, "--record", file]);
        assert_eq!(line(&["--device", device, "--port", &replay]), seen, "{device}");
        assert!(std::fs::metadata(file).unwrap().len() > 0, "{device}");
        // Whoever asks for a recording that is there already is told so, and nothing is tried.
        let (again, code) = line(&["--device", device, "--port", port, "--record", file]);
        assert_eq!((&again["cause"], code), (&Value::from("port"), Some(1)), "{again}");
    }
}
