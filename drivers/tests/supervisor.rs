//! One thread a device: what is published, and that none waits for another.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::device::{Cause, ConditionKind, DeviceCondition, DeviceState, TerminalDevice as Device};
use drivers::supervisor::{CircuitRules, Supervisor, Task};

const SOON: Duration = Duration::from_secs(20);
const LIMIT: Duration = Duration::from_millis(100);
const RULES: CircuitRules =
    CircuitRules { failures: 2, first: Duration::from_millis(80), most: Duration::from_millis(320) };

fn task(device: Device, ask: impl FnMut() -> DeviceCondition + Send + 'static) -> Task {
    let every = Duration::from_millis(10);
    Task { device, every, limit: LIMIT, rules: RULES, seed: 1, ask: Box::new(ask) }
}

/// The next condition of a device that is wanted.
fn wait(heard: &Receiver<DeviceCondition>, wanted: impl Fn(&DeviceCondition) -> bool) -> DeviceCondition {
    let until = Instant::now() + SOON;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let condition = heard.recv_timeout(left).expect("a condition in time");
        if wanted(&condition) {
            return condition;
        }
    }
}

#[test]
fn a_device_starts_then_is_known_and_only_changes_are_published() {
    let supervisor = Supervisor::start().unwrap();
    let heard = supervisor.subscribe();
    let paper = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&paper);
    supervisor
        .run(task(Device::ReceiptPrinter, move || match *seen.lock().unwrap() {
            None => DeviceCondition::ready(Device::ReceiptPrinter),
            Some(cause) => DeviceCondition::troubled(Device::ReceiptPrinter, cause),
        }))
        .unwrap();
    let mut got = vec![heard.recv_timeout(SOON).unwrap(), heard.recv_timeout(SOON).unwrap()];
    *paper.lock().unwrap() = Some(Cause::PaperOut);
    got.push(heard.recv_timeout(SOON).unwrap());
    let states: Vec<_> = got.iter().map(|condition| (condition.state, condition.cause)).collect();
    let want = [
        (DeviceState::Starting, None),
        (DeviceState::Online, None),
        (DeviceState::UserError, Some(Cause::PaperOut)),
    ];
    assert_eq!(states, want);
    assert!(heard.recv_timeout(Duration::from_millis(300)).is_err(), "nothing changed since");
    // Who comes later hears what is known.
    assert_eq!(supervisor.subscribe().recv_timeout(SOON).unwrap().cause, Some(Cause::PaperOut));
}

#[test]
fn a_wedged_device_is_reported_while_it_hangs_and_blocks_no_other() {
    let supervisor = Supervisor::start().unwrap();
    let heard = supervisor.subscribe();
    let (release, held) = channel::<()>();
    let mut first = true;
    supervisor
        .run(task(Device::IoBoard, move || {
            // Its driver does not come back until somebody pulls the plug.
            if std::mem::take(&mut first) {
                let _pulled = held.recv();
            }
            DeviceCondition::ready(Device::IoBoard)
        }))
        .unwrap();
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    supervisor
        .run(task(Device::PowerSupply, move || {
            *count.lock().unwrap() += 1;
            DeviceCondition::ready(Device::PowerSupply)
        }))
        .unwrap();

    let wedged = wait(&heard, |c| c.device == Device::IoBoard && c.cause.is_some());
    assert_eq!((wedged.cause, wedged.kind()), (Some(Cause::Wedged), ConditionKind::Technician));
    let before = *asked.lock().unwrap();
    let until = Instant::now() + SOON;
    while *asked.lock().unwrap() < before + 5 {
        assert!(Instant::now() < until, "the other device is asked on");
        std::thread::yield_now();
    }
    let known = supervisor.conditions();
    assert_eq!(known.len(), 2);

    release.send(()).unwrap();
    let back = wait(&heard, |c| c.device == Device::IoBoard && c.state == DeviceState::Online);
    assert_eq!(back.cause, None);
}

#[test]
fn a_thread_of_the_callers_is_watched_in_the_same_way() {
    let supervisor = Supervisor::start().unwrap();
    let heard = supervisor.subscribe();
    let attendant = supervisor.attend(Device::Camera);
    attendant.report(DeviceCondition::ready(Device::Camera));
    attendant.call(LIMIT, || std::thread::sleep(LIMIT * 4));
    let causes: Vec<_> = std::iter::from_fn(|| heard.recv_timeout(Duration::from_millis(300)).ok())
        .map(|condition| (condition.state, condition.cause))
        .collect();
    let want = [
        (DeviceState::Starting, None),
        (DeviceState::Online, None),
        (DeviceState::HardwareError, Some(Cause::Wedged)),
        (DeviceState::Online, None),
    ];
    assert_eq!(causes, want);
}

#[test]
fn a_device_that_stays_away_is_asked_more_and_more_seldom_and_once_it_is_back_as_before() {
    let supervisor = Supervisor::start().unwrap();
    let heard = supervisor.subscribe();
    let (asked, times) = channel();
    let away = Arc::new(Mutex::new(true));
    let is_away = Arc::clone(&away);
    supervisor
        .run(task(Device::Speaker, move || {
            let _gone = asked.send(Instant::now());
            match *is_away.lock().unwrap() {
                true => DeviceCondition::troubled(Device::Speaker, Cause::NoMixer),
                false => DeviceCondition::ready(Device::Speaker),
            }
        }))
        .unwrap();
    let times: Vec<Instant> = times.iter().take(7).collect();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Two failures close together, then 80, 160, 320, 320 ms, a quarter less at most.
    for (wait, least) in waits.iter().zip([10, 60, 120, 240, 240]) {
        assert!(*wait >= Duration::from_millis(least), "{waits:?}");
    }
    *away.lock().unwrap() = false;
    wait(&heard, |c| c.state == DeviceState::Online);
}

#[test]
fn the_end_of_the_supervisor_ends_its_tasks() {
    let supervisor = Supervisor::start().unwrap();
    let (asked, times) = channel();
    supervisor
        .run(task(Device::Speaker, move || {
            let _gone = asked.send(());
            DeviceCondition::ready(Device::Speaker)
        }))
        .unwrap();
    times.recv_timeout(SOON).unwrap();
    drop(supervisor);
    // The task's end of the channel goes with it.
    let until = Instant::now() + SOON;
    while times.recv_timeout(SOON).is_ok() {
        assert!(Instant::now() < until);
    }
}
