//! The page while nobody is there.

use super::{act, text};
use crate::models::updated;
use crate::screens::{IdleAdapter, PolicyCard, WarningLevel as Level, WarningSign};
use crate::terminal::Terminal;
use domain::device::DeviceState;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{SelfTestResult, Tap, WarningLevel};
use slint::ComponentHandle;
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let idle = terminal.window().global::<IdleAdapter<'_>>();
    idle.on_start(act(terminal, |t| t.tap(Tap::Anywhere)));
    idle.on_staff(act(terminal, |t| t.tap(Tap::Staff)));
}

pub(super) fn show(terminal: &Terminal) {
    let idle = terminal.window().global::<IdleAdapter<'_>>();
    let shell = terminal.shell();
    let facts = shell.session().facts();
    // Nobody has chosen a language yet.
    let l = Locale::default();
    let cards = facts
        .notices
        .iter()
        .map(|notice| PolicyCard {
            title: notice.title.text(l).into(),
            source: notice.source.text(l).into(),
            date: text::date(notice.date, l).into(),
        })
        .collect();
    idle.set_policies(updated(idle.get_policies(), cards));
    idle.set_cards(facts.devices.id_card_reader == DeviceState::Online);
    let hours = text::hours(&facts.site.hours, facts.now, l);
    idle.set_hours(M::TextHoursToday.fill(l, &[("hours", &hours)]).into());
    let passed = facts
        .self_test
        .filter(|test| test.at.date() == facts.now.date() && test.result == SelfTestResult::Passed);
    idle.set_checked(passed.is_some());
    idle.set_self_check(match passed {
        Some(test) => M::TextSelfCheck.fill(l, &[("time", &text::clock(test.at))]).into(),
        None => M::TextNoSelfCheck.text(l).into(),
    });
    let code = shell.agent_now().open_state_url().and_then(crate::picture::code);
    idle.set_with_open_state(code.is_some());
    idle.set_open_state(code.unwrap_or_default());
    let keeper = &facts.site.keeper;
    idle.set_holder(M::TextKeeper.fill(l, &[("name", keeper.name.text(l)), ("phone", &keeper.phone)]).into());
    idle.set_warning(match &facts.warning {
        None => WarningSign::default(),
        Some(warning) => WarningSign {
            level: match warning.level {
                WarningLevel::Blue => Level::Blue,
                WarningLevel::Yellow => Level::Yellow,
                WarningLevel::Orange => Level::Orange,
                WarningLevel::Red => Level::Red,
            },
            title: warning.title.text(l).into(),
            text: warning.advice.text(l).into(),
            source: warning.source.text(l).into(),
        },
    });
}
