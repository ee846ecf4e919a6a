//! Certificates as the platform gives them.

use std::sync::Arc;

use base64::Engine as _;
use domain::terminal::Timestamp;
use platform_client::seal::Authorities;
use platform_client::sim::fault::{Fault, FaultKind};
use platform_client::sim::{Options, ReferencePlatform, SealKind};
use serde_json::json;
use time::macros::datetime;

use crate::asking::{Asking, Shows, TERMINAL, client, ok, options};

/// The platform's clock.
pub(crate) const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);

/// A platform and a resident in session.
pub(crate) struct Office {
    asking: Asking,
    token: String,
}

impl Office {
    pub(crate) async fn open(seal: SealKind) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let options = Options { seal, ..options(folder.path()) };
        let platform = ReferencePlatform::start(options).unwrap();
        let client = client(platform.credentials(), Shows::Certificate);
        let asking = Asking { platform, client, folder };
        let token = asking.session("周指纹", "990000199001010017").await;
        Self { asking, token }
    }

    /// The folder of authorities that terminals are given.
    pub(crate) fn authorities_folder(&self) -> std::path::PathBuf {
        self.asking.platform.credentials().join("seal-authorities")
    }

    pub(crate) fn authorities(&self) -> Authorities {
        Authorities::read(&self.authorities_folder()).unwrap()
    }

    /// The next certificate, with this fault.
    pub(crate) async fn file(&self, fault: Option<FaultKind>) -> Vec<u8> {
        if let Some(kind) = fault {
            self.asking.platform.admin().set_fault(Fault::once(kind));
        }
        let body = json!({"terminalId": TERMINAL, "purpose": {"zh-CN": "租房", "en": "renting"}, "locale": "zh-CN",
            "answers": [{"field": "insurance", "kind": "choice", "value": "employee_pension", "source": "resident"}]});
        let path = "/v1/items/participation-certificate/certificate";
        let issued = ok(self.asking.post(path, &body).bearer_auth(&self.token)).await;
        let bytes = issued["file"]["bytes"].as_str().unwrap();
        base64::engine::general_purpose::STANDARD.decode(bytes).unwrap()
    }
}
