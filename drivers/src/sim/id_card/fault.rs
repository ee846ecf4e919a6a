//! What the simulated reader can do wrong.

use crate::sim::fault::FaultName;

/// A step of a visit to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Find card, 20 01.
    Find,
    /// Select card, 20 02.
    Select,
    /// Read the text with photo, with or without fingerprints: 30 01, 30 10.
    Read,
}

/// A fault of the identity-card reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardFault {
    /// Every byte comes eight times slower than the line allows.
    Slow,
    /// Seeded stray bytes before every answer, pieces of a preamble among them.
    Noisy,
    /// Every byte comes alone, with a short pause after it.
    Split,
    /// No request is answered.
    Silent,
    /// The answer to the first request of the step is lost, later ones come.
    LostOnce(Step),
    /// Every answer has a wrong check byte.
    Checksum,
    /// The first answer to a read has a wrong check byte, later ones are right.
    ChecksumOnce,
    /// The first answer to a read stops in the middle, later ones are whole.
    CutOnce,
    /// The card is taken away when the step's request comes.
    Removed(Step),
    /// The reader's plug is pulled as the step's request comes, and put in again a second later.
    Unplugged(Step),
    /// Reader and card do not trust each other (SW3 31).
    Security,
    /// The card is of another application (SW3 40 at the select).
    WrongCard,
    /// The card's content cannot be read (SW3 41).
    ReadFailed,
    /// The security module failed its self-test (SW3 60).
    SelfTest,
    /// The security module has no authorisation (SW3 66).
    Unauthorised,
    /// The answer to a read holds a text block with a date that is no date.
    BadText,
}

/// Every fault, by the name that a command line gives it.
const NAMED: [(FaultName, CardFault); 22] = [
    named("card.slow", "every byte takes eight times its time", CardFault::Slow),
    named("card.noisy", "stray bytes before every answer", CardFault::Noisy),
    named("card.split", "every byte comes alone", CardFault::Split),
    named("card.silent", "no request is answered", CardFault::Silent),
    named("card.lost_once@find", "one answer to find is lost", CardFault::LostOnce(Step::Find)),
    named("card.lost_once@select", "one answer to select is lost", CardFault::LostOnce(Step::Select)),
    named("card.lost_once@read", "one answer to read is lost", CardFault::LostOnce(Step::Read)),
    named("card.checksum", "every answer has a wrong check byte", CardFault::Checksum),
    named("card.checksum_once", "the first answer to read has a wrong check byte", CardFault::ChecksumOnce),
    named("card.cut_once", "the first answer to read stops in the middle", CardFault::CutOnce),
    named("card.removed@find", "the card is taken away as it is looked for", CardFault::Removed(Step::Find)),
    named(
        "card.removed@select",
        "the card is taken away after it was found",
        CardFault::Removed(Step::Select),
    ),
    named("card.removed@read", "the card is taken away while it is read", CardFault::Removed(Step::Read)),
    named("card.unplugged@find", "the plug is pulled for a second at find", CardFault::Unplugged(Step::Find)),
    named(
        "card.unplugged@select",
        "the plug is pulled for a second at select",
        CardFault::Unplugged(Step::Select),
    ),
    named("card.unplugged@read", "the plug is pulled for a second at read", CardFault::Unplugged(Step::Read)),
    named("card.security", "reader and card do not trust each other", CardFault::Security),
    named("card.wrong_card", "a card of another application lies there", CardFault::WrongCard),
    named("card.read_failed", "the card's content cannot be read", CardFault::ReadFailed),
    named("card.self_test", "the security module failed its self-test", CardFault::SelfTest),
    named("card.unauthorised", "the security module has no authorisation", CardFault::Unauthorised),
    named("card.bad_text", "the card's text holds a date that is none", CardFault::BadText),
];

/// The names, for `--fault list`.
pub const FAULTS: &[FaultName] = &{
    let mut names = [FaultName { name: "", meaning: "" }; NAMED.len()];
    let mut i = 0;
    while i < NAMED.len() {
        names[i] = NAMED[i].0;
        i += 1;
    }
    names
};

impl CardFault {
    /// The fault of that full name, `card.silent`.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMED.iter().find(|(n, _)| n.name == name).map(|(_, fault)| *fault)
    }
}

const fn named(name: &'static str, meaning: &'static str, fault: CardFault) -> (FaultName, CardFault) {
    (FaultName { name, meaning }, fault)
}
