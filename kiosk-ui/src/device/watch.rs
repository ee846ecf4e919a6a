//! What the supervisor of the devices' threads says, for the visit.
//!
//! Duty: each change of a device's condition to an event, a driver that does not come back included. Never: call a driver.

use crate::inbox::Post;
use domain::device::{Cause, DeviceClass, DeviceCondition, DeviceState, TerminalDevice};
use domain::session::event::{DeviceEvent, EventKind};
use drivers::supervisor::{Attendant, Circuit, CircuitRules, Supervisor, Task};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// A device that does not answer is tried again after a wait that grows; the first failure counts, since what uses it has
/// failed by then.
const RULES: CircuitRules =
    CircuitRules { failures: 1, first: Duration::from_millis(500), most: Duration::from_secs(15) };

/// Watches the threads of all devices; it lives as long as they do.
#[derive(Debug)]
pub struct Watch {
    supervisor: Supervisor,
    post: Post,
}

impl Watch {
    /// Begins to watch; conditions come as events.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(post: Post) -> std::io::Result<Self> {
        let supervisor = Supervisor::start()?;
        let (heard, told) = (supervisor.subscribe(), post.clone());
        std::thread::Builder::new()
            .name("device-conditions".to_owned())
            .spawn(move || tell(&heard, &told))?;
        Ok(Self { supervisor, post })
    }

    /// How every device is now, in no order.
    pub fn conditions(&self) -> Vec<DeviceCondition> {
        self.supervisor.conditions()
    }

    /// The supervisor's hand for one device's thread.
    pub(super) fn attend(&self, device: TerminalDevice) -> Attendant {
        self.supervisor.attend(device)
    }

    /// A device that only has to be asked now and then.
    pub(super) fn run(
        &self,
        device: TerminalDevice,
        every: Duration,
        limit: Duration,
        ask: impl FnMut() -> DeviceCondition + Send + 'static,
    ) -> std::io::Result<()> {
        self.supervisor.run(Task {
            device,
            every,
            limit,
            rules: RULES,
            seed: seed(device),
            ask: Box::new(ask),
        })
    }

    /// Where what a device says goes.
    pub(super) fn post(&self) -> Post {
        self.post.clone()
    }
}

/// When a device that failed is tried again; each has chances of its own.
pub(super) fn circuit(device: TerminalDevice) -> Circuit {
    Circuit::new(RULES, seed(device))
}

const fn seed(device: TerminalDevice) -> u64 {
    device as u64 + 1
}

fn tell(heard: &Receiver<DeviceCondition>, post: &Post) {
    let mut said: Vec<(DeviceClass, DeviceState)> = Vec::new();
    for condition in heard {
        let (Some(class), state) = (condition.device.class(), condition.state) else { continue };
        if condition.cause == Some(Cause::Wedged) {
            tracing::error!(device = condition.device.word(), "the driver does not come back");
        }
        // One that only starts is not known yet, which is what a visit takes it for; another cause is the same state.
        if state == DeviceState::Starting || said.contains(&(class, state)) {
            continue;
        }
        said.retain(|(known, _)| *known != class);
        said.push((class, state));
        post.put(EventKind::Device(DeviceEvent::State(class, state)));
    }
}
