//! Who stands at a terminal: the evidence checked, the session opened.
//!
//! Duty: cards, one-time codes, codes by SMS, badges, faces by a rule that a demonstration can steer. Never: keep a
//! picture of a face, or a session beyond its time; nothing of this is in the file.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::division::DivisionCode;
use domain::identity::{Assurance, IdentityWay, KnownPerson};
use domain::locale::Localized;
use domain::personal::Personal;
use domain::resident_id::ResidentIdNumber;
use domain::terminal::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use sample_city::{City, Dice, Person, PersonKey, Seed, StaffMember};
use time::Duration;

use super::answer::{Answer, refusal};
use super::store::hex;
use crate::contract::envelope::code;
use crate::contract::licence::AuthorisationProof;
use crate::contract::session::{FaceAnswer, FaceVerdictReport, IdentityEvidence, PresentationAttack};

/// Whether the word of a face engine at a terminal counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FaceEngines {
    /// It does.
    #[default]
    Admitted,
    /// It does not: the province wants the picture.
    NotAdmitted,
}

/// What the matcher of faces says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FaceRule {
    /// The face fits the card.
    #[default]
    Match,
    /// It does not.
    NoMatch,
    /// The matcher does not answer.
    Down,
}

/// What makes a one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeKind {
    /// The QR of the province's app.
    ProvinceQr,
    /// 网证
    NetworkId,
    /// The QR of the province's app that allows a look at certificates.
    Licences,
}

impl CodeKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ProvinceQr => "yilin-app:1:",
            Self::NetworkId => "yilin-netid:1:",
            Self::Licences => "yilin-licence:1:",
        }
    }
}

/// A session: whom the province recognised, how, and how sure it is.
#[derive(Debug, Clone)]
pub(crate) struct OpenSession {
    pub(crate) person: KnownPerson,
    pub(crate) way: IdentityWay,
    pub(crate) assurance: Assurance,
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
}

/// A look at somebody's certificates that they allowed.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The number of the person's card.
    pub(crate) person: String,
    /// What for.
    pub(crate) purpose: Localized,
    /// Where.
    pub(crate) place: DivisionCode,
    /// Until when.
    pub(crate) expires_at: Timestamp,
}

/// How long a session opens anything.
const SESSION: Duration = Duration::minutes(30);
/// How long a one-time code can be shown.
const CODE: Duration = Duration::minutes(5);
/// The least likeness that counts.
const THRESHOLD: f32 = 0.60;

#[derive(Debug, Default)]
struct State {
    sessions: BTreeMap<String, OpenSession>,
    /// Codes not yet shown, with their person and their last moment.
    codes: BTreeMap<String, (PersonKey, Timestamp)>,
    codes_made: u64,
    /// Numbers to which a code by SMS went, with its last moment.
    sms: BTreeMap<String, Timestamp>,
    /// Numbers to which a code went that allows a look at certificates, with its last moment.
    licence_sms: BTreeMap<String, Timestamp>,
    /// What was allowed, by its name.
    looks: BTreeMap<String, Look>,
    /// The code of the newest message.
    last_sms: Option<String>,
    face: FaceRule,
    engines: FaceEngines,
}

impl State {
    /// The session of this id, if the token opens it.
    fn open_session(&mut self, id: &str, token: Option<&str>, now: Timestamp) -> Answer<&mut OpenSession> {
        let open =
            self.sessions.get_mut(id).filter(|s| token == Some(s.token.as_str()) && s.expires_at > now);
        open.ok_or_else(|| refusal(code::SESSION_REQUIRED, "no session, or an expired one"))
    }
}

/// The desk.
pub(crate) struct Desk {
    seed: Seed,
    state: Mutex<State>,
    random: SystemRandom,
}

