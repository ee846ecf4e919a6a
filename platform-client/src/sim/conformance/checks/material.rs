//! Materials: multipart, under their digest, before the case that names them.

use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Call, Checked, Talk};
use crate::sim::conformance::wire::{AskPart, Broken};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let id = format!("conformance-{}", talk.id(1));
    let picture = talk.picture(1);
    let sha256 = sha256(&picture);
    let kept = |answer: Answer| {
        answer.data()?;
        answer.holds("/data/id", &format!("\"{id}\""), |v| v == &json!(id))?;
        answer.holds("/data/sha256", &format!("\"{sha256}\""), |v| v == &json!(sha256))
    };
    let hand_in = || material(talk, &id, &sha256, "image/png", picture.clone());
    match point {
        "kept" => kept(hand_in().send().await?),
        "repeat" => {
            kept(hand_in().send().await?)?;
            kept(hand_in().send().await?)
        }
        "id_reused" => {
            kept(hand_in().send().await?)?;
            let other = talk.picture(2);
            let again = material(talk, &id, &self::sha256(&other), "image/png", other);
            again.send().await?.refused(&[409], "key_reused", "needs_human")
        }
        "digest" => {
            let wrong = material(talk, &id, &"0".repeat(64), "image/png", picture);
            wrong.send().await?.refused(&[422], "content_refused", "fatal")
        }
        "media_type" => {
            let script = b"#!/bin/sh\n".to_vec();
            let wrong = material(talk, &id, &self::sha256(&script), "application/x-sh", script);
            wrong.send().await?.refused(&[400, 415], "bad_request", "fatal")
        }
        "part_missing" => {
            let parts = vec![text("id", &id), text("sha256", &sha256)];
            let call = talk.call("POST", "/v1/materials").parts(parts);
            call.send().await?.refused(&[400], "bad_request", "fatal")
        }
        "too_large" => {
            let file = vec![b'0'; 32 << 20];
            let call = material(talk, &id, &self::sha256(&file), "image/png", file);
            // A server may close as soon as it knows (RFC 9110 section 15.5.14).
            match call.try_send().await? {
                Ok(answer) => answer.refused(&[413], "too_large", "fatal"),
                Err(Broken::Closed(_)) => Ok(()),
                Err(other) => Err(crate::sim::conformance::talk::fails(
                    "POST /v1/materials, 32 MiB",
                    "HTTP 413, or the connection closed",
                    other.to_string(),
                )),
            }
        }
        _ => Err(super::unknown(point)),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    rule::hex(digest(&SHA256, bytes).as_ref())
}

fn text(name: &'static str, text: &str) -> AskPart {
    AskPart { name, media_type: None, bytes: text.as_bytes().to_vec() }
}

fn material<'t>(
    talk: &'t Talk<'t>,
    id: &str,
    sha256: &str,
    media_type: &'static str,
    bytes: Vec<u8>,
) -> Call<'t> {
    let file = AskPart { name: "file", media_type: Some(media_type), bytes };
    talk.call("POST", "/v1/materials").parts(vec![text("id", id), text("sha256", sha256), file])
}
