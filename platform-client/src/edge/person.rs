//! Who stands at the terminal, as evidence for the province.

use crate::contract::session::{IdentityEvidence, StaffMember, StaffRole};
use domain::identity::Worker;
use domain::personal::Personal;
use domain::resident_id::ResidentIdCard;
use domain::session::event;

/// What a resident shows.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// A card on the reader.
    Card(&'a ResidentIdCard),
    /// The text of the QR of the province's app.
    ProvinceQr(&'a Personal),
    /// The text of the QR of a network identity (网证).
    NetworkId(&'a Personal),
    /// The number of the person's card and the code that came by SMS.
    Sms {
        /// The number.
        number: &'a Personal,
        /// The code.
        code: &'a Personal,
    },
    /// A worker vouches for a person.
    Worker {
        /// Who vouches.
        worker: &'a Worker,
        /// The number of the person's card.
        number: &'a Personal,
    },
}

pub(crate) fn evidence(shown: Shown<'_>) -> IdentityEvidence {
    match shown {
        Shown::Card(card) => IdentityEvidence::Card {
            kind: card.kind(),
            name: card.name().clone(),
            number: card.number().personal().clone(),
            issuer: card.issuer().clone(),
            valid_from: card.valid_from(),
            valid_to: card.valid_to(),
        },
        Shown::ProvinceQr(code) => IdentityEvidence::ProvinceQr { code: code.clone() },
        Shown::NetworkId(code) => IdentityEvidence::NetworkId { code: code.clone() },
        Shown::Sms { number, code } => IdentityEvidence::Sms { number: number.clone(), code: code.clone() },
        Shown::Worker { worker, number } => {
            IdentityEvidence::Worker { worker: worker.clone(), number: number.clone() }
        }
    }
}

pub(crate) fn staff(member: StaffMember) -> event::Staff {
    event::Staff {
        worker: member.worker,
        role: match member.role {
            StaffRole::Worker => event::StaffRole::Worker,
            StaffRole::Keeper => event::StaffRole::Keeper,
            StaffRole::Technician => event::StaffRole::Technician,
        },
    }
}
