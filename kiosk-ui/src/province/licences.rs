//! A resident's certificates in the province's library: allowed, listed, one of them shown.
//!
//! Duty: pass on what the item asks for and no more. Never: show a certificate of another kind, or one whose seal is not
//! valid.

use super::Shared;
use super::answer::failure;
use super::in_session::{Authorise, Licences, Render};
use super::resident::{Resident, Trouble};
use domain::identity::Identity;
use domain::locale::Locale;
use domain::material::{LicencePaper, Picture};
use domain::session::effect::{LicenceProof, LicencesRequest};
use domain::session::event::{AllowedLicences, LicenceFailure, LicenceStanding, ListedLicence};
use platform_client::contract::licence::{AuthorisationId, AuthorisationProof, Licence, LicenceState};
use platform_client::province::LicenceAnswer;

/// What the resident allows a look at, of the kind that is asked for.
pub(super) async fn allowed(
    shared: &Shared,
    resident: &Resident,
    request: &LicencesRequest,
) -> Result<AllowedLicences, Trouble> {
    let proof = match &request.proof {
        LicenceProof::ProvinceQr(code) => AuthorisationProof::ProvinceQr { code: code.clone() },
        LicenceProof::Sms(code) => AuthorisationProof::Sms { code: code.clone() },
    };
    let authorised = resident.ask(shared, &request.identity, Authorise { request, proof }).await?;
    let all = resident.ask(shared, &request.identity, Licences(&authorised.authorisation_id)).await?;
    let wanted = |licence: &Licence| {
        request.kind.as_ref().is_none_or(|kind| kind.as_str() == licence.licence_id.kind())
    };
    Ok(AllowedLicences {
        authorisation: authorised.authorisation_id.0,
        licences: all.into_iter().filter(wanted).map(listed).collect(),
    })
}

fn listed(licence: Licence) -> ListedLicence {
    ListedLicence {
        number: licence.licence_id,
        name: licence.name,
        issuer: licence.issuer,
        valid_until: licence.valid_until,
        standing: match licence.state {
            LicenceState::Valid => LicenceStanding::Valid,
            LicenceState::Expired => LicenceStanding::Expired,
            LicenceState::Revoked => LicenceStanding::Revoked,
        },
    }
}

/// The certificate, as it is looked at.
pub(super) async fn shown(
    shared: &Shared,
    resident: &Resident,
    identity: &Identity,
    authorisation: &str,
    licence: &ListedLicence,
) -> Result<Box<LicencePaper>, LicenceFailure> {
    let authorisation = AuthorisationId(authorisation.to_owned());
    let question = Render { authorisation: &authorisation, licence: &licence.number };
    match resident.ask(shared, identity, question).await {
        Ok(LicenceAnswer::Shown(rendering, shown)) => Ok(Box::new(LicencePaper {
            shown,
            name: licence.name.clone(),
            pages: rendering
                .pages
                .into_iter()
                .map(|mut page| Picture::new(std::mem::take(&mut page.0)))
                .collect(),
        })),
        Ok(LicenceAnswer::BadSeal(error)) => {
            let problem = error.problem();
            let remedy = problem.remedy().text(Locale::En);
            tracing::error!(seal = problem.word(), %error, remedy, "a certificate of the library is not shown");
            Err(LicenceFailure::Seal(problem))
        }
        Err(trouble) => Err(LicenceFailure::Ask(failure(trouble))),
    }
}
