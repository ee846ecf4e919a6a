//! The word for the clock: what the image's own script says of each answer of chrony's, a day of them in a moment.

use super::{FirmwareError, Report};
use crate::program::{has, output};
use crate::say;
use std::path::Path;
use std::process::Command;

/// Runs the script ($1) with a `/run` of its own, in the folder it is started in. Stand-ins for chronyc and date say what the line of
/// the file `minutes` says whose turn it is, sleep prints the word and has the next line's turn come; behind the last one the script ends.
const TRIAL: &str = r#"set -e
mount -t tmpfs none /run
mkdir bin
echo '#!/bin/sh
head -n 1 minutes | cut -d " " -f 2-' >bin/chronyc
echo '#!/bin/sh
head -n 1 minutes | cut -d " " -f 1' >bin/date
echo '#!/bin/sh
cat /run/yilin-clock
sed -i 1d minutes
[ -s minutes ] || kill "$PPID"' >bin/sleep
chmod +x bin/*
PATH=$PWD/bin:$PATH sh "$1" || [ $? = 143 ]
"#;

/// The time, how chrony answers to `-c -n tracking` (chronyc(1); as chronyd 4.3 wrote it, its address changed), and the word.
const MINUTES: [(&str, &str, &str); 11] = [
    ("2000", "", "unsure"),
    ("2060", "00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised", "unsure"),
    (
        "5000",
        "C000020A,192.0.2.10,2,4990.511213627,-0.000001757,-0.0,0.000001394,0.022,-0.002,0.162,0.000007054,0.000002295,1.0,Normal",
        "kept",
    ),
    (
        "8000",
        "C000020A,192.0.2.10,2,4990.511213627,-0.000001757,-0.0,0.000001394,0.022,-0.002,0.162,0.000007054,0.000002295,1.0,Insert second",
        "kept",
    ),
    // The servers are silent; chronyd goes on to say that all is well.
    (
        "9000",
        "C000020A,192.0.2.10,2,4990.511213627,-0.000002093,-0.0,0.000001394,0.022,-0.002,0.162,0.000007054,0.000019794,1.0,Normal",
        "held",
    ),
    // It was started anew, and has ended.
    ("9060", "00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised", "held"),
    ("91000", "", "held"),
    ("91400", "", "unsure"),
    (
        "91460",
        "C000020A,192.0.2.10,2,4990.511213627,-0.0,-0.0,0.0,0.022,-0.002,0.162,0.0,0.0,1.0,Normal",
        "unsure",
    ),
    ("91520", "C000020A,192.0.2.10,2,91500.25,-0.0,-0.0,0.0,0.022,-0.002,0.162,0.0,0.0,1.0,Normal", "kept"),
    // The clock was set back.
    ("80000", "C000020A,192.0.2.10,2,91500.25,-0.0,-0.0,0.0,0.022,-0.002,0.162,0.0,0.0,1.0,Normal", "unsure"),
];

pub(super) fn check(external: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    if !has("unshare", "the word for the clock")? {
        return Ok(());
    }
    let script = external.join("board/common/rootfs-overlay/usr/lib/yilin/clock");
    let folder = scratch.join("clock");
    let minutes: String = MINUTES.iter().map(|(time, answer, _)| format!("{time} {answer}\n")).collect();
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("minutes"), minutes))
        .map_err(|e| FirmwareError::File(folder.clone(), e))?;
    let mut trial = Command::new("unshare");
    trial.args(["--mount", "--map-root-user", "sh", "-c", TRIAL, "trial"]).arg(&script).current_dir(&folder);
    match output(&mut trial) {
        Ok(said) => differences(&said).iter().for_each(|fault| report.fault(&script, fault)),
        Err(error) => report.fault(&script, format!("cannot be tried: {error}")),
    }
    say("clock: its word for eleven answers of chrony's");
    Ok(())
}

/// Minutes in which it said another word, or none.
fn differences(said: &str) -> Vec<String> {
    let said: Vec<&str> = said.lines().collect();
    let minutes = MINUTES.iter().enumerate();
    minutes
        .filter(|(at, (_, _, wanted))| said.get(*at) != Some(wanted))
        .map(|(at, (time, _, wanted))| {
            format!("at {time} it says {:?}, not {wanted:?}", said.get(at).unwrap_or(&""))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_word_is_found() {
        let right: String = MINUTES.iter().map(|(_, _, word)| format!("{word}\n")).collect();
        assert!(differences(&right).is_empty());
        assert_eq!(
            differences(&right.replacen("held", "kept", 1)),
            ["at 9000 it says \"kept\", not \"held\""]
        );
        assert_eq!(differences("").len(), MINUTES.len());
    }
}
