//! 电子证照: allowed for a purpose, listed, shown with a watermark; nothing without the citizen's word.

use serde_json::{Value, json};

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Call, Checked, Session, Stop, Talk};

/// What the look is for.
const PURPOSE: &str = "符合性测试";

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let session = talk.session(&talk.bench.prepared.resident).await?;
    match point {
        "authorised" => {
            let answer = allowed(talk, &session, 0).await?;
            let (now, expires) = (answer.server_time()?, answer.time("/data/expiresAt")?);
            answer.holds("/data/expiresAt", "after serverTime", |_| expires > now)
        }
        "sms" => {
            let purpose = json!({"zh-CN": PURPOSE, "en": "Conformance"});
            let call = talk.post("/v1/licences/sms", talk.body(json!({"purpose": purpose})));
            let answer = call.token(&session.token).send().await?;
            if answer.reply.json["code"] == "identity_refused" {
                return Err(Stop::NotApplicable("no_telephone"));
            }
            answer.data()?;
            let (now, expires) = (answer.server_time()?, answer.time("/data/expiresAt")?);
            answer.holds("/data/expiresAt", "after serverTime", |_| expires > now)?;
            answer.holds("/data/phoneMasked", "the middle masked: 139****0001", rule::masked_phone)
        }
        "listed" => {
            let answer = listed(talk, &session, &allowed(talk, &session, 1).await?).await?;
            let holder = &talk.bench.prepared.resident.name;
            let expected =
                "each with licenceId, name, holder, issuer, issued, state; the holder the session's person";
            answer.holds("/data/licences", expected, |v| {
                let right = |l: &Value| {
                    rule::text(&l["licenceId"], 1, 200)
                        && rule::words(&l["name"])
                        && rule::words(&l["issuer"])
                        && rule::day(&l["issued"]).is_some()
                        && matches!(l["state"].as_str(), Some("valid" | "expired" | "revoked"))
                        && l["holder"] == **holder
                };
                v.as_array().is_some_and(|all| all.iter().all(right))
            })
        }
        "rendered" => {
            let look = allowed(talk, &session, 2).await?;
            let list = listed(talk, &session, &look).await?;
            let first = list.list("/data/licences")?.first().ok_or(Stop::NotApplicable("no_licence"))?;
            let body = json!({"authorisationId": look.text("/data/authorisationId")?, "licenceId": first["licenceId"]});
            let call = talk.post("/v1/licences/renderings", talk.body(body)).token(&session.token);
            let answer = call.send().await?;
            answer.data()?;
            answer.holds("/data/watermark", &format!("a text with the purpose {PURPOSE}"), |v| {
                v.as_str().is_some_and(|text| text.contains(PURPOSE))
            })?;
            // Base64 of the first six bytes of a PNG's signature (ISO/IEC 15948, 5.2).
            let png = |v: &Value| v.as_str().is_some_and(|page| page.starts_with("iVBORw0K"));
            answer.holds("/data/pages", "at least one page as PNG", |v| {
                v.as_array().is_some_and(|pages| !pages.is_empty() && pages.iter().all(png))
            })
        }
        "code_counts_once" => {
            let code = code(talk, 3)?;
            authorise(talk, &session, &code).await?.send().await?.data()?;
            let again = authorise(talk, &session, &code).await?.send().await?;
            again.refused(&[422], "identity_refused", "needs_user")
        }
        "unknown_code" => {
            let answer = authorise(talk, &session, "no-such-code").await?.send().await?;
            answer.refused(&[422], "identity_refused", "needs_user")
        }
        "needs_authorisation" => {
            let body = talk.body(json!({"authorisationId": talk.id(1)}));
            let answer = talk.post("/v1/licences/list", body).token(&session.token).send().await?;
            answer.refused(&[404], "not_found", "fatal")
        }
        "needs_session" => {
            let body = talk.body(json!({"authorisationId": talk.id(1)}));
            let answer = talk.post("/v1/licences/list", body).send().await?;
            answer.refused(&[401], "session_required", "needs_user")
        }
        _ => Err(super::unknown(point)),
    }
}

fn code(talk: &Talk<'_>, n: usize) -> Checked<String> {
    let code = talk.bench.prepared.licence_codes.get(n);
    code.cloned().ok_or(Stop::NotApplicable("no_licence_code"))
}

async fn authorise<'t>(talk: &'t Talk<'t>, session: &Session, code: &str) -> Checked<Call<'t>> {
    let divisions = talk.get("/v1/divisions").send().await?;
    let place = divisions.text("/data/divisions/0/code")?;
    let items = talk.items().await?;
    let item = items.first().ok_or(Stop::NotApplicable("no_item"))?;
    let body = json!({"place": place, "itemId": item.id(), "purpose": {"zh-CN": PURPOSE, "en": "Conformance"},
                      "by": "province_qr", "code": code});
    Ok(talk.post("/v1/licences/authorisations", talk.body(body)).token(&session.token))
}

async fn allowed(talk: &Talk<'_>, session: &Session, n: usize) -> Checked<Answer> {
    let answer = authorise(talk, session, &code(talk, n)?).await?.send().await?;
    answer.data()?;
    Ok(answer)
}

async fn listed(talk: &Talk<'_>, session: &Session, look: &Answer) -> Checked<Answer> {
    let body = json!({"authorisationId": look.text("/data/authorisationId")?});
    let answer = talk.post("/v1/licences/list", talk.body(body)).token(&session.token).send().await?;
    answer.data()?;
    Ok(answer)
}
