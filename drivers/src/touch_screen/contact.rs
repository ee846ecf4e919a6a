//! What one device's events say of a finger on it: multi-touch protocol B, or a button with two axes
//! (Documentation/input/multi-touch-protocol.rst, event-codes.rst).
//!
//! Duty: the first finger's way as down, moved and up, once a report. Never: ask the device, or begin anything with a
//! finger that was there before.

use super::codes::{
    ABS_MT_DISTANCE, ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_SLOT, ABS_MT_TOOL_TYPE, ABS_MT_TRACKING_ID,
    ABS_X, ABS_Y, EV_ABS, EV_KEY, EV_SYN, MT_TOOL_PALM, SYN_REPORT,
};
use super::{InputEvent, Place};

/// Fingers that are told apart; others are not seen. More than any screen of a kiosk has.
pub(super) const SLOTS: usize = 64;

/// An axis that has an extent.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    minimum: i32,
    maximum: i32,
}

impl Axis {
    /// From the least to the greatest value that a device says of itself; none where there is nothing between them.
    pub fn between(minimum: i32, maximum: i32) -> Option<Self> {
        (minimum < maximum).then_some(Self { minimum, maximum })
    }

    /// Where a value is, 0 to 1.
    fn part(self, value: i32) -> f64 {
        let [value, minimum, maximum] = [value, self.minimum, self.maximum].map(f64::from);
        ((value - minimum) / (maximum - minimum)).clamp(0.0, 1.0)
    }
}

/// How a device says that something touches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Multi-touch protocol B: slots, each with the number of the contact in it.
    Slots,
    /// One place and the code of a button: `BTN_TOUCH`, or `BTN_LEFT` of a pointer that is told where it is.
    Button(u16),
}

/// One thing that an event says.
enum Change {
    Slot(usize),
    X(i32),
    Y(i32),
    /// The number of the contact; none is nothing there.
    Contact(Option<i32>),
    Palm(bool),
    /// It is above the glass and does not touch it.
    Hovers(bool),
    /// What came before is complete.
    Report(By),
}

/// Who ends a report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Device,
    /// The kernel, which releases by itself what is pressed on a device that is being unplugged, inhibited or put to sleep
    /// (drivers/input/input.c, `input_dev_release_keys`): nobody lifted a finger.
    Kernel,
}

/// What a device has said of one finger. It only tells what changed, so what is known outlives the contact.
#[derive(Clone, Copy, Default)]
struct Slot {
    x: i32,
    y: i32,
    contact: Option<i32>,
    palm: bool,
    hovers: bool,
    /// It has come and not been looked at: it may still begin something.
    fresh: bool,
}

/// The contact that the outside knows of.
#[derive(Clone, Copy)]
struct Followed {
    slot: usize,
    place: Place,
}

/// What went away before the report was complete.
#[derive(Clone, Copy, Default)]
struct Gone {
    /// The end of what was followed.
    followed: Option<InputEvent>,
    /// Where something came and went since.
    brief: Option<Place>,
}

/// A device's contacts, of which one is followed.
pub struct Contacts {
    way: Way,
    x: Axis,
    y: Axis,
    slots: Vec<Slot>,
    current: usize,
    followed: Option<Followed>,
    gone: Gone,
}

impl Contacts {
    /// A device that nothing touches.
    pub fn new(way: Way, x: Axis, y: Axis) -> Self {
        let count = if way == Way::Slots { SLOTS } else { 1 };
        let slots = vec![Slot::default(); count];
        Self { way, x, y, slots, current: 0, followed: None, gone: Gone::default() }
    }

    /// Takes an event by its numbers; what it means is told when its report is complete.
    pub fn event(&mut self, kind: u16, code: u16, value: i32, each: &mut dyn FnMut(InputEvent)) {
        match self.change(kind, code, value) {
            Some(Change::Slot(slot)) => self.current = slot,
            Some(Change::Contact(contact)) => self.contact(contact),
            Some(Change::Report(By::Device)) => self.report(each),
            Some(Change::Report(By::Kernel)) => self.report(&mut |event| {
                each(if matches!(event, InputEvent::Up(_)) { InputEvent::Cancelled } else { event });
            }),
            Some(change) => {
                if let Some(slot) = self.slots.get_mut(self.current) {
                    slot.learn(&change);
                }
            }
            None => {}
        }
    }

