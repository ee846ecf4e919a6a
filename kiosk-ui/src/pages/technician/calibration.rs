//! The technician's page of touch, screen, paper and sound: what is set here stays over a restart.

use super::note;
use crate::agent::UnitSettings;
use crate::local::Calibrating;
use crate::pages::upkeep::do_upkeep;
use crate::pages::{act, act_on, index};
use crate::screens::{Choice, Icon, TechnicianAdapter, TechnicianView};
use crate::shell::Shell;
use crate::terminal::Terminal;
use crate::touch::{CROSSES, Matrix};
use domain::device::DeviceState;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{Tap, Upkeep};
use drivers::tone::Side;
use slint::ComponentHandle;
use std::rc::Rc;

/// Patterns of the screen's test, one after another.
pub(crate) const PATTERNS: usize = 7;
/// A button makes it so much louder or brighter, per cent.
const STEP: i16 = 10;

/// What can be chosen, in the order of the page.
const CHOICES: [Wish; 10] = [
    Wish::Touch,
    Wish::Screen,
    Wish::Camera,
    Wish::Paper,
    Wish::Louder,
    Wish::Softer,
    Wish::Tone(Side::Left),
    Wish::Tone(Side::Right),
    Wish::Brighter,
    Wish::Darker,
];

/// What a technician wants of the unit.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Touch,
    Screen,
    Camera,
    Paper,
    Louder,
    Softer,
    Tone(Side),
    Brighter,
    Darker,
}

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let technician = terminal.window().global::<TechnicianAdapter<'_>>();
    technician.on_choose(act_on(terminal, |t, i: i32| {
        if let Some(wish) = CHOICES.get(index(i)) {
            t.local.borrow_mut().note = None;
            perform(t, *wish);
            t.tap(Tap::Anywhere);
        }
    }));
    technician.on_next_pattern(act(terminal, |t| {
        next_pattern(t);
        t.tap(Tap::Anywhere);
    }));
    technician.on_close_camera(act(terminal, |t| {
        t.local.borrow_mut().calibrating = Calibrating::No;
        t.tap(Tap::Upkeep(Upkeep::CameraHidden));
    }));
    let weak = Rc::downgrade(terminal);
    technician.on_touched(move |x, y| {
        if let Some(terminal) = weak.upgrade() {
            touched(&terminal, (x, y));
            terminal.tap(Tap::Anywhere);
        }
    });
}

pub(super) fn choices(shell: &Shell, l: Locale) -> Vec<Choice> {
    let touch = match shell.touch_matrix() {
        Some(_) => M::TechnicianTouchKept,
        None => M::TechnicianTouchNever,
    };
    let percent = |percent: Option<u8>, absent: M| match percent {
        Some(percent) => M::TechnicianPercentOnly.fill(l, &[("percent", &percent.to_string())]),
        None => absent.text(l).to_owned(),
    };
    let volume = percent(shell.volume(), M::TechnicianNoSpeaker);
    let brightness = percent(shell.brightness(), M::TechnicianNoBacklight);
    let looks = shell.session().facts().devices.camera == DeviceState::Online;
    let camera = if looks { M::TechnicianCameraSentence } else { M::TechnicianNoDevice };
    let (sounds, shines) = (shell.volume().is_some(), shell.brightness().is_some());
    // A small screen has no room for the sentence.
    let with = |label: M, percent: Option<u8>| match percent {
        Some(percent) => {
            M::TechnicianLabelPercent.fill(l, &[("label", label.text(l)), ("percent", &percent.to_string())])
        }
        None => text(label, l),
    };
    let choice = |wish: Wish| {
        let (icon, label, sentence, enabled) = match wish {
            Wish::Touch => (Icon::Pin, text(M::TechnicianTouch, l), touch.text(l).to_owned(), true),
            Wish::Screen => {
                (Icon::Contrast, text(M::TechnicianScreen, l), text(M::TechnicianScreenSentence, l), true)
            }
            Wish::Camera => (Icon::Camera, text(M::TechnicianCamera, l), text(camera, l), looks),
            Wish::Paper => {
                (Icon::Receipt, text(M::TechnicianPaper, l), text(M::TechnicianPaperSentence, l), true)
            }
            Wish::Louder => (Icon::Sound, with(M::TechnicianLouder, shell.volume()), volume.clone(), sounds),
            Wish::Softer => {
                (Icon::SoundOff, with(M::TechnicianSofter, shell.volume()), volume.clone(), sounds)
            }
            Wish::Tone(Side::Left) => {
                (Icon::ArrowLeft, text(M::TechnicianToneLeft, l), text(M::TechnicianToneSentence, l), sounds)
            }
            Wish::Tone(Side::Right) => (
                Icon::ArrowRight,
                text(M::TechnicianToneRight, l),
                text(M::TechnicianToneSentence, l),
                sounds,
            ),
            Wish::Brighter => {
                (Icon::ArrowUp, with(M::TechnicianBrighter, shell.brightness()), brightness.clone(), shines)
            }
            Wish::Darker => {
                (Icon::ArrowDown, with(M::TechnicianDarker, shell.brightness()), brightness.clone(), shines)
            }
        };
        Choice { icon, label: label.into(), sentence: sentence.into(), enabled, ..Choice::default() }
    };
    CHOICES.map(choice).to_vec()
}

