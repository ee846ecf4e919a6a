//! What stands around the machine: the reference province, a fleet server, a card reader and a printer, programs on this one.

use super::BootError;
use super::fleet::Fleet;
use crate::program::output;
use crate::running::Running;
use crate::workspace::{Metadata, cargo_output};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs with the simulators in them: package, program.
const PROGRAMS: [(&str, &str); 4] = [
    ("drivers", "yilin-device"),
    ("platform-client", "yilin-province"),
    ("kiosk-ui", "yilin-terminal"),
    ("fleet-server", "yilin-fleet"),
];

/// The folder of the developers' programs, built now where none is named.
pub(super) fn programs(folder: Option<&Path>) -> Result<PathBuf, BootError> {
    if let Some(folder) = folder {
        return Ok(folder.to_owned());
    }
    for (package, name) in PROGRAMS {
        cargo_output(&["build", "--quiet", "--locked", "--package", package, "--bin", name])?;
    }
    Ok(Metadata::read()?.target_directory.join("debug"))
}

/// The province, and the printer of a terminal.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) province: Running,
    pub(super) printer: Running,
    pub(super) fleet: Fleet,
    /// ca.pem, terminal.pem, terminal.key.
    pub(super) credentials: PathBuf,
    /// Where the province keeps its cases.
    data: PathBuf,
    /// Where the printer leaves what it prints.
    papers: PathBuf,
}

impl Host {
    pub(super) fn start(programs: &Path, folder: &Path) -> Result<Self, BootError> {
        let (cases, papers) = (folder.join("province"), folder.join("papers"));
        for path in [&cases, &papers] {
            std::fs::create_dir_all(path).map_err(|e| BootError::File(path.clone(), e))?;
        }
        let text = |path: &Path| path.display().to_string();
        let device = programs.join("yilin-device");
        let province =
            Running::start(&programs.join("yilin-province"), &["serve", "--json", "--data", &text(&cases)])?;
        let credentials = PathBuf::from(province.says("credentials")?);
        let printer = Running::start(&device, &["sim", "printer", "--json", "--paper-out", &text(&papers)])?;
        let fleet = Fleet::start(&programs.join("yilin-fleet"), &folder.join("fleet"))?;
        Ok(Self { province, printer, fleet, credentials, data: cases, papers })
    }

    /// The cases that the province has: their submissions' numbers.
    pub(super) fn cases(&self, programs: &Path) -> Result<Vec<String>, BootError> {
        let mut asked = Command::new(programs.join("yilin-province"));
        let told = output(asked.args(["cases", "--json", "--data"]).arg(&self.data))?;
        let number = |line: &str| {
            let case: Value = serde_json::from_str(line).ok()?;
            case["submission_id"].as_str().map(str::to_owned)
        };
        let numbers: Option<Vec<String>> = told.lines().map(number).collect();
        numbers.ok_or_else(|| BootError::Said("submission_id".to_owned(), told))
    }

    /// Pictures of the papers that the printer has given, as PNG.
    pub(super) fn papers(&self) -> Result<Vec<Vec<u8>>, BootError> {
        let entries = std::fs::read_dir(&self.papers).map_err(|e| BootError::File(self.papers.clone(), e))?;
        let paths = entries.flatten().map(|entry| entry.path());
        let pictures = paths.filter(|path| path.extension().is_some_and(|kind| kind == "png"));
        pictures.map(|path| std::fs::read(&path).map_err(|e| BootError::File(path, e))).collect()
    }

    /// The path of a simulator's pty: `serial:/dev/pts/4`.
    pub(super) fn pty(running: &Running) -> Result<String, BootError> {
        let port = running.says("port")?;
        let path = port.strip_prefix("serial:").unwrap_or(port);
        Ok(path.split('?').next().unwrap_or(path).to_owned())
    }

    /// The port of the province on this machine.
    pub(super) fn port(&self) -> Result<String, BootError> {
        let url = self.province.says("url")?;
        let port = url.trim_end_matches('/').rsplit(':').next().unwrap_or_default();
        Ok(port.to_owned())
    }
}
