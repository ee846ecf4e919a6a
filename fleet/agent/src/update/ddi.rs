//! The update server: hawkBit's DDI, as a client follows it.
//!
//! Duty: ask, follow the links that come, say how far it is. Never: install.

use crate::server::{CallError, Server};
use fleet_api::TerminalId;
use fleet_api::ddi::{
    Artifact, CancelBase, Chunk, ConfigData, Controller, DeploymentBase, Execution, Feedback, FeedbackResult,
    Finished, Link, Progress, Status,
};
use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;
use std::time::Duration;

/// The shortest wait between two polls that a server may ask for.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Where a server says nothing that can be understood.
const USUAL: Duration = Duration::from_secs(5 * 60);
/// The longest sentence to the server, in characters.
const DETAIL: usize = 512;

/// What there is to do.
#[derive(Debug, Default)]
pub(super) struct Poll {
    pub(super) sleep: Duration,
    pub(super) config_data: Option<Link>,
    pub(super) deployment: Option<Link>,
    pub(super) cancel: Option<Link>,
}

/// Asks what there is to do.
pub(super) async fn poll(server: &Server, tenant: &str, terminal: &TerminalId) -> Result<Poll, CallError> {
    let link = format!("/{tenant}/controller/v1/{terminal}");
    let mut controller: Controller = server.get("update", &link).await?;
    Ok(Poll {
        sleep: duration(&controller.config.polling.sleep).unwrap_or(USUAL).clamp(SHORTEST, LONGEST),
        config_data: controller.links.remove("configData"),
        deployment: controller.links.remove("deploymentBase"),
        cancel: controller.links.remove("cancelAction"),
    })
}

/// What is to be installed, and the address of the deployment without its query.
pub(super) async fn deployment(server: &Server, link: &Link) -> Result<(DeploymentBase, String), CallError> {
    let mut address = server.address(&link.href)?;
    let base: DeploymentBase = server.get("deployment", address.as_str()).await?;
    address.set_query(None);
    Ok((base, address.to_string()))
}

/// Which action is to be given up, and the address for the answer.
pub(super) async fn cancel(server: &Server, link: &Link) -> Result<(CancelBase, String), CallError> {
    let mut address = server.address(&link.href)?;
    let base: CancelBase = server.get("cancelling", address.as_str()).await?;
    address.set_query(None);
    Ok((base, address.to_string()))
}

/// Says what this terminal is.
pub(super) async fn describe(
    server: &Server,
    link: &Link,
    data: BTreeMap<String, String>,
) -> Result<(), CallError> {
    let body = ConfigData { mode: Some("merge".to_owned()), data };
    server.send("attributes", Method::PUT, &link.href, &body).await
}

/// Says how far an action is, or how its cancelling went.
pub(super) async fn feedback(
    server: &Server,
    address: &str,
    action: &str,
    (execution, finished): (Execution, Finished),
    details: Vec<String>,
) -> Result<(), CallError> {
    let details = details.into_iter().map(|detail| detail.chars().take(DETAIL).collect()).collect();
    let body = Feedback {
        id: serde_json::Value::String(action.to_owned()),
        status: Status {
            execution,
            result: FeedbackResult { finished, progress: Some(Progress::default()) },
            details,
        },
    };
    server.send("feedback", Method::POST, &format!("{address}/feedback"), &body).await
}

/// Whether the server says that the action is over for it.
pub(super) fn is_over(error: &CallError) -> bool {
    matches!(error.status(), Some(StatusCode::GONE | StatusCode::NOT_FOUND))
}

/// The bundle of a deployment and where it is. One deployment is one bundle for one machine.
pub(super) fn bundle(base: &DeploymentBase) -> Result<(&Chunk, &Artifact, &str), &'static str> {
    let mut artifacts = base
        .deployment
        .chunks
        .iter()
        .flat_map(|chunk| chunk.artifacts.iter().map(move |artifact| (chunk, artifact)));
    let Some((chunk, artifact)) = artifacts.next() else { return Err("the deployment has no file") };
    if artifacts.next().is_some() {
        return Err("the deployment has more than one file: one bundle is expected");
    }
    // `download-http` has no certificate: never followed.
    match artifact.links.get("download") {
        Some(link) => Ok((chunk, artifact, &link.href)),
        None => Err("the file has no `download` link"),
    }
}

/// `HH:MM:SS`.
fn duration(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| {
        let plain = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u64>().ok()).flatten()
    });
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        (Some(hours), Some(minutes), Some(seconds), None) if minutes < 60 && seconds < 60 => {
            Some(Duration::from_secs(hours * 3600 + minutes * 60 + seconds))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn how_often_to_come() {
        assert_eq!(duration("00:05:00"), Some(Duration::from_secs(300)));
        assert_eq!(duration("24:00:01"), Some(Duration::from_secs(86_401)));
        for text in ["", "5", "00:60:00", "00:00", "a:b:c", "00:00:00:00", "-1:00:00"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(text) = std::str::from_utf8(&bytes) {
                let _ = duration(text);
            }
            if let Ok(base) = serde_json::from_slice::<DeploymentBase>(&bytes) {
                let _ = bundle(&base);
            }
        }
    }
}
