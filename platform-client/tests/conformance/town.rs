//! A reference platform and the pack held against it.

use std::sync::Arc;

use platform_client::sim::conformance::{Https, Pack, Prepared, Target};
use platform_client::sim::wrong::Wrong;
use platform_client::sim::{Options, ReferencePlatform};
use serde_json::{Value, json};
use tempfile::TempDir;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");

pub(crate) struct Town {
    pub(crate) platform: ReferencePlatform,
    _folder: TempDir,
}

impl Town {
    pub(crate) fn new(wrong: Option<Wrong>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { wrong, ..Options::new(folder.path(), FONT) };
        Self { platform: ReferencePlatform::start(options).unwrap(), _folder: folder }
    }

    /// The pack, with all that can be prepared.
    pub(crate) async fn pack(&self, seed: u64) -> Pack {
        let target = Target::open(self.platform.url(), self.platform.credentials()).unwrap();
        let wire = Arc::new(Https::new(&target).unwrap());
        let expired_token = Some(self.expired_token(&wire).await);
        Pack::new(target, wire, Prepared { expired_token, ..Prepared::default() }, seed)
    }

    /// The token of a session that has expired and was forgotten.
    pub(crate) async fn expired_token(&self, wire: &Https) -> String {
        use platform_client::sim::conformance::wire::{Ask, Payload, Wire as _};
        let open = async || {
            let person = Prepared::default().resident;
            let body = json!({"terminalId": "T1", "way": "card", "kind": "resident", "name": person.name,
                              "number": person.number, "issuer": "样本", "validFrom": "2016-01-01", "validTo": null});
            let ask = Ask {
                method: "POST",
                path: "/v1/sessions".to_owned(),
                headers: Vec::new(),
                payload: Payload::Json(body),
            };
            let reply = wire.send(ask).await.map_or(Value::Null, |reply| reply.json);
            reply["data"]["token"].as_str().unwrap_or("none").to_owned()
        };
        let token = open().await;
        let admin = self.platform.admin();
        admin.advance_clock(time::Duration::minutes(31));
        open().await;
        admin.advance_clock(time::Duration::minutes(-31));
        token
    }
}
