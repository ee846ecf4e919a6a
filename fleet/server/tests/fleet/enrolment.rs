//! A code and a key become a certificate, once.

use crate::fixture::{client, desk, on_both, request_for};
use fleet_api::TerminalId;
use fleet_api::enrolment::{EnrolRequest, Enrolled, RenewRequest};
use fleet_api::path;
use fleet_server::orders::enrolment::{End, code, revoke};
use serde_json::Value;

fn request(code: &str, request: &str) -> EnrolRequest {
    EnrolRequest {
        code: code.into(),
        certificate_request: request.into(),
        hardware: "board".into(),
        agent_version: "0.1.0".into(),
    }
}

#[test]
fn a_terminal_enrols_renews_and_is_revoked() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        assert_eq!(terminal.id, "T-1", "the code says who it is, not the request");
        let ring = terminal.enrolled.key_ring.open_with(&terminal.enrolled.root_key).unwrap();
        assert_eq!((ring.number, ring.keys.len()), (1, 3));

        let (key, csr) = request_for("T-1");
        let answer = terminal.post(path::RENEW, &RenewRequest { certificate_request: csr }).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        let renewed: Enrolled = serde_json::from_value(answer.1).unwrap();
        let identity = key.serialize_pem() + &renewed.certificate_chain;
        let next = client(renewed.server_authorities.as_bytes(), Some(&identity));
        let keys = fleet.at(path::KEYS);
        assert_eq!(next.get(&keys).send().await.unwrap().status(), 200);

        revoke(fleet.server(), &TerminalId("T-1".into()), End::Revoked, &desk(), "stolen").await.unwrap();
        for (name, client) in [("first", &terminal.client), ("renewed", &next)] {
            let refused = client.get(&keys).send().await.unwrap();
            assert_eq!(refused.status(), 401, "{name}");
            assert_eq!(refused.json::<Value>().await.unwrap()["error"], "not_enrolled");
        }
        let again = fleet.enrol("T-1").await;
        assert_eq!(again.get(path::KEYS).await.0, 200);
        assert_eq!(terminal.get(path::KEYS).await.0, 401, "the old certificate stays revoked");
    });
}

#[test]
fn a_code_is_used_once_but_for_the_same_key() {
    on_both(async |fleet| {
        fleet.plan("T-2").await;
        let code = code(fleet.server(), &TerminalId("T-2".into()), &desk()).await.unwrap();
        let (_, first) = request_for("x");
        let (_, second) = request_for("x");
        let enrol = async |csr: &str| {
            let sent = fleet.stranger().post(fleet.at(path::ENROL)).json(&request(&code, csr)).send();
            sent.await.unwrap().status().as_u16()
        };
        assert_eq!(enrol(&first).await, 200);
        assert_eq!(enrol(&first).await, 200, "an answer that was lost is given again");
        assert_eq!(enrol(&second).await, 403, "the code is used");
    });
}

#[test]
fn guessing_codes_is_slowed_down() {
    on_both(async |fleet| {
        let (_, csr) = request_for("x");
        let stranger = fleet.stranger();
        let mut answers = Vec::new();
        for _ in 0..12 {
            let sent =
                stranger.post(fleet.at(path::ENROL)).json(&request("AAAA-BBBB-CCCC-DDDD", &csr)).send();
            let answer = sent.await.unwrap();
            answers.push((answer.status().as_u16(), answer.headers().contains_key("retry-after")));
        }
        assert_eq!(answers[..10], [(403, false); 10]);
        assert_eq!(answers[10..], [(429, true); 2]);
    });
}
