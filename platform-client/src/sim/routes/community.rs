//! Appeals, appointments, volunteers.

use domain::locale::Localized;
use serde::de::DeserializeOwned;

use super::keyed;
use crate::contract::appeal::{Appeal, AppealFeedback, AppealNumber, AppealStage, AppealStatus};
use crate::contract::appointment::{
    Appointment, AppointmentNumber, AppointmentRequest, AppointmentState, Cancellation, Slot, SlotQuery,
    Slots,
};
use crate::contract::envelope::code;
use crate::contract::volunteer::{Activities, SignUp, SignUpReceipt};
use crate::sim::answer::{Answer, Call, Refusal, refusal};
use crate::sim::community;
use crate::sim::numbers::Series;
use crate::sim::platform::Platform;
use crate::sim::store::{Keep, KeptRow, NewRow, Room};

const APPEAL: &str = "appeal";
const APPOINTMENT: &str = "appointment";
const BOOKED: &str = "booked";
const CANCELLED: &str = "cancelled";
const SIGN_UP: &str = "sign_up";

fn kept(keep: Keep) -> Answer<KeptRow> {
    match keep {
        Keep::Kept(row) => Ok(row),
        Keep::Reused => Err(refusal(code::KEY_REUSED, "something else lies under this key")),
        Keep::NoRoom => Err(refusal(code::SLOT_TAKEN, "no place is left")),
    }
}

pub(super) fn appeal(platform: &Platform, call: &Call, appeal: Appeal) -> Answer<AppealStatus> {
    keyed(call, &appeal.appeal_id)?;
    for photo in &appeal.photos {
        if platform.store.material(photo)?.is_none() {
            return Err(refusal(code::MATERIAL_MISSING, "a picture was not handed in"));
        }
    }
    let row = NewRow {
        kind: APPEAL,
        id: appeal.appeal_id.as_str(),
        owner: "",
        subject: &appeal.topic,
        state: "collected",
        series: Some(Series::Appeal),
        request: &appeal,
        now: platform.now(),
    };
    Ok(appeal_of(&kept(platform.store.keep(&row, Room::Unlimited)?)?))
}

fn found(platform: &Platform, call: &Call) -> Answer<KeptRow> {
    let row = platform.store.kept_by_number(APPEAL, call.segment("appealNumber"))?;
    row.ok_or_else(|| refusal(code::NOT_FOUND, "no such appeal"))
}

pub(super) fn appeal_status(platform: &Platform, call: &Call) -> Answer<AppealStatus> {
    Ok(appeal_of(&found(platform, call)?))
}

pub(super) fn feedback(platform: &Platform, call: &Call, feedback: AppealFeedback) -> Answer<AppealStatus> {
    keyed(call, &feedback.feedback_id)?;
    let appeal = found(platform, call)?;
    if stage(&appeal.state) != AppealStage::Answered {
        return Err(refusal(code::STATE_REFUSED, "the appeal was not answered yet"));
    }
    let row = NewRow {
        kind: "appeal_feedback",
        id: feedback.feedback_id.as_str(),
        owner: "",
        subject: &appeal.number,
        state: "given",
        series: None,
        request: &feedback,
        now: platform.now(),
    };
    match platform.store.keep(&row, Room::For(1))? {
        Keep::NoRoom => Err(refusal(code::ALREADY_RATED, "this answer was rated before")),
        other => kept(other).map(|_| appeal_of(&appeal)),
    }
}

fn stage(word: &str) -> AppealStage {
    match word {
        "found" => AppealStage::Found,
        "assigned" => AppealStage::Assigned,
        "handled" => AppealStage::Handled,
        "answered" => AppealStage::Answered,
        _ => AppealStage::Collected,
    }
}

fn appeal_of(row: &KeptRow) -> AppealStatus {
    let stage = stage(&row.state);
    let station = Localized::new("社区服务站", "The community station");
    let department = Localized::new("市政设施管理处", "The office of public works");
    let answer = Localized::new(
        "已经派人处理。谢谢您告诉我们。",
        "Somebody has seen to it. Thank you for telling us.",
    );
    AppealStatus {
        number: AppealNumber(row.number.clone()),
        stage,
        since: row.since,
        handled_by: match stage {
            AppealStage::Collected | AppealStage::Found => station,
            AppealStage::Assigned | AppealStage::Handled | AppealStage::Answered => department,
        },
        answer: (stage == AppealStage::Answered).then_some(answer),
    }
}

