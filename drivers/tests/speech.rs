//! Speech by a real program: said to its end, stopped on the way, given up in time; and Debian's espeak-ng in both languages.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use drivers::speech::{LONGEST, Said, SpeechError, Voice};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

mod peer;
#[path = "../../tests/programs/script.rs"]
mod script;

const ESPEAK: &str = "/usr/bin/espeak-ng";
/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

fn engine(folder: &Path, lines: &str) -> PathBuf {
    let file = folder.join("engine");
    script::made(&file, lines);
    file
}

#[test]
fn the_text_goes_in_by_the_standard_input_alone() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let arguments = folder.path().join("arguments");
    let script = format!("echo \"$*\" > {}; exec cat > {}", arguments.display(), heard.display());
    let voice = Voice::new(engine(folder.path(), &script), vec![OsString::from("--stdin")]);
    assert_eq!(voice.say("请点“下一步”", &|| true).unwrap(), Said::Whole);
    assert_eq!(std::fs::read_to_string(heard).unwrap(), "请点“下一步”");
    assert_eq!(std::fs::read_to_string(arguments).unwrap(), "--stdin\n");
}

#[test]
fn it_is_stopped_given_up_or_failed_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let endless = engine(folder.path(), &format!("echo $$ > {}; exec sleep 1000", pid.display()));
    let begun = Instant::now();
    let voice = Voice::new(&endless, Vec::new());
    let said = voice.say("一", &|| !std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n')));
    assert_eq!(said.unwrap(), Said::Stopped);
    let process = Path::new("/proc").join(std::fs::read_to_string(&pid).unwrap().trim());
    assert!(!process.exists(), "it was ended");

    let late = voice.with_patience(Duration::from_millis(300)).say("二", &|| true);
    assert!(matches!(late, Err(SpeechError::Timeout)), "{late:?}");
    assert!(begun.elapsed() < LIMIT);

    let failed = Voice::new(engine(folder.path(), "exit 3"), Vec::new()).say("三", &|| true);
    assert!(matches!(failed, Err(SpeechError::Failed(status)) if status.code() == Some(3)));
    let absent = Voice::new(folder.path().join("none"), Vec::new()).say("四", &|| true);
    assert!(matches!(absent, Err(SpeechError::NotStarted { .. })), "{absent:?}");
    let long = Voice::new(endless, Vec::new()).say(&"长".repeat(LONGEST), &|| true);
    assert!(matches!(long, Err(SpeechError::TooLong(_))), "{long:?}");
}

/// Seconds of sound in a RIFF file as espeak-ng writes it (16 bits, one channel), and whether it is not silence.
fn sound(wav: &[u8]) -> (f32, bool) {
    assert_eq!((&wav[..4], &wav[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    let rate = u32::from_le_bytes(wav[24..28].try_into().unwrap());
    let samples = wav[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]));
    #[allow(clippy::cast_precision_loss, reason = "a sentence")]
    let seconds = ((wav.len() - 44) / 2) as f32 / rate as f32;
    (seconds, samples.into_iter().any(|sample| sample.unsigned_abs() > 1000))
}

#[test]
fn espeak_ng_says_both_languages() {
    if !peer::is_there("espeak-ng", "espeak-ng", Path::new(ESPEAK).exists()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (voice, text) in
        [("cmn", "请把身份证放在发光的地方。"), ("en", "Please place your card on the light.")]
    {
        let file = folder.path().join(voice);
        let arguments = ["-v", voice, "--stdin", "-w"].map(OsString::from).into_iter();
        let arguments = arguments.chain([file.clone().into_os_string()]).collect();
        assert_eq!(Voice::new(ESPEAK, arguments).say(text, &|| true).unwrap(), Said::Whole);
        let (seconds, loud) = sound(&std::fs::read(&file).unwrap());
        assert!((1.0..15.0).contains(&seconds) && loud, "{voice}: {seconds} s");
    }
}
