//! Weather between the victim and the platform: a gateway that ends the terminal's TLS, looks at each request's first lines,
//! and loses some of them or their answers.
//!
//! It is a province without idempotency as well: it counts how often each case was carried out, and notes a case that is
//! sent again although nobody asked for it.

use crate::cases::Dice;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// How the weather of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sky {
    /// Everything comes through.
    Clear,
    /// A third of the requests or answers is lost or late.
    Storm,
    /// No connection at all.
    Away,
}

/// What the gateway saw of a case.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// How often it was sent on and carried out.
    pub(crate) carried_out: u32,
    /// How often it was sent again without a question.
    pub(crate) blindly: u32,
    unclear: bool,
}

struct State {
    sky: Sky,
    dice: Dice,
    seen: HashMap<String, Seen>,
    /// One request about a case at a time, as a province with a transaction for each key has it.
    turns: HashMap<String, Arc<tokio::sync::Mutex<()>>>,
    /// The first lines and headers of all requests.
    heads: String,
    /// All bodies, for whoever looks at them.
    keeps_bodies: bool,
    bodies: Vec<Vec<u8>>,
    /// Connections of terminals that are still being read.
    open: usize,
}

/// A gateway that runs.
pub(crate) struct Gateway {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

impl Gateway {
    /// Starts one in front of the platform whose data lie in this folder.
    pub(crate) fn start(data: &Path, platform: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Arc::new(Mutex::new(State {
            sky: Sky::Clear,
            dice: Dice::new(1),
            seen: HashMap::new(),
            turns: HashMap::new(),
            heads: String::new(),
            keeps_bodies: false,
            bodies: Vec::new(),
            open: 0,
        }));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let (acceptor, connector) = tls(data);
        let platform = platform.trim_start_matches("https://").to_owned();
        let shared = Arc::clone(&state);
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                {
                    let mut state = shared.lock().unwrap();
                    if state.sky == Sky::Away {
                        continue;
                    }
                    state.open += 1;
                }
                let (acceptor, connector) = (acceptor.clone(), connector.clone());
                let (shared, platform) = (Arc::clone(&shared), platform.clone());
                tokio::spawn(async move {
                    serve(stream, acceptor, connector, platform, Arc::clone(&shared)).await;
                    shared.lock().unwrap().open -= 1;
                });
            }
        });
        Self { url, state, _runtime: runtime }
    }

    pub(crate) fn set(&self, sky: Sky, seed: u64) {
        let mut state = self.state.lock().unwrap();
        state.sky = sky;
        state.dice = Dice::new(seed);
    }

    /// Waits until everything that an ended terminal had sent is carried out.
    pub(crate) fn until_quiet(&self) {
        while self.state.lock().unwrap().open > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The first lines and headers of all requests.
    pub(crate) fn heads(&self) -> String {
        self.state.lock().unwrap().heads.clone()
    }

    pub(crate) fn keep_bodies(&self) {
        self.state.lock().unwrap().keeps_bodies = true;
    }

    /// In how many requests' bodies this stands.
    pub(crate) fn bodies_with(&self, sought: &[u8]) -> usize {
        let state = self.state.lock().unwrap();
        state.bodies.iter().filter(|body| body.windows(sought.len()).any(|w| w == sought)).count()
    }

    pub(crate) fn seen(&self, id: &str) -> Seen {
        self.state.lock().unwrap().seen.get(id).copied().unwrap_or_default()
    }
}

fn tls(data: &Path) -> (TlsAcceptor, TlsConnector) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let (own, terminal) = (data.join("authority"), data.join("credentials"));
    let chain = |file: &Path| vec![CertificateDer::from_pem_file(file).unwrap()];
    let key = |file: &Path| PrivateKeyDer::from_pem_file(file).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(terminal.join("ca.pem")).unwrap()).unwrap();
    let roots = Arc::new(roots);
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), provider.clone()).build().unwrap();
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain(&own.join("server.pem")), key(&own.join("server.key")))
        .unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain(&terminal.join("terminal.pem")), key(&terminal.join("terminal.key")))
        .unwrap();
    (TlsAcceptor::from(Arc::new(server)), TlsConnector::from(Arc::new(client)))
}

/// What happens to a request.
enum Luck {
    Fine,
    Late(Duration),
    DropBefore,
    DropAfter,
    HalfAnswer,
}

