//! A running server with a console, and people who sign in at it.

use fleet_server::console::tokens::Secret;
use fleet_server::console::{Setup, accounts, pages, proof, role::Role};
use fleet_server::serve::{Console, Options, Running, ServeError, serve};
use reqwest::{Client, Response, StatusCode, header, redirect};
use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;

/// A server, until it is dropped with the test.
pub(crate) struct Office {
    pub(crate) running: Running,
    pub(crate) origin: String,
    setup: Setup,
    data: tempfile::TempDir,
}

impl Office {
    pub(crate) async fn open() -> Self {
        Self::open_on(None).await
    }

    /// On that database; none: SQLite in its own folder.
    pub(crate) async fn open_on(database: Option<String>) -> Self {
        // Another test of this program may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = tempfile::tempdir().unwrap();
        loop {
            // The console has to know its port before it listens: somebody may be faster.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let origin = format!("https://localhost:{port}");
            let setup = Setup::new(&origin, Secret::new(&[7; 32]));
            let listen = SocketAddr::from(([127, 0, 0, 1], port));
            let options = Options {
                console: Some(Console { listen, pages: pages(setup.clone()) }),
                database: database.clone(),
                ..Options::local(data.path())
            };
            match serve(options).await {
                Ok(running) => return Self { running, origin, setup, data },
                Err(ServeError::Listen { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// The server's folder.
    pub(crate) fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Somebody of `role` who has used their invitation and is signed in.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Person {
        let server = &self.running.server;
        let now = server.clock.millis();
        let by = (&fleet_server::state::Actor("server".to_owned()), "a test");
        let link = accounts::add_by_command_line(&self.setup, &server.store, name, name, role, by, now);
        let link = link.await.unwrap().unwrap();
        let mut person = Person::new(&self.origin, name);
        let page = person.get(&link).await.text().await.unwrap();
        person.second = base32(between(&page, "<code class=\"break\">", "<"));
        let code = person.code(0);
        let fields = [("csrf", csrf(&page)), ("password", PASSWORD), ("code", &code)];
        let answer = person.post_plain(&link, &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{name} cannot join");
        person
    }
}

pub(crate) const PASSWORD: &str = "a quiet river in spring";

/// A browser without scripts.
pub(crate) struct Person {
    pub(crate) origin: String,
    pub(crate) name: String,
    pub(crate) second: Vec<u8>,
    client: Client,
    pub(crate) cookies: Mutex<Vec<(String, String)>>,
}

impl Person {
    pub(crate) fn new(origin: &str, name: &str) -> Self {
        let client = Client::builder()
            .tls_danger_accept_invalid_certs(true)
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            origin: origin.to_owned(),
            name: name.to_owned(),
            second: Vec::new(),
            client,
            cookies: Mutex::default(),
        }
    }

    /// Somebody whose link offers that second factor.
    pub(crate) fn joining(origin: &str, name: &str, second: &str) -> Self {
        Self { second: base32(second), ..Self::new(origin, name) }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|(known, _)| known != name);
        cookies.push((name.to_owned(), value.to_owned()));
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("https:") { path.to_owned() } else { format!("{}{path}", self.origin) }
    }

    fn header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, answer: &Response) {
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.set_cookie(name, value);
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let answer =
            self.client.get(self.url(path)).header(header::COOKIE, self.header()).send().await.unwrap();
        self.keep(&answer);
        answer
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{} reads {path}", self.name);
        answer.text().await.unwrap()
    }

    pub(crate) async fn post_plain(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_with(path, fields, &[]).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self
            .client
            .post(self.url(path))
            .header(header::COOKIE, self.header())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        answer
    }

    /// Sends a form with the token of one's own page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.page("/me").await;
        let mut all = vec![("csrf", csrf(&page))];
        all.extend_from_slice(fields);
        self.post_plain(path, &all).await
    }

    /// The code of the second factor, so many steps from now.
    pub(crate) fn code(&self, steps: i64) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        format!("{:06}", proof::code(&self.second, i64::try_from(now).unwrap() / 30 + steps))
    }

    pub(crate) async fn sign_in(&self, password: &str, code: &str) -> Response {
        let page = self.page("/sign-in").await;
        let fields = [("csrf", csrf(&page)), ("name", &self.name), ("password", password), ("code", code)];
        self.post_plain("/sign-in", &fields).await
    }
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

pub(crate) fn csrf(page: &str) -> &str {
    between(page, "name=\"csrf\" value=\"", "\"")
}

fn base32(text: &str) -> Vec<u8> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut buffer, mut bits, mut out) = (0_u32, 0, Vec::new());
    for letter in text.chars() {
        buffer = buffer << 5 | u32::try_from(digits.find(letter).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(buffer >> bits & 0xFF).unwrap());
        }
    }
    out
}
