//! hawkBit's DDI, as its clients use it.

use crate::fixture::{Fleet, Terminal, desk, on_both, until};
use fleet_api::release::{ReleaseManifest, ReleaseVersion};
use fleet_api::signed::Signed;
use fleet_server::keys::{KeyFolder, SigningKey};
use fleet_server::orders::{enrolment, releases, rollouts};
use fleet_server::rollout::Wave;
use fleet_server::secret;
use fleet_server::selector::Selector;
use fleet_server::store::artifacts::NewRelease;
use fleet_server::store::rollouts::NewRollout;
use serde_json::{Value, json};

pub(crate) fn manifest(
    fleet: &Fleet,
    version: &str,
    bytes: &[u8],
    filename: &str,
) -> Signed<ReleaseManifest> {
    let key = KeyFolder::of(fleet.folder()).offline(fleet_api::keys::Role::Release);
    let manifest = ReleaseManifest {
        version: version.parse::<ReleaseVersion>().unwrap(),
        compatible: "yilin-k1".into(),
        filename: filename.into(),
        size: bytes.len() as u64,
        sha256: secret::sha256(bytes),
        not_before: time::OffsetDateTime::UNIX_EPOCH,
        may_replace_down_to: None,
    };
    SigningKey::read(&key).unwrap().sign(&manifest).unwrap()
}

pub(crate) async fn release(fleet: &Fleet, version: &str, bytes: &[u8], filename: &str) -> i64 {
    let file = fleet.folder().join("upload");
    std::fs::write(&file, bytes).unwrap();
    let server = fleet.server();
    let new = NewRelease {
        name: "yilin".into(),
        version: version.into(),
        compatible: "yilin-k1".into(),
        part: "os".into(),
        filename: filename.into(),
        manifest: Some(manifest(fleet, version, bytes, filename)),
    };
    let ring = server.store.ring().await.unwrap().unwrap().open_with(&server.keys.root_public).unwrap();
    releases::add(&server.store, &server.artifacts, &ring, &file, &new, &desk(), 0).await.unwrap()
}

/// A rollout to everybody in one wave, started.
pub(crate) async fn roll_out(fleet: &Fleet, release: i64, waves: &[i64], error_permille: i64) -> i64 {
    let wave = |percentage: &i64| Wave { percentage: *percentage, success_permille: 1000, pause_seconds: 0 };
    let new = NewRollout {
        name: "spring".into(),
        release,
        selector: Selector::default(),
        seed: 7,
        waves: waves.iter().map(wave).collect(),
        error_permille,
        forced: true,
    };
    let id = rollouts::make(fleet.server(), &new, &desk(), "trial").await.unwrap();
    rollouts::start(fleet.server(), id, &desk(), "trial").await.unwrap();
    id
}

/// The action that is offered, by its `deploymentBase`.
pub(crate) async fn offered(terminal: &Terminal) -> Value {
    until("an update is offered", async || terminal.link("deploymentBase").await.is_some()).await;
    let link = terminal.link("deploymentBase").await.unwrap();
    let (status, base) = terminal.get(&link).await;
    assert_eq!(status, 200, "{base}");
    base
}

