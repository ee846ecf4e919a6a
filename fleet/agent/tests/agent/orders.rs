//! Orders of the desk: who is obeyed, what is done, and that nothing is done twice.

use crate::desk::screen::PNG;
use crate::desk::{COMPATIBLE, Desk, KEYS, State, TERMINAL, Terminal, ring_of, sha256, sign};
use fleet_agent::Power;
use fleet_agent::sim::{Behaviour, FolderInstaller, Image};
use fleet_agent::update::installer::{BundleAt, Installer as _};
use fleet_api::command::{Command, CommandId, Order, Outcome};
use fleet_api::event::What;
use fleet_api::health::ScreenPhase;
use fleet_api::keys::Role;
use fleet_api::shell::ShellEnd;
use fleet_api::{TerminalId, Timestamp};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_screen_does_and_what_it_made_goes_up() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let mut terminal = Terminal::enrolled(&desk).await;
    let exports = terminal.folder.path().join("exports");
    std::fs::create_dir(&exports).unwrap();
    std::fs::write(exports.join("outbox.sealed"), b"sealed bytes").unwrap();
    let log = terminal.folder.path().join("a.log");
    std::fs::write(&log, "started\ncall 13900000000\n").unwrap();
    terminal.config.screen.exports = Some(exports.clone());
    terminal.config.logs.files = vec![log];
    let life = terminal.start();
    life.screen.state().export = Some(exports.join("outbox.sealed").display().to_string());

    let test = desk.order(Order::SelfTest { device: None });
    let print = desk.order(Order::TestPrint);
    let picture = desk.order(Order::ScreenPicture);
    let export = desk.order(Order::OutboxExport);
    let logs = desk.order(Order::Logs { lines: 10 });
    let later = desk.order(Order::Unrecognised);
    let result = desk.result(&test).await;
    assert_eq!(
        (result.outcome, result.detail.as_deref()),
        (Outcome::Done, Some("did not pass: receipt_printer"))
    );
    assert_eq!(desk.result(&print).await.outcome, Outcome::Done);
    assert_eq!(desk.result(&later).await.outcome, Outcome::NotSupported);
    for (id, expected) in [(&picture, PNG.to_vec()), (&export, b"sealed bytes".to_vec())] {
        let result = desk.result(id).await;
        assert_eq!(result.outcome, Outcome::Done, "{result:?}");
        assert_eq!(desk.state().attachments[&id.0], expected);
        assert_eq!(result.attachment_sha256, Some(sha256(&expected)));
    }
    desk.result(&logs).await;
    let text = String::from_utf8(desk.state().attachments[&logs.0].clone()).unwrap();
    assert!(text.contains("started") && text.contains("call [number]") && !text.contains("139"), "{text}");
    // An export from elsewhere is not sent, whoever says so.
    life.screen.state().export = Some("/etc/passwd".into());
    assert_eq!(desk.result(&desk.order(Order::OutboxExport)).await.outcome, Outcome::Failed);
    life.screen.state().export = None;
    let result = desk.result(&desk.order(Order::OutboxExport)).await;
    assert_eq!(result.detail.as_deref(), Some("no file for [number]"), "the screen's words are scrubbed too");
    let ended = desk.until("their events", |state| {
        let ended =
            state.events.iter().filter(|event| matches!(event.what, What::CommandEnded { .. })).count();
        (ended == 8).then_some(ended)
    });
    ended.await;
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_expired_and_replayed_orders_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    let foreign =
        desk.order_as(Order::TestPrint, 2, |command| command.terminal = TerminalId("T-0002".into()));
    let expired = desk.order_as(Order::TestPrint, 2, |command| {
        command.issued_at -= Duration::from_secs(120);
        command.expires_at = command.issued_at + Duration::from_secs(60);
    });
    let wrong_role = desk.order_as(Order::TestPrint, 3, |_| {});
    let unknown_key = desk.order_as(Order::TestPrint, 9, |_| {});
    let one_person =
        desk.order(Order::Shell { seconds: 60, asked_by: "li".into(), approved_by: "li".into() });
    for (id, outcome) in [
        (&foreign, Outcome::NotAuthentic),
        (&expired, Outcome::Expired),
        (&wrong_role, Outcome::NotAuthentic),
        (&unknown_key, Outcome::NotAuthentic),
        (&one_person, Outcome::NotAuthentic),
    ] {
        assert_eq!(desk.result(id).await.outcome, outcome, "{id}");
    }
    assert!(life.screen.state().asks.is_empty());

    // The same signed order again, in this life and the next: its first result, and one printed page.
    let now = Timestamp::now_utc();
    let command = Command {
        id: CommandId("ab".repeat(16)),
        terminal: TerminalId(TERMINAL.into()),
        issued_at: now,
        expires_at: now + Duration::from_secs(60),
        order: Order::TestPrint,
    };
    let signed = sign(&command, 2);
    let last = signed.signature.clone();
    desk.offer(signed.clone());
    let first = desk.result(&command.id).await;
    desk.offer(signed.clone());
    let times = |state: &State| state.results.iter().filter(|(id, _)| *id == command.id.0).count();
    desk.until("the second answer", |state| (times(state) == 2).then_some(())).await;
    life.stop().await;
    let life = terminal.start();
    desk.offer(signed);
    // Answered is not yet noted: an answer that was heard just before the end is given again in the next life.
    desk.until("the third answer", |state| {
        let asked_for = state.commands.open.iter().any(|signed| signed.signature == last);
        (times(state) >= 3 && !asked_for).then_some(())
    })
    .await;
    assert!(life.screen.state().asks.is_empty());
    assert!(
        desk.state().results.iter().filter(|(id, _)| *id == command.id.0).all(|(_, again)| *again == first)
    );
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_in_a_visit_and_all_of_it_after() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    life.screen.enter(ScreenPhase::Visit).await;
    let short = desk.order_as(Order::ScreenPicture, 2, |command| {
        // Long enough to be taken in time on a slow machine.
        command.expires_at = command.issued_at + Duration::from_secs(8);
    });
    let long = desk.order(Order::Reboot);
    assert_eq!(desk.result(&short).await.outcome, Outcome::Busy);
    assert!(desk.state().attachments.is_empty());
    assert!(desk.state().results.iter().all(|(id, _)| *id != long.0));
    life.screen.enter(ScreenPhase::Idle).await;
    assert_eq!(life.ended().await, fleet_agent::Ended::Reboot);
    // The machine starts again, and only then is it done.
    assert!(desk.state().results.iter().all(|(id, _)| *id != long.0));
    terminal.board().power_on().unwrap().unwrap();
    let life = terminal.start();
    assert_eq!(desk.result(&long).await.outcome, Outcome::Done);
    assert!(life.screen.state().asks.is_empty(), "once is enough");
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn which_slot_runs_says_whether_it_went_back() {
    for (behaviour, outcome, detail) in [
        (Behaviour::Good, Outcome::Done, "slot B runs"),
        (Behaviour::DoesNotStart, Outcome::Failed, "slot A runs again: the other one did not start"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::open(folder.path()).await;
        let terminal = Terminal::enrolled(&desk).await;
        let slots = terminal.slots();
        let other = Image { version: "0.9.0".parse().unwrap(), compatible: COMPATIBLE.into(), behaviour };
        let bundle = folder.path().join("bundle");
        std::fs::write(&bundle, other.bytes(100)).unwrap();
        let installer = FolderInstaller::new(&slots, Power::default());
        installer.install(&BundleAt::File(bundle), &|_| ()).unwrap();
        // As after an update that stayed in A.
        std::fs::write(slots.join("next"), "A").unwrap();
        let life = terminal.start();
        let id = desk.order(Order::GoBack { reason: "bad".into() });
        assert_eq!(life.ended().await, fleet_agent::Ended::Reboot);
        terminal.board().power_on().unwrap().unwrap();
        let life = terminal.start();
        let result = desk.result(&id).await;
        assert_eq!((result.outcome, result.detail.as_deref()), (outcome, Some(detail)));
        life.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_newer_ring_knows_is_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let mut keys = KEYS.to_vec();
    keys.push((7, Role::Commands));
    let life = terminal.start();
    desk.until("a heartbeat", |state| state.heartbeats.first().map(drop)).await;
    // Changed between two heartbeats: the order comes first.
    desk.change(|state| state.ring = Some((1, sign(&ring_of(2, &keys), 1))));
    let id = desk.order_as(Order::TestPrint, 7, |_| {});
    assert_eq!(desk.result(&id).await.outcome, Outcome::Done);
    life.stop().await;
}

fn shell(seconds: u32) -> Order {
    Order::Shell { seconds, asked_by: "li".into(), approved_by: "wang".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_has_one_transcript_and_ends_with_the_visit() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    desk.change(|state| state.shell_input = vec![b"echo $((6*7))-$(tty | cut -c1-8)\n".to_vec()]);
    let id = desk.order(shell(60));
    let printed =
        |state: &State| String::from_utf8_lossy(&state.shell_output).contains("42-/dev/pts").then_some(());
    desk.until("the shell's answer", printed).await;
    life.screen.enter(ScreenPhase::Visit).await;
    let result = desk.result(&id).await;
    assert_eq!((result.outcome, result.detail.as_deref()), (Outcome::Done, Some("ended: visit")));
    assert_eq!(desk.state().shell_end, Some(ShellEnd::Visit));
    let transcript = String::from_utf8(desk.state().attachments[&id.0].clone()).unwrap();
    let directions: Vec<serde_json::Value> =
        transcript.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(directions.iter().any(|line| line["direction"] == "in"));
    assert!(directions.iter().any(|line| line["direction"] == "out"));
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_ends_by_itself_with_its_time_with_the_network_and_leaves_nothing_running() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    desk.change(|state| state.shell_input = vec![b"exit\n".to_vec()]);
    let id = desk.order(shell(60));
    assert_eq!(desk.result(&id).await.detail.as_deref(), Some("ended: exited"));

    // Names of this test's own, also where it runs twice at a time.
    let mark = std::process::id();
    let input = format!("nohup sleep 4242.{mark} & sleep 4243.{mark}\n").into_bytes();
    desk.change(|state| state.shell_input = vec![input]);
    let id = desk.order(shell(2));
    assert_eq!(desk.result(&id).await.detail.as_deref(), Some("ended: time"));
    // Killed is not yet gone.
    let left = || {
        let pattern = format!("sleep 424[23].{mark}");
        std::process::Command::new("pgrep").args(["-f", &pattern]).output().unwrap().stdout
    };
    let gone = async {
        while !left().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("a shell leaves nothing running");

    let id = desk.order(shell(60));
    desk.until("the shell", |state| {
        state
            .shell_output
            .ends_with(b"$ ")
            .then_some(())
            .or_else(|| state.shell_output.ends_with(b"# ").then_some(()))
    })
    .await;
    desk.change(|state| state.broken = vec!["/shell"]);
    assert_eq!(desk.result(&id).await.detail.as_deref(), Some("ended: network"));
    life.stop().await;
}
