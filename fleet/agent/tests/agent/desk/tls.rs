//! The authority of the fleet and its listener.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "fleet of the tests");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let pem = parameters.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(parameters, key);
        Self { pem, issuer }
    }

    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a terminal's request; the subject is the server's to say.
    pub(crate) fn certify(
        &self,
        request: &str,
        terminal: &str,
        days: i64,
    ) -> Result<(String, time::OffsetDateTime), String> {
        let mut request =
            CertificateSigningRequestParams::from_pem(request).map_err(|error| error.to_string())?;
        let until = time::OffsetDateTime::now_utc() + time::Duration::days(days);
        request.params.distinguished_name = rcgen::DistinguishedName::new();
        request.params.distinguished_name.push(DnType::CommonName, terminal);
        request.params.not_after = until;
        let certificate = request.signed_by(&self.issuer).map_err(|error| error.to_string())?;
        Ok((certificate.pem(), until))
    }

    pub(crate) async fn listen(&self) -> TlsListener {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .allow_unauthenticated()
            .build()
            .unwrap();
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap(),
            )
            .unwrap();
        TlsListener::open(TlsAcceptor::from(Arc::new(config))).await
    }
}

pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    async fn open(acceptor: TlsAcceptor) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let (done, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Ok((stream, peer)) = tcp.accept().await {
                let (acceptor, done) = (acceptor.clone(), done.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = done.send((stream, peer)).await;
                    }
                });
            }
        });
        Self { ready, address }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// The terminal of the connection's certificate; none without one.
#[derive(Clone)]
pub(super) struct Peer(pub Option<String>);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let certificates = stream.io().get_ref().1.peer_certificates();
        Self(certificates.and_then(|chain| common_name(chain.first()?)))
    }
}

/// The common name: the bytes after its object identifier (2.5.4.3) and the string's tag and length. The last one of the
/// certificate is the subject's.
fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    const CN: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let bytes = certificate.as_ref();
    let at = bytes.windows(CN.len()).rposition(|window| window == CN)? + CN.len();
    let length = usize::from(*bytes.get(at + 1)?);
    String::from_utf8(bytes.get(at + 2..at + 2 + length)?.to_vec()).ok()
}