impl Desk {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, state: Mutex::default(), random: SystemRandom::new() }
    }

    /// Checks the evidence and opens a session; gives back its id.
    pub(crate) fn open(
        &self,
        city: &City,
        evidence: &IdentityEvidence,
        now: Timestamp,
    ) -> Answer<(String, OpenSession)> {
        let person = self.recognised(city, evidence, now)?;
        let session = OpenSession {
            person,
            way: evidence.way(),
            assurance: Assurance::CardOrQr,
            token: self.secret()?,
            expires_at: now + SESSION,
        };
        let id = self.secret()?;
        let mut state = self.lock();
        state.sessions.retain(|_, s| s.expires_at > now);
        state.sessions.insert(id.clone(), session.clone());
        Ok((id, session))
    }

    fn recognised(&self, city: &City, evidence: &IdentityEvidence, now: Timestamp) -> Answer<KnownPerson> {
        let refused = |why: &str| refusal(code::IDENTITY_REFUSED, why);
        match evidence {
            IdentityEvidence::Card { name, number, valid_from, valid_to, .. } => {
                if ResidentIdNumber::parse(number.reveal()).is_err() {
                    return Err(refused("the number's check character is wrong"));
                }
                if valid_to.is_some_and(|last| last < now.date()) {
                    return Err(refused("the card has expired"));
                }
                if *valid_from > now.date() {
                    return Err(refused("the card is not valid yet"));
                }
                Ok(KnownPerson { name: name.clone(), number: number.clone() })
            }
            IdentityEvidence::ProvinceQr { code } => {
                self.shown(city, CodeKind::ProvinceQr, code.reveal(), now)
            }
            IdentityEvidence::NetworkId { code } => self.shown(city, CodeKind::NetworkId, code.reveal(), now),
            IdentityEvidence::Sms { number, code } => {
                let person = city.person(number.reveal()).ok_or_else(|| refused("wrong code"))?;
                let mut state = self.lock();
                let sent = state.sms.get(number.reveal()).copied();
                if sent.is_none_or(|last| last < now) || sms_code(self.seed, person) != code.reveal() {
                    return Err(refused("wrong code, or too old"));
                }
                state.sms.remove(number.reveal());
                Ok(person.known())
            }
            IdentityEvidence::Worker { worker, number } => {
                if !city.staff().iter().any(|s| s.worker.badge == worker.badge) {
                    return Err(refused("no such badge"));
                }
                if ResidentIdNumber::parse(number.reveal()).is_err() {
                    return Err(refused("the number's check character is wrong"));
                }
                let person = city.person(number.reveal());
                person.map(Person::known).ok_or_else(|| refused("nobody is known under this number"))
            }
        }
    }

    /// A code counts once and for a few minutes.
    fn shown(&self, city: &City, kind: CodeKind, text: &str, now: Timestamp) -> Answer<KnownPerson> {
        let refused = || refusal(code::IDENTITY_REFUSED, "an unknown or used code, or too old");
        if !text.starts_with(kind.prefix()) {
            return Err(refused());
        }
        let (person, last) = self.lock().codes.remove(text).ok_or_else(refused)?;
        let person = city.person_called(person.0).filter(|_| last >= now).ok_or_else(refused)?;
        Ok(person.known())
    }

    /// A code as a phone would show it; the same ones in the same order for the same seed.
    pub(crate) fn fresh_code(&self, kind: CodeKind, person: &Person, now: Timestamp) -> String {
        let mut state = self.lock();
        state.codes_made += 1;
        let mut dice =
            Dice::new(self.seed, &format!("{} {} {}", kind.prefix(), person.key, state.codes_made));
        let text = format!("{}{:016x}{:016x}", kind.prefix(), dice.bits(), dice.bits());
        state.codes.retain(|_, (_, last)| *last >= now);
        state.codes.insert(text.clone(), (person.key, now + CODE));
        text
    }

    /// Sends a code to a person's telephone: until when it counts.
    pub(crate) fn send_sms(&self, person: &Person, now: Timestamp) -> Timestamp {
        let last = now + CODE;
        let mut state = self.lock();
        state.sms.insert(person.number.reveal().to_owned(), last);
        state.last_sms = Some(sms_code(self.seed, person));
        last
    }

    /// The code of the newest message, as the telephone that it went to shows it.
    pub(crate) fn last_sms(&self) -> Option<String> {
        self.lock().last_sms.clone()
    }

    /// Sends a code that allows a look at certificates: until when it counts.
    pub(crate) fn send_licence_sms(&self, person: &Person, now: Timestamp) -> Timestamp {
        let last = now + CODE;
        let mut state = self.lock();
        state.licence_sms.insert(person.number.reveal().to_owned(), last);
        state.last_sms = Some(licence_code(self.seed, person));
        last
    }

    /// Checks what a person shows to allow a look at their certificates, and notes it; gives back its name.
    pub(crate) fn allow(
        &self,
        city: &City,
        proof: &AuthorisationProof,
        look: Look,
        now: Timestamp,
    ) -> Answer<String> {
        let refused = || refusal(code::IDENTITY_REFUSED, "a wrong or used code, or too old");
        let number = match proof {
            AuthorisationProof::ProvinceQr { code } => {
                self.shown(city, CodeKind::Licences, code.reveal(), now)?.number.reveal().to_owned()
            }
            AuthorisationProof::Sms { code } => {
                let person = city.person(&look.person).ok_or_else(refused)?;
                let mut state = self.lock();
                let sent = state.licence_sms.get(&look.person).copied();
                if sent.is_none_or(|last| last < now) || licence_code(self.seed, person) != code.reveal() {
                    return Err(refused());
                }
                state.licence_sms.remove(&look.person);
                look.person.clone()
            }
        };
        // Somebody else's telephone allows nothing here.
        if number != look.person {
            return Err(refused());
        }
        let name = self.secret()?;
        let mut state = self.lock();
        state.looks.retain(|_, look| look.expires_at > now);
        state.looks.insert(name.clone(), look);
        Ok(name)
    }

    /// A look that a person allowed, while it counts.
    pub(crate) fn look(&self, name: &str, person: &str, now: Timestamp) -> Answer<Look> {
        let state = self.lock();
        let look = state.looks.get(name).filter(|look| look.person == person && look.expires_at > now);
        look.cloned().ok_or_else(|| refusal(code::NOT_FOUND, "nobody allowed this, or its time is over"))
    }

    /// The session that a token opens.
    pub(crate) fn session(&self, token: Option<&str>, now: Timestamp) -> Answer<OpenSession> {
        let state = self.lock();
        let open = state.sessions.values().find(|s| token == Some(s.token.as_str()) && s.expires_at > now);
        open.cloned().ok_or_else(|| refusal(code::SESSION_REQUIRED, "no session, or an expired one"))
    }

    /// Compares a face with the session's card.
    pub(crate) fn face(&self, id: &str, token: Option<&str>, now: Timestamp) -> Answer<FaceAnswer> {
        let mut state = self.lock();
        let rule = state.face;
        let session = state.open_session(id, token, now)?;
        let score = match rule {
            FaceRule::Match => 0.83,
            FaceRule::NoMatch => 0.31,
            FaceRule::Down => return Err(refusal(code::UNAVAILABLE, "the matcher of faces does not answer")),
        };
        let matched = score >= THRESHOLD;
        if matched && session.way == IdentityWay::Card {
            session.assurance = Assurance::CardAndFace;
        }
        Ok(FaceAnswer {
            score,
            threshold: THRESHOLD,
            matched,
            presentation_attack: PresentationAttack::NotChecked,
            assurance: session.assurance,
        })
    }

    /// Takes what an engine at a terminal said, where the word of such engines counts.
    pub(crate) fn face_verdict(
        &self,
        id: &str,
        token: Option<&str>,
        report: &FaceVerdictReport,
        now: Timestamp,
    ) -> Answer<Assurance> {
        let mut state = self.lock();
        let engines = state.engines;
        let session = state.open_session(id, token, now)?;
        let counts =
            report.score >= report.threshold && report.presentation_attack != PresentationAttack::Detected;
        if report.matched != counts {
            return Err(refusal(code::CONTENT_REFUSED, "`matched` is not what score and attack say"));
        }
        if engines == FaceEngines::NotAdmitted {
            return Err(refusal(code::NOT_ADMITTED, "the word of this engine does not count here"));
        }
        if report.matched && session.way == IdentityWay::Card {
            session.assurance = Assurance::CardAndFace;
        }
        Ok(session.assurance)
    }

    pub(crate) fn set_face_engines(&self, engines: FaceEngines) {
        self.lock().engines = engines;
    }

    pub(crate) fn set_face(&self, rule: FaceRule) {
        self.lock().face = rule;
    }

    pub(crate) fn face_rule(&self) -> FaceRule {
        self.lock().face
    }

    fn secret(&self) -> Answer<String> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes).map_err(|_| refusal(code::INTERNAL, "no randomness"))?;
        Ok(hex(&bytes))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who signs in with a badge and a PIN.