fn text(words: M, l: Locale) -> String {
    words.text(l).to_owned()
}

fn perform(terminal: &Terminal, wish: Wish) {
    match wish {
        Wish::Touch => terminal.local.borrow_mut().calibrating = Calibrating::Touch(Vec::new()),
        Wish::Screen => terminal.local.borrow_mut().calibrating = Calibrating::Pattern(0),
        Wish::Camera => {
            terminal.local.borrow_mut().calibrating = Calibrating::Camera;
            terminal.tap(Tap::Upkeep(Upkeep::CameraShown));
        }
        Wish::Paper => {
            do_upkeep(terminal, Upkeep::RulerPage);
        }
        Wish::Tone(side) => terminal.shell().play_tone(side),
        Wish::Louder => change(terminal, |shell, unit| unit.volume_percent = step(shell.volume(), STEP, 10)),
        Wish::Softer => change(terminal, |shell, unit| unit.volume_percent = step(shell.volume(), -STEP, 10)),
        Wish::Brighter => {
            change(terminal, |shell, unit| unit.brightness_percent = step(shell.brightness(), STEP, 10));
        }
        Wish::Darker => {
            change(terminal, |shell, unit| unit.brightness_percent = step(shell.brightness(), -STEP, 10));
        }
    }
}

/// So much more or less, and never so little that nothing is seen or heard any more.
fn step(now: Option<u8>, by: i16, least: i16) -> Option<u8> {
    u8::try_from((i16::from(now?) + by).clamp(least, 100)).ok()
}

fn change(terminal: &Terminal, change: impl FnOnce(&Shell, &mut UnitSettings)) {
    let (before, mut unit) = {
        let shell = terminal.shell();
        let unit = shell.agent_now().unit();
        (unit, unit)
    };
    change(&terminal.shell(), &mut unit);
    if unit == before {
        return;
    }
    if terminal.change_unit(unit) {
        do_upkeep(terminal, Upkeep::SettingsChanged);
    } else {
        note(terminal, M::TechnicianByDesk);
    }
}

fn next_pattern(terminal: &Terminal) {
    let mut local = terminal.local.borrow_mut();
    local.calibrating = match local.calibrating {
        Calibrating::Pattern(pattern) if pattern + 1 < PATTERNS => Calibrating::Pattern(pattern + 1),
        _ => Calibrating::No,
    };
}

/// A cross was touched, or nearly.
fn touched(terminal: &Terminal, at: (f32, f32)) {
    let all: [(f32, f32); CROSSES.len()] = {
        let mut local = terminal.local.borrow_mut();
        let Calibrating::Touch(touches) = &mut local.calibrating else { return };
        touches.push(at);
        let Ok(all) = touches.as_slice().try_into() else { return };
        local.calibrating = Calibrating::No;
        all
    };
    let before = terminal.shell().touch_matrix().unwrap_or(Matrix::IDENTITY);
    let matrix = match Matrix::fit(&all, before) {
        Ok(matrix) => matrix,
        Err(error) => {
            tracing::warn!(%error, "no calibration");
            return note(terminal, M::TechnicianTouchMissed);
        }
    };
    if terminal.shell().keep_touch_matrix(matrix) {
        do_upkeep(terminal, Upkeep::Calibrated);
        note(terminal, M::TechnicianTouchDone);
        terminal.restart_soon();
    } else {
        note(terminal, M::TechnicianFailed);
    }
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let adapter = terminal.window().global::<TechnicianAdapter<'_>>();
    match &terminal.local.borrow().calibrating {
        Calibrating::No => adapter.set_view(TechnicianView::Page),
        Calibrating::Touch(touches) => {
            let (x, y) = CROSSES.get(touches.len()).copied().unwrap_or_default();
            adapter.set_cross_x(x);
            adapter.set_cross_y(y);
            let number = (touches.len() + 1).to_string();
            let arguments = [("number", number.as_str()), ("all", &CROSSES.len().to_string())];
            adapter.set_instruction(M::TechnicianTouchInstruction.fill(l, &arguments).into());
            adapter.set_view(TechnicianView::Cross);
        }
        Calibrating::Camera => {
            adapter.set_instruction(M::TechnicianCameraClose.text(l).into());
            adapter.set_view(TechnicianView::Camera);
        }
        Calibrating::Pattern(pattern) => {
            adapter.set_pattern(i32::try_from(*pattern).unwrap_or(0));
            adapter.set_view(TechnicianView::Pattern);
        }
    }
}