#[test]
fn an_update_is_offered_until_it_is_closed() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        assert!(terminal.link("configData").await.is_some());
        let told = terminal
            .client
            .put(fleet.at(&terminal.ddi("/configData")))
            .json(&json!({"mode": "merge", "data": {"hw": "1"}, "id": "", "time": "t"}));
        assert_eq!(told.send().await.unwrap().status(), 200);
        assert_eq!(terminal.link("configData").await, None, "withdrawn once it was told");
        assert_eq!(terminal.get(&terminal.ddi("")).await.1["config"]["polling"]["sleep"], "00:00:01");

        let poll = async |known: &str| {
            let poll = terminal.client.get(fleet.at(&terminal.ddi(""))).header("if-none-match", known);
            poll.send().await.unwrap()
        };
        let tag = poll("\"another\"").await.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(poll(&tag).await.status(), 304, "nothing is new");

        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let release = release(fleet, "1.1.0", &bytes, "yilin-1.1.0.raucb").await;
        let rollout = roll_out(fleet, release, &[100], 100).await;
        let base = offered(&terminal).await;
        assert_eq!(poll(&tag).await.status(), 200, "there is an update");
        let id = base["id"].as_str().unwrap().to_owned();
        let chunk = &base["deployment"]["chunks"][0];
        assert_eq!((&chunk["part"], &chunk["version"]), (&json!("os"), &json!("1.1.0")));
        assert_eq!(chunk["metadata"][0]["key"], "yilin-release");
        let artifact = &chunk["artifacts"][0];
        assert_eq!(artifact["size"], 100_000);
        assert_eq!(artifact["hashes"]["sha256"], secret::sha256(&bytes));
        let href = artifact["_links"]["download"]["href"].as_str().unwrap();

        let get = |headers: &[(&'static str, String)]| {
            let request =
                headers.iter().fold(terminal.client.get(href), |r, (name, value)| r.header(*name, value));
            async { request.send().await.unwrap() }
        };
        let whole = get(&[]).await;
        let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(whole.bytes().await.unwrap(), bytes);
        let head = terminal.client.head(href).send().await.unwrap();
        assert_eq!(
            (head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()),
            (200, "100000")
        );
        let part = get(&[("range", "bytes=99000-".into()), ("if-range", tag.clone())]).await;
        assert_eq!(part.status(), 206);
        assert_eq!(part.headers()["content-range"], "bytes 99000-99999/100000");
        assert_eq!(part.bytes().await.unwrap(), bytes[99_000..]);
        assert_eq!(
            get(&[("range", "bytes=5-9".into()), ("if-range", "\"another\"".into())]).await.status(),
            200
        );
        assert_eq!(get(&[("range", "bytes=100000-".into())]).await.status(), 416);
        assert_eq!(get(&[("if-match", "\"another\"".into())]).await.status(), 412);
        assert_eq!(
            get(&[("if-match", format!("W/{tag}"))]).await.status(),
            412,
            "a weak tag matches nothing"
        );
        let begun = get(&[("if-match", format!("\"another\", {tag}")), ("range", "bytes=5-9".into())]).await;
        assert_eq!(begun.status(), 206);
        assert_eq!(get(&[("if-match", "*".into())]).await.status(), 200);
        assert_eq!(get(&[("if-none-match", tag)]).await.status(), 304);

        // A client of the field puts raw line breaks into its texts.
        let feedback = format!(
            "{{\"id\": {id}, \"time\": \"t\", \"status\": {{\"execution\": \"proceeding\", \"result\": {{\"finished\": \"none\", \"progress\": {{\"cnt\": 1, \"of\": 2}}}}, \"details\": [\"a\nb\"]}}}}"
        );
        let path = terminal.ddi(&format!("/deploymentBase/{id}/feedback"));
        assert_eq!(terminal.client.post(fleet.at(&path)).body(feedback).send().await.unwrap().status(), 200);
        assert_eq!(offered(&terminal).await["id"], id.as_str(), "offered again until it is closed");
        assert_eq!(terminal.close(&id, "success").await, 200);
        assert_eq!(terminal.link("deploymentBase").await, None);
        assert_eq!(terminal.get(&terminal.ddi(&format!("/deploymentBase/{id}"))).await.0, 410);
        assert_eq!(terminal.close(&id, "failure").await, 410, "the first end counts");
        assert_eq!(get(&[]).await.status(), 404, "the file goes with the action");
        until("the rollout is done", async || {
            fleet.server().store.rollout(rollout).await.unwrap().unwrap().state
                == fleet_server::rollout::State::Done
        })
        .await;
    });
}

#[test]
fn the_same_file_is_kept_once() {
    on_both(async |fleet| {
        let one = release(fleet, "1.0.1", b"same", "a.raucb").await;
        let two = release(fleet, "1.0.2", b"same", "b.raucb").await;
        assert_ne!(one, two);
        let files = std::fs::read_dir(fleet.folder().join("artifacts")).unwrap().count();
        assert_eq!(files, 1);
    });
}

#[test]
fn a_client_with_a_token_alone_is_offered_its_update() {
    on_both(async |fleet| {
        for id in ["T-1", "T-2", "T-3"] {
            fleet.plan(id).await;
        }
        let client = fleet.stranger();
        let server = fleet.server();
        let own = enrolment::token(server, &fleet_api::TerminalId("T-1".into())).await.unwrap();
        let gateway = enrolment::gateway_token(server).await.unwrap();
        let get = async |id: &str, kind: &str, token: &str| -> Value {
            let url = fleet.at(&format!("/default/controller/v1/{id}"));
            let answer = client.get(url).header("authorization", format!("{kind} {token}")).send().await;
            let answer = answer.unwrap();
            assert_eq!(answer.status(), 200, "{id}");
            answer.json().await.unwrap()
        };
        get("T-1", "TargetToken", &own).await;
        let told = client
            .put(fleet.at("/default/controller/v1/T-2/configData"))
            .header("authorization", format!("GatewayToken {gateway}"))
            .json(&json!({"mode": "merge", "data": {"hw": "1"}}));
        assert_eq!(told.send().await.unwrap().status(), 200);
        let release = release(fleet, "1.1.0", b"bundle", "b.swu").await;
        let rollout = roll_out(fleet, release, &[100], 0).await;
        for (id, kind, token) in [("T-1", "TargetToken", &own), ("T-2", "GatewayToken", &gateway)] {
            until("it is offered", async || {
                get(id, kind, token).await["_links"]["deploymentBase"]["href"].is_string()
            })
            .await;
        }
        let counts = server.store.counts(rollout).await.unwrap();
        assert_eq!(counts[0].1.total(), 2, "nobody ever heard of the third");
    });
}
