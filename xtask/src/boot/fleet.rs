//! The fleet server on the host: the terminal's enrolment, releases, rollouts, and what the terminal said of them.
//!
//! Duty: what an operator types at `yilin-fleet`. Never: write to its database past it.

use super::BootError;
use crate::image::COMPATIBLE;
use crate::program::{ProgramError, output};
use crate::running::Running;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The host, as the guest calls it.
pub(super) const HOST: &str = "10.0.2.2";
/// Its name where it has another address for each network.
pub(super) const NAME: &str = "fleet.example";
/// Seconds between two calls of the terminal in a trial.
const SOON: &str = "5";
/// A rollout's end by its action's state.
const ENDED: [&str; 3] = ["succeeded", "failed", "cancelled"];

/// How often the terminal calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// So often that a trial does not wait for it.
    Trial,
    /// As in the field: what the server says when nobody orders otherwise.
    Field,
}

/// A fleet server that runs.
#[derive(Debug)]
pub(super) struct Fleet {
    program: PathBuf,
    data: PathBuf,
    running: Running,
}

/// What the terminal told of an update.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Told {
    /// As the server has it: `offered`, `downloading`, `succeeded`, …
    pub(super) state: String,
    /// The terminal's last words, a JSON array of sentences.
    #[serde(default)]
    details: Option<String>,
}

impl Told {
    pub(super) fn ended(&self) -> bool {
        ENDED.contains(&self.state.as_str())
    }

    /// The terminal's last words.
    pub(super) fn words(&self) -> String {
        let details = self.details.as_deref().unwrap_or_default();
        let sentences: Vec<String> = serde_json::from_str(details).unwrap_or_default();
        sentences.join("; ")
    }
}

impl Fleet {
    /// Starts it on a new folder.
    pub(super) fn start(program: &Path, data: &Path) -> Result<Self, BootError> {
        let running = serve(program, data, "0", Pace::Trial)?;
        Ok(Self { program: program.to_owned(), data: data.to_owned(), running })
    }

    /// Starts it anew on the same port. The terminal is told at its next call.
    pub(super) fn at_pace(&mut self, pace: Pace) -> Result<(), BootError> {
        let port = self.port()?;
        self.running.end();
        self.running = serve(&self.program, &self.data, &port, pace)?;
        Ok(())
    }

    /// The port on this machine at which terminals call.
    pub(super) fn port(&self) -> Result<String, BootError> {
        let url = self.running.says("device_url")?;
        Ok(url.trim_end_matches('/').rsplit(':').next().unwrap_or_default().to_owned())
    }

    /// The certificate that a new terminal trusts.
    pub(super) fn authority(&self) -> Result<PathBuf, BootError> {
        Ok(PathBuf::from(self.running.says("authority")?))
    }

    /// Plans the terminal; the one-time code with which it enrols.
    pub(super) fn plan(&self, terminal: &str) -> Result<String, BootError> {
        let planned = json!({
            "id": terminal, "district": "990001", "street": "990001001", "community": "990001001001", "model": "Q1",
            "compatible": COMPATIBLE, "name_zh": "示例社区", "name_en": "Sample community", "hours": "00:00-24:00",
        });
        let file = self.data.join("planned.jsonl");
        std::fs::write(&file, format!("{planned}\n")).map_err(|e| BootError::File(file.clone(), e))?;
        self.ask(&["terminal", "add", &file.display().to_string()])?;
        let told = self.ask(&["terminal", "code", terminal])?;
        let code = told["code"].as_str().map(str::to_owned);
        code.ok_or_else(|| BootError::Said("code".to_owned(), told.to_string()))
    }

    /// Another key signs releases from now on.
    pub(super) fn rotate(&self) -> Result<(), BootError> {
        let root = self.key("root").display().to_string();
        self.ask(&["key", "rotate", "release", "--root-key", &root]).map(drop)
    }

    /// A key that a release manager carries.
    fn key(&self, role: &str) -> PathBuf {
        self.data.join("keys/offline").join(format!("{role}.key"))
    }

