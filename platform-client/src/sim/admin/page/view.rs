//! The page as it is drawn.

use askama::Template;
use domain::terminal::Timestamp;
use time::macros::format_description;

use super::labels::{Labels, Language};
use super::{Admin, Mistake};
use crate::sim::desk::FaceRule;
use crate::sim::fault::{self, FaultName};
use crate::sim::platform::held;
use crate::sim::store::{CallRow, CaseRow, EventRow, KeptRow, MaterialRow, RatingRow, TerminalRow};

/// A page with more rows than this is read by nobody.
const LISTED: usize = 200;

/// How a visitor wants the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) language: Language,
    pub(super) telephones: Telephones,
}

/// Whether telephone numbers are shown whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Telephones {
    #[default]
    Masked,
    Revealed,
}

impl Look {
    /// The address of the page in this look.
    pub(super) fn address(self, path: &str) -> String {
        let mut query = Vec::new();
        if self.language == Language::English {
            query.push("lang=en");
        }
        if self.telephones == Telephones::Revealed {
            query.push("reveal=1");
        }
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }

    fn in_other_language(self) -> String {
        Self { language: self.language.other(), ..self }.address("/")
    }

    fn with_other_telephones(self) -> String {
        let telephones = match self.telephones {
            Telephones::Masked => Telephones::Revealed,
            Telephones::Revealed => Telephones::Masked,
        };
        Self { telephones, ..self }.address("/")
    }
}

/// The whole page.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page {
    look: Look,
    t: &'static Labels,
    live: Live,
    faults: Vec<FaultName>,
    steps: Vec<&'static str>,
    /// What the matcher of faces can be told, with its word.
    faces: [(&'static str, &'static str); 3],
    /// The colours of a warning, with their words.
    levels: [(&'static str, &'static str); 5],
    people: Vec<(&'static str, String)>,
    seed: u64,
}

/// The part that changes by itself.
#[derive(Template)]
#[template(path = "live.html")]
pub(super) struct Live {
    t: &'static Labels,
    now: Timestamp,
    face: &'static str,
    warning: &'static str,
    /// How many cases there are; the newest of them are listed.
    count: usize,
    cases: Vec<CaseRow>,
    terminals: Vec<TerminalRow>,
    ratings: Vec<RatingRow>,
    calls: Vec<CallRow>,
    events: Vec<EventRow>,
    materials: Vec<MaterialRow>,
    /// Matters of the neighbourhood that are no cases.
    appeals: Vec<KeptRow>,
    appointments: Vec<KeptRow>,
    /// Whose shared data were given out, by which consent; nobody's name.
    sharings: Vec<KeptRow>,
    in_force: Vec<String>,
}

impl Page {
    pub(super) fn of(admin: &Admin, look: Look) -> Result<Self, Mistake> {
        let t = look.language.labels();
        Ok(Self {
            look,
            t,
            faces: [("match", t.face_match), ("no_match", t.face_no_match), ("down", t.face_down)],
            levels: [
                ("red", t.red),
                ("orange", t.orange),
                ("yellow", t.yellow),
                ("blue", t.blue),
                ("none", t.none),
            ],
            live: Live::of(admin, look)?,
            faults: fault::list().collect(),
            steps: fault::step_names().collect(),
            people: admin.people().into_iter().map(|p| (p.key, p.sms_code)).collect(),
            seed: admin.0.seed().0,
        })
    }
}

impl Live {
    pub(super) fn of(admin: &Admin, look: Look) -> Result<Self, Mistake> {
        let platform = &admin.0;
        let t = look.language.labels();
        let mut cases = admin.cases()?;
        let count = cases.len();
        cases.reverse();
        cases.truncate(LISTED);
        let mut calls = platform.store.calls()?;
        if look.telephones == Telephones::Masked {
            for call in &mut calls {
                call.phone = call.phone.take().map(|phone| masked(&phone));
            }
        }
        Ok(Self {
            t,
            now: admin.now(),
            face: match admin.face() {
                FaceRule::Match => t.face_match,
                FaceRule::NoMatch => t.face_no_match,
                FaceRule::Down => t.face_down,
            },
            warning: held(&platform.warning).map_or(t.none, |w| match w.colour {
                sample_city::WarningColour::Red => t.red,
                sample_city::WarningColour::Orange => t.orange,
                sample_city::WarningColour::Yellow => t.yellow,
                sample_city::WarningColour::Blue => t.blue,
            }),
            count,
            cases,
            terminals: platform.store.terminals()?,
            ratings: platform.store.ratings()?,
            calls,
            events: platform.store.events(50)?,
            materials: platform.store.materials(50)?,
            appeals: platform.store.newest_kept("appeal", 50)?,
            appointments: platform.store.newest_kept("appointment", 50)?,
            sharings: platform.store.newest_kept("sharing", 50)?,
            in_force: admin.faults().iter().map(ToString::to_string).collect(),
        })
    }
}

/// To the second, in the clock's own offset.
fn moment(at: &Timestamp) -> String {
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.format(shape).unwrap_or_default()
}

/// A number with its middle hidden: three digits in front, four behind; of a short one nothing is left.
fn masked(phone: &str) -> String {
    let characters: Vec<char> = phone.chars().collect();
    match characters.len() {
        0..=7 => "****".to_owned(),
        length => {
            let part = |range: std::ops::Range<usize>| characters[range].iter().collect::<String>();
            format!("{}****{}", part(0..3), part(length - 4..length))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_masked_however_they_are_written() {
        for (phone, want) in
            [("11100000001", "111****0001"), ("0553-12345", "055****2345"), ("12345", "****"), ("", "****")]
        {
            assert_eq!(masked(phone), want);
        }
    }

    #[test]
    fn an_address_carries_the_look() {
        let english = Look { language: Language::English, ..Look::default() };
        assert_eq!(Look::default().address("/"), "/");
        assert_eq!(english.address("/live"), "/live?lang=en");
        assert_eq!(english.with_other_telephones(), "/?lang=en&reveal=1");
        assert_eq!(english.in_other_language(), "/");
    }
}
