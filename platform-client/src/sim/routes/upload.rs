//! Materials in pieces.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use ring::digest::{SHA256, digest};
use time::Duration;

use crate::contract::envelope::code;
use crate::contract::material::MaterialId;
use crate::contract::upload::{LONGEST_PIECE, Upload, UploadRequest, UploadState, part};
use crate::sim::answer::{Answer, Call, refusal, respond};
use crate::sim::platform::Platform;
use crate::sim::store::{Keyed, Piece, UploadRow, hex};

/// How long an upload that is not complete is kept.
const KEPT: Duration = Duration::hours(24);

pub(super) fn begin(platform: &Platform, _: &Call, request: UploadRequest) -> Answer<Upload> {
    let now = platform.now();
    platform.store.forget_uploads(now)?;
    if let Some(material) = platform.store.material(&request.id)? {
        let same = material.sha256 == request.sha256 && material.media_type == request.media_type;
        let whole = UploadRow {
            sha256: material.sha256,
            media_type: material.media_type,
            offset: request.length,
            length: request.length,
            expires_at: now + KEPT,
        };
        return match same {
            true => Ok(told(request.id, &whole, UploadState::Complete)),
            false => Err(refusal(code::KEY_REUSED, "another file lies under this id")),
        };
    }
    match platform.store.begin_upload(&request, now + KEPT)? {
        Keyed::Kept(row) => Ok(told(request.id, &row, UploadState::Open)),
        Keyed::Reused => Err(refusal(code::KEY_REUSED, "another upload lies under this id")),
    }
}

pub(super) fn state(platform: &Platform, call: &Call) -> Answer<Upload> {
    let id = MaterialId(call.segment("materialId").to_owned());
    platform.store.forget_uploads(platform.now())?;
    let row = platform.store.upload(&id)?.ok_or_else(unknown)?;
    Ok(told(id, &row, UploadState::Open))
}

pub(super) async fn piece(State(platform): State<Arc<Platform>>, call: Call, request: Request) -> Response {
    match parts(request).await {
        Ok(parts) => super::at_work(platform, call, move |platform, call| keep(platform, call, &parts)).await,
        Err(refusal) => respond(&platform, &call.request_id, Answer::<()>::Err(refusal)),
    }
}

struct Parts {
    offset: u64,
    bytes: Vec<u8>,
}

async fn parts(request: Request) -> Answer<Parts> {
    let bad = |what: &str| refusal(code::BAD_REQUEST, what);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| super::not_multipart())?;
    let mut texts = BTreeMap::new();
    let mut piece = None;
    while let Some(field) = form.next_field().await.map_err(|_| bad("the parts did not arrive"))? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| refusal(code::TOO_LARGE, "the piece is too large"))?;
        let twice = match name.as_str() {
            part::PIECE => piece.replace(bytes.to_vec()).is_some(),
            part::OFFSET | part::SHA256 => {
                texts.insert(name, String::from_utf8_lossy(&bytes).into_owned()).is_some()
            }
            _ => return Err(bad("a part is none of the contract's")),
        };
        if twice {
            return Err(bad("a part is there twice"));
        }
    }
    let bytes = piece.ok_or_else(|| bad("the part `piece` is missing"))?;
    if bytes.is_empty() {
        return Err(refusal(code::CONTENT_REFUSED, "a piece has at least one byte"));
    }
    if bytes.len() > LONGEST_PIECE {
        return Err(refusal(code::TOO_LARGE, "a piece has at most 1 MiB"));
    }
    let digits = texts.remove(part::OFFSET).ok_or_else(|| bad("the part `offset` is missing"))?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let offset = digits.parse().ok().filter(|_| plain);
    let offset = offset.ok_or_else(|| bad("an offset has decimal digits"))?;
    let sha256 = texts.remove(part::SHA256).ok_or_else(|| bad("the part `sha256` is missing"))?;
    if sha256 != hex(digest(&SHA256, &bytes).as_ref()) {
        return Err(refusal(code::CONTENT_REFUSED, "the piece is not what its digest says"));
    }
    Ok(Parts { offset, bytes })
}

fn keep(platform: &Platform, call: &Call, parts: &Parts) -> Answer<Upload> {
    let id = MaterialId(call.segment("materialId").to_owned());
    let now = platform.now();
    platform.store.forget_uploads(now)?;
    match platform.store.keep_piece(&id, parts.offset, &parts.bytes, now)? {
        Piece::Kept(row) => Ok(told(id, &row, UploadState::Open)),
        Piece::Complete(row) => Ok(told(id, &row, UploadState::Complete)),
        Piece::WrongDigest => {
            Err(refusal(code::CONTENT_REFUSED, "the whole is not what its digest says: begin anew"))
        }
        Piece::WrongOffset => {
            Err(refusal(code::OFFSET_WRONG, "the piece does not begin where the upload ends"))
        }
        Piece::Unknown => Err(unknown()),
    }
}

fn unknown() -> crate::sim::answer::Refusal {
    refusal(code::NOT_FOUND, "no such upload: it was never announced, is complete, or its time is over")
}

fn told(id: MaterialId, row: &UploadRow, state: UploadState) -> Upload {
    Upload { id, offset: row.offset, length: row.length, state, expires_at: row.expires_at }
}
