//! What others try.

use super::city;
use super::desk::{Office, PASSWORD, Person, csrf};
use fleet_server::console::role::Role;

/// Every form with the role that may send it.
const ORDERS: [(&str, Role); 13] = [
    ("/terminals/AH-0001/orders", Role::Technician),
    ("/terminals/AH-0001/shells", Role::Technician),
    ("/terminals/AH-0001/approve", Role::Technician),
    ("/terminals/AH-0001/shells/x", Role::Technician),
    ("/tickets/1", Role::Technician),
    ("/desk/x/take", Role::Technician),
    ("/desk/x", Role::Technician),
    ("/rollouts", Role::ReleaseManager),
    ("/rollouts/1", Role::ReleaseManager),
    ("/configurations", Role::ReleaseManager),
    ("/terminals/AH-0001/trust", Role::Admin),
    ("/accounts", Role::Admin),
    ("/accounts/1", Role::Admin),
];

#[tokio::test]
async fn a_role_does_only_what_is_its_own() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    for role in Role::ALL {
        let person = office.person(&role.word().replace('_', "-"), role).await;
        for (path, may) in ORDERS {
            let status = person.post(path, &[]).await.status();
            assert_eq!(status == 403, role != may, "{role:?} at {path}: {status}");
        }
        assert_eq!(person.get("/audit").await.status() == 200, role == Role::Auditor);
        assert_eq!(person.get("/accounts").await.status() == 200, role == Role::Admin);
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let office = Office::open().await;
    let rollout = city::build(&office.running.server).await;
    let manager = office.person("manager", Role::ReleaseManager).await;
    let other = office.person("other", Role::ReleaseManager).await;
    let path = format!("/rollouts/{rollout}");
    let pause = [("do", "pause"), ("why", "it was clicked elsewhere")];
    assert_eq!(manager.post_plain(&path, &pause).await.status(), 403, "no token");
    let theirs = csrf(&other.page("/me").await).to_owned();
    let with = |token: &str| {
        [("csrf", token.to_owned()), ("do", "pause".into()), ("why", "clicked elsewhere".into())]
    };
    let fields = with(&theirs);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(manager.post_plain(&path, &fields).await.status(), 403, "another's token");
    let own = csrf(&manager.page("/me").await).to_owned();
    let fields = with(&own);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    for headers in
        [[("origin", "https://evil.example")], [("sec-fetch-site", "cross-site")], [("origin", "null")]]
    {
        assert_eq!(manager.post_with(&path, &fields, &headers).await.status(), 403, "{headers:?}");
    }
    let state = office.running.server.store.rollout(rollout).await.unwrap().unwrap().state;
    assert_eq!(state.word(), "running", "nothing of it was done");
    assert_eq!(manager.post_plain(&path, &fields).await.status(), 303);
    let state = office.running.server.store.rollout(rollout).await.unwrap().unwrap().state;
    assert_eq!(state.word(), "paused");
}

#[tokio::test]
async fn a_session_that_was_planted_is_not_taken_over() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    let first = person.cookie("__Host-yilin").unwrap();
    let planted = "A".repeat(43);
    person.set_cookie("__Host-yilin", &planted);
    assert_eq!(person.sign_in(PASSWORD, &person.code(1)).await.status(), 303);
    let second = person.cookie("__Host-yilin").unwrap();
    assert!(second != planted && second != first, "a new token at each sign-in");
    let intruder = Person::new(&office.origin, "intruder");
    intruder.set_cookie("__Host-yilin", &planted);
    assert_eq!(intruder.get("/me").await.status(), 303, "the planted one is nobody's");
    assert_eq!(person.post("/sign-out", &[]).await.status(), 303);
    person.set_cookie("__Host-yilin", &second);
    assert_eq!(person.get("/me").await.status(), 303, "after signing out the token is dead on the server");
}

