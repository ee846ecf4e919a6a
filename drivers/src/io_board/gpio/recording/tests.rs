//! The driver over a chip of a script's: recorded, replayed, the same contacts, lights and errors.

use super::super::GpioChip;
use super::*;
use crate::io_board::{Contact, Contacts, IoBoard as _, IoBoardError, Light, Lit, Pin, Wiring};
use domain::device::Cause;

const PORT: &str = "gpio:/dev/gpiochip0";

/// A chip of 54 lines on which line 17 changes with each look, and one call of which fails.
struct Script {
    active: bool,
    fails: Option<(&'static str, i32)>,
}

impl Script {
    fn answer<T>(&self, call: &str, value: T) -> io::Result<T> {
        match self.fails {
            Some((failing, error)) if failing == call => Err(io::Error::from_raw_os_error(error)),
            _ => Ok(value),
        }
    }
}

impl Chip for Script {
    fn lines(&mut self) -> io::Result<u32> {
        self.answer("lines", 54)
    }

    fn take(&mut self, _: u16, _: u64) -> io::Result<()> {
        self.answer("take", ())
    }

    fn read(&mut self, line: u16) -> io::Result<bool> {
        if line == 17 {
            self.active = !self.active;
        }
        self.answer("read", line == 17 && self.active)
    }

    fn write(&mut self, _: u16, _: bool) -> io::Result<()> {
        self.answer("write", ())
    }
}

fn wiring() -> Wiring {
    let pin = |number, inverted| Pin { number, inverted };
    Wiring::default()
        .with_light(Light::CardArea, pin(22, false))
        .with_contact(Contact::Presence, pin(17, false))
        .with_contact(Contact::DoorOpen, pin(27, true))
}

/// What a terminal asks of a chip, and what becomes of it.
fn session(open: impl FnOnce() -> Result<GpioChip, IoBoardError>) -> Vec<Result<Contacts, (Cause, String)>> {
    let seen = |error: IoBoardError| (error.cause(), error.to_string());
    let mut board = match open() {
        Ok(board) => board,
        Err(error) => return vec![Err(seen(error))],
    };
    let dark = |result: Result<(), IoBoardError>| result.map(|()| Contacts::default());
    vec![
        board.contacts().map_err(seen),
        dark(board.light(Light::CardArea, Lit::On)).map_err(seen),
        // Nothing is wired there, so nothing is asked.
        dark(board.light(Light::PaperExit, Lit::On)).map_err(seen),
        board.contacts().map_err(seen),
        dark(board.light(Light::CardArea, Lit::Off)).map_err(seen),
    ]
}

#[test]
fn a_replay_is_the_same_chip() {
    // ENODEV, EBUSY, EINVAL, ENOTTY, EIO.
    let faults = [
        None,
        Some(("lines", 25)),
        Some(("take", 16)),
        Some(("take", 22)),
        Some(("read", 19)),
        Some(("write", 5)),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (index, fails) in faults.into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let chip = || {
            let script = Box::new(Script { active: false, fails });
            let recorder = Recorder::create(script, &PORT.parse().unwrap(), &file).unwrap();
            GpioChip::over(Box::new(recorder), PORT.to_owned(), wiring())
        };
        let seen = session(chip);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.trim_end().ends_with(r#""end":true}"#), "{text}");
        // The errors name the port; a replay's is its file.
        let as_there = |seen: Vec<Result<Contacts, (Cause, String)>>| -> Vec<Result<Contacts, Cause>> {
            seen.into_iter().map(|seen| seen.map_err(|(cause, _)| cause)).collect()
        };
        let replayed = session(|| GpioChip::replayed(&file, wiring()));
        assert_eq!(as_there(replayed), as_there(seen), "{fails:?}");
    }
}

#[test]
fn another_wiring_and_another_port_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chip.jsonl");
    let script = Box::new(Script { active: false, fails: None });
    let recorder = Recorder::create(script, &PORT.parse().unwrap(), &file).unwrap();
    drop(GpioChip::over(Box::new(recorder), PORT.to_owned(), wiring()).unwrap());
    let other = Wiring::default().with_contact(Contact::Presence, Pin { number: 18, inverted: false });
    let error = GpioChip::replayed(&file, other).err().unwrap();
    // Head, the chip's lines, and then another line.
    let IoBoardError::Line { line: 18, source, .. } = &error else { panic!("{error:?}") };
    assert!(source.to_string().contains("line 3"), "{source}");

    std::fs::write(&file, r#"{"recording":1,"port":"serial:/dev/ttyS0","outgoing":"kept"}"#).unwrap();
    let error = GpioChip::replayed(&file, wiring()).err().unwrap();
    assert!(matches!(error, IoBoardError::Recording(RecordingError::OtherPort(_))), "{error:?}");
}

/// Typed from the head of this module's file.
#[test]
fn the_lines_are_as_they_are_described() {
    let text = [
        r#"{"recording":1,"port":"gpio:/dev/gpiochip0","outgoing":"kept"}"#,
        r#"{"us":40,"ask":"lines","told":{"lines":54}}"#,
        r#"{"us":61,"ask":{"take":{"line":17,"flags":4}},"told":"done"}"#,
        r#"{"us":90,"ask":{"read":17},"told":"active"}"#,
        r#"{"us":121,"ask":{"write":{"line":22,"active":true}},"told":{"errno":19}}"#,
        r#"{"us":140,"end":true}"#,
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chip.jsonl");
    std::fs::write(&file, text.join("\n")).unwrap();
    let mut chip = Replay::open(&file).unwrap();
    assert_eq!(chip.lines().unwrap(), 54);
    chip.take(17, 4).unwrap();
    assert!(chip.read(17).unwrap());
    assert_eq!(chip.write(22, true).unwrap_err().raw_os_error(), Some(19));
    assert!(chip.read(17).is_err());
    for wrong in [
        r#"{"us":1,"ask":"lines"}"#,
        r#"{"us":1,"ask":"wait","told":"done"}"#,
        r#"{"us":1,"ask":"lines","told":"done","end":true}"#,
        r#"{"us":1,"ask":"lines","told":"done","more":1}"#,
    ] {
        assert!(check(&format!("{}\n{wrong}", text[0])).is_err(), "{wrong}");
    }
}
