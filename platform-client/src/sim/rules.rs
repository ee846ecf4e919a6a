//! How the departments of the fictitious province decide, item by item.
//!
//! Duty: what is accepted at once, what waits for a later act, what is refused and why, what may be applied for once a
//! month. Never: keep anything. An item without a rule of its own is received and waits.

use domain::locale::Localized;
use domain::resident_id::ResidentIdNumber;
use domain::service_item::ItemId;
use sample_city::{HardshipStatus, Pension, Person, RegisteredIn};
use time::{Date, Duration};

use super::store::Verdict;
use super::words;
use crate::contract::case::{AnswerValue, CaseRequest};
use crate::contract::item::{Inquiry, Suggestion};

/// 城乡居民养老待遇认证
pub(crate) const PENSION: &str = "pension-certification";
/// 高龄津贴
pub(crate) const OLD_AGE: &str = "old-age-allowance";
/// 残疾人两项补贴
pub(crate) const DISABILITY: &str = "disability-subsidies";
/// 老年食堂订餐
pub(crate) const MEAL: &str = "meal-booking";

/// A certification counts for so many days; within the last of them it may be renewed.
const CERTIFICATION_COUNTS: Duration = Duration::days(365);
const CERTIFICATION_ENDS_SOON: Duration = Duration::days(60);

/// What the departments know of the applicant besides the case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'p> {
    /// The person, where the city knows them.
    pub(crate) person: Option<&'p Person>,
    /// The day on which the pension office last certified them here.
    pub(crate) certified_here: Option<Date>,
}

impl Standing<'_> {
    /// Last day on which the certification counts; `None` where no pension is drawn.
    fn certified_until(&self) -> Option<Date> {
        match self.person?.pension {
            Pension::NotDrawn => None,
            Pension::Drawn { certified_until } => {
                let here = self.certified_here.map(|day| day.saturating_add(CERTIFICATION_COUNTS));
                Some(here.map_or(certified_until, |day| day.max(certified_until)))
            }
        }
    }
}

/// What the department says to a case.
pub(crate) fn verdict(request: &CaseRequest, standing: &Standing<'_>) -> Verdict {
    let day = request.filed_at.date();
    match request.item_id.0.as_str() {
        MEAL => Verdict::Accept,
        PENSION => match standing.person {
            // A person whom this city does not know: the office looks at the case.
            None => Verdict::Receive,
            Some(_) if standing.certified_until().is_none() => Verdict::NotAccept(words::draws_no_pension()),
            Some(_) => Verdict::Accept,
        },
        OLD_AGE => old_age(request, standing.person, day),
        DISABILITY => disability(request, standing.person),
        _ => Verdict::Receive,
    }
}

fn old_age(request: &CaseRequest, person: Option<&Person>, day: Date) -> Verdict {
    let birth = ResidentIdNumber::parse(request.applicant.number.reveal()).ok().and_then(|n| n.birth());
    if birth.is_some_and(|birth| completed_years(birth, day) < 80) {
        return Verdict::NotAccept(words::too_young_for_old_age_allowance());
    }
    match person.map(|p| &p.household.registered) {
        Some(RegisteredIn::OtherProvince { .. } | RegisteredIn::Abroad) => {
            Verdict::NotAccept(words::registered_elsewhere())
        }
        Some(RegisteredIn::ThisCity { .. }) | None => Verdict::Receive,
    }
}

fn disability(request: &CaseRequest, person: Option<&Person>) -> Verdict {
    let Some(person) = person else { return Verdict::Receive };
    if matches!(person.household.registered, RegisteredIn::OtherProvince { .. }) {
        // Decided elsewhere, by rules that are not ours.
        return Verdict::Receive;
    }
    let Some(certificate) = &person.disability else {
        return Verdict::NotAccept(words::no_disability_certificate());
    };
    let living = person.hardship == HardshipStatus::MinimumLivingAllowance;
    let care = certificate.grade <= 2;
    match (choice(request, "subsidy"), living, care) {
        (Some("living"), false, _) => Verdict::NotAccept(words::not_on_hardship_list()),
        (Some("care"), _, false) => Verdict::NotAccept(words::grade_too_light()),
        (_, false, false) => Verdict::NotAccept(words::not_on_hardship_list()),
        _ => Verdict::Receive,
    }
}

