//! Who stands in front of the terminal, and how sure we are.

use crate::locale::Localized;
use crate::personal::Personal;
use crate::resident_id::ResidentIdCard;
use serde::{Deserialize, Serialize};

/// A way to say who one is; each has a page, all reachable from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentityWay {
    /// An identity card on the reader.
    Card,
    /// The QR of the province's app, held to the camera.
    ProvinceQr,
    /// 国家网络身份认证 (网证), voluntary.
    NetworkId,
    /// Number and a code by SMS.
    Sms,
    /// A community worker vouches.
    Worker,
}

impl IdentityWay {
    /// Every way, in the order in which the chooser offers them.
    pub const ALL: [Self; 5] = [Self::Card, Self::ProvinceQr, Self::NetworkId, Self::Sms, Self::Worker];
}

/// How sure the identity is (province contract: session assurance).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Nobody is known.
    #[default]
    None,
    /// A card or the province's QR was shown.
    CardOrQr,
    /// A card, and the face fits it.
    CardAndFace,
}

/// What became of the look into the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaceMatch {
    /// The matcher said yes.
    Matched,
    /// The matcher said no, twice; the other way was taken.
    NotMatched,
    /// The resident declined.
    Declined,
    /// No camera or no matcher.
    Unavailable,
}

/// A person whom the province knows, without a card on the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPerson {
    /// The name.
    pub name: Personal,
    /// The number of the identity card.
    pub number: Personal,
}

/// The evidence of an identity.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// A card was read.
    Card(Box<ResidentIdCard>),
    /// The province said who this is, by the way named.
    Province {
        /// The way that was used.
        way: IdentityWay,
        /// Who it is.
        person: KnownPerson,
    },
}

/// Who the visit is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    evidence: Evidence,
    face: Option<FaceMatch>,
}

impl Identity {
    /// A person by a card or by the province, before any look into the camera.
    pub fn new(evidence: Evidence) -> Self {
        Self { evidence, face: None }
    }

    /// The same person with what the camera said.
    pub fn with_face(self, face: FaceMatch) -> Self {
        Self { face: Some(face), ..self }
    }

    /// How the person was identified.
    pub fn way(&self) -> IdentityWay {
        match &self.evidence {
            Evidence::Card(_) => IdentityWay::Card,
            Evidence::Province { way, .. } => *way,
        }
    }

    /// The card, where one was read.
    pub fn card(&self) -> Option<&ResidentIdCard> {
        match &self.evidence {
            Evidence::Card(card) => Some(card),
            Evidence::Province { .. } => None,
        }
    }

    /// The name in today's code points.
    pub fn name(&self) -> &Personal {
        match &self.evidence {
            Evidence::Card(card) => card.name(),
            Evidence::Province { person, .. } => &person.name,
        }
    }

    /// The number of the person's card.
    pub fn number(&self) -> &Personal {
        match &self.evidence {
            Evidence::Card(card) => card.number().personal(),
            Evidence::Province { person, .. } => &person.number,
        }
    }

    /// What the camera said, if it was asked.
    pub fn face(&self) -> Option<FaceMatch> {
        self.face
    }

    /// How sure this is.
    pub fn assurance(&self) -> Assurance {
        match (&self.evidence, self.face) {
            (Evidence::Card(_), Some(FaceMatch::Matched)) => Assurance::CardAndFace,
            _ => Assurance::CardOrQr,
        }
    }
}

/// A community worker who acts for a resident (帮办); on the case beside the resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Worker {
    /// The number of the badge.
    pub badge: String,
    /// The name on the badge.
    pub name: Localized,
}

/// What the resident agreed to, with the words that stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The version of the item whose notice was shown.
    pub item_version: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: crate::terminal::Timestamp,
    /// The separate consent for the face.
    pub face: FaceConsent,
    /// Whether data that the province holds may be read in.
    pub shared_data: SharedDataConsent,
}

/// The separate consent for the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaceConsent {
    /// Agreed.
    Given,
    /// Refused: another way serves.
    Refused,
    /// The item does not ask for it.
    NotAsked,
}

/// The consent to read in what the province already knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SharedDataConsent {
    /// Agreed: the form is filled in.
    Given,
    /// Refused: the form is empty.
    Refused,
}
