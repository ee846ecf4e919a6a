//! The last good catalogue on disk.
//!
//! Duty: a catalogue is taken whole or not at all, and only one that the province signed; the good one stays until a better
//! one is whole on disk. Never: mend a file, serve half a catalogue, or go back to an older one unless the province says so.

use crate::catalogue_delta;
use crate::catalogue_trust::{CatalogueKeys, SignatureProblem};
use crate::contract::catalogue::CatalogueFiles;
use crate::error::CallError;
use crate::province::{CatalogueAnswer, DeltaAnswer, Province};
use domain::division::DivisionCode;
use domain::service_item::Catalogue;
use domain::service_item::source::{FileMistake, read_items};
use domain::terminal::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of the last good catalogue.
#[derive(Debug, Clone)]
pub struct CatalogueCache {
    folder: PathBuf,
    /// The division in which the terminal stands; `None` takes the catalogue of any site.
    site: Option<DivisionCode>,
}

/// A catalogue that is good, and how old it is.
#[derive(Debug, Clone, PartialEq)]
pub struct GoodCatalogue {
    /// The items.
    pub catalogue: Arc<Catalogue>,
    /// The community for which it is; `None` for every site.
    pub site: Option<DivisionCode>,
    /// When the province published it.
    pub published_at: Timestamp,
    /// When the terminal last heard that it is the newest: the date to show while the province is away.
    pub current_at: Timestamp,
}

/// What asking for a newer catalogue gave.
#[derive(Debug)]
pub enum Refreshed {
    /// The one on disk is the newest; known anew at this time.
    Unchanged,
    /// A newer one, on disk by now.
    New(GoodCatalogue),
}

/// Why there is no catalogue, or no newer one; the last good one stays.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The province gave none.
    #[error("no catalogue came from the province")]
    Call(#[from] CallError),
    /// A file of it has mistakes: none of it is taken.
    #[error("the catalogue {version} is refused: {} mistakes, the first: {}", .mistakes.len(), first(.mistakes))]
    Refused {
        /// The version that was refused.
        version: String,
        /// Every mistake.
        mistakes: Vec<FileMistake>,
    },
    /// It has no items.
    #[error("the catalogue {0} is refused: it is empty")]
    Empty(String),
    /// It is not known to be the province's.
    #[error("the catalogue {version} is refused: {problem}")]
    Untrusted {
        /// The version that was refused.
        version: String,
        /// What is wrong.
        problem: SignatureProblem,
    },
    /// It is for other sites.
    #[error(
        "the catalogue {version} is refused: it is for {site}, and this terminal stands in {own}; tell the province, or \
         correct site.division in the terminal's file"
    )]
    OtherSite {
        /// The version that was refused.
        version: String,
        /// For which division it is.
        site: DivisionCode,
        /// Where the terminal stands.
        own: DivisionCode,
    },
    /// It is older than the one that is here, and the province has not said that it takes that one back.
    #[error("the catalogue {offered} is refused: it is older than {kept}, which nobody took back")]
    Older {
        /// The version that was refused.
        offered: String,
        /// The version that stays.
        kept: String,
    },
    /// It has the version of the one that is here and another content: a version names one catalogue.
    #[error(
        "the catalogue {0} is refused: the one that is here has this version and says something else; the province \
             must publish it under a new version"
    )]
    SameVersion(String),
    /// The file on disk is damaged.
    #[error("{0}: damaged")]
    Damaged(PathBuf),
    /// The disk failed.
    #[error("{file}: cannot be read or written")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

fn first(mistakes: &[FileMistake]) -> String {
    mistakes.first().map(ToString::to_string).unwrap_or_default()
}

/// The file: the catalogue as it came, and what goes with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    format: u32,
    etag: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    current_at: Timestamp,
    files: CatalogueFiles,
}

const FORMAT: u32 = 1;

