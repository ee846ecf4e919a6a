//! Certificates change while the terminal works: what runs comes to its end, what is new uses the new ones.

use crate::authority::{Authority, install, province, put};
use crate::server::Server;
use platform_client::credentials::OldestTls;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::time::Duration;

/// Waits until the server has had so many questions.
async fn asked(server: &Server, questions: usize) {
    let come = async {
        while server.seen().terminals.len() < questions {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), come).await.unwrap();
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

#[tokio::test]
async fn a_new_certificate_of_the_terminal() {
    let (authority, terminals) = (Authority::new("province"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (terminals.issue("terminal"), terminals.issue("terminal"));
    install(folder.path(), &[&authority], &old);
    let server = Server::start(&authority.issue("localhost"), &terminals).await;
    let province = province(&server.url, folder.path(), OldestTls::V1_3);
    province.rating_options().await.unwrap();
    // A call that is under way when the files change: the server has its question and takes its time.
    server.answer_after(Duration::from_secs(2));
    let under_way = tokio::spawn({
        let province = province.clone();
        async move { province.rating_options().await }
    });
    asked(&server, 2).await;
    install(folder.path(), &[&authority], &new);
    assert!(province.renew_credentials().unwrap());
    assert!(!province.renew_credentials().unwrap(), "once");
    server.answer_after(Duration::ZERO);
    province.rating_options().await.unwrap();
    under_way.await.unwrap().unwrap();
    assert_eq!(server.seen().terminals, [der(&old.pem), der(&old.pem), der(&new.pem)]);
    assert_eq!(server.seen().refused, 0);
}

#[tokio::test]
async fn a_new_authority_of_the_province() {
    let (first, second, terminals) =
        (Authority::new("province"), Authority::new("province 2"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    let identity = terminals.issue("terminal");
    install(folder.path(), &[&first], &identity);
    let server = Server::start(&first.issue("localhost"), &terminals).await;
    let province = province(&server.url, folder.path(), OldestTls::V1_3);
    province.rating_options().await.unwrap();
    // First both are trusted, then the province changes over, then the old one goes.
    install(folder.path(), &[&first, &second], &identity);
    assert!(province.renew_credentials().unwrap());
    province.rating_options().await.unwrap();
    server.change(&second.issue("localhost"), &terminals);
    install(folder.path(), &[&second], &identity);
    assert!(province.renew_credentials().unwrap());
    province.rating_options().await.unwrap();
    server.change(&first.issue("localhost"), &terminals);
    install(folder.path(), &[&second], &terminals.issue("terminal"));
    assert!(province.renew_credentials().unwrap());
    province.rating_options().await.unwrap_err();
}

#[tokio::test]
async fn after_a_refusal_new_files_are_looked_for_at_once() {
    let (authority, old, new) = (Authority::new("province"), Authority::new("old"), Authority::new("new"));
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &[&authority], &old.issue("terminal"));
    let server = Server::start(&authority.issue("localhost"), &new).await;
    let province = province(&server.url, folder.path(), OldestTls::V1_3);
    province.rating_options().await.unwrap_err();
    install(folder.path(), &[&authority], &new.issue("terminal"));
    province.rating_options().await.unwrap();
}

#[tokio::test]
async fn half_a_change_changes_nothing() {
    let (authority, terminals) = (Authority::new("province"), Authority::new("terminals"));
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (terminals.issue("terminal"), terminals.issue("terminal"));
    install(folder.path(), &[&authority], &old);
    let server = Server::start(&authority.issue("localhost"), &terminals).await;
    let province = province(&server.url, folder.path(), OldestTls::V1_3);
    // The new certificate with the old key.
    put(&folder.path().join("terminal.pem"), &new.pem);
    province.renew_credentials().unwrap_err();
    province.rating_options().await.unwrap();
    put(&folder.path().join("terminal.key"), &new.key);
    assert!(province.renew_credentials().unwrap());
    province.rating_options().await.unwrap();
    assert_eq!(server.seen().terminals, [der(&old.pem), der(&new.pem)]);
}
