//! The items that the province offers at a site, as files with an `ETag`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use domain::division::DivisionCode;
use domain::service_item::source::{CATALOGUE_FILE, FileMistake, read_folder, read_item};
use domain::service_item::{ItemId, ServiceItem};
use domain::terminal::Timestamp;
use ring::digest::{SHA256, digest};

use super::store::hex;
use crate::contract::catalogue::{CatalogueFile, CatalogueFiles};

/// Where the items come from.
#[derive(Debug, Clone)]
pub enum CatalogueSource {
    /// The files that were in the repository when this was built.
    Embedded,
    /// A folder with `catalogue.toml` and `items/*.toml`.
    Folder(PathBuf),
}

/// Why there is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file cannot be read.
    #[error("{path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Files are not as `docs/catalogue.md` wants them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<FileMistake>),
}

/// The catalogue as the platform holds it.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    files: CatalogueFiles,
    items: BTreeMap<ItemId, Arc<ServiceItem>>,
    etag: String,
}

impl Offer {
    /// Reads the items that are admitted at a site on a day, in the order of the list.
    pub(crate) fn read(
        source: &CatalogueSource,
        site: &DivisionCode,
        now: Timestamp,
    ) -> Result<Self, CatalogueError> {
        let texts = match source {
            CatalogueSource::Embedded => embedded(),
            CatalogueSource::Folder(folder) => from_folder(folder)?,
        };
        let whole = read_folder(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let admitted = whole.map_err(CatalogueError::Mistakes)?.for_site(site, now.date());
        let mut files = Vec::new();
        let mut items = BTreeMap::new();
        for item in &admitted.items {
            let name = format!("{}.toml", item.id);
            let toml = texts.get(&name).cloned().unwrap_or_default();
            files.push(CatalogueFile { name, toml });
            items.insert(item.id.clone(), item.clone());
        }
        Ok(Self::new(CatalogueFiles { version: admitted.version, published_at: now, items: files }, items))
    }

    /// Files as they are, right or wrong: what a terminal must be able to refuse.
    pub(crate) fn unchecked(files: CatalogueFiles) -> Self {
        let parsed = files.items.iter().filter_map(|f| read_item(&f.toml).ok());
        let items = parsed.map(|item| (item.id.clone(), Arc::new(item))).collect();
        Self::new(files, items)
    }

    fn new(files: CatalogueFiles, items: BTreeMap<ItemId, Arc<ServiceItem>>) -> Self {
        // The day of publication is not part of it: the same files after a restart are the same catalogue.
        let mut text = files.version.clone();
        for file in &files.items {
            text.push_str(&file.name);
            text.push_str(&file.toml);
        }
        let etag = format!("\"{}\"", &hex(digest(&SHA256, text.as_bytes()).as_ref())[..16]);
        Self { files, items, etag }
    }

    pub(crate) fn files(&self) -> &CatalogueFiles {
        &self.files
    }

    /// With the quotes of the header.
    pub(crate) fn etag(&self) -> &str {
        &self.etag
    }

    pub(crate) fn item(&self, id: &ItemId) -> Option<&Arc<ServiceItem>> {
        self.items.get(id)
    }

    /// The same with its last file cut short in the middle.
    pub(crate) fn broken(&self) -> Self {
        let mut files = self.files.clone();
        files.version.push_str("-broken");
        if let Some(last) = files.items.last_mut() {
            let middle = last.toml.chars().count() / 2;
            last.toml = last.toml.chars().take(middle).chain("\n= ".chars()).collect();
        }
        Self::unchecked(files)
    }
}

/// File name → text.
fn embedded() -> BTreeMap<String, String> {
    let items = sample_city::item_files().iter().map(|f| (f.name.to_owned(), f.text.to_owned()));
    items.chain([(CATALOGUE_FILE.to_owned(), sample_city::admissions().to_owned())]).collect()
}

fn from_folder(folder: &Path) -> Result<BTreeMap<String, String>, CatalogueError> {
    let read =
        |path: PathBuf| fs::read_to_string(&path).map_err(|source| CatalogueError::File { path, source });
    let items = folder.join("items");
    let entries =
        fs::read_dir(&items).map_err(|source| CatalogueError::File { path: items.clone(), source })?;
    let mut texts = BTreeMap::from([(CATALOGUE_FILE.to_owned(), read(folder.join(CATALOGUE_FILE))?)]);
    for entry in entries {
        let path = entry.map_err(|source| CatalogueError::File { path: items.clone(), source })?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            texts.insert(name, read(path)?);
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-11-24 10:00:00 +8);

    fn offer(site: &str) -> Offer {
        let site = DivisionCode::try_from(site.to_owned()).unwrap();
        Offer::read(&CatalogueSource::Embedded, &site, NOW).unwrap()
    }

    #[test]
    fn a_site_is_offered_what_is_admitted_there() {
        let names = |site: &str| offer(site).files.items.into_iter().map(|f| f.name).collect::<Vec<_>>();
        assert_eq!(names("990001001001")[0], "pension-certification.toml", "the order of the list");
        assert!(names("990001001001").contains(&"meal-booking.toml".to_owned()));
        assert!(!names("990002001001").contains(&"meal-booking.toml".to_owned()));
        assert_ne!(offer("990001001001").etag(), offer("990002001001").etag());
    }

    #[test]
    fn the_folder_and_what_is_embedded_are_the_same() {
        let site = DivisionCode::try_from("990001001001".to_owned()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
        let read = Offer::read(&CatalogueSource::Folder(folder), &site, NOW).unwrap();
        assert_eq!(read.etag(), offer("990001001001").etag());
    }

    #[test]
    fn a_broken_one_cannot_be_read_and_is_another_one() {
        let whole = offer("990001001001");
        let broken = whole.broken();
        assert_ne!(broken.etag(), whole.etag());
        let last = broken.files.items.last().unwrap();
        assert!(read_item(&last.toml).is_err());
    }
}
