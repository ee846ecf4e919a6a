//! What the image is made of, as CycloneDX 1.5, and the licence texts of what we link.
//!
//! Debian's packages bring their own: /usr/share/doc/PACKAGE/copyright.

use super::lock::Lock;
use super::programs::PROGRAMS;
use super::{Folders, ImageError, Options, copy, source_date, write as write_file};
use crate::workspace::{CargoError, cargo_output};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A package of Rust.
#[derive(Debug, Deserialize)]
struct Crate {
    name: String,
    version: String,
    license: Option<String>,
    /// The registry; none for our own.
    source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Crates {
    packages: Vec<Crate>,
}

/// Writes the list into the root and beside the image, and the licences into the root.
pub(super) fn write(
    folders: &Folders,
    lock: &Lock,
    packages: &[&str],
    options: &Options,
    stage: &Path,
) -> Result<(), ImageError> {
    let linked = linked(packages)?;
    let answer = cargo_output(&["metadata", "--locked", "--format-version", "1"])?;
    let mut crates: Vec<Crate> = serde_json::from_str::<Crates>(&answer)
        .map_err(CargoError::Answer)?
        .packages
        .into_iter()
        .filter(|c| linked.contains(&format!("{} v{}", c.name, c.version)))
        .collect();
    crates.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));

    let debian = lock.packages.iter().map(|p| {
        json!({
            "type": "library", "name": p.name, "version": p.version,
            "purl": format!("pkg:deb/debian/{}@{}?arch={}&distro=bookworm", p.name, p.version, p.architecture),
            "hashes": [{"alg": "SHA-256", "content": p.sum}],
        })
    });
    let rust = crates.iter().map(|c| {
        let mut component = json!({
            "type": "library", "name": c.name, "version": c.version,
            "licenses": [{"expression": c.license.clone().unwrap_or_default().replace('/', " OR ")}],
        });
        if c.source.is_some() {
            component["purl"] = json!(format!("pkg:cargo/{}@{}", c.name, c.version));
        }
        component
    });
    let components: Vec<Value> = debian.chain(rust).collect();
    let list = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "component": {"type": "firmware", "name": "yilin-reference-image", "version": options.version},
            "properties": [{"name": "SOURCE_DATE_EPOCH", "value": source_date()?}],
        },
        "components": components,
    });
    let text = format!("{list:#}\n");
    write_file(&stage.join("usr/share/yilin/sbom.cdx.json"), &text)?;
    write_file(&folders.out.join("sbom.cdx.json"), &text)?;
    crates.iter().filter(|c| c.source.is_some()).try_for_each(|c| licences(c, stage))
}

/// `name vVERSION` of all that our programs link.
fn linked(packages: &[&str]) -> Result<BTreeSet<String>, ImageError> {
    let mut linked = BTreeSet::new();
    for (package, _, how) in PROGRAMS.into_iter().filter(|(package, ..)| packages.contains(package)) {
        let mut arguments = vec!["tree", "--locked", "--edges=normal", "--prefix=none", "--package", package];
        arguments.extend(how);
        let told = cargo_output(&arguments)?;
        linked.extend(told.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")));
    }
    Ok(linked)
}

/// Copies the texts that a crate ships.
fn licences(of: &Crate, stage: &Path) -> Result<(), ImageError> {
    let folder = of.manifest_path.parent().unwrap_or(Path::new("/"));
    let entries = std::fs::read_dir(folder).map_err(|e| ImageError::File(folder.to_owned(), e))?;
    let texts = entries.flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let file = entry.file_type().is_ok_and(|kind| kind.is_file());
        file && ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"]
            .iter()
            .any(|word| name.starts_with(word))
    });
    let to = stage.join("usr/share/doc/yilin/crates").join(format!("{}-{}", of.name, of.version));
    texts.into_iter().try_for_each(|text| copy(&text.path(), &to.join(text.file_name())))
}
