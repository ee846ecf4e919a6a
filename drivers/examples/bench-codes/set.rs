//! The degraded set of a seed: 295 QR codes in twelve kinds of trouble, 40 Code 128, 60 pictures without a code.

use super::chance::Chance;
use super::picture::{self, View};
use super::symbol::Symbol;

/// A kind of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Tilt,
    Blur,
    Motion,
    LowContrast,
    Moire,
    Glare,
    Noise,
    Shadow,
    Rotation,
    SmallModules,
    Inverted,
    Mixed,
    Code128,
    Nothing,
}

/// How many there are of each.
pub(crate) const KINDS: [(Kind, usize); 14] = [
    (Kind::Tilt, 30),
    (Kind::Blur, 25),
    (Kind::Motion, 25),
    (Kind::LowContrast, 25),
    (Kind::Moire, 25),
    (Kind::Glare, 25),
    (Kind::Noise, 25),
    (Kind::Shadow, 25),
    (Kind::Rotation, 25),
    (Kind::SmallModules, 25),
    (Kind::Inverted, 10),
    (Kind::Mixed, 30),
    (Kind::Code128, 40),
    (Kind::Nothing, 60),
];

/// A picture and what it says.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) text: Option<String>,
    pub(crate) luma: Vec<u8>,
}

/// The set's pictures by number, counted from 1.
pub(crate) fn kinds() -> impl Iterator<Item = (u64, Kind)> {
    (1..).zip(KINDS.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count)))
}

/// One picture of a seed's set.
pub(crate) fn case(seed: u64, number: u64) -> Case {
    let (_, kind) = kinds().find(|(other, _)| *other == number).unwrap();
    let mut chance = Chance::new(seed, number);
    let chance = &mut chance;
    if kind == Kind::Nothing {
        return Case { kind, text: None, luma: picture::without(chance) };
    }
    let symbol = match kind {
        Kind::Code128 => Symbol::code_128(chance),
        _ => {
            let version = i16::try_from(chance.count(3, 15)).unwrap();
            Symbol::qr(chance, version)
        }
    };
    let view = view(kind, &symbol, chance);
    let luma = picture::of(&symbol, &view, chance);
    Case { kind, text: Some(symbol.text), luma }
}

fn view(kind: Kind, symbol: &Symbol, chance: &mut Chance) -> View {
    // Held so that the code fills a third to four fifths of the frame's height.
    let most = 560.0 / (symbol.columns + 2 * symbol.quiet) as f32;
    let mut view = View {
        module: chance.within(2.8, 5.5).min(most),
        roll: chance.within(-8.0, 8.0),
        yaw: chance.within(-6.0, 6.0),
        pitch: chance.within(-6.0, 6.0),
        light: chance.within(190.0, 245.0),
        dark: chance.within(15.0, 60.0),
        ..View::default()
    };
    match kind {
        Kind::Tilt => {
            view.yaw = chance.either(20.0, 50.0);
            view.pitch = chance.either(10.0, 35.0);
        }
        Kind::Blur => view.blur = view.module * chance.within(0.45, 0.85),
        Kind::Motion => view.motion = (view.module * chance.within(0.9, 2.2), chance.within(0.0, 180.0)),
        Kind::LowContrast => {
            view.dark = chance.within(60.0, 150.0);
            view.light = view.dark + chance.within(14.0, 40.0);
            view.noise = chance.within(2.0, 4.0);
        }
        Kind::Moire => {
            view.moire = (chance.within(25.0, 60.0), chance.within(2.2, 9.0), chance.within(0.0, 180.0));
        }
        Kind::Glare => {
            view.glare = (
                chance.within(120.0, 280.0),
                chance.within(0.10, 0.30),
                chance.within(-0.4, 0.4),
                chance.within(-0.4, 0.4),
            );
        }
        Kind::Noise => view.noise = chance.within(20.0, 55.0),
        Kind::Shadow => {
            view.shadow = (chance.within(0.15, 0.45), chance.within(2.0, 60.0), chance.within(0.0, 360.0));
        }
        Kind::Rotation => view.roll = chance.within(0.0, 360.0),
        Kind::SmallModules => view.module = chance.within(1.5, 2.5),
        Kind::Inverted => view.inverted = true,
        Kind::Mixed => mixed(&mut view, chance),
        Kind::Code128 => {
            view.module = chance.within(2.0, 3.0);
            view.yaw = chance.within(-25.0, 25.0);
            view.roll = chance.within(-12.0, 12.0);
            view.shadow = (chance.within(0.35, 1.0), chance.within(10.0, 60.0), chance.within(0.0, 360.0));
        }
        Kind::Nothing => {}
    }
    view
}

/// Three troubles at once, each milder.
fn mixed(view: &mut View, chance: &mut Chance) {
    view.yaw = chance.within(-25.0, 25.0);
    view.roll = chance.within(-45.0, 45.0);
    for _ in 0..2 {
        match chance.count(0, 6) {
            0 => view.blur = view.module * chance.within(0.3, 0.6),
            1 => view.motion = (view.module * chance.within(0.5, 1.3), chance.within(0.0, 180.0)),
            2 => {
                view.dark = chance.within(70.0, 130.0);
                view.light = view.dark + chance.within(35.0, 70.0);
            }
            3 => view.moire = (chance.within(15.0, 35.0), chance.within(2.5, 8.0), chance.within(0.0, 180.0)),
            4 => view.noise = chance.within(12.0, 30.0),
            5 => {
                view.shadow = (chance.within(0.25, 0.5), chance.within(4.0, 60.0), chance.within(0.0, 360.0));
            }
            _ => view.module = chance.within(1.8, 2.8),
        }
    }
}
