//! What a terminal must not be able to do.

use crate::fixture::{client, heartbeat, on_both, request_for, until};
use crate::updates::{release, roll_out};
use fleet_api::path;
use serde_json::{Value, json};

#[test]
fn a_terminal_is_only_itself() {
    on_both(async |fleet| {
        let (mine, other) = (fleet.terminal("T-1").await, fleet.terminal("T-2").await);
        for rest in ["", "/deploymentBase/1", "/cancelAction/1", "/softwaremodules/1/artifacts"] {
            let (status, body) = mine.get(&other.ddi(rest)).await;
            assert_eq!((status, &body["error"]), (403, &json!("wrong_terminal")), "{rest}");
        }
        assert_eq!(mine.get("/another/controller/v1/T-1").await.0, 404);
        let stranger = fleet.stranger();
        for path in [path::KEYS, path::COMMANDS, path::CONFIGURATION, "/default/controller/v1/T-1"] {
            assert_eq!(stranger.get(fleet.at(path)).send().await.unwrap().status(), 401, "{path}");
        }
        // A certificate of a terminal's own making.
        let (key, _) = request_for("T-1");
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, "T-1");
        let forged = key.serialize_pem() + &params.self_signed(&key).unwrap().pem();
        let forger = client(&std::fs::read(fleet.root()).unwrap(), Some(&forged));
        assert!(
            forger.get(fleet.at(path::KEYS)).send().await.is_err(),
            "no handshake with a foreign certificate"
        );
        // A terminal's certificate is no authority.
        let identity = mine.identity.clone();
        let issuer_key = rcgen::KeyPair::from_pem(&identity).unwrap();
        let issuer = rcgen::Issuer::from_ca_cert_pem(&mine.enrolled.certificate_chain, issuer_key);
        if let Ok(issuer) = issuer {
            let mut params = rcgen::CertificateParams::default();
            params.distinguished_name.push(rcgen::DnType::CommonName, "T-2");
            let chained = params.signed_by(&key, &issuer).unwrap().pem() + &mine.enrolled.certificate_chain;
            let forger =
                client(&std::fs::read(fleet.root()).unwrap(), Some(&(key.serialize_pem() + &chained)));
            assert!(forger.get(fleet.at(path::KEYS)).send().await.is_err());
        }
    });
}

#[test]
fn too_much_is_refused_and_leaves_nothing() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let mut wide = heartbeat();
        wide.boot_id = "x".repeat(513);
        let mut long = heartbeat();
        let device = long.screen.as_ref().unwrap().devices[0].clone();
        long.screen.as_mut().unwrap().devices = vec![device; 33];
        for (name, body) in [("field", wide), ("list", long)] {
            assert_eq!(terminal.post(path::HEARTBEAT, &body).await.0, 413, "{name}");
        }
        let mut huge = serde_json::to_value(heartbeat()).unwrap();
        huge["unknown"] = Value::String("x".repeat(100_000));
        assert_eq!(terminal.post(path::HEARTBEAT, &huge).await.0, 413);
        let mut zero = serde_json::to_value(heartbeat()).unwrap();
        zero["boot_id"] = json!("a\u{0}b");
        assert_eq!(terminal.post(path::HEARTBEAT, &zero).await.0, 400);
        let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
        let sent = terminal.client.post(fleet.at(path::HEARTBEAT)).body(deep).send().await.unwrap();
        assert_eq!(sent.status(), 400);
        assert!(fleet.server().store.last_heartbeat("T-1").await.unwrap().is_none());

        let event = |number: u64| json!({"number": number, "at": "2026-11-28T08:00:00Z", "kind": "agent_started", "version": "1", "after_unclean_end": false});
        let many: Vec<Value> = (1..=501).map(event).collect();
        assert_eq!(terminal.post(path::EVENTS, &json!({"events": many, "dropped": 0})).await.0, 413);
        for numbers in [vec![2, 1], vec![1, 1], vec![u64::MAX]] {
            let events: Vec<Value> = numbers.iter().copied().map(event).collect();
            assert_eq!(
                terminal.post(path::EVENTS, &json!({"events": events, "dropped": 0})).await.0,
                400,
                "{numbers:?}"
            );
        }
        assert_eq!(terminal.post(path::EVENTS, &json!({"events": [event(1)], "dropped": 0})).await.0, 200);
        let version = terminal.client.get(fleet.at(path::KEYS)).header("yilin-fleet-api", "2.0").send();
        assert_eq!(version.await.unwrap().status(), 426);
    });
}

