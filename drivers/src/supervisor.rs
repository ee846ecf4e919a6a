//! Every device has a thread of its own; this watches the threads.
//!
//! Duty: what is known of each device, published when it changes; a call that does not come back is reported while it is
//! still away. Never: wait for a device, or call one; only the device's own thread does.

mod circuit;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::device::{Cause, ConditionKind, DeviceCondition, TerminalDevice};

pub use circuit::{Circuit, CircuitRules, CircuitState};

/// Watches the threads of devices; dropping it ends the tasks that it runs as soon as their driver comes back.
#[derive(Debug)]
pub struct Supervisor(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    ward: Mutex<Ward>,
    /// Something changed that the warden or a task waits for.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Ward {
    entries: Vec<Entry>,
    subscribers: Vec<Sender<DeviceCondition>>,
    ended: bool,
}

#[derive(Debug)]
struct Entry {
    /// What the device's own thread said last.
    reported: DeviceCondition,
    /// What subscribers heard last.
    published: DeviceCondition,
    /// Since when its driver is being called, and how long it may be.
    call: Option<(Instant, Duration)>,
}

impl Supervisor {
    /// Begins to watch.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        std::thread::Builder::new().name("device-warden".to_owned()).spawn(move || watched.guard())?;
        Ok(Self(shared))
    }

    /// A device whose thread the caller runs: the thread keeps the [`Attendant`], and brackets each call of the driver
    /// with it. A call that takes longer than it may is reported as [`Cause::Wedged`] until it returns.
    pub fn attend(&self, device: TerminalDevice) -> Attendant {
        let starting = DeviceCondition::starting(device);
        let mut ward = self.0.lock();
        ward.entries.push(Entry { reported: starting, published: starting, call: None });
        ward.publish(starting);
        Attendant { shared: Arc::clone(&self.0), index: ward.entries.len() - 1 }
    }

    /// A device that only has to be asked now and then: its task asks every `every`, and while it is away in growing
    /// intervals.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn run(&self, task: Task) -> std::io::Result<()> {
        let attendant = self.attend(task.device);
        std::thread::Builder::new()
            .name(task.device.word().to_owned())
            .spawn(move || task.run(&attendant))
            .map(drop)
    }

    /// From now on every change; what is known already comes first.
    pub fn subscribe(&self) -> Receiver<DeviceCondition> {
        let (sender, receiver) = channel();
        let mut ward = self.0.lock();
        for entry in &ward.entries {
            // The receiver is here.
            let _held = sender.send(entry.published);
        }
        ward.subscribers.push(sender);
        receiver
    }

    /// What is known now.
    pub fn conditions(&self) -> Vec<DeviceCondition> {
        self.0.lock().entries.iter().map(|entry| entry.published).collect()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        let mut ward = self.0.lock();
        ward.ended = true;
        // Who listens is told that nothing more comes, also while a driver holds its thread.
        ward.subscribers.clear();
        drop(ward);
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Ward> {
        // What it holds is whole at every moment, so a panic elsewhere changes nothing.
        self.ward.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next call that takes too long.
    fn guard(&self) {
        let mut ward = self.lock();
        while !ward.ended {
            let next = ward.note_the_wedged(Instant::now());
            ward = match next {
                Some(wait) => self.changed.wait_timeout(ward, wait).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(ward).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Ward {
    /// Publishes who is over time; how long until the next one may be.
    fn note_the_wedged(&mut self, now: Instant) -> Option<Duration> {
        let mut next: Option<Duration> = None;
        for index in 0..self.entries.len() {
            let entry = &self.entries[index];
            let Some((since, limit)) = entry.call else { continue };
            let left = limit.saturating_sub(now.saturating_duration_since(since));
            if left.is_zero() {
                let wedged = DeviceCondition::troubled(entry.reported.device, Cause::Wedged);
                self.show(index, wedged);
            } else {
                next = Some(next.map_or(left, |n| n.min(left)));
            }
        }
        next
    }

    fn show(&mut self, index: usize, condition: DeviceCondition) {
        if std::mem::replace(&mut self.entries[index].published, condition) != condition {
            self.publish(condition);
        }
    }

    fn publish(&mut self, condition: DeviceCondition) {
        // Who has gone is forgotten.
        self.subscribers.retain(|subscriber| subscriber.send(condition).is_ok());
    }
}

/// The supervisor's hand in a device's thread.
#[derive(Debug)]
pub struct Attendant {
    shared: Arc<Shared>,
    index: usize,
}

impl Attendant {
    /// Calls the driver, which may take as long as `limit`; what the supervisor sees is when it began and that it came back.
    pub fn call<T>(&self, limit: Duration, driver: impl FnOnce() -> T) -> T {
        self.shared.lock().entries[self.index].call = Some((Instant::now(), limit));
        self.shared.changed.notify_all();
        let _back = Back(self);
        driver()
    }

    /// Says how the device is.
    pub fn report(&self, condition: DeviceCondition) {
        let mut ward = self.shared.lock();
        ward.entries[self.index].reported = condition;
        ward.show(self.index, condition);
    }

    /// Waits, shorter when the supervisor ends; whether it goes on.
    fn wait(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        let mut ward = self.shared.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if ward.ended || left.is_zero() {
                return !ward.ended;
            }
            ward = self.shared.changed.wait_timeout(ward, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A call is over, be it by a panic.
struct Back<'a>(&'a Attendant);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        let mut ward = self.0.shared.lock();
        let entry = &mut ward.entries[self.0.index];
        entry.call = None;
        // Late, and not wedged: what it said before is true again until it says more.
        let reported = entry.reported;
        ward.show(self.0.index, reported);
    }
}

/// A device that only has to be asked.
pub struct Task {
    /// Which.
    pub device: TerminalDevice,
    /// How often it is asked while it is well.
    pub every: Duration,
    /// How long an answer may take.
    pub limit: Duration,
    /// How it is asked more seldom while it is away.
    pub rules: CircuitRules,
    /// What the waits' chance grows from: another one for each device and terminal, so that not all ask at once.
    pub seed: u64,
    /// Asks.
    pub ask: Box<dyn FnMut() -> DeviceCondition + Send>,
}

impl Task {
    fn run(mut self, attendant: &Attendant) {
        let mut circuit = Circuit::new(self.rules, self.seed);
        loop {
            let condition = attendant.call(self.limit, &mut self.ask);
            attendant.report(condition);
            let wait = match condition.kind() {
                ConditionKind::Keeper | ConditionKind::Technician => circuit.failed(Instant::now()),
                ConditionKind::Ready | ConditionKind::Attention | ConditionKind::Media => {
                    circuit.succeeded();
                    Duration::ZERO
                }
            };
            if !attendant.wait(wait.max(self.every)) {
                return;
            }
        }
    }
}
