//! The whole line of calls of a visit, in each dialect.

use crate::site::{NOW, Site};
use domain::case::SubmitOutcome;
use domain::identity::{Assurance, Consent, FaceConsent, SharedDataConsent};
use domain::locale::Localized;
use domain::material::Picture;
use domain::personal::Personal;
use domain::rating::{RatingLevel, ServiceRating};
use domain::service_item::{ItemId, Queueing};
use domain::session::effect::RatingToSend;
use platform_client::Shown;
use platform_client::contract::session::{FaceEngine, PresentationAttack};
use platform_client::contract::terminal::{Heartbeat, TerminalEvent};
use platform_client::province::{CatalogueAnswer, EngineVerdict, Province};
use platform_client::sim::CodeKind;
use std::collections::BTreeMap;
use std::time::Duration;

/// Whether an interface of the site can be asked for a case by its key.
#[derive(Clone, Copy, PartialEq)]
enum LookUp {
    There,
    Absent,
}

async fn check(site: Site, look_up: LookUp) {
    let province = site.province();
    of_the_terminal(&site, &province).await;
    of_the_resident(&site, &province).await;
    filed(&site, &province, look_up).await;
}

async fn of_the_terminal(site: &Site, province: &Province) {
    let activation = province.activate("0.1.0", &[]).await.unwrap();
    assert_eq!(activation.site.terminal, site.terminal());
    let heartbeat = Heartbeat {
        terminal_id: site.terminal(),
        at: NOW,
        software_version: "0.1.0".to_owned(),
        devices: BTreeMap::from([("printer".to_owned(), "online".to_owned())]),
        paper: "full".to_owned(),
        outbox_waiting: 0,
        outbox_needs_human: 0,
    };
    let version = province.heartbeat(&heartbeat).await.unwrap().catalogue_version;
    let event = TerminalEvent {
        number: 1,
        at: NOW,
        kind: "started".to_owned(),
        item_id: None,
        details: BTreeMap::new(),
    };
    assert_eq!(province.events(vec![event]).await.unwrap(), 1);
    let CatalogueAnswer::New { etag, files } = province.catalogue(None).await.unwrap() else {
        panic!("a catalogue")
    };
    assert_eq!(files.version, version);
    assert!(etag.is_some());
    let again = province.catalogue(etag.as_deref()).await.unwrap();
    assert_eq!(again, CatalogueAnswer::Unchanged);
    assert_eq!(province.divisions(None).await.unwrap().len(), 12);
    assert!(!province.notices().await.unwrap().is_empty());
    province.warnings().await.unwrap();
}

async fn of_the_resident(site: &Site, province: &Province) {
    let code = site.platform.admin().fresh_code(CodeKind::ProvinceQr, "zhang-shili").unwrap();
    let code = Personal::new(code);
    let mut session = province.open_session(Shown::ProvinceQr(&code)).await.unwrap();
    assert_eq!(session.person().name.reveal(), "张示例");
    let item = ItemId("pension-certification".to_owned());
    province.inquiry(&session, &item).await.unwrap();
    let consent = Consent {
        item_version: "2026.11.1".to_owned(),
        at: NOW,
        face: FaceConsent::NotAsked,
        shared_data: SharedDataConsent::Given,
    };
    let known = province.prefill(&session, &item, &consent, vec!["phone".to_owned()]).await.unwrap();
    assert_eq!(known.len(), 1);
    province.suggestions(&session).await.unwrap();
    let picture = Picture::new(b"\x89PNG\r\n\x1a\n with every byte \x00\xff\r\n--\r\n".to_vec());
    province.match_face(&mut session, &picture).await.unwrap();
    let said = EngineVerdict {
        engine: FaceEngine { name: "样本引擎".to_owned(), version: "1".to_owned(), certificate: None },
        score: -0.25,
        threshold: -0.5,
        presentation_attack: PresentationAttack::NotDetected,
    };
    province.tell_face_verdict(&mut session, &said).await.unwrap();
    // A face fits a card; there is none in a session by QR.
    assert_eq!(session.assurance(), Assurance::CardOrQr);
    let directory = ItemId("convenience-directory".to_owned());
    let division = site.platform.admin().site().division.clone();
    assert!(!province.directory(&directory, &division).await.unwrap().is_empty());
    province.call_help("idle", None).await.unwrap();
    province.call_back(&Personal::new("11100000001"), None).await.unwrap();
}

async fn filed(site: &Site, province: &Province, look_up: LookUp) {
    let outbox = site.outbox();
    let delivery = {
        let (outbox, province) = (outbox.clone(), province.clone());
        tokio::spawn(async move { outbox.deliver(province).await.map(|_| ()) })
    };
    let appeal = site.appeal(1, Queueing::MayQueue);
    let said = outbox.submit_now(appeal.clone(), Duration::from_secs(30)).await.unwrap();
    let SubmitOutcome::Received { application, .. } = said else { panic!("{said:?}") };
    let status = province.case_status(&application).await.unwrap();
    assert_eq!(status.item_id, appeal.item);
    if look_up == LookUp::There {
        let found = province.find(&appeal.id).await.unwrap().unwrap();
        assert_eq!(found.submission_id, appeal.id);
        let nobodys = site.appeal(9, Queueing::MayQueue).id;
        assert_eq!(province.find(&nobodys).await.unwrap(), None);
    } else {
        assert!(province.find(&appeal.id).await.is_err());
    }
    let reasons = province.rating_options().await.unwrap();
    let words: Vec<Localized> = reasons.iter().map(|r| r.label.clone()).collect();
    assert!(!words.is_empty());
    let rating = RatingToSend {
        submission: Some(appeal.id.clone()),
        item: appeal.item.clone(),
        rating: ServiceRating::new(RatingLevel::Dissatisfied, vec![reasons[0].code.clone()]).unwrap(),
        at: NOW,
    };
    outbox.rate(&rating).unwrap();
    for _ in 0..500 {
        if outbox.room().rows == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(outbox.room().rows, 0, "case and rating have gone");
    assert_eq!(site.platform.admin().cases().unwrap().len(), 1);
    delivery.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn canonical() {
    check(Site::new(&[]), LookUp::There).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anhui() {
    check(Site::all("anhui"), LookUp::There).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keyed_nonce() {
    check(Site::all("keyed_nonce"), LookUp::There).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bare() {
    check(Site::all("bare"), LookUp::Absent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn national_rating_and_a_dialect_for_each_interface() {
    let dialects = ["ratings=national_rating", "cases=anhui", "items=keyed_nonce", "assist=bare"];
    check(Site::new(&dialects), LookUp::There).await;
}
