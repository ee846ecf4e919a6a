//! A large material in pieces over a line that breaks.

use platform_client::contract::material::MaterialId;
use platform_client::contract::upload::{LONGEST_PIECE, UploadState};
use platform_client::province::LargeMaterial;
use platform_client::sim::fault::{Fault, FaultKind};

use crate::fixture::{Fixture, code};

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251).to_le_bytes()[0]).collect()
}

#[tokio::test]
async fn pieces_become_the_material_that_was_announced() {
    let fixture = Fixture::begin();
    let file = bytes(LONGEST_PIECE * 2 + 17);
    let id = MaterialId("m-large".into());
    let material = LargeMaterial { id: &id, media_type: "application/pdf", bytes: &file };
    fixture.province.hand_in_pieces(material).await.unwrap();
    assert_eq!(code(fixture.province.upload(&id).await), "not_found", "it is a material by now");
    // The same again is nothing new, and another file under its name is refused.
    fixture.province.hand_in_pieces(material).await.unwrap();
    let other = bytes(10);
    let other = LargeMaterial { id: &id, media_type: "application/pdf", bytes: &other };
    assert_eq!(code(fixture.province.hand_in_pieces(other).await), "key_reused");
}

/// The platform goes away in the middle: what arrived is not sent again.
#[tokio::test]
async fn after_a_break_it_goes_on_from_where_it_was() {
    use platform_client::sim::{Options, ReferencePlatform, TimeSource};
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        time: TimeSource::Fixed(crate::fixture::NOW),
        ..Options::new(folder.path(), crate::fixture::FONT)
    };
    let file = bytes(LONGEST_PIECE * 3);
    let id = MaterialId("m-broken".into());
    let material = LargeMaterial { id: &id, media_type: "image/jpeg", bytes: &file };
    let platform = ReferencePlatform::start(options()).unwrap();
    let province = crate::fixture::province(&platform);
    // Two pieces arrive; the client is let go in the middle of the third.
    let pieces = province.hand_in_pieces(material);
    let moved = async {
        loop {
            if province.upload(&id).await.is_ok_and(|u| u.offset >= LONGEST_PIECE as u64) {
                platform.admin().set_fault(Fault::always(FaultKind::Down));
                return;
            }
        }
    };
    let (sent, ()) = tokio::join!(pieces, moved);
    drop(platform);
    let platform = ReferencePlatform::start(options()).unwrap();
    let province = crate::fixture::province(&platform);
    if sent.is_err() {
        let upload = province.upload(&id).await.unwrap();
        assert!(upload.offset >= LONGEST_PIECE as u64 && upload.state == UploadState::Open);
        assert_eq!(upload.offset % LONGEST_PIECE as u64, 0);
    }
    province.hand_in_pieces(material).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_is_left_is_forgotten() {
    let fixture = Fixture::begin();
    let id = MaterialId("m-none".into());
    assert_eq!(code(fixture.province.upload(&id).await), "not_found");
}
