//! The library of electronic certificates of the fictitious province.
//!
//! Duty: what there is of a person, numbered as such certificates are, and one of them as a picture. Never: show one
//! without its watermark.

use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::resident_id::ResidentIdNumber;
use domain::terminal::Timestamp;
use sample_city::{Dice, Person, Seed};
use time::{Date, Duration};

use super::answer::{Answer, refusal};
use super::certificate::{LicencePage, Sealing};
use super::desk::Look;
use super::words;
use super::{certificate, platform::Platform};
use crate::contract::envelope::code;
use crate::contract::licence::{Licence, LicenceRendering, LicenceState};

/// A kind of certificate: its code (fictitious), name, issuer.
struct Kind {
    code: &'static str,
    name: Localized,
    issuer: Localized,
}

/// The unified social credit code of the fictitious city's offices.
const ISSUER: &str = "11990000MB9900021N";

fn identity() -> Kind {
    Kind {
        code: "99000000000000000001A",
        name: Localized::new("居民身份证", "Identity card"),
        issuer: words::public_security(),
    }
}

fn insurance() -> Kind {
    Kind {
        code: "99000000000000000002B",
        name: Localized::new("社会保障卡", "Social security card"),
        issuer: words::social_security(),
    }
}

fn disability() -> Kind {
    Kind {
        code: "99000000000000000003C",
        name: Localized::new("残疾人证", "Disability certificate"),
        issuer: words::disabled_persons_federation(),
    }
}

/// What there is of a person.
pub(crate) fn of(person: &Person, seed: Seed, today: Date) -> Answer<Vec<Licence>> {
    let mut kinds = vec![identity(), insurance()];
    kinds.extend(person.disability.as_ref().map(|_| disability()));
    kinds.into_iter().map(|kind| licence(person, kind, seed, today)).collect()
}

fn licence(person: &Person, kind: Kind, seed: Seed, today: Date) -> Answer<Licence> {
    let mut dice = Dice::new(seed, &format!("licence {} {}", person.key, kind.code));
    let serial = format!("{:06}{:06}", dice.below(1_000_000), dice.below(1_000_000));
    let licence_id = LicenceId::new(kind.code, ISSUER, &serial, "001")
        .map_err(|_| refusal(code::INTERNAL, "a certificate cannot be numbered"))?;
    let issued = today.saturating_sub(Duration::days(i64::from(200 + dice.below(2000))));
    Ok(Licence {
        licence_id,
        name: kind.name,
        holder: person.name.clone(),
        issuer: kind.issuer,
        issued,
        valid_until: Some(issued.saturating_add(Duration::days(3650))),
        state: LicenceState::Valid,
    })
}

/// One of them as a picture, with purpose, place and day across it.
pub(crate) fn render(
    platform: &Platform,
    person: &Person,
    id: &LicenceId,
    look: &Look,
    sealing: &Sealing<'_>,
    now: Timestamp,
) -> Answer<LicenceRendering> {
    let all = of(person, platform.seed(), now.date())?;
    let licence = all.into_iter().find(|licence| licence.licence_id == *id);
    let licence = licence.ok_or_else(|| refusal(code::NOT_FOUND, "the person has no such certificate"))?;
    let day = now.date();
    let watermark = format!(
        "{} {} {:04}-{:02}-{:02}",
        look.purpose.zh_cn,
        look.place,
        day.year(),
        day.month() as u8,
        day.day()
    );
    let number = ResidentIdNumber::as_read(person.number.reveal()).personal().clone();
    let rows = [
        ("姓名".to_owned(), person.name.reveal().to_owned()),
        ("身份证号码".to_owned(), number.reveal().to_owned()),
        ("发证机关".to_owned(), licence.issuer.zh_cn.clone()),
        ("用途".to_owned(), look.purpose.zh_cn.clone()),
    ];
    let page =
        LicencePage { title: &licence.name.zh_cn, number: id.as_str(), rows: &rows, watermark: &watermark };
    let (page, file) = certificate::licence_page(&platform.font, sealing, &page, now)?;
    Ok(LicenceRendering { licence_id: id.clone(), watermark, pages: vec![page], file: Some(file) })
}
