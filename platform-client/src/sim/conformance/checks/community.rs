//! Appeals without a case, appointments, volunteers.

use serde_json::{Value, json};
use time::Duration;
use time::macros::format_description;

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Call, Checked, Session, Stop, Talk, fails, written};

/// The way of an appeal.
const STAGES: [&str; 5] = ["collected", "found", "assigned", "handled", "answered"];
/// How far ahead a free time is looked for.
const DAYS: i64 = 14;

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "appeal.told" => {
            let answer = told(talk).await?;
            answer.holds("/data/number", "1 to 64 characters", |v| rule::text(v, 1, 64))?;
            answer.holds("/data/handledBy", "zh-CN and en", rule::words)?;
            answer.holds("/data/stage", &STAGES.join(" | "), |v| {
                v.as_str().is_some_and(|stage| STAGES.contains(&stage))
            })
        }
        "appeal.same_key_same_answer" => {
            let first = told(talk).await?;
            told(talk).await?.same("/data/number", &first)
        }
        "appeal.status" => {
            let first = told(talk).await?;
            let number = rule::segment(&first.text("/data/number")?);
            let answer = talk.get(format!("/v1/appeals/{number}")).send().await?;
            answer.data()?;
            answer.same("/data/number", &first)
        }
        "appeal.not_answered_yet" => {
            let first = told(talk).await?;
            if first.reply.json["data"]["stage"] == "answered" {
                return Err(Stop::NotApplicable("nothing_open"));
            }
            let number = rule::segment(&first.text("/data/number")?);
            let body = json!({"feedbackId": talk.id(2), "resolution": "resolved", "level": "satisfied"});
            let call = talk.post(format!("/v1/appeals/{number}/feedback"), talk.body(body)).key(&talk.id(2));
            call.send().await?.refused(&[409], "state_refused", "needs_user")
        }
        "appointment.slots" => {
            let answer = talk.get(slots_of(talk, 1)).send().await?;
            answer.data()?;
            answer.holds("/data/slots", "each with slotId, from before to, place (zh-CN and en), free", |v| {
                let right = |s: &Value| match (rule::time(&s["from"]), rule::time(&s["to"])) {
                    (Some(from), Some(to)) => {
                        from < to
                            && rule::text(&s["slotId"], 1, 64)
                            && rule::words(&s["place"])
                            && s["free"].is_u64()
                    }
                    _ => false,
                };
                v.as_array().is_some_and(|all| all.iter().all(right))
            })
        }
        "appointment.booked" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = booked(talk, &session).await?;
            answer.holds("/data/number", "1 to 64 characters", |v| rule::text(v, 1, 64))?;
            answer.holds("/data/state", "\"booked\"", |v| v == "booked")
        }
        "appointment.same_key_same_answer" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let slot = free_slot(talk).await?;
            let first = book(talk, &session, &slot).send().await?;
            first.data()?;
            let second = book(talk, &session, &slot).send().await?;
            second.data()?;
            second.same("/data/number", &first)
        }
        "appointment.slot_unknown" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = book(talk, &session, "no-such-slot").send().await?;
            answer.refused(&[404], "not_found", "fatal")
        }
        "appointment.needs_session" => {
            let body = talk.body(json!({"appointmentId": talk.id(1), "slotId": "no-such-slot"}));
            let answer = talk.post("/v1/appointments", body).key(&talk.id(1)).send().await?;
            answer.refused(&[401], "session_required", "needs_user")
        }
        "appointment.cancelled" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let appointment = booked(talk, &session).await?;
            let answer = cancel(talk, &session, &appointment)?.send().await?;
            answer.data()?;
            answer.holds("/data/state", "\"cancelled\"", |v| v == "cancelled")
        }
        "appointment.of_another" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let appointment = booked(talk, &session).await?;
            let other = talk.session(&talk.bench.prepared.insured).await?;
            cancel(talk, &other, &appointment)?.send().await?.refused(&[404], "not_found", "fatal")
        }
        "volunteer.activities" => {
            let answer = talk.get("/v1/volunteer-activities").send().await?;
            answer.data()?;
            let expected = "each with activityId, name, organiser, place (zh-CN and en), from, minutes, free";
            answer.holds("/data/activities", expected, |v| {
                let right = |a: &Value| {
                    ["name", "organiser", "place"].iter().all(|key| rule::words(&a[*key]))
                        && rule::text(&a["activityId"], 1, 64)
                        && rule::time(&a["from"]).is_some()
                        && a["minutes"].is_u64()
                        && a["free"].is_u64()
                };
                v.as_array().is_some_and(|all| all.iter().all(right))
            })
        }
        "volunteer.signed_up" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let activity = activity(talk).await?;
            let answer = sign_up(talk, &session, &activity).send().await?;
            answer.data()?;
            answer.time("/data/receivedAt")?;
            answer.holds("/data/activityId", &format!("\"{activity}\""), |v| *v == activity)
        }
        "volunteer.same_key_same_answer" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let activity = activity(talk).await?;
            let first = sign_up(talk, &session, &activity).send().await?;
            first.data()?;
            let second = sign_up(talk, &session, &activity).send().await?;
            second.data()?;
            second.same("/data", &first)
        }
        "volunteer.unknown" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = sign_up(talk, &session, "no-such-activity").send().await?;
            answer.refused(&[404], "not_found", "fatal")
        }
        _ => Err(super::unknown(point)),
    }
}

