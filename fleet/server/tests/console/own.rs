//! One's own account: what changes it, what ends with it, and what the log says of who was refused.

use super::desk::{Office, PASSWORD, Person, between, csrf};
use fleet_server::console::proof;
use fleet_server::console::role::Role;
use fleet_server::store::accounts::{self, Passkey};
use std::io::Write;
use std::sync::{Arc, Mutex};

const NEW: &str = "the canal freezes in january";

/// The same person in another browser.
async fn elsewhere(office: &Office, person: &Person, steps: i64) -> Person {
    let other = Person::new(&office.origin, &person.name);
    assert_eq!(other.sign_in(PASSWORD, &person.code(steps)).await.status(), 303);
    other
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_what_is_open_elsewhere() {
    let office = Office::open().await;
    let person = office.person("person", Role::Technician).await;
    let other = elsewhere(&office, &person, 1).await;
    let change = |current: &'static str, new: &'static str| [("current", current), ("password", new)];
    let page = person.post("/me/password", &change("a quiet river in autumn", NEW)).await;
    assert_eq!(page.status(), 400, "not without the present one");
    assert!(page.text().await.unwrap().contains("role=\"alert\""));
    for guessed in ["too short", "qazwsxedcrfv", "Person-2026-person!", "needforspeed", "111111111111111"] {
        assert_eq!(person.post("/me/password", &change(PASSWORD, guessed)).await.status(), 400, "{guessed}");
    }
    assert_eq!(other.get("/me").await.status(), 200, "until now nothing has changed");
    assert_eq!(person.post("/me/password", &change(PASSWORD, NEW)).await.status(), 303);
    assert_eq!(person.get("/me").await.status(), 200, "who changed it goes on");
    assert_eq!(other.get("/me").await.status(), 303, "who is elsewhere does not");
    let kept = office.running.server.store.proofs("person").await.unwrap().unwrap().password;
    assert!(proof::is_password(NEW.to_owned(), kept.clone()).await);
    assert!(!proof::is_password(PASSWORD.to_owned(), kept).await, "the old one counts no more");
    let auditor = office.person("auditor", Role::Auditor).await;
    let audit = auditor.page("/audit/export").await;
    let noted =
        |what: &str| audit.lines().filter(|line| line.contains("\"person\"") && line.contains(what)).count();
    assert_eq!((noted("account.password"), noted("session.refused")), (1, 1), "{audit}");
    assert!(!audit.contains(NEW) && !audit.contains(PASSWORD));
}

#[tokio::test]
async fn guessing_the_present_password_makes_the_account_wait() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    for _ in 0..5 {
        assert_eq!(person.post("/me/sessions", &[("current", "a wrong password")]).await.status(), 400);
    }
    assert_eq!(
        person.post("/me/sessions", &[("current", PASSWORD)]).await.status(),
        400,
        "not even the right one"
    );
    let proofs = office.running.server.store.proofs("person").await.unwrap().unwrap();
    assert!(proofs.locked_until > office.running.server.clock.millis());
}

#[tokio::test]
async fn other_sessions_are_seen_and_ended() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    assert!(!person.page("/me").await.contains("/me/sessions"), "there is no other one");
    let other = elsewhere(&office, &person, 1).await;
    let stranger = office.person("stranger", Role::Viewer).await;
    let page = person.page("/me").await;
    let table = between(&page, "<tbody>", "</tbody>");
    assert_eq!(table.matches("<tr>").count(), 2, "one's own two, and nobody else's: {table}");
    assert_eq!(person.post("/me/sessions", &[("current", PASSWORD)]).await.status(), 303);
    assert_eq!(other.get("/me").await.status(), 303);
    assert_eq!(
        (person.get("/me").await.status(), stranger.get("/me").await.status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
}

#[tokio::test]
async fn a_session_alone_adds_no_passkey() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    let options = "/me/passkeys/options";
    assert_eq!(person.post(options, &[]).await.status(), 400);
    assert_eq!(person.post(options, &[("current", "a wrong password")]).await.status(), 400);
    let answer = [("label", "mine"), ("answer", "{}"), ("current", PASSWORD)];
    assert_eq!(
        person.post("/me/passkeys", &answer).await.status(),
        400,
        "without a challenge there is no answer"
    );
    let asked = person.post(options, &[("current", PASSWORD)]).await;
    assert_eq!(asked.status(), 200);
    assert!(asked.text().await.unwrap().contains("challenge"));
}

