//! Materials that come in pieces.

use domain::terminal::Timestamp;
use ring::digest::{Context, SHA256};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Keyed, Store, StoreError, hex, read_time, written};
use crate::contract::material::MaterialId;
use crate::contract::upload::UploadRequest;

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadRow {
    pub(crate) sha256: String,
    pub(crate) media_type: String,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    pub(crate) expires_at: Timestamp,
}

/// What became of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Kept; so far it is now.
    Kept(UploadRow),
    /// All is here, and it is what its digest says.
    Complete(UploadRow),
    /// All is here, and it is something else: the upload begins anew.
    WrongDigest,
    /// It does not begin where the upload ends, or goes beyond its length.
    WrongOffset,
    /// No such upload.
    Unknown,
}

impl Store {
    /// Begins an upload, or finds it begun.
    pub(crate) fn begin_upload(
        &self,
        request: &UploadRequest,
        expires_at: Timestamp,
    ) -> Result<Keyed<UploadRow>, StoreError> {
        self.write(|tx| {
            if let Some(row) = upload(tx, &request.id)? {
                let same = row.sha256 == request.sha256
                    && row.media_type == request.media_type
                    && row.length == request.length;
                return Ok(if same { Keyed::Kept(row) } else { Keyed::Reused });
            }
            let length = i64::try_from(request.length).map_err(|_| StoreError::Corrupt("length"))?;
            tx.execute(
                "INSERT INTO uploads (id, sha256, media_type, length, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![request.id.0, request.sha256, request.media_type, length, written(expires_at)?],
            )?;
            upload(tx, &request.id)?.map(Keyed::Kept).ok_or(StoreError::Corrupt("upload"))
        })
    }

    /// How far an upload is.
    pub(crate) fn upload(&self, id: &MaterialId) -> Result<Option<UploadRow>, StoreError> {
        upload(&self.lock(), id)
    }

    /// Forgets uploads whose time is over.
    pub(crate) fn forget_uploads(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut statement = tx.prepare("SELECT id, expires_at FROM uploads")?;
            let all =
                statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            for row in all.collect::<Result<Vec<_>, _>>()? {
                if read_time(&row.1)? <= now {
                    tx.execute("DELETE FROM pieces WHERE upload = ?1", [&row.0])?;
                    tx.execute("DELETE FROM uploads WHERE id = ?1", [&row.0])?;
                }
            }
            Ok(())
        })
    }

    /// Keeps a piece; the last one makes a material of them.
    pub(crate) fn keep_piece(
        &self,
        id: &MaterialId,
        offset: u64,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Piece, StoreError> {
        self.write(|tx| {
            let Some(before) = upload(tx, id)? else { return Ok(Piece::Unknown) };
            let end = offset.saturating_add(bytes.len() as u64);
            if offset != before.offset || end > before.length || bytes.is_empty() {
                return Ok(Piece::WrongOffset);
            }
            let at = i64::try_from(offset).map_err(|_| StoreError::Corrupt("offset"))?;
            tx.execute(
                "INSERT INTO pieces (upload, offset, bytes) VALUES (?1, ?2, ?3)",
                params![id.0, at, bytes],
            )?;
            let row = UploadRow { offset: end, ..before };
            if end < row.length {
                return Ok(Piece::Kept(row));
            }
            let whole = whole(tx, id)?;
            tx.execute("DELETE FROM pieces WHERE upload = ?1", [&id.0])?;
            tx.execute("DELETE FROM uploads WHERE id = ?1", [&id.0])?;
            let mut hash = Context::new(&SHA256);
            hash.update(&whole);
            if hex(hash.finish().as_ref()) != row.sha256 {
                return Ok(Piece::WrongDigest);
            }
            tx.execute(
                "INSERT INTO materials (id, sha256, media_type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, row.sha256, row.media_type, whole, written(now)?],
            )?;
            Ok(Piece::Complete(row))
        })
    }
}

fn whole(connection: &Connection, id: &MaterialId) -> Result<Vec<u8>, StoreError> {
    let mut statement = connection.prepare("SELECT bytes FROM pieces WHERE upload = ?1 ORDER BY offset")?;
    let pieces = statement.query_map([&id.0], |row| row.get::<_, Vec<u8>>(0))?;
    let mut whole = Vec::new();
    for piece in pieces {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole)
}

fn upload(connection: &Connection, id: &MaterialId) -> Result<Option<UploadRow>, StoreError> {
    let row: Option<(String, String, i64, String, i64)> = connection
        .query_row(
            "SELECT sha256, media_type, length, expires_at,
                    (SELECT coalesce(sum(length(bytes)), 0) FROM pieces WHERE upload = id) FROM uploads WHERE id = ?1",
            [&id.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
        )
        .optional()?;
    row.map(|(sha256, media_type, length, expires, offset)| {
        Ok(UploadRow {
            sha256,
            media_type,
            offset: offset.unsigned_abs(),
            length: length.unsigned_abs(),
            expires_at: read_time(&expires)?,
        })
    })
    .transpose()
}
