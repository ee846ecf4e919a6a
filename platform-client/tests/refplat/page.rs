//! The live page: by a plain client, and in a browser.

use std::process::Command;
use std::sync::Arc;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use crate::asking::{Asking, TERMINAL, appeal, ok};

fn plain() -> Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap()
}

async fn text(asking: &Asking, path: &str) -> String {
    let response = plain().get(format!("{}{path}", asking.platform.admin_url())).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.text().await.unwrap()
}

async fn press(asking: &Asking, button: &str) -> reqwest::Response {
    plain().post(format!("{}{button}", asking.platform.admin_url())).send().await.unwrap()
}

#[tokio::test]
async fn appeals_without_a_case_appointments_and_shared_data_are_on_the_page() {
    let asking = Asking::begin();
    let key = |n: u8| format!("{n:02x}").repeat(16);
    let told = json!({"appealId": key(1), "terminalId": TERMINAL, "toldAt": "2026-11-24T10:20:00+08:00",
                      "topic": "roads", "division": "990001001001", "place": "东门路口",
                      "text": "路灯坏了三天", "photos": [], "phone": "11100000001"});
    let told = ok(asking.post("/v1/appeals", &told).header("idempotency-key", key(1))).await;
    let token = asking.session("张示例", "990000194001010014").await;
    let booking =
        json!({"appointmentId": key(2), "terminalId": TERMINAL, "slotId": "legal-advice-20261125-0900"});
    let booking =
        asking.post("/v1/appointments", &booking).header("idempotency-key", key(2)).bearer_auth(&token);
    let booked = ok(booking).await;
    let path = "/v1/items/old-age-allowance/prefill";
    let consent = json!({"itemVersion": "2026.11.1", "at": "2026-11-24T10:18:00+08:00"});
    let shared = json!({"terminalId": TERMINAL, "consent": consent, "keys": ["phone"]});
    ok(asking.post(path, &shared).bearer_auth(&token)).await;
    let rating = json!({"ratingId": key(3), "terminalId": TERMINAL, "itemId": "old-age-allowance", "submissionId": null,
                        "ratedAt": "2026-11-24T10:23:00+08:00", "level": "dissatisfied", "reasons": [],
                        "text": "字太小，看不清"});
    ok(asking.post("/v1/ratings", &rating).header("idempotency-key", key(3))).await;
    let page = text(&asking, "?lang=en").await;
    let number = told["number"].as_str().unwrap();
    for shown in [
        "<td data-label=\"Own words\">7</td>",
        number,
        "collected",
        booked["number"].as_str().unwrap(),
        "legal-advice-20261125-0900",
        "booked",
        "old-age-allowance",
        "consented",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    for hidden in ["990000194001010014", "11100000001", "路灯坏了三天", "字太小"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    for stage in ["found", "assigned", "handled", "answered"] {
        assert_eq!(press(&asking, &format!("appeals/{number}/advance")).await.status(), StatusCode::OK);
        assert!(text(&asking, "live?lang=en").await.contains(stage), "{stage}");
    }
    let once_more = press(&asking, &format!("appeals/{number}/advance")).await;
    assert_eq!(once_more.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_shows_and_its_buttons_act() {
    let asking = Asking::begin();
    let admin = asking.platform.admin();
    ok(asking.submit(&appeal(1))).await;
    let page = text(&asking, "").await;
    let number = admin.cases().unwrap()[0].application_number.to_string();
    assert!(page.contains(&number) && page.contains("appeal-12345") && page.contains("已收件"));
    assert!(!page.contains("990000194001010014"), "no number of a person");
    assert!(text(&asking, "?lang=en").await.contains("Ask for a supplement"));
    assert_eq!(press(&asking, "fault?set=province.down@submit").await.status(), StatusCode::OK);
    assert_eq!(admin.faults()[0].to_string(), "province.down@submit");
    press(&asking, "fault?clear=all").await;
    assert_eq!(admin.faults(), []);
    for (act, state) in
        [("supplement", "supplement_required"), ("accept", "accepted"), ("conclude", "concluded")]
    {
        assert_eq!(press(&asking, &format!("cases/{number}/{act}")).await.status(), StatusCode::OK);
        assert_eq!(admin.cases().unwrap()[0].state.word(), state);
    }
    assert_eq!(press(&asking, &format!("cases/{number}/refuse")).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(press(&asking, "fault?set=toaster").await.status(), StatusCode::BAD_REQUEST);
    let code = press(&asking, "code?kind=province_qr&person=zhang-shili").await.text().await.unwrap();
    assert!(code.starts_with("yilin-app:1:"));
}

#[tokio::test]
async fn the_form_of_faults_says_how_often_and_where() {
    let asking = Asking::begin();
    let url = format!("{}fault", asking.platform.admin_url());
    for (fields, want) in [
        ("kind=province.down&often=_every_3&step=submit", "province.down_every_3@submit"),
        ("kind=province.slow&often=~0.1&step=", "province.slow~0.1"),
    ] {
        plain().post(&url).body(fields).send().await.unwrap();
        assert!(asking.platform.admin().faults().iter().any(|f| f.to_string() == want), "{want}");
    }
    let wrong = plain().post(&url).body("kind=province.tls_reset&often=&step=submit").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "in the handshake nobody knows what will be asked");
}

#[tokio::test]
async fn a_browser_may_do_nothing_else_with_it() {
    let asking = Asking::begin();
    for path in ["", "live", "page.css", "live.js", "nowhere"] {
        let url = format!("{}{path}", asking.platform.admin_url());
        let response = plain().get(url).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
    }
    let page = text(&asking, "").await;
    for inside in ["style=", "<style", "onclick", "javascript:", "<script>"] {
        assert!(!page.contains(inside), "the policy forbids {inside}");
    }
    let address: std::net::SocketAddr =
        asking.platform.admin_url().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    assert!(address.ip().is_loopback());
}

/// What a terminal sends is text on the page and nothing else, whether the contract refuses markup in a field or not.
#[tokio::test]
async fn html_in_every_field_is_text() {
    let asking = Asking::begin();
    let hostile = |n: u32| format!("\"'><img src=x onerror=alert({n})>&amp;");
    let at = "2026-11-24T10:24:00+08:00";
    let event = |kind: &str, item: Value| json!({"terminalId": TERMINAL, "events": [{"number": 1, "at": at, "kind": kind, "itemId": item, "details": {}}]});
    let bodies = [
        (
            "/v1/terminals/activate",
            json!({"terminalId": hostile(1), "softwareVersion": "0.1.0", "slipKeys": []}),
        ),
        ("/v1/terminals/events", event(&hostile(2), Value::Null)),
        ("/v1/terminals/events", event("started", json!(hostile(3)))),
        ("/v1/callbacks", json!({"terminalId": TERMINAL, "itemId": null, "phone": hostile(4), "at": at})),
    ];
    for (path, body) in &bodies {
        let status = asking.post(path, body).send().await.unwrap().status();
        assert!(status == StatusCode::BAD_REQUEST || status == StatusCode::OK, "{path}: {status}");
    }
    let version = json!({"terminalId": TERMINAL, "softwareVersion": hostile(5), "slipKeys": []});
    ok(asking.post("/v1/terminals/activate", &version)).await;
    for path in ["", "live", "?reveal=1", "live?reveal=1&lang=en"] {
        let page = text(&asking, path).await;
        assert!(!page.contains("<img") && !page.contains("'><"), "{path}");
        assert!(page.contains("&#60;img src=x onerror=alert(5)"), "{path}: it is shown");
    }
}

#[tokio::test]
async fn telephones_are_masked_until_they_are_revealed() {
    let asking = Asking::begin();
    let call = json!({"terminalId": TERMINAL, "itemId": null, "phone": "11100000001", "at": "2026-11-24T10:24:00+08:00"});
    ok(asking.post("/v1/callbacks", &call)).await;
    for (path, shown) in [("", "111****0001"), ("live", "111****0001"), ("?reveal=1", "11100000001")] {
        assert!(text(&asking, path).await.contains(shown), "{path}");
    }
    assert!(!text(&asking, "").await.contains("11100000001"));
}

/// A button keeps the language in which it was pressed.
#[tokio::test]
async fn buttons_lead_back_to_the_same_look() {
    let asking = Asking::begin();
    let base = asking.platform.admin_url();
    let press = plain().post(format!("{base}fault?clear=all")).header("referer", format!("{base}?lang=en"));
    assert!(press.send().await.unwrap().url().as_str().ends_with("/?lang=en"));
}

/// In a browser: the page is drawn, its script brings a case that came after that, and nothing that a terminal sent runs.
#[tokio::test]
async fn a_browser_sees_a_case_that_comes_later() {
    let Some(browser) = browser() else { return };
    let asking = Asking::begin();
    let hostile = "<script>document.title='taken over'</script>";
    let version = json!({"terminalId": TERMINAL, "softwareVersion": hostile, "slipKeys": []});
    ok(asking.post("/v1/terminals/activate", &version)).await;
    let way = Way::to(asking.platform.admin_url()).await;
    let (url, folder) = (way.url.clone(), tempfile::tempdir().unwrap());
    let profile = format!("--user-data-dir={}", folder.path().display());
    let seen = tokio::task::spawn_blocking(move || {
        Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"])
            .args(["--virtual-time-budget=4000", "--timeout=30000", "--dump-dom", &profile, &url])
            .output()
            .unwrap()
    });
    // The page is there: its script asks what is new.
    way.asked.notified().await;
    ok(asking.submit(&appeal(1))).await;
    way.open.send_replace(true);
    let seen = seen.await.unwrap();
    let page = String::from_utf8_lossy(&seen.stdout).into_owned();
    let number = asking.platform.admin().cases().unwrap()[0].application_number.to_string();
    assert!(page.contains(&number), "{page}\n{}", String::from_utf8_lossy(&seen.stderr));
    assert!(page.contains("<title>宜邻参考平台</title>") && !page.contains("<title>taken over"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "what a terminal sent is there as text");
}

/// A way to the page on which the question for what is new waits.
struct Way {
    url: String,
    /// Somebody asks what is new.
    asked: Arc<Notify>,
    /// Whether such questions go on.
    open: watch::Sender<bool>,
}

impl Way {
    async fn to(admin_url: &str) -> Self {
        let to = admin_url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (asked, open) = (Arc::new(Notify::new()), watch::Sender::new(false));
        let (notify, gate) = (asked.clone(), open.clone());
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                let platform = TcpStream::connect(&to).await.unwrap();
                let (mut asks, mut hears) = browser.into_split();
                let (mut answers, mut takes) = platform.into_split();
                let (notify, mut gate) = (notify.clone(), gate.subscribe());
                tokio::spawn(async move { tokio::io::copy(&mut answers, &mut hears).await });
                tokio::spawn(async move {
                    let mut bytes = [0; 8192];
                    while let Ok(length @ 1..) = asks.read(&mut bytes).await {
                        if bytes[..length].starts_with(b"GET /live ") {
                            notify.notify_one();
                            gate.wait_for(|open| *open).await.unwrap();
                        }
                        if takes.write_all(&bytes[..length]).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, asked, open }
    }
}

/// Chromium, or none with the reason said; a run that requires its peers fails.
fn browser() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|out| out.status.success()));
    if found.is_none() {
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "chromium is not installed");
        skip("chromium is not installed (Debian: chromium)");
    }
    found
}

#[allow(clippy::print_stderr, reason = "a test that is left out says why")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}