/// The query as the contract's type.
pub(super) fn queried<Q: DeserializeOwned>(call: &Call, names: &[&str]) -> Answer<Q> {
    let given =
        names.iter().filter_map(|name| call.query(name).map(|value| ((*name).to_owned(), value.into())));
    let query = serde_json::Value::Object(given.collect());
    serde_json::from_value(query)
        .map_err(|_| refusal(code::BAD_REQUEST, "the query is not what the contract says"))
}

pub(super) fn slots(platform: &Platform, call: &Call) -> Answer<Slots> {
    let SlotQuery { subject, day } = queried(call, &["subject", "day"])?;
    let mut slots = community::slots(&platform.site, subject, day, platform.now());
    for slot in &mut slots {
        slot.free =
            slot.free.saturating_sub(platform.store.count_kept(APPOINTMENT, &slot.slot_id.0, BOOKED)?);
    }
    Ok(Slots { slots })
}

pub(super) fn book(platform: &Platform, call: &Call, request: AppointmentRequest) -> Answer<Appointment> {
    keyed(call, &request.appointment_id)?;
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let now = platform.now();
    let slot = community::slot(&platform.site, &request.slot_id, now)
        .ok_or_else(|| refusal(code::NOT_FOUND, "no such time, or it has begun"))?;
    let row = NewRow {
        kind: APPOINTMENT,
        id: request.appointment_id.as_str(),
        owner: session.person.number.reveal(),
        subject: &slot.slot_id.0,
        state: BOOKED,
        series: Some(Series::Appointment),
        request: &request,
        now,
    };
    let row = kept(platform.store.keep(&row, Room::For(community::PLACES))?)?;
    Ok(appointment(&row, slot))
}

pub(super) fn cancel(platform: &Platform, call: &Call, cancellation: Cancellation) -> Answer<Appointment> {
    keyed(call, &cancellation.cancellation_id)?;
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let now = platform.now();
    let row = platform.store.kept_by_number(APPOINTMENT, call.segment("appointmentNumber"))?;
    let row = row.filter(|row| row.owner == session.person.number.reveal());
    let row = row.ok_or_else(|| refusal(code::NOT_FOUND, "this person has no such appointment"))?;
    let booked: AppointmentRequest = row.request()?;
    let slot = community::slot(&platform.site, &booked.slot_id, now)
        .ok_or_else(|| refusal(code::STATE_REFUSED, "it has begun"))?;
    platform.store.set_state(APPOINTMENT, &row.id, CANCELLED, now)?;
    let mut row = row;
    row.state = CANCELLED.to_owned();
    Ok(appointment(&row, slot))
}

fn appointment(row: &KeptRow, slot: Slot) -> Appointment {
    Appointment {
        number: AppointmentNumber(row.number.clone()),
        subject: slot.subject,
        from: slot.from,
        to: slot.to,
        place: slot.place,
        state: if row.state == BOOKED { AppointmentState::Booked } else { AppointmentState::Cancelled },
    }
}

pub(super) fn activities(platform: &Platform, _: &Call) -> Answer<Activities> {
    let mut activities = community::activities(&platform.site, platform.now());
    for activity in &mut activities {
        let taken = platform.store.count_kept(SIGN_UP, &activity.activity_id.0, "signed_up")?;
        activity.free = activity.free.saturating_sub(taken);
    }
    activities.retain(|activity| activity.free > 0);
    Ok(Activities { activities })
}

pub(super) fn sign_up(platform: &Platform, call: &Call, request: SignUp) -> Answer<SignUpReceipt> {
    keyed(call, &request.sign_up_id)?;
    let session = platform.desk.session(call.token.as_deref(), platform.now())?;
    let all = community::activities(&platform.site, platform.now());
    let activity = all.into_iter().find(|a| a.activity_id.0 == call.segment("activityId"));
    let activity: Result<_, Refusal> = activity.ok_or_else(|| refusal(code::NOT_FOUND, "no such activity"));
    let activity_id = activity?.activity_id;
    let row = NewRow {
        kind: SIGN_UP,
        id: request.sign_up_id.as_str(),
        owner: session.person.number.reveal(),
        subject: &activity_id.0,
        state: "signed_up",
        series: None,
        request: &request,
        now: platform.now(),
    };
    let row = kept(platform.store.keep(&row, Room::For(community::HELPERS))?)?;
    Ok(SignUpReceipt { activity_id, received_at: row.at })
}
