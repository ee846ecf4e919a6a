//! 申请材料: what has to be handed in with a case.

use crate::form::FieldId;
use crate::form::answer::{Answer, FormAnswers};
use crate::identity::{Consent, SharedDataConsent};
use crate::licence::{LicenceId, LicenceKind};
use crate::locale::Localized;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Where a material comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    /// A picture taken at the terminal.
    Upload,
    /// The province's library of electronic certificates.
    LicenceLibrary,
    /// Departments share it: the resident brings nothing.
    DataSharing,
    /// Made from the form.
    Form,
    /// Brought to the window later.
    Window,
    /// Sent by courier.
    Courier,
}

/// A material that an item asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialRequirement {
    /// Its id within the item.
    pub id: String,
    /// What it is called.
    pub name: Localized,
    /// Where it comes from.
    pub source: MaterialSource,
    /// The photo field of the form that holds it, for `upload`; for `licence_library` the one that takes the certificate,
    /// or a picture of the paper where the resident has no certificate there or allows no look.
    #[serde(default)]
    pub field: Option<FieldId>,
    /// Which kind of certificate it is, for `licence_library`: another kind is not taken for it.
    #[serde(default)]
    pub licence: Option<LicenceKind>,
    /// Whether the case may be filed without it.
    #[serde(default)]
    pub necessity: Necessity,
}

/// Where a paper that an item asks for comes from in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided {
    /// Its id within the item.
    pub requirement: String,
    /// Where it comes from.
    pub source: MaterialSource,
    /// The answer that is this paper, for what was handed in with the form.
    pub field: Option<FieldId>,
    /// What was shown, for a certificate of the library.
    pub licence: Option<ShownLicence>,
}

/// A certificate of the library as it was shown by the resident's authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLicence {
    /// What the authorisation is called.
    pub authorisation: String,
    /// The certificate.
    pub number: LicenceId,
    /// The digest of what was shown: SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// A certificate of the library that a resident takes as a paper: what a case names it by, and what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicencePaper {
    /// What a case names it by.
    pub shown: ShownLicence,
    /// What it is called.
    pub name: Localized,
    /// Its pages with the watermark. They stay here: the department has the certificate itself.
    pub pages: Vec<Picture>,
}

impl Provided {
    /// A certificate of the library for a paper that an item asks for.
    pub fn from_library(requirement: &MaterialRequirement, licence: ShownLicence) -> Self {
        Self {
            requirement: requirement.id.clone(),
            source: MaterialSource::LicenceLibrary,
            field: None,
            licence: Some(licence),
        }
    }
}

impl MaterialRequirement {
    /// Whether the case brings this paper, and from where: what departments share only by the resident's consent, what is
    /// handed in only where it was, a certificate of the library only as it was shown by its own authorisation.
    pub fn provided(&self, consent: &Consent, answers: &FormAnswers) -> Option<Provided> {
        use MaterialSource as S;
        let answered = self.field.as_ref().and_then(|field| Some((field, &answers.get(field)?.answer)));
        let source = match (self.source, answered) {
            (S::LicenceLibrary, Some((_, Answer::Licence(paper)))) => {
                return Some(Provided::from_library(self, paper.shown.clone()));
            }
            // Who has no certificate there has the paper itself.
            (S::LicenceLibrary | S::Upload, Some(_)) => S::Upload,
            (S::LicenceLibrary | S::Upload, None) => return None,
            (S::DataSharing, _) if consent.shared_data != SharedDataConsent::Given => return None,
            (source @ (S::DataSharing | S::Form | S::Window | S::Courier), _) => source,
        };
        let field = answered.map(|(field, _)| field.clone());
        Some(Provided { requirement: self.id.clone(), source, field, licence: None })
    }
}

/// Whether something must be given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// Must be given.
    #[default]
    Required,
    /// May be left out.
    Optional,
}

/// A picture of a paper or place that the resident took: wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Picture {
    file: Vec<u8>,
}

impl Picture {
    /// Takes the bytes of a JPEG or PNG file.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { file: bytes }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.file
    }

    /// The file's MIME type by its first bytes.
    pub fn media_type(&self) -> &'static str {
        if self.file.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes)", self.file.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_provided_by_consent_by_answer_or_later() {
        use crate::form::answer::{Answer, AnswerSource, Answered};
        use crate::identity::FaceConsent;
        let consent = |shared_data| Consent {
            item_version: "1".to_owned(),
            at: time::macros::datetime!(2026-11-24 10:24 +8),
            face: FaceConsent::NotAsked,
            shared_data,
        };
        let (given, refused) = (consent(SharedDataConsent::Given), consent(SharedDataConsent::Refused));
        let mut answers = FormAnswers::default();
        let picture = Answer::Photo(Picture::new(vec![1]));
        answers.set("photo".into(), Answered { answer: picture, source: AnswerSource::Resident });
        let number = LicenceId::new("99000000000000000003C", "11990000MB9900021N", "1", "001").unwrap();
        let shown = ShownLicence { authorisation: "a".into(), number, sha256: "0".repeat(64) };
        let paper = LicencePaper {
            shown: shown.clone(),
            name: Localized::new("残疾人证", "Card"),
            pages: Vec::new(),
        };
        let licence = Answer::Licence(Box::new(paper));
        answers.set("licence".into(), Answered { answer: licence, source: AnswerSource::Resident });
        let check = |source, field: Option<&str>, consent: &Consent, want: Option<MaterialSource>| {
            let field = field.map(FieldId::from);
            let name = Localized::new("材料", "Paper");
            let paper = MaterialRequirement {
                id: "p".to_owned(),
                name,
                source,
                field,
                licence: None,
                necessity: Necessity::Required,
            };
            let provided = paper.provided(consent, &answers);
            assert_eq!(provided.as_ref().map(|p| p.source), want, "{source:?}");
            let named = provided.and_then(|p| p.licence);
            assert_eq!(named.is_some(), want == Some(S::LicenceLibrary), "{source:?}");
            assert!(named.is_none_or(|named| named == shown));
        };
        use MaterialSource as S;
        check(S::DataSharing, None, &given, Some(S::DataSharing));
        check(S::DataSharing, None, &refused, None);
        check(S::Upload, Some("photo"), &refused, Some(S::Upload));
        check(S::Upload, Some("other"), &given, None);
        check(S::LicenceLibrary, None, &given, None);
        check(S::LicenceLibrary, Some("other"), &given, None);
        check(S::LicenceLibrary, Some("photo"), &refused, Some(S::Upload));
        check(S::LicenceLibrary, Some("licence"), &refused, Some(S::LicenceLibrary));
        check(S::Window, None, &refused, Some(S::Window));
    }
}
