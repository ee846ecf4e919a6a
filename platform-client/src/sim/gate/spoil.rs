//! Answers that were right and are spoiled on their way out.

use std::sync::OnceLock;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use axum::response::Response;
use miniz_oxide::deflate::compress_to_vec;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::body::{Drip, Padded};
use crate::sim::fault::FaultKind;

/// What is done to a right answer, in this order.
pub(super) const KINDS: [FaultKind; 7] = [
    FaultKind::WrongCase,
    FaultKind::ClockSkew,
    FaultKind::InvalidJson,
    FaultKind::GzipBomb,
    FaultKind::HugeAnswer,
    FaultKind::EndlessAnswer,
    FaultKind::SlowDrip,
];

/// How long an answer is that is too long, in bytes.
const HUGE: usize = 50_000_000;
/// What one member of a small compressed answer unpacks to, in bytes, and how many it has.
const MEMBER: usize = 1 << 20;
const MEMBERS: usize = 64;

pub(super) async fn spoiled(kind: FaultKind, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    // The platform's own bodies are in memory already.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    let body = match kind {
        FaultKind::WrongCase => Body::from(rewritten(&bytes, another_case)),
        FaultKind::ClockSkew => Body::from(rewritten(&bytes, an_hour_ahead)),
        FaultKind::InvalidJson => Body::from(bytes.slice(..bytes.len().saturating_sub(2))),
        FaultKind::GzipBomb => {
            parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Body::from(bomb())
        }
        FaultKind::HugeAnswer => Body::new(Padded::new(Some(HUGE.saturating_sub(bytes.len())), bytes)),
        FaultKind::EndlessAnswer => Body::new(Padded::new(None, bytes)),
        FaultKind::SlowDrip => Body::new(Drip::new(bytes)),
        _ => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

fn rewritten(bytes: &Bytes, change: fn(&mut Value)) -> Vec<u8> {
    let Ok(mut envelope) = serde_json::from_slice::<Value>(bytes) else { return bytes.to_vec() };
    change(&mut envelope);
    envelope.to_string().into_bytes()
}

/// Names another key and another application: the answer of a call that got mixed up with this one.
fn another_case(envelope: &mut Value) {
    for (member, other) in
        [("submissionId", "f0".repeat(16)), ("applicationNumber", "SQ-20000101-0000000".to_owned())]
    {
        if let Some(value) = envelope.pointer_mut(&format!("/data/{member}")) {
            *value = Value::from(other);
        }
    }
}

fn an_hour_ahead(envelope: &mut Value) {
    let Some(time) = envelope.get_mut("serverTime") else { return };
    let ahead = time.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let ahead = ahead.and_then(|at| (at + Duration::hours(1)).format(&Rfc3339).ok());
    if let Some(ahead) = ahead {
        *time = Value::from(ahead);
    }
}

/// 64 MiB of white space as gzip (RFC 1952): some 64 KiB on the wire. It is one member of 1 MiB again and again, as
/// section 2.2 allows.
fn bomb() -> Bytes {
    static BYTES: OnceLock<Bytes> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let blank = vec![b' '; MEMBER];
        // Magic number, deflate, no flags, no time, fastest, unknown system.
        let mut gzip = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];
        gzip.extend(compress_to_vec(&blank, 1));
        gzip.extend(crc32(&blank).to_le_bytes());
        gzip.extend((MEMBER as u64).to_le_bytes()[..4].iter());
        Bytes::from(gzip.repeat(MEMBERS))
    });
    bytes.clone()
}

/// CRC-32 of RFC 1952 section 8.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_of_the_bomb_is_that_of_the_standard() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn the_bomb_is_small_and_unpacks_to_what_it_says() {
        let bomb = bomb();
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        let member = &bomb[..bomb.len() / MEMBERS];
        let packed = &member[10..member.len() - 8];
        assert_eq!(miniz_oxide::inflate::decompress_to_vec(packed).unwrap(), vec![b' '; MEMBER]);
    }
}
