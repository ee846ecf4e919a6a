//! What the province knows and shows, as the visit understands it.

use crate::contract::board::{self, WarningLevel};
use crate::contract::item;
use crate::digest::sha256_hex;
use crate::error::AnswerProblem;
use domain::material::Picture;
use domain::session::event;

pub(crate) fn inquiry(answer: item::Inquiry) -> event::InquiryAnswer {
    match answer {
        item::Inquiry::Open => event::InquiryAnswer::Open,
        item::Inquiry::NothingToDo { valid_until, message } => {
            event::InquiryAnswer::NothingToDo { until: Some(valid_until), message }
        }
    }
}

pub(crate) fn shared_value(value: item::PrefilledValue) -> event::SharedValue {
    event::SharedValue { key: value.key, value: value.value, source: value.source }
}

pub(crate) fn suggestion(suggestion: item::Suggestion) -> event::Suggestion {
    event::Suggestion { item: suggestion.item_id, reason: suggestion.reason }
}

/// The certificate, if its file is the one that its digest names.
pub(crate) fn certificate(
    mut certificate: item::Certificate,
) -> Result<event::IssuedCertificate, AnswerProblem> {
    let file = std::mem::take(&mut certificate.file.bytes.0);
    if sha256_hex(&file) != certificate.file.sha256 {
        return Err(AnswerProblem::Digest);
    }
    Ok(event::IssuedCertificate {
        title: certificate.title,
        number: certificate.number,
        file: Picture::new(file),
        pages: certificate.pages.iter_mut().map(|page| Picture::new(std::mem::take(&mut page.0))).collect(),
    })
}

pub(crate) fn directory_entry(place: item::Place) -> event::DirectoryEntry {
    event::DirectoryEntry {
        name: place.name,
        kind: place.kind_name,
        address: place.address,
        metres: place.distance_metres,
        hours: place.hours,
        phone: place.phone.unwrap_or_default(),
    }
}

pub(crate) fn notice(notice: board::Notice) -> event::Notice {
    event::Notice { title: notice.title, source: notice.source, date: notice.published }
}

pub(crate) fn warning(warning: board::Warning) -> event::Warning {
    event::Warning {
        level: match warning.level {
            WarningLevel::Blue => event::WarningLevel::Blue,
            WarningLevel::Yellow => event::WarningLevel::Yellow,
            WarningLevel::Orange => event::WarningLevel::Orange,
            WarningLevel::Red => event::WarningLevel::Red,
        },
        title: warning.title,
        advice: warning.text,
        source: warning.issuer,
        issued: warning.issued_at,
    }
}
