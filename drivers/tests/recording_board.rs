//! Recordings of lights and contacts: a replay is the same answers, the same faults and the same repeats.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::path::Path;

use domain::device::Cause;
use drivers::io_board::modbus::ModbusBoard;
use drivers::io_board::{Contact, Contacts, IoBoard as _, IoBoardError, Light, Lit, Pin, Wiring};
use drivers::sim::io_board::{Input, IoBoardFault, SimulatedIoBoard};
use drivers::transport::{Event, Outgoing, PortAddress, Recording, RecordingError};

fn wiring() -> Wiring {
    let pin = |number| Pin { number, inverted: false };
    Wiring::default()
        .with_light(Light::CardArea, pin(0))
        .with_contact(Contact::Presence, pin(0))
        .with_contact(Contact::DoorOpen, pin(1))
}

type Question<'a> = dyn Fn(&mut ModbusBoard) -> Result<Contacts, IoBoardError> + 'a;

/// What a terminal asks of a board, and what became of each question.
fn asked(board: &mut ModbusBoard) -> Vec<Result<Contacts, Option<Cause>>> {
    let cause = |error: IoBoardError| Some(error.cause());
    let light =
        |board: &mut ModbusBoard, lit| board.light(Light::CardArea, lit).map(|()| Contacts::default());
    let questions: [&Question<'_>; 4] = [
        &|board| board.contacts(),
        &|board| light(board, Lit::On),
        &|board| light(board, Lit::Off),
        &|board| board.contacts(),
    ];
    let mut seen = Vec::new();
    for question in questions {
        seen.push(question(board).map_err(cause));
        // Who uses a board closes it then.
        if seen.last() == Some(&Err(Some(Cause::Unplugged))) {
            break;
        }
    }
    seen
}

fn replayed(file: &Path) -> ModbusBoard {
    ModbusBoard::open(&PortAddress::Replay { path: file.to_owned() }, wiring()).unwrap()
}

#[test]
fn a_replay_is_the_same_board() {
    let folder = tempfile::tempdir().unwrap();
    let faults = [
        None,
        Some(IoBoardFault::LostOnce),
        Some(IoBoardFault::ChecksumOnce),
        Some(IoBoardFault::Silent),
        Some(IoBoardFault::Checksum),
        Some(IoBoardFault::WrongUnit),
        Some(IoBoardFault::Refused),
        Some(IoBoardFault::Unplugged),
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let device = SimulatedIoBoard::start(fault).unwrap();
        device.set(Input::Presence, true);
        let port = device.port().parse().unwrap();
        let mut board = ModbusBoard::open_recorded(&port, wiring(), &file).unwrap();
        let seen = (asked(&mut board), board.disturbed());
        drop(board);
        let recording = Recording::read(&file).unwrap();
        assert!(recording.is_whole(), "{fault:?}");
        let mut board = replayed(&file);
        assert_eq!((asked(&mut board), board.disturbed()), seen, "{fault:?}");
    }
}

/// Read Discrete Inputs 0 and 1 of unit 1, and the answer with the first one closed (Modbus Application Protocol V1.1b3,
/// 6.2); check bytes by Modbus over Serial Line V1.02, appendix B.
#[test]
fn a_recording_has_the_frames_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.jsonl");
    let device = SimulatedIoBoard::start(None).unwrap();
    device.set(Input::Presence, true);
    let mut board = ModbusBoard::open_recorded(&device.port().parse().unwrap(), wiring(), &file).unwrap();
    board.contacts().unwrap();
    drop(board);
    let recording = Recording::read(&file).unwrap();
    assert_eq!(recording.outgoing, Outgoing::Kept);
    let way = |out: bool| -> Vec<u8> {
        let bytes = recording.events.iter().filter_map(|timed| match &timed.event {
            Event::Out(bytes) if out => Some(bytes.clone()),
            Event::In(bytes) if !out => Some(bytes.clone()),
            _ => None,
        });
        bytes.flatten().collect()
    };
    assert_eq!(way(true), [0x01, 0x02, 0x00, 0x00, 0x00, 0x02, 0xF9, 0xCB]);
    assert_eq!(way(false), [0x01, 0x02, 0x01, 0x01, 0x60, 0x48]);
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.jsonl");
    std::fs::write(&file, "mine").unwrap();
    let device = SimulatedIoBoard::start(None).unwrap();
    let refused = ModbusBoard::open_recorded(&device.port().parse().unwrap(), wiring(), &file);
    assert!(matches!(refused.err(), Some(RecordingError::Io(_))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}
