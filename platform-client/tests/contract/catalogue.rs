//! A catalogue on its way: signed, by what differs, never back unless the province says so; and the last good one stays.

use domain::division::DivisionCode;
use platform_client::catalogue_cache::{CatalogueCache, CatalogueError, GoodCatalogue, Refreshed};
use platform_client::catalogue_trust::SignatureProblem;
use platform_client::contract::bytes::FileBytes;
use platform_client::contract::catalogue::{CatalogueFiles, CatalogueSignature, SignatureAlgorithm};
use platform_client::province::DeltaAnswer;
use platform_client::sim::fault::{Fault, FaultKind, Step};
use tempfile::TempDir;
use time::Duration;

use crate::fixture::{Fixture, NOW};

fn division(code: &str) -> DivisionCode {
    DivisionCode::try_from(code.to_owned()).unwrap()
}

struct Kept {
    fixture: Fixture,
    cache: CatalogueCache,
    _folder: TempDir,
}

impl Kept {
    /// A terminal that has the catalogue of the first day.
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = CatalogueCache::new(folder.path()).for_site(division("990001001001"));
        let kept = Self { fixture: Fixture::begin(), cache, _folder: folder };
        assert!(matches!(kept.refresh(0).await, Ok(Refreshed::New(_))));
        kept
    }

    async fn refresh(&self, minutes: i64) -> Result<Refreshed, CatalogueError> {
        self.cache.refresh(&self.fixture.province, NOW + Duration::minutes(minutes)).await
    }

    fn good(&self) -> GoodCatalogue {
        self.cache.load().unwrap().unwrap()
    }

    /// The catalogue in force with another version.
    fn next(&self, version: &str) -> CatalogueFiles {
        CatalogueFiles { version: version.to_owned(), ..self.fixture.platform.admin().catalogue() }
    }

    /// Nothing was taken: the first day's catalogue is still the good one.
    fn unchanged(&self) {
        assert_eq!(self.good().catalogue.version, "2026.11.1");
        assert_eq!(self.good().current_at, NOW);
    }
}

#[tokio::test]
async fn the_good_one_is_for_this_site_and_has_its_date_while_the_province_is_away() {
    let kept = Kept::begin().await;
    assert_eq!(kept.good().site.unwrap().as_str(), "990001001001");
    assert!(matches!(kept.refresh(5).await, Ok(Refreshed::Unchanged)));
    assert_eq!(kept.good().current_at, NOW + Duration::minutes(5));
    kept.fixture.platform.admin().set_fault(Fault::always(FaultKind::Down));
    assert!(matches!(kept.refresh(9).await, Err(CatalogueError::Call(_))));
    assert_eq!(kept.good().current_at, NOW + Duration::minutes(5), "the date to show");
    assert_eq!(kept.good().catalogue.items.len(), 7);
}

#[tokio::test]
async fn a_newer_one_comes_by_what_differs() {
    let kept = Kept::begin().await;
    let mut next = kept.next("2026.11.2");
    let gone = next.items.remove(1);
    next.items[0].toml.push_str("# changed\n");
    kept.fixture.platform.admin().set_catalogue(next);
    let answer = kept.fixture.province.catalogue_delta("2026.11.1", None).await.unwrap();
    let DeltaAnswer::New { delta, .. } = answer else { panic!("something differs") };
    assert_eq!(delta.changed.len(), 1);
    assert_eq!(delta.removed, [gone.name]);
    // The whole cannot be had: it is what differs that is fetched.
    kept.fixture.platform.admin().set_fault(Fault::always(FaultKind::Unavailable).at(Step::Catalogue));
    let Ok(Refreshed::New(good)) = kept.refresh(5).await else { panic!("a newer one") };
    assert_eq!((good.catalogue.version.as_str(), good.catalogue.items.len()), ("2026.11.2", 6));
    assert_eq!(kept.good(), good);
}

#[tokio::test]
async fn one_that_is_not_the_provinces_is_not_taken() {
    let kept = Kept::begin().await;
    let admin = kept.fixture.platform.admin();
    let refused = async |files: CatalogueFiles, want: SignatureProblem| {
        admin.set_catalogue_unsigned(files);
        match kept.refresh(5).await {
            Err(CatalogueError::Untrusted { problem, .. }) => assert_eq!(problem, want),
            other => panic!("{other:?}"),
        }
        kept.unchanged();
    };
    refused(kept.next("2026.11.2"), SignatureProblem::Altered).await;
    refused(CatalogueFiles { signature: None, ..kept.next("2026.11.3") }, SignatureProblem::Unsigned).await;
    let of_another = CatalogueSignature {
        algorithm: SignatureAlgorithm::Ed25519,
        key_id: "0000000000000000".into(),
        rolls_back: None,
        value: FileBytes(vec![0; 64]),
    };
    let other = CatalogueFiles { signature: Some(of_another), ..kept.next("2026.11.4") };
    refused(other, SignatureProblem::UnknownKey).await;
}

