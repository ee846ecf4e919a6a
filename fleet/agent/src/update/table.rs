//! The update as a table: what follows which state on which event.
//!
//! Duty: say the next state, what is told to the desk, and what a state has to do. Never: do it. All that is not written
//! here is refused. A state's work is repeatable: it is begun again after a loss of power.

use fleet_api::ddi::{Execution, Finished};
use serde::{Deserialize, Serialize};

/// How far an update is; what is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is under way.
    Idle,
    /// The bundle is being fetched.
    Downloading,
    /// It waits for the maintenance window and an idle screen.
    Waiting,
    /// The other slot is being written.
    Installing,
    /// The other slot is written and is started next; it waits until the machine may be started again.
    Activated,
    /// The machine is being started again.
    Rebooting,
    /// The new version runs and has to prove itself.
    Trial,
    /// The new version did not; the old one is started next.
    GoingBack,
    /// The new version is good. The desk does not know yet.
    Succeeded,
    /// The old version runs on. The desk does not know yet.
    Failed,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// There is an update that may be installed, and it has to be fetched first.
    Offered,
    /// There is one that the installer fetches by itself.
    OfferedAsStream,
    /// There is one that this machine refuses.
    Refused,
    /// There is one whose version runs already, and is good.
    RunsAlready,
    /// The bundle is here, whole and as it was signed.
    Fetched,
    /// It cannot be had, or is not what was signed.
    NotFetched,
    /// Window and screen allow it.
    MayInstall,
    /// The other slot holds it and is started next.
    Installed,
    /// It could not be written.
    NotInstalled,
    /// Window and screen allow the machine to be started again.
    MayReboot,
    /// The machine started the slot that was written.
    StartedNew,
    /// The machine started the slot that it had before.
    StartedOld,
    /// The new version proved itself, and is marked good.
    ProvedGood,
    /// It did not within its time.
    ProvedBad,
    /// The desk gave it up.
    Cancelled,
    /// The desk knows how it ended.
    Told,
}

/// What a state has to do, again and again until its event comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Wait for an offer.
    Nothing,
    /// Fetch the bundle, from where it was left.
    Fetch,
    /// Ask window and screen.
    AskToInstall,
    /// Write the other slot.
    Install,
    /// Ask window and screen.
    AskToReboot,
    /// Start the machine again.
    Reboot,
    /// Look whether the new version proves itself.
    Judge,
    /// Make the old slot the next one, and start the machine again.
    GoBack,
    /// Tell the desk how it ended.
    Tell,
}

/// What is told to the update server with the step.
pub type Report = Option<(Execution, Finished)>;

/// A step of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The state that follows.
    pub next: State,
    /// What the update server is told.
    pub report: Report,
    /// Whether what was fetched is thrown away.
    pub discard: bool,
}

/// That event means nothing in that state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} means nothing to an update that is {}", state.word())]
pub struct NotAllowed {
    /// The state.
    pub state: State,
    /// The event.
    pub event: Event,
}

impl State {
    /// Every state, in the order of a good update.
    pub const ALL: [Self; 10] = [
        Self::Idle,
        Self::Downloading,
        Self::Waiting,
        Self::Installing,
        Self::Activated,
        Self::Rebooting,
        Self::Trial,
        Self::GoingBack,
        Self::Succeeded,
        Self::Failed,
    ];

    /// The word for the desk and the technician's page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Downloading => "downloading",
            Self::Waiting => "waiting",
            Self::Installing => "installing",
            Self::Activated => "activated",
            Self::Rebooting => "rebooting",
            Self::Trial => "trial",
            Self::GoingBack => "going_back",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// What has to be done in this state.
    pub const fn work(self) -> Work {
        match self {
            Self::Idle => Work::Nothing,
            Self::Downloading => Work::Fetch,
            Self::Waiting => Work::AskToInstall,
            Self::Installing => Work::Install,
            Self::Activated => Work::AskToReboot,
            Self::Rebooting => Work::Reboot,
            Self::Trial => Work::Judge,
            Self::GoingBack => Work::GoBack,
            Self::Succeeded | Self::Failed => Work::Tell,
        }
    }

    /// Whether nothing was written to a slot yet, so that it can be given up.
    pub const fn can_be_cancelled(self) -> bool {
        matches!(self, Self::Downloading | Self::Waiting)
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 16] = [
        Self::Offered,
        Self::OfferedAsStream,
        Self::Refused,
        Self::RunsAlready,
        Self::Fetched,
        Self::NotFetched,
        Self::MayInstall,
        Self::Installed,
        Self::NotInstalled,
        Self::MayReboot,
        Self::StartedNew,
        Self::StartedOld,
        Self::ProvedGood,
        Self::ProvedBad,
        Self::Cancelled,
        Self::Told,
    ];
}

const fn to(next: State, execution: Execution) -> Step {
    Step { next, report: Some((execution, Finished::None)), discard: false }
}

const fn quietly(next: State) -> Step {
    Step { next, report: None, discard: false }
}

const fn over(next: State) -> Step {
    Step { next, report: None, discard: true }
}

