//! Rollouts: made as a draft, watched live, paused, resumed, aborted and taken back, each with a reason.

use super::Page;
use super::form::words_of;
use super::frame::{self, Frame, Mark};
use super::programs::Sentence;
use super::trouble::Trouble;
use super::visitor::{Act, Desk, Path};
use super::words::Words;
use super::work;
use crate::rollout::{self, Event, State, Wave};
use crate::selector::Selector;
use crate::store::actions::Counts;
use crate::store::page;
use crate::store::rollouts::{NewRollout, Rollout};
use askama::Template;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

#[derive(Template)]
#[template(path = "rollouts.html")]
struct Rollouts {
    f: Frame,
    rows: Vec<Row>,
    releases: Vec<(i64, String)>,
    districts: Vec<(String, String)>,
}

struct Row {
    id: i64,
    name: String,
    release: String,
    mark: Mark,
    by: String,
    at: String,
}

#[derive(Template)]
#[template(path = "rollout.html")]
struct RolloutPage {
    f: Frame,
    id: i64,
    mark: Mark,
    facts: Vec<(&'static str, Sentence)>,
    waves: Vec<WaveRow>,
    sums: Counts,
    done: i64,
    failed: Vec<(String, String, Sentence)>,
    events: Vec<(&'static str, &'static str)>,
}

struct WaveRow {
    number: usize,
    percentage: i64,
    state: Mark,
    counts: Counts,
}

/// The state of a rollout.
pub(super) fn mark(w: &Words, state: State) -> Mark {
    let kind = match state {
        State::Done => "good",
        State::Running | State::Paused => "watch",
        State::Stopped => "bad",
        State::Draft | State::Aborted | State::RolledBack => "none",
    };
    Mark::new(kind, w.of("rollout_state", state.word()))
}

/// The list, and the form of a new one.
pub(super) async fn page(desk: Desk) -> Page {
    let w = desk.w;
    let store = &desk.console.store;
    let releases = store.releases(50).await?;
    let named = |id: i64| {
        releases
            .iter()
            .find(|release| release.id == id)
            .map_or_else(|| id.to_string(), |release| format!("{} {}", release.name, release.version))
    };
    let rows = store.rollouts(100).await?;
    let districts = store.divisions("district").await?;
    let page = Rollouts {
        f: Frame::new(&desk, "rollouts", w.of("menu", "rollouts")),
        rows: rows
            .into_iter()
            .map(|rollout| Row {
                id: rollout.id,
                release: named(rollout.release),
                mark: mark(w, rollout.state),
                by: rollout.created_by,
                at: frame::moment(rollout.created_at),
                name: rollout.name,
            })
            .collect(),
        releases: releases
            .iter()
            .map(|release| {
                (release.id, format!("{} {} · {}", release.name, release.version, release.compatible))
            })
            .collect(),
        districts: districts
            .into_iter()
            .map(|d| (w.language.of(&d.name_zh, &d.name_en).to_owned(), d.code))
            .map(|(name, code)| (code, name))
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// One rollout, whose part `#progress` is fetched again when something of it changes.
pub(super) async fn one(desk: Desk, Path(id): Path<i64>) -> Page {
    let w = desk.w;
    let store = &desk.console.store;
    let rollout = store.rollout(id).await?.ok_or(Trouble::Missing)?;
    let counts = store.counts(id).await?;
    let release = store.release(rollout.release).await?;
    let failed = store.actions_of(id, "failed", &page::Page::first(50)).await?;
    let mut sums = Counts::default();
    for (_, wave) in &counts {
        sums.waiting += wave.waiting;
        sums.open += wave.open;
        sums.succeeded += wave.succeeded;
        sums.failed += wave.failed;
        sums.cancelled += wave.cancelled;
    }
    let ended = sums.succeeded + sums.failed;
    let total = sums.total();
    let events = [
        ("start", Event::Start),
        ("pause", Event::Pause),
        ("resume", Event::Resume),
        ("abort", Event::Abort),
        ("rollback", Event::Rollback),
    ];
    let page = RolloutPage {
        mark: mark(w, rollout.state),
        facts: facts(w, &rollout, release.map(|r| format!("{} {}", r.name, r.version))),
        waves: waves(w, &rollout, &counts),
        sums,
        done: if total == 0 { 0 } else { ended * 100 / total },
        failed: failed
            .into_iter()
            .map(|a| {
                let detail = Sentence::of(w, a.detail.as_deref().unwrap_or_default());
                (a.terminal, frame::moment(a.updated_at), detail)
            })
            .collect(),
        events: events
            .into_iter()
            .filter(|(_, event)| rollout::next(rollout.state, *event).is_ok())
            .map(|(word, _)| (word, w.of("rollout_do", word)))
            .collect(),
        f: Frame::new(&desk, "rollouts", rollout.name),
        id,
    };
    Ok(Html(page.render()?))
}

fn facts(w: &'static Words, rollout: &Rollout, release: Option<String>) -> Vec<(&'static str, Sentence)> {
    let mut whom = rollout.selector.districts.clone();
    whom.extend(rollout.selector.models.iter().cloned());
    if !rollout.selector.terminals.is_empty() {
        whom = vec![rollout.selector.terminals.join(", ")];
    }
    let state_why = rollout.state_why.as_deref().unwrap_or_default();
    let state_why = match rollout.state {
        // These two the server gives itself.
        State::Done | State::Stopped => Sentence::of(w, state_why),
        _ => Sentence::plain(state_why.to_owned()),
    };
    let threshold = format!("{}.{} %", rollout.error_permille / 10, rollout.error_permille % 10);
    let plain = [
        (w.rollouts_release, release.unwrap_or_else(|| rollout.release.to_string())),
        (w.rollouts_whom, if whom.is_empty() { w.rollouts_everybody.to_owned() } else { whom.join(", ") }),
        (w.rollouts_threshold, threshold),
        (w.rollouts_seed, rollout.seed.to_string()),
        (w.rollouts_by, format!("{} · {}", rollout.created_by, frame::moment(rollout.created_at))),
        (w.audit_why, rollout.why.clone()),
    ];
    let facts = plain.into_iter().map(|(name, value)| (name, Sentence::plain(value)));
    facts.chain([(w.rollouts_state_why, state_why)]).collect()
}

fn waves(w: &Words, rollout: &Rollout, counts: &[(i64, Counts)]) -> Vec<WaveRow> {
    (0..)
        .zip(&rollout.waves)
        .map(|(at, wave)| {
            let counts =
                counts.iter().find(|(number, _)| *number == at).map_or_else(Counts::default, |(_, c)| *c);
            let state = match at.cmp(&rollout.wave) {
                std::cmp::Ordering::Less => Mark::new("good", w.rollouts_wave_past),
                std::cmp::Ordering::Equal if rollout.state == State::Done => {
                    Mark::new("good", w.rollouts_wave_past)
                }
                std::cmp::Ordering::Equal if rollout.wave_began_at.is_some() => {
                    Mark::new("watch", w.rollouts_wave_now)
                }
                _ => Mark::new("none", w.rollouts_wave_later),
            };
            WaveRow {
                number: usize::try_from(at).unwrap_or(0) + 1,
                percentage: wave.percentage,
                state,
                counts,
            }
        })
        .collect()
}

/// Makes a draft.
pub(super) async fn add(Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let waves: Vec<Wave> = words_of(&form.needed("waves", 200)?)
        .iter()
        .map(|part| {
            let percentage = part.trim_end_matches('%').parse().map_err(|_| Trouble::Bad("waves"))?;
            let pause_seconds = form.number("pause_minutes")?.unwrap_or(0).saturating_mul(60);
            Ok(Wave { percentage, success_permille: 900, pause_seconds })
        })
        .collect::<Result<_, Trouble>>()?;
    if !rollout::in_order(&waves) {
        return Err(Trouble::Bad("waves"));
    }
    let percent = form.number("error_percent")?.unwrap_or(0);
    if !(0..=100).contains(&percent) {
        return Err(Trouble::Bad("error_percent"));
    }
    let new = NewRollout {
        name: form.needed("name", 80)?,
        release: form.number("release")?.ok_or(Trouble::Bad("release"))?,
        selector: Selector {
            districts: form.all("district").map(str::to_owned).collect(),
            models: words_of(&form.text("models", 400)?),
            terminals: Vec::new(),
        },
        seed: form.number("seed")?.unwrap_or_else(|| desk.console.clock.millis()),
        waves,
        error_permille: percent * 10,
        forced: form.raw("forced") == "1",
    };
    let id = work::add_rollout(&desk, &new, &why).await?;
    Ok(Redirect::to(&format!("/rollouts/{id}")).into_response())
}

/// Starts, pauses, resumes, aborts or takes back.
pub(super) async fn change(Path(id): Path<i64>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let event = match form.raw("do") {
        "start" => Event::Start,
        "pause" => Event::Pause,
        "resume" => Event::Resume,
        "abort" => Event::Abort,
        "rollback" => Event::Rollback,
        _ => return Err(Trouble::Bad("do")),
    };
    work::change_rollout(&desk, id, event, &why).await?;
    Ok(Redirect::to(&format!("/rollouts/{id}")).into_response())
}
