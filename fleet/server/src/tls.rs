//! TLS for both sides, and who calls: read from the certificate and from nowhere else.
//!
//! Duty: handshakes that do not wait for one another, and the caller's name. Never: look at what passes.

use crate::authority::INSTANCE_UNIT;
use crate::identity::Identity;
use crate::secret;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use fleet_api::TerminalId;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_cert::Certificate;
use x509_cert::der::oid::db::rfc4519::{CN, OU};
use x509_cert::der::{Decode as _, asn1::PrintableStringRef, asn1::Utf8StringRef};

/// Who does not shake hands in this time is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at a time: the rest waits in the kernel.
const HANDSHAKES: usize = 512;
/// A connection on which neither end said anything for so long is let go: who lost its power never says that it is over. A
/// slow download has its bytes waiting in the kernel for minutes.
const SILENCE: Duration = Duration::from_secs(600);

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate or key is none.
    #[error("the server's certificate or key cannot be read")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// They do not fit.
    #[error("the server's certificate cannot be used")]
    Rustls(#[from] rustls::Error),
    /// The root cannot check clients.
    #[error("the authority cannot check terminals")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// Whether callers may show a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers<'a> {
    /// Terminals, with certificates of this root (PEM), and those that are to be enrolled, without one.
    Terminals(&'a str),
    /// People: no certificate is asked for.
    People,
}

/// The TLS side of a listener.
///
/// # Errors
/// The root cannot be used.
pub fn config(identity: Arc<Identity>, callers: Callers<'_>) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
    let builder = match callers {
        Callers::People => builder.with_no_client_auth(),
        Callers::Terminals(root) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(root)?), provider)
                .allow_unauthenticated()
                .build()?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_cert_resolver(identity);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The TLS side of a line to another instance, with a certificate of its own.
///
/// # Errors
/// The root cannot be used.
pub fn client_config(root: &str, identity: Arc<Identity>) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots(root)?);
    Ok(builder.with_client_cert_resolver(identity))
}

/// A chain and its key, PEM, as handshakes take them.
pub(crate) fn certified(chain: &str, key: &str) -> Result<CertifiedKey, TlsError> {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes())?;
    Ok(CertifiedKey::from_der(certificates(chain)?, key, &rustls::crypto::ring::default_provider())?)
}

fn roots(root: &str) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes())?)?;
    Ok(roots)
}

fn certificates(chain: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    Ok(CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<_, _>>()?)
}

/// The last moment of a certificate, PEM; none where it cannot be read.
pub(crate) fn ends(certificate: &str) -> Option<fleet_api::Timestamp> {
    let der = CertificateDer::from_pem_slice(certificate.as_bytes()).ok()?;
    let until = Certificate::from_der(&der).ok()?.tbs_certificate.validity.not_after;
    i64::try_from(until.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| fleet_api::Timestamp::from_unix_timestamp(seconds).ok())
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Where it calls from.
    pub address: SocketAddr,
    /// What its certificate says; none without one.
    pub certificate: Option<Arc<PeerCertificate>>,
}

/// Who holds a certificate that our authority signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The terminal of its common name.
    Terminal(TerminalId),
    /// Another instance of this server.
    Instance,
}

/// A certificate that our authority signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// Whose it is.
    pub holder: Holder,
    /// Its serial number, hexadecimal.
    pub serial: String,
}

/// Holder and serial number of a certificate. None: it has no common name, or is none.
fn read(certificate: &[u8]) -> Option<PeerCertificate> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let names = certificate.tbs_certificate.subject.0.iter().flat_map(|names| names.0.iter());
    let text = |oid| {
        let name = names.clone().find(|name| name.oid == oid)?;
        let utf8 = name.value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
        utf8.or_else(|_| {
            name.value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned())
        })
        .ok()
    };
    let common = text(CN)?;
    // A terminal's certificate has no unit: the authority writes the whole name itself.
    let holder = match text(OU) {
        Some(unit) if unit == INSTANCE_UNIT => Holder::Instance,
        _ => Holder::Terminal(TerminalId(common)),
    };
    let serial = secret::hex(certificate.tbs_certificate.serial_number.as_bytes());
    Some(PeerCertificate { holder, serial })
}