/// What may be applied for once a month: the same person, item and subject in one month is the same application.
pub(crate) fn once_a_month(request: &CaseRequest) -> Option<String> {
    match request.item_id.0.as_str() {
        OLD_AGE | PENSION => Some("whole".to_owned()),
        DISABILITY => Some(choice(request, "subsidy").unwrap_or("whole").to_owned()),
        _ => None,
    }
}

/// The place that decides, where it is another one (异地代收代办).
pub(crate) fn decided_by(item: &ItemId, person: Option<&Person>) -> Option<Localized> {
    match person.map(|p| &p.household.registered) {
        Some(RegisteredIn::OtherProvince { decided_by }) if item.0 == DISABILITY => Some(decided_by.clone()),
        _ => None,
    }
}

/// Whether there is anything to do.
pub(crate) fn inquiry(item: &ItemId, standing: &Standing<'_>, today: Date) -> Inquiry {
    match standing.certified_until() {
        Some(last) if item.0 == PENSION && last.saturating_sub(CERTIFICATION_ENDS_SOON) > today => {
            Inquiry::NothingToDo { valid_until: last, message: words::certified_until(last) }
        }
        _ => Inquiry::Open,
    }
}

/// 您还能办: what is probably due. `applied` tells whether the person has applied for an item already.
pub(crate) fn suggestions(
    standing: &Standing<'_>,
    applied: impl Fn(&ItemId) -> bool,
    today: Date,
) -> Vec<Suggestion> {
    let Some(person) = standing.person else { return Vec::new() };
    let mut found = Vec::new();
    let mut suggest = |item: &str, reason| {
        let item_id = ItemId(item.to_owned());
        if !applied(&item_id) {
            found.push(Suggestion { item_id, reason });
        }
    };
    if let Some(last) = standing.certified_until()
        && last.saturating_sub(CERTIFICATION_ENDS_SOON) <= today
    {
        suggest(PENSION, words::certification_ends(last, today));
    }
    let here = matches!(person.household.registered, RegisteredIn::ThisCity { .. });
    if here && person.age_on(today) >= 80 {
        suggest(OLD_AGE, words::may_claim_old_age_allowance());
    }
    if person.disability.is_some() {
        suggest(DISABILITY, words::may_claim_disability_subsidy());
    }
    found
}

fn choice<'r>(request: &'r CaseRequest, field: &str) -> Option<&'r str> {
    request.answers.iter().find(|a| a.field.as_str() == field).and_then(|a| match &a.value {
        AnswerValue::Choice(value) => Some(value.as_str()),
        _ => None,
    })
}

