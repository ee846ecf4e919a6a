//! The server's own certificate is exchanged while it serves, long before its end, and nobody's connection ends with it.

use crate::fixture::{Fleet, until};
use fleet_api::path;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A client whose clock is so many days ahead.
#[derive(Debug)]
struct Ahead(u32);

impl TimeProvider for Ahead {
    fn current_time(&self) -> Option<UnixTime> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(UnixTime::since_unix_epoch(now + Duration::from_hours(24) * self.0))
    }
}

async fn connect(fleet: &Fleet, days_ahead: u32) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fleet.root()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(Ahead(days_ahead)))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(fleet.url().trim_start_matches("https://")).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), tcp).await
}

fn certificate(line: &TlsStream<TcpStream>) -> Vec<u8> {
    line.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// Asks on a line that stays open.
async fn ask(line: &mut TlsStream<TcpStream>) {
    let question = format!("GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", path::KEYS);
    line.write_all(question.as_bytes()).await.unwrap();
    let mut answer = [0; 4096];
    let read = line.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 401 "), "{}", String::from_utf8_lossy(&answer[..read]));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_certificate_is_exchanged_before_its_end_and_no_connection_ends() {
    let log = Log::default();
    let writer = log.clone();
    // For all threads: other tests put their clocks forward so far, too, and what nobody heard there would be heard nowhere.
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let mut fleet = Fleet::start_with(None, |_| {}).await;
    let mut line = connect(&fleet, 0).await.unwrap();
    ask(&mut line).await;
    let first = certificate(&line);
    let instance = fleet.server().beside.identity().until();
    assert!(connect(&fleet, 398).await.is_err(), "it lasts 397 days");

    fleet.clock.go_on(time::Duration::days(338));
    until("another certificate", async || certificate(&connect(&fleet, 338).await.unwrap()) != first).await;
    let other = certificate(&connect(&fleet, 398).await.unwrap());
    assert_ne!(other, first, "who calls after the first one's end is answered");
    ask(&mut line).await;
    assert_eq!(certificate(&line), first, "who was connected is so still");
    let until = fleet.server().beside.identity().until();
    assert!(until > instance, "nor does the line to other instances end");
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    // To the nanosecond it is nobody else's.
    let noted = format!("exchanged before its end of=\"instance\" until={until}");
    assert!(log.contains(&noted), "{noted} in {log}");
    assert!(log.contains("exchanged before its end of=\"server\""), "{log}");
    fleet.running.take().unwrap().stop().await;
}
