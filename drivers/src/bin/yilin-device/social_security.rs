//! `card read` of a social-security card, `--port pcsc:READER NAME`.

use domain::personal::Personal;
use domain::resident_id::{NationCode, Sex};
use drivers::social_security_card::{SocialSecurityCard, SocialSecurityCardError};
use serde::Serialize;
use time::Date;

use crate::card::{Disclosure, Trouble};
use crate::output::{self, Report};

/// A card as one object; the keys are a contract.
#[derive(Serialize)]
pub(crate) struct SocialSecurityReport {
    kind: &'static str,
    name: Personal,
    sex: Option<&'static str>,
    nation: Option<String>,
    birth: Option<Personal>,
    birthplace: Option<String>,
    number: Personal,
    card_number: Option<Personal>,
    card_id: Personal,
    class: Option<String>,
    version: Option<String>,
    region: Option<String>,
    issuer: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    warnings: Vec<&'static str>,
}

impl SocialSecurityReport {
    pub(crate) fn new(card: &SocialSecurityCard, disclosure: Disclosure) -> Self {
        let revealed = disclosure == Disclosure::Revealed;
        let shown = |text: &Personal, mask: fn(&Personal) -> String| {
            if revealed { text.clone() } else { Personal::new(mask(text)) }
        };
        let birth = |day: Date| {
            Personal::new(if revealed { day.to_string() } else { format!("{:04}-**-**", day.year()) })
        };
        let number = card.number.personal();
        Self {
            kind: "social_security",
            name: shown(&card.name, Personal::masked_name),
            sex: card.sex.map(Sex::code),
            nation: card.nation.as_ref().map(NationCode::code).map(str::to_owned),
            birth: card.birth.map(birth),
            birthplace: card.birthplace.as_ref().map(|division| division.as_str().to_owned()),
            number: shown(number, Personal::masked_number),
            card_number: card.card_number.as_ref().map(|number| shown(number, Personal::masked_number)),
            card_id: shown(&card.card_id, Personal::masked_number),
            class: card.class.clone(),
            version: card.version.clone(),
            region: card.region.as_ref().map(|division| division.as_str().to_owned()),
            issuer: card.issuer.clone(),
            valid_from: card.valid_from.map(|day| day.to_string()),
            valid_to: card.valid_to.map(|day| day.to_string()),
            warnings: card.warnings.iter().map(|warning| warning.word()).collect(),
        }
    }
}

impl Report for SocialSecurityReport {
    fn words(&self) -> String {
        let text = |text: &Personal| Some(text.reveal().to_owned());
        output::lines(&[
            ("kind", Some(self.kind.to_owned())),
            ("name", text(&self.name)),
            ("sex", self.sex.map(str::to_owned)),
            ("nation", self.nation.clone()),
            ("birth", self.birth.as_ref().and_then(text)),
            ("birthplace", self.birthplace.clone()),
            ("number", text(&self.number)),
            ("card number", self.card_number.as_ref().and_then(text)),
            ("card id", text(&self.card_id)),
            ("class", self.class.clone()),
            ("version", self.version.clone()),
            ("region", self.region.clone()),
            ("issuer", self.issuer.clone()),
            ("valid from", self.valid_from.clone()),
            ("valid to", self.valid_to.clone()),
            ("warnings", (!self.warnings.is_empty()).then(|| self.warnings.join(", "))),
        ])
    }
}

impl Trouble {
    pub(crate) fn of_chip_card(error: &SocialSecurityCardError) -> Self {
        Self { kind: error.kind().word(), sw3: None, message: output::chain(error) }
    }
}
