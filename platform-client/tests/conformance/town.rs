//! A reference platform and the pack held against it.

use std::sync::Arc;

use domain::terminal::TerminalId;
use platform_client::conformance_wire::InDialects;
use platform_client::dialect::config::DialectsConfig;
use platform_client::sim::conformance::{Https, Pack, Prepared, Target};
use platform_client::sim::wrong::Wrong;
use platform_client::sim::{CodeKind, Options, ReferencePlatform};
use serde_json::{Value, json};
use tempfile::TempDir;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");

pub(crate) struct Town {
    pub(crate) platform: ReferencePlatform,
    speaks_dialects: bool,
    _folder: TempDir,
}

impl Town {
    pub(crate) fn new(wrong: Option<Wrong>) -> Self {
        Self::speaking(&[], wrong)
    }

    /// Interfaces speak as a command line says: `cases=anhui`.
    pub(crate) fn speaking(dialects: &[String], wrong: Option<Wrong>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let speaks_dialects = !dialects.is_empty();
        let dialects = dialects.iter().map(|text| text.parse().unwrap()).collect();
        let options = Options { wrong, dialects, ..Options::new(folder.path(), FONT) };
        let platform = ReferencePlatform::start(options).unwrap();
        Self { platform, speaks_dialects, _folder: folder }
    }

    /// The pack as a terminal of this town speaks, with all that can be prepared.
    pub(crate) async fn pack(&self, seed: u64) -> Pack {
        let target = Target::open(self.platform.url(), self.platform.credentials()).unwrap();
        let terminal = TerminalId(target.terminal.clone());
        let dialects = DialectsConfig::read_beside(self.platform.credentials(), &terminal).unwrap();
        let wire = Arc::new(InDialects::new(Https::new(&target).unwrap(), dialects));
        // A gateway of today does not talk to a terminal of half an hour ago.
        let expired_token = match self.speaks_dialects {
            false => Some(self.expired_token(wire.as_ref()).await),
            true => None,
        };
        let prepared = Prepared { expired_token, licence_codes: self.licence_codes(), ..Prepared::default() };
        Pack::new(target, wire, prepared, seed)
    }

    /// What the resident's telephone shows, four times.
    fn licence_codes(&self) -> Vec<String> {
        let admin = self.platform.admin();
        let number = Prepared::default().resident.number;
        let people = admin.people();
        let resident = people.iter().find(|p| p.person.number.reveal() == number).unwrap();
        (0..4).map(|_| admin.fresh_code(CodeKind::Licences, resident.key).unwrap()).collect()
    }

    /// The token of a session that has expired and was forgotten.
    pub(crate) async fn expired_token(&self, wire: &InDialects) -> String {
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
