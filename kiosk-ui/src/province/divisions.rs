//! The divisions of the city, of every level: asked for rarely, kept for when the province is away.

use super::Shared;
use domain::form::DivisionName;
use platform_client::error::CallError;
use std::io::Write as _;
use std::path::Path;
use tokio::task::JoinSet;

/// Digits of a code that has nothing below it.
const LOWEST: usize = 12;
/// So many questions at once.
const AT_ONCE: usize = 8;

/// Districts, streets and communities, in the order of their codes.
pub(super) async fn all(shared: &Shared) -> Result<Vec<DivisionName>, CallError> {
    let mut all = shared.province.divisions(None).await?;
    let mut open: Vec<_> = all.iter().map(|d| d.code.clone()).collect();
    let mut asking = JoinSet::new();
    loop {
        while asking.len() < AT_ONCE
            && let Some(code) = open.pop()
        {
            let province = shared.province.clone();
            asking.spawn(async move { province.divisions(Some(&code)).await });
        }
        let Some(answer) = asking.join_next().await else { break };
        // A task ends without an answer only when the runtime goes, and this task with it.
        let Ok(answer) = answer else { continue };
        let below = answer?;
        open.extend(below.iter().map(|d| d.code.clone()).filter(|code| code.as_str().len() < LOWEST));
        all.extend(below);
    }
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all.dedup_by(|a, b| a.code == b.code);
    Ok(all)
}

/// The divisions as they were kept; none where there are none, or the file is damaged.
pub(super) fn kept(data: &Path) -> Option<Vec<DivisionName>> {
    serde_json::from_slice(&std::fs::read(file(data)).ok()?).ok()
}

/// Keeps them: after a power cut there is the old file or the new one.
pub(super) fn keep(data: &Path, divisions: &[DivisionName]) -> std::io::Result<()> {
    let draft = data.join("divisions.json.draft");
    let mut open = std::fs::File::create(&draft)?;
    open.write_all(&serde_json::to_vec(divisions)?)?;
    open.sync_all()?;
    std::fs::rename(&draft, file(data))
}

fn file(data: &Path) -> std::path::PathBuf {
    data.join("divisions.json")
}
