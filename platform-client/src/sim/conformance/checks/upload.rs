//! A material in pieces: announced, continued after a break, whole under its digest.

use serde_json::{Value, json};

use super::material::sha256;
use crate::sim::conformance::talk::{Answer, Call, Checked, Talk};
use crate::sim::conformance::wire::AskPart;

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let upload = Upload::new(talk);
    let half = upload.file.len() / 2;
    match point {
        "whole" => {
            let announced = upload.announced().await?;
            announced.holds("/data/offset", "0", |v| *v == 0)?;
            announced.holds("/data/length", &upload.file.len().to_string(), |v| *v == upload.file.len())?;
            announced.time("/data/expiresAt")?;
            upload.piece(0, half).send().await?.data()?;
            let last = upload.piece(half, upload.file.len()).send().await?;
            last.data()?;
            last.holds("/data/state", "\"complete\"", |v| v == "complete")
        }
        "goes_on" => {
            upload.announced().await?;
            upload.piece(0, half).send().await?.data()?;
            let answer = talk.get(upload.path()).send().await?;
            answer.data()?;
            answer.holds("/data/offset", &half.to_string(), |v| *v == half)?;
            answer.holds("/data/state", "\"open\"", |v| v == "open")
        }
        "announced_again" => {
            upload.announced().await?;
            upload.piece(0, half).send().await?.data()?;
            upload.announced().await?.holds("/data/offset", &half.to_string(), |v| *v == half)
        }
        "offset" => {
            upload.announced().await?;
            let answer = upload.piece(half, upload.file.len()).send().await?;
            answer.refused(&[409], "offset_wrong", "retryable")
        }
        "piece_digest" => {
            upload.announced().await?;
            let bytes = upload.file[..half].to_vec();
            let answer = upload.part_of(0, &"0".repeat(64), bytes).send().await?;
            answer.refused(&[422], "content_refused", "fatal")
        }
        "digest" => {
            upload.announce(&"0".repeat(64)).send().await?.data()?;
            let answer = upload.piece(0, upload.file.len()).send().await?;
            answer.refused(&[422], "content_refused", "fatal")
        }
        "id_reused" => {
            upload.announced().await?;
            let answer = upload.announce(&"0".repeat(64)).send().await?;
            answer.refused(&[409], "key_reused", "needs_human")
        }
        "unknown" => talk.get(upload.path()).send().await?.refused(&[404], "not_found", "fatal"),
        _ => Err(super::unknown(point)),
    }
}

/// One upload of the pack.
struct Upload<'t> {
    talk: &'t Talk<'t>,
    id: String,
    file: Vec<u8>,
}

impl<'t> Upload<'t> {
    fn new(talk: &'t Talk<'t>) -> Self {
        Self { talk, id: format!("conformance-{}", talk.id(1)), file: talk.picture(1) }
    }

    fn path(&self) -> String {
        format!("/v1/uploads/{}", self.id)
    }

    fn announce(&self, sha256: &str) -> Call<'t> {
        let body: Value =
            json!({"id": self.id, "sha256": sha256, "mediaType": "image/png", "length": self.file.len()});
        self.talk.post("/v1/uploads", self.talk.body(body))
    }

    async fn announced(&self) -> Checked<Answer> {
        let answer = self.announce(&sha256(&self.file)).send().await?;
        answer.data()?;
        Ok(answer)
    }

    /// The bytes from one place to another.
    fn piece(&self, from: usize, to: usize) -> Call<'t> {
        let bytes = self.file[from..to].to_vec();
        self.part_of(from, &sha256(&bytes), bytes)
    }

    fn part_of(&self, offset: usize, sha256: &str, bytes: Vec<u8>) -> Call<'t> {
        let text = |name, text: String| AskPart { name, media_type: None, bytes: text.into_bytes() };
        let piece = AskPart { name: "piece", media_type: Some("application/octet-stream"), bytes };
        let parts = vec![text("offset", offset.to_string()), text("sha256", sha256.to_owned()), piece];
        self.talk.call("POST", self.path()).parts(parts)
    }
}