/// The table.
///
/// # Errors
/// The event means nothing in that state: the state stays.
pub const fn step(state: State, event: Event) -> Result<Step, NotAllowed> {
    use Event as E;
    use State as S;
    Ok(match (state, event) {
        (S::Idle, E::Offered) => to(S::Downloading, Execution::Download),
        (S::Idle, E::OfferedAsStream) => to(S::Waiting, Execution::Scheduled),
        (S::Idle, E::Refused) => quietly(S::Failed),
        (S::Idle, E::RunsAlready) => quietly(S::Succeeded),

        (S::Downloading, E::Fetched) => to(S::Waiting, Execution::Downloaded),
        (S::Downloading, E::NotFetched) => over(S::Failed),
        (S::Waiting, E::MayInstall) => to(S::Installing, Execution::Proceeding),
        (S::Downloading | S::Waiting, E::Cancelled) => over(S::Idle),

        (S::Installing, E::Installed) => to(S::Activated, Execution::Scheduled),
        (S::Installing, E::NotInstalled) => over(S::Failed),
        (S::Activated, E::MayReboot) => to(S::Rebooting, Execution::Proceeding),

        // The machine can start at any time: power fails before what was done is written down.
        (S::Installing | S::Activated | S::Rebooting, E::StartedNew) => to(S::Trial, Execution::Proceeding),
        (S::Activated | S::Rebooting | S::Trial | S::GoingBack, E::StartedOld) => over(S::Failed),

        (S::Trial, E::ProvedGood) => over(S::Succeeded),
        (S::Trial, E::ProvedBad) => to(S::GoingBack, Execution::Proceeding),

        (S::Succeeded | S::Failed, E::Told) => quietly(S::Idle),
        _ => return Err(NotAllowed { state, event }),
    })
}

/// What the agent finds when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Whether the slot that runs is the one that ran when the update began.
    pub runs_old_slot: bool,
    /// Whether the machine was started since the state was written down.
    pub started_since: bool,
}

/// What a start of the agent means for an update that was under way; none where its work just goes on.
pub const fn at_start(state: State, found: Found) -> Option<Event> {
    match state {
        // Killed while the slot was being written, and the last write was done. On the old slot it is written again:
        // whether it was whole and tried in vain cannot be told from a half-written one.
        State::Installing if !found.runs_old_slot => Some(Event::StartedNew),
        State::Activated | State::Rebooting if !found.runs_old_slot => Some(Event::StartedNew),
        State::Activated | State::Rebooting if found.started_since => Some(Event::StartedOld),
        State::Trial | State::GoingBack if found.runs_old_slot => Some(Event::StartedOld),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_where() {
        use Event as E;
        use State as S;
        let rows: &[(S, E, S)] = &[
            (S::Idle, E::Offered, S::Downloading),
            (S::Idle, E::OfferedAsStream, S::Waiting),
            (S::Idle, E::Refused, S::Failed),
            (S::Idle, E::RunsAlready, S::Succeeded),
            (S::Downloading, E::Fetched, S::Waiting),
            (S::Downloading, E::NotFetched, S::Failed),
            (S::Downloading, E::Cancelled, S::Idle),
            (S::Waiting, E::MayInstall, S::Installing),
            (S::Waiting, E::Cancelled, S::Idle),
            (S::Installing, E::Installed, S::Activated),
            (S::Installing, E::NotInstalled, S::Failed),
            (S::Installing, E::StartedNew, S::Trial),
            (S::Activated, E::MayReboot, S::Rebooting),
            (S::Activated, E::StartedNew, S::Trial),
            (S::Activated, E::StartedOld, S::Failed),
            (S::Rebooting, E::StartedNew, S::Trial),
            (S::Rebooting, E::StartedOld, S::Failed),
            (S::Trial, E::ProvedGood, S::Succeeded),
            (S::Trial, E::ProvedBad, S::GoingBack),
            (S::Trial, E::StartedOld, S::Failed),
            (S::GoingBack, E::StartedOld, S::Failed),
            (S::Succeeded, E::Told, S::Idle),
            (S::Failed, E::Told, S::Idle),
        ];
        for state in S::ALL {
            for event in E::ALL {
                let expected = rows.iter().find(|row| (row.0, row.1) == (state, event)).map(|row| row.2);
                assert_eq!(step(state, event).ok().map(|step| step.next), expected, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn nothing_is_good_but_what_proved_itself() {
        for state in State::ALL {
            for event in Event::ALL {
                if step(state, event).is_ok_and(|step| step.next == State::Succeeded) {
                    assert!(
                        matches!(
                            (state, event),
                            (State::Trial, Event::ProvedGood) | (State::Idle, Event::RunsAlready)
                        ),
                        "{state:?} {event:?}"
                    );
                }
            }
        }
    }

    /// From every state something leads back to rest.
    #[test]
    fn every_update_ends() {
        for from in State::ALL {
            let mut reached = vec![from];
            let mut at = 0;
            while let Some(state) = reached.get(at).copied() {
                for event in Event::ALL {
                    if let Ok(step) = step(state, event)
                        && !reached.contains(&step.next)
                    {
                        reached.push(step.next);
                    }
                }
                at += 1;
            }
            assert!(reached.contains(&State::Idle), "{from:?}");
        }
    }

    #[test]
    fn a_start_means_only_what_the_table_knows() {
        for state in State::ALL {
            for bits in 0..4 {
                let found = Found { runs_old_slot: bits & 1 != 0, started_since: bits & 2 != 0 };
                if let Some(event) = at_start(state, found) {
                    assert!(step(state, event).is_ok(), "{state:?} {found:?}");
                    let new = event == Event::StartedNew;
                    assert_eq!(
                        new, !found.runs_old_slot,
                        "{state:?} {found:?}: the slot that runs is what counts"
                    );
                }
            }
        }
    }
}
