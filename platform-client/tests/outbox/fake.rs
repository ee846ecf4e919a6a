//! A province in memory. It has **no** idempotency of its own unless it is told so: a case that is filed twice is there
//! twice, so a client that sends again without asking is caught.

use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use platform_client::MaterialUpload;
use platform_client::contract::case::{CaseOutcome, CaseReceipt, CaseRequest};
use platform_client::contract::envelope::{ErrorClass, code};
use platform_client::contract::rating::RatingRequest;
use platform_client::dialect::Recovery;
use platform_client::error::{AnswerProblem, Broken, CallError, Refusal};
use platform_client::operation::Operation;
use platform_client::outbox::Courier;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Luck {
    /// It works.
    Fine,
    /// No connection.
    Unreachable,
    /// The connection ends before anything is done.
    DropBefore,
    /// The connection ends after it is done.
    DropAfter,
    /// No answer; it is done a moment after the client has given up.
    Late,
    /// "Not now."
    Busy,
    /// Done, but the answer is a page of a gateway.
    Garbled,
    /// "No": a form that is not right.
    Refuse,
    /// "You rated this before."
    RatedBefore,
}

/// How calls go: a script, then always the same.
pub(crate) trait Weather: Send + 'static {
    fn luck(&mut self, operation: Operation) -> (Luck, Duration);
}

/// These in order, then everything works.
pub(crate) struct Script(pub(crate) VecDeque<Luck>);

impl Weather for Script {
    fn luck(&mut self, _: Operation) -> (Luck, Duration) {
        (self.0.pop_front().unwrap_or(Luck::Fine), Duration::from_millis(1))
    }
}

/// What the province saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Every case, and how often it is there.
    pub(crate) cases: BTreeMap<SubmissionId, u32>,
    pub(crate) requests: BTreeMap<SubmissionId, CaseRequest>,
    pub(crate) ratings: BTreeMap<SubmissionId, u32>,
    pub(crate) materials: BTreeMap<String, u32>,
    /// In order: `file ID`, `find ID`, `rate ID`, `material ID`.
    pub(crate) calls: Vec<String>,
    /// Sent, no answer, not asked for since.
    unclear: BTreeMap<SubmissionId, ()>,
    /// Cases that were sent again without having been asked for.
    pub(crate) sent_blindly: Vec<SubmissionId>,
    pub(crate) at_once: usize,
    pub(crate) most_at_once: usize,
}

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) seen: Arc<Mutex<Seen>>,
    weather: Arc<Mutex<Box<dyn Weather>>>,
    recovery: Recovery,
    idempotent: bool,
}

impl Fake {
    pub(crate) fn new(weather: impl Weather) -> Self {
        Self {
            seen: Arc::default(),
            weather: Arc::new(Mutex::new(Box::new(weather))),
            recovery: Recovery::AskThenSend,
            idempotent: false,
        }
    }

    pub(crate) fn scripted(luck: &[Luck]) -> Self {
        Self::new(Script(luck.iter().copied().collect()))
    }

    /// One that keeps to the key, as the canonical contract says.
    pub(crate) fn idempotent(self) -> Self {
        Self { idempotent: true, ..self }
    }

    pub(crate) fn with_recovery(self, recovery: Recovery) -> Self {
        Self { recovery, ..self }
    }

    pub(crate) fn change_weather(&self, weather: impl Weather) {
        *self.weather.lock().unwrap() = Box::new(weather);
    }

    pub(crate) fn cases(&self, id: &SubmissionId) -> u32 {
        self.seen.lock().unwrap().cases.get(id).copied().unwrap_or(0)
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.seen.lock().unwrap().calls.clone()
    }

