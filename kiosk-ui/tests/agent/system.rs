//! What the system says of its clock and disk, and what that changes.

use super::{CARE, booth, sign_in, touch};
use domain::case::SubmissionId;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::paper::{CaseHead, Paper};
use domain::personal::Personal;
use domain::session::event::{ClockTrust, DataPartition, Tap};
use domain::session::page::Page;
use kiosk_ui::headless::{Booth, Walk};
use platform_client::sim::StaffDuty;

#[test]
fn what_the_system_says_of_clock_and_disk_is_followed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |name: &str, word: &str| std::fs::write(folder.path().join(name), format!("{word}\n")).unwrap();
    write("clock", "kept");
    write("data", "plain");
    let booth = booth(folder.path(), None);
    let facts = || {
        booth.pass_second();
        let shell = booth.terminal().shell();
        let facts = shell.session().facts();
        (facts.clock, facts.data_partition)
    };
    assert_eq!(facts(), (ClockTrust::Kept, DataPartition::Kept));
    let claimed = Paper::QueuedSlip { head: head(&booth), submission: SubmissionId::from_random([7; 16]) };
    assert!(booth.terminal().shell().code_of_paper(&claimed).is_some());
    write("clock", "unsure");
    assert_eq!(facts().0, ClockTrust::Unsure);
    assert_eq!(booth.terminal().shell().code_of_paper(&claimed), None, "nothing is signed with such a date");
    write("data", "read_only");
    assert_eq!(facts().1, DataPartition::ReadOnly);
    let walk = Walk::new(&booth);
    walk.begin(CARE);
    assert_eq!(booth.page(), Page::Trouble);
    let kept = M::TroubleKeptTitle.text(Locale::ZhCn);
    assert!(booth.stage().elements().iter().any(|element| element.label == kept));
    walk.tap(Tap::Close);
    assert_eq!(booth.page(), Page::Guide, "the guide can still be read");
    walk.leave().unwrap();
    sign_in(&booth, StaffDuty::Technician, Page::Technician);
    let told = |tab: M, words: M| {
        touch(&booth, tab.text(Locale::ZhCn));
        let words = words.text(Locale::ZhCn);
        assert!(booth.stage().elements().iter().any(|element| element.label == words), "{words}");
    };
    told(M::TechnicianNetwork, M::TechnicianClockUnsure);
    told(M::TechnicianOutbox, M::TechnicianDataReadOnly);
}

/// The head of a slip, of nobody.
fn head(booth: &Booth) -> CaseHead {
    let shell = booth.terminal().shell();
    let site = &shell.session().facts().site;
    CaseHead {
        locale: Locale::ZhCn,
        site: site.name.clone(),
        terminal: site.terminal.clone(),
        item: site.name.clone(),
        applicant: Personal::new("示例"),
        masked_number: String::new(),
        agent: None,
        filed_at: shell.session().facts().now,
        particulars: Vec::new(),
        next_step: None,
        responsible: site.name.clone(),
        phone: String::new(),
        copy: domain::paper::Copy::First,
    }
}
