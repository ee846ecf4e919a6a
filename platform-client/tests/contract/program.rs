//! `yilin-province openapi` and `catalogue sign|diff` as other people's scripts start them.

use std::path::Path;
use std::process::Command;

use platform_client::catalogue_trust::CatalogueKeys;
use platform_client::contract::catalogue::CatalogueFiles;
use platform_client::sim::catalogue_key::CatalogueSigner;
use serde_json::Value;
use time::macros::datetime;

fn program(args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_yilin-province")).args(args).output().unwrap()
}

fn object(output: &std::process::Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("items")).unwrap();
    std::fs::copy(from.join("catalogue.toml"), to.join("catalogue.toml")).unwrap();
    for file in std::fs::read_dir(from.join("items")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join("items").join(file.file_name())).unwrap();
    }
}

#[test]
fn the_document_is_printed() {
    assert_eq!(object(&program(&["openapi"]))["openapi"], "3.1.0");
}

#[test]
fn a_folder_is_signed_and_the_terminal_believes_it() {
    let folder = tempfile::tempdir().unwrap();
    let (key, out) = (folder.path().join("key"), folder.path().join("signature.json"));
    // RFC 8032, section 7.1, test 1.
    std::fs::write(&key, "ed25519 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n")
        .unwrap();
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
    let sign = |more: &[&str]| {
        let base = [
            "catalogue",
            "sign",
            catalogue.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ];
        program(&[&base, more].concat())
    };
    let said = object(&sign(&["--site", "990001001001", "--time", "2026-11-24T10:24:00+08:00"]));
    assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(&out).unwrap()).unwrap(), said);
    assert_eq!((&said["version"], &said["items"]), (&"2026.11.1".into(), &7.into()));
    let site = "990001001001".to_owned().try_into().unwrap();
    let at = datetime!(2026-11-24 10:24:00 +8);
    let mut files: CatalogueFiles =
        platform_client::sim::folder_catalogue(&catalogue, Some(&site), at).unwrap();
    files.signature = serde_json::from_value(said["signature"].clone()).unwrap();
    // The public key of the same test of RFC 8032.
    let keys =
        CatalogueKeys::parse("ed25519 d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(keys.verify(&files), Ok(()));
    // The same with SM2, which is what `serve` has: another key for the same folder.
    let sm2 = "sm2_sm3 3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8\n";
    let ed25519 = std::fs::read_to_string(&key).unwrap();
    std::fs::write(&key, sm2).unwrap();
    let said = object(&sign(&["--site", "990001001001", "--time", "2026-11-24T10:24:00+08:00"]));
    assert_eq!(said["signature"]["algorithm"], "sm2_sm3");
    files.signature = serde_json::from_value(said["signature"].clone()).unwrap();
    let keys = CatalogueKeys::parse(&CatalogueSigner::read(&key).unwrap().public_line());
    assert_eq!(keys.verify(&files), Ok(()));
    std::fs::write(&key, ed25519).unwrap();
    assert_eq!(CatalogueSigner::read(&key).unwrap().public_line().trim().len(), 8 + 64);
    assert_eq!(sign(&["--site", "x"]).status.code(), Some(2));
    assert_eq!(object(&sign(&["--rolls-back", "2026.12.1"]))["signature"]["rollsBack"], "2026.12.1");
    std::fs::write(&key, "something else").unwrap();
    assert_eq!(sign(&[]).status.code(), Some(1));
}

#[test]
fn two_folders_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
    let new = folder.path().join("new");
    copy(&old, &new);
    let item = new.join("items/meal-booking.toml");
    let text = std::fs::read_to_string(&item).unwrap();
    std::fs::write(&item, format!("{text}# changed\n")).unwrap();
    let said = object(&program(&["catalogue", "diff", old.to_str().unwrap(), new.to_str().unwrap()]));
    assert_eq!(said["changed"], serde_json::json!(["meal-booking.toml"]));
    assert_eq!((&said["added"], &said["removed"]), (&serde_json::json!([]), &serde_json::json!([])));
    let none = program(&["--json", "catalogue", "diff", old.to_str().unwrap(), "/nowhere"]);
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(serde_json::from_slice::<Value>(&none.stdout).unwrap()["error"]["kind"], "failed");
}
