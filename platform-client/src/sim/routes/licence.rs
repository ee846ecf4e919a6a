//! Certificates of the library: allowed, listed, shown.

use domain::licence::LicenceId;
use domain::material::MaterialSource;
use domain::service_item::ServiceItem;
use ring::digest::{Context, SHA256};
use sample_city::Person;

use crate::contract::case::{CaseRequest, ProvidedMaterial};
use crate::contract::envelope::code;
use crate::contract::licence::{
    Authorisation, AuthorisationId, AuthorisationRequest, LicenceListRequest, LicenceRendering,
    LicenceSmsRequest, Licences, RenderRequest,
};
use crate::contract::session::SmsChallenge;
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::desk::{self, Look};
use crate::sim::fault::Step;
use crate::sim::licences;
use crate::sim::platform::Platform;
use crate::sim::store::{NewRow, Room, hex};
use time::Duration;

/// How long a look is allowed: as long as a visit takes.
const ALLOWED: Duration = Duration::minutes(10);

/// The session's person, if the library knows them.
fn person<'p>(platform: &'p Platform, call: &Call) -> Answer<&'p Person> {
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let person = platform.city.person(session.person.number.reveal());
    person.ok_or_else(|| refusal(code::IDENTITY_REFUSED, "the library does not know this person"))
}

pub(super) fn sms(platform: &Platform, call: &Call, _: LicenceSmsRequest) -> Answer<SmsChallenge> {
    let person = person(platform, call)?;
    let expires_at = platform.desk.send_licence_sms(person, platform.now());
    Ok(SmsChallenge { phone_masked: desk::masked_phone(&person.phone), expires_at })
}

pub(super) fn authorise(
    platform: &Platform,
    call: &Call,
    request: AuthorisationRequest,
) -> Answer<Authorisation> {
    let person = person(platform, call)?;
    if platform.offer().item(&request.item_id).is_none() {
        return Err(refusal(code::NOT_ADMITTED, "this item is not admitted at this site"));
    }
    let now = platform.now();
    let look = Look {
        person: person.number.reveal().to_owned(),
        purpose: request.purpose,
        place: request.place,
        expires_at: now + ALLOWED,
    };
    let expires_at = look.expires_at;
    let name = platform.desk.allow(&platform.city, &request.proof, look, now)?;
    Ok(Authorisation { authorisation_id: AuthorisationId(name), expires_at })
}

fn look(platform: &Platform, person: &Person, id: &AuthorisationId) -> Answer<Look> {
    platform.desk.look(&id.0, person.number.reveal(), platform.now())
}

pub(super) fn list(platform: &Platform, call: &Call, request: LicenceListRequest) -> Answer<Licences> {
    let person = person(platform, call)?;
    look(platform, person, &request.authorisation_id)?;
    Ok(Licences { licences: licences::of(person, platform.seed(), platform.today())? })
}

pub(super) fn render(platform: &Platform, call: &Call, request: RenderRequest) -> Answer<LicenceRendering> {
    let person = person(platform, call)?;
    let look = look(platform, person, &request.authorisation_id)?;
    let now = platform.now();
    let sealing = super::item::sealing(platform, Step::Render);
    let shown = licences::render(platform, person, &request.licence_id, &look, &sealing, now)?;
    let sha256 = shown.file.as_ref().map_or_else(
        || {
            let mut digest = Context::new(&SHA256);
            shown.pages.iter().for_each(|page| digest.update(&page.0));
            hex(digest.finish().as_ref())
        },
        |file| file.sha256.clone(),
    );
    let row = NewRow {
        kind: SHOWN,
        id: &named(&request.authorisation_id, &request.licence_id, &sha256),
        owner: person.number.reveal(),
        subject: request.licence_id.as_str(),
        state: "shown",
        series: None,
        request: &look.purpose,
        now,
    };
    platform.store.keep(&row, Room::Unlimited)?;
    Ok(shown)
}

/// What is kept of a certificate that was shown.
const SHOWN: &str = "licence_shown";

fn named(authorisation: &AuthorisationId, licence: &LicenceId, sha256: &str) -> String {
    format!("{} {} {sha256}", authorisation.0, licence.as_str())
}

/// Whether the papers of the library in a case are what was shown to its applicant, each of the kind that the item asks
/// for.
pub(super) fn check_provided(platform: &Platform, item: &ServiceItem, request: &CaseRequest) -> Answer<()> {
    let of_library = |paper: &&ProvidedMaterial| paper.source == MaterialSource::LicenceLibrary;
    for paper in request.provided.iter().filter(of_library) {
        let asked = item.materials.iter().find(|m| m.id == paper.requirement && m.source == paper.source);
        let Some(asked) = asked else {
            return Err(refusal(code::CONTENT_REFUSED, "the item asks for no such paper of the library"));
        };
        let (Some(authorisation), Some(licence)) = (&paper.authorisation, &paper.licence) else {
            return Err(refusal(code::CONTENT_REFUSED, "a paper of the library names no certificate"));
        };
        if asked.licence.as_ref().is_some_and(|kind| kind.as_str() != licence.licence_id.kind()) {
            return Err(refusal(code::CONTENT_REFUSED, "a paper of the library is of another kind"));
        }
        let name = named(authorisation, &licence.licence_id, &licence.sha256);
        let shown = platform.store.kept(SHOWN, &name)?;
        if shown.is_none_or(|row| row.owner != request.applicant.number.reveal()) {
            return Err(refusal(code::CONTENT_REFUSED, "a paper of the library was never shown"));
        }
    }
    Ok(())
}