    /// Events were lost, or the device is gone: what was down is cancelled, and what may still be down begins nothing.
    pub fn lost(&mut self, each: &mut dyn FnMut(InputEvent)) {
        let gone = std::mem::take(&mut self.gone);
        for slot in &mut self.slots {
            (slot.contact, slot.fresh) = (None, false);
        }
        if self.followed.take().is_some() || gone.followed.is_some() {
            each(InputEvent::Cancelled);
        }
    }

    fn change(&self, kind: u16, code: u16, value: i32) -> Option<Change> {
        Some(match (self.way, kind, code) {
            (_, EV_SYN, SYN_REPORT) => Change::Report(if value == 0 { By::Device } else { By::Kernel }),
            // A slot that none can be is one that is not there.
            (Way::Slots, EV_ABS, ABS_MT_SLOT) => Change::Slot(usize::try_from(value).unwrap_or(usize::MAX)),
            (Way::Slots, EV_ABS, ABS_MT_TRACKING_ID) => Change::Contact((value >= 0).then_some(value)),
            (Way::Slots, EV_ABS, ABS_MT_TOOL_TYPE) => Change::Palm(value == MT_TOOL_PALM),
            (Way::Slots, EV_ABS, ABS_MT_DISTANCE) => Change::Hovers(value > 0),
            (Way::Slots, EV_ABS, ABS_MT_POSITION_X) => Change::X(value),
            (Way::Slots, EV_ABS, ABS_MT_POSITION_Y) => Change::Y(value),
            (Way::Button(_), EV_ABS, ABS_X) => Change::X(value),
            (Way::Button(_), EV_ABS, ABS_Y) => Change::Y(value),
            (Way::Button(button), EV_KEY, code) if code == button => match value {
                0 => Change::Contact(None),
                1 => Change::Contact(Some(0)),
                // The kernel's repetition begins nothing.
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Another contact is in the slot, or none.
    fn contact(&mut self, contact: Option<i32>) {
        let at = self.current;
        let Some(slot) = self.slots.get(at).copied().filter(|slot| slot.contact != contact) else { return };
        if let Some(followed) = self.followed.take_if(|followed| followed.slot == at) {
            let end = if slot.palm { InputEvent::Cancelled } else { InputEvent::Up(followed.place) };
            self.gone.followed = Some(end);
        } else if slot.fresh && slot.touches() && self.followed.is_none() {
            self.gone.brief = Some(self.place(slot));
        }
        self.slots[at] = Slot { contact, fresh: contact.is_some(), ..slot };
    }

    fn report(&mut self, each: &mut dyn FnMut(InputEvent)) {
        let gone = std::mem::take(&mut self.gone);
        if let Some(end) = gone.followed {
            each(end);
        }
        if let Some(place) = gone.brief {
            each(InputEvent::Down(place));
            each(InputEvent::Up(place));
        }
        self.follow(each);
        self.begin(each);
    }

    /// What became of the contact that is followed.
    fn follow(&mut self, each: &mut dyn FnMut(InputEvent)) {
        let Some(Followed { slot: at, place }) = self.followed else { return };
        let slot = self.slots[at];
        if slot.touches() {
            let now = self.place(slot);
            self.followed = Some(Followed { slot: at, place: now });
            if now != place {
                each(InputEvent::Moved(now));
            }
            return;
        }
        self.followed = None;
        // A finger that was lifted a little may come down again; a palm never becomes a finger.
        self.slots[at].fresh = !slot.palm;
        each(if slot.palm { InputEvent::Cancelled } else { InputEvent::Up(place) });
    }

    /// Begins with the first contact that has come, if none is followed; others that have come stay without effect.
    fn begin(&mut self, each: &mut dyn FnMut(InputEvent)) {
        for at in 0..self.slots.len() {
            let slot = self.slots[at];
            if !slot.fresh || slot.hovers {
                continue;
            }
            self.slots[at].fresh = false;
            if slot.touches() && self.followed.is_none() {
                let place = self.place(slot);
                self.followed = Some(Followed { slot: at, place });
                each(InputEvent::Down(place));
            }
        }
    }

    fn place(&self, slot: Slot) -> Place {
        Place { x: self.x.part(slot.x), y: self.y.part(slot.y) }
    }
}

impl Slot {
    fn learn(&mut self, change: &Change) {
        match *change {
            Change::X(x) => self.x = x,
            Change::Y(y) => self.y = y,
            Change::Palm(palm) => self.palm = palm,
            Change::Hovers(hovers) => self.hovers = hovers,
            Change::Slot(_) | Change::Contact(_) | Change::Report(_) => {}
        }
    }

    const fn touches(self) -> bool {
        !self.palm && !self.hovers
    }
}

#[cfg(test)]
mod tests;