fn luck(state: &Mutex<State>) -> Luck {
    let mut state = state.lock().unwrap();
    match state.sky {
        Sky::Clear => Luck::Fine,
        Sky::Away => Luck::DropBefore,
        Sky::Storm => match state.dice.throw(12) {
            0 => Luck::DropBefore,
            1 | 2 => Luck::DropAfter,
            3 => Luck::HalfAnswer,
            // Longer than a resident waits, now and then.
            4 => Luck::Late(Duration::from_millis(
                50 + state.dice.throw(150) + 900 * (state.dice.throw(4) / 3),
            )),
            _ => Luck::Fine,
        },
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    connector: TlsConnector,
    platform: String,
    state: Arc<Mutex<State>>,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut terminal = acceptor.accept(stream).await.ok()?;
    let onward = TcpStream::connect(&platform).await.ok()?;
    onward.set_nodelay(true).ok()?;
    let mut onward = connector.connect(ServerName::try_from("localhost").unwrap(), onward).await.ok()?;
    loop {
        let request = message(&mut terminal).await?;
        // Whoever goes away does not take back what was sent.
        let carried = tokio::spawn(carry(request, onward, Arc::clone(&state)));
        let (answer, same, luck) = carried.await.ok()??;
        onward = same;
        match luck {
            Luck::DropBefore | Luck::DropAfter => return None,
            Luck::HalfAnswer => {
                terminal.write_all(&answer[..answer.len() / 2]).await.ok()?;
                terminal.flush().await.ok()?;
                return None;
            }
            Luck::Late(time) => tokio::time::sleep(time).await,
            Luck::Fine => {}
        }
        terminal.write_all(&answer).await.ok()?;
        terminal.flush().await.ok()?;
    }
}

type Onward = tokio_rustls::client::TlsStream<TcpStream>;

async fn carry(
    request: Vec<u8>,
    mut onward: Onward,
    state: Arc<Mutex<State>>,
) -> Option<(Vec<u8>, Onward, Luck)> {
    let case = Case::of(&request);
    if let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") {
        let mut state = state.lock().unwrap();
        state.heads.push_str(&String::from_utf8_lossy(&request[..end + 4]));
        if state.keeps_bodies {
            state.bodies.push(request[end + 4..].to_vec());
        }
    }
    let turn = case.as_ref().map(|case| {
        let mut state = state.lock().unwrap();
        if case.sent {
            let seen = state.seen.entry(case.id.clone()).or_default();
            seen.blindly += u32::from(seen.unclear);
            seen.unclear = true;
        }
        Arc::clone(state.turns.entry(case.id.clone()).or_default())
    });
    let _turn = match &turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let luck = luck(&state);
    if matches!(luck, Luck::DropBefore) {
        return Some((Vec::new(), onward, luck));
    }
    onward.write_all(&request).await.ok()?;
    onward.flush().await.ok()?;
    let answer = message(&mut onward).await?;
    if let Some(case) = &case {
        let mut state = state.lock().unwrap();
        let seen = state.seen.entry(case.id.clone()).or_default();
        if case.sent {
            seen.carried_out += u32::from(answer.starts_with(b"HTTP/1.1 20"));
        } else {
            seen.unclear = false;
        }
    }
    Some((answer, onward, luck))
}

/// A request about a case.
struct Case {
    id: String,
    /// It is the case itself, not the question for it.
    sent: bool,
}

impl Case {
    fn of(request: &[u8]) -> Option<Self> {
        let end = request.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&request[..end]).ok()?;
        let line = head.lines().next()?;
        if line.starts_with("POST /v1/cases ") {
            return header(head, "idempotency-key").map(|id| Self { id: id.to_owned(), sent: true });
        }
        let rest = line.strip_prefix("GET /v1/cases/by-key/")?;
        rest.split(' ').next().map(|id| Self { id: id.to_owned(), sent: false })
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A whole request or answer of HTTP/1.1 with a known length (RFC 9112).
async fn message(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(4096);
    let body = loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = std::str::from_utf8(&bytes[..body]).ok()?;
    let length = header(head, "content-length").map_or(0, |text| text.parse::<usize>().unwrap());
    while bytes.len() < body + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(bytes)
}
