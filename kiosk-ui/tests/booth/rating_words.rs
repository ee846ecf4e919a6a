//! A resident's own words of a low rating, while the province is away: in no file, on no page and in no control after the
//! visit; sealed in the outbox until the province has them.

use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason};
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::terminal::TerminalId;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use kiosk_ui::screens::RatingAdapter;
use platform_client::clock::SystemClock;
use platform_client::entropy::SystemEntropy;
use platform_client::outbox::OutboxConfig;
use platform_client::outbox::inspect::Inspector;
use platform_client::sim::fault::Fault;
use slint::ComponentHandle as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::UtcOffset;

/// Nobody else's words: no file of ours has them.
const WORDS: &str = "橘色窗台第七盏灯下无人应答";
/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

/// The files below a folder that hold the words, as UTF-8 or as UTF-16 in either order of bytes.
fn holding(folder: &Path, without: Option<&Path>) -> Vec<PathBuf> {
    let wide: Vec<u16> = WORDS.encode_utf16().collect();
    let spellings: [Vec<u8>; 3] = [
        WORDS.as_bytes().to_vec(),
        wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    let holds = |path: &PathBuf| {
        // A file of SQLite's may go while it is looked for.
        let bytes = std::fs::read(path).unwrap_or_default();
        spellings.iter().any(|spelt| bytes.windows(spelt.len()).any(|w| w == spelt))
    };
    let left_out = |path: &PathBuf| without.is_some_and(|folder| path.starts_with(folder));
    files(folder).into_iter().filter(|path| !left_out(path)).filter(holds).collect()
}

/// Whether a rating stands in the outbox of this terminal.
fn is_kept(data: &Path) -> bool {
    let config = OutboxConfig::in_folder(data, TerminalId("T99000100100101".into()));
    let clock = Arc::new(SystemClock::new(UtcOffset::UTC));
    let look = Inspector::open(&config, clock, &SystemEntropy::new());
    look.is_ok_and(|outbox| outbox.list().is_ok_and(|all| all.iter().any(|entry| entry.kind == "rating")))
}

#[test]
fn a_residents_words_are_sealed_while_the_province_is_away_and_gone_after_the_visit() {
    let folder = tempfile::tempdir().unwrap();
    let province = folder.path().join("province");
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    let walk = Walk::new(&booth);
    walk.to_review("old-age-allowance", SampleCard::Resident.card()).unwrap();
    let id = booth.terminal().shell().fresh_submission_id().unwrap();
    walk.tap(Tap::Confirm(id));
    walk.reach(Page::Result).unwrap();
    let away: Fault = "province.down".parse().unwrap();
    let admin = booth.rig().admin().unwrap();
    admin.set_fault(away);

    walk.tap(Tap::Finish);
    assert_eq!(booth.page(), Page::Rating);
    walk.tap(Tap::Rate(RatingLevel::Dissatisfied));
    walk.tap(Tap::RatingReason(RatingReason("took_too_long".into())));
    walk.tap(Tap::WriteRating);
    walk.tap(Tap::RatingWords(Personal::new(WORDS)));
    // A field's value and what stands in words.
    let shown = || {
        booth.stage().settle();
        let value = booth.terminal().window().global::<RatingAdapter<'_>>().get_words();
        value.contains(WORDS) || booth.stage().elements().iter().any(|e| e.label.contains(WORDS))
    };
    assert!(shown(), "what is written is seen");
    walk.tap(Tap::Next);
    walk.tap(Tap::SendRating);
    walk.leave().unwrap();

    let until = Instant::now() + LIMIT;
    while !is_kept(folder.path()) {
        assert!(Instant::now() < until, "the rating was not kept");
        booth.wait_event(Duration::from_millis(200));
    }
    assert!(!shown(), "it is still on a page");
    assert!(!format!("{:?}", booth.terminal().shell().session()).contains(WORDS));
    assert_eq!(holding(folder.path(), None), Vec::<PathBuf>::new(), "it lies open on the disk");

    // The province comes back: it has the words, and no file of the terminal's has them.
    admin.clear_fault(away);
    let until = Instant::now() + LIMIT;
    while holding(&province, None).is_empty() {
        assert!(Instant::now() < until, "the words were not delivered");
        booth.wait_event(Duration::from_millis(500));
    }
    assert_eq!(holding(folder.path(), Some(&province)), Vec::<PathBuf>::new());
}
