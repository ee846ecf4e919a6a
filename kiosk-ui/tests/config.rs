//! The file of a terminal: taken whole, or refused with every mistake at its line.

use domain::locale::{Locale, Localized};
use drivers::io_board::{Contact, Light, Pin};
use drivers::transport::PortAddress;
use kiosk_ui::config::{Config, ConfigError, ProvinceAddress};
use kiosk_ui::machine::MachineWords;
use platform_client::credentials::OldestTls;
use std::path::{Path, PathBuf};
use std::time::Duration;
use time::macros::offset;

const WHOLE: &str = r#"
[terminal]
data = "state"
size = "800x1280"
px_per_mm = 6
utc_offset = "+08:00"

[site]
terminal = "YL-990001-01"
name = { zh-CN = "示例社区", en = "Sample community" }
address = { zh-CN = "样板路1号", en = "1 Sample Road" }
division = "990001001001"
hours = { weekdays = ["08:30-17:30"], weekend = [] }
nearest = { zh-CN = "样本社区", en = "Another community" }

[site.keeper]
name = { zh-CN = "吴样例", en = "Wu Yangli" }
phone = "0119-6200001"
hours = { weekdays = ["08:30-17:30"], weekend = [] }

[[site.helpers]]
name = { zh-CN = "12345 热线", en = "12345 hotline" }
phone = "12345"
hours = { weekdays = ["00:00-24:00"], weekend = ["00:00-24:00"] }

[card_reader]
port = "serial:/dev/ttyS0?baud=115200"

[printer]
port = "usb:0400:c35a"
profile = "clone_58"
roll_metres = 30

[document_printer]
port = "ipp://192.0.2.7:631/ipp/print"

[camera]
port = "v4l:/dev/video0"

[scanner]
port = "input:/dev/input/event3"

[io_board]
port = "serial:/dev/ttyS1"
unit = 3
card_light = 0
paper_light = "!1"
presence = "2"

[power]
port = "nut:ups@127.0.0.1:3493"

[speaker]
port = "alsa:0/Master"

[face_engine]
program = "/opt/vendor/engine"
arguments = ["--models", "/opt/vendor/models"]

[photo_decoder]
program = "decoder"

[speech]
program = "/usr/bin/espeak-ng"
arguments = { zh-CN = ["-v", "cmn", "--stdin"], en = ["--stdin"] }

[machine]
clock = "/run/yilin-clock"
data = "words/data"

[province]
url = "https://127.0.0.1:8443"
credentials = "/etc/yilin"
seal_authorities = "seals"
oldest_tls = "1.2"
news_seconds = 45
"#;

#[test]
fn a_whole_file() {
    let config = Config::parse(WHOLE, Path::new("/etc/terminal")).unwrap();
    assert_eq!(config.data, Some(PathBuf::from("/etc/terminal/state")), "seen from the file's folder");
    let screen = config.screen.unwrap();
    assert_eq!((screen.width, screen.height, screen.px_per_mm), (800, 1280, 6.0));
    assert_eq!(config.offset, offset!(+8));
    let site = config.site.unwrap();
    assert_eq!(site.name, Localized::new("示例社区", "Sample community"));
    assert_eq!((site.helpers.len(), site.keeper.phone.as_str()), (1, "0119-6200001"));
    let baud = Some(115_200);
    assert_eq!(config.devices.card_reader, Some(PortAddress::Serial { path: "/dev/ttyS0".into(), baud }));
    assert_eq!(config.devices.camera, Some(PortAddress::V4l { path: "/dev/video0".into() }));
    let printer = config.devices.printer.unwrap();
    assert_eq!((printer.port.to_string().as_str(), printer.profile.dots), ("usb:0400:c35a", 384));
    assert_eq!(printer.roll_mm, Some(30_000));
    let document_printer = PortAddress::Ipp { uri: "ipp://192.0.2.7:631/ipp/print".into() };
    assert_eq!(config.devices.document_printer, Some(document_printer));
    assert_eq!(config.devices.scanner, Some(PortAddress::Input { path: "/dev/input/event3".into() }));
    let board = config.devices.io_board.unwrap();
    let pin = |number, inverted| Some(Pin { number, inverted });
    let wired = [board.wiring.light(Light::CardArea), board.wiring.light(Light::PaperExit)];
    assert_eq!((board.wiring.unit, wired), (3, [pin(0, false), pin(1, true)]));
    let contacts: Vec<_> = board.wiring.contacts().collect();
    assert_eq!(contacts, [(Contact::Presence, Pin { number: 2, inverted: false })]);
    assert_eq!(config.devices.power.unwrap().to_string(), "nut:ups@127.0.0.1:3493");
    let speaker = config.devices.speaker.unwrap();
    assert_eq!((speaker.port.to_string().as_str(), speaker.volume), ("alsa:0/Master", 60));
    let speech = config.devices.speech.unwrap();
    assert_eq!(speech.program, PathBuf::from("/usr/bin/espeak-ng"));
    assert_eq!(speech.arguments(Locale::ZhCn), ["-v", "cmn", "--stdin"]);
    assert_eq!(speech.arguments(Locale::En), ["--stdin"]);
    let words = MachineWords {
        clock: Some("/run/yilin-clock".into()),
        data: Some("/etc/terminal/words/data".into()),
    };
    assert_eq!(config.fleet.machine, words);
    let engine = config.devices.face_engine.unwrap();
    assert_eq!(engine.engine.program, PathBuf::from("/opt/vendor/engine"));
    assert_eq!(engine.engine.arguments, ["--models", "/opt/vendor/models"]);
    assert_eq!(engine.photo_decoder.program, PathBuf::from("/etc/terminal/decoder"));
    assert!(engine.photo_decoder.arguments.is_empty());
    let credentials = PathBuf::from("/etc/yilin");
    assert_eq!(
        config.province,
        Some(ProvinceAddress {
            url: "https://127.0.0.1:8443".into(),
            credentials,
            seal_authorities: Some("/etc/terminal/seals".into()),
            oldest_tls: OldestTls::V1_2,
        })
    );
    assert_eq!(config.news_every, Duration::from_secs(45));
}

