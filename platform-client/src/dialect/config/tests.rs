//! Every mistake by its name, and what is right is taken.

use super::*;
use crate::dialect::Recovery;
use crate::entropy::SeededEntropy;
use crate::gm::sm2::SigningKey;
use crate::operation::{Interface, Operation};
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write("secret", "a fictitious secret\n", 0o600);
    write("open", "a fictitious secret\n", 0o640);
    write("empty", "\n", 0o600);
    write("body", "0123456789abcdeffedcba9876543210\n", 0o600);
    write("short", "0123\n", 0o600);
    SigningKey::read_or_make(&folder.path().join("sign.pem"), &SeededEntropy::new(1)).unwrap();
    folder
}

fn read(text: &str) -> Result<Dialects, Vec<String>> {
    let config: DialectsConfig = toml::from_str(text).unwrap();
    let opened = config.open(folder().path(), &TerminalId("T-1".to_owned()));
    opened.map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

#[test]
fn what_is_right_is_taken() {
    let dialects = read(
        "[cases]\ndialect = 'anhui'\napp_id = 'app-1'\nsecret = 'secret'\nsigning = { material = 'sm3' }\n\
         [ratings]\ndialect = 'national_rating'\napp_mark = 'mark'\napp_word = 'secret'\n\
         signing_key = 'sign.pem'\nbody_key = 'body'\n\
         [items]\ndialect = 'keyed_nonce'\napp_key = 'k'\nmac_key = 'secret'\nbody_key = 'body'\n\
         [assist]\ndialect = 'bare'\n[board]\ndialect = 'canonical'\n",
    )
    .unwrap();
    let recovery = |interface, operation| dialects.of(interface).recovery(operation);
    assert_eq!(recovery(Interface::Cases, Operation::Case), Recovery::AskThenSend);
    assert_eq!(recovery(Interface::Ratings, Operation::Rating), Recovery::SendAgain);
    assert_eq!(recovery(Interface::Assist, Operation::Callback), Recovery::Person);
    assert!(format!("{dialects:?}").contains("NationalRating"));
    assert!(!format!("{dialects:?}").contains("fictitious"), "no secret is printed");
}

#[test]
fn every_mistake_is_named() {
    let check = |text: &str, want: &[&str]| {
        let said = read(text).unwrap_err();
        assert_eq!(said.len(), want.len(), "{said:?}");
        for (said, want) in said.iter().zip(want) {
            assert!(said.contains(want), "{said} has no {want}");
        }
    };
    check("[moon]\ndialect = 'bare'", &["moon: no such interface: terminals"]);
    check("[cases]", &["cases.dialect: is missing"]);
    check("[cases]\ndialect = 'klingon'", &["cases.dialect: no such dialect: canonical, anhui"]);
    check("[cases]\ndialect = 'national_rating'", &["cases.dialect: national_rating can say ratings and"]);
    check("[cases]\ndialect = 'bare'\nsecret = 'x'", &["cases.secret: bare has no such setting"]);
    check("[cases]\ndialect = 'anhui'", &["cases.app_id: is missing", "cases.secret: is missing"]);
    check(
        "[cases]\ndialect = 'anhui'\napp_id = 'a b'\nsecret = 'open'\nsigning = { case = 'rot13' }\nsecrets = ''",
        &[
            "cases.app_id: write 1 to 64",
            "open: others than the owner may read it; set its mode to 0600",
            "cases.signing.case: ",
            "cases.secrets: anhui has no such setting",
        ],
    );
    check(
        "[items]\ndialect = 'keyed_nonce'\napp_key = 'k'\nmac_key = 'empty'\nbody_key = 'short'\n\
         [ratings]\ndialect = 'national_rating'\napp_mark = { a = 'b' }\napp_word = 'nowhere'\n\
         signing_key = 'body'\nbody_key = 'body'",
        &[
            "items.mac_key: ",
            "items.body_key: a key of SM4 has 32 hexadecimal digits",
            "ratings.app_mark: write a text",
            "nowhere: cannot be read",
            "no SM2 key in PEM",
        ],
    );
}

#[test]
fn a_file_beside_the_certificate_is_read_and_none_is_canonical() {
    let folder = folder();
    let terminal = TerminalId("T-1".to_owned());
    let read = || DialectsConfig::read_beside(folder.path(), &terminal);
    assert!(format!("{:?}", read().unwrap().of(Interface::Cases)).contains("Canonical"));
    std::fs::write(folder.path().join("dialects.toml"), "[cases]\ndialect = 'bare'\n").unwrap();
    assert!(format!("{:?}", read().unwrap().of(Interface::Cases)).contains("Bare"));
    std::fs::write(folder.path().join("dialects.toml"), "[cases]\n\ndialect = 3\n").unwrap();
    assert!(read().unwrap_err().to_string().contains("dialects.toml"));
}