    /// A bundle as a release, signed by the release manager's key: its number, also where it is one already. Versions down to
    /// `replaces` may be replaced.
    pub(super) fn release(
        &self,
        bundle: &Path,
        version: &str,
        replaces: Option<&str>,
    ) -> Result<i64, BootError> {
        let releases = self.ask_all(&["artifact", "list"])?;
        if let Some(release) = releases.iter().find(|release| release["version"] == version) {
            return number(release, "release");
        }
        let (file, key) = (bundle.display().to_string(), self.key("release").display().to_string());
        let mut release = vec!["artifact", "add", &file, "--version", version, "--compatible", COMPATIBLE];
        release.extend(["--release-key", &key]);
        release.extend(replaces.into_iter().flat_map(|version| ["--may-replace-down-to", version]));
        number(&self.ask(&release)?, "release")
    }

    /// Rolls a bundle out at once to everybody; the rollout's number. Versions down to `replaces` may be replaced.
    pub(super) fn roll_out(
        &self,
        bundle: &Path,
        version: &str,
        replaces: Option<&str>,
    ) -> Result<i64, BootError> {
        let release = self.release(bundle, version, replaces)?.to_string();
        let all = ["--waves", "100", "--pause-seconds", "0", "--error-permille", "1000", "--why", "trial"];
        let rollout = ["rollout", "add", "--release", &release, "--name", version];
        let rollout = number(&self.ask(&[&rollout[..], &all[..]].concat())?, "rollout")?;
        self.ask(&["rollout", "start", &rollout.to_string(), "--why", "trial"])?;
        Ok(rollout)
    }

    /// Writes a release and the release manager's word for it into the folder of a stick.
    pub(super) fn stick(&self, release: i64, folder: &Path) -> Result<(), BootError> {
        self.ask(&["artifact", "stick", &release.to_string(), &folder.display().to_string()]).map(drop)
    }

    /// What the terminal said of a rollout's update until now: read out of the database, since no command lists it.
    pub(super) fn told(&self, rollout: i64) -> Result<Option<Told>, BootError> {
        let query = format!(
            "select a.state, (select f.details from feedback f where f.action = a.id order by f.id desc limit 1) as details \
             from actions a where a.rollout = {rollout}"
        );
        let mut sqlite = Command::new("sqlite3");
        sqlite
            .args(["-readonly", "-json", "-cmd", ".timeout 10000"])
            .arg(self.data.join("fleet.db"))
            .arg(query);
        let said = output(&mut sqlite)?;
        let rows: Vec<Told> = serde_json::from_str(&said).unwrap_or_default();
        Ok(rows.into_iter().next())
    }

    /// Bytes of bundles that were asked for until now, by the server's own counter.
    pub(super) fn fetched(&self) -> Result<f64, BootError> {
        let url = format!("{}/metrics", self.running.says("metrics_url")?);
        let text = output(Command::new("curl").args(["--silent", "--fail", &url]))?;
        let line = text.lines().find_map(|line| line.strip_prefix("yilin_fleet_artifact_bytes_total "));
        let bytes = line.and_then(|number| number.trim().parse().ok());
        bytes.ok_or_else(|| BootError::Said("yilin_fleet_artifact_bytes_total".to_owned(), text))
    }

    /// A command of `yilin-fleet`, and the object that it prints, the last where there are several.
    fn ask(&self, arguments: &[&str]) -> Result<Value, BootError> {
        let told = self.ask_all(arguments)?.pop();
        told.ok_or_else(|| BootError::Said("answer".to_owned(), arguments.join(" ")))
    }

    /// A command of `yilin-fleet`, and the objects that it prints.
    fn ask_all(&self, arguments: &[&str]) -> Result<Vec<Value>, BootError> {
        let mut command = Command::new(&self.program);
        command.args(["--json", "--data"]).arg(&self.data).args(arguments);
        let said = output(&mut command)?;
        let objects: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
        objects.map_err(|_| ProgramError::Failed(arguments.join(" "), said).into())
    }
}

/// A number of an answer.
fn number(told: &Value, key: &str) -> Result<i64, BootError> {
    told[key].as_i64().ok_or_else(|| BootError::Said(key.to_owned(), told.to_string()))
}

fn serve(program: &Path, data: &Path, port: &str, pace: Pace) -> Result<Running, ProgramError> {
    let (data, listen) = (data.display().to_string(), format!("127.0.0.1:{port}"));
    let arguments = ["serve", "--json", "--data", &data, "--name", HOST, "--name", NAME];
    let others = ["--listen", &listen, "--console", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let often: &[&str] = match pace {
        Pace::Trial => &["--poll-seconds", SOON, "--heartbeat-seconds", SOON],
        Pace::Field => &[],
    };
    Running::start(program, &[&arguments[..], &others[..], often].concat())
}
