//! What the province says of an item and a person before anything is filed.

use std::sync::Arc;

use domain::division::DivisionCode;
use domain::locale::Localized;
use domain::service_item::{ItemId, ServiceItem, ServiceKind};

use crate::contract::envelope::code;
use crate::contract::item::{
    CertificateAnswer, CertificateRequest, Directory, Inquiry, ItemQuestion, Place, Prefill, PrefillRequest,
    Suggestions,
};
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::certificate::{Flaw, Sealing};
use crate::sim::fault::{FaultKind, Step};
use crate::sim::numbers::Series;
use crate::sim::platform::{Platform, Seals};
use crate::sim::store::{NewRow, Room};
use crate::sim::{certificate, rules, shared_data};

/// The item of the path, if the site offers it.
fn offered(platform: &Platform, call: &Call) -> Answer<Arc<ServiceItem>> {
    let id = ItemId(call.segment("itemId").to_owned());
    platform.offer().item(&id).cloned().ok_or_else(|| refusal(code::NOT_FOUND, "no such item at this site"))
}

pub(super) fn inquiry(platform: &Platform, call: &Call, _: ItemQuestion) -> Answer<Inquiry> {
    let item = offered(platform, call)?;
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let standing = platform.standing(session.person.number.reveal())?;
    Ok(rules::inquiry(&item.id, &standing, platform.today()))
}

pub(super) fn prefill(platform: &Platform, call: &Call, request: PrefillRequest) -> Answer<Prefill> {
    offered(platform, call)?;
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let person = platform.standing(session.person.number.reveal())?.person;
    // Whose data were given out, by which consent: kept beside the answer, for whoever asks later.
    let at = platform.now();
    let id = format!("{} {}", call.request_id, at.unix_timestamp_nanos());
    platform.store.keep(
        &NewRow {
            kind: "sharing",
            id: &id,
            owner: session.person.number.reveal(),
            subject: call.segment("itemId"),
            state: if request.consent.is_some() { "consented" } else { "consent_not_said" },
            series: None,
            request: &request,
            now: at,
        },
        Room::Unlimited,
    )?;
    let values = request.keys.iter().filter_map(|key| shared_data::value(person?, key)).collect();
    Ok(Prefill { values })
}

pub(super) fn suggestions(platform: &Platform, call: &Call, _: ItemQuestion) -> Answer<Suggestions> {
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let number = session.person.number.reveal();
    let standing = platform.standing(number)?;
    let mut applied = Vec::new();
    for item in [rules::PENSION, rules::OLD_AGE, rules::DISABILITY] {
        let item = ItemId(item.to_owned());
        // A certification is renewed every year, so one that was made does not count against the next.
        if item.0 != rules::PENSION && platform.store.has_applied(number, &item)? {
            applied.push(item);
        }
    }
    let offer = platform.offer();
    let mut suggestions = rules::suggestions(&standing, |item| applied.contains(item), platform.today());
    suggestions.retain(|s| offer.item(&s.item_id).is_some());
    Ok(Suggestions { suggestions })
}

pub(super) fn certificate(
    platform: &Platform,
    call: &Call,
    request: CertificateRequest,
) -> Answer<CertificateAnswer> {
    let item = offered(platform, call)?;
    if item.kind != ServiceKind::Certificate {
        return Err(refusal(code::NOT_FOUND, "this item issues no certificate"));
    }
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let person = platform.standing(session.person.number.reveal())?.person;
    let number = platform.store.issue(Series::Certificate, platform.today())?;
    let sealing = sealing(platform, Step::Certificate);
    certificate::issue(&platform.font, &sealing, &number, person, &request, platform.now())
}

/// How a file is sealed at this step, with what is to be wrong with it.
pub(super) fn sealing(platform: &Platform, step: Step) -> Sealing<'_> {
    let flaws = [
        (FaultKind::SealAltered, Flaw::Altered),
        (FaultKind::SealExpired, Flaw::Expired),
        (FaultKind::SealUnknownIssuer, Flaw::UnknownIssuer),
        (FaultKind::SealMissing, Flaw::Missing),
    ];
    let strikes = |kind| platform.faults.strikes(kind, step);
    let flaw = flaws.into_iter().find(|(kind, _)| strikes(*kind)).map(|(_, flaw)| flaw);
    let Seals { kind, authority } = &platform.seals;
    Sealing { kind: *kind, authority, flaw }
}

pub(super) fn directory(platform: &Platform, call: &Call) -> Answer<Directory> {
    let item = offered(platform, call)?;
    if item.kind != ServiceKind::Directory && item.id.0 != rules::MEAL {
        return Err(refusal(code::NOT_FOUND, "this item has no list"));
    }
    let division = call.query("division").map(|text| DivisionCode::try_from(text.to_owned()));
    let division =
        division.transpose().map_err(|_| refusal(code::BAD_REQUEST, "a division has 6, 9 or 12 digits"))?;
    let community =
        platform.community(division.as_ref()).ok_or_else(|| refusal(code::NOT_FOUND, "no such division"))?;
    let here = community.position;
    let mut places: Vec<Place> = Vec::new();
    let canteens = platform.city.canteens_near(community).into_iter().take(4);
    places.extend(canteens.map(|canteen| Place {
        name: canteen.name.clone(),
        kind: "canteen".to_owned(),
        kind_name: Localized::new("老年食堂", "Elders' canteens"),
        address: canteen.address.clone(),
        distance_metres: here.metres_to(canteen.position),
        hours: Localized::new("每天 10:30-18:30", "daily 10:30-18:30"),
        phone: Some(canteen.phone.clone()),
    }));
    if item.kind == ServiceKind::Directory {
        places.extend(platform.city.providers_near(community).into_iter().map(|provider| Place {
            distance_metres: here.metres_to(provider.position),
            name: provider.name,
            kind: provider.category.word().to_owned(),
            kind_name: provider.category.name(),
            address: provider.address,
            hours: Localized::new(format!("每天 {}", provider.hours), format!("daily {}", provider.hours)),
            phone: Some(provider.phone),
        }));
        // 一刻钟: fifteen minutes on foot.
        places.retain(|p| p.distance_metres <= 15 * 70);
    }
    places.sort_by_key(|p| p.distance_metres);
    let source = Localized::new(
        format!("{}社区服务目录", community.name.zh_cn.trim_end_matches("社区")),
        format!("Service directory of {}", community.name.en),
    );
    Ok(Directory { as_of: platform.today(), source, places })
}
