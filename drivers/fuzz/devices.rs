//! What must hold for any bytes: answers of boards, power supplies, mixers and face engines.

use drivers::face::Answer;
use drivers::io_board::modbus::{Answer as BoardAnswer, Reply, Request, crc};
use drivers::power_supply::ListRedaction;
use drivers::transport::Redaction as _;
use drivers::{power_supply, speaker};

/// A board's answer: what is taken for one has this unit's number and right check bytes.
pub(crate) fn board_reply(data: &[u8]) {
    let Some(([kind, count, unit], came)) = data.split_first_chunk() else { return };
    let first = u16::from(*kind);
    let request = match kind % 4 {
        0 => Request::ReadCoils { first, count: u16::from(*count) },
        1 => Request::ReadInputs { first, count: u16::from(*count) },
        2 => Request::WriteCoil { number: first, on: count & 1 == 1 },
        _ => Request::WriteCoils { first, coils: vec![unit & 1 == 1; usize::from(*count)] },
    };
    let Some((at, reply)) = request.found(*unit, came) else { return };
    let content = match reply {
        Reply::Answer(BoardAnswer::Bits(bits)) => {
            assert_eq!(bits.len(), usize::from(*count));
            1 + bits.len().div_ceil(8)
        }
        Reply::Answer(BoardAnswer::Written) => 4,
        Reply::Exception(_) => 1,
    };
    let (said, check) = came[at..].split_at(2 + content);
    assert!(said[0] == *unit && check.starts_with(&crc(said).to_le_bytes()));
}

/// The recordings of a chip of inputs and outputs, and of a program: what is taken for one begins with its head.
pub(crate) fn call_recording(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if drivers::io_board::gpio::recording::check(text).is_ok()
        || drivers::limited_program::recording::check(text).is_ok()
    {
        assert!(text.trim_start().starts_with('{'));
    }
}

/// The list of a power supply's variables; what a recording has of it says the same.
pub(crate) fn power_list(data: &[u8]) {
    let nobodys = ListRedaction.incoming(data);
    assert_eq!(nobodys.len(), data.len());
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let (Ok(status), Ok(nobodys)) = (power_supply::parse("ups", text), std::str::from_utf8(&nobodys)) {
        assert_eq!(power_supply::parse("ups", nobodys).ok(), Some(status));
    }
    if let Ok(status) = power_supply::parse("ups", text) {
        assert!(text.starts_with("BEGIN LIST VAR ups") && text.contains("VAR ups ups.status \""));
        assert!(status.charge_percent.is_none_or(|percent| percent <= 100));
    }
}

/// What a mixer says of a control.
pub(crate) fn mixer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(volume) = speaker::parse(text) {
        assert!(volume.percent <= 100 && text.contains(&format!("{}%]", volume.percent)));
    }
}

/// What a face engine answers: a result has finite numbers, and words of it go into a journal as one short line.
pub(crate) fn face_answer(data: &[u8]) {
    let engine = match Answer::parse(data) {
        Ok(Answer::Compared(result)) => {
            assert!(result.score.is_finite() && result.threshold.is_finite());
            result.engine
        }
        Ok(Answer::Ready(engine)) => engine,
        Err(_) => return,
    };
    for text in [&engine.name, &engine.version] {
        assert!(text.chars().count() <= 100 && !text.contains(char::is_control));
    }
}