#[tokio::test]
async fn one_for_another_site_is_not_taken_and_not_served() {
    let kept = Kept::begin().await;
    let admin = kept.fixture.platform.admin();
    let elsewhere = Some(division("990001001002"));
    admin.set_catalogue(CatalogueFiles { site: elsewhere.clone(), ..kept.next("2026.11.2") });
    let refused = kept.refresh(5).await.unwrap_err();
    let CatalogueError::OtherSite { site, own, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!((Some(site), own.as_str()), (elsewhere.as_ref(), "990001001001"));
    assert!(refused.to_string().contains("site.division"), "{refused}");
    kept.unchanged();
    // One for the district around is for this site as well, and so is one for everywhere.
    for (version, site) in [("2026.11.3", Some(division("990001"))), ("2026.11.4", None)] {
        admin.set_catalogue(CatalogueFiles { site, ..kept.next(version) });
        assert!(matches!(kept.refresh(6).await, Ok(Refreshed::New(_))), "{version}");
    }
    // A terminal that was moved does not serve what it has from there, and fetches its own.
    admin.set_catalogue(CatalogueFiles { site: Some(division("990001001001")), ..kept.next("2026.11.5") });
    assert!(matches!(kept.refresh(7).await, Ok(Refreshed::New(_))));
    let moved = kept.cache.clone().for_site(division("990001001002"));
    assert!(matches!(moved.load(), Err(CatalogueError::OtherSite { .. })));
    admin.set_catalogue(CatalogueFiles { site: elsewhere, ..kept.next("2026.11.1") });
    assert!(matches!(moved.refresh(&kept.fixture.province, NOW).await, Ok(Refreshed::New(_))));
}

#[tokio::test]
async fn without_the_provinces_key_nothing_is_taken() {
    let fixture = Fixture::begin();
    let key = fixture.platform.credentials().join("catalogue.pub");
    std::fs::remove_file(key).unwrap();
    let province = crate::fixture::province(&fixture.platform);
    let folder = tempfile::tempdir().unwrap();
    let refreshed = CatalogueCache::new(folder.path()).refresh(&province, NOW).await;
    assert!(
        matches!(refreshed, Err(CatalogueError::Untrusted { problem: SignatureProblem::NoKey, .. })),
        "{refreshed:?}"
    );
}

#[tokio::test]
async fn a_bad_one_leaves_the_last_good_one() {
    let kept = Kept::begin().await;
    let mut bad = kept.next("2026.11.2");
    bad.items[0].toml.push_str("\n= ");
    kept.fixture.platform.admin().set_catalogue(bad);
    assert!(matches!(kept.refresh(5).await, Err(CatalogueError::Refused { .. })));
    kept.unchanged();
    let empty = CatalogueFiles { items: Vec::new(), ..kept.next("2026.11.3") };
    kept.fixture.platform.admin().set_catalogue(empty);
    assert!(matches!(kept.refresh(5).await, Err(CatalogueError::Empty(_))));
    kept.unchanged();
}

#[tokio::test]
async fn a_version_names_one_catalogue() {
    let kept = Kept::begin().await;
    let mut other = kept.next("2026.11.1");
    other.items[0].toml.push_str("\n# said later\n");
    kept.fixture.platform.admin().set_catalogue(other);
    let refreshed = kept.refresh(5).await;
    assert!(matches!(&refreshed, Err(CatalogueError::SameVersion(v)) if v == "2026.11.1"), "{refreshed:?}");
    kept.unchanged();
}

#[tokio::test]
async fn an_older_one_is_taken_only_when_the_newer_is_taken_back() {
    let kept = Kept::begin().await;
    let admin = kept.fixture.platform.admin();
    let taken_back = |version: &str| CatalogueSignature {
        algorithm: SignatureAlgorithm::Ed25519,
        key_id: String::new(),
        rolls_back: Some(version.to_owned()),
        value: FileBytes::default(),
    };
    admin.set_catalogue(kept.next("2026.10.9"));
    assert!(matches!(kept.refresh(5).await, Err(CatalogueError::Older { .. })));
    kept.unchanged();
    // Another version is taken back, not the one that is here.
    let other = CatalogueFiles { signature: Some(taken_back("2026.11.7")), ..kept.next("2026.10.8") };
    admin.set_catalogue(other);
    assert!(matches!(kept.refresh(5).await, Err(CatalogueError::Older { .. })));
    kept.unchanged();
    let this = CatalogueFiles { signature: Some(taken_back("2026.11.1")), ..kept.next("2026.10.7") };
    admin.set_catalogue(this);
    assert!(matches!(kept.refresh(5).await, Ok(Refreshed::New(_))));
    assert_eq!(kept.good().catalogue.version, "2026.10.7");
}
