//! A terminal made of a plain client: certificates from the folder, JSON typed from the contract's page.

use std::path::Path;
use std::sync::Arc;

use platform_client::sim::{Options, ReferencePlatform, TimeSource};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::datetime;

pub(crate) const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
pub(crate) const TERMINAL: &str = "T99000100100101";
/// A PNG's first bytes are enough: the platform looks no further.
pub(crate) const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// Whether the client shows the terminal's certificate.
#[derive(Clone, Copy)]
pub(crate) enum Shows {
    Certificate,
    Nothing,
}

pub(crate) struct Asking {
    pub(crate) platform: ReferencePlatform,
    pub(crate) client: Client,
    /// Kept alive for the platform's files.
    pub(crate) folder: Arc<TempDir>,
}

pub(crate) fn options(folder: &Path) -> Options {
    Options { time: TimeSource::Fixed(datetime!(2026-11-24 10:24:00 +8)), ..Options::new(folder, FONT) }
}

pub(crate) fn client(credentials: &Path, shows: Shows) -> Client {
    Client::builder().tls_backend_preconfigured(tls(credentials, shows)).no_proxy().build().unwrap()
}

pub(crate) fn tls(credentials: &Path, shows: Shows) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(credentials.join("ca.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots);
    match shows {
        Shows::Nothing => config.with_no_client_auth(),
        Shows::Certificate => {
            let chain = vec![CertificateDer::from_pem_file(credentials.join("terminal.pem")).unwrap()];
            let key = PrivateKeyDer::from_pem_file(credentials.join("terminal.key")).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    }
}

impl Asking {
    pub(crate) fn begin() -> Self {
        Self::again(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// A platform whose interfaces speak as a command line says: `board=anhui`.
    pub(crate) fn speaking(dialects: &[&str]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let dialects = dialects.iter().map(|text| text.parse().unwrap()).collect();
        let options = Options { dialects, ..options(folder.path()) };
        Self::with(options, folder)
    }

    /// A platform on a folder that may hold an earlier one's data.
    pub(crate) fn again(folder: Arc<TempDir>) -> Self {
        Self::with(options(folder.path()), folder)
    }

    fn with(options: Options, folder: Arc<TempDir>) -> Self {
        let platform = ReferencePlatform::start(options).unwrap();
        let client = client(platform.credentials(), Shows::Certificate);
        Self { platform, client, folder }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.platform.url())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        with_json(self.client.post(self.url(path)), body)
    }

    pub(crate) fn submit(&self, case: &Value) -> RequestBuilder {
        let key = case["submissionId"].as_str().unwrap();
        self.post("/v1/cases", case).header("idempotency-key", key)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.client.get(self.url(path)).send().await.unwrap()).await
    }

    /// Opens a session with somebody's card: the token.
    pub(crate) async fn session(&self, name: &str, number: &str) -> String {
        let data = ok(self.post("/v1/sessions", &card(name, number))).await;
        assert_eq!((&data["person"]["name"], &data["assurance"]), (&json!(name), &json!("card_or_qr")));
        data["token"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn card(name: &str, number: &str) -> Value {
    json!({"terminalId": TERMINAL, "way": "card", "kind": "resident", "name": name, "number": number,
           "issuer": "样本市公安局测试分局", "validFrom": "2016-01-01", "validTo": "2036-01-01"})
}

pub(crate) fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

pub(crate) async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

pub(crate) async fn answer(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = json_of(response).await;
    // The rule of every envelope: data exactly when ok, an error's class exactly when not, honest HTTP.
    let ok = body["code"] == "ok";
    assert_eq!(ok, status.is_success(), "{status} {body}");
    assert_eq!(ok, !body["data"].is_null(), "{body}");
    assert_eq!(ok, body["errorClass"].is_null(), "{body}");
    assert_eq!(body["serverTime"], "2026-11-24T10:24:00+08:00");
    (status, body)
}

/// Sends it and takes the data.
pub(crate) async fn ok(request: RequestBuilder) -> Value {
    let (status, mut body) = answer(request.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"].take()
}

/// Sends it and takes status, code and class of the refusal.
pub(crate) async fn refused(request: RequestBuilder) -> (u16, String, String) {
    let (status, body) = answer(request.send().await.unwrap()).await;
    let word = |key: &str| body[key].as_str().unwrap().to_owned();
    (status.as_u16(), word("code"), word("errorClass"))
}

/// An appeal: received and waits, and may come as often as it likes.
pub(crate) fn appeal(key: u8) -> Value {
    let text = |field: &str, kind: &str, value: Value| json!({"field": field, "kind": kind, "value": value, "source": "resident"});
    case(
        key,
        "appeal-12345",
        "张示例",
        "990000194001010014",
        json!([
            text("topic", "choice", json!("roads")),
            text("area", "division", json!("990001001001")),
            text("place", "text", json!("东门路口")),
            text("what", "text", json!("路灯坏了三天")),
            text("answer_by_phone", "yes_no", json!("no")),
        ]),
    )
}

pub(crate) fn certification(key: u8, name: &str, number: &str) -> Value {
    case(
        key,
        "pension-certification",
        name,
        number,
        json!([
            {"field": "phone", "kind": "text", "value": "11100000001", "source": "shared"},
            {"field": "residence", "kind": "choice", "value": "this_city", "source": "shared"},
        ]),
    )
}

pub(crate) fn case(key: u8, item: &str, name: &str, number: &str, answers: Value) -> Value {
    json!({
        "submissionId": format!("{key:02x}").repeat(16),
        "itemId": item,
        "itemVersion": "2026.11.1",
        "filedAt": "2026-11-24T10:20:00+08:00",
        "terminalId": TERMINAL,
        "locale": "zh-CN",
        "applicant": {"name": name, "number": number, "way": "card", "assurance": "card_or_qr", "face": null},
        "agent": null,
        "consent": {"itemVersion": "2026.11.1", "at": "2026-11-24T10:18:00+08:00", "face": "not_asked",
                    "sharedData": "given"},
        "answers": answers,
        "materials": [],
    })
}
