//! Configuration from the desk: tried, kept, given back by itself.

use crate::desk::{Desk, TERMINAL, Terminal, sign};
use fleet_api::configuration::{ConfigurationDocument, Settings};
use fleet_api::event::{ConfigurationOutcome, What};
use fleet_api::health::ScreenPhase;
use fleet_api::ui::FromAgent;
use fleet_api::{TerminalId, Timestamp};

fn document(number: u64, volume: u8) -> ConfigurationDocument {
    ConfigurationDocument {
        number,
        terminal: TerminalId(TERMINAL.into()),
        at: Timestamp::now_utc(),
        settings: Settings { volume_percent: Some(volume), ..Settings::default() },
    }
}

fn push(desk: &Desk, number: u64, signed: fleet_api::signed::Signed<ConfigurationDocument>) {
    desk.change(|state| state.configuration = Some((number, signed)));
}

async fn outcome(desk: &Desk, of: u64) -> (ConfigurationOutcome, String) {
    desk.until(&format!("the outcome of {of}"), |state| {
        state.events.iter().find_map(|event| match &event.what {
            What::Configuration { number, outcome, detail } if *number == of => {
                Some((*outcome, detail.clone().unwrap_or_default()))
            }
            _ => None,
        })
    })
    .await
}

fn volumes(heard: &[FromAgent]) -> Vec<Option<u8>> {
    let settings = heard.iter().filter_map(|line| match line {
        FromAgent::Settings(settings) => Some(settings.volume_percent),
        _ => None,
    });
    settings.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_one_stays_and_a_bad_one_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    push(&desk, 5, sign(&document(5, 40), 3));
    assert_eq!(outcome(&desk, 5).await.0, ConfigurationOutcome::Applied);
    desk.until("5 in use", |state| state.heartbeats.last().filter(|beat| beat.configuration == 5).map(drop))
        .await;

    // The screen says no.
    life.screen.state().refuses_settings = Some("there is no loudspeaker".into());
    push(&desk, 6, sign(&document(6, 60), 3));
    let (became, why) = outcome(&desk, 6).await;
    assert_eq!((became, why.as_str()), (ConfigurationOutcome::Returned, "there is no loudspeaker"));
    life.screen.state().refuses_settings = None;

    // The screen does not come back.
    push(&desk, 7, sign(&document(7, 70), 3));
    life.screen.until("7", |state| volumes(&state.heard).contains(&Some(70)).then_some(())).await;
    life.screen.enter(ScreenPhase::Starting).await;
    assert_eq!(outcome(&desk, 7).await.0, ConfigurationOutcome::Returned);
    life.screen
        .until("40 again", |state| (volumes(&state.heard).last() == Some(&Some(40))).then_some(()))
        .await;
    life.stop().await;

    // The last good one outlives the agent; what was given back is not tried again.
    let life = terminal.start();
    life.screen.until("40", |state| (volumes(&state.heard) == [Some(40)]).then_some(())).await;
    desk.change(|state| state.heartbeats.clear());
    desk.until("some heartbeats", |state| (state.heartbeats.len() > 3).then_some(())).await;
    assert_eq!(volumes(&life.screen.state().heard), [Some(40)]);
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_not_whole_or_old_is_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    push(&desk, 3, sign(&document(3, 30), 2));
    let (became, why) = outcome(&desk, 3).await;
    assert_eq!(became, ConfigurationOutcome::Refused);
    assert!(why.contains("may sign for commands"), "{why}");
    let mut other = document(4, 30);
    other.terminal = TerminalId("T-0002".into());
    push(&desk, 4, sign(&other, 3));
    assert!(outcome(&desk, 4).await.1.contains("another terminal"));
    push(&desk, 5, sign(&document(5, 101), 3));
    assert!(outcome(&desk, 5).await.1.contains("between 0 and 100"));
    push(&desk, 6, sign(&document(6, 30), 3));
    assert_eq!(outcome(&desk, 6).await.0, ConfigurationOutcome::Applied);
    // An old one under a new number.
    desk.until("6 in use", |state| state.heartbeats.last().filter(|beat| beat.configuration == 6).map(drop))
        .await;
    push(&desk, 9, sign(&document(5, 10), 3));
    // Offered with the answer to a heartbeat, and had it been taken, said in those that follow.
    let before = desk.state().heartbeats.len();
    desk.until("some heartbeats", |state| (state.heartbeats.len() > before + 3).then_some(())).await;
    assert!(desk.state().heartbeats[before..].iter().all(|beat| beat.configuration == 6));
    assert!(!volumes(&life.screen.state().heard).contains(&Some(10)));
    life.stop().await;
}
