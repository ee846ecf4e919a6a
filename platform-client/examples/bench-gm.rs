//! How long national cryptography takes, beside `openssl speed` on the same machine in the same minute.
//!
//! Both work on 16 KiB at a time, in one thread. Ours is the whole call as a dialect makes it, with its key's schedule and
//! the memory of its result; openssl's is its inner loop.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use platform_client::entropy::SystemEntropy;
use platform_client::gm::sm2::{Signer as _, SigningKey};
use platform_client::gm::{sm3, sm4};
use serde_json::json;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
/// How long each of ours is repeated in a round; openssl counts whole seconds.
const ROUND: Duration = Duration::from_secs(1);
const BYTES: usize = 16 << 10;
const MIB: f64 = 1024.0 * 1024.0;

fn main() {
    let entropy = SystemEntropy::new();
    let sm4_key = sm4::Key::generate(&entropy).unwrap();
    let key = SigningKey::generate(&entropy).unwrap();
    let message = vec![0x5a; BYTES];
    let signature = key.sign(b"message digest", &entropy).unwrap();
    let version = Command::new("openssl").arg("version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap().trim().to_owned();

    // Turn by turn, so that both meet the same machine.
    let mut taken: [(Vec<f64>, Vec<f64>); 4] = Default::default();
    for _ in 0..ROUNDS {
        let per_mib = MIB / BYTES as f64;
        taken[0].0.push(
            per_mib * milliseconds(|| drop(black_box(sm4::cbc::encrypt(&sm4_key, &[7; 16], &message)))),
        );
        taken[0].1.push(milliseconds_per_mib(&["-evp", "sm4-cbc"]));
        taken[1].0.push(per_mib * milliseconds(|| _ = black_box(sm3::digest(&message))));
        taken[1].1.push(milliseconds_per_mib(&["-evp", "sm3"]));
        let (sign, verify) = sm2_milliseconds();
        taken[2].0.push(milliseconds(|| _ = black_box(key.sign(b"message digest", &entropy))));
        taken[2].1.push(sign);
        taken[3].0.push(milliseconds(|| key.verifying_key().verify(b"message digest", &signature).unwrap()));
        taken[3].1.push(verify);
    }
    let names = [
        ("SM4-CBC, encrypting 1 MiB", "≤ 2 ×"),
        ("SM3 over 1 MiB", "≤ 2 ×"),
        ("an SM2 signature", "≤ 10/3 ×"),
        ("an SM2 signature verified", "≤ 10/3 ×"),
    ];
    for ((metric, goal), (ours, theirs)) in names.into_iter().zip(taken) {
        let rate = |samples: &[f64]| 1000.0 / median(samples);
        eprintln!("{metric}: {:.0} a second, openssl {:.0}", rate(&ours), rate(&theirs));
        let anchor = json!({"name": version, "samples": theirs});
        println!("{}", json!({"metric": metric, "unit": "ms", "ours": ours, "anchor": anchor, "goal": goal}));
    }
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// One turn of what is repeated for a round.
fn milliseconds(mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut turns = 0_u32;
    while begun.elapsed() < ROUND {
        (0..8).for_each(|_| work());
        turns += 8;
    }
    begun.elapsed().as_secs_f64() * 1e3 / f64::from(turns)
}

/// The last line of `openssl speed -mr`, its fields behind the colons.
fn speed(words: &[&str]) -> Vec<String> {
    let output =
        Command::new("openssl").args(["speed", "-mr", "-seconds", "1"]).args(words).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().rfind(|line| line.starts_with("+F")).unwrap();
    line.split(':').map(str::to_owned).collect()
}

/// Of `+F:25:SM4-CBC:150022826.67`, bytes a second.
fn milliseconds_per_mib(words: &[&str]) -> f64 {
    let bytes = BYTES.to_string();
    let fields = speed(&[words, &["-bytes", &bytes]].concat());
    MIB * 1e3 / fields.last().unwrap().parse::<f64>().unwrap()
}

/// Of `+F7:0:256:CurveSM2:3897.06:4427.27`, signatures and verifications a second.
fn sm2_milliseconds() -> (f64, f64) {
    let fields = speed(&["sm2"]);
    let [sign, verify] = fields.last_chunk().unwrap();
    (1e3 / sign.parse::<f64>().unwrap(), 1e3 / verify.parse::<f64>().unwrap())
}
