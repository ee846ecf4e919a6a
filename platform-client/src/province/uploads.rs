//! A large material in pieces.

use super::{Province, With};
use crate::contract::envelope::code;
use crate::contract::material::MaterialId;
use crate::contract::path;
use crate::contract::upload::{LONGEST_PIECE, Upload, UploadRequest, UploadState, part};
use crate::dialect::{Body, Call};
use crate::digest::sha256_hex;
use crate::error::{AnswerProblem, CallError};
use crate::http::Part;
use crate::operation::Operation;
use zeroize::Zeroizing;

/// A material that is too large for one request.
#[derive(Debug, Clone, Copy)]
pub struct LargeMaterial<'a> {
    /// Its id, the same in every attempt.
    pub id: &'a MaterialId,
    /// `image/jpeg`, `image/png` or `application/pdf`.
    pub media_type: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Province {
    /// Hands in a material in pieces, from where an earlier attempt ended. After a failure the same call goes on.
    pub async fn hand_in_pieces(&self, material: LargeMaterial<'_>) -> Result<(), CallError> {
        let request = UploadRequest {
            terminal_id: self.terminal.clone(),
            id: material.id.clone(),
            sha256: sha256_hex(material.bytes),
            media_type: material.media_type.to_owned(),
            length: material.bytes.len() as u64,
        };
        let operation = Operation::BeginUpload;
        let upload: Upload = self.post(operation, path::UPLOADS.to_owned(), With::Nothing, &request).await?;
        let mut upload = about(operation, material.id, upload)?;
        while upload.state == UploadState::Open {
            let before = upload.offset;
            upload = match self.hand_in_piece(material, before).await {
                // Somebody, perhaps this terminal before its line broke, was further: ask, and go on from there.
                Err(error) if error.refusal().is_some_and(|r| r.code == code::OFFSET_WRONG) => {
                    self.upload(material.id).await?
                }
                answer => answer?,
            };
            if upload.state == UploadState::Open && upload.offset <= before {
                // A province that does not move would be asked for ever.
                let problem = AnswerProblem::Contradiction;
                return Err(CallError::BadAnswer { operation: Operation::UploadPiece, status: 200, problem });
            }
        }
        Ok(())
    }

    /// Asks how far an upload is.
    pub async fn upload(&self, id: &MaterialId) -> Result<Upload, CallError> {
        let operation = Operation::UploadState;
        let upload = self.get(operation, path::filled(path::UPLOAD, &id.0)).await?;
        about(operation, id, upload)
    }

    async fn hand_in_piece(&self, material: LargeMaterial<'_>, offset: u64) -> Result<Upload, CallError> {
        let operation = Operation::UploadPiece;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(material.bytes.len());
        let piece = &material.bytes[from..(from + LONGEST_PIECE).min(material.bytes.len())];
        let parts = vec![
            Part::Text { name: part::OFFSET, text: offset.to_string() },
            Part::Text { name: part::SHA256, text: sha256_hex(piece) },
            Part::File {
                name: part::PIECE,
                file_name: material.id.0.clone(),
                media_type: "application/octet-stream".to_owned(),
                bytes: Zeroizing::new(piece.to_vec()),
            },
        ];
        let call = Call {
            operation,
            path: path::filled(path::UPLOAD, &material.id.0),
            session: None,
            key: None,
            etag: None,
            body: Body::Multipart(parts),
        };
        about(operation, material.id, self.call(call).await?)
    }
}

fn about(operation: Operation, id: &MaterialId, upload: Upload) -> Result<Upload, CallError> {
    if upload.id == *id && upload.offset <= upload.length {
        Ok(upload)
    } else {
        Err(CallError::BadAnswer { operation, status: 200, problem: AnswerProblem::AnotherQuestion })
    }
}
