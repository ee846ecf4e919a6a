//! Rollouts: made, started, held, given up, undone; and the step that runs them.

use super::{OrderError, commands, divisions, unknown};
use crate::news::NewsItem;
use crate::rollout::{Effect, Event, State, failed, in_order, is_over, next, next_may_begin};
use crate::selector;
use crate::state::{Actor, Server};
use crate::store::Write;
use crate::store::actions::{self, Counts};
use crate::store::rollouts::{self, NewRollout, Rollout};
use fleet_api::TerminalId;
use fleet_api::command::Order;
use time::Duration;

/// A terminal that was away when a rollout was undone is told so for so long.
const GO_BACK_LIFE: Duration = Duration::days(7);

/// Makes a rollout; it offers nothing before [`start`].
///
/// # Errors
/// Its waves make no sense, or there is no such release or district.
pub async fn make(server: &Server, new: &NewRollout, by: &Actor, why: &str) -> Result<i64, OrderError> {
    if !in_order(&new.waves) {
        return Err(OrderError::Wrong(
            "waves grow from 1 to 100 %, the last one is 100, at most 20".to_owned(),
        ));
    }
    if !(0..=1000).contains(&new.error_permille) {
        return Err(OrderError::Wrong("the error threshold is 0 to 1000 thousandths".to_owned()));
    }
    if why.trim().is_empty() {
        return Err(OrderError::Wrong("say why: the reason is kept with the rollout".to_owned()));
    }
    server.store.release(new.release).await?.ok_or_else(|| unknown("release", new.release))?;
    divisions::are_known(server, &new.selector).await?;
    let mut tx = server.store.write().await?;
    let id = rollouts::add(&mut tx, new, &by.0, why, server.clock.millis()).await?;
    server.note(&mut tx, &NewsItem::Rollout(id)).await?;
    tx.commit().await?;
    server.tell(NewsItem::Rollout(id)).await?;
    Ok(id)
}

/// Starts it.
///
/// # Errors
/// The table has no such step.
pub async fn start(server: &Server, id: i64, by: &Actor, why: &str) -> Result<State, OrderError> {
    change(server, id, Event::Start, by, why).await
}

/// Holds it: what terminals have in hand goes on.
///
/// # Errors
/// The table has no such step.
pub async fn pause(server: &Server, id: i64, by: &Actor, why: &str) -> Result<State, OrderError> {
    change(server, id, Event::Pause, by, why).await
}

/// Lets it go on.
///
/// # Errors
/// The table has no such step.
pub async fn resume(server: &Server, id: i64, by: &Actor, why: &str) -> Result<State, OrderError> {
    change(server, id, Event::Resume, by, why).await
}

/// Gives it up.
///
/// # Errors
/// The table has no such step.
pub async fn abort(server: &Server, id: i64, by: &Actor, why: &str) -> Result<State, OrderError> {
    change(server, id, Event::Abort, by, why).await
}

/// Gives it up, and those that have installed it start their other slot.
///
/// # Errors
/// The table has no such step.
pub async fn rollback(server: &Server, id: i64, by: &Actor, why: &str) -> Result<State, OrderError> {
    change(server, id, Event::Rollback, by, why).await
}

async fn change(server: &Server, id: i64, event: Event, by: &Actor, why: &str) -> Result<State, OrderError> {
    let mut tx = server.store.write().await?;
    let rollout = rollouts::hold(&mut tx, id).await?.ok_or_else(|| unknown("rollout", id))?;
    let (state, effects) = next(rollout.state, event)?;
    let now = server.clock.millis();
    rollouts::set_state(&mut tx, id, state, why, now).await?;
    let mut touched = Vec::new();
    for effect in effects {
        match effect {
            Effect::BeginFirstWave => begin_wave(server, &mut tx, &rollout, 0).await?,
            Effect::HoldBack => touched.extend(actions::hold_back(&mut tx, id, now).await?),
            Effect::Cancel => touched.extend(actions::cancel(&mut tx, id, now).await?),
            Effect::GoBack => {
                // In the same transaction: a server that ends here has told all of them, or is asked again.
                for terminal in rollouts::terminals_in(&mut tx, id, "succeeded").await? {
                    let order = Order::GoBack { reason: why.chars().take(200).collect() };
                    let to = TerminalId(terminal.clone());
                    match commands::write_down(server, &mut tx, &to, order, GO_BACK_LIFE, (by, why)).await {
                        Ok(_) => touched.push(terminal),
                        // It was taken out of service since.
                        Err(OrderError::Unknown { .. }) => {
                            tracing::warn!(terminal, rollout = id, "cannot be told to go back");
                        }
                        Err(other) => return Err(other),
                    }
                }
            }
        }
    }
    commit(server, tx, id, touched).await?;
    Ok(state)
}

