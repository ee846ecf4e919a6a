//! The answer is lost after the case was kept: exactly one case, or a person.

use crate::site::{NOW, Site};
use domain::case::{SubmissionId, SubmitOutcome};
use domain::service_item::Queueing;
use platform_client::clock::FixedClock;
use platform_client::contract::case::{CaseReceipt, CaseRequest};
use platform_client::contract::rating::RatingRequest;
use platform_client::dialect::Recovery;
use platform_client::entropy::SystemEntropy;
use platform_client::error::CallError;
use platform_client::operation::Operation;
use platform_client::outbox::inspect::Inspector;
use platform_client::outbox::{Courier, Outbox, State};
use platform_client::province::Province;
use platform_client::sim::fault::{Fault, FaultKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than the first waits of the outbox: somebody who sends again would have done so.
const AFTERWARDS: Duration = Duration::from_secs(4);

fn deliver<C: Courier>(outbox: &Outbox, courier: C) -> JoinHandle<()> {
    let outbox = outbox.clone();
    tokio::spawn(async move { _ = outbox.deliver(courier).await })
}

fn state(site: &Site, id: &SubmissionId) -> Option<State> {
    let entropy = SystemEntropy::new();
    let inspector = Inspector::open(&site.outbox_config(), Arc::new(FixedClock(NOW)), &entropy).unwrap();
    let entries = inspector.list().unwrap();
    entries.into_iter().find(|entry| entry.submission_id == id.as_str()).map(|entry| entry.state)
}

fn cases(site: &Site) -> usize {
    site.platform.admin().cases().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_be_asked_has_one_case_and_says_so() {
    for dialect in ["cases=canonical", "cases=anhui", "cases=keyed_nonce"] {
        for lost in [FaultKind::DropAfterCommit, FaultKind::HalfAnswer, FaultKind::DropBeforeCommit] {
            let site = Site::new(&[dialect]);
            site.platform.admin().set_fault(Fault::once(lost));
            let outbox = site.outbox();
            let delivery = deliver(&outbox, site.province());
            let appeal = site.appeal(1, Queueing::MayQueue);
            let said = outbox.submit_now(appeal.clone(), PATIENCE).await.unwrap();
            assert!(matches!(said, SubmitOutcome::Received { .. }), "{dialect} {lost:?}: {said:?}");
            assert_eq!(cases(&site), 1, "{dialect} {lost:?}");
            assert_eq!(site.platform.admin().cases().unwrap()[0].submission_id, appeal.id);
            delivery.abort();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_asked_is_never_sent_the_same_again() {
    for lost in [FaultKind::DropAfterCommit, FaultKind::HalfAnswer, FaultKind::DropBeforeCommit] {
        let site = Site::new(&["cases=bare"]);
        site.platform.admin().set_fault(Fault::once(lost));
        let outbox = site.outbox();
        let delivery = deliver(&outbox, site.province());
        let appeal = site.appeal(1, Queueing::MayQueue);
        let said = outbox.submit_now(appeal.clone(), PATIENCE).await.unwrap();
        assert_eq!(said, SubmitOutcome::Unknown, "{lost:?}");
        // What is told is on disk a moment later.
        let set_aside = async {
            while state(&site, &appeal.id) != Some(State::Poison) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), set_aside).await.expect("a person has to look");
        tokio::time::sleep(AFTERWARDS).await;
        let there = usize::from(lost != FaultKind::DropBeforeCommit);
        assert_eq!(cases(&site), there, "{lost:?}");
        assert_eq!(state(&site, &appeal.id), Some(State::Poison), "{lost:?}: a person has to look");
        // Other cases go on.
        let next = outbox.submit_now(site.appeal(2, Queueing::MayQueue), PATIENCE).await.unwrap();
        assert!(matches!(next, SubmitOutcome::Received { .. }), "{lost:?}: {next:?}");
        assert_eq!(cases(&site), there + 1, "{lost:?}");
        delivery.abort();
        drop(outbox);
    }
}

/// A client that takes a key for granted where there is none.
struct Careless(Province);

impl Courier for Careless {
    fn recovery(&self, _operation: Operation) -> Recovery {
        Recovery::SendAgain
    }

    async fn hand_in(&self, material: platform_client::MaterialUpload) -> Result<(), CallError> {
        Courier::hand_in(&self.0, material).await
    }

    async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        self.0.file(request).await
    }

    async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        self.0.find(id).await
    }

    async fn rate(&self, request: &RatingRequest) -> Result<(), CallError> {
        self.0.rate(request).await.map(|_| ())
    }
}

/// The teeth of the test above: the platform has it twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_again_makes_two() {
    let site = Site::new(&["cases=bare"]);
    site.platform.admin().set_fault(Fault::once(FaultKind::DropAfterCommit));
    let outbox = site.outbox();
    let delivery = deliver(&outbox, Careless(site.province()));
    let said = outbox.submit_now(site.appeal(1, Queueing::MayQueue), PATIENCE).await.unwrap();
    assert!(matches!(said, SubmitOutcome::Received { .. }), "{said:?}");
    assert_eq!(cases(&site), 2);
    delivery.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_with_a_spent_token_is_still_one_case() {
    let site = Site::new(&["cases=anhui"]);
    let outbox = site.outbox();
    let delivery = deliver(&outbox, site.province());
    for n in 1..=4 {
        // Case and material and look-up spend five uses at different moments of each round.
        site.platform.admin().set_fault(Fault::once(FaultKind::DropAfterCommit));
        let said = outbox.submit_now(site.appeal(n, Queueing::MayQueue), PATIENCE).await.unwrap();
        assert!(matches!(said, SubmitOutcome::Received { .. }), "{n}: {said:?}");
        assert_eq!(cases(&site), usize::from(n));
    }
    delivery.abort();
}