#[tokio::test]
async fn a_code_is_used_once() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    let code = person.code(1);
    assert_eq!(person.sign_in(PASSWORD, &code).await.status(), 303);
    assert_eq!(person.sign_in(PASSWORD, &code).await.status(), 401, "the same code again");
    assert_eq!(person.sign_in(PASSWORD, &person.code(0)).await.status(), 401, "an earlier one");
}

#[tokio::test]
async fn guessing_is_slowed_down_and_tells_nothing() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    let unknown = Person::new(&office.origin, "nobody");
    let strip = |page: String| -> String { page.lines().filter(|line| !line.contains("csrf")).collect() };
    let wrong = strip(person.sign_in("wrong password", "123456").await.text().await.unwrap());
    let nobody = strip(unknown.sign_in("wrong password", "123456").await.text().await.unwrap());
    assert_eq!(wrong, nobody, "an account that is there looks like one that is not");
    // All at once: one after the other, a slow machine is slow enough for the pace.
    let person = std::sync::Arc::new(person);
    let page = person.page("/sign-in").await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (person, token) = (std::sync::Arc::clone(&person), csrf(&page).to_owned());
        tries.spawn(async move {
            let fields =
                [("csrf", &*token), ("name", "person"), ("password", "wrong password"), ("code", "123456")];
            person.post_plain("/sign-in", &fields).await.status().as_u16()
        });
    }
    let statuses = tries.join_all().await;
    assert!(statuses.contains(&429), "{statuses:?}");
    let proofs = office.running.server.store.proofs("person").await.unwrap().unwrap();
    assert!(proofs.locked_until > office.running.server.clock.millis(), "the account waits as well");
}

#[tokio::test]
async fn an_invitation_is_used_once_and_leads_nowhere_else() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    assert_eq!(person.get("/join/AAAA").await.status(), 404);
    let page = person.page("/sign-in?next=//evil.example").await;
    assert!(page.contains("name=\"next\" value=\"/\""));
    let answer = person.get("/language/en?back=https://evil.example").await;
    assert_eq!(answer.headers()["location"], "/");
}

#[tokio::test]
async fn one_person_does_not_approve_their_own_shell() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let first = office.person("first", Role::Technician).await;
    let second = office.person("second", Role::Technician).await;
    let ask = [("minutes", "15"), ("why", "the printer is stuck")];
    assert_eq!(first.post("/terminals/AH-0001/shells", &ask).await.status(), 303);
    let store = &office.running.server.store;
    let command = store.commands("AH-0001", 1).await.unwrap().remove(0);
    assert_eq!(command.state, "waits_for_approval");
    let approve = [("command", command.id.as_str()), ("why", "I looked at it")];
    for (person, offered) in [(&first, false), (&second, true)] {
        let page = person.page("/terminals/AH-0001").await;
        assert_eq!(page.contains("action=\"/terminals/AH-0001/approve\""), offered, "{page}");
    }
    assert_eq!(first.post("/terminals/AH-0001/approve", &approve).await.status(), 409);
    assert_eq!(
        second.post("/terminals/AH-0002/approve", &approve).await.status(),
        404,
        "by another terminal's page"
    );
    assert_eq!(second.post("/terminals/AH-0001/approve", &approve).await.status(), 303);
    let command = store.command(&command.id).await.unwrap().unwrap();
    assert_eq!((command.state.as_str(), command.approved_by.as_deref()), ("open", Some("second")));
    let typed = [("do", "type"), ("line", "id")];
    let path = format!("/terminals/AH-0001/shells/{}", command.id);
    assert_eq!(second.post(&path, &typed).await.status(), 403, "who approved does not type");
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let office = Office::open().await;
    let person = office.person("person", Role::Viewer).await;
    for path in ["/", "/sign-in", "/t/none", "/nowhere", "/assets/console.css"] {
        let answer = person.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    let page = person.page("/").await;
    assert!(
        !page.contains("style=") && !page.contains("onclick=") && !page.contains("<script>"),
        "nothing inline"
    );
}