fn completed_years(birth: Date, day: Date) -> i32 {
    let reached = (day.month() as u8, day.day()) >= (birth.month() as u8, birth.day());
    day.year() - birth.year() - i32::from(!reached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::case::{AnswerOrigin, Applicant, ConsentRecord, FieldAnswer};
    use domain::case::SubmissionId;
    use domain::identity::{Assurance, FaceConsent, IdentityWay, SharedDataConsent};
    use domain::locale::Locale;
    use domain::terminal::TerminalId;
    use sample_city::{City, Seed};
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 24);

    fn city() -> City {
        City::new(Seed::DEMONSTRATION, TODAY)
    }

    fn request(item: &str, person: &Person, subsidy: Option<&str>) -> CaseRequest {
        let at = datetime!(2026-11-24 10:00:00 +8);
        let answers = subsidy.map(|value| FieldAnswer {
            field: "subsidy".into(),
            value: AnswerValue::Choice(value.to_owned()),
            source: AnswerOrigin::Resident,
            holder: None,
        });
        CaseRequest {
            submission_id: SubmissionId::from_random([7; 16]),
            item_id: ItemId(item.into()),
            item_version: "1".into(),
            filed_at: at,
            terminal_id: TerminalId("T-1".into()),
            locale: Locale::ZhCn,
            applicant: Applicant {
                name: person.name.clone(),
                number: person.number.clone(),
                way: IdentityWay::Card,
                assurance: Assurance::CardOrQr,
                face: None,
            },
            agent: None,
            consent: ConsentRecord {
                item_version: "1".into(),
                at,
                face: FaceConsent::NotAsked,
                shared_data: SharedDataConsent::Given,
            },
            answers: answers.into_iter().collect(),
            provided: Vec::new(),
            materials: Vec::new(),
        }
    }

    #[test]
    fn each_situation_has_its_answer() {
        let city = city();
        let check = |item: &str, key: &str, subsidy: Option<&str>, want: Verdict| {
            let person = city.person_called(key).unwrap();
            let standing = Standing { person: Some(person), certified_here: None };
            assert_eq!(verdict(&request(item, person, subsidy), &standing), want, "{item} {key} {subsidy:?}");
        };
        let no = Verdict::NotAccept;
        check(OLD_AGE, "zhang-shili", None, Verdict::Receive);
        check(OLD_AGE, "wang-ceshi", None, no(words::too_young_for_old_age_allowance()));
        check(PENSION, "zhang-shili", None, Verdict::Accept);
        check(PENSION, "zhou-zhiwen", None, no(words::draws_no_pension()));
        check(DISABILITY, "wang-ceshi", Some("both"), Verdict::Receive);
        check(DISABILITY, "li-yangben", Some("living"), Verdict::Receive);
        check(DISABILITY, "zhang-shili", Some("care"), no(words::no_disability_certificate()));
        check(MEAL, "zhang-shili", None, Verdict::Accept);
        check("anything-else", "zhang-shili", None, Verdict::Receive);
    }

    #[test]
    fn a_certification_counts_from_the_day_it_was_made_here() {
        let city = city();
        let ask = |key: &str, certified_here, today| {
            let standing = Standing { person: city.person_called(key), certified_here };
            inquiry(&ItemId(PENSION.into()), &standing, today)
        };
        assert_eq!(ask("zhang-shili", None, TODAY), Inquiry::Open);
        let last = date!(2027 - 11 - 24);
        let done = Inquiry::NothingToDo { valid_until: last, message: words::certified_until(last) };
        assert_eq!(ask("zhang-shili", Some(TODAY), TODAY), done);
        assert_eq!(ask("zhang-shili", Some(TODAY), date!(2027 - 10 - 01)), Inquiry::Open, "soon due again");
        assert!(matches!(ask("qian-changqi", None, TODAY), Inquiry::NothingToDo { .. }));
        assert_eq!(ask("zhou-zhiwen", None, TODAY), Inquiry::Open);
    }

    #[test]
    fn suggestions_follow_what_is_due() {
        let city = city();
        let check = |key: &str, want: &[&str]| {
            let standing = Standing { person: city.person_called(key), certified_here: None };
            let found: Vec<String> =
                suggestions(&standing, |_| false, TODAY).into_iter().map(|s| s.item_id.0).collect();
            assert_eq!(found, want, "{key}");
            assert_eq!(suggestions(&standing, |_| true, TODAY), [], "{key}");
        };
        check("zhang-shili", &[PENSION, OLD_AGE]);
        check("qian-changqi", &[OLD_AGE]);
        check("li-yangben", &[DISABILITY]);
        check("zhou-zhiwen", &[]);
        check("yangben-shili", &[PENSION, OLD_AGE]);
    }

    #[test]
    fn once_a_month_is_counted_by_what_is_applied_for() {
        let city = city();
        let person = &city.people()[2];
        assert_eq!(once_a_month(&request(MEAL, person, None)), None);
        assert_ne!(
            once_a_month(&request(DISABILITY, person, Some("care"))),
            once_a_month(&request(DISABILITY, person, Some("living"))),
        );
    }
}