#[test]
fn an_empty_file_is_the_defaults() {
    assert_eq!(Config::parse("", Path::new("")).unwrap(), Config::default());
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let check = |text: &str, want: &[(usize, &str)]| {
        let Err(found) = Config::parse(text, Path::new("/nowhere")) else { panic!("{text} is taken") };
        let found: Vec<_> = found.iter().map(|m| (m.line, m.what.as_str())).collect();
        assert_eq!(found.len(), want.len(), "{text}: {found:#?}");
        for ((line, what), (want_line, begins)) in found.into_iter().zip(want) {
            assert_eq!(line, *want_line, "{what}");
            assert!(what.starts_with(begins), "`{what}` does not begin with `{begins}`");
        }
    };
    check(
        "[terminal]\nsize = \"huge\"\npx_per_mm = 900\nutc_offset = \"8\"\ncolour = \"red\"\n\n[toaster]\nport = 1\n",
        &[
            (2, "terminal.size: `huge` is no size of a screen"),
            (3, "terminal.px_per_mm: write the screen's pixels"),
            (4, "terminal.utc_offset: `8` is no offset"),
            (5, "`terminal.colour` is unknown here; there is data, size, px_per_mm, turned, utc_offset"),
            (7, "`toaster` is unknown here; there is terminal, site, "),
        ],
    );
    check(
        "[card_reader]\nport = \"ttyS0\"\n[printer]\nprofile = \"epson_99\"\n[camera]\n",
        &[
            (2, "card_reader.port: `ttyS0` is no port"),
            (3, "printer.port: is missing"),
            (4, "printer.profile: /nowhere/epson_99: "),
            (5, "camera.port: is missing"),
        ],
    );
    check(
        "[document_printer]\nport = \"tcp:192.0.2.7:9100\"\nprofile = \"a4\"\n",
        &[
            (2, "document_printer.port: `tcp:192.0.2.7:9100` is no address of a document printer"),
            (3, "`document_printer.profile` is unknown here"),
        ],
    );
    check(
        "[io_board]\nport = \"serial:/dev/ttyS1\"\nunit = 300\npresence = 999\nfan = 1\n[power]\nport = \"tcp:127.0.0.1:1\"\n[speaker]\nport = \"lp:/dev/usb/lp0\"\nvolume = 0\n",
        &[
            (3, "io_board.unit: write the board's unit number"),
            (4, "io_board.presence: `999` is no input or output"),
            (5, "`io_board.fan` is unknown here"),
            (7, "power.port: `tcp:127.0.0.1:1` is no power supply"),
            (9, "speaker.port: "),
            (10, "speaker.volume: write per cent"),
        ],
    );
    check(
        "[terminal]\n[face_engine]\nprogram = \"engine\"\narguments = \"fast\"\n",
        &[(2, "face_engine: needs [photo_decoder]"), (4, "face_engine.arguments: ")],
    );
    check("[face_engine]\nprogram = \"e\"\n[photo_decoder]\n", &[(3, "photo_decoder.program: is missing")]);
    check(
        "[province]\nurl = \"http://127.0.0.1\"\nnews_seconds = 0\n",
        &[
            (1, "province.credentials: is missing"),
            (2, "province.url: `http://127.0.0.1` is no address of a province"),
            (3, "province.news_seconds: write a whole number"),
        ],
    );
    check("camera = 1\nsite = true\n", &[(1, "camera: is no section"), (2, "site: is no section")]);
    check("[camera]\nport = ", &[(2, "")]);
    check("[camera]\nport = \"frames:a\"\nport = \"frames:b\"\n", &[(3, "duplicate key")]);
}

#[test]
fn a_site_lacks_nothing_and_each_of_its_people_is_checked() {
    let broken = WHOLE
        .replace("division = \"990001001001\"\n", "division = \"99\"\n")
        .replace("phone = \"0119-6200001\"\n", "")
        .replace("weekdays = [\"00:00-24:00\"]", "weekdays = [\"00:00-25:00\"]")
        .replace(
            "nearest = { zh-CN = \"样本社区\", en = \"Another community\" }\n",
            "nearest = { en = \"x\" }\n",
        );
    let mistakes = Config::parse(&broken, Path::new("")).unwrap_err();
    let found: Vec<_> = mistakes.iter().map(|m| (m.line, m.what.split(':').next().unwrap())).collect();
    assert_eq!(
        found,
        [(12, "site.division"), (14, "site.nearest"), (16, "site.keeper.phone"), (23, "site.helpers.hours")],
        "{mistakes:#?}"
    );
    let helpless = WHOLE.split("[[site.helpers]]").next().unwrap();
    let mistakes = Config::parse(helpless, Path::new("")).unwrap_err();
    assert_eq!(mistakes[0].what, "site.helpers: is missing");
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let error = Config::read(Path::new("/nowhere/terminal.toml")).unwrap_err();
    assert!(matches!(&error, ConfigError::Unreadable { .. }), "{error:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("terminal.toml");
    std::fs::write(&file, "[camera]\nport = 1\n").unwrap();
    let message = Config::read(&file).unwrap_err().to_string();
    assert_eq!(message, format!("{}:2: camera.port: write a text in quotes", file.display()));
}
