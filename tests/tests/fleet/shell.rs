//! A debug shell on a terminal: two people, one transcript at both ends, over with the cable.

use crate::cable::Cable;
use crate::fixture::{COMPATIBLE, TERMINAL, block_on, desk, until};
use crate::kiosk::Kiosk;
use fleet_api::TerminalId;
use fleet_api::command::Order;
use fleet_server::orders::{commands, enrolment};
use fleet_server::state::Actor;
use fleet_server::store::terminals::NewTerminal;
use fleet_server::{Options, serve};

/// A program that is on nobody's machine by chance.
const SLEEPS: &str = "sleep 47110815";

/// Whether a process of that command line runs.
fn runs(command: &str) -> bool {
    let words: Vec<u8> = command.split(' ').flat_map(|word| [word.as_bytes(), &[0]].concat()).collect();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|line| line == words)
}

#[test]
fn a_shell_of_two_people_ends_with_the_cable() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let running = serve(Options::local(folder.path())).await.unwrap();
        let server = running.server.clone();
        let planned = NewTerminal {
            id: TERMINAL.into(),
            compatible: COMPATIBLE.into(),
            hours: "00:00-24:00".into(),
            ..NewTerminal::default()
        };
        enrolment::plan(&server, &planned).await.unwrap();
        let id = TerminalId(TERMINAL.to_owned());
        let code = enrolment::code(&server, &id, &desk()).await.unwrap();
        let port = running.device_url.rsplit_once(':').unwrap().1;
        let cable = Cable::lay(format!("127.0.0.1:{port}")).await;
        let url = format!("https://{}", cable.address);
        let kiosk = Kiosk::enrolled(&url, &folder.path().join("keys/authority.pem"), &code);

        let order = Order::Shell { seconds: 600, asked_by: String::new(), approved_by: String::new() };
        let shell =
            commands::order(&server, &id, order, commands::SHELL_LIFE, &desk(), "look").await.unwrap();
        until("the terminal is heard", async || {
            server.store.last_heartbeat(TERMINAL).await.unwrap().is_some()
        })
        .await;
        assert!(server.shells.watch(&shell.0).is_none(), "one person is not enough");
        commands::approve(&server, &shell, &Actor("second".to_owned())).await.unwrap();
        until("the shell is open", async || server.shells.watch(&shell.0).is_some()).await;
        let said = async || {
            use base64::Engine as _;
            let mut text = Vec::new();
            for (_, output, _) in server.store.transcript(&shell.0).await.unwrap() {
                text.extend(base64::engine::general_purpose::STANDARD.decode(output).unwrap());
            }
            String::from_utf8_lossy(&text).into_owned()
        };
        assert!(server.shells.type_in(&shell.0, b"echo $((6*7))-there\n"));
        until("its answer", async || said().await.contains("42-there")).await;
        assert!(server.shells.type_in(&shell.0, format!("{SLEEPS}\n").as_bytes()));
        until("a program in it", async || runs(SLEEPS)).await;

        cable.pull();
        until("it is over with the cable", async || !runs(SLEEPS)).await;
        cable.plug_in();
        until("its result", async || {
            server.store.command(&shell.0).await.unwrap().unwrap().outcome.is_some()
        })
        .await;
        let ended = server.store.command(&shell.0).await.unwrap().unwrap();
        assert_eq!(ended.outcome.as_deref(), Some("done"), "{}", kiosk.log());
        assert_eq!(ended.detail.as_deref(), Some("ended: network"), "{}", kiosk.log());
        assert_eq!((ended.ordered_by.as_str(), ended.approved_by.as_deref()), ("desk", Some("second")));
        // The terminal's own transcript tells the same.
        let (_, transcript) = server.store.attachment(&shell.0).await.unwrap().unwrap();
        let transcript = String::from_utf8(transcript).unwrap();
        let lines: Vec<serde_json::Value> =
            transcript.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let both: Vec<&str> = lines.iter().map(|line| line["direction"].as_str().unwrap()).collect();
        assert!(both.contains(&"in") && both.contains(&"out"), "{transcript}");
        kiosk.stop().await;
        running.stop().await;
    });
}
