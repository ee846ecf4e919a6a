//! What stands on the wire: every request as the platform's side of it sees it holds nothing of a resident in its address.

use crate::site::Site;

#[test]
fn secrets_are_files_of_one_user_and_the_settings_hold_none() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new(&["cases=anhui", "items=keyed_nonce", "ratings=national_rating", "board=bare"]);
    let folder = site.platform.credentials();
    let settings = std::fs::read_to_string(folder.join("dialects.toml")).unwrap();
    let mut secrets = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name.ends_with(".secret") || name.ends_with(".key") || name == "national-rating.pem" {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{name}");
            let text = std::fs::read_to_string(file.path()).unwrap();
            assert!(!settings.contains(text.trim()), "{name} stands in the settings");
            secrets += usize::from(name != "terminal.key");
        }
    }
    assert_eq!(secrets, 6);
    // Another start has the same secrets; one without dialects leaves no settings.
    let secret = || std::fs::read_to_string(folder.join("anhui.secret")).unwrap();
    let before = secret();
    let any = "127.0.0.1:0".parse().unwrap();
    drop(Site::again(site.folder.clone(), &["cases=anhui"], any));
    assert_eq!(before, secret());
    drop(Site::again(site.folder.clone(), &[], any));
    assert!(!folder.join("dialects.toml").exists());
}
