//! The other side of the counter: what departments, phones, weather and faults do, for a demonstration or a test.

mod matters;
mod page;

use std::sync::Arc;

use domain::case::ApplicationNumber;
use domain::identity::KnownPerson;
use domain::terminal::{Site, Timestamp};
use sample_city::{Person, StaffMember, WarningColour};
use time::Duration;

use super::desk::{CodeKind, FaceEngines, FaceRule, sms_code};
use super::fault::Fault;
use super::platform::{Platform, WarningInForce, held};
use super::store::{CaseRow, KeptState, StoreError, Verdict};
use super::words;
use crate::contract::board::WarningLevel;
use crate::contract::catalogue::CatalogueFiles;

pub(super) use page::router;

/// One person of the city's cast.
#[derive(Debug, Clone)]
pub struct CastMember {
    /// How the other calls name them: `zhang-shili`.
    pub key: &'static str,
    /// Name and number.
    pub person: KnownPerson,
    /// The code that a message to their telephone holds.
    pub sms_code: String,
}

/// A badge and its PIN.
pub type StaffPass = StaffMember;

/// The admin face of one platform; clones act on the same one.
#[derive(Clone)]
pub struct Admin(Arc<Platform>);

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Admin(seed {})", self.0.seed().0)
    }
}

impl Admin {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        Self(platform)
    }

    /// Every case, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn cases(&self) -> Result<Vec<CaseRow>, StoreError> {
        self.0.store.cases()
    }

    /// 受理 of everything that was received and waits; gives back what was accepted.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn accept_pending(&self) -> Result<Vec<CaseRow>, StoreError> {
        let mut accepted = Vec::new();
        for case in self.cases()?.iter().filter(|c| c.state == KeptState::Submitted) {
            accepted.extend(self.accept(&case.application_number)?);
        }
        Ok(accepted)
    }

    /// 受理 of one case; `None` where none waits under this number.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn accept(&self, application: &ApplicationNumber) -> Result<Option<CaseRow>, StoreError> {
        self.0.store.act(application, &Verdict::Accept, self.now())
    }

    /// 补正: a paper is missing.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn ask_supplement(&self, application: &ApplicationNumber) -> Result<Option<CaseRow>, StoreError> {
        self.0.store.act(application, &Verdict::Supplement(words::supplement()), self.now())
    }

    /// 不予受理.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn refuse(&self, application: &ApplicationNumber) -> Result<Option<CaseRow>, StoreError> {
        self.0.store.act(application, &Verdict::NotAccept(words::refused()), self.now())
    }

    /// 办结 of an accepted case.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn conclude(&self, application: &ApplicationNumber) -> Result<Option<CaseRow>, StoreError> {
        self.0.store.conclude(application, self.now())
    }

    /// Makes something go wrong. A province that is down has let go of every connection, too.
    pub fn set_fault(&self, fault: Fault) {
        self.0.faults.set(fault);
        if self.0.faults.shut_the_door() {
            self.0.connections.cut();
        }
    }

    /// Takes one fault away.
    pub fn clear_fault(&self, fault: Fault) {
        self.0.faults.clear(Some(fault));
    }

    /// Takes every fault away.
    pub fn clear_faults(&self) {
        self.0.faults.clear(None);
    }

    /// What goes wrong now.
    pub fn faults(&self) -> Vec<Fault> {
        self.0.faults.in_force()
    }

    /// The people whose cards the simulated reader holds.
    pub fn people(&self) -> Vec<CastMember> {
        let member =
            |p: &Person| CastMember { key: p.key.0, person: p.known(), sms_code: sms_code(self.0.seed(), p) };
        self.0.city.people().iter().map(member).collect()
    }

    /// Badges and PINs.
    pub fn staff(&self) -> Vec<StaffPass> {
        self.0.city.staff().to_vec()
    }

    /// A one-time code as the person's phone shows it; `None` where nobody has this key.
    pub fn fresh_code(&self, kind: CodeKind, person: &str) -> Option<String> {
        let person = self.0.city.person_called(person)?;
        Some(self.0.desk.fresh_code(kind, person, self.now()))
    }

    /// The code of the newest message to anybody's telephone.
    pub fn last_sms(&self) -> Option<String> {
        self.0.desk.last_sms()
    }

    /// The code that a message to the person's telephone holds.
    pub fn sms_code(&self, person: &str) -> Option<String> {
        self.0.city.person_called(person).map(|p| sms_code(self.0.seed(), p))
    }

    /// What the matcher of faces says from now on.
    pub fn set_face(&self, rule: FaceRule) {
        self.0.desk.set_face(rule);
    }

    /// Whether the word of face engines at terminals counts from now on.
    pub fn set_face_engines(&self, engines: FaceEngines) {
        self.0.desk.set_face_engines(engines);
    }

    /// What the matcher of faces says now.
    pub fn face(&self) -> FaceRule {
        self.0.desk.face_rule()
    }

    /// A warning of the weather office, or none.
    pub fn set_warning(&self, level: Option<WarningLevel>) {
        let issued_at = self.now();
        *held(&self.0.warning) = level.map(|level| WarningInForce { colour: colour(level), issued_at });
    }

    /// Offers other files from now on, right or wrong, under another `ETag`, signed anew; what they take back
    /// (`rolls_back`) stays as it is.
    pub fn set_catalogue(&self, files: CatalogueFiles) {
        self.0.publish(self.0.signer.signed(files));
    }

    /// The same with the signature that they have, or none: what a terminal must refuse.
    pub fn set_catalogue_unsigned(&self, files: CatalogueFiles) {
        self.0.publish(files);
    }

    /// The files that are offered now.
    pub fn catalogue(&self) -> CatalogueFiles {
        self.0.offer().files().clone()
    }

    /// The site of the demonstration's terminal.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// The province's clock.
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// Moves the province's clock.
    pub fn advance_clock(&self, by: Duration) {
        self.0.clock.advance(by);
    }
}

fn colour(level: WarningLevel) -> WarningColour {
    match level {
        WarningLevel::Red => WarningColour::Red,
        WarningLevel::Orange => WarningColour::Orange,
        WarningLevel::Yellow => WarningColour::Yellow,
        WarningLevel::Blue => WarningColour::Blue,
    }
}
