//! Where the roll is at its end, a slip comes on A4, and a resident need not know why.

use domain::device::PaperSupply;
use domain::messages::MessageId as M;
use domain::session::event::{PrintOutcome, Tap};
use domain::session::page::Page;
use domain::session::state::{PrintPhase, Step};
use drivers::sim::id_card::SampleCard;
use drivers::sim::printer::{Moment, PrinterFault};
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use std::sync::{Arc, Mutex};

#[test]
fn a_slip_comes_on_a4_where_the_roll_is_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let came: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let taken = Arc::clone(&came);
    let booth = Booth::open(BoothOptions {
        on_document: Some(Box::new(move |document| taken.lock().unwrap().push(document.bytes.clone()))),
        ..BoothOptions::usual(folder.path())
    })
    .unwrap();
    booth.rig().printer().set_fault(PrinterFault::PaperOut(Moment::Before));
    let walk = Walk::new(&booth);
    let out = || booth.terminal().shell().session().facts().devices.paper == PaperSupply::Out;
    walk.hear_until(Page::Idle, out).unwrap();
    walk.to_review("old-age-allowance", SampleCard::Resident.card()).unwrap();
    let id = booth.terminal().shell().fresh_submission_id().unwrap();
    walk.tap(Tap::Confirm(id));
    walk.reach(Page::Result).unwrap();
    let label = M::ResultPrint.text(domain::locale::Locale::ZhCn);
    assert!(booth.stage().elements().iter().any(|e| e.label == label && e.enabled), "it can be printed");
    walk.tap(Tap::Print);
    let ended = || {
        walk.step_is(|step| match step {
            Step::Printing(printing) => printing.phase == PrintPhase::Ended(PrintOutcome::Printed),
            _ => false,
        })
    };
    walk.hear_until(Page::Printing, ended).unwrap();
    let came = came.lock().unwrap();
    assert_eq!(came.len(), 1);
    assert!(came[0].starts_with(b"%PDF-"), "{:?}", came[0].get(..8));
}
