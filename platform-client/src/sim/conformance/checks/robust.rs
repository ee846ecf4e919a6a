//! What is not of the contract is refused, each thing in its own way, and the platform goes on.

use serde_json::json;

use super::terminal::heartbeat;
use crate::sim::conformance::talk::{Checked, Talk, fails};
use crate::sim::conformance::wire::Broken;

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let post = |bytes: Vec<u8>| talk.call("POST", "/v1/terminals/heartbeat").raw("application/json", bytes);
    match point {
        "bad_json" => {
            post(b"{\"terminalId\": ".to_vec()).send().await?.refused(&[400], "bad_request", "fatal")
        }
        "no_body" => post(Vec::new()).send().await?.refused(&[400], "bad_request", "fatal"),
        "not_utf8" => post(b"{\"terminalId\": \"\xFF\xFE\"}".to_vec()).send().await?.refused(
            &[400],
            "bad_request",
            "fatal",
        ),
        "wrong_type" => {
            let mut body = heartbeat(talk);
            body["outboxWaiting"] = json!("many");
            talk.post("/v1/terminals/heartbeat", body).send().await?.refused(&[400], "bad_request", "fatal")
        }
        "member_missing" => {
            let call = talk.post("/v1/terminals/heartbeat", talk.body(json!({})));
            call.send().await?.refused(&[400], "bad_request", "fatal")
        }
        "unknown_member" => {
            let mut body = heartbeat(talk);
            body["ofALaterContract"] = json!({"any": ["thing"]});
            talk.post("/v1/terminals/heartbeat", body).send().await?.data().map(drop)
        }
        "deep_json" => {
            let deep = [b"[".repeat(20_000), b"]".repeat(20_000)].concat();
            post(deep).send().await?.refused(&[400], "bad_request", "fatal")
        }
        "method" => talk.call("DELETE", "/v1/cases").send().await?.status(&[405]),
        "path" => talk.get("/v1/no-such-path").send().await?.refused(&[404], "not_found", "fatal"),
        "content_type" => {
            let call = talk.call("POST", "/v1/terminals/heartbeat");
            call.raw("text/plain", heartbeat(talk).to_string()).send().await?.status(&[415])
        }
        "body_too_large" => match post(vec![b' '; 32 << 20]).try_send().await? {
            Ok(answer) => answer.status(&[413]),
            // A server may close as soon as it knows (RFC 9110 section 15.5.14).
            Err(Broken::Closed(_)) => Ok(()),
            Err(other) => Err(fails("POST, 32 MiB", "HTTP 413, or the connection closed", other.to_string())),
        },
        "header_too_large" => {
            let call = talk.get("/v1/notices").header("x-conformance", "x".repeat(1 << 20));
            match call.try_send().await? {
                Ok(answer) => answer.status(&[400, 413, 431])?,
                Err(Broken::Closed(_)) => {}
                Err(other) => {
                    let expected = "HTTP 431, or the connection closed";
                    return Err(fails("GET /v1/notices, header of 1 MiB", expected, other.to_string()));
                }
            }
            talk.get("/v1/notices").send().await?.data().map(drop)
        }
        _ => Err(super::unknown(point)),
    }
}