/// Tells a matter of the neighbourhood; the same one as often as it is called.
async fn told(talk: &Talk<'_>) -> Checked<Answer> {
    let divisions = talk.get("/v1/divisions").send().await?;
    let body = json!({"appealId": talk.id(1), "toldAt": written(talk.bench.began), "topic": "conformance",
                      "division": divisions.text("/data/divisions/0/code")?, "place": "样板路1号",
                      "text": "符合性测试，请忽略。", "photos": [], "phone": null});
    let answer = talk.post("/v1/appeals", talk.body(body)).key(&talk.id(1)).send().await?;
    answer.data()?;
    Ok(answer)
}

fn slots_of(talk: &Talk<'_>, days: i64) -> String {
    let day = (talk.bench.began + Duration::days(days)).date();
    let day = day.format(format_description!("[year]-[month]-[day]")).unwrap_or_default();
    format!("/v1/slots?subject=legal_advice&day={day}")
}

/// The first time that is free.
async fn free_slot(talk: &Talk<'_>) -> Checked<String> {
    for days in 1..=DAYS {
        let answer = talk.get(slots_of(talk, days)).send().await?;
        answer.data()?;
        let free =
            answer.list("/data/slots")?.iter().find(|slot| slot["free"].as_u64().is_some_and(|n| n > 0));
        if let Some(id) = free.and_then(|slot| slot["slotId"].as_str()) {
            return Ok(id.to_owned());
        }
    }
    Err(Stop::NotApplicable("no_slot"))
}

fn book<'t>(talk: &'t Talk<'t>, session: &Session, slot: &str) -> Call<'t> {
    let body = talk.body(json!({"appointmentId": talk.id(1), "slotId": slot}));
    talk.post("/v1/appointments", body).key(&talk.id(1)).token(&session.token)
}

async fn booked(talk: &Talk<'_>, session: &Session) -> Checked<Answer> {
    let answer = book(talk, session, &free_slot(talk).await?).send().await?;
    answer.data()?;
    Ok(answer)
}

fn cancel<'t>(talk: &'t Talk<'t>, session: &Session, appointment: &Answer) -> Checked<Call<'t>> {
    let number = rule::segment(&appointment.text("/data/number")?);
    let body = talk.body(json!({"cancellationId": talk.id(2)}));
    let path = format!("/v1/appointments/{number}/cancellations");
    Ok(talk.post(path, body).key(&talk.id(2)).token(&session.token))
}

/// The first activity that still looks for somebody.
async fn activity(talk: &Talk<'_>) -> Checked<String> {
    let answer = talk.get("/v1/volunteer-activities").send().await?;
    answer.data()?;
    let open = answer.list("/data/activities")?.iter().find(|a| a["free"].as_u64().is_some_and(|n| n > 0));
    let open = open.ok_or(Stop::NotApplicable("no_activity"))?;
    let id = open["activityId"].as_str();
    id.map(str::to_owned).ok_or_else(|| fails("data.activities", "activityId", "none"))
}

/// 111 is no mobile number that anybody can have.
fn sign_up<'t>(talk: &'t Talk<'t>, session: &Session, activity: &str) -> Call<'t> {
    let body = talk.body(json!({"signUpId": talk.id(1), "phone": "11100000001"}));
    let path = format!("/v1/volunteer-activities/{activity}/sign-ups");
    talk.post(path, body).key(&talk.id(1)).token(&session.token)
}
