//! The Unix socket of the real program: who may come, what is relayed, what a technician asks.

use crate::desk::{Desk, Terminal, manifest, sign};
use fleet_agent::sim::{Behaviour, FolderInstaller, Image};
use fleet_agent::update::installer::{BundleAt, Installer as _};
use fleet_agent::{Ended, Power};
use fleet_api::assist::{AssistReply, MirrorElement, MirrorPage, WorkerAction};
use fleet_api::event::{Stop, StopCount, What};
use fleet_api::release::STICK_MANIFEST;
use fleet_api::ui::{FromAgent, FromScreen, LogLines, TechnicianAsk, TechnicianOutcome};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_carries_pages_up_and_pointing_down_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    let call = "c0".repeat(16);
    let help = FromScreen::Help { call: call.clone(), page: "form-text".into(), item: None, urgent: false };
    life.screen.say(help).await;
    let element = MirrorElement { x: 1.0, y: 2.0, w: 3.0, h: 4.0, role: "text_input".into(), words: None };
    let page = MirrorPage {
        page: "form-text".into(),
        item: None,
        width: 1080,
        height: 1920,
        elements: vec![element],
    };
    life.screen.say(FromScreen::Mirror { call: call.clone(), page: page.clone() }).await;
    desk.until("the page", |state| {
        state.assist.iter().find(|turn| turn.page.as_ref() == Some(&page)).map(drop)
    })
    .await;
    let actions = vec![WorkerAction::Point { x: 5.0, y: 6.0 }, WorkerAction::Write { text: "这里".into() }];
    desk.change(|state| {
        state.assist_reply =
            Some(AssistReply { worker: Some("王".into()), actions: actions.clone(), ended: false });
    });
    life.screen
        .until("the worker", |state| {
            state.heard.iter().find_map(|line| match line {
                FromAgent::Worker { worker: Some(name), actions: theirs, ended: false, .. } => {
                    (name == "王" && *theirs == actions).then_some(())
                }
                _ => None,
            })
        })
        .await;
    life.screen.say(FromScreen::HelpEnded { call }).await;
    desk.until("the end", |state| state.assist.last().filter(|turn| turn.ended).map(drop)).await;
    let turns = desk.state().assist.len();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(desk.state().assist.len(), turns, "nothing goes up after the end");
    desk.until("its events", |state| {
        state.events.iter().any(|event| matches!(event.what, What::HelpEnded { .. })).then_some(())
    })
    .await;
    life.stop().await;
    // Nothing of a page is on disk.
    for file in std::fs::read_dir(&terminal.config.data).unwrap().flatten() {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        assert!(!bytes.windows(10).any(|window| window == b"text_input"), "{:?}", file.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_where_people_stop_go_up() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    let counts =
        vec![StopCount { page: "home".into(), mode: "large".into(), item: None, stop: Stop::Left, count: 3 }];
    life.screen.say(FromScreen::Stops { hour: 1_795_824_000, counts: counts.clone() }).await;
    desk.until("the counts", |state| {
        state.events.iter().find_map(|event| match &event.what {
            What::Stops { counts: theirs, .. } => (*theirs == counts).then_some(()),
            _ => None,
        })
    })
    .await;
    life.stop().await;
}

async fn asked(life: &crate::desk::Life, ask: TechnicianAsk, word: &str) -> (TechnicianOutcome, Vec<String>) {
    life.screen.state().heard.clear();
    life.screen.say(FromScreen::Technician(ask)).await;
    life.screen
        .until(word, |state| {
            state.heard.iter().find_map(|line| match line {
                FromAgent::Technician { ask, outcome, lines } if ask == word => {
                    Some((*outcome, lines.clone()))
                }
                _ => None,
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_updates_without_a_network_and_takes_logs() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let mut terminal = Terminal::enrolled(&desk).await;
    let stick = terminal.folder.path().join("stick");
    terminal.config.stick = Some(stick.clone());
    let log = terminal.folder.path().join("a.log");
    std::fs::write(&log, "13900000000 called\n").unwrap();
    terminal.config.logs.files = vec![log];
    // No server anywhere.
    terminal.config.server = Some("https://127.0.0.1:1".into());
    let life = terminal.start();
    let update = || asked(&life, TechnicianAsk::UpdateFromStick, "update_from_stick");
    assert_eq!(update().await.0, TechnicianOutcome::NoStick);
    std::fs::create_dir(&stick).unwrap();
    assert_eq!(update().await.0, TechnicianOutcome::NoStick);

    let image = Image {
        version: "1.1.0".parse().unwrap(),
        compatible: crate::desk::COMPATIBLE.into(),
        behaviour: Behaviour::Good,
    };
    let bytes = image.bytes(100_000);
    let write = |name: &str, bytes: &[u8]| std::fs::write(stick.join(name), bytes).unwrap();
    let signed = |seed| serde_json::to_vec(&sign(&manifest("1.1.0", &bytes), seed)).unwrap();
    write("yilin.raucb", &bytes);
    write(STICK_MANIFEST, &signed(3));
    assert_eq!(update().await.0, TechnicianOutcome::NotAuthentic, "signed by another role");
    let logs = asked(&life, TechnicianAsk::LogsToStick, "logs_to_stick").await;
    assert_eq!(logs.0, TechnicianOutcome::NotAuthentic, "no stick of ours");
    write(STICK_MANIFEST, &signed(4));
    write("yilin.raucb", &[&bytes[..], b"x"].concat());
    assert_eq!(update().await.0, TechnicianOutcome::NotAuthentic, "another file");
    write("yilin.raucb", &bytes);
    let (outcome, lines) = asked(&life, TechnicianAsk::LogsToStick, "logs_to_stick").await;
    assert_eq!(outcome, TechnicianOutcome::Done, "{lines:?}");
    let text = std::fs::read_to_string(&lines[0]).unwrap();
    assert!(text.contains("[number] called"), "{text}");
    assert_eq!(update().await.0, TechnicianOutcome::Begun);
    assert_eq!(life.ended().await, Ended::Reboot);
    let booted = terminal.board().power_on().unwrap().unwrap();
    assert_eq!((booted.slot.as_str(), booted.image.version.to_string().as_str()), ("B", "1.1.0"));
    // The old version had heard no server either: its silence is not the new one's fault.
    let life = terminal.start();
    life.screen
        .until("the end", |state| {
            state.heard.iter().find_map(|line| match line {
                FromAgent::Status(status) if status.update.is_none() => status.last_update.clone(),
                _ => None,
            })
        })
        .await;
    let update = asked(&life, TechnicianAsk::UpdateFromStick, "update_from_stick").await;
    assert_eq!(update.0, TechnicianOutcome::UpToDate);
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technician_reads_what_is_wrong_and_chooses_the_other_slot() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let mut terminal = Terminal::enrolled(&desk).await;
    let log = terminal.folder.path().join("a.log");
    let lines = [
        "2026-11-28T09:00:00Z  INFO yilin: started",
        "2026-11-28T09:00:01Z  WARN yilin: no paper",
        r#"{"level":"ERROR","message":"no card reader"}"#,
        "2026-11-28T09:00:03Z ERROR yilin: no camera",
        "2026-11-28T09:00:04Z  INFO yilin: no ERRORS",
    ];
    std::fs::write(&log, lines.join("\n")).unwrap();
    terminal.config.logs.files = vec![log];
    let mut life = terminal.start();
    for (lines_asked, only, expected) in [
        (2, LogLines::All, &lines[3..]),
        (2, LogLines::Trouble, &lines[2..4]),
        (9, LogLines::Trouble, &lines[1..4]),
    ] {
        let ask = TechnicianAsk::Log { lines: lines_asked, only };
        let (outcome, said) = asked(&life, ask, "log").await;
        assert_eq!(
            (outcome, &said[1..]),
            (TechnicianOutcome::Done, &expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..])
        );
    }

    let other_slot =
        async |life: &crate::desk::Life| asked(life, TechnicianAsk::OtherSlot, "other_slot").await;
    let (outcome, said) = other_slot(&life).await;
    assert_eq!(outcome, TechnicianOutcome::Failed, "there is nothing in it: {said:?}");
    let image = Image {
        version: "0.9.0".parse().unwrap(),
        compatible: crate::desk::COMPATIBLE.into(),
        behaviour: Behaviour::Good,
    };
    let bundle = folder.path().join("bundle");
    std::fs::write(&bundle, image.bytes(100)).unwrap();
    let installer = FolderInstaller::new(&terminal.slots(), Power::default());
    installer.install(&BundleAt::File(bundle), &|_| ()).unwrap();
    std::fs::write(terminal.slots().join("next"), "A").unwrap();
    life.screen.say(FromScreen::Technician(TechnicianAsk::OtherSlot)).await;
    assert_eq!(life.next_end().await, Ended::Reboot);
    assert_eq!(terminal.board().power_on().unwrap().unwrap().slot, "B");
}
