//! A person's own cases: begun and kept, listed, supplemented, taken back, decided; never another's.

use serde_json::{Value, json};

use super::case::filed;
use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Call, Checked, Session, Stop, Talk, written};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "draft.kept" => {
            let (_, answer) = kept(talk).await?;
            answer.holds("/data/draftId", "the id that was sent", |v| *v == talk.id(1))?;
            let (now, expires) = (answer.server_time()?, answer.time("/data/expiresAt")?);
            answer.holds("/data/expiresAt", "after serverTime", |_| expires > now)
        }
        "draft.read" => {
            let (session, _) = kept(talk).await?;
            let sent = draft(talk).await?;
            let answer = read(talk, &session).await?;
            answer.data()?;
            answer.holds("/data/itemId", &sent["itemId"].to_string(), |v| *v == sent["itemId"])?;
            answer.holds("/data/answers", "the answers that were sent", |v| *v == sent["answers"])
        }
        "draft.listed" => {
            let (session, _) = kept(talk).await?;
            let answer = talk.get("/v1/my/cases").token(&session.token).send().await?;
            answer.data()?;
            let here = |case: &Value| case["draftId"] == talk.id(1) && case["state"] == "draft";
            answer.holds("/data/cases", "the draft, its state draft", |v| {
                v.as_array().is_some_and(|cases| cases.iter().any(here))
            })
        }
        "draft.of_another" => {
            kept(talk).await?;
            let other = talk.session(&talk.bench.prepared.insured).await?;
            read(talk, &other).await?.refused(&[404], "not_found", "fatal")
        }
        "draft.needs_session" => {
            let call = talk.post("/v1/my/drafts", draft(talk).await?).key(&talk.id(1));
            call.send().await?.refused(&[401], "session_required", "needs_user")
        }
        "withdrawal.taken_back" => {
            let at = written(talk.now());
            let (_, number) = open_case(talk).await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = withdraw(talk, &number, &session, &at, 2).send().await?;
            answer.data()?;
            answer.holds("/data/state", "\"withdrawn\"", |v| v == "withdrawn")
        }
        "withdrawal.again" => {
            let at = written(talk.now());
            let (_, number) = open_case(talk).await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let first = withdraw(talk, &number, &session, &at, 2).send().await?;
            first.data()?;
            let second = withdraw(talk, &number, &session, &at, 2).send().await?;
            second.data()?;
            second.same("/data/state", &first)
        }
        "withdrawal.over" => {
            let at = written(talk.now());
            let (_, number) = open_case(talk).await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            withdraw(talk, &number, &session, &at, 2).send().await?.data()?;
            let answer = withdraw(talk, &number, &session, &at, 3).send().await?;
            answer.refused(&[409], "state_refused", "needs_user")
        }
        "withdrawal.of_another" => {
            let at = written(talk.now());
            let (_, number) = open_case(talk).await?;
            let other = talk.session(&talk.bench.prepared.insured).await?;
            let answer = withdraw(talk, &number, &other, &at, 2).send().await?;
            answer.refused(&[404], "not_found", "fatal")
        }
        "supplement.not_asked_for" => {
            let (_, number) = open_case(talk).await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = supplement(talk, &number, &session).send().await?;
            answer.refused(&[409], "state_refused", "needs_user")
        }
        "supplement.of_another" => {
            let (_, number) = open_case(talk).await?;
            let other = talk.session(&talk.bench.prepared.insured).await?;
            supplement(talk, &number, &other).send().await?.refused(&[404], "not_found", "fatal")
        }
        "result.not_before_its_time" => {
            let (_, number) = open_case(talk).await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer = result(talk, &number, &session).send().await?;
            // A department that decides at once has a whole result to show.
            if answer.data().is_ok() {
                answer.holds("/data/decision", "granted | refused", |v| v == "granted" || v == "refused")?;
                answer.holds("/data/decided", "YYYY-MM-DD", |v| rule::day(v).is_some())?;
                return answer.holds("/data/text", "zh-CN and en", rule::words);
            }
            answer.refused(&[409], "state_refused", "needs_user")
        }
        "result.of_another" => {
            let (_, number) = open_case(talk).await?;
            let other = talk.session(&talk.bench.prepared.insured).await?;
            result(talk, &number, &other).send().await?.refused(&[404], "not_found", "fatal")
        }
        _ => Err(super::unknown(point)),
    }
}

fn supplement<'t>(talk: &'t Talk<'t>, number: &str, session: &Session) -> Call<'t> {
    let body = json!({"supplementId": talk.id(2), "suppliedAt": written(talk.now()), "answers": [],
                      "materials": []});
    let path = format!("/v1/cases/{number}/supplements");
    talk.post(path, talk.body(body)).key(&talk.id(2)).token(&session.token)
}

fn result<'t>(talk: &'t Talk<'t>, number: &str, session: &Session) -> Call<'t> {
    talk.get(format!("/v1/cases/{number}/result")).token(&session.token)
}

async fn draft(talk: &Talk<'_>) -> Checked<Value> {
    let case = talk.case(1).await?;
    Ok(talk.body(json!({"draftId": talk.id(1), "itemId": case["itemId"], "itemVersion": case["itemVersion"],
                        "answers": case["answers"]})))
}

/// Keeps a draft in a session of the resident's.
async fn kept(talk: &Talk<'_>) -> Checked<(Session, Answer)> {
    let session = talk.session(&talk.bench.prepared.resident).await?;
    let call = talk.post("/v1/my/drafts", draft(talk).await?).key(&talk.id(1));
    let answer = call.token(&session.token).send().await?;
    answer.data()?;
    Ok((session, answer))
}

async fn read(talk: &Talk<'_>, session: &Session) -> Checked<Answer> {
    talk.get(format!("/v1/my/drafts/{}", talk.id(1))).token(&session.token).send().await
}

/// Files a case that can still be taken back; its number as it stands in a path.
async fn open_case(talk: &Talk<'_>) -> Checked<(Answer, String)> {
    let answer = filed(talk, &talk.case(1).await?).await?;
    if !matches!(answer.reply.json["data"]["outcome"].as_str(), Some("received" | "accepted")) {
        return Err(Stop::NotApplicable("nothing_open"));
    }
    let number = rule::segment(&answer.text("/data/applicationNumber")?);
    Ok((answer, number))
}

fn withdraw<'t>(talk: &'t Talk<'t>, number: &str, session: &Session, at: &str, n: u32) -> Call<'t> {
    let body = json!({"withdrawalId": talk.id(n), "withdrawnAt": at, "reason": null});
    let path = format!("/v1/cases/{number}/withdrawals");
    talk.post(path, talk.body(body)).key(&talk.id(n)).token(&session.token)
}
