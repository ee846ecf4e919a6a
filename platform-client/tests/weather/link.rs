//! The way to a province, inside the test. What a call meets in each weather is what the real transport gives in it: the
//! tests over real sockets are `tests/tls` and `tests/crash`.
//!
//! The province keeps to the key, as the contract says, because here it may be at work on a call that was given up.

use crate::forecast::{Dice, Forecast, Sky};
use crate::sample::FILED_AT;
use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use platform_client::MaterialUpload;
use platform_client::contract::case::{CaseOutcome, CaseReceipt, CaseRequest};
use platform_client::contract::envelope::{ErrorClass, code};
use platform_client::contract::rating::RatingRequest;
use platform_client::dialect::Recovery;
use platform_client::error::{Broken, CallError, CallErrorKind, Refusal, TlsProblem};
use platform_client::operation::Operation;
use platform_client::outbox::{Courier, Line};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A call is given up after so long.
const CALL: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Seen {
    cases: BTreeMap<SubmissionId, u32>,
    unclear: BTreeSet<SubmissionId>,
    blindly: Vec<SubmissionId>,
    attempts: Vec<Instant>,
    visits: Vec<Instant>,
    running: usize,
    last_met: Option<(Instant, Line)>,
}

#[derive(Clone)]
pub(crate) struct Link {
    forecast: Forecast,
    dice: Arc<Mutex<Dice>>,
    seen: Arc<Mutex<Seen>>,
}

/// What becomes of a call.
enum Luck {
    After(Duration),
    LostBefore(Duration),
    LostAfter(Duration),
    Late(Duration),
    Fails(CallError),
}

impl Link {
    pub(crate) fn new(forecast: Forecast, seed: u64) -> Self {
        Self { forecast, dice: Arc::new(Mutex::new(Dice::new(seed ^ 0xbad))), seen: Arc::default() }
    }

    pub(crate) fn sky(&self) -> Sky {
        self.forecast.at(Instant::now())
    }

    pub(crate) fn visit_begins(&self) {
        self.seen.lock().unwrap().visits.push(Instant::now());
    }

    pub(crate) fn cases(&self, id: &SubmissionId) -> u32 {
        self.seen.lock().unwrap().cases.get(id).copied().unwrap_or(0)
    }

    pub(crate) fn sent_blindly(&self) -> Vec<SubmissionId> {
        self.seen.lock().unwrap().blindly.clone()
    }

    /// What the last call met, when nothing has run since for so long.
    pub(crate) fn last_met(&self, rest: Duration) -> Option<Line> {
        let seen = self.seen.lock().unwrap();
        seen.last_met.filter(|(at, _)| seen.running == 0 && at.elapsed() >= rest).map(|(_, line)| line)
    }

    /// Every outage: how long, how many attempts, how many visits.
    pub(crate) fn outages(&self, forecast: &Forecast) -> Vec<(Sky, Duration, u64, u64)> {
        let seen = self.seen.lock().unwrap();
        let within =
            |times: &[Instant], from, to| times.iter().filter(|t| (from..to).contains(*t)).count() as u64;
        let all = forecast.outages().into_iter();
        all.map(|(sky, from, to)| {
            (sky, to - from, within(&seen.attempts, from, to), within(&seen.visits, from, to))
        })
        .collect()
    }

    fn luck(&self, operation: Operation) -> Luck {
        let mut dice = self.dice.lock().unwrap();
        let millis = |dice: &mut Dice, from, more| Duration::from_millis(from + dice.throw(more));
        let tls = |problem| Luck::Fails(CallError::Tls { operation, problem, cause: "the other end".into() });
        let unreachable = || Luck::Fails(CallError::Unreachable { operation, cause: "no route".into() });
        match self.sky() {
            Sky::Clear => Luck::After(millis(&mut dice, 20, 60)),
            Sky::Loss => match dice.throw(6) {
                0 => Luck::LostBefore(millis(&mut dice, 20, 3000)),
                1 => Luck::LostAfter(millis(&mut dice, 20, 3000)),
                _ => Luck::After(millis(&mut dice, 20, 200)),
            },
            Sky::Slow => match millis(&mut dice, 2000, 28_000) {
                time if time >= CALL => Luck::Late(time),
                time => Luck::After(time),
            },
            Sky::Flapping(turn) if self.forecast.is_in_even_turn(turn) => {
                Luck::After(millis(&mut dice, 20, 60))
            }
            Sky::NoNames | Sky::Flapping(_) | Sky::Off => unreachable(),
            Sky::Portal => tls(TlsProblem::Other),
            Sky::Intruder => tls(TlsProblem::UnknownIssuer),
            Sky::Overloaded => {
                let refusal = Refusal {
                    class: ErrorClass::Retryable,
                    code: code::UNAVAILABLE.to_owned(),
                    retry_after: Some(Duration::from_secs(60)),
                };
                Luck::Fails(CallError::Refused { operation, refusal })
            }
        }
    }

