//! What the simulated printer can do wrong.

use crate::sim::fault::FaultName;

/// When a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// It is so from the beginning.
    Before,
    /// In place of the line of that number of the paper, counted from 1: text, a band of dots or a code.
    Line(u32),
    /// In place of the cut.
    Cut,
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
    /// The cutter gets stuck at every cut.
    Cutter,
    /// The head gets too hot.
    Overheated(Moment),
    /// It goes offline without a reason that it tells.
    Offline(Moment),
    /// A fault that only a technician clears.
    Hardware(Moment),
    /// It loses its power: prints and answers nothing more.
    NoAnswer(Moment),
    /// It prints and never answers.
    Mute,
}

type Make = fn(Moment) -> PrinterFault;

/// Faults that may come at a line: name, what happens, the fault.
const AT_A_MOMENT: [(&str, &str, Make); 7] = [
    ("printer.paper_out", "the roll ends", PrinterFault::PaperOut),
    ("printer.cover_open", "the cover is opened", PrinterFault::CoverOpen),
    ("printer.paper_jam", "the paper gets stuck", PrinterFault::PaperJam),
    ("printer.overheated", "the head gets too hot", PrinterFault::Overheated),
    ("printer.offline", "the printer goes offline and does not say why", PrinterFault::Offline),
    ("printer.hardware", "a fault that only a technician clears", PrinterFault::Hardware),
    ("printer.no_answer", "the printer loses its power", PrinterFault::NoAnswer),
];

const ALWAYS: [(&str, &str, PrinterFault); 3] = [
    ("printer.paper_low", "the end of the roll is near", PrinterFault::PaperLow),
    ("printer.cutter", "the cutter gets stuck at the cut", PrinterFault::Cutter),
    ("printer.mute", "the printer prints and never answers", PrinterFault::Mute),
];

/// The names, for `--fault list`.
pub const FAULTS: &[FaultName] = &[
    FaultName { name: ALWAYS[0].0, meaning: ALWAYS[0].1 },
    FaultName { name: ALWAYS[1].0, meaning: ALWAYS[1].1 },
    FaultName { name: ALWAYS[2].0, meaning: ALWAYS[2].1 },
    FaultName { name: AT_A_MOMENT[0].0, meaning: AT_A_MOMENT[0].1 },
    FaultName { name: "printer.paper_out@lineN", meaning: "the roll ends in place of line N" },
    FaultName { name: "printer.paper_out@cut", meaning: "the roll ends before the cut" },
    FaultName { name: AT_A_MOMENT[1].0, meaning: AT_A_MOMENT[1].1 },
    FaultName { name: "printer.cover_open@lineN", meaning: "the cover is opened in place of line N" },
    FaultName { name: "printer.cover_open@cut", meaning: "the cover is opened before the cut" },
    FaultName { name: AT_A_MOMENT[2].0, meaning: AT_A_MOMENT[2].1 },
    FaultName { name: "printer.paper_jam@lineN", meaning: "the paper gets stuck in place of line N" },
    FaultName { name: "printer.paper_jam@cut", meaning: "the paper gets stuck before the cut" },
    FaultName { name: AT_A_MOMENT[3].0, meaning: AT_A_MOMENT[3].1 },
    FaultName { name: "printer.overheated@lineN", meaning: "the head gets too hot in place of line N" },
    FaultName { name: "printer.overheated@cut", meaning: "the head gets too hot before the cut" },
    FaultName { name: AT_A_MOMENT[4].0, meaning: AT_A_MOMENT[4].1 },
    FaultName { name: "printer.offline@lineN", meaning: "the printer goes offline in place of line N" },
    FaultName { name: "printer.offline@cut", meaning: "the printer goes offline before the cut" },
    FaultName { name: AT_A_MOMENT[5].0, meaning: AT_A_MOMENT[5].1 },
    FaultName { name: "printer.hardware@lineN", meaning: "a technician's fault in place of line N" },
    FaultName { name: "printer.hardware@cut", meaning: "a technician's fault before the cut" },
    FaultName { name: AT_A_MOMENT[6].0, meaning: AT_A_MOMENT[6].1 },
    FaultName { name: "printer.no_answer@lineN", meaning: "the printer loses its power in place of line N" },
    FaultName { name: "printer.no_answer@cut", meaning: "the printer loses its power before the cut" },
];

impl PrinterFault {
    /// The fault of that full name, `printer.paper_out@line3`.
    pub fn from_name(name: &str) -> Option<Self> {
        let (fault, moment) = match name.split_once('@') {
            None => (name, Moment::Before),
            Some((fault, "cut")) => (fault, Moment::Cut),
            Some((fault, line)) => {
                (fault, Moment::Line(line.strip_prefix("line")?.parse().ok().filter(|n| *n > 0)?))
            }
        };
        let always = ALWAYS.iter().find(|(n, ..)| *n == name).map(|(.., fault)| *fault);
        always.or_else(|| AT_A_MOMENT.iter().find(|(n, ..)| *n == fault).map(|(.., make)| make(moment)))
    }

    /// When it happens; the cutter's is the cut.
    pub const fn moment(self) -> Moment {
        match self {
            Self::PaperLow | Self::Mute => Moment::Before,
            Self::Cutter => Moment::Cut,
            Self::PaperOut(moment)
            | Self::CoverOpen(moment)
            | Self::PaperJam(moment)
            | Self::Overheated(moment)
            | Self::Offline(moment)
            | Self::Hardware(moment)
            | Self::NoAnswer(moment) => moment,
        }
    }
}
