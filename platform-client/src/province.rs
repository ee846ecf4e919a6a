//! One province, reached over HTTPS: a method for each call of the contract.
//!
//! Duty: ask, and give back what was answered, as the domain's values. Never: repeat a call by itself; remember a
//! resident (the session is the caller's, who drops it when the visit ends).

mod ask;
mod community;
mod echo;
mod filing;
mod licences;
mod matters;
mod reading;
mod upkeep;
mod uploads;

pub use ask::{CertificateAnswer, EngineVerdict, FaceCheck, ResidentSession};
pub use licences::LicenceAnswer;
pub use upkeep::{CatalogueAnswer, DeltaAnswer};
pub use uploads::LargeMaterial;

use crate::catalogue_trust::CatalogueKeys;
use crate::clock::Clock;
use crate::contract::envelope::{ErrorClass, code};
use crate::credentials::Credentials;
use crate::dialect::{Body, Call, Dialects, Reading, Stamp};
use crate::digest::hex;
use crate::entropy::Entropy;
use crate::error::{AnswerProblem, CallError, Cause, Refusal};
use crate::http::{Connection, HttpAnswer, SetupError, Timeouts};
use crate::operation::Operation;
use crate::seal::Authorities;
use domain::case::SubmissionId;
use domain::terminal::TerminalId;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where the province is and how it speaks.
#[derive(Debug)]
pub struct ProvinceConfig {
    /// `https://host:port`.
    pub url: String,
    /// Who the terminal is and whom it trusts.
    pub credentials: Credentials,
    /// The terminal's number, as its certificate names it.
    pub terminal: TerminalId,
    /// How each interface speaks.
    pub dialects: Dialects,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// One province. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Province {
    connection: Connection,
    terminal: TerminalId,
    dialects: Dialects,
    catalogue_keys: Arc<CatalogueKeys>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    seals: Arc<Authorities>,
}

impl std::fmt::Debug for Province {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Province").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Province {
    /// A way to a province; nothing is sent yet.
    pub fn new(
        config: ProvinceConfig,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, SetupError> {
        let ProvinceConfig { url, credentials, terminal, dialects, timeouts } = config;
        let catalogue_keys = Arc::new(credentials.catalogue_keys().clone());
        let connection = Connection::new(&url, credentials, timeouts)?;
        Ok(Self { connection, terminal, dialects, catalogue_keys, clock, entropy, seals: Arc::default() })
    }

    /// The same, with these authorities of seals to trust; without them no certificate is given out.
    #[must_use]
    pub fn trusting_seals_of(mut self, authorities: Authorities) -> Self {
        self.seals = Arc::new(authorities);
        self
    }

    /// The terminal for which it speaks.
    pub fn terminal(&self) -> &TerminalId {
        &self.terminal
    }

    /// Whose catalogues the terminal takes.
    pub fn catalogue_keys(&self) -> &CatalogueKeys {
        &self.catalogue_keys
    }

    async fn get<T: DeserializeOwned>(&self, operation: Operation, path: String) -> Result<T, CallError> {
        self.call(Call { operation, path, session: None, key: None, etag: None, body: Body::Empty }).await
    }

    /// A question that needs the resident's session and has no body.
    async fn get_in<T: DeserializeOwned>(
        &self,
        session: &ResidentSession,
        operation: Operation,
        path: String,
    ) -> Result<T, CallError> {
        let session = Some(session.token().clone());
        self.call(Call { operation, path, session, key: None, etag: None, body: Body::Empty }).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        operation: Operation,
        path: String,
        with: With<'_>,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        let body = Body::Json(json(body));
        let (session, key) = match with {
            With::Nothing => (None, None),
            With::Session(session) => (Some(session.token().clone()), None),
            With::Key(key) => (None, Some(key.clone())),
            With::SessionAndKey(session, key) => (Some(session.token().clone()), Some(key.clone())),
        };
        self.call(Call { operation, path, session, key, etag: None, body }).await
    }

    async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, CallError> {
        let operation = call.operation;
        let answer = self.exchange(call).await?;
        open(operation, &answer)
    }

    /// Sends the call in its interface's dialect; the answer is canonical, its envelope unopened.
    async fn exchange(&self, mut call: Call) -> Result<HttpAnswer, CallError> {
        let operation = call.operation;
        let dialect = self.dialects.of(operation.interface());
        let not_sent = |cause: Cause| CallError::Unreachable { operation, cause };
        let bad = |status, problem| CallError::BadAnswer { operation, status, problem };
        if dialect.holds_files() {
            call.body = call.body.held().await.map_err(|cause| not_sent(Box::new(cause)))?;
        }
        for _ in 0..MOST_ACCESSES {
            while let Some(errand) = dialect.errand(&self.stamp(operation)?) {
                // Whatever becomes of an errand, the call itself was not sent.
                let answer = self.connection.exchange(operation, errand).await;
                let answer = answer.map_err(|error| not_sent(Box::new(error)))?;
                dialect.learn(answer).map_err(not_sent)?;
            }
            let stamp = self.stamp(operation)?;
            let request = dialect.request(&mut call, &stamp);
            let request = request.map_err(|problem| not_sent(Box::new(problem)))?;
            let answer = self.connection.exchange(operation, request).await?;
            let status = answer.status;
            match dialect.answer(&call, answer).map_err(|problem| bad(status, problem))? {
                Reading::Answer(answer) => {
                    echo::is_ours(operation, &stamp.request_id, &answer)?;
                    self.connection.note_time(&answer, self.clock.now());
                    return Ok(answer);
                }
                Reading::NewAccess => {}
            }
        }
        // Every time the gateway stood in front of the province: nothing was done.
        Err(not_sent("the gateway takes none of its own tokens".into()))
    }

    fn stamp(&self, operation: Operation) -> Result<Stamp<'_>, CallError> {
        let mut id = [0; 16];
        self.entropy
            .fill(&mut id)
            .map_err(|cause| CallError::Unreachable { operation, cause: Box::new(cause) })?;
        Ok(Stamp { request_id: hex(&id), at: self.clock.now(), entropy: self.entropy.as_ref() })
    }