impl CatalogueCache {
    /// In this folder, which is made when there is something to keep.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), site: None }
    }

    /// The same for a terminal that stands in this division: the catalogue of another site is not taken, and one that is
    /// kept from where the terminal stood before is not served.
    #[must_use]
    pub fn for_site(self, division: DivisionCode) -> Self {
        Self { site: Some(division), ..self }
    }

    /// The last good catalogue, read and checked anew; `None` when there never was one.
    pub fn load(&self) -> Result<Option<GoodCatalogue>, CatalogueError> {
        self.kept()?.map(|kept| self.checked(&kept)).transpose()
    }

    /// Asks the province for a newer one and keeps it if it is good.
    pub async fn refresh(&self, province: &Province, now: Timestamp) -> Result<Refreshed, CatalogueError> {
        // A damaged file has no tag to ask with: the whole catalogue is fetched.
        let kept = self.kept().unwrap_or_else(|error| {
            tracing::warn!(%error, "the kept catalogue cannot be used");
            None
        });
        let kept = kept.filter(|k| self.checked(k).is_ok());
        let etag = kept.as_ref().and_then(|k| k.etag.clone());
        let offered = match &kept {
            Some(kept) => offered(province, &kept.files, etag.as_deref()).await?,
            None => province.catalogue(None).await?,
        };
        match (offered, kept) {
            (CatalogueAnswer::Unchanged, Some(kept)) => {
                self.keep(&Kept { current_at: now, ..kept })?;
                Ok(Refreshed::Unchanged)
            }
            (CatalogueAnswer::Unchanged, None) => Ok(Refreshed::Unchanged),
            (CatalogueAnswer::New { etag, files }, before) => {
                let files = trusted(files, province.catalogue_keys())?;
                let files = newer(files, before.map(|k| k.files))?;
                let kept = Kept { format: FORMAT, etag, current_at: now, files };
                let good = self.checked(&kept)?;
                self.keep(&kept)?;
                Ok(Refreshed::New(good))
            }
        }
    }

    fn checked(&self, kept: &Kept) -> Result<GoodCatalogue, CatalogueError> {
        let version = &kept.files.version;
        if let (Some(own), Some(site)) = (&self.site, &kept.files.site)
            && !own.is_within(site)
        {
            let (version, site, own) = (version.clone(), site.clone(), own.clone());
            return Err(CatalogueError::OtherSite { version, site, own });
        }
        let files = kept.files.items.iter().map(|f| (f.name.as_str(), f.toml.as_str()));
        match read_items(version, files) {
            Ok(catalogue) if catalogue.items.is_empty() => Err(CatalogueError::Empty(version.clone())),
            Ok(catalogue) => Ok(GoodCatalogue {
                catalogue: Arc::new(catalogue),
                site: kept.files.site.clone(),
                published_at: kept.files.published_at,
                current_at: kept.current_at,
            }),
            Err(mistakes) => Err(CatalogueError::Refused { version: version.clone(), mistakes }),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("catalogue.json")
    }

    fn kept(&self) -> Result<Option<Kept>, CatalogueError> {
        let file = self.file();
        match std::fs::read(&file) {
            Ok(bytes) => match serde_json::from_slice::<Kept>(&bytes) {
                Ok(kept) if kept.format == FORMAT => Ok(Some(kept)),
                _ => Err(CatalogueError::Damaged(file)),
            },
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(CatalogueError::Io { file, cause }),
        }
    }

    /// Replaces the file in one step: after a power cut there is the old one or the new one.
    fn keep(&self, kept: &Kept) -> Result<(), CatalogueError> {
        let file = self.file();
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            let draft = self.folder.join("catalogue.json.draft");
            let mut open = OpenOptions::new().write(true).create(true).truncate(true).open(&draft)?;
            open.write_all(&serde_json::to_vec(kept)?)?;
            open.sync_all()?;
            std::fs::rename(&draft, &file)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|cause| CatalogueError::Io { file: file.clone(), cause })
    }
}

/// What the province offers to whoever has this catalogue: by what differs, and by the whole where that does not serve.
async fn offered(
    province: &Province,
    have: &CatalogueFiles,
    etag: Option<&str>,
) -> Result<CatalogueAnswer, CallError> {
    match province.catalogue_delta(&have.version, etag).await {
        Ok(DeltaAnswer::Unchanged) => return Ok(CatalogueAnswer::Unchanged),
        Ok(DeltaAnswer::New { etag, delta }) => match catalogue_delta::apply(have, &delta) {
            Ok(files) => return Ok(CatalogueAnswer::New { etag, files }),
            Err(problem) => tracing::warn!(%problem, "what differs from the kept catalogue does not serve"),
        },
        // A province that does not know this version, or no deltas at all, has the whole.
        Err(error) if error.refusal().is_some() => {}
        Err(error) => return Err(error),
    }
    province.catalogue(etag).await
}

fn trusted(files: CatalogueFiles, keys: &CatalogueKeys) -> Result<CatalogueFiles, CatalogueError> {
    match keys.verify(&files) {
        Ok(()) => Ok(files),
        Err(problem) => Err(CatalogueError::Untrusted { version: files.version, problem }),
    }
}

fn newer(files: CatalogueFiles, kept: Option<CatalogueFiles>) -> Result<CatalogueFiles, CatalogueError> {
    let Some(kept) = kept else { return Ok(files) };
    if files.version == kept.version && (files.items != kept.items || files.site != kept.site) {
        return Err(CatalogueError::SameVersion(files.version));
    }
    let taken_back = files.signature.as_ref().and_then(|s| s.rolls_back.as_ref()) == Some(&kept.version);
    if numbers(&files.version) < numbers(&kept.version) && !taken_back {
        return Err(CatalogueError::Older { offered: files.version, kept: kept.version });
    }
    Ok(files)
}

/// The numbers of a version, for comparing: `2026.11.1` is before `2026.11.10`. A part that is no number ends them.
fn numbers(version: &str) -> Vec<u64> {
    let part = |part: &str| {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        part[..digits].parse().ok()
    };
    version.split('.').map_while(part).collect()
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(numbers("2026.11.1") < numbers("2026.11.10"));
        assert!(numbers("2026.11.9") < numbers("2026.12"));
        assert!(numbers("2026.11") < numbers("2026.11.1"));
        assert_eq!(numbers("2026.11.1-broken"), numbers("2026.11.1"));
        assert!(numbers("next") < numbers("1"));
    }
}
