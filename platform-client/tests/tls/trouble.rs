//! What can be wrong, one at a time, and its name.

use crate::authority::{Authority, Identity, day, install, province};
use crate::server::{Server, config};
use platform_client::credentials::OldestTls;
use platform_client::error::{CallError, TlsProblem};
use rcgen::ExtendedKeyUsagePurpose;
use rustls::ProtocolVersion;
use rustls::version::{TLS12, TLS13};

/// Asks a province with this certificate, as a terminal that trusts `trusted`.
async fn ask(identity: &Identity, trusted: &Authority) -> (TlsProblem, Server) {
    let terminals = Authority::new("terminals");
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[trusted], &terminals.issue("terminal"));
    let server = Server::start(identity, &terminals).await;
    let province = province(&server.url, folder.path(), OldestTls::V1_3);
    (problem(province.rating_options().await.unwrap_err()), server)
}

fn problem(error: CallError) -> TlsProblem {
    match error {
        CallError::Tls { problem, .. } => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_fault_of_a_certificate_has_its_name() {
    let authority = Authority::new("province");
    let table = [
        (authority.issue_for("localhost", day(-3), day(-1)), TlsProblem::Expired),
        (authority.issue_for("localhost", day(1), day(3)), TlsProblem::NotYetValid),
        (authority.issue("elsewhere.example"), TlsProblem::WrongName),
        (Authority::new("another").issue("localhost"), TlsProblem::UnknownIssuer),
        (authority.issue_only_for("localhost", ExtendedKeyUsagePurpose::ClientAuth), TlsProblem::WrongUse),
    ];
    for (identity, expected) in table {
        let (found, server) = ask(&identity, &authority).await;
        assert_eq!(found, expected);
        assert!(expected.to_string().contains("certificate"), "{expected}");
        assert_eq!(server.seen().application_bytes, 0, "{expected:?}: it got something of the request");
    }
}

#[tokio::test]
async fn a_terminal_that_is_not_trusted_is_told_so() {
    let (authority, terminals, strangers) =
        (Authority::new("province"), Authority::new("terminals"), Authority::new("strangers"));
    let expired = terminals.issue_for("terminal", day(-3), day(-1));
    for identity in [strangers.issue("terminal"), expired] {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), &[&authority], &identity);
        let server = Server::start(&authority.issue("localhost"), &terminals).await;
        let province = province(&server.url, folder.path(), OldestTls::V1_3);
        let found = problem(province.rating_options().await.unwrap_err());
        assert_eq!(found, TlsProblem::TerminalRefused);
        assert!(server.seen().terminals.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_clock_is_called_a_wrong_clock() {
    let (authority, terminals) = (Authority::new("province"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[&authority], &terminals.issue("terminal"));
    // By the province's clock it is ten days ago, or in ten days: this terminal's clock is off.
    for (days, from, to) in [(-10, day(-20), day(-5)), (10, day(5), day(20))] {
        let server = Server::start(&authority.issue("localhost"), &terminals).await;
        server.set_clock(day(days));
        let province = province(&server.url, folder.path(), OldestTls::V1_3);
        assert_eq!(province.clock_ahead(), None);
        province.rating_options().await.unwrap();
        let ahead = province.clock_ahead().unwrap();
        assert!((ahead + days * 86_400).abs() < 60, "{ahead}");
        // A new connection, and a certificate that is valid by the province's clock only.
        server.change(&authority.issue_for("localhost", from, to), &terminals);
        install(folder.path(), &[&authority], &terminals.issue("terminal"));
        assert!(province.renew_credentials().unwrap());
        match problem(province.rating_options().await.unwrap_err()) {
            wrong @ TlsProblem::ClockWrong { ahead: by } => {
                assert_eq!(by, ahead);
                let side = if days < 0 { "ahead of" } else { "behind" };
                assert!(wrong.to_string().contains(side), "{wrong}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn tls_1_2_is_spoken_only_where_it_is_configured() {
    let (authority, terminals) = (Authority::new("province"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[&authority], &terminals.issue("terminal"));
    let old = Server::start_with(config(&authority.issue("localhost"), &terminals, &[&TLS12])).await;
    let refused = province(&old.url, folder.path(), OldestTls::V1_3).rating_options().await.unwrap_err();
    assert_eq!(problem(refused), TlsProblem::OldTls);
    assert_eq!(old.seen().application_bytes, 0);
    province(&old.url, folder.path(), OldestTls::V1_2).rating_options().await.unwrap();
    assert_eq!(old.seen().versions, [ProtocolVersion::TLSv1_2]);
    let new = Server::start_with(config(&authority.issue("localhost"), &terminals, &[&TLS13, &TLS12])).await;
    province(&new.url, folder.path(), OldestTls::V1_2).rating_options().await.unwrap();
    assert_eq!(new.seen().versions, [ProtocolVersion::TLSv1_3], "the newest that both have");
}