#[test]
fn sql_and_html_are_words_like_others() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let evil = "'); DROP TABLE terminals; -- <script>alert(1)</script> \" $1 \\ 样";
        let mut beat = serde_json::to_value(heartbeat()).unwrap();
        for pointer in [
            "/boot_id",
            "/versions/image",
            "/versions/agent",
            "/versions/slot",
            "/versions/compatible",
            "/versions/model",
            "/screen/version",
            "/screen/out_of_service",
            "/screen/catalogue",
            "/screen/devices/0/device",
            "/screen/devices/0/state",
            "/screen/devices/0/cause",
            "/screen/devices/0/needs",
            "/screen/devices/0/model",
            "/screen/supplies/0/supply",
        ] {
            *beat.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = json!(evil);
        }
        assert_eq!(terminal.post(path::HEARTBEAT, &beat).await.0, 200);
        let events = json!({"events": [
            {"number": 1, "at": "2026-11-28T08:00:00Z", "kind": "upkeep", "action": evil, "badge": evil},
            {"number": 2, "at": "2026-11-28T08:00:00Z", "kind": "update", "action": evil, "version": evil, "state": evil, "detail": evil},
            {"number": 3, "at": "2026-11-28T08:00:00Z", "kind": "a_word_of_tomorrow", "field": evil},
        ], "dropped": 0});
        assert_eq!(terminal.post(path::EVENTS, &events).await.0, 200);
        let data = json!({"mode": "replace", "data": {evil: evil}});
        let put =
            terminal.client.put(fleet.at(&terminal.ddi("/configData"))).json(&data).send().await.unwrap();
        assert_eq!(put.status(), 200);
        let store = &fleet.server().store;
        assert_eq!(store.devices("T-1").await.unwrap()[0].cause.as_deref(), Some(evil));
        assert_eq!(store.attributes("T-1").await.unwrap()[evil], evil);
        assert_eq!(store.events("T-1", i64::MAX, 9).await.unwrap().len(), 3);
        assert_eq!(store.count_terminals(&Default::default()).await.unwrap(), 1);
        let by = fleet_server::store::terminals::Filter { image: Some(evil.into()), ..Default::default() };
        let page = fleet_server::store::page::Page::first(10);
        assert_eq!(store.terminals(&by, &page).await.unwrap().len(), 1);
    });
}

#[test]
fn no_name_leads_to_another_file() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let release = release(fleet, "1.1.0", b"bundle", "b.raucb").await;
        roll_out(fleet, release, &[100], 0).await;
        crate::updates::offered(&terminal).await;
        let at = |name: &str| terminal.ddi(&format!("/softwaremodules/{release}/artifacts/{name}"));
        assert_eq!(terminal.client.get(fleet.at(&at("b.raucb"))).send().await.unwrap().status(), 200);
        for name in [
            "..%2F..%2Fkeys%2Fauthority.key",
            "%2Fetc%2Fpasswd",
            "b.raucb%00",
            ".",
            "..%2f",
            "B.RAUCB",
            "b.raucb%2f..%2f..%2ffleet.db",
        ] {
            let answer = terminal.client.get(fleet.at(&at(name))).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{name}");
        }
        let other = fleet.terminal("T-2").await;
        let foreign = other
            .client
            .get(fleet.at(&other.ddi(&format!("/softwaremodules/{release}/artifacts/b.raucb"))))
            .send();
        assert_eq!(foreign.await.unwrap().status(), 404, "a terminal without the update");
    });
}

