//! One visit after the other, and one call after the other beside the same call without our layers.

use crate::town::{Town, meal, milliseconds};
use crate::{Scale, say};
use domain::case::SubmitOutcome;
use platform_client::case_request;
use reqwest::header::CONTENT_TYPE;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const VISITS: u64 = 1000;
const ROUNDS: usize = 5;

pub(crate) async fn measure(scale: Scale) {
    let (mut all, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut visits = visits(scale.of(VISITS)).await;
        all.extend_from_slice(&visits);
        visits.sort_by(f64::total_cmp);
        slowest.push(visits[visits.len() * 99 / 100]);
    }
    say("a submission: sealed, synced, sent, accepted (p50)", "ms", &all, None, "≤ 15");
    say("a submission: the slowest in a hundred (p99 of 1,000, five times)", "ms", &slowest, None, "≤ 60");
    let (ours, plain) = calls(scale.of(VISITS)).await;
    let anchor = ("reqwest and serde_json alone", &*plain);
    say("filing a case over a kept connection", "ms", &ours, Some(anchor), "≤ 1.5 ×");
}

/// Through the outbox.
async fn visits(number: u64) -> Vec<f64> {
    let town = Town::new();
    let delivery = town.terminal.deliver();
    let mut samples = Vec::new();
    for n in 0..number {
        let case = meal(n, &town.terminal.terminal);
        let begun = Instant::now();
        let outcome = town.terminal.outbox.submit_now(case, Duration::from_secs(30)).await.unwrap();
        samples.push(milliseconds(begun.elapsed()));
        assert!(matches!(outcome, SubmitOutcome::Accepted { .. }), "{outcome:?}");
    }
    delivery.abort();
    samples
}

/// The call alone, in turn with the same call without our layers.
async fn calls(number: u64) -> (Vec<f64>, Vec<f64>) {
    let town = Town::new();
    let plain = plain_client(town.platform.credentials());
    let url = format!("{}/v1/cases", town.platform.url());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 0..number {
        let (request, _) = case_request(&meal(2 * n, &town.terminal.terminal));
        let begun = Instant::now();
        town.terminal.province.file(&request).await.unwrap();
        ours.push(milliseconds(begun.elapsed()));

        let (request, _) = case_request(&meal(2 * n + 1, &town.terminal.terminal));
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
