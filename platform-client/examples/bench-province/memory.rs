//! Memory over many submissions: the province is a process of its own, so that what is measured is the terminal's side.

use crate::town::{self, Terminal};
use crate::{Scale, say};
use domain::case::SubmitOutcome;
use platform_client::sim::{Options, ReferencePlatform};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The argument that makes this program the province.
pub(crate) const PROVINCE: &str = "province";
const SUBMISSIONS: u64 = 100_000;
const STEPS: u64 = 20;

/// A province until the input ends.
pub(crate) fn province() {
    let folder = std::env::args().nth(2).unwrap();
    let platform = ReferencePlatform::start(Options::new(folder, town::FONT)).unwrap();
    println!("{}", platform.url());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

pub(crate) async fn measure(scale: Scale) {
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let data = folder.path().join("platform");
    let mut province = Command::new(std::env::current_exe().unwrap())
        .arg(PROVINCE)
        .arg(&data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(province.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let terminal = Terminal::new(folder.path(), url.trim(), &data.join("credentials"), town::terminal());
    let delivery = terminal.deliver();
    let step = scale.of(SUBMISSIONS) / STEPS;
    let mut sizes = Vec::new();
    for part in 0..STEPS {
        submit(&terminal, part * step..(part + 1) * step).await;
        sizes.push(proportional_set_size());
    }
    delivery.abort();
    drop(province.stdin.take());
    province.wait().unwrap();
    // The first fifth fills what is filled once: buffers, the database's pages.
    let (first, later) = sizes.split_at(usize::try_from(STEPS / 5).unwrap());
    say(
        "memory (PSS) over the later 80,000 of 100,000 submissions",
        "MiB",
        later,
        Some(("the same process after 20,000", &first[first.len() - 1..])),
        "≤ 1.1 ×",
    );
}

/// Sixteen visits at a time.
async fn submit(terminal: &Terminal, numbers: std::ops::Range<u64>) {
    let places = Arc::new(Semaphore::new(16));
    let mut visits = tokio::task::JoinSet::new();
    for n in numbers {
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let (outbox, case) = (terminal.outbox.clone(), town::meal(n, &terminal.terminal));
        visits.spawn(async move {
            let _place = place;
            let outcome = outbox.submit_now(case, Duration::from_secs(60)).await.unwrap();
            assert!(matches!(outcome, SubmitOutcome::Accepted { .. }), "{outcome:?}");
        });
        while visits.try_join_next().is_some_and(|visit| visit.map(|()| true).unwrap()) {}
    }
    while let Some(visit) = visits.join_next().await {
        visit.unwrap();
    }
}

/// In MiB (Linux, Documentation/filesystems/proc.rst, `smaps_rollup`).
fn proportional_set_size() -> f64 {
    let text = std::fs::read_to_string(Path::new("/proc/self/smaps_rollup")).unwrap();
    let line = text.lines().find(|line| line.starts_with("Pss:")).unwrap();
    let kib: f64 = line.trim_start_matches("Pss:").trim_end_matches("kB").trim().parse().unwrap();
    kib / 1024.0
}
