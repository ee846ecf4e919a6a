//! Terminals with a certificate each, in a store that a server is then started on.

use fleet_api::TerminalId;
use fleet_server::Options;
use fleet_server::serve::open;
use fleet_server::state::Server;
use fleet_server::store::enrolment::{self, Issued};
use fleet_server::store::terminals::{self, NewTerminal};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub(crate) struct Identity {
    pub(crate) terminal: String,
    /// PEM.
    pub(crate) certificate: String,
    /// PEM.
    pub(crate) key: String,
    serial: String,
}

pub(crate) struct Fleet {
    /// The authority of the server, PEM.
    pub(crate) root: Arc<str>,
    pub(crate) identities: Vec<Arc<Identity>>,
    keys: std::path::PathBuf,
}

impl Fleet {
    /// A new server's store with so many terminals.
    pub(crate) async fn make(data: &Path, terminals: usize) -> Self {
        let (server, _) = open(&Options::local(data)).await.unwrap();
        let now = server.clock.now();
        let identities = (0..terminals).map(|n| {
            let terminal = format!("T-{n:05}");
            let key = KeyPair::generate().unwrap();
            let request = CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
            let made = server.authority.certify(&TerminalId(terminal.clone()), &request, now).unwrap();
            Arc::new(Identity {
                terminal,
                certificate: made.pem,
                key: key.serialize_pem(),
                serial: made.serial,
            })
        });
        let fleet = Self {
            root: server.authority.root_pem().into(),
            identities: identities.collect(),
            keys: data.join("keys"),
        };
        fleet.put(&server).await;
        server.store.close().await;
        fleet
    }

    /// The same terminals and keys in another database.
    pub(crate) async fn copy_to(&self, data: &Path, database: &str) {
        std::fs::create_dir_all(data.join("keys")).unwrap();
        for name in ["authority.key", "authority.pem"] {
            std::fs::copy(self.keys.join(name), data.join("keys").join(name)).unwrap();
        }
        let options = Options { database: Some(database.to_owned()), ..Options::local(data) };
        let (server, _) = open(&options).await.unwrap();
        self.put(&server).await;
        server.store.close().await;
    }

    async fn put(&self, server: &Server) {
        let now = server.clock.millis();
        let mut tx = server.store.write().await.unwrap();
        for identity in &self.identities {
            let id = TerminalId(identity.terminal.clone());
            terminals::put(&mut tx, &planned(&identity.terminal), now).await.unwrap();
            enrolment::enrolled(&mut tx, &id, "bench", "0.1.0", now).await.unwrap();
            let issued = Issued {
                serial: &identity.serial,
                terminal: &id,
                issued_at: now,
                not_after: now + 90 * 86_400_000,
            };
            enrolment::issued(&mut tx, &issued).await.unwrap();
            // Its client told them once: a poll finds nothing.
            terminals::set_attributes(&mut tx, &identity.terminal, &[].into(), now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

pub(crate) fn planned(id: &str) -> NewTerminal {
    NewTerminal {
        id: id.to_owned(),
        district: "990101".to_owned(),
        street: "990101001".to_owned(),
        community: "990101001001".to_owned(),
        model: "K1".to_owned(),
        compatible: "yilin-k1".to_owned(),
        name_zh: "Sample community".to_owned(),
        name_en: "Sample community".to_owned(),
        hours: "00:00-24:00".to_owned(),
        ..NewTerminal::default()
    }
}

/// What a terminal with six devices says every minute.
pub(crate) fn heartbeat() -> Value {
    let device = |name: &str, model: Option<&str>| json!({"device": name, "state": "online", "cause": null, "needs": "ready", "model": model});
    json!({
        "at": "2026-11-28T09:00:00Z", "boot_id": "0b5fbd5e-6c2c-4b0a-9d3c-6a2f0f7d1c11", "uptime_seconds": 86400, "brownouts": 0,
        "versions": {"image": "1.1.0", "agent": "0.1.0", "slot": "A", "compatible": "yilin-k1", "model": "K1"},
        "machine": {"clock_offset_ms": 12, "clock_synchronised": true, "temperature_celsius": 41.5, "disk_free_bytes": 5_368_709_120_u64,
            "disk_total_bytes": 8_589_934_592_u64, "memory_available_bytes": 1_400_000_000_u64, "load_millis": 120, "network": "ethernet",
            "data_read_only": false},
        "screen": {"version": "0.1.0", "phase": "idle", "out_of_service": null, "painted_at": "2026-11-28T08:59:59Z", "database_open": true,
            "province_reachable": true, "catalogue": "2026-11-01", "outbox": {"waiting": 0, "needs_person": 0, "oldest_seconds": null},
            "devices": [device("id_card_reader", Some("sam")), device("receipt_printer", Some("epson_80")), device("document_printer", None),
                device("camera", None), device("io_board", None), device("speaker", None)],
            "supplies": [{"supply": "receipt_paper", "level": "full", "remaining_permille": 900, "used_total": 8000}],
            "power": "mains", "self_test": null},
        "configuration": 0, "key_ring": 1
    })
}

/// Whether the text is a heartbeat: a benchmark that sends something else measures refusals.
pub(crate) fn checked(heartbeat: &Value) -> String {
    let read: fleet_api::health::Heartbeat = serde_json::from_value(heartbeat.clone()).unwrap();
    serde_json::to_string(&read).unwrap()
}
