//! The photo decoder's process: its time, its memory, its output and its end, with a program that does everything wrong.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::resident_id::CardPhoto;
use drivers::id_card_reader::{
    DecodedPhoto, NoPhotoDecoder, PhotoDecoder, PhotoDecoderError, PhotoDecoderErrorKind as Kind,
    PhotoProgram,
};
use drivers::limited_program::ProgramLimits;
use drivers::sim::id_card::SampleCard;

/// Enough for a program that works, even on a machine that does other things.
const ENOUGH: Duration = Duration::from_secs(20);

fn photo() -> CardPhoto {
    CardPhoto::new(SampleCard::Resident.card().photo())
}

/// The simulated decoder with a fault.
fn program(fault: Option<&str>) -> PhotoProgram {
    let mut arguments: Vec<OsString> = vec!["sim".into(), "photo-decoder".into()];
    if let Some(fault) = fault {
        arguments.extend(["--fault".into(), fault.into()]);
    }
    PhotoProgram::new(env!("CARGO_BIN_EXE_yilin-device"), arguments)
}

/// A decoder as a line of shell.
fn script(line: &str) -> PhotoProgram {
    PhotoProgram::new("/bin/sh", vec!["-c".into(), line.into()])
}

fn decode(mut program: PhotoProgram, time: Duration) -> Result<DecodedPhoto, PhotoDecoderError> {
    program.decode(&photo(), Instant::now() + time)
}

#[test]
fn a_photo_becomes_a_portrait() {
    let DecodedPhoto::Portrait(portrait) = decode(program(None), ENOUGH).unwrap() else {
        panic!("no portrait");
    };
    assert_eq!(portrait.rgb().len(), 102 * 126 * 3);
    // The corner is ground, the middle is a face.
    assert_eq!(portrait.rgb()[..3], [225, 232, 238]);
    assert_ne!(portrait.rgb()[(50 * 102 + 51) * 3..][..3], [225, 232, 238]);
}

#[test]
fn without_a_decoder_there_is_no_photo_and_no_error() {
    let none = NoPhotoDecoder.decode(&photo(), Instant::now()).unwrap();
    assert_eq!(none, DecodedPhoto::NoDecoder);
}

#[test]
fn what_cannot_be_decoded_is_said() {
    assert_eq!(decode(program(Some("refuse")), ENOUGH).unwrap(), DecodedPhoto::NotDecodable);
    // Other bytes than a photo's are the program's to judge, another number of them is ours.
    let mut program = program(None);
    for bytes in [vec![0x5A; 1024], vec![0x57; 1023], vec![]] {
        let decoded = program.decode(&CardPhoto::new(bytes), Instant::now() + ENOUGH).unwrap();
        assert_eq!(decoded, DecodedPhoto::NotDecodable);
    }
}

#[test]
fn every_fault_has_its_kind() {
    let check = |what: &str, program: PhotoProgram, kind: Kind| {
        let error = decode(program, ENOUGH).unwrap_err();
        assert_eq!(error.kind(), kind, "{what}: {error}");
    };
    check("crash", program(Some("crash")), Kind::Crashed);
    check("flood", program(Some("flood")), Kind::InvalidData);
    check("garbage", program(Some("garbage")), Kind::InvalidData);
    check("memory", program(Some("memory")), Kind::Crashed);
    check("wrong arguments", program(Some("toast")), Kind::Crashed);
    check("ends at once", script("exit 0"), Kind::InvalidData);
    check("does not read", script("exit 9"), Kind::Crashed);
    check("a signal", script("kill -SEGV $$"), Kind::Crashed);
    check("absent", PhotoProgram::new("/no/such/decoder", vec![]), Kind::Unavailable);
    check("no program", PhotoProgram::new("/etc/passwd", vec![]), Kind::Unavailable);
}

#[test]
fn the_memory_limit_is_what_stops_it() {
    // With room the same program answers.
    let limits = ProgramLimits { memory_bytes: 8 << 30, processor_seconds: 5, file_bytes: 1 << 20 };
    let decoded = decode(program(Some("memory")).with_limits(limits), ENOUGH).unwrap();
    assert!(matches!(decoded, DecodedPhoto::Portrait(_)));
}

#[test]
fn the_limits_and_the_environment_are_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    // The photo is read first: by then the limits stand.
    let line =
        format!("cat >/dev/null; {{ ulimit -v; ulimit -c; ulimit -t; env; pwd; }} >{}", seen.display());
    decode(script(&line), ENOUGH).unwrap_err();
    let seen = std::fs::read_to_string(seen).unwrap();
    let mut lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines.drain(..3).collect::<Vec<_>>(), ["524288", "0", "5"]);
    assert!(lines.contains(&"YILIN_PHOTO_DECODER=1"), "{seen}");
    assert_eq!(lines.last(), Some(&"/"));
    assert!(!seen.contains("CARGO"), "{seen}");
}

#[test]
fn who_hangs_is_killed_with_all_that_it_started() {
    let time = Duration::from_millis(300);
    let started = Instant::now();
    assert_eq!(decode(program(Some("hang")), time).unwrap_err().kind(), Kind::Timeout);
    assert!(started.elapsed() >= time && started.elapsed() < ENOUGH, "{:?}", started.elapsed());

    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    for line in [
        // Hangs with a child that holds the output.
        format!("cat >/dev/null; sleep 600 & echo $! >{}; wait", pid.display()),
        // Closes its output and stays, and so does its child.
        format!("cat >/dev/null; exec >&-; sleep 600 & echo $! >{}; wait", pid.display()),
    ] {
        let error = decode(script(&line), Duration::from_secs(2)).unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout, "{line}");
        let child = std::fs::read_to_string(&pid).unwrap();
        assert!(ended(child.trim()), "{child} lives: {line}");
    }
}

/// Whether a process is no more, or only waits to be counted as such.
fn ended(pid: &str) -> bool {
    let stat = Path::new("/proc").join(pid).join("stat");
    let patience = Instant::now() + ENOUGH;
    while Instant::now() < patience {
        match std::fs::read_to_string(&stat) {
            Err(_) => return true,
            Ok(stat) if stat.contains(") Z ") => return true,
            // The signal has been sent; the kernel may still be at it.
            Ok(_) => std::thread::yield_now(),
        }
    }
    false
}

#[test]
fn debug_and_errors_show_nothing_of_the_photo() {
    let decoded = decode(program(None), ENOUGH).unwrap();
    assert_eq!(format!("{decoded:?}"), "Portrait(Portrait(…))");
    let error = decode(program(Some("garbage")), ENOUGH).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("another format"));
}