#[test]
fn tokens_open_one_terminal_only_where_they_are_allowed() {
    on_both(async |fleet| {
        fleet.plan("T-1").await;
        fleet.plan("T-2").await;
        let id = fleet_api::TerminalId("T-1".into());
        let token = fleet_server::orders::enrolment::token(fleet.server(), &id).await.unwrap();
        let gateway = fleet_server::orders::enrolment::gateway_token(fleet.server()).await.unwrap();
        let stranger = fleet.stranger();
        let poll = async |terminal: &str, token: &str| {
            let url = fleet.at(&format!("/default/controller/v1/{terminal}"));
            stranger.get(url).header("authorization", token).send().await.unwrap().status().as_u16()
        };
        for (terminal, header, status) in [
            ("T-1", format!("TargetToken {token}"), 200),
            ("T-2", format!("TargetToken {token}"), 401),
            ("T-2", format!("GatewayToken {gateway}"), 200),
            ("T-1", format!("GatewayToken {token}"), 401),
            ("T-1", "TargetToken ".to_owned(), 401),
            ("T-3", format!("GatewayToken {gateway}"), 401),
        ] {
            assert_eq!(poll(terminal, &header).await, status, "{terminal} {header}");
        }
        // A token of the command line is the server's within a second, and the only one.
        let said = fleet.say(&["gateway", "token"]).unwrap();
        let other = format!("GatewayToken {}", said[0]["token"].as_str().unwrap());
        until("the newer token", async || poll("T-2", &other).await == 200).await;
        assert_eq!(poll("T-2", &format!("GatewayToken {gateway}")).await, 401, "the older one ended");
        let url = fleet.at(path::KEYS);
        let sent = stranger.get(url).header("authorization", other).send();
        assert_eq!(sent.await.unwrap().status(), 401, "a token updates and does nothing else");
    });
}

#[test]
fn a_terminal_that_polls_without_pause_is_slowed_down_and_no_other() {
    on_both(async |fleet| {
        let (hasty, calm) = (fleet.terminal("T-1").await, fleet.terminal("T-2").await);
        // Both are behind one address; what is refused says how long to wait.
        let mut refused = None;
        for _ in 0..100_000 {
            let answer = hasty.client.get(format!("{}{}", hasty.url, hasty.ddi(""))).send().await.unwrap();
            if answer.status() != 200 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a terminal may poll as fast as it can");
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.headers()["retry-after"], "10");
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body["error"], json!("too_many_requests"));
        assert_eq!(calm.get(&calm.ddi("")).await.0, 200, "the other one comes from the same address");
        assert_eq!(hasty.post(path::HEARTBEAT, &heartbeat()).await.0, 200, "only polls are slowed down");
        until("it may poll again", async || hasty.get(&hasty.ddi("")).await.0 == 200).await;
    });
}

#[test]
fn a_flood_of_heartbeats_is_slowed_down_too() {
    on_both(async |fleet| {
        let (flood, calm) = (fleet.terminal("T-1").await, fleet.terminal("T-2").await);
        let beat = heartbeat();
        // All at once: one after the other, a slow machine is slow enough for the pace.
        let mut sent = tokio::task::JoinSet::new();
        for _ in 0..400 {
            sent.spawn(flood.client.post(fleet.at(path::HEARTBEAT)).json(&beat).send());
        }
        let answers = sent.join_all().await;
        let refused = answers.into_iter().map(Result::unwrap).find(|answer| answer.status() != 200);
        let refused = refused.expect("a terminal may write as fast as it can");
        assert_eq!(refused.status(), 429);
        assert_eq!(refused.headers()["retry-after"], "10");
        assert_eq!(calm.post(path::HEARTBEAT, &beat).await.0, 200, "the other one is not slowed down");
    });
}

#[test]
fn every_refusal_has_one_shape() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let large = json!({ "data": { "a": "x".repeat(100_000) } });
        let put =
            |body: Value| terminal.client.put(fleet.at(&terminal.ddi("/configData"))).json(&body).send();
        let too_large = put(large).await.unwrap();
        assert_eq!(too_large.status(), 413);
        assert_eq!(too_large.json::<Value>().await.unwrap()["error"], "too_large");
        let odd = put(json!({ "mode": "explode", "data": {} })).await.unwrap();
        assert_eq!(odd.status(), 400);
        let (status, body) = terminal.post(&terminal.ddi(""), &json!({})).await;
        assert_eq!((status, &body["error"]), (405, &json!("not_found")));
    });
}
