//! `catalogue sign` and `catalogue diff`: what a province does with a folder of items before terminals see it.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::division::DivisionCode;
use domain::terminal::Timestamp;
use platform_client::contract::bytes::FileBytes;
use platform_client::contract::catalogue::{CatalogueFiles, CatalogueSignature, SignatureAlgorithm};
use platform_client::sim::catalogue_key::{CatalogueKeyError, CatalogueSigner, catalogue_digest, difference};
use platform_client::sim::folder_catalogue;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Failure;
use crate::config::Usage;
use crate::output::Output;

/// What is done with catalogues.
#[derive(Subcommand)]
pub(crate) enum Catalogue {
    /// Checks a folder and writes the signature over its items, apart from them.
    Sign(Sign),
    /// What differs between two folders.
    Diff {
        /// The older folder.
        old: PathBuf,
        /// The newer folder.
        new: PathBuf,
    },
}

/// What is signed, and with what.
#[derive(Args)]
pub(crate) struct Sign {
    /// A folder with catalogue.toml and items/.
    folder: PathBuf,
    /// The catalogue key: one line, `sm2_sm3` (or `ed25519`) and 64 hexadecimal digits. `serve` has its own in
    /// authority/catalogue.key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the signature is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only the items that are admitted in this community. [default: every item]
    #[arg(long, value_name = "CODE")]
    site: Option<String>,
    /// When it is published. [default: now]
    #[arg(long, value_name = "RFC3339")]
    time: Option<String>,
    /// The later version that this one takes back: without it terminals refuse to go back.
    #[arg(long, value_name = "VERSION")]
    rolls_back: Option<String>,
}

pub(crate) fn run(asked: &Catalogue, output: &Output) -> Result<(), Failure> {
    match asked {
        Catalogue::Sign(sign) => self::sign(sign, output),
        Catalogue::Diff { old, new } => diff(old, new, output),
    }
}

fn sign(asked: &Sign, output: &Output) -> Result<(), Failure> {
    let time = match &asked.time {
        None => OffsetDateTime::now_utc(),
        Some(text) => Timestamp::parse(text, &Rfc3339)
            .map_err(|_| Usage("a time is written 2026-11-24T10:24:00+08:00".to_owned()))?,
    };
    let time = time.replace_nanosecond(0).unwrap_or(time);
    let site = match &asked.site {
        None => None,
        Some(text) => Some(DivisionCode::try_from(text.clone()).map_err(|e| Usage(e.to_string()))?),
    };
    let signer = CatalogueSigner::read(&asked.key)?;
    let mut files = folder_catalogue(&asked.folder, site.as_ref(), time)?;
    files.signature = asked.rolls_back.clone().map(|version| CatalogueSignature {
        // Those of the key are filled in when it is signed.
        algorithm: SignatureAlgorithm::Sm2Sm3,
        key_id: String::new(),
        rolls_back: Some(version),
        value: FileBytes::default(),
    });
    let files: CatalogueFiles = signer.signed(files);
    if files.signature.as_ref().is_none_or(|s| s.value.0.is_empty()) {
        return Err(CatalogueKeyError::Randomness.into());
    }
    let written = json!({
        "version": files.version,
        "publishedAt": files.published_at.format(&Rfc3339)?,
        "site": files.site,
        "items": files.items.len(),
        "digest": catalogue_digest(&files),
        "signature": files.signature,
    });
    std::fs::write(&asked.out, format!("{written}\n"))?;
    output.object(&written);
    Ok(())
}

fn diff(old: &Path, new: &Path, output: &Output) -> Result<(), Failure> {
    let time = OffsetDateTime::UNIX_EPOCH;
    let (old, new) = (folder_catalogue(old, None, time)?, folder_catalogue(new, None, time)?);
    let delta = difference(&old, &new);
    let (changed, added): (Vec<&String>, Vec<&String>) = delta
        .changed
        .iter()
        .map(|file| &file.name)
        .partition(|name| old.items.iter().any(|file| file.name == **name));
    output.object(&json!({
        "from": delta.from,
        "to": delta.version,
        "added": added,
        "changed": changed,
        "removed": delta.removed,
        "order": delta.order,
    }));
    Ok(())
}
