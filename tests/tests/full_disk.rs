//! A full disk is said before a visit begins, and a case that was kept before is delivered when there is room again. The disk
//! is a real one, in memory, in a name space of its own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot be set up has failed, or says why it is skipped"
)]

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use terminal_tests::{cases, program, program_path};

/// One visit after the other on one disk: with room, full, with room again.
const SCRIPT: &str = r#"
set -eu
mount -t tmpfs -o size=160m tmpfs "$DATA"
visit() {
    name=$1; shift
    "$TERMINAL" visit --json --data "$DATA" --out "$OUT/$name" "$@" > "$OUT/$name.json"
}
visit filed --item old-age-allowance --fault province.down
if dd if=/dev/zero of="$DATA/filler" bs=1M; then echo "the disk does not fill" >&2; exit 1; fi
visit full --item old-age-allowance --province "$URL" --credentials "$CREDENTIALS"
rm "$DATA/filler"
for again in 1 2 3; do
    visit "later-$again" --item convenience-directory --province "$URL" --credentials "$CREDENTIALS"
done
"#;

/// Runs a shell whose file systems are its own, or says why that cannot be.
fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    let why = match tried {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "no disk can be mounted here: {why}");
    println!("skipped: no disk can be mounted here: {why}");
    false
}

fn last_line(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap()
}

#[test]
fn a_full_disk_is_said_first_and_loses_nothing() {
    if !may_mount() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [province, data, out] = ["province", "data", "out"].map(|name| folder.path().join(name));
    std::fs::create_dir(&data).unwrap();
    std::fs::create_dir(&out).unwrap();
    let mut serving = program("yilin-province")
        .args(["serve", "--json", "--data"])
        .arg(&province)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();

    let ran = Command::new("unshare")
        .args(["-rm", "sh", "-c", SCRIPT])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .envs([("DATA", &data), ("OUT", &out), ("TERMINAL", &program_path("yilin-terminal"))])
        .envs(
            [("URL", &ready["url"]), ("CREDENTIALS", &ready["credentials"])]
                .map(|(k, v)| (k, v.as_str().unwrap())),
        )
        .output()
        .unwrap();
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let filed = last_line(&out.join("filed.json"));
    assert_eq!(filed["outcome"], "queued");
    assert_eq!(last_line(&out.join("full.json"))["outcome"], "abandoned");
    assert_eq!(last_line(&out.join("full/visit.jsonl"))["page"], "out-of-service");
    let cases = cases(&province);
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["submission_id"], filed["submission_id"]);
    assert_eq!(cases[0]["filed_at"], "2026-11-24T10:24:00+08:00");
}
