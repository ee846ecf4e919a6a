//! Files by their digest, and the releases that name them.

use super::{Millis, Store, StoreError, Write, json};
use fleet_api::release::ReleaseManifest;
use fleet_api::signed::Signed;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct File {
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// SHA-1.
    pub sha1: String,
    /// MD5.
    pub md5: String,
    /// Bytes.
    pub size: u64,
}

/// A release.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Its number here.
    pub id: i64,
    /// What it is.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is built for.
    pub compatible: String,
    /// hawkBit's part: `os`.
    pub part: String,
    /// The file's name for the terminal.
    pub filename: String,
    /// The file.
    pub file: File,
    /// The release manager's word; none: only clients that need none take it.
    pub manifest: Option<Signed<ReleaseManifest>>,
    /// When it was added.
    pub added_at: Millis,
    /// By whom.
    pub added_by: String,
}

/// What a release needs beside its file.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRelease {
    /// What it is.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is built for.
    pub compatible: String,
    /// hawkBit's part.
    pub part: String,
    /// The file's name for the terminal.
    pub filename: String,
    /// The release manager's word.
    pub manifest: Option<Signed<ReleaseManifest>>,
}

const SQL: &str = "SELECT r.id, r.name, r.version, r.compatible, r.part, r.filename, r.manifest, r.added_at, \
    r.added_by, f.sha256, f.sha1, f.md5, f.size FROM releases r JOIN artifacts f ON f.sha256 = r.sha256";

fn release(row: &AnyRow) -> Result<Release, StoreError> {
    let manifest: Option<String> = row.try_get("manifest")?;
    Ok(Release {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        version: row.try_get("version")?,
        compatible: row.try_get("compatible")?,
        part: row.try_get("part")?,
        filename: row.try_get("filename")?,
        file: file(row)?,
        manifest: manifest.map(|text| json("releases.manifest", &text)).transpose()?,
        added_at: row.try_get("added_at")?,
        added_by: row.try_get("added_by")?,
    })
}

fn file(row: &AnyRow) -> Result<File, StoreError> {
    Ok(File {
        sha256: row.try_get("sha256")?,
        sha1: row.try_get("sha1")?,
        md5: row.try_get("md5")?,
        size: u64::try_from(row.try_get::<i64, _>("size")?).unwrap_or(0),
    })
}

/// Notes a file; one that is there stays.
///
/// # Errors
/// The database refused.
pub async fn put(tx: &mut Write, file: &File, now: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO artifacts (sha256, sha1, md5, size, added_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(&file.sha256)
    .bind(&file.sha1)
    .bind(&file.md5)
    .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
    .bind(now)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Adds a release and returns its number; none where one of that name, version and kind is there.
///
/// # Errors
/// The database refused.
pub async fn add_release(
    tx: &mut Write,
    new: &NewRelease,
    sha256: &str,
    by: &str,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    let manifest = new
        .manifest
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|source| StoreError::Content { column: "releases.manifest", source })?;
    let row = sqlx::query(
        "INSERT INTO releases (name, version, compatible, part, filename, sha256, manifest, added_at, added_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name, version, compatible) DO NOTHING RETURNING id",
    )
    .bind(&new.name)
    .bind(&new.version)
    .bind(&new.compatible)
    .bind(&new.part)
    .bind(&new.filename)
    .bind(sha256)
    .bind(manifest)
    .bind(now)
    .bind(by)
    .fetch_optional(tx.on())
    .await?;
    Ok(row.map(|row| row.try_get("id")).transpose()?)
}

impl Store {
    /// One release.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn release(&self, id: i64) -> Result<Option<Release>, StoreError> {
        let sql = format!("{SQL} WHERE r.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(self.read()).await?;
        row.as_ref().map(release).transpose()
    }

    /// The newest releases.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn releases(&self, rows: u16) -> Result<Vec<Release>, StoreError> {
        let sql = format!("{SQL} ORDER BY r.id DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(rows)).fetch_all(self.read()).await?;
        rows.iter().map(release).collect()
    }

    /// The file of that digest.
    ///
    /// # Errors
    /// The database refused.
    pub async fn file(&self, sha256: &str) -> Result<Option<File>, StoreError> {
        let row = sqlx::query("SELECT sha256, sha1, md5, size FROM artifacts WHERE sha256 = $1")
            .bind(sha256)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(file).transpose()
    }
}
