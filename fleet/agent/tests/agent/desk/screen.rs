//! A screen at the other end of the socket, written from `fleet_api::ui`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::health::{OutboxDepth, ScreenHealth, ScreenPhase, SelfTestSummary};
use fleet_api::ui::{Answer, Ask, FromAgent, FromScreen, Refused};
use fleet_api::{PowerSource, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

/// How the screen behaves, and what it was told.
pub(crate) struct State {
    pub phase: ScreenPhase,
    pub paints: bool,
    pub database_open: bool,
    pub refuses: Option<Refused>,
    pub refuses_settings: Option<String>,
    /// Somebody comes in the moment in which it lets an update be installed.
    pub visited_at_install: bool,
    pub export: Option<String>,
    pub asks: Vec<Ask>,
    pub heard: Vec<FromAgent>,
}

#[derive(Clone)]
pub(crate) struct TestScreen {
    pub state: Arc<Mutex<State>>,
    lines: mpsc::Sender<FromScreen>,
}

impl TestScreen {
    /// It speaks at once, so that what it paints is known before it does.
    pub(crate) fn connect(stream: std::os::unix::net::UnixStream, paints: bool) -> Self {
        stream.set_nonblocking(true).unwrap();
        let state = Arc::new(Mutex::new(State {
            phase: ScreenPhase::Idle,
            paints,
            database_open: true,
            refuses: None,
            refuses_settings: None,
            visited_at_install: false,
            export: None,
            asks: Vec::new(),
            heard: Vec::new(),
        }));
        let (lines, outgoing) = mpsc::channel(64);
        let screen = Self { state, lines };
        tokio::spawn(screen.clone().converse(UnixStream::from_std(stream).unwrap(), outgoing));
        screen
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) async fn say(&self, line: FromScreen) {
        let _ = self.lines.send(line).await;
    }

    /// Sets the phase and says so.
    pub(crate) async fn enter(&self, phase: ScreenPhase) {
        {
            let mut state = self.state();
            state.phase = phase;
            state.refuses = (phase == ScreenPhase::Visit).then_some(Refused::Visit);
        }
        let health = self.health();
        self.say(FromScreen::Health(health)).await;
    }

    pub(crate) fn health(&self) -> ScreenHealth {
        let state = self.state();
        ScreenHealth {
            version: "test".into(),
            phase: state.phase,
            out_of_service: None,
            painted_at: state.paints.then(Timestamp::now_utc),
            database_open: state.database_open,
            province_reachable: true,
            catalogue: "1".into(),
            outbox: OutboxDepth::default(),
            devices: Vec::new(),
            supplies: Vec::new(),
            power: PowerSource::Mains,
            self_test: None,
        }
    }

    pub(crate) async fn until<T>(&self, what: &str, mut found: impl FnMut(&State) -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = found(&self.state()) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the screen waited in vain for {what}: {:#?}", self.state().heard)
    }

    async fn converse(self, stream: UnixStream, mut outgoing: mpsc::Receiver<FromScreen>) {
        let (read, mut write) = stream.into_split();
        let hello = FromScreen::Hello { api: fleet_api::version::this(), version: "test".into() };
        let mut lines = BufReader::new(read).lines();
        let mut first = vec![hello, FromScreen::Health(self.health())];
        let mut every = tokio::time::interval(Duration::from_millis(500));
        loop {
            let mut out = std::mem::take(&mut first);
            if out.is_empty() {
                tokio::select! {
                    line = lines.next_line() => match line {
                        Ok(Some(line)) => out.extend(self.answer(serde_json::from_str(&line).unwrap())),
                        _ => return,
                    },
                    Some(line) = outgoing.recv() => out.push(line),
                    _ = every.tick() => out.push(FromScreen::Health(self.health())),
                }
            }
            for line in out {
                let mut bytes = serde_json::to_vec(&line).unwrap();
                bytes.push(b'\n');
                if write.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        }
    }

    fn answer(&self, line: FromAgent) -> Option<FromScreen> {
        let mut state = self.state();
        state.heard.push(line.clone());
        match line {
            FromAgent::Ask { id, ask } => {
                state.asks.push(ask.clone());
                let refuses = state.refuses;
                if matches!(ask, Ask::Install) && refuses.is_none() && state.visited_at_install {
                    state.phase = ScreenPhase::Visit;
                    state.refuses = Some(Refused::Visit);
                }
                let answer = match (refuses, ask) {
                    (Some(why), _) => Answer::Refused { why },
                    (None, Ask::SelfTest { .. }) => Answer::SelfTest(SelfTestSummary {
                        at: Timestamp::now_utc(),
                        failed: vec!["receipt_printer".into()],
                    }),
                    (None, Ask::Picture) => Answer::Picture { png: STANDARD.encode(PNG) },
                    (None, Ask::OutboxExport) => match &state.export {
                        Some(path) => Answer::File { path: path.clone() },
                        None => Answer::Failed { detail: "no file for 13900000000".into() },
                    },
                    (None, _) => Answer::Done,
                };
                Some(FromScreen::Answer { id, answer })
            }
            FromAgent::Settings(_) => {
                Some(FromScreen::SettingsTaken { error: state.refuses_settings.clone() })
            }
            _ => None,
        }
    }
}
