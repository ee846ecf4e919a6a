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

    /// How many materials lie here.
    pub(crate) fn material_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.lock().query_row("SELECT count(*) FROM materials", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}
