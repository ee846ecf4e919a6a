//! The terminal's key in a PKCS #11 token: SoftHSM 2 signs the handshakes, and no key lies in a file.

use crate::authority::{Authority, install, province, put};
use crate::server::{Server, config};
use platform_client::credentials::{Credentials, CredentialsError, OldestTls};
use platform_client::token::TokenError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use std::path::Path;
use std::process::Command;

/// Debian's softhsm2.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "0000";

/// Whether the peer is there; where it has to be, its absence is a failure.
#[allow(clippy::print_stderr, reason = "why a test is left out")]
fn peer_is_there() -> bool {
    let there = Path::new(MODULE).exists();
    if !there {
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "softhsm2 is not installed");
        eprintln!("left out: softhsm2 is not installed");
    }
    there
}

fn token_file(folder: &Path, key: &str) {
    let text = format!("module = \"{MODULE}\"\ntoken = \"yilin\"\nkey = \"{key}\"\npin = \"{PIN}\"\n");
    put(&folder.join("terminal.token"), &text);
}

fn softhsm(folder: &Path, arguments: &[&str]) {
    let run = Command::new("softhsm2-util")
        .args(arguments)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// The module reads where its tokens are from the environment, so the test runs itself once more with that set.
#[test]
fn a_key_in_a_token_proves_the_terminal() {
    if !peer_is_there() {
        return;
    }
    if let Some(folder) = std::env::var_os("YILIN_TOKEN_TEST") {
        return in_the_token(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let conf = folder.path().join("softhsm2.conf");
    std::fs::write(&conf, format!("directories.tokendir = {}\n", tokens.display())).unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "token::a_key_in_a_token_proves_the_terminal", "--nocapture"])
        .env("SOFTHSM2_CONF", &conf)
        .env("YILIN_TOKEN_TEST", folder.path())
        .status()
        .unwrap();
    assert!(run.success());
}

fn in_the_token(folder: &Path) {
    let (ours, credentials) = (Authority::new("Province"), folder.join("credentials"));
    std::fs::create_dir(&credentials).unwrap();
    let (identity, other) = (ours.issue("terminal"), ours.issue("other"));
    softhsm(folder, &["--init-token", "--free", "--label", "yilin", "--so-pin", PIN, "--pin", PIN]);
    for (name, id, key) in [("terminal", "01", &identity.key), ("other", "02", &other.key)] {
        let file = folder.join(format!("{name}.pem"));
        put(&file, key);
        let file = file.to_str().unwrap();
        softhsm(folder, &["--import", file, "--token", "yilin", "--label", name, "--id", id, "--pin", PIN]);
        std::fs::remove_file(file).unwrap();
    }
    install(&credentials, &[&ours], &identity);
    std::fs::remove_file(credentials.join("terminal.key")).unwrap();
    token_file(&credentials, "terminal");

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for oldest in [OldestTls::V1_3, OldestTls::V1_2] {
            let versions: &[_] = if oldest == OldestTls::V1_3 { &[&TLS13] } else { &[&TLS12] };
            let server = Server::start_with(config(&ours.issue("localhost"), &ours, versions)).await;
            let province = province(&server.url, &credentials, oldest);
            province.rating_options().await.unwrap();
            let certificate = CertificateDer::from_pem_slice(identity.pem.as_bytes()).unwrap().to_vec();
            assert_eq!(server.seen().terminals, [certificate], "the terminal has proved who it is");
        }
    });

    let trouble = |key: &str| {
        token_file(&credentials, key);
        Credentials::read(&credentials).unwrap_err()
    };
    assert!(matches!(trouble("other"), CredentialsError::Unusable { .. }), "the key of another certificate");
    let nobodys = trouble("nobodys");
    assert!(
        matches!(&nobodys, CredentialsError::Token { cause: TokenError::NoKey(name), .. } if name == "nobodys")
    );
    let text = "module = \"/nowhere.so\"\ntoken = \"yilin\"\nkey = \"terminal\"\npin = \"987654\"\n";
    put(&credentials.join("terminal.token"), text);
    let error = Credentials::read(&credentials).unwrap_err();
    assert!(matches!(error, CredentialsError::Token { cause: TokenError::Module(_), .. }), "{error:?}");
    put(&credentials.join("terminal.token"), &text.replace("pin = ", "ping = "));
    let error = Credentials::read(&credentials).unwrap_err();
    assert!(matches!(error, CredentialsError::Token { cause: TokenError::File(_), .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("987654"), "the PIN is told: {error:?}");
}
