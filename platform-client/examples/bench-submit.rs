//! How long a case takes from the outbox to the acceptance (the whole way from the touch: `bench-touch`), and how much of the call is
//! ours.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod town;

use domain::case::{Submission, SubmitOutcome};
use domain::form::answer::{Answer, YesNo};
use domain::personal::Personal;
use domain::service_item::Queueing;
use platform_client::case_request;
use reqwest::header::CONTENT_TYPE;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use town::{Town, milliseconds};

const VISITS: u64 = 300;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let visits = visits().await;
    println!(
        "{}",
        json!({"metric": "sealed, synced, sent, accepted: without the screen", "unit": "ms", "ours": visits, "anchor": null, "goal": "≤ 50"})
    );
    let (ours, plain) = calls().await;
    let anchor = json!({"name": "reqwest and serde_json alone", "samples": plain});
    println!(
        "{}",
        json!({"metric": "filing a case over a kept connection", "unit": "ms", "ours": ours, "anchor": anchor,
               "goal": "≤ 1.5 ×"})
    );
}

/// A meal, which is accepted at once.
fn meal(town: &Town, n: u64) -> Submission {
    let diner =
        Answer::Person { name: Personal::new("张示例"), number: Personal::new("990000194001010014") };
    let answers = [
        ("diner", diner),
        ("canteen", Answer::Choice("canteen-990001001001".to_owned())),
        ("meal_date", Answer::Date(town.platform.admin().now().date())),
        ("meal", Answer::Choice("lunch".to_owned())),
        ("portions", Answer::Number(1)),
        ("service", Answer::Choice("eat_in".to_owned())),
        ("use_subsidy", Answer::YesNo(YesNo::No)),
    ];
    town.submission(n, "meal-booking", Queueing::LiveOnly, &answers)
}

/// One visit after the other, through the outbox.
async fn visits() -> Vec<f64> {
    let town = Town::new();
    let delivery = town.deliver();
    let mut samples = Vec::new();
    for n in 0..VISITS {
        let case = meal(&town, n);
        let begun = Instant::now();
        let outcome = town.outbox.submit_now(case, Duration::from_secs(30)).await.unwrap();
        samples.push(milliseconds(begun.elapsed()));
        assert!(matches!(outcome, SubmitOutcome::Accepted { .. }), "{outcome:?}");
    }
    delivery.abort();
    samples
}

/// The call alone, in turn with the same call without our layers.
async fn calls() -> (Vec<f64>, Vec<f64>) {
    let town = Town::new();
    let plain = plain_client(town.platform.credentials());
    let url = format!("{}/v1/cases", town.platform.url());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 0..VISITS {
        let (request, _) = case_request(&meal(&town, 2 * n));
        let begun = Instant::now();
        town.province.file(&request).await.unwrap();
        ours.push(milliseconds(begun.elapsed()));

        let (request, _) = case_request(&meal(&town, 2 * n + 1));
        let begun = Instant::now();
        let body = serde_json::to_vec(&request).unwrap();
        let sent = plain
            .post(&url)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", request.submission_id.as_str())
            .body(body);
        let answer = sent.send().await.unwrap().bytes().await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        theirs.push(milliseconds(begun.elapsed()));
        assert_eq!(answer["code"], "ok");
    }
    (ours, theirs)
}

fn plain_client(credentials: &Path) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(credentials.join("ca.pem")).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_file(credentials.join("terminal.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(credentials.join("terminal.key")).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().http1_only().build().unwrap()
}