    /// Takes up what lies in the credentials' folder, if that is new; whether it was. Calls do so by themselves every ten
    /// seconds and after a refusal: this is for whoever has just put new files there. What runs goes on with the old ones.
    ///
    /// # Errors
    /// What lies there cannot be used; the earlier credentials go on.
    pub fn renew_credentials(&self) -> Result<bool, SetupError> {
        self.connection.renew_credentials()
    }

    /// How far the terminal's clock is ahead of the province's, in seconds, by the latest answer that named a time; `None`
    /// before the first. The way of the answer is in it: a second or two say nothing.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.connection.clock_ahead()
    }
}

/// So often a call is written anew because the gateway wants another token.
const MOST_ACCESSES: usize = 3;

/// What goes along with a body.
enum With<'a> {
    Nothing,
    Session(&'a ResidentSession),
    Key(&'a SubmissionId),
    SessionAndKey(&'a ResidentSession, &'a SubmissionId),
}

fn json(body: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 << 10));
    // Writing to memory fails only for values that the contract cannot hold; its types have none.
    if let Err(error) = serde_json::to_writer(&mut *bytes, body) {
        unreachable!("a value of the contract is JSON: {error}");
    }
    bytes
}

/// Opens an envelope: the data, or what the province says instead.
fn open<T: DeserializeOwned>(operation: Operation, answer: &HttpAnswer) -> Result<T, CallError> {
    /// Not every dialect has the envelope's other members.
    #[derive(Deserialize)]
    struct Opened<T> {
        data: Option<T>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        code: String,
        error_class: Option<ErrorClass>,
        #[serde(rename = "data")]
        _data: Option<IgnoredAny>,
    }
    let bad = |problem| CallError::BadAnswer { operation, status: answer.status, problem };
    let unreadable = |e: serde_json::Error| bad(AnswerProblem::unreadable(&e));
    let head: Head = serde_json::from_slice(&answer.body).map_err(unreadable)?;
    match (head.code.as_str(), head.error_class) {
        (code::OK, None) if (200..300).contains(&answer.status) => {
            let opened: Opened<T> = serde_json::from_slice(&answer.body).map_err(unreadable)?;
            opened.data.ok_or_else(|| bad(AnswerProblem::Contradiction))
        }
        // An error inside a 200 is an error.
        (said, Some(class)) if said != code::OK => {
            let plain = (1..=64).contains(&said.len())
                && said.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            let code = if plain { said.to_owned() } else { "unreadable".to_owned() };
            let refusal = Refusal { class, code, retry_after: answer.retry_after };
            Err(CallError::Refused { operation, refusal })
        }
        _ => Err(bad(AnswerProblem::Contradiction)),
    }
}
