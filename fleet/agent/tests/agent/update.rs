//! Updates over the whole of an agent: offer, download, slots, start, proof; in this process, life by life.

use crate::desk::{COMPATIBLE, Desk, Life, State, Terminal, manifest, sign};
use fleet_agent::Ended;
use fleet_agent::sim::{Behaviour, Image};
use fleet_api::ddi::{Execution, Finished};
use fleet_api::event::What;
use fleet_api::health::ScreenPhase;

/// Lives until the end of `action`; the screen does what the image does.
async fn to_the_end(desk: &Desk, terminal: &Terminal, action: &str) -> (Finished, String) {
    let mut life = terminal.start();
    loop {
        tokio::select! {
            end = desk.ending(action) => {
                life.stop().await;
                return end;
            }
            next = reborn(terminal, &mut life) => life = next,
        }
    }
}

/// Waits until the machine is started again, starts it, and starts the agent.
async fn reborn(terminal: &Terminal, life: &mut Life) -> Life {
    assert_eq!(life.next_end().await, Ended::Reboot);
    let booted = terminal.board().power_on().unwrap().expect("a slot can be started");
    terminal.start_with(booted.image.behaviour != Behaviour::DoesNotPaint)
}

fn running(terminal: &Terminal) -> String {
    terminal.board().power_on().unwrap().expect("a slot can be started").image.version.to_string()
}

fn states(desk: &Desk, of: &str) -> Vec<String> {
    states_of(&desk.state(), of)
}

