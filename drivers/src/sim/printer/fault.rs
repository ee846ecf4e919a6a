//! What the simulated printer can do wrong.

use crate::sim::fault::FaultName;

/// When a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// It is so from the beginning.
    Before,
    /// With the byte of that number that the host sends, counted from 1, questions included.
    Byte(u32),
    /// In place of the line of that number of the paper, counted from 1: text, a band of dots or a code.
    Line(u32),
    /// In place of the cut.
    Cut,
    /// In place of holding the paper out.
    Present,
    /// In place of taking it back.
    Retract,
}

/// A fault of the receipt printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrinterFault {
    /// The end of the roll is near.
    PaperLow,
    /// The roll ends.
    PaperOut(Moment),
    /// Somebody opens the cover.
    CoverOpen(Moment),
    /// The paper gets stuck.
    PaperJam(Moment),
    /// The paper gets stuck in the exit.
    ExitBlocked(Moment),
    /// The cutter gets stuck at every cut.
    Cutter,
    /// The head gets too hot.
    Overheated(Moment),
    /// It goes offline without a reason that it tells.
    Offline(Moment),
    /// Somebody holds the feed button.
    FeedButton(Moment),
    /// A fault that only a technician clears.
    Hardware(Moment),
    /// It loses its power: prints and answers nothing more.
    NoAnswer(Moment),
    /// Its cable is pulled: a network connection ends, a serial line falls silent.
    Unplugged(Moment),
    /// It says stop on a serial line and never go on.
    Held(Moment),
    /// It prints and never answers.
    Mute,
    /// A bad line: noise before every byte that it answers.
    Noise,
    /// Nobody takes the paper that it holds out.
    NotTaken,
}

type Make = fn(Moment) -> PrinterFault;

/// A fault by its name, at every moment.
macro_rules! at_moments {
    ($name:literal, $what:literal) => {
        [
            FaultName { name: concat!("printer.", $name), meaning: $what },
            FaultName { name: concat!("printer.", $name, "@byteN"), meaning: concat!($what, " at byte N") },
            FaultName {
                name: concat!("printer.", $name, "@lineN"),
                meaning: concat!($what, " in place of line N"),
            },
            FaultName {
                name: concat!("printer.", $name, "@cut"),
                meaning: concat!($what, " before the cut"),
            },
            FaultName {
                name: concat!("printer.", $name, "@present"),
                meaning: concat!($what, " when the paper is to be held out"),
            },
            FaultName {
                name: concat!("printer.", $name, "@retract"),
                meaning: concat!($what, " when the paper is to be taken back"),
            },
        ]
    };
}

/// Faults that may come at a moment.
const AT_A_MOMENT: [(Make, [FaultName; 6]); 10] = [
    (PrinterFault::PaperOut, at_moments!("paper_out", "the roll ends")),
    (PrinterFault::CoverOpen, at_moments!("cover_open", "the cover is opened")),
    (PrinterFault::PaperJam, at_moments!("paper_jam", "the paper gets stuck")),
    (PrinterFault::ExitBlocked, at_moments!("exit_blocked", "the paper gets stuck in the exit")),
    (PrinterFault::Overheated, at_moments!("overheated", "the head gets too hot")),
    (PrinterFault::Offline, at_moments!("offline", "the printer goes offline and does not say why")),
    (PrinterFault::FeedButton, at_moments!("feed_button", "somebody holds the feed button")),
    (PrinterFault::Hardware, at_moments!("hardware", "a fault that only a technician clears")),
    (PrinterFault::NoAnswer, at_moments!("no_answer", "the printer loses its power")),
    (PrinterFault::Unplugged, at_moments!("unplugged", "the printer's cable is pulled")),
];

/// The same, on a serial line only.
const HELD: (Make, [FaultName; 6]) =
    (PrinterFault::Held, at_moments!("held", "the printer says stop and never go on"));

const ALWAYS: [(PrinterFault, FaultName); 5] = [
    (PrinterFault::PaperLow, FaultName { name: "printer.paper_low", meaning: "the end of the roll is near" }),
    (PrinterFault::Cutter, FaultName { name: "printer.cutter", meaning: "the cutter gets stuck at the cut" }),
    (PrinterFault::Mute, FaultName { name: "printer.mute", meaning: "the printer prints and never answers" }),
    (
        PrinterFault::Noise,
        FaultName { name: "printer.noise", meaning: "noise before every byte that the printer answers" },
    ),
    (
        PrinterFault::NotTaken,
        FaultName { name: "printer.not_taken", meaning: "nobody takes the paper that is held out" },
    ),
];

fn at_a_moment() -> impl Iterator<Item = (Make, [FaultName; 6])> {
    AT_A_MOMENT.into_iter().chain([HELD])
}

/// The names, for `--fault list`.
pub fn fault_names() -> impl Iterator<Item = FaultName> {
    ALWAYS.into_iter().map(|(_, name)| name).chain(at_a_moment().flat_map(|(_, names)| names))
}

impl PrinterFault {
    /// The fault of that full name, `printer.paper_out@line3`.
    pub fn from_name(name: &str) -> Option<Self> {
        let number = |text: &str, of: &str| text.strip_prefix(of)?.parse().ok().filter(|n| *n > 0);
        let (fault, moment) = match name.split_once('@') {
            None => (name, Moment::Before),
            Some((fault, "cut")) => (fault, Moment::Cut),
            Some((fault, "present")) => (fault, Moment::Present),
            Some((fault, "retract")) => (fault, Moment::Retract),
            Some((fault, at)) => match number(at, "line") {
                Some(line) => (fault, Moment::Line(line)),
                None => (fault, Moment::Byte(number(at, "byte")?)),
            },
        };
        let always = ALWAYS.iter().find(|(_, n)| n.name == name).map(|(fault, _)| *fault);
        let make = || at_a_moment().find(|(_, names)| names[0].name == fault).map(|(make, _)| make(moment));
        always.or_else(make)
    }

    /// When it happens; the cutter's is the cut.
    pub const fn moment(self) -> Moment {
        match self {
            Self::PaperLow | Self::Mute | Self::Noise | Self::NotTaken => Moment::Before,
            Self::Cutter => Moment::Cut,
            Self::PaperOut(moment)
            | Self::CoverOpen(moment)
            | Self::PaperJam(moment)
            | Self::ExitBlocked(moment)
            | Self::Overheated(moment)
            | Self::Offline(moment)
            | Self::FeedButton(moment)
            | Self::Hardware(moment)
            | Self::NoAnswer(moment)
            | Self::Unplugged(moment)
            | Self::Held(moment) => moment,
        }
    }
}
