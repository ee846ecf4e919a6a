//! Every way in which the province fails, on a whole terminal: at a question, for a case that may wait and for one that may
//! not, the resident reads one calm sentence, the same in all that the kind of error stands for, in both languages.

use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use platform_client::contract::envelope::ErrorClass;
use platform_client::error::CallErrorKind as Kind;
use std::thread::JoinHandle;

/// What may be read where an answer failed; of these exactly one is on the screen.
const SENTENCES: [M; 6] = [
    M::TroubleProvinceSentence,
    M::TroubleRefusedSentence,
    M::TroubleNotTakenSentence,
    M::ResultQueuedSentence,
    M::ResultSetAsideSentence,
    M::ResultUnknownSentence,
];

/// One kind of error: how it is brought about at a call, and what is read.
struct Row {
    kind: Kind,
    /// Faults that bring it about, of the name that `@STEP` follows.
    faults: &'static [&'static str],
    /// At a question whose answer is needed at once.
    question: M,
    /// For a case that may wait, and for one that needs the province at once.
    case: [M; 2],
}

const AWAY: Row = Row {
    kind: Kind::Unreachable,
    faults: &["province.down"],
    question: M::TroubleProvinceSentence,
    case: [M::ResultQueuedSentence, M::TroubleProvinceSentence],
};
const UNKNOWN: Row = Row {
    kind: Kind::OutcomeUnknown,
    faults: &["province.drop_before_commit", "province.half_answer"],
    question: M::TroubleProvinceSentence,
    case: [M::ResultUnknownSentence, M::ResultUnknownSentence],
};
const NO: Row = Row {
    kind: Kind::Refused(ErrorClass::Fatal),
    faults: &["province.fatal"],
    question: M::TroubleRefusedSentence,
    case: [M::ResultSetAsideSentence, M::TroubleNotTakenSentence],
};

const TABLE: [Row; 8] = [
    AWAY,
    Row { kind: Kind::Tls, faults: &["province.tls_unknown_issuer", "province.tls_expired"], ..AWAY },
    UNKNOWN,
    Row { kind: Kind::BadAnswer, faults: &["province.invalid_json", "province.redirect"], ..UNKNOWN },
    Row {
        kind: Kind::Refused(ErrorClass::Retryable),
        faults: &["province.unavailable", "province.rate_limited_429", "province.error_200"],
        ..AWAY
    },
    Row { kind: Kind::Refused(ErrorClass::NeedsUser), faults: &["province.needs_user"], ..NO },
    Row { kind: Kind::Refused(ErrorClass::NeedsHuman), faults: &["province.needs_human"], ..NO },
    NO,
];

/// A resident at the last page before something is sent.
struct Resident {
    booth: Booth,
    _folder: tempfile::TempDir,
}

impl Resident {
    fn before(item: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
        Walk::new(&booth).to_review(item, SampleCard::Resident.card()).unwrap();
        Self { booth, _folder: folder }
    }

    fn strike(&self, faults: &[String]) {
        let admin = self.booth.rig().admin().unwrap();
        // On a connection that is open something would be sent: it is cut first.
        if faults.iter().any(|fault| is_before_the_call(fault)) {
            admin.set_fault("province.down".parse().unwrap());
            let walk = Walk::new(&self.booth);
            walk.tap(Tap::Help);
            walk.tap(Tap::CallHelp);
            let sentence = M::HelpFailed.text(Locale::ZhCn);
            walk.hear_until(Page::Help, || self.reads(sentence)).unwrap();
            walk.tap(Tap::Close);
            admin.clear_faults();
        }
        for fault in faults {
            admin.set_fault(fault.parse().unwrap_or_else(|error| panic!("{error}")));
        }
    }

    fn reads(&self, sentence: &str) -> bool {
        self.booth.stage().elements().iter().any(|element| element.label.contains(sentence))
    }

    /// Sends, and looks at the page that comes of it.
    fn sends(&self, page: Page, wanted: M, what: &str) {
        let walk = Walk::new(&self.booth);
        let id = self.booth.terminal().shell().fresh_submission_id().unwrap();
        walk.tap(Tap::Confirm(id));
        let patient = walk.reach(page).or_else(|_| walk.reach(page));
        patient.unwrap_or_else(|error| panic!("{what}: {error}"));
        for locale in [Locale::ZhCn, Locale::En] {
            walk.tap(Tap::Language(locale));
            self.booth.stage().settle();
            let read: Vec<M> = SENTENCES.into_iter().filter(|m| self.reads(m.text(locale))).collect();
            assert_eq!(read, [wanted], "{what}, {locale:?}");
        }
    }
}

/// A resident who sends this item under these faults reads this sentence. A thread has one screen, and each has its own.
fn reads(item: &'static str, faults: Vec<String>, sentence: M) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let resident = Resident::before(item);
        resident.strike(&faults);
        resident.sends(page_of(sentence), sentence, &format!("{item}: {faults:?}"));
    })
}

fn page_of(sentence: M) -> Page {
    let on_the_result = [M::ResultQueuedSentence, M::ResultSetAsideSentence, M::ResultUnknownSentence];
    if on_the_result.contains(&sentence) { Page::Result } else { Page::Trouble }
}

/// Where no connection comes about it is not known yet what is asked.
fn is_before_the_call(fault: &str) -> bool {
    fault == "province.down" || fault.contains(".tls_")
}

fn at(fault: &str, step: &str) -> String {
    if is_before_the_call(fault) { fault.to_owned() } else { format!("{fault}@{step}") }
}

#[test]
fn no_kind_is_left_out() {
    assert_eq!(TABLE.map(|row| row.kind), Kind::ALL);
}

#[test]
fn a_question_that_fails_is_one_sentence() {
    for row in TABLE {
        for fault in row.faults {
            let faults = vec![at(fault, "certificate")];
            reads("participation-certificate", faults, row.question).join().unwrap();
        }
    }
}

#[test]
fn a_case_that_fails_is_one_sentence_and_is_never_told_falsely() {
    let mut waiting = Vec::new();
    for row in TABLE {
        for fault in row.faults {
            for (item, sentence) in ["appeal-12345", "meal-booking"].into_iter().zip(row.case) {
                let mut faults = vec![at(fault, "submit")];
                // Whoever can look it up learns what became of it: here nobody can.
                if sentence == M::ResultUnknownSentence {
                    faults.push("province.down@look_up".to_owned());
                }
                let resident = reads(item, faults, sentence);
                // Before it says that nobody knows, the terminal looks for a minute: that long they wait together.
                match sentence {
                    M::ResultUnknownSentence => waiting.push(resident),
                    _ => resident.join().unwrap(),
                }
            }
        }
    }
    for resident in waiting {
        resident.join().unwrap();
    }
}
