//! The cases of a run: the same for the same run, in the driver and in the victim. Nobody in them exists.

use crate::answers;
use crate::plain_case::plain_case;
use domain::case::{Submission, SubmissionId};
use domain::form::answer::{Answer, YesNo};
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::Queueing;
use domain::terminal::{TerminalId, Timestamp};

/// xorshift64*: the same numbers for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        dice.throw(2);
        dice
    }

    pub(crate) fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}

pub(crate) fn id(run: u64, n: u64) -> SubmissionId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&run.to_be_bytes());
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    SubmissionId::from_random(bytes)
}

/// When the resident filed it: whole seconds, another for each case.
pub(crate) fn filed_at(base: Timestamp, n: u64) -> Timestamp {
    base + std::time::Duration::from_secs(n)
}

pub(crate) fn submission(run: u64, n: u64, base: Timestamp, terminal: &TerminalId) -> Submission {
    let mut dice = Dice::new(run.wrapping_mul(1000) + n);
    let at = filed_at(base, n);
    let (item, queueing, fields) = match dice.throw(4) {
        0 => ("meal-booking", Queueing::LiveOnly, meal(at)),
        1 => ("appeal-12345", Queueing::MayQueue, appeal(Some(&mut dice))),
        _ => ("appeal-12345", Queueing::MayQueue, appeal(None)),
    };
    plain_case(id(run, n), item, queueing, at, terminal.clone(), fields)
}

fn meal(at: Timestamp) -> Vec<(&'static str, Answer)> {
    let diner =
        Answer::Person { name: Personal::new("张示例"), number: Personal::new("990000194001010014") };
    vec![
        ("diner", diner),
        ("canteen", Answer::Choice("canteen-990001001001".to_owned())),
        ("meal_date", Answer::Date(at.date())),
        ("meal", Answer::Choice("lunch".to_owned())),
        ("portions", Answer::Number(1)),
        ("service", Answer::Choice("eat_in".to_owned())),
        ("use_subsidy", Answer::YesNo(YesNo::No)),
    ]
}

/// With a picture of several sealed chunks, or without.
fn appeal(picture: Option<&mut Dice>) -> Vec<(&'static str, Answer)> {
    let mut fields = answers::appeal();
    if let Some(dice) = picture {
        let mut file = b"\xff\xd8\xff".to_vec();
        let length = 100_000 + usize::try_from(dice.throw(60_000)).unwrap();
        file.extend((file.len()..length).map(|_| u8::try_from(dice.throw(256)).unwrap()));
        fields.push(("photo", Answer::Photo(Picture::new(file))));
    }
    fields
}
