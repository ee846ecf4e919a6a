//! One entry for each parser of outside bytes: any bytes are answered, and what is answered holds together.
//!
//! Called by the fuzz targets beside this file, and by `platform-client/tests/fuzz.rs` over the corpus and seeded changes of
//! it. A new parser gets an entry here, a line in [`ENTRIES`], a target in `fuzz_targets` and Cargo.toml, and a folder in
//! `corpus`.
#![allow(dead_code, reason = "each fuzz target takes one entry, the test takes all")]

use platform_client::catalogue_delta;
use platform_client::catalogue_trust::{CatalogueKeys, signed_text};
use platform_client::contract::catalogue::{CatalogueDelta, CatalogueFiles};
use platform_client::contract::envelope::Envelope;
use platform_client::contract::{
    appeal, appointment, assist, board, case, catalogue, guide, item, licence, material, progress, rating,
    session, terminal, upkeep, upload, volunteer,
};
use platform_client::slip;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An entry.
pub(crate) type Entry = fn(&[u8]);

/// Every entry, by the name of its target and its folder in the corpus.
pub(crate) const ENTRIES: [(&str, Entry); 7] = [
    ("answer", answer),
    ("catalogue", catalogue),
    ("catalogue_key", catalogue_key),
    ("delta", delta),
    ("envelope", envelope),
    ("form", form),
    ("slip", slip),
];

/// What is read is written and read again as the same thing.
fn kept<T: DeserializeOwned + Serialize>(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else { return };
    let Ok(written) = serde_json::to_string(&value) else { panic!("what was read can be written") };
    let again: T = match serde_json::from_str(&written) {
        Ok(again) => again,
        Err(error) => panic!("what was written can be read: {error}"),
    };
    assert_eq!(serde_json::to_string(&again).ok().as_ref(), Some(&written));
}

/// The data of every answer that a province gives, one after the other.
pub(crate) fn answer(bytes: &[u8]) {
    kept::<terminal::Activation>(bytes);
    kept::<terminal::HeartbeatAnswer>(bytes);
    kept::<terminal::EventsAnswer>(bytes);
    kept::<upkeep::SuppliesAnswer>(bytes);
    kept::<upkeep::FaultAnswer>(bytes);
    kept::<upkeep::TerminalConfiguration>(bytes);
    kept::<catalogue::Divisions>(bytes);
    kept::<guide::Items>(bytes);
    kept::<guide::ItemGuide>(bytes);
    kept::<guide::ItemForm>(bytes);
    kept::<session::Session>(bytes);
    kept::<session::SmsChallenge>(bytes);
    kept::<session::FaceAnswer>(bytes);
    kept::<session::FaceVerdictAnswer>(bytes);
    kept::<session::StaffMember>(bytes);
    kept::<item::Inquiry>(bytes);
    kept::<item::Prefill>(bytes);
    kept::<item::Suggestions>(bytes);
    kept::<item::CertificateAnswer>(bytes);
    kept::<item::Directory>(bytes);
    kept::<material::MaterialReceipt>(bytes);
    kept::<upload::Upload>(bytes);
    kept::<case::CaseReceipt>(bytes);
    kept::<case::CaseStatus>(bytes);
    kept::<progress::MyCases>(bytes);
    kept::<progress::CaseDraft>(bytes);
    kept::<progress::DraftReceipt>(bytes);
    kept::<progress::CaseResult>(bytes);
    kept::<licence::Authorisation>(bytes);
    kept::<licence::Licences>(bytes);
    kept::<licence::LicenceRendering>(bytes);
    kept::<rating::RatingOptions>(bytes);
    kept::<rating::RatingReceipt>(bytes);
    kept::<board::Notices>(bytes);
    kept::<board::Warnings>(bytes);
    kept::<assist::AssistCallAnswer>(bytes);
    kept::<assist::CallbackAnswer>(bytes);
    kept::<appeal::AppealStatus>(bytes);
    kept::<appointment::Slots>(bytes);
    kept::<appointment::Appointment>(bytes);
    kept::<volunteer::Activities>(bytes);
    kept::<volunteer::SignUpReceipt>(bytes);
}