/// A connection that ends by itself when it is silent for too long.
pub struct Line<S> {
    stream: S,
    silence: Duration,
    heard: Instant,
    looked: Pin<Box<Sleep>>,
}

impl<S> Line<S> {
    fn new(stream: S, silence: Duration) -> Self {
        let looked = Box::pin(tokio::time::sleep(silence));
        Self { stream, silence, heard: Instant::now(), looked }
    }

    /// What `poll` came to; an end where nothing has been heard for too long.
    fn heard<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.heard = Instant::now();
            return poll;
        }
        // The clock is looked at when the time is over, not with every piece.
        while self.looked.as_mut().poll(cx).is_ready() {
            let until = self.heard + self.silence;
            if Instant::now() >= until {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.looked.as_mut().reset(until);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let read = Pin::new(&mut line.stream).poll_read(cx, buffer);
        line.heard(cx, read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = Pin::new(&mut line.stream).poll_write(cx, bytes);
        line.heard(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = Pin::new(&mut line.stream).poll_write_vectored(cx, pieces);
        line.heard(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let flushed = Pin::new(&mut line.stream).poll_flush(cx);
        // A flush with nothing to flush is no word of anybody.
        if flushed.is_ready() { flushed } else { line.heard(cx, flushed) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// Gives `axum` the connections whose handshake is done.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Takes over a listening socket; must be called inside the runtime that serves. The task holds the socket, and ends when
    /// the listener is gone: the address is free after it.
    ///
    /// # Errors
    /// The socket has no address.
    pub fn new(tcp: TcpListener, config: ServerConfig) -> io::Result<(Self, JoinHandle<()>)> {
        let address = tcp.local_addr()?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (done, ready) = mpsc::channel(256);
        let hands = Arc::new(Semaphore::new(HANDSHAKES));
        let accepting = tokio::spawn(async move {
            loop {
                let next = async {
                    // The semaphore is never closed.
                    let hand = Arc::clone(&hands).acquire_owned().await.ok();
                    (hand, tcp.accept().await)
                };
                let (hand, accepted) = tokio::select! {
                    next = next => next,
                    () = done.closed() => return,
                };
                let Ok((stream, peer)) = accepted else {
                    // Too many open files: others are closed meanwhile.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let (done, acceptor) = (done.clone(), acceptor.clone());
                tokio::spawn(async move {
                    // An answer is one write; waiting for more would delay it.
                    let _ = stream.set_nodelay(true);
                    // Who does not come to the end of the handshake has none.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = done.send((stream, peer)).await;
                    }
                    drop(hand);
                });
            }
        });
        Ok((Self { ready, address }, accepting))
    }
}

impl Listener for TlsListener {
    type Io = Line<TlsStream<TcpStream>>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some((stream, peer)) => (Line::new(stream, SILENCE), peer),
            // The accepting task ends only with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let (_, session) = stream.io().stream.get_ref();
        let certificate = session.peer_certificates().and_then(|chain| chain.first());
        Self {
            address: *stream.remote_addr(),
            certificate: certificate.and_then(|certificate| read(certificate)).map(Arc::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn who_says_nothing_is_let_go() {
        let (mut theirs, ours) = tokio::io::duplex(64);
        let silence = Duration::from_millis(400);
        let mut line = Line::new(ours, silence);
        let began = Instant::now();
        let mut byte = [0];
        for _ in 0..8 {
            tokio::time::sleep(silence / 4).await;
            theirs.write_all(b"x").await.unwrap();
            line.read_exact(&mut byte).await.unwrap();
        }
        assert!(began.elapsed() > silence * 2, "who says something stays for longer than that");
        // What we say counts as well: a browser only listens to what is live.
        let saying = tokio::time::timeout(silence * 2, async {
            loop {
                line.write_all(b"y").await.unwrap();
                theirs.read_exact(&mut byte).await.unwrap();
                let heard = tokio::time::timeout(silence / 4, line.read(&mut [0])).await;
                assert!(heard.is_err(), "{heard:?}");
            }
        });
        assert!(saying.await.is_err());
        let silent = Instant::now();
        let ended = line.read(&mut byte).await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        assert!(silent.elapsed() > silence / 2, "not before its time");
    }
}
