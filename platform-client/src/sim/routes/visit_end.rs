//! Ratings, and ways to a human.

use domain::rating::RatingReason;
use domain::terminal::{OpeningHours, Site, Timestamp};
use time::Duration;

use crate::contract::assist::{AssistCall, AssistCallAnswer, Callback, CallbackAnswer};
use crate::contract::envelope::code;
use crate::contract::rating::{RatingOccasion, RatingOptions, RatingReceipt, RatingRequest, ReasonOption};
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::numbers::Series;
use crate::sim::platform::Platform;
use crate::sim::store::{KeptRating, KeptState, Keyed};
use crate::sim::words;

pub(super) fn rating_options(_: &Platform, _: &Call) -> Answer<RatingOptions> {
    let reasons = words::rating_reasons().into_iter();
    let reasons = reasons.map(|(code, label)| ReasonOption { code: RatingReason(code.to_owned()), label });
    Ok(RatingOptions { reasons: reasons.collect() })
}

pub(super) fn rate(platform: &Platform, call: &Call, rating: RatingRequest) -> Answer<RatingReceipt> {
    super::keyed(call, &rating.rating_id)?;
    let words = rating.text.as_ref().is_some_and(|text| !text.reveal().trim().is_empty());
    if rating.level.needs_reason() && rating.reasons.is_empty() && !words {
        return Err(refusal(code::FORM_REFUSED, "the two lowest levels need a reason or words"));
    }
    if rating.occasion == RatingOccasion::Conclusion {
        let of = rating.submission_id.as_ref();
        let of = of.ok_or_else(|| refusal(code::FORM_REFUSED, "a conclusion is that of a submission"))?;
        let case = platform.store.case_by_key(of)?;
        if case.is_none_or(|case| case.state != KeptState::Concluded) {
            return Err(refusal(code::STATE_REFUSED, "the matter is not concluded"));
        }
    }
    let known = words::rating_reasons();
    if rating.reasons.iter().any(|r| !known.iter().any(|(code, _)| *code == r.0)) {
        return Err(refusal(code::FORM_REFUSED, "a reason is not of the list"));
    }
    match platform.store.rate(&rating, platform.now())? {
        Keyed::Kept(KeptRating::Kept(received_at)) => {
            Ok(RatingReceipt { rating_id: rating.rating_id, received_at })
        }
        Keyed::Kept(KeptRating::AlreadyRated) => {
            Err(refusal(code::ALREADY_RATED, "this service was rated before"))
        }
        Keyed::Reused => Err(refusal(code::KEY_REUSED, "another rating lies under this id")),
    }
}

pub(super) fn assist(platform: &Platform, _: &Call, call: AssistCall) -> Answer<AssistCallAnswer> {
    let site = platform.site_of(&call.terminal_id);
    let helper =
        site.helper_at(platform.now()).ok_or_else(|| refusal(code::UNAVAILABLE, "nobody answers now"))?;
    let wait_minutes = if helper.phone == site.helpers.first().map_or("", |h| &h.phone) { 3 } else { 5 };
    let ticket = platform.store.issue(Series::Call, platform.today())?;
    platform.store.call(&ticket, &call)?;
    Ok(AssistCallAnswer { ticket, helper: helper.name.clone(), wait_minutes })
}

pub(super) fn call_back(platform: &Platform, _: &Call, call: Callback) -> Answer<CallbackAnswer> {
    if call.phone.is_empty() {
        return Err(refusal(code::FORM_REFUSED, "there is no number to call"));
    }
    let now = platform.now();
    let call_by = next_working_hour(&platform.site_of(&call.terminal_id), now) + Duration::hours(2);
    let ticket = platform.store.issue(Series::Call, platform.today())?;
    platform.store.call_back(&ticket, &call, call_by)?;
    Ok(CallbackAnswer { ticket, caller: words::station_staff(), call_by })
}

/// `now` if the station is open, else when it opens next.
fn next_working_hour(site: &Site, now: Timestamp) -> Timestamp {
    let always = OpeningHours::always();
    let hours = site.helpers.first().map_or(&always, |h| &h.hours);
    // To the quarter of an hour: no station opens at another minute.
    let quarters = (0..=7 * 24 * 4).map(|n| now + Duration::minutes(15 * n));
    let mut rounded = quarters.map(|at| at - Duration::minutes(i64::from(at.minute() % 15)));
    if hours.is_open(now) { now } else { rounded.find(|at| hours.is_open(*at)).unwrap_or(now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sample_city::{City, Seed};
    use time::macros::{date, datetime};

    #[test]
    fn a_call_back_waits_for_the_station() {
        let site = City::new(Seed::DEMONSTRATION, date!(2026 - 11 - 24)).demonstration_site().unwrap();
        let check = |now, want| assert_eq!(next_working_hour(&site, now), want);
        check(datetime!(2026-11-24 10:07 +8), datetime!(2026-11-24 10:07 +8));
        check(datetime!(2026-11-24 21:07 +8), datetime!(2026-11-25 08:30 +8));
        check(datetime!(2026-11-27 23:00 +8), datetime!(2026-11-28 09:00 +8));
    }
}
