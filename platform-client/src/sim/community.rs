//! What the fictitious community offers on a day: times that can be booked, and what can be helped with.
//!
//! Duty: the same for the same day. Never: know who booked; the store counts.

use domain::locale::Localized;
use domain::terminal::{Site, Timestamp};
use time::macros::offset;
use time::{Date, Duration, Time};

use crate::contract::appointment::{Slot, SlotId, Subject};
use crate::contract::volunteer::{Activity, ActivityId};

/// How many can book one time.
pub(crate) const PLACES: u16 = 2;
/// How many are looked for to help.
pub(crate) const HELPERS: u16 = 5;
/// How far ahead can be booked.
const DAYS_AHEAD: i64 = 30;

const SUBJECTS: [(Subject, &str); 4] = [
    (Subject::LegalAdvice, "legal-advice"),
    (Subject::FamilyDoctor, "family-doctor"),
    (Subject::ServiceWindow, "service-window"),
    (Subject::Room, "room"),
];

/// The times of a day, whoever has booked them; none in the past or too far ahead.
pub(crate) fn slots(site: &Site, subject: Subject, day: Date, now: Timestamp) -> Vec<Slot> {
    let word = SUBJECTS.iter().find(|(s, _)| *s == subject).map_or("", |(_, word)| word);
    let last = now.date().saturating_add(Duration::days(DAYS_AHEAD));
    if day < now.date() || day > last {
        return Vec::new();
    }
    let begin = |hour: u8| Time::from_hms(hour, 0, 0).unwrap_or(Time::MIDNIGHT);
    let hours = [9, 10, 14, 15].into_iter();
    hours
        .map(|hour| {
            let from = day.with_time(begin(hour)).assume_offset(offset!(+8));
            Slot {
                slot_id: SlotId(format!("{word}-{}-{hour:02}00", compact(day))),
                subject,
                from,
                to: from + Duration::MINUTE * 45,
                place: site.address.clone(),
                free: PLACES,
            }
        })
        .filter(|slot| slot.from > now)
        .collect()
}

/// The time of an id, if it can still be booked.
pub(crate) fn slot(site: &Site, id: &SlotId, now: Timestamp) -> Option<Slot> {
    let (head, _) = id.0.rsplit_once('-')?;
    let (word, day) = head.rsplit_once('-')?;
    let subject = SUBJECTS.iter().find(|(_, w)| *w == word)?.0;
    let day = day_of(day)?;
    slots(site, subject, day, now).into_iter().find(|slot| slot.slot_id == *id)
}

/// What can be helped with in the days to come.
pub(crate) fn activities(site: &Site, now: Timestamp) -> Vec<Activity> {
    let told = [
        ("meals", Localized::new("给独居老人送餐", "Bring meals to elders who live alone"), 90),
        ("phones", Localized::new("教老人用手机", "Help elders with their telephones"), 120),
        ("garden", Localized::new("社区花园养护", "Look after the community garden"), 60),
    ];
    let days = 1_i64..;
    let times = told.into_iter().zip(days);
    times
        .map(|((word, name, minutes), ahead)| {
            let day = now.date().saturating_add(Duration::days(ahead));
            let begin = Time::from_hms(9, 30, 0).unwrap_or(Time::MIDNIGHT);
            Activity {
                activity_id: ActivityId(format!("{word}-{}", compact(day))),
                name,
                organiser: Localized::new("社区志愿服务站", "Volunteers of the community"),
                place: site.address.clone(),
                from: day.with_time(begin).assume_offset(offset!(+8)),
                minutes,
                free: HELPERS,
            }
        })
        .collect()
}

fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month() as u8, day.day())
}

fn day_of(text: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u16>().ok();
    if text.len() != 8 {
        return None;
    }
    let month = time::Month::try_from(u8::try_from(number(4..6)?).ok()?).ok()?;
    Date::from_calendar_date(i32::from(number(0..4)?), month, u8::try_from(number(6..8)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sample_city::{City, Seed};
    use time::macros::{date, datetime};

    #[test]
    fn a_slot_is_found_by_its_id_until_it_begins() {
        let site = City::new(Seed::DEMONSTRATION, date!(2026 - 11 - 24)).demonstration_site().unwrap();
        let now = datetime!(2026-11-24 10:24 +8);
        let tomorrow = slots(&site, Subject::LegalAdvice, date!(2026 - 11 - 25), now);
        assert_eq!(tomorrow.len(), 4);
        for each in &tomorrow {
            assert_eq!(slot(&site, &each.slot_id, now).as_ref(), Some(each));
        }
        assert_eq!(slots(&site, Subject::Room, date!(2026 - 11 - 24), now).len(), 2, "the afternoon");
        assert_eq!(slots(&site, Subject::Room, date!(2026 - 11 - 23), now), []);
        assert_eq!(slots(&site, Subject::Room, date!(2027 - 11 - 23), now), []);
        for bad in
            ["", "-", "room-2026112-0900", "room-20261131-0900", "cellar-20261125-0900", "room-20261125-0901"]
        {
            assert_eq!(slot(&site, &SlotId(bad.into()), now), None, "{bad}");
        }
    }
}
