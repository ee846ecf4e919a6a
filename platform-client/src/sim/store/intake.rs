//! Materials: kept before the case that names them.

use domain::terminal::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::{Keyed, Store, StoreError, written};
use crate::contract::material::MaterialId;

/// What is known of a material without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptMaterial {
    pub(crate) sha256: String,
    pub(crate) media_type: String,
}

/// A material as the admin page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaterialRow {
    pub(crate) id: String,
    pub(crate) media_type: String,
    pub(crate) bytes: u64,
    pub(crate) received_at: String,
}

impl Store {
    /// Keeps a material, or finds it kept.
    pub(crate) fn keep_material(
        &self,
        id: &MaterialId,
        material: &KeptMaterial,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Keyed<()>, StoreError> {
        self.write(|tx| {
            let kept: Option<String> = tx
                .query_row("SELECT sha256 FROM materials WHERE id = ?1", [&id.0], |r| {
                    r.get(0)
                })
                .optional()?;
            match kept {
                Some(kept) if kept == material.sha256 => return Ok(Keyed::Kept(())),
                Some(_) => return Ok(Keyed::Reused),
                None => {}
            }
            tx.execute(
                "INSERT INTO materials (id, sha256, media_type, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, material.sha256, material.media_type, bytes, written(now)?],
            )?;
            Ok(Keyed::Kept(()))
        })
    }

    /// A kept material.
    pub(crate) fn material(&self, id: &MaterialId) -> Result<Option<KeptMaterial>, StoreError> {
        let connection = self.lock();
        Ok(connection
            .query_row("SELECT sha256, media_type FROM materials WHERE id = ?1", [&id.0], |row| {
                Ok(KeptMaterial { sha256: row.get(0)?, media_type: row.get(1)? })
            })
            .optional()?)
    }

    /// The last materials, the newest first.
    pub(crate) fn materials(&self, at_most: u32) -> Result<Vec<MaterialRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT id, media_type, length(bytes), received_at FROM materials ORDER BY rowid DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([at_most], |row| {
            let bytes: i64 = row.get(2)?;
            Ok(MaterialRow {
                id: row.get(0)?,
                media_type: row.get(1)?,
                bytes: bytes.unsigned_abs(),
                received_at: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
