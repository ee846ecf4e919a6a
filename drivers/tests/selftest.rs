//! `yilin-device selftest`: for each fault that a simulator can be given, the self-test finds it and names its remedy.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;

use std::sync::Mutex;

use command::{Simulator, device, device_json};
use domain::device::{Cause, TerminalDevice};
use domain::locale::Locale;
use drivers::sim::fault;
use serde_json::{Value, json};

/// The one line of a self-test, and its exit code.
fn selftest(arguments: &[&str]) -> (Value, Option<i32>) {
    let (line, code) = device_json(&[&["selftest"], arguments].concat());
    (serde_json::from_str(&line).unwrap(), code)
}

/// What a self-test says of a fault.
enum Found {
    /// This cause.
    As(Cause),
    /// Nothing, for this reason.
    Unseen(&'static str),
}

use Found::{As, Unseen};

/// The simulator's arguments, the self-test's, and what it must find.
fn row(name: &str) -> (Vec<String>, Vec<String>, Found) {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (device, _) = name.split_once('.').unwrap();
    match device {
        "card" => (words("card --forget"), words("--device id_card_reader"), card(name)),
        "camera" => (words("camera"), words("--device camera"), camera(name)),
        "printer" => {
            let held_out =
                name.ends_with("@present") || name.ends_with("@retract") || name.ends_with("not_taken");
            let model = if held_out { "custom_vkp80" } else { "epson_80" };
            (
                words(&format!("printer --model {model}")),
                words(&format!("--device receipt_printer --print --forgotten 1 --profile {model}")),
                printer(name),
            )
        }
        "document_printer" => {
            // Whether a page whose answer was lost is out before it is cancelled would be a matter of luck.
            let slow = if name.ends_with("lost_answer@document") { "--page-ms 3000" } else { "" };
            (
                words(&format!("document-printer {slow}")),
                words("--device document_printer --print --patience 3"),
                document_printer(name),
            )
        }
        "io_board" => (words("io-board"), words("--device io_board"), io_board(name)),
        "power" => (words("power"), words("--device power_supply"), power(name)),
        _ => panic!("{name}: a new device's faults need a row here"),
    }
}

fn card(name: &str) -> Found {
    match name {
        "card.slow" => As(Cause::Slow),
        "card.split" => {
            Unseen("every answer comes whole and in time, and how often a line pauses is its own affair")
        }
        "card.removed@find" => Unseen("a card that is gone before it was found is no card"),
        "card.noisy" | "card.checksum_once" | "card.cut_once" => As(Cause::UnsteadyLine),
        "card.lost_once@find" | "card.lost_once@select" | "card.lost_once@read" => As(Cause::UnsteadyLine),
        "card.silent" => As(Cause::NoAnswer),
        "card.checksum" => As(Cause::BadLine),
        "card.removed@select" | "card.removed@read" => As(Cause::CardRemoved),
        "card.unplugged@find" | "card.unplugged@select" | "card.unplugged@read" => As(Cause::Unplugged),
        "card.security" => As(Cause::CardSecurity),
        "card.wrong_card" => As(Cause::InvalidCard),
        "card.read_failed" | "card.bad_text" => As(Cause::CardUnreadable),
        "card.self_test" | "card.unauthorised" => As(Cause::SecurityModule),
        _ => panic!("{name}: a new fault needs a row here"),
    }
}

fn camera(name: &str) -> Found {
    match name {
        "camera.unplugged" => As(Cause::Port),
        "camera.unplugged@frame10" => As(Cause::Unplugged),
        "camera.frozen" | "camera.frozen@frame6" => As(Cause::Frozen),
        "camera.dark" => As(Cause::Dark),
        "camera.slow" => {
            Unseen("files are never slow: drivers/tests/fault_matrix.rs has it within the program")
        }
        _ => panic!("{name}: a new fault needs a row here"),
    }
}

fn printer(name: &str) -> Found {
    let (fault, moment) = name.split_once('@').unwrap_or((name, ""));
    let held_out = matches!(moment, "present" | "retract");
    match fault {
        // Taken back at its exit only when nobody took it.
        _ if moment == "retract" && fault != "printer.held" => {
            Unseen("a page that a hand takes is never taken back")
        }
        "printer.held" if held_out => Unseen("all bytes have gone before: nothing is left to be stopped"),
        "printer.held" if moment.is_empty() => {
            Unseen("what a printer said before the port was opened is not heard")
        }
        "printer.held" if moment == "cut" => {
            Unseen("all bytes have gone before: nothing is left to be stopped")
        }
        "printer.paper_low" => As(Cause::PaperLow),
        "printer.cutter" => As(Cause::Cutter),
        "printer.mute" | "printer.no_answer" | "printer.unplugged" => As(Cause::NoAnswer),
        "printer.noise" => As(Cause::UnsteadyLine),
        "printer.not_taken" => As(Cause::NotTaken),
        "printer.paper_out" => As(Cause::PaperOut),
        "printer.cover_open" => As(Cause::CoverOpen),
        "printer.paper_jam" => As(Cause::PaperJam),
        // Epson's third status has one bit for both.
        "printer.exit_blocked" => As(Cause::PaperJam),
        "printer.overheated" => As(Cause::Overheated),
        "printer.offline" | "printer.held" => As(Cause::Offline),
        "printer.feed_button" => As(Cause::FeedButton),
        "printer.hardware" => As(Cause::Hardware),
        _ => panic!("{name}: a new fault needs a row here"),
    }
}

fn document_printer(name: &str) -> Found {
    match name {
        "document_printer.silent@cancel"
        | "document_printer.lost_answer@cancel"
        | "document_printer.ignores_cancel" => Unseen("no job is cancelled while all goes well"),
        _ => As(document_printer_cause(name.split_once('@').map_or(name, |(fault, _)| fault))),
    }
}

fn document_printer_cause(fault: &str) -> Cause {
    match fault {
        "document_printer.paper_low" => Cause::PaperLow,
        "document_printer.paper_out" => Cause::PaperOut,
        "document_printer.paper_jam" => Cause::PaperJam,
        "document_printer.cover_open" | "document_printer.door_open" => Cause::CoverOpen,
        "document_printer.output_full" => Cause::OutputFull,
        "document_printer.toner_out" => Cause::TonerOut,
        // Somebody at the printer does not want the job: whoever comes sees to it there.
        "document_printer.paused" | "document_printer.canceled" => Cause::Paused,
        "document_printer.hardware" | "document_printer.aborted" => Cause::Hardware,
        "document_printer.off" | "document_printer.silent" | "document_printer.lost_answer" => {
            Cause::NoAnswer
        }
        "document_printer.broken" | "document_printer.forgets_jobs" => Cause::NoAnswer,
        "document_printer.no_pdf" => Cause::Format,
        "document_printer.busy" => Cause::Busy,
        // A page that was counted in and not out is somewhere on the way.
        "document_printer.claims_completed" => Cause::PaperJam,
        "document_printer.hands_on" => Cause::NoAnswer,
        _ => panic!("{fault}: a new fault needs a row here"),
    }
}

fn io_board(name: &str) -> Found {
    As(match name {
        "io_board.silent" => Cause::NoAnswer,
        "io_board.lost_once" | "io_board.checksum_once" => Cause::UnsteadyLine,
        "io_board.checksum" | "io_board.wrong_unit" => Cause::BadLine,
        "io_board.refused" => Cause::Refused,
        "io_board.unplugged" => Cause::Unplugged,
        "io_board.door_open" => Cause::DoorOpen,
        "io_board.on_battery" => Cause::OnBattery,
        "io_board.battery_low" => Cause::BatteryLow,
        _ => panic!("{name}: a new fault needs a row here"),
    })
}

fn power(name: &str) -> Found {
    As(match name {
        "power.on_battery" => Cause::OnBattery,
        "power.battery_low" => Cause::BatteryLow,
        "power.replace_battery" => Cause::ReplaceBattery,
        "power.stale" => Cause::DataStale,
        "power.unknown_name" => Cause::UnknownName,
        "power.refused" => Cause::Permission,
        "power.silent" => Cause::NoAnswer,
        "power.garbage" => Cause::InvalidAnswer,
        _ => panic!("{name}: a new fault needs a row here"),
    })
}

/// The faults of a program that is started for each question have no simulator to start before.
fn is_of_the_engine(name: &str) -> bool {
    name.starts_with("face_engine.")
}

const WIRED: &str = "[io_board]\ncard_light = 0\npaper_light = 1\npresence = 0\ndoor_open = 1\non_battery = 2\nbattery_low = 3\n";

#[test]
fn every_fault_is_found_and_its_remedy_named() {
    let names: Vec<String> = fault::list()
        .map(|fault| {
            let name = fault.name.replace("lineN", "line3").replace("byteN", "byte200");
            // Late enough for the self-test to have begun, and before its last frame.
            let name = name.replace("unplugged@frameN", "unplugged@frame10");
            name.replace("pageN", "page1").replace('N', "6")
        })
        .filter(|name| !is_of_the_engine(name))
        .collect();
    let config = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(config.path(), WIRED).unwrap();
    let left = Mutex::new(names.iter());
    let wrong = Mutex::new(Vec::new());
    // Most of the time is spent waiting for devices that say nothing.
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(name) = { left.lock().unwrap().next() } {
                    if let Err(mistake) = check(name, config.path().to_str().unwrap()) {
                        wrong.lock().unwrap().push(mistake);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}

fn check(name: &str, config: &str) -> Result<(), String> {
    let (sim, test, found) = row(name);
    if name == "camera.slow" {
        return Ok(());
    }
    let sim: Vec<&str> = sim.iter().map(String::as_str).chain(["--fault", name]).collect();
    let simulator = Simulator::start(&sim);
    let test: Vec<&str> = test.iter().map(String::as_str).collect();
    let (said, code) = selftest(
        &[&["--config", config, "--locale", "en", "--port", &simulator.port], test.as_slice()].concat(),
    );
    let (want, why) = match found {
        As(cause) => (Some(cause), "it must be found"),
        Unseen(why) => (None, why),
    };
    let mistake = |what: &str| Err(format!("{name}: {what} ({why}): {said}"));
    if said["cause"].as_str() != want.map(Cause::word) {
        return mistake("another cause");
    }
    if said["remedy"].is_null() != want.is_none() {
        return mistake("a remedy where there is no cause, or none where there is one");
    }
    let usable = want.is_none_or(|cause| cause.kind().is_usable());
    if (said["passed"].as_bool(), code) != (Some(usable), Some(i32::from(!usable))) {
        return mistake("passed or exit code");
    }
    Ok(())
}

#[test]
fn every_fault_of_a_face_engine_is_found() {
    let check = |fault: Option<&str>, cause: Option<Cause>| {
        let config = tempfile::NamedTempFile::new().unwrap();
        let mut arguments = vec!["sim", "face-engine"];
        arguments.extend(fault.iter().flat_map(|fault| ["--fault", fault]));
        let program = env!("CARGO_BIN_EXE_yilin-device");
        std::fs::write(
            config.path(),
            format!("[face_engine]\nprogram = {program:?}\narguments = {arguments:?}\n"),
        )
        .unwrap();
        let (said, code) = selftest(&["--config", config.path().to_str().unwrap()]);
        assert_eq!(said["cause"].as_str(), cause.map(Cause::word), "{fault:?}: {said}");
        assert_eq!(
            (said["remedy"].is_null(), code),
            (cause.is_none(), Some(i32::from(cause.is_some()))),
            "{said}"
        );
    };
    check(None, None);
    check(Some("face_engine.hang"), Some(Cause::Timeout));
    check(Some("face_engine.crash"), Some(Cause::Crashed));
    check(Some("face_engine.garbage"), Some(Cause::InvalidAnswer));
    check(Some("face_engine.wrong_version"), Some(Cause::WrongVersion));
    check(Some("face_engine.flood"), Some(Cause::InvalidAnswer));
    check(Some("face_engine.memory"), Some(Cause::Crashed));
    // What is wrong with a picture shows only with one: drivers/tests/face_engine.rs.
    check(Some("face_engine.no_face"), None);
}

#[test]
fn every_fault_of_a_photo_decoder_is_found() {
    let check = |fault: Option<&str>, cause: Option<Cause>| {
        let config = tempfile::NamedTempFile::new().unwrap();
        let mut arguments = vec!["sim", "photo-decoder"];
        arguments.extend(fault.iter().flat_map(|fault| ["--fault", fault]));
        let program = env!("CARGO_BIN_EXE_yilin-device");
        std::fs::write(
            config.path(),
            format!("[photo_decoder]\nprogram = {program:?}\narguments = {arguments:?}\n"),
        )
        .unwrap();
        let (said, code) = selftest(&["--config", config.path().to_str().unwrap()]);
        assert_eq!(
            (&said["device"], said["cause"].as_str()),
            (&json!("photo_decoder"), cause.map(Cause::word))
        );
        assert_eq!(code, Some(i32::from(cause.is_some())), "{fault:?}: {said}");
    };
    check(None, None);
    check(Some("refuse"), None);
    check(Some("hang"), Some(Cause::Timeout));
    check(Some("crash"), Some(Cause::Crashed));
    check(Some("memory"), Some(Cause::Crashed));
    check(Some("flood"), Some(Cause::InvalidAnswer));
    check(Some("garbage"), Some(Cause::InvalidAnswer));
}

#[test]
fn the_line_is_exact() {
    let board = Simulator::start(&["io-board", "--fault", "io_board.refused"]);
    let arguments = ["--json", "selftest", "--device", "io_board", "--port", &board.port, "--locale", "en"];
    let output = device(&arguments);
    let line = String::from_utf8(output.stdout).unwrap();
    let mut said: Value = serde_json::from_str(&line).unwrap();
    for step in said["steps"].as_array_mut().unwrap() {
        assert!(step["ms"].as_u64().is_some());
        step["ms"] = json!(0);
    }
    assert_eq!(
        said,
        json!({
            "device": "io_board",
            "name": "light and sensor board",
            "port": board.port,
            "passed": false,
            "state": "hardware_error",
            "kind": "technician",
            "cause": "refused",
            "paper": null,
            "media": null,
            "steps": [
                {"step": "open", "outcome": "passed", "ms": 0},
                {"step": "contacts", "outcome": "failed", "ms": 0},
            ],
            "remedy": "Check model, unit number and the numbers of inputs and outputs of the light and sensor board.",
            "detail": "the board refuses function 01 (exception 2)",
        })
    );
    // In the order of the contract.
    let order = [
        "device", "name", "port", "passed", "state", "kind", "cause", "paper", "media", "steps", "remedy",
        "detail",
    ];
    let places: Vec<_> = order.iter().map(|key| line.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{line}");
}

#[test]
fn the_configuration_names_the_devices_and_their_order_is_fixed() {
    let board = Simulator::start(&["io-board"]);
    let card = Simulator::start(&["card", "--card", "none"]);
    let scanner = Simulator::start(&["scanner"]);
    let config = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "{WIRED}port = {:?}\n\n[card_reader]\nport = {:?}\n\n[scanner]\nport = {:?}\n",
        board.port, card.port, scanner.port
    );
    std::fs::write(config.path(), text).unwrap();
    let output = device(&["--json", "selftest", "--config", config.path().to_str().unwrap()]);
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let devices: Vec<_> = lines.iter().map(|line| line["device"].as_str().unwrap()).collect();
    assert_eq!(
        (devices.as_slice(), output.status.code()),
        (["id_card_reader", "code_scanner", "io_board"].as_slice(), Some(0))
    );
    assert_eq!(lines[0]["media"], "not_present");
    assert_eq!(lines[1]["steps"][0]["step"], "open");
    assert_eq!(lines[2]["detail"], "presence: no, door open: no, on battery: no, battery low: no");
}

#[test]
fn wrong_usage_is_said() {
    for wrong in [
        &["selftest"][..],
        &["selftest", "--port", "serial:/dev/null"],
        &["selftest", "--device", "camera", "--device", "speaker", "--port", "alsa:0/Master"],
        &["selftest", "--device", "camera"],
        &["selftest", "--device", "toaster"],
    ] {
        assert_eq!(device(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn an_absent_port_is_the_ports_trouble_for_every_device() {
    for (name, port) in [
        ("id_card_reader", "serial:/dev/no-such-port"),
        ("receipt_printer", "serial:/dev/no-such-port"),
        ("document_printer", "ipp://127.0.0.1:1/ipp/print"),
        ("camera", "frames:/no/such/folder"),
        ("code_scanner", "serial:/dev/no-such-port"),
        ("code_scanner", "input:/dev/input/no-such-event"),
        ("io_board", "serial:/dev/no-such-port"),
        ("io_board", "gpio:/dev/no-such-chip"),
        ("power_supply", "nut:ups@127.0.0.1:1"),
    ] {
        let (said, code) = selftest(&["--device", name, "--port", port]);
        assert_eq!((&said["cause"], code), (&json!("port"), Some(1)), "{said}");
        assert_eq!(said["state"], "offline");
    }
}

#[test]
fn the_page_for_technicians_has_every_cause_as_it_is() {
    let page = include_str!("../../docs/technicians.md");
    for cause in Cause::ALL {
        let word = |value: Value| value.as_str().unwrap().to_owned();
        let (state, kind) = (word(json!(cause.state())), word(json!(cause.kind())));
        let remedy = cause.remedy().fill(Locale::En, &[("device", "device")]);
        let row = format!("| `{}` | {state} | {kind} | {remedy} |", cause.word());
        assert!(page.contains(&row), "docs/technicians.md has not: {row}");
    }
    for device in TerminalDevice::ALL {
        assert!(page.contains(&format!("| `{}` |", device.word())), "{device:?}");
    }
}