pub(crate) fn staff<'c>(city: &'c City, badge: &str, pin: &Personal) -> Answer<&'c StaffMember> {
    let member = city.staff().iter().find(|s| s.worker.badge == badge && s.pin == *pin);
    member.ok_or_else(|| refusal(code::IDENTITY_REFUSED, "badge and PIN do not fit"))
}

/// The code that goes to a person's telephone: fixed by the seed, so that a test knows it and the admin page shows it.
pub(crate) fn sms_code(seed: Seed, person: &Person) -> String {
    format!("{:06}", Dice::new(seed, &format!("sms {}", person.key)).below(1_000_000))
}

/// The code that goes to a person's telephone and allows a look at their certificates.
pub(crate) fn licence_code(seed: Seed, person: &Person) -> String {
    format!("{:06}", Dice::new(seed, &format!("licence sms {}", person.key)).below(1_000_000))
}

/// `111****0001`
pub(crate) fn masked_phone(phone: &Personal) -> Personal {
    let count = phone.reveal().chars().count();
    Personal::new(
        phone
            .reveal()
            .chars()
            .enumerate()
            .map(|(i, c)| if i >= 3 && i + 4 < count { '*' } else { c })
            .collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: Timestamp = datetime!(2026-11-24 10:00:00 +8);

    fn city() -> City {
        City::new(Seed(1), date!(2026 - 11 - 24))
    }

    fn qr(text: String) -> IdentityEvidence {
        IdentityEvidence::ProvinceQr { code: Personal::new(text) }
    }

    #[test]
    fn a_code_counts_once_and_for_its_minutes() {
        let (desk, city) = (Desk::new(Seed(1)), city());
        let person = &city.people()[0];
        let text = desk.fresh_code(CodeKind::ProvinceQr, person, NOW);
        assert_eq!(desk.open(&city, &qr(text.clone()), NOW).unwrap().1.person, person.known());
        assert_eq!(desk.open(&city, &qr(text), NOW).unwrap_err().code, code::IDENTITY_REFUSED);
        let late = desk.fresh_code(CodeKind::ProvinceQr, person, NOW);
        assert!(desk.open(&city, &qr(late), NOW + Duration::minutes(6)).is_err());
        let other = desk.fresh_code(CodeKind::NetworkId, person, NOW);
        assert!(desk.open(&city, &qr(other), NOW).is_err(), "a 网证 is no QR of the app");
    }

    #[test]
    fn codes_follow_the_seed() {
        let city = city();
        let first = |seed| Desk::new(Seed(seed)).fresh_code(CodeKind::ProvinceQr, &city.people()[0], NOW);
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn a_code_by_sms_must_have_been_sent() {
        let (desk, city) = (Desk::new(Seed(1)), city());
        let person = &city.people()[0];
        let evidence = |digits: String| IdentityEvidence::Sms {
            number: person.number.clone(),
            code: Personal::new(digits),
        };
        let right = sms_code(Seed(1), person);
        assert!(desk.open(&city, &evidence(right.clone()), NOW).is_err());
        desk.send_sms(person, NOW);
        assert_eq!(desk.last_sms().as_ref(), Some(&right));
        assert!(desk.open(&city, &evidence("x".into()), NOW).is_err());
        assert!(desk.open(&city, &evidence(right.clone()), NOW).is_ok());
        assert!(desk.open(&city, &evidence(right), NOW).is_err(), "once");
    }

    #[test]
    fn a_face_lifts_a_card_only() {
        let (desk, city) = (Desk::new(Seed(1)), city());
        let text = desk.fresh_code(CodeKind::ProvinceQr, &city.people()[0], NOW);
        let (id, session) = desk.open(&city, &qr(text), NOW).unwrap();
        let answer = desk.face(&id, Some(&session.token), NOW).unwrap();
        assert_eq!((answer.matched, answer.assurance), (true, Assurance::CardOrQr));
        assert!(desk.face(&id, Some("x"), NOW).is_err());
        desk.set_face(FaceRule::Down);
        assert_eq!(desk.face(&id, Some(&session.token), NOW).unwrap_err().code, code::UNAVAILABLE);
    }

    #[test]
    fn a_session_ends() {
        let (desk, city) = (Desk::new(Seed(1)), city());
        let text = desk.fresh_code(CodeKind::ProvinceQr, &city.people()[0], NOW);
        let (_, session) = desk.open(&city, &qr(text), NOW).unwrap();
        assert!(desk.session(Some(&session.token), NOW).is_ok());
        assert!(desk.session(Some(&session.token), NOW + SESSION).is_err());
        assert!(desk.session(None, NOW).is_err());
    }

    #[test]
    fn telephones_are_masked() {
        assert_eq!(masked_phone(&Personal::new("11100000001")).reveal(), "111****0001");
    }
}