/// The body of every call that a terminal makes, as a province reads it.
pub(crate) fn form(bytes: &[u8]) {
    kept::<terminal::ActivateRequest>(bytes);
    kept::<terminal::Heartbeat>(bytes);
    kept::<terminal::EventBatch>(bytes);
    kept::<upkeep::SuppliesReport>(bytes);
    kept::<upkeep::FaultReport>(bytes);
    kept::<session::SessionRequest>(bytes);
    kept::<session::StaffSignIn>(bytes);
    kept::<item::PrefillRequest>(bytes);
    kept::<item::CertificateRequest>(bytes);
    kept::<upload::UploadRequest>(bytes);
    kept::<case::CaseRequest>(bytes);
    kept::<progress::Supplement>(bytes);
    kept::<progress::Withdrawal>(bytes);
    kept::<licence::AuthorisationRequest>(bytes);
    kept::<licence::RenderRequest>(bytes);
    kept::<rating::RatingRequest>(bytes);
    kept::<assist::Callback>(bytes);
    kept::<appeal::Appeal>(bytes);
    kept::<appeal::AppealFeedback>(bytes);
    kept::<appointment::AppointmentRequest>(bytes);
    kept::<volunteer::SignUp>(bytes);
}

/// The envelope around an answer.
pub(crate) fn envelope(bytes: &[u8]) {
    kept::<Envelope<case::CaseReceipt>>(bytes);
}

/// A catalogue: what is signed of it is whole lines, one for each of its files.
pub(crate) fn catalogue(bytes: &[u8]) {
    kept::<CatalogueFiles>(bytes);
    let Ok(files) = serde_json::from_slice::<CatalogueFiles>(bytes) else { return };
    if let Some(text) = signed_text(&files) {
        assert_eq!(text.lines().count(), 5 + files.items.len());
    }
    // A key that signed nothing proves nothing.
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert!(CatalogueKeys::parse(&format!("ed25519 {key}")).verify(&files).is_err());
}

/// A file of catalogue keys.
pub(crate) fn catalogue_key(bytes: &[u8]) {
    let keys = CatalogueKeys::parse(&String::from_utf8_lossy(bytes));
    let again = CatalogueKeys::parse(&String::from_utf8_lossy(bytes).replace('\r', ""));
    assert_eq!(keys, again);
}

/// A delta on a catalogue of two files: what comes of it has the files that it says, in its order.
pub(crate) fn delta(bytes: &[u8]) {
    kept::<CatalogueDelta>(bytes);
    let Ok(delta) = serde_json::from_slice::<CatalogueDelta>(bytes) else { return };
    let old = serde_json::from_str::<CatalogueFiles>(
        r#"{"version": "2026.11.1", "publishedAt": "2026-11-24T10:24:00+08:00", "site": null,
            "items": [{"name": "a.toml", "toml": "a"}, {"name": "b.toml", "toml": "b"}]}"#,
    );
    let Ok(old) = old else { panic!("a catalogue") };
    if let Ok(new) = catalogue_delta::apply(&old, &delta) {
        let names: Vec<&String> = new.items.iter().map(|file| &file.name).collect();
        assert_eq!(names, delta.order.iter().collect::<Vec<_>>());
        assert_eq!(new.version, delta.version);
    }
}

/// The text of a slip's code: nobody's key proves what nobody signed.
pub(crate) fn slip(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // GB/T 32918.5-2017, annex A.
    let key = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
               ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z";
    let keys: Vec<_> = slip::SlipKey::from_line(key).into_iter().collect();
    assert_eq!(keys.len(), 1);
    assert!(slip::verify(&text, &keys).is_err());
    let _read = slip::SlipKey::from_line(&text);
}
