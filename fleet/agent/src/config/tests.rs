use super::*;

fn mistakes(text: &str) -> Vec<(usize, String)> {
    match Config::parse(text, Path::new("/etc/yilin")) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.into_iter().map(|mistake| (mistake.line, mistake.what)).collect(),
    }
}

#[test]
fn a_whole_file() {
    let text = r#"
data = "/var/lib/yilin/agent"
[server]
url = "https://fleet.example:8444"
authorities = "fleet-ca.pem"
[terminal]
compatible = "yilin-x86-64"
model = "K1"
utc_offset = "+08:00"
[screen]
socket = "/run/yilin/agent.sock"
user = "yilin-ui"
exports = "/var/lib/yilin/terminal/export"
[update]
manifest = "optional"
delivery = "stream"
window = "23:30-01:00"
bytes_per_second = 500000
tenant = "default"
[logs]
units = ["a.service"]
files = ["/var/log/a.log"]
[shell]
program = "none"
[stick]
folder = "/run/yilin/stick"
[store]
rows = 1000
bytes = 1000000
"#;
    let config = Config::parse(text, Path::new("/etc/yilin")).unwrap();
    assert_eq!(config.authorities.as_deref(), Some(Path::new("/etc/yilin/fleet-ca.pem")));
    assert_eq!(config.update.manifest, Manifest::Optional);
    assert_eq!(config.update.delivery, Delivery::Stream);
    assert_eq!(config.update.window, Window { from_minute: 23 * 60 + 30, minutes: 90 });
    assert_eq!(config.shell, None);
    assert_eq!(config.bounds, Bounds { rows: 1000, bytes: 1_000_000 });
    assert_eq!(Config::parse("", Path::new("")).unwrap(), Config::default());
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let text = "dta = \"x\"\n[server]\nurl = \"http://a\"\n[update]\nmanifest = \"maybe\"\nwindow = \"2-5\"\n\
                bytes_per_second = 1\n[screen]\nuser = 5\n";
    let found = mistakes(text);
    let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 5, 6, 7, 9], "{found:?}");
    assert_eq!(found[2].1, "`update.manifest`: write required or optional");
    assert_eq!(mistakes("a = ").len(), 1);
}

#[test]
fn the_screens_user_by_name_or_number() {
    let with = |user: &str| {
        let mut config = Config::default();
        config.screen.user = user.to_owned();
        config.screen_user().ok()
    };
    assert_eq!(with("1234"), Some(1234));
    assert_eq!(with("root"), Some(0));
    assert_eq!(with("nobody-of-that-name"), None);
}
