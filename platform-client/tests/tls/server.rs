//! A province of one answer, whose certificate, trust and TLS a test chooses and changes.

use crate::authority::{Authority, Identity};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What it saw.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// Handshakes that did not come to their end.
    pub(crate) refused: usize,
    /// Bytes of requests.
    pub(crate) application_bytes: usize,
    /// The certificate of each request's terminal, as it was sent.
    pub(crate) terminals: Vec<Vec<u8>>,
    pub(crate) versions: Vec<rustls::ProtocolVersion>,
}

struct State {
    config: Arc<ServerConfig>,
    clock: OffsetDateTime,
    delay: Duration,
    seen: Seen,
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) async fn start(identity: &Identity, terminals: &Authority) -> Self {
        Self::start_with(config(identity, terminals, &[&TLS13, &TLS12])).await
    }

    pub(crate) async fn start_with(config: ServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let state = Arc::new(Mutex::new(State {
            config: Arc::new(config),
            clock: OffsetDateTime::now_utc(),
            delay: Duration::ZERO,
            seen: Seen::default(),
        }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { url, state }
    }

    pub(crate) fn change(&self, identity: &Identity, terminals: &Authority) {
        self.state.lock().unwrap().config = Arc::new(config(identity, terminals, &[&TLS13, &TLS12]));
    }

    pub(crate) fn set_clock(&self, clock: OffsetDateTime) {
        self.state.lock().unwrap().clock = clock;
    }

    pub(crate) fn answer_after(&self, delay: Duration) {
        self.state.lock().unwrap().delay = delay;
    }

    pub(crate) fn seen(&self) -> Seen {
        self.state.lock().unwrap().seen.clone()
    }
}

pub(crate) fn config(
    identity: &Identity,
    terminals: &Authority,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(terminals.pem.as_bytes()).unwrap()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let chain = vec![CertificateDer::from_pem_slice(identity.pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap()
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let acceptor = TlsAcceptor::from(Arc::clone(&state.lock().unwrap().config));
    let Ok(mut stream) = acceptor.accept(stream).await else {
        state.lock().unwrap().seen.refused += 1;
        return;
    };
    let session = stream.get_ref().1;
    let terminal = session.peer_certificates().map(|c| c[0].to_vec()).unwrap_or_default();
    state.lock().unwrap().seen.versions.extend(session.protocol_version());
    let mut request = Vec::new();
    loop {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => return,
            Ok(length) => state.lock().unwrap().seen.application_bytes += length,
        }
        // Questions only: a request ends with its head.
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let asked = request_id(&request);
        request.clear();
        let (delay, clock) = {
            let mut state = state.lock().unwrap();
            state.seen.terminals.push(terminal.clone());
            (state.delay, state.clock.format(&Rfc3339).unwrap())
        };
        tokio::time::sleep(delay).await;
        let body = format!(
            r#"{{"code":"ok","message":"","data":{{"reasons":[]}},"requestId":"{asked}","serverTime":"{clock}"}}"#
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// What the terminal calls its request.
fn request_id(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let value = head.lines().find_map(|line| line.strip_prefix("yilin-request-id:"));
    value.map(|id| id.trim().to_owned()).unwrap_or_default()
}