async fn commit(server: &Server, mut tx: Write, id: i64, touched: Vec<String>) -> Result<(), OrderError> {
    let news: Vec<NewsItem> =
        touched.into_iter().map(NewsItem::Terminal).chain([NewsItem::Rollout(id)]).collect();
    for item in &news {
        server.note(&mut tx, item).await?;
    }
    tx.commit().await?;
    for item in news {
        server.tell(item).await?;
    }
    Ok(())
}

/// Puts the terminals of a wave into it, waiting.
async fn begin_wave(server: &Server, tx: &mut Write, rollout: &Rollout, wave: i64) -> Result<(), OrderError> {
    let now = server.clock.millis();
    let release =
        server.store.release(rollout.release).await?.ok_or_else(|| unknown("release", rollout.release))?;
    let share = usize::try_from(wave).ok().and_then(|wave| rollout.waves.get(wave));
    let share = share.ok_or_else(|| unknown("wave", wave))?.percentage;
    let inside = rollouts::terminals_of(tx, rollout.id).await?;
    let candidates = rollouts::candidates(tx).await?;
    let rest = candidates.iter().filter(|candidate| {
        rollout.selector.takes(candidate)
            && candidate.compatible == release.compatible
            && !inside.contains(&candidate.id)
    });
    for candidate in selector::wave(rollout.seed, &rest.collect::<Vec<_>>(), share) {
        let (release, id) = (rollout.release, Some(rollout.id));
        actions::add(tx, &candidate.id, release, id, wave, rollout.forced, now).await?;
    }
    rollouts::set_wave(tx, rollout.id, wave, now).await?;
    Ok(())
}

/// One step of every rollout that runs: offers what waits, stops what fails, begins the next wave. For the one instance
/// that has the lease.
///
/// # Errors
/// The store failed.
pub async fn step(server: &Server) -> Result<(), OrderError> {
    for id in server.store.running_rollouts().await? {
        step_one(server, id).await?;
    }
    Ok(())
}

async fn step_one(server: &Server, id: i64) -> Result<(), OrderError> {
    let mut tx = server.store.write().await?;
    let Some(rollout) = rollouts::hold(&mut tx, id).await?.filter(|rollout| rollout.state == State::Running)
    else {
        return Ok(());
    };
    let now = server.clock.millis();
    // Read while the rollout is held: no other instance changes it meanwhile.
    let waves = server.store.counts(id).await?;
    let failures = server.store.failed_since(id, rollout.changed_at).await?;
    let counts = waves.iter().find(|(wave, _)| *wave == rollout.wave);
    let counts = counts.map(|(_, counts)| *counts).unwrap_or_default();
    for (wave, counts) in &waves {
        // What failed before somebody let it go on was seen by them.
        let since = failures.iter().find(|(failed_in, _)| failed_in == wave).map_or(0, |(_, count)| *count);
        if !failed(since, counts.total(), rollout.error_permille) {
            continue;
        }
        let (state, _) = next(rollout.state, Event::TooManyFailed)?;
        let why = format!("{since} of {} in wave {} failed", counts.total(), wave + 1);
        rollouts::set_state(&mut tx, id, state, &why, now).await?;
        let touched = actions::hold_back(&mut tx, id, now).await?;
        tracing::warn!(rollout = id, failed = since, "stopped at its error threshold");
        return commit(server, tx, id, touched).await;
    }
    let offered = actions::offer(&mut tx, id, now).await?;
    let last = usize::try_from(rollout.wave).is_ok_and(|wave| wave + 1 >= rollout.waves.len());
    let mut changed = !offered.is_empty();
    if offered.is_empty() {
        if last {
            if waves.iter().all(|(_, counts)| is_over(counts)) {
                let (state, _) = next(rollout.state, Event::LastWaveOver)?;
                rollouts::set_state(&mut tx, id, state, "every wave is over", now).await?;
                changed = true;
            }
        } else if may_go_on(&rollout, &counts, now) {
            begin_wave(server, &mut tx, &rollout, rollout.wave + 1).await?;
            changed = true;
        }
    }
    if changed {
        return commit(server, tx, id, offered).await;
    }
    Ok(())
}

fn may_go_on(rollout: &Rollout, counts: &Counts, now: i64) -> bool {
    let wave = usize::try_from(rollout.wave).ok().and_then(|wave| rollout.waves.get(wave));
    let seconds = (now - rollout.wave_began_at.unwrap_or(now)).div_euclid(1000);
    wave.is_some_and(|wave| next_may_begin(wave, counts, seconds))
}
