//! The dock beside the screen: what the simulated devices, the province and the clock can be made to do.
//!
//! Duty: buttons to the rig's controls, and what the rig says of itself. Never: reach into the session; a card that is
//! placed here is read from its wire like any other.

mod controls;
mod paper;

pub use paper::LastPaper;

use crate::models::updated;
use crate::rig::Rig;
use crate::screens::{DockAdapter, DockButton, DockGroup};
use crate::terminal::Terminal;
use crate::window::Furniture;
use controls::{Control, Group};
use domain::messages::MessageId as M;
use platform_client::clock::Clock;
use slint::{ComponentHandle, Model, SharedString};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Width of the dock on a desk, logical pixels.
const WIDTH: f32 = 430.0;
/// Lines of the log.
const LINES: usize = 8;

struct Dock {
    rig: Rig,
    groups: Vec<Group>,
    state: RefCell<controls::State>,
    log: RefCell<VecDeque<String>>,
    paper: LastPaper,
}

/// Sets the dock up beside a terminal.
pub fn furnish(terminal: &Rc<Terminal>, rig: Rig, paper: LastPaper) -> Furniture {
    let adapter = terminal.window().global::<DockAdapter<'_>>();
    adapter.set_width(WIDTH);
    let dock = Rc::new(Dock {
        groups: controls::groups(),
        state: RefCell::new(controls::State::of(&rig)),
        log: RefCell::default(),
        paper,
        rig,
    });
    dock.introduce(terminal);
    let (pressed, weak) = (Rc::clone(&dock), Rc::downgrade(terminal));
    adapter.on_press(move |group, button| {
        if let Some(terminal) = weak.upgrade() {
            pressed.press(&terminal, group, button);
        }
    });
    let observed = Rc::clone(&dock);
    terminal.observe(move |terminal, page| observed.note(terminal, page.name().to_owned()));
    dock.show(terminal);
    Furniture { on_tick: Box::new(move |terminal| dock.show(terminal)) }
}

impl Dock {
    /// Says where the province's live page is and who may sign in.
    fn introduce(&self, terminal: &Terminal) {
        if let Some(admin) = self.rig.admin() {
            for member in admin.staff() {
                let l = terminal.locale();
                let line =
                    M::DockBadge.fill(l, &[("badge", &member.worker.badge), ("pin", member.pin.reveal())]);
                self.note(terminal, format!("{line} ({})", member.worker.name.text(l)));
            }
        }
    }

    fn press(&self, terminal: &Terminal, group: i32, button: i32) {
        let index = |i: i32| usize::try_from(i).unwrap_or(usize::MAX);
        let control = self.groups.get(index(group)).and_then(|g| g.controls.get(index(button)));
        let Some(control) = control else { return };
        self.note(terminal, control.label(terminal.locale()));
        self.act(terminal, control);
        self.show(terminal);
    }

    fn act(&self, terminal: &Terminal, control: &Control) {
        let said = control.act(&self.rig, &mut self.state.borrow_mut(), terminal.shell().session().page());
        if let Some(said) = said {
            self.note(terminal, said);
        }
    }

    fn note(&self, terminal: &Terminal, what: String) {
        let now = terminal.now();
        let mut log = self.log.borrow_mut();
        log.push_front(format!("{:02}:{:02}:{:02}  {what}", now.hour(), now.minute(), now.second()));
        log.truncate(LINES);
    }

    fn show(&self, terminal: &Terminal) {
        let l = terminal.locale();
        let state = self.state.borrow();
        let adapter = terminal.window().global::<DockAdapter<'_>>();
        let before = adapter.get_groups();
        let groups = self.groups.iter().enumerate().map(|(i, group)| {
            let button =
                |c: &Control| DockButton { label: c.label(l).into(), active: c.is_active(&self.rig, &state) };
            // The same list with its rows changed: a press that is under way stays one.
            let buttons = before.row_data(i).unwrap_or_default().buttons;
            DockGroup {
                title: group.title.text(l).into(),
                state: group.state(&self.rig, terminal.shell().clock().now(), l).into(),
                buttons: updated(buttons, group.controls.iter().map(button).collect()),
            }
        });
        let groups = groups.collect();
        adapter.set_groups(updated(before, groups));
        let lines: Vec<SharedString> = self.log.borrow().iter().map(SharedString::from).collect();
        adapter.set_log(updated(adapter.get_log(), lines));
        if let Some(picture) = self.paper.take_new() {
            adapter.set_paper(picture);
        }
    }
}
