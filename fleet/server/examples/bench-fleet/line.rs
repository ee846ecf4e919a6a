//! A terminal's line to a server: HTTP/1.1 over TLS that stays open, with as little of its own as possible, since it shares
//! the processor with what is measured.

use crate::process::Process;
use crate::terminals::Identity;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Handshakes at the same time.
const HANDSHAKES: usize = 32;

pub(crate) struct Line {
    stream: TlsStream<TcpStream>,
    /// Bytes of the last answer, head and body.
    answer: Vec<u8>,
    /// What it asks under load.
    request: Vec<u8>,
}

impl Line {
    pub(crate) async fn open(port: u16, root: &str, identity: Option<&Identity>, request: Vec<u8>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder().with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes());
                let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(chain.collect::<Result<_, _>>().unwrap(), key).unwrap()
            }
        };
        let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        Self { stream, answer: Vec::with_capacity(4096), request }
    }

    /// Opens a line for each terminal.
    pub(crate) async fn open_all(
        port: u16,
        root: &Arc<str>,
        identities: &[Arc<Identity>],
        request: impl Fn(&Identity) -> Vec<u8>,
    ) -> Vec<Self> {
        let mut lines = Vec::with_capacity(identities.len());
        for part in identities.chunks(HANDSHAKES) {
            let mut opening = tokio::task::JoinSet::new();
            for identity in part {
                let (root, identity, request) = (Arc::clone(root), Arc::clone(identity), request(identity));
                opening.spawn(async move { Self::open(port, &root, Some(&identity), request).await });
            }
            lines.extend(opening.join_all().await);
        }
        lines
    }

    /// Asks what it is to ask; the status.
    pub(crate) async fn ask(&mut self) -> u16 {
        self.stream.write_all(&self.request).await.unwrap();
        self.stream.flush().await.unwrap();
        self.read().await
    }

    /// Gets a page; the status.
    pub(crate) async fn get(&mut self, path: &str, headers: &str) -> u16 {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
        self.read().await
    }

    /// The last answer's body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.answer[head(&self.answer).unwrap()..]
    }

    async fn read(&mut self) -> u16 {
        self.answer.clear();
        let length = loop {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "the server closed the line");
            if let Some(end) = head(&self.answer) {
                let text = std::str::from_utf8(&self.answer[..end]).unwrap();
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                break end
                    + length.unwrap_or_else(|| panic!("no length in {text}")).parse::<usize>().unwrap();
            }
        };
        while self.answer.len() < length {
            assert!(self.stream.read_buf(&mut self.answer).await.unwrap() > 0, "the answer ended early");
        }
        assert_eq!(self.answer.len(), length, "more than one answer");
        // `HTTP/1.1 200 OK`
        std::str::from_utf8(&self.answer[9..12]).unwrap().parse().unwrap()
    }
}

/// The length of an answer's head.
fn head(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Lines that ask in turn, so many at the same time.
pub(crate) struct Load {
    parts: Vec<Vec<Line>>,
}

/// What a load came to.
pub(crate) struct Rate {
    /// Answers.
    pub(crate) answers: u64,
    /// A second, by the clock on the wall.
    pub(crate) wall: f64,
    /// For each second of the server's own processor time.
    pub(crate) cpu: f64,
}

impl Load {
    pub(crate) fn new(lines: Vec<Line>, in_flight: usize) -> Self {
        let mut parts: Vec<Vec<Line>> = (0..in_flight).map(|_| Vec::new()).collect();
        for (at, line) in lines.into_iter().enumerate() {
            parts[at % in_flight].push(line);
        }
        Self { parts }
    }

    /// Asks for so long; each answer has to be a 200.
    pub(crate) async fn run(&mut self, time: Duration, server: &Process) -> Rate {
        let over = Arc::new(AtomicBool::new(false));
        let (begun, cpu) = (Instant::now(), server.cpu_seconds());
        let mut tasks = tokio::task::JoinSet::new();
        for mut part in std::mem::take(&mut self.parts) {
            let over = Arc::clone(&over);
            tasks.spawn(async move {
                let mut answers = 0;
                while !over.load(Ordering::Relaxed) {
                    for line in &mut part {
                        assert_eq!(line.ask().await, 200, "{}", String::from_utf8_lossy(line.body()));
                        answers += 1;
                        if over.load(Ordering::Relaxed) {
                            break;
                        }
                    }
                    // Each turn begins with another line, so that all are used.
                    let turn = usize::try_from(answers).unwrap() % part.len().max(1);
                    part.rotate_left(turn);
                }
                (answers, part)
            });
        }
        tokio::time::sleep(time).await;
        over.store(true, Ordering::Relaxed);
        let mut answers = 0;
        while let Some(done) = tasks.join_next().await {
            let (more, part) = done.unwrap();
            answers += more;
            self.parts.push(part);
        }
        let (wall, cpu) = (begun.elapsed().as_secs_f64(), server.cpu_seconds() - cpu);
        Rate { answers, wall: answers as f64 / wall, cpu: answers as f64 / cpu }
    }
}