fn states_of(state: &State, of: &str) -> Vec<String> {
    let states = state.events.iter().filter_map(|event| match &event.what {
        What::Update { action, state, .. } if action == of => Some(state.clone()),
        _ => None,
    });
    states.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_version_is_installed_proved_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    // The line breaks once: the rest comes by Range.
    desk.change(|state| state.cut_after = Some(70_000));
    desk.release("11", "1.1.0", Behaviour::Good);
    let (finished, detail) = to_the_end(&desk, &terminal, "11").await;
    assert_eq!(finished, Finished::Success, "{detail}");
    assert_eq!(running(&terminal), "1.1.0");
    let downloads = desk.state().downloads.clone();
    assert_eq!(downloads.len(), 2);
    assert_eq!(downloads[0], None);
    let from: u64 = downloads[1].as_ref().unwrap()["bytes=".len()..].trim_end_matches('-').parse().unwrap();
    assert!((1..=70_000).contains(&from), "{from}");
    let told: Vec<Execution> =
        desk.state().feedback.iter().map(|(_, feedback)| feedback.status.execution).collect();
    let expected = [
        Execution::Download,
        Execution::Downloaded,
        Execution::Proceeding,
        Execution::Scheduled,
        Execution::Proceeding,
        Execution::Proceeding,
        Execution::Closed,
    ];
    assert_eq!(told, expected);
    assert_eq!(desk.state().attributes.len(), 1);
    assert_eq!(desk.state().attributes[0]["compatible"], COMPATIBLE);
    assert!(!terminal.config.data.join("bundles").exists(), "what was fetched is thrown away");
    // Offered again, as a server does that lost the answer: the same answer, and nothing is done.
    let image = Image {
        version: "1.1.0".parse().unwrap(),
        compatible: COMPATIBLE.into(),
        behaviour: Behaviour::Good,
    };
    let bytes = image.bytes(200_000);
    let manifest = manifest("1.1.0", &bytes);
    desk.release_as("11", "1.1.0", bytes.clone(), Some(sign(&manifest, 4)));
    let life = terminal.start();
    desk.until("the same answer", |state| {
        (state.feedback.iter().filter(|(_, f)| f.status.execution == Execution::Closed).count() == 2)
            .then_some(())
    })
    .await;
    // Under another number, it runs already.
    desk.release_as("12", "1.1.0", bytes, Some(sign(&manifest, 4)));
    assert_eq!(desk.ending("12").await.0, Finished::Success);
    assert_eq!(desk.state().downloads.len(), 2);
    desk.until("its steps", |state| (states_of(state, "12") == ["succeeded"]).then_some(())).await;
    life.stop().await;
    let steps = ["downloading", "waiting", "installing", "activated", "rebooting", "trial", "succeeded"];
    assert_eq!(states(&desk, "11"), steps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_a_power_cut_spoilt_is_fetched_again_from_its_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let version = "1.1.0".parse().unwrap();
    let image = Image { version, compatible: COMPATIBLE.into(), behaviour: Behaviour::Good };
    let bytes = image.bytes(200_000);
    let signed = manifest("1.1.0", &bytes);
    // Sectors that were never written are zeros.
    let bundles = terminal.config.data.join("bundles");
    std::fs::create_dir_all(&bundles).unwrap();
    std::fs::write(bundles.join(format!("{}.part", signed.sha256)), vec![0; 4096]).unwrap();
    desk.release_as("11", "1.1.0", bytes, Some(sign(&signed, 4)));
    let (finished, detail) = to_the_end(&desk, &terminal, "11").await;
    assert_eq!(finished, Finished::Success, "{detail}");
    let downloads = desk.state().downloads.clone();
    assert_eq!(downloads, [Some("bytes=4096-".to_owned()), None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_does_not_start_or_paint_falls_back_and_says_so() {
    for (behaviour, why) in [
        (Behaviour::DoesNotStart, "came back on the old version"),
        (Behaviour::DoesNotPaint, "no frame was painted"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path()).await;
        let terminal = Terminal::enrolled(&desk).await;
        desk.release("21", "1.1.0", behaviour);
        let (finished, detail) = to_the_end(&desk, &terminal, "21").await;
        assert_eq!(finished, Finished::Failure);
        assert!(detail.contains(why), "{detail}");
        assert_eq!(running(&terminal), "1.0.0");
        // The next one is installed all the same.
        desk.release("22", "1.1.1", Behaviour::Good);
        assert_eq!(to_the_end(&desk, &terminal, "22").await.0, Finished::Success);
        assert_eq!(running(&terminal), "1.1.1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_does_not_reach_the_server_falls_back() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let mut terminal = Terminal::enrolled(&desk).await;
    desk.release("31", "1.1.0", Behaviour::NoNetwork);
    let mut life = terminal.start();
    assert_eq!(life.next_end().await, Ended::Reboot);
    assert_eq!(terminal.board().power_on().unwrap().unwrap().image.behaviour, Behaviour::NoNetwork);
    terminal.config.server = Some("https://127.0.0.1:1".into());
    let mut life = terminal.start();
    assert_eq!(life.next_end().await, Ended::Reboot);
    let marks = std::fs::read_to_string(terminal.slots().join("slots/B/marks")).unwrap();
    assert_eq!(marks, "bad 0", "it painted, and that alone makes no version on trial good");
    assert_eq!(running(&terminal), "1.0.0");
    terminal.config.server = Some(desk.url.clone());
    let life = terminal.start();
    let (finished, detail) = desk.ending("31").await;
    assert_eq!(finished, Finished::Failure);
    assert!(detail.contains("did not answer"), "{detail}");
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_painted_gives_its_slot_the_try_back() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let marks = terminal.slots().join("slots/A/marks");
    // As a boot loader leaves it that has started a good slot twice: the third time it would be the other one's turn.
    std::fs::write(&marks, "good 1").unwrap();
    let life = terminal.start();
    let back = async {
        while std::fs::read_to_string(&marks).unwrap() != "good 3" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), back).await.expect("the slot's tries");
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_so_is_never_installed() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let image = |version: &str| {
        let image = Image {
            version: version.parse().unwrap(),
            compatible: COMPATIBLE.into(),
            behaviour: Behaviour::Good,
        };
        image.bytes(20_000)
    };
    let life = terminal.start();
    let refused = async |action: &str, why: &str| {
        let (finished, detail) = desk.ending(action).await;
        assert_eq!(finished, Finished::Failure, "{action}");
        assert!(detail.contains(why), "{action}: {detail}");
        assert_eq!(desk.endings(action).len(), 1);
    };
    // Downgraded.
    let old = image("0.9.0");
    desk.release_as("41", "0.9.0", old.clone(), Some(sign(&manifest("0.9.0", &old), 4)));
    refused("41", "not newer than 1.0.0").await;
    // Without the release manager, or by another role.
    let new = image("1.1.0");
    desk.release_as("42", "1.1.0", new.clone(), None);
    refused("42", "manifest is missing").await;
    desk.release_as("43", "1.1.0", new.clone(), Some(sign(&manifest("1.1.0", &new), 2)));
    refused("43", "may sign for commands").await;
    // Swapped: the server's file is another than the manifest's, of the same length.
    let mut swapped = new.clone();
    *swapped.last_mut().unwrap() ^= 1;
    desk.release_as("44", "1.1.0", new.clone(), Some(sign(&manifest("1.1.0", &new), 4)));
    desk.change(|state| state.artifact = swapped.clone());
    refused("44", "SHA-256 is another").await;
    // A server that says of the swapped file what it is.
    desk.release_as("45", "1.1.0", swapped, Some(sign(&manifest("1.1.0", &new), 4)));
    refused("45", "not the one of the manifest").await;
    // A bundle of another version than its manifest says.
    let other = image("1.2.0");
    desk.release_as("46", "1.1.0", other.clone(), Some(sign(&manifest("1.1.0", &other), 4)));
    refused("46", "the bundle is 1.2.0").await;
    // Longer than signed.
    desk.release_as("47", "1.1.0", new.clone(), Some(sign(&manifest("1.1.0", &new), 4)));
    desk.change(|state| state.artifact.push(0));
    refused("47", "longer").await;
    life.stop().await;
    assert_eq!(running(&terminal), "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_in_a_visit_and_the_desk_may_give_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let mut life = terminal.start();
    life.screen.enter(ScreenPhase::Visit).await;
    desk.release("51", "1.1.0", Behaviour::Good);
    desk.until("the download", |state| {
        state.feedback.iter().any(|(_, f)| f.status.execution == Execution::Downloaded).then_some(())
    })
    .await;
    desk.until("the wait", |state| states_of(state, "51").contains(&"waiting".to_owned()).then_some(()))
        .await;
    // Time enough to write, were it allowed.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(states(&desk, "51"), ["downloading", "waiting"]);
    let empty = |slot: &str| !terminal.slots().join("slots").join(slot).join("image").exists();
    assert!(empty("B"));
    desk.change(|state| state.cancel = Some("52".into()));
    desk.until("the desk's will", |state| {
        state
            .feedback
            .iter()
            .any(|(id, f)| id == "cancel 52" && f.status.execution == Execution::Closed)
            .then_some(())
    })
    .await;
    desk.until("the event", |state| states_of(state, "51").contains(&"cancelled".to_owned()).then_some(()))
        .await;
    // Another one; the visit ends, and it is installed; the next visit, which begins with it, holds the start up.
    desk.release("53", "1.1.0", Behaviour::Good);
    life.screen.state().visited_at_install = true;
    life.screen.enter(ScreenPhase::Idle).await;
    desk.until("what is installed", |state| {
        states_of(state, "53").contains(&"activated".to_owned()).then_some(())
    })
    .await;
    // Time enough to start again, were it allowed.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(states(&desk, "53"), ["downloading", "waiting", "installing", "activated"]);
    life.screen.enter(ScreenPhase::Idle).await;
    assert_eq!(life.next_end().await, Ended::Reboot);
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_window_it_waits_unless_the_server_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let mut terminal = Terminal::enrolled(&desk).await;
    // A window that is shut for the next hours.
    let now = fleet_api::Timestamp::now_utc().to_offset(terminal.config.offset);
    let from = (u16::from(now.hour()) * 60 + u16::from(now.minute()) + 720) % 1440;
    terminal.config.update.window = fleet_agent::Window { from_minute: from, minutes: 60 };
    let mut life = terminal.start();
    desk.release("61", "1.1.0", Behaviour::Good);
    desk.until("the wait", |state| states_of(state, "61").contains(&"waiting".to_owned()).then_some(()))
        .await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(states(&desk, "61").last().unwrap(), "waiting");
    desk.change(|state| {
        state.deployment.as_mut().unwrap().deployment.maintenance_window = Some("available".into());
    });
    assert_eq!(life.next_end().await, Ended::Reboot);
}
