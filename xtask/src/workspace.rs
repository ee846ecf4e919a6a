//! Where the repository is, and what cargo says of it.

use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    // xtask is a folder of the root, and is started from the checkout that it was built in.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that started us.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Why cargo said nothing of use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CargoError {
    #[error("cargo could not be started")]
    Start(#[source] std::io::Error),
    #[error("`cargo {arguments}` failed: {stderr}")]
    Failed { arguments: String, stderr: String },
    #[error("`cargo metadata` answered something else")]
    Answer(#[source] serde_json::Error),
}

/// What a cargo command prints.
pub(crate) fn cargo_output(arguments: &[&str]) -> Result<String, CargoError> {
    let output = cargo().args(arguments).output().map_err(CargoError::Start)?;
    if !output.status.success() {
        return Err(CargoError::Failed {
            arguments: arguments.join(" "),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Builds the terminal in release, and says where it is.
pub(crate) fn release_terminal() -> Result<PathBuf, CargoError> {
    let arguments =
        ["build", "--quiet", "--locked", "--release", "--package", "kiosk-ui", "--bin", "yilin-terminal"];
    cargo_output(&arguments)?;
    Ok(Metadata::read()?.target_directory.join("release/yilin-terminal"))
}

/// The part of `cargo metadata` that the rules look at.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: BTreeSet<String>,
    pub(crate) resolve: Resolve,
    pub(crate) target_directory: PathBuf,
}

/// A package of the tree.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) id: String,
    /// The registry; none for a folder.
    pub(crate) source: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// A program, library, example or test of a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

/// A line of a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// None for a normal one, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) optional: bool,
}

/// Who was resolved to whom.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// A package and what it links.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<NodeDependency>,
}

/// One of a package's links.
#[derive(Debug, Deserialize)]
pub(crate) struct NodeDependency {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<DependencyKind>,
}

/// How a package is linked.
#[derive(Debug, Deserialize)]
pub(crate) struct DependencyKind {
    pub(crate) kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Self, CargoError> {
        let answer = cargo_output(&["metadata", "--format-version", "1"])?;
        serde_json::from_str(&answer).map_err(CargoError::Answer)
    }

    /// The packages of the repository.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The names of all that a member links at run time, itself left out.
    pub(crate) fn linked_by(&self, member: &Package) -> BTreeSet<&str> {
        let nodes: HashMap<&str, &Node> = self.resolve.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
        let names: HashMap<&str, &str> =
            self.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
        let mut found = BTreeSet::new();
        let mut open = vec![member.id.as_str()];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            if id != member.id {
                found.extend(names.get(id).copied());
            }
            let Some(node) = nodes.get(id) else { continue };
            let normal = node.deps.iter().filter(|d| d.dep_kinds.iter().any(|k| k.kind.is_none()));
            open.extend(normal.map(|d| d.pkg.as_str()));
        }
        found
    }
}