    async fn call<T: Send + 'static>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut Seen) -> T + Send + 'static,
    ) -> Result<T, CallError> {
        {
            let mut seen = self.seen.lock().unwrap();
            seen.attempts.push(Instant::now());
            seen.running += 1;
        }
        let result = self.carry(operation, work).await;
        let mut seen = self.seen.lock().unwrap();
        seen.running -= 1;
        let of_the_line = |error: &CallError| {
            !matches!(
                error.kind(),
                CallErrorKind::Refused(ErrorClass::NeedsUser | ErrorClass::NeedsHuman | ErrorClass::Fatal)
            )
        };
        let met = if result.as_ref().err().is_some_and(of_the_line) { Line::Down } else { Line::Up };
        seen.last_met = Some((Instant::now(), met));
        result
    }

    async fn carry<T: Send + 'static>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut Seen) -> T + Send + 'static,
    ) -> Result<T, CallError> {
        let broken = |broken| Err(CallError::Broken { operation, broken, cause: None });
        match self.luck(operation) {
            Luck::After(time) => {
                sleep(time).await;
                Ok(work(&mut self.seen.lock().unwrap()))
            }
            Luck::LostBefore(time) => {
                sleep(time).await;
                broken(Broken::Closed)
            }
            Luck::LostAfter(time) => {
                sleep(time).await;
                work(&mut self.seen.lock().unwrap());
                broken(Broken::Closed)
            }
            Luck::Late(time) => {
                let seen = Arc::clone(&self.seen);
                tokio::spawn(async move {
                    sleep(time).await;
                    work(&mut seen.lock().unwrap());
                });
                sleep(CALL).await;
                broken(Broken::Timeout)
            }
            Luck::Fails(error) => {
                sleep(Duration::from_millis(30)).await;
                Err(error)
            }
        }
    }
}

fn receipt(id: &SubmissionId) -> CaseReceipt {
    CaseReceipt {
        submission_id: id.clone(),
        received_at: FILED_AT,
        outcome: CaseOutcome::Accepted {
            application_number: ApplicationNumber::try_from(format!("SQ-{}", &id.as_str()[24..])).unwrap(),
            case_number: CaseNumber::try_from(format!("BJ-{}", &id.as_str()[24..])).unwrap(),
        },
        decided_by: None,
    }
}

impl Courier for Link {
    fn recovery(&self, operation: Operation) -> Recovery {
        if operation == Operation::Rating { Recovery::SendAgain } else { Recovery::AskThenSend }
    }

    async fn hand_in(&self, material: MaterialUpload) -> Result<(), CallError> {
        let mut bytes = Vec::new();
        material.content.open().unwrap().read_to_end(&mut bytes).unwrap();
        self.call(Operation::Material, |_| ()).await
    }

    async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        assert_eq!(request.filed_at, FILED_AT, "the time of filing travels");
        let id = request.submission_id.clone();
        {
            let mut seen = self.seen.lock().unwrap();
            if !seen.unclear.insert(id.clone()) {
                seen.blindly.push(id.clone());
            }
        }
        let key = id.clone();
        let result = self
            .call(Operation::Case, move |seen| {
                seen.cases.insert(key.clone(), 1);
                receipt(&key)
            })
            .await;
        if result.is_ok() || result.as_ref().is_err_and(|e| e.kind().never_arrived()) {
            self.seen.lock().unwrap().unclear.remove(&id);
        }
        result
    }

    async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        let key = id.clone();
        self.call(Operation::CaseByKey, move |seen| {
            seen.unclear.remove(&key);
            seen.cases.contains_key(&key).then(|| receipt(&key))
        })
        .await
    }

    async fn rate(&self, _: &RatingRequest) -> Result<(), CallError> {
        self.call(Operation::Rating, |_| ()).await
    }
}
