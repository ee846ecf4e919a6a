//! Networks that are not the province: a captive portal, a proxy that reads along. Neither gets a byte of a request.

use crate::authority::{Authority, install, province};
use crate::server::Server;
use domain::case::{ApplicationNumber, SubmissionId};
use platform_client::credentials::OldestTls;
use platform_client::error::{CallError, CallErrorKind, TlsProblem};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Stands in the request; whoever has it, has the request.
const MARK: &str = "00000000000000000000000099999999";

fn key() -> SubmissionId {
    SubmissionId::try_from(MARK.to_owned()).unwrap()
}

#[tokio::test]
async fn a_captive_portal_gets_the_first_line_of_tls_and_nothing_else() {
    let (authority, terminals) = (Authority::new("province"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[&authority], &terminals.issue("terminal"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    // It answers whatever it hears with its page, as such things do.
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 4096];
            let length = stream.read(&mut bytes).await.unwrap_or(0);
            ears.lock().unwrap().push(bytes[..length].to_vec());
            let page = "<html>Please sign in</html>";
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
                page.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            ears.lock().unwrap().push(rest);
        }
    });
    let province = province(&url, folder.path(), OldestTls::V1_3);
    let error = province.find(&key()).await.unwrap_err();
    assert!(matches!(error, CallError::Tls { problem: TlsProblem::Other, .. }), "{error:?}");
    assert!(error.kind().never_arrived());
    let heard = heard.lock().unwrap().concat();
    // A ClientHello (RFC 8446, 5.1: record type 22), then at most an alert (21).
    assert_eq!(heard[0], 22);
    assert!(!heard.windows(MARK.len()).any(|w| w == MARK.as_bytes()));
}

#[tokio::test]
async fn a_proxy_that_reads_along_reads_nothing() {
    let (authority, terminals, intruder) =
        (Authority::new("province"), Authority::new("terminals"), Authority::new("province"));
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[&authority], &terminals.issue("terminal"));
    // The right name, the same name of the issuer, another key.
    let proxy = Server::start(&intruder.issue("localhost"), &terminals).await;
    let province = province(&proxy.url, folder.path(), OldestTls::V1_3);
    for _ in 0..3 {
        let error = province.find(&key()).await.unwrap_err();
        assert!(matches!(error, CallError::Tls { problem: TlsProblem::UnknownIssuer, .. }), "{error:?}");
        assert_eq!(error.kind(), CallErrorKind::Tls);
    }
    let number = ApplicationNumber::try_from("SQ-1".to_owned()).unwrap();
    province.case_status(&number).await.unwrap_err();
    // Its side of the last handshake ends a moment later.
    while proxy.seen().refused < 4 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let seen = proxy.seen();
    assert_eq!((seen.application_bytes, seen.terminals.len(), seen.refused), (0, 0, 4));
}