#[tokio::test]
async fn a_new_invitation_takes_away_what_proved_the_account_before() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    let admin = office.person("admin", Role::Admin).await;
    let store = &office.running.server.store;
    let account = store.proofs("person").await.unwrap().unwrap().account.id;
    let lost = Passkey {
        credential: "bG9zdA".into(),
        account,
        label: "a telephone that was lost".into(),
        static_state: String::new(),
        dynamic_state: String::new(),
        added_at: 1,
        used_at: None,
    };
    let mut tx = store.write().await.unwrap();
    assert!(accounts::add_passkey(&mut tx, &lost).await.unwrap());
    tx.commit().await.unwrap();
    let again = [("do", "invite"), ("role", "viewer"), ("why", "lost the telephone")];
    let page = admin.post(&format!("/accounts/{account}"), &again).await.text().await.unwrap();
    let link = between(&page, "<code class=\"break\">", "<").to_owned();
    assert_eq!(person.get("/me").await.status(), 303, "the session ends with the invitation");
    let page = person.page(&link).await;
    let second = between(&page, "<code class=\"break\">", "<").to_owned();
    assert_eq!(store.passkeys(account).await.unwrap().len(), 1, "a link that is only opened changes nothing");
    let joined = Person::joining(&office.origin, "person", &second);
    let opened = joined.page(&link).await;
    let code = joined.code(0);
    let fields = [("csrf", csrf(&opened)), ("password", NEW), ("code", &code)];
    assert_eq!(joined.post_plain(&link, &fields).await.status(), 303);
    assert!(store.passkeys(account).await.unwrap().is_empty(), "whoever has the old telephone has nothing");
}

#[tokio::test]
async fn a_language_is_chosen_once_for_every_browser() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    assert!(person.page("/me").await.contains("<html lang=\"zh-CN\">"));
    let stranger = Person::new(&office.origin, "stranger");
    assert_eq!(
        stranger.get("/language/en").await.status(),
        303,
        "who is not signed in has it in this browser"
    );
    let chosen =
        async || office.running.server.store.proofs("person").await.unwrap().unwrap().account.language;
    assert_eq!(chosen().await, "zh-CN");
    assert_eq!(person.get("/language/en").await.status(), 303);
    assert_eq!(chosen().await, "en");
    let other = elsewhere(&office, &person, 1).await;
    assert_eq!(other.cookie("yilin-language"), None);
    assert!(other.page("/me").await.contains("<html lang=\"en\">"));
}

#[tokio::test]
async fn two_people_are_never_shown_by_one_name() {
    let office = Office::open().await;
    office.person("li", Role::Technician).await;
    let admin = office.person("admin", Role::Admin).await;
    let add = |name: &'static str, shown: &'static str| {
        [("name", name), ("shown", shown), ("role", "technician"), ("why", "a second one")]
    };
    assert_eq!(admin.post("/accounts", &add("li2", "li")).await.status(), 409);
    assert_eq!(admin.post("/accounts", &add("li2", "li of the south")).await.status(), 200);
}

#[tokio::test]
async fn a_passkey_that_is_refused_is_told() {
    let office = Office::open().await;
    let nobody = Person::new(&office.origin, "nobody");
    let page = nobody.page("/sign-in").await;
    let alerts = |page: &str| page.matches("role=\"alert\">").count();
    assert_eq!(alerts(&page), 0);
    let answer = nobody.post_plain("/sign-in/passkey", &[("csrf", csrf(&page)), ("answer", "{}")]).await;
    assert_eq!(answer.status(), 303);
    let page = nobody.page(answer.headers()["location"].to_str().unwrap()).await;
    assert_eq!(alerts(&page), 1, "{page}");
    assert_eq!(alerts(&nobody.page("/sign-in?failed=anything").await), 0);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_who_was_refused_and_none_of_what_they_sent() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let _until_the_end = tracing::subscriber::set_default(subscriber);
    // A second one: while there is one alone, tracing asks that of the thread that comes to a line first, and this may be another
    // test's, which has none; the line is silent from then on.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let office = Office::open().await;
    let viewer = office.person("viewer", Role::Viewer).await;
    assert_eq!(viewer.get("/audit").await.status(), 403);
    assert_eq!(viewer.post_plain("/sign-out", &[("csrf", "forged")]).await.status(), 403);
    let nobody = Person::new(&office.origin, "mistyped-secret");
    assert_eq!(nobody.sign_in("another secret", "123456").await.status(), 401);
    let link = "/join/AAAABBBBCCCC";
    let page = nobody.page("/sign-in").await;
    assert_eq!(nobody.post_plain(link, &[("csrf", "forged"), ("password", csrf(&page))]).await.status(), 403);
    let page = nobody.page("/sign-in").await;
    nobody.post_plain("/sign-in/passkey", &[("csrf", csrf(&page)), ("answer", "another answer")]).await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |page: &str, account: &str, status: u16| {
        let of = |line: &&serde_json::Value| {
            let f = &line["fields"];
            f["page"] == page
                && f["account"] == account
                && f["status"] == status
                && f["address"] == "127.0.0.1"
        };
        lines.iter().filter(of).count()
    };
    assert_eq!(said("/audit", "viewer", 403), 1, "{log}");
    assert_eq!(said("/sign-out", "viewer", 403), 1, "{log}");
    assert_eq!(said("/sign-in", "", 401), 1, "{log}");
    assert_eq!(said("/join/{token}", "", 403), 1, "{log}");
    assert!(log.contains("a passkey was refused"), "{log}");
    for secret in [
        "mistyped-secret",
        "another secret",
        "forged",
        "another answer",
        "AAAABBBBCCCC",
        &viewer.cookie("__Host-yilin").unwrap(),
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}
