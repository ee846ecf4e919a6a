//! A whole visit at a terminal whose engine says no, though the province's matcher would say yes.

use super::programs;
use domain::identity::FaceMatch;
use domain::session::event::{FaceVerdict, Tap};
use domain::session::page::Page;
use domain::session::state::{FaceFailure, FacePhase, Step};
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};

pub(crate) fn two_refusals_lead_another_way() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions {
        face_engine: Some(programs(Some("face_engine.no_match"), None)),
        ..BoothOptions::usual(folder.path())
    })
    .unwrap();
    let walk = Walk::new(&booth);
    walk.begin("pension-certification");
    walk.agree();
    walk.reach(Page::IdentifyCard).unwrap();
    booth.rig().place(SampleCard::Resident.card());
    let refused = |times| {
        walk.step_is(|step| match step {
            Step::Face(check) => {
                let no = FacePhase::Failed(FaceFailure::Verdict(FaceVerdict::NotMatched));
                check.refusals == times && check.phase == no
            }
            _ => false,
        })
    };
    walk.hear_until(Page::Face, || refused(1)).unwrap();
    walk.tap(Tap::FaceAgain);
    walk.hear_until(Page::Face, || refused(2)).unwrap();
    walk.tap(Tap::FaceAgain);
    assert!(refused(2), "no third look");
    walk.tap(Tap::WithoutFace);
    let goes_on = || {
        walk.step_is(|step| match step {
            Step::Form(filling) => filling.file.identity.face() == Some(FaceMatch::NotMatched),
            _ => false,
        })
    };
    walk.hear_until(Page::Review, goes_on).unwrap();
}
