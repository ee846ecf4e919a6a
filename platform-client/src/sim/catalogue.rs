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
use time::Date;

use super::catalogue_key::CatalogueSigner;
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
    /// Since when each item is admitted, where a list says so.
    since: BTreeMap<ItemId, Date>,
    etag: String,
}

impl Offer {
    /// Reads the items that are admitted at a site on a day, in the order of the list.
    pub(crate) fn read(
        source: &CatalogueSource,
        site: &DivisionCode,
        now: Timestamp,
        signer: &CatalogueSigner,
    ) -> Result<Self, CatalogueError> {
        let read = from(source, Some(site), now)?;
        Ok(Self { since: read.since, ..Self::new(signer.signed(read.files), read.items) })
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
        Self { files, items, since: BTreeMap::new(), etag }
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

    /// The items in the order in which they are shown.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Arc<ServiceItem>> {
        let id = |file: &CatalogueFile| ItemId(file.name.trim_end_matches(".toml").to_owned());
        self.files.items.iter().filter_map(move |file| self.items.get(&id(file)))
    }

    /// Since when an item is admitted; the day of publication where nothing else is said.
    pub(crate) fn admitted(&self, id: &ItemId) -> Date {
        self.since.get(id).copied().unwrap_or_else(|| self.files.published_at.date())
    }

    /// The same with its last file cut short in the middle.
    pub(crate) fn broken(&self, signer: &CatalogueSigner) -> Self {
        let mut files = self.files.clone();
        files.version.push_str("-broken");
        if let Some(last) = files.items.last_mut() {
            let middle = last.toml.chars().count() / 2;
            last.toml = last.toml.chars().take(middle).chain("\n= ".chars()).collect();
        }
        Self::unchecked(signer.signed(files))
    }
}

/// A catalogue as it was read: checked, unsigned.
pub(crate) struct Read {
    pub(crate) files: CatalogueFiles,
    items: BTreeMap<ItemId, Arc<ServiceItem>>,
    since: BTreeMap<ItemId, Date>,
}

/// Reads the items that are admitted at a site, or all of them, in the order of the list.
pub(crate) fn from(
    source: &CatalogueSource,
    site: Option<&DivisionCode>,
    now: Timestamp,
) -> Result<Read, CatalogueError> {
    let texts = match source {
        CatalogueSource::Embedded => embedded(),
        CatalogueSource::Folder(folder) => from_folder(folder)?,
    };
    let whole = read_folder(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let whole = whole.map_err(CatalogueError::Mistakes)?;
    let since = whole.entries.iter().map(|e| (e.item.id.clone(), e.admitted)).collect();
    let shown = match site {
        Some(site) => whole.for_site(site, now.date()).items,
        None => whole.entries.iter().map(|e| e.item.clone()).collect(),
    };
    let file = |item: &Arc<ServiceItem>| {
        let name = format!("{}.toml", item.id);
        let toml = texts.get(&name).cloned().unwrap_or_default();
        CatalogueFile { name, toml }
    };
    let files = CatalogueFiles {
        version: whole.version,
        published_at: now,
        site: site.cloned(),
        items: shown.iter().map(file).collect(),
        signature: None,
    };
    let items = shown.into_iter().map(|item| (item.id.clone(), item)).collect();
    Ok(Read { files, items, since })
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

    fn signer() -> CatalogueSigner {
        let folder = tempfile::tempdir().unwrap();
        CatalogueSigner::read_or_make(&folder.path().join("catalogue.key")).unwrap()
    }

    fn offer(site: &str) -> Offer {
        let site = DivisionCode::try_from(site.to_owned()).unwrap();
        Offer::read(&CatalogueSource::Embedded, &site, NOW, &signer()).unwrap()
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
        let read = Offer::read(&CatalogueSource::Folder(folder), &site, NOW, &signer()).unwrap();
        assert_eq!(read.etag(), offer("990001001001").etag());
    }

    #[test]
    fn a_broken_one_cannot_be_read_and_is_another_one() {
        let whole = offer("990001001001");
        let broken = whole.broken(&signer());
        assert_ne!(broken.etag(), whole.etag());
        let last = broken.files.items.last().unwrap();
        assert!(read_item(&last.toml).is_err());
    }
}
