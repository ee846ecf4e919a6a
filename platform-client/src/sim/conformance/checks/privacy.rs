//! No personal data in URLs, headers and messages.

use serde_json::json;

use super::case::{filed, status};
use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Stop, Talk, fails};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let resident = &talk.bench.prepared.resident;
    match point {
        "error_message" => {
            let mut case = talk.case(1).await?;
            // The number is named where it is wrong, so that a careless message would quote it.
            case["answers"] = json!([{"field": resident.number, "kind": "text", "value": resident.name, "source": "resident"}]);
            let answers = [
                talk.file(&case).send().await?,
                talk.call("POST", "/v1/sessions").raw("application/json", broken_body(talk)).send().await?,
                talk.post(
                    "/v1/sessions",
                    talk.body(json!({"way": "sms", "number": resident.number, "code": "0"})),
                )
                .send()
                .await?,
            ];
            for answer in &answers {
                if says_who(talk, &String::from_utf8_lossy(&answer.reply.body)) {
                    return Err(
                        answer.wrong("a message without name and number", "the person's name or number")
                    );
                }
            }
            Ok(())
        }
        "headers" => {
            let session = talk.post("/v1/sessions", talk.card(resident, "2036-01-01")).send().await?;
            let case = filed(talk, &talk.case(1).await?).await?;
            for answer in [&session, &case] {
                let header = answer.reply.headers.iter().find(|(_, value)| says_who(talk, value));
                if let Some((name, _)) = header {
                    return Err(
                        answer.wrong("headers without name and number", format!("the person in `{name}`"))
                    );
                }
            }
            Ok(())
        }
        "no_cookie" => {
            let answer = talk.post("/v1/sessions", talk.card(resident, "2036-01-01")).send().await?;
            match answer.header("set-cookie") {
                None => Ok(()),
                Some(_) => Err(answer.wrong("no set-cookie", "set-cookie")),
            }
        }
        "no_redirect" => {
            let answers: [Answer; 2] = [
                talk.post("/v1/sessions", talk.card(resident, "2036-01-01")).send().await?,
                talk.file(&talk.case(1).await?).send().await?,
            ];
            for answer in &answers {
                if (300..400).contains(&answer.reply.status) || answer.header("location").is_some() {
                    return Err(answer.wrong("no redirect: the answer itself", answer.shown()));
                }
            }
            Ok(())
        }
        "not_in_the_url" => {
            let call = talk.get(format!("/v1/sessions?number={}", resident.number));
            let answer = call.send().await.map_err(|stop| match stop {
                // Not even the report shows the number in an address.
                Stop::Fails(_) => fails("GET /v1/sessions?number=…", "an answer", "none"),
                other => other,
            })?;
            answer.status(&[400, 404, 405])
        }
        "status" => {
            let answer = status(talk, &talk.case(1).await?).await?;
            // As it came, and opened where a dialect wraps it.
            let came = String::from_utf8_lossy(&answer.reply.body);
            if says_who(talk, &came) || says_who(talk, &answer.reply.json.to_string()) {
                return Err(
                    answer.wrong("the state of a case without the person", "the person's name or number")
                );
            }
            Ok(())
        }
        "phone_masked" => {
            let body = talk.body(json!({"number": resident.number}));
            let answer = talk.post("/v1/sessions/sms", body).send().await?;
            if answer.reply.json["code"] == "identity_refused" {
                return Err(Stop::NotApplicable("no_telephone"));
            }
            answer.data()?;
            answer.holds("/data/phoneMasked", "the middle masked: 139****0001", rule::masked_phone)
        }
        _ => Err(super::unknown(point)),
    }
}

fn says_who(talk: &Talk<'_>, text: &str) -> bool {
    let resident = &talk.bench.prepared.resident;
    text.contains(&resident.number) || text.contains(&resident.name)
}

/// Name and number in JSON that ends too early.
fn broken_body(talk: &Talk<'_>) -> Vec<u8> {
    let mut body = talk.card(&talk.bench.prepared.resident, "2036-01-01").to_string().into_bytes();
    body.pop();
    body
}
