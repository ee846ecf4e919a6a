//! A proxy on the unit's own network that speaks TLCP towards the province (docs/tlcp.md): here it speaks TLS on both sides,
//! with a certificate of its own for each.

use crate::authority::{Authority, day, install, province};
use platform_client::credentials::OldestTls;
use platform_client::sim::{Options, ReferencePlatform};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");

/// The proxy is a client of the province, with the unit's certificate.
fn towards_the_province(credentials: &Path) -> TlsConnector {
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
    TlsConnector::from(Arc::new(config))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_works_through_it() {
    let data = tempfile::tempdir().unwrap();
    let platform = ReferencePlatform::start(Options::new(data.path(), FONT)).unwrap();
    let (unit, folder) = (Authority::new("the unit"), tempfile::tempdir().unwrap());
    // The terminal knows the unit's authority alone; the province's is the proxy's business.
    install(folder.path(), &[&unit], &unit.issue("terminal"));
    let identity = unit.issue_for("localhost", day(-1), day(30));
    let acceptor =
        TlsAcceptor::from(Arc::new(crate::server::config(&identity, &unit, &[&rustls::version::TLS13])));
    let connector = towards_the_province(platform.credentials());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let onward = platform.url().trim_start_matches("https://").to_owned();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, connector, onward) = (acceptor.clone(), connector.clone(), onward.clone());
            tokio::spawn(async move {
                let mut near = acceptor.accept(stream).await.unwrap();
                let far = TcpStream::connect(onward).await.unwrap();
                let mut far =
                    connector.connect(ServerName::try_from("localhost").unwrap(), far).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    let province = province(&url, folder.path(), OldestTls::V1_3);
    assert!(!province.rating_options().await.unwrap().is_empty());
    assert!(!province.divisions(None).await.unwrap().is_empty());
}
