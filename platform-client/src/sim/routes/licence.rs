//! Certificates of the library: allowed, listed, shown.

use sample_city::Person;

use crate::contract::envelope::code;
use crate::contract::licence::{
    Authorisation, AuthorisationId, AuthorisationRequest, LicenceListRequest, LicenceRendering,
    LicenceSmsRequest, Licences, RenderRequest,
};
use crate::contract::session::SmsChallenge;
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::desk::{self, Look};
use crate::sim::licences;
use crate::sim::platform::Platform;
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
    licences::render(platform, person, &request.licence_id, &look, platform.now())
}