    /// One call: waits, then does `effect` or not, then answers or not.
    async fn call<T>(
        &self,
        operation: Operation,
        name: String,
        effect: impl FnOnce(&mut Seen) -> T + Send + 'static,
    ) -> Result<T, CallError>
    where
        T: Send + 'static,
    {
        let (luck, delay) = self.weather.lock().unwrap().luck(operation);
        {
            let mut seen = self.seen.lock().unwrap();
            seen.calls.push(name);
            seen.at_once += 1;
            seen.most_at_once = seen.most_at_once.max(seen.at_once);
        }
        let _landing = Landing(Arc::clone(&self.seen));
        tokio::time::sleep(delay).await;
        let broken = |broken| Err(CallError::Broken { operation, broken, cause: None });
        let refused = |class, code: &str| {
            let refusal = Refusal { class, code: code.to_owned(), retry_after: None };
            Err(CallError::Refused { operation, refusal })
        };
        let mut seen = self.seen.lock().unwrap();
        match luck {
            Luck::Fine => Ok(effect(&mut seen)),
            Luck::Unreachable => Err(CallError::Unreachable { operation, cause: "no route".into() }),
            Luck::DropBefore => broken(Broken::Closed),
            Luck::DropAfter => {
                effect(&mut seen);
                broken(Broken::Closed)
            }
            Luck::Late => {
                let shared = Arc::clone(&self.seen);
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                    effect(&mut shared.lock().unwrap());
                });
                broken(Broken::Timeout)
            }
            Luck::Busy => refused(ErrorClass::Retryable, code::UNAVAILABLE),
            Luck::Garbled => {
                effect(&mut seen);
                Err(CallError::BadAnswer { operation, status: 200, problem: AnswerProblem::ContentType })
            }
            Luck::Refuse => refused(ErrorClass::NeedsUser, code::FORM_REFUSED),
            Luck::RatedBefore => refused(ErrorClass::NeedsHuman, code::ALREADY_RATED),
        }
    }
}

struct Landing(Arc<Mutex<Seen>>);

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.lock().unwrap().at_once -= 1;
    }
}

pub(crate) fn receipt(id: &SubmissionId) -> CaseReceipt {
    CaseReceipt {
        submission_id: id.clone(),
        received_at: crate::sample::FILED_AT,
        outcome: CaseOutcome::Accepted {
            application_number: ApplicationNumber::try_from(format!("SQ-{}", &id.as_str()[24..])).unwrap(),
            case_number: CaseNumber::try_from(format!("BJ-{}", &id.as_str()[24..])).unwrap(),
        },
        decided_by: None,
    }
}

impl Courier for Fake {
    fn recovery(&self, operation: Operation) -> Recovery {
        match (operation, self.recovery) {
            (Operation::Rating, Recovery::AskThenSend) => Recovery::SendAgain,
            (_, recovery) => recovery,
        }
    }

    async fn hand_in(&self, material: MaterialUpload) -> Result<(), CallError> {
        let id = material.id.0.clone();
        let mut bytes = Vec::new();
        material.content.open().unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, material.length);
        assert!(bytes.windows(crate::sample::MARK.len()).any(|w| w == crate::sample::MARK.as_bytes()));
        self.call(Operation::Material, format!("material {id}"), move |seen| {
            *seen.materials.entry(id).or_default() += 1;
        })
        .await
    }

    async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        let id = request.submission_id.clone();
        {
            let mut seen = self.seen.lock().unwrap();
            if seen.unclear.contains_key(&id) {
                seen.sent_blindly.push(id.clone());
            }
            // Until an answer or a connection that never was says otherwise.
            seen.unclear.insert(id.clone(), ());
            for material in &request.materials {
                assert!(seen.materials.contains_key(&material.id.0), "a case before its material");
            }
        }
        let (request, idempotent, key) = (request.clone(), self.idempotent, id.clone());
        let result = self
            .call(Operation::Case, format!("file {id}"), move |seen| {
                let there = seen.cases.entry(key.clone()).or_default();
                if !(idempotent && *there > 0) {
                    *there += 1;
                }
                if let Some(first) = seen.requests.get(&key) {
                    assert_eq!(*first, request, "the same key with another body");
                }
                seen.requests.insert(key.clone(), request);
                receipt(&key)
            })
            .await;
        if matches!(result, Ok(_) | Err(CallError::Unreachable { .. } | CallError::Refused { .. })) {
            self.seen.lock().unwrap().unclear.remove(&id);
        }
        result
    }

    async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        let key = id.clone();
        self.call(Operation::CaseByKey, format!("find {id}"), move |seen| {
            seen.unclear.remove(&key);
            seen.cases.contains_key(&key).then(|| receipt(&key))
        })
        .await
    }

    async fn rate(&self, request: &RatingRequest) -> Result<(), CallError> {
        let id = request.rating_id.clone();
        if let Some(case) = &request.submission_id {
            let there = self.cases(case) > 0;
            assert!(there, "a rating before its case");
        }
        self.call(Operation::Rating, format!("rate {id}"), move |seen| {
            // Ratings have their key everywhere: a second sending is the same rating.
            seen.ratings.entry(id).or_insert(1);
        })
        .await
    }
}
