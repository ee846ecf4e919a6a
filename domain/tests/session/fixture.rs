//! A small world around a session: a site, a catalogue with every kind of field, and what could happen next.

use domain::case::{ApplicationNumber, CaseNumber, SubmissionId, SubmitOutcome};
use domain::device::{DeviceClass, DeviceState, PaperSupply, PowerSource, Presence};
use domain::division::DivisionCode;
use domain::form::FieldKind;
use domain::form::answer::{Answer, YesNo};
use domain::identity::{
    Evidence, FaceConsent, Identity, IdentityWay, KnownPerson, SharedDataConsent, Worker,
};
use domain::licence::LicenceId;
use domain::locale::{Locale, Localized};
use domain::material::{LicencePaper, Picture, ShownLicence};
use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason};
use domain::resident_id::ResidentIdNumber;
use domain::seal::SealProblem;
use domain::service_item::{Catalogue, ItemId, ServiceItem, Theme};
use domain::session::effect::{Effect, Question};
use domain::session::event::*;
use domain::session::page::Page;
use domain::session::state::{LicenceWay, Step, WorkerWay};
use domain::session::{Facts, Session};
use domain::terminal::{Contact, OpeningHours, Site, TerminalId};
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const START: OffsetDateTime = datetime!(2026-11-24 09:00 +8);
/// A number with a right check digit in a region that no division code has.
pub(crate) const NUMBER: &str = "000001194001010011";

pub(crate) fn both(text: &str) -> Localized {
    Localized::new(text, text)
}

fn contact() -> Contact {
    Contact { name: both("示例"), phone: "0000".into(), hours: OpeningHours::always() }
}

pub(crate) fn site() -> Site {
    Site {
        terminal: TerminalId("T-0001".into()),
        name: both("示例社区"),
        address: both("示例路 1 号"),
        division: DivisionCode::try_from("990001001001".to_owned()).unwrap(),
        hours: OpeningHours::always(),
        keeper: contact(),
        helpers: vec![contact()],
        nearest: both("样本社区"),
    }
}

const EVERY_KIND: &str = include_str!("every_kind.toml");

pub(crate) fn catalogue() -> Catalogue {
    let every: ServiceItem = toml::from_str(EVERY_KIND).expect("the fixture is an item");
    let derived = |id: &str, change: &dyn Fn(&mut ServiceItem)| {
        let mut item = ServiceItem { id: ItemId(id.into()), ..every.clone() };
        change(&mut item);
        Arc::new(item)
    };
    use domain::service_item::{Inquiry, Queueing, ServiceKind};
    Catalogue {
        version: "1".into(),
        items: vec![
            Arc::new(every.clone()),
            derived("short", &|i| i.form.truncate(1)),
            derived("paper", &|i| i.form.retain(|step| step.fields[0].id.as_str() == "photo")),
            derived("empty", &|i| {
                i.form.clear();
                i.queueing = Queueing::LiveOnly;
                i.inquiry = Inquiry::AskFirst;
            }),
            derived("certificate", &|i| {
                i.form.truncate(1);
                i.kind = ServiceKind::Certificate;
            }),
            derived("directory", &|i| {
                i.form.clear();
                i.kind = ServiceKind::Directory;
            }),
        ],
    }
}

pub(crate) fn identity(way: IdentityWay) -> Identity {
    let person = KnownPerson { name: Personal::new("张示例"), number: Personal::new(NUMBER) };
    Identity::new(Evidence::Province { way, person })
}

pub(crate) fn card() -> Box<domain::resident_id::ResidentIdCard> {
    use domain::resident_id::{CardFields, CardKind, CardText, ResidentIdCard, Sex};
    let text = |t: &str| CardText::from_padded(&t.encode_utf16().collect::<Vec<u16>>());
    Box::new(ResidentIdCard::new(CardFields {
        kind: CardKind::Resident,
        name: text("张示例"),
        english_name: None,
        sex: Sex::Female,
        nation: None,
        nationality: None,
        birth: time::macros::date!(1940 - 01 - 01),
        address: Some(text("示例省样本市测试区")),
        newest_address: None,
        number: ResidentIdNumber::as_read(NUMBER),
        pass_number: None,
        issue_count: None,
        issuer: text("示例分局"),
        valid_from: time::macros::date!(2020 - 01 - 01),
        valid_to: None,
    }))
}

/// A certificate of the library.
fn licence(standing: LicenceStanding) -> ListedLicence {
    let number = LicenceId::new("99000000000000000001A", "11990000MB9900021N", "1", "001").unwrap();
    ListedLicence { number, name: both("证件"), issuer: both("公安局"), valid_until: None, standing }
}

/// What was asked and not yet answered.
pub(crate) struct World {
    open: Vec<(Ticket, &'static str)>,
    catalogue: Arc<Catalogue>,
    outcomes: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { open: Vec::new(), catalogue: Arc::new(catalogue()), outcomes: 0 }
    }

    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::new(Arc::new(site()), Arc::clone(&self.catalogue), START);
        for class in DeviceClass::ALL {
            facts.devices.set(class, DeviceState::Online);
        }
        facts.devices.paper = PaperSupply::Full;
        facts
    }

    pub(crate) fn hear(&mut self, effect: &Effect) {
        match effect {
            Effect::TakePhoto(t, _) => self.open.push((*t, "photo")),
            Effect::Print(t, _) | Effect::PrintCertificate(t, _) => self.open.push((*t, "print")),
            Effect::Submit(t, _) => self.open.push((*t, "submit")),
            Effect::Ask(t, question) => self.open.push((
                *t,
                match question.as_ref() {
                    Question::IdentifyByCode(..)
                    | Question::IdentifyBySms { .. }
                    | Question::IdentifyByWorker { .. } => "identify",
                    Question::SendSms(_) | Question::SendLicenceSms { .. } => "sms",
                    Question::Licences(_) => "licences",
                    Question::Licence { .. } => "licence",
                    Question::MatchFace(..) => "face",
                    Question::WhatIsKnown { .. } => "known",
                    Question::Suggestions(_) => "suggestions",
                    Question::Certificate(_) => "certificate",
                    Question::Directory(..) => "directory",
                    Question::SignIn { .. } => "sign-in",
                    Question::CallHelp(_) | Question::CallBack(..) => "help",
                },
            )),
            _ => {}
        }
    }

    pub(crate) fn forget(&mut self) {
        // Old questions stay open on purpose: their answers come late, into the next visit.
        self.open.drain(..self.open.len().saturating_sub(3));
    }

    /// One of the things that could happen now: mostly sensible, sometimes not.
    pub(crate) fn choose(&mut self, session: &Session, choice: u16) -> EventKind {
        let detail = u32::from(choice) / 64;
        let mut likely = self.likely(session, detail);
        let answers = self.answers(detail);
        if !choice.is_multiple_of(3) {
            likely.extend(answers);
        } else {
            likely = self.unlikely(detail);
        }
        let index = usize::from(choice / 3) % likely.len().max(1);
        if likely.is_empty() { EventKind::Tick } else { likely.swap_remove(index) }
    }

    fn answers(&mut self, detail: u32) -> Vec<EventKind> {
        if self.open.is_empty() {
            return Vec::new();
        }
        let index = usize::try_from(detail).unwrap() % self.open.len();
        let (t, what) = self.open[index];
        self.outcomes += 1;
        let good = !detail.is_multiple_of(4);
        let fail = if detail.is_multiple_of(8) { AskFailure::Refused } else { AskFailure::Unreachable };
        fn answer<T>(good: bool, fail: AskFailure, ok: T) -> Result<T, AskFailure> {
            if good { Ok(ok) } else { Err(fail) }
        }
        use ProvinceEvent as P;
        match what {
            "photo" if good => vec![device(DeviceEvent::PhotoTaken(t, Picture::new(vec![1, 2, 3])))],
            "photo" => vec![
                device(DeviceEvent::PhotoFailed(t, PhotoProblem::NoCamera)),
                device(DeviceEvent::PhotoFailed(t, PhotoProblem::NoSheet)),
            ],
            "print" => vec![
                device(DeviceEvent::PrintProgress(t, 50)),
                device(DeviceEvent::PrintEnded(t, PrintOutcome::Printed)),
                device(DeviceEvent::PrintEnded(t, PrintOutcome::TakenBack)),
                device(DeviceEvent::PrintEnded(t, PrintOutcome::NotPrinted(PrintProblem::PaperOut))),
                device(DeviceEvent::PrintEnded(t, PrintOutcome::Unknown(PrintProblem::NoAnswer))),
            ],
            "submit" => {
                let application = ApplicationNumber::try_from(format!("A{}", self.outcomes)).unwrap();
                let case = CaseNumber::try_from(format!("C{}", self.outcomes)).unwrap();
                let outcomes = [
                    SubmitOutcome::Accepted { application: application.clone(), case },
                    SubmitOutcome::Received { application: application.clone() },
                    SubmitOutcome::Queued,
                    SubmitOutcome::SetAside,
                    SubmitOutcome::Unknown,
                    SubmitOutcome::NotSent,
                    SubmitOutcome::NotTaken,
                    SubmitOutcome::NotAccepted { application: None, reason: both("原因") },
                    SubmitOutcome::SupplementRequired {
                        application: application.clone(),
                        what: both("材料"),
                    },
                    SubmitOutcome::AlreadyApplied { application },
                ];
                outcomes
                    .into_iter()
                    .map(|o| province(P::Outcome(t, o)))
                    .chain([province(P::Saved(t)), province(P::NotSaved(t))])
                    .collect()
            }
            "identify" => {
                vec![province(P::Identified(t, answer(good, fail, identity(IdentityWay::ProvinceQr))))]
            }
            "sms" => vec![province(P::SmsSent(t, answer(good, fail, "0000".into())))],
            "licences" => {
                let all =
                    [LicenceStanding::Valid, LicenceStanding::Expired, LicenceStanding::Revoked].map(licence);
                let licences = if detail.is_multiple_of(5) { Vec::new() } else { all.to_vec() };
                let allowed = AllowedLicences { authorisation: "a-1".into(), licences };
                vec![province(P::Licences(t, answer(good, fail, allowed)))]
            }
            "licence" => {
                let number = licence(LicenceStanding::Valid).number;
                let shown = ShownLicence { authorisation: "a-1".into(), number, sha256: "0".repeat(64) };
                let paper = LicencePaper { shown, name: both("证件"), pages: vec![Picture::new(vec![1])] };
                let failure = if detail.is_multiple_of(12) {
                    LicenceFailure::Seal(SealProblem::Altered)
                } else {
                    LicenceFailure::Ask(fail)
                };
                vec![province(P::Licence(t, if good { Ok(Box::new(paper)) } else { Err(failure) }))]
            }
            "face" => vec![
                province(P::FaceMatched(t, answer(good, fail, FaceVerdict::Matched))),
                province(P::FaceMatched(t, answer(good, fail, FaceVerdict::NotMatched))),
            ],
            "known" => vec![
                province(P::Known(
                    t,
                    answer(good, fail, KnownFacts { inquiry: Some(InquiryAnswer::Open), prefill: vec![] }),
                )),
                province(P::Known(
                    t,
                    answer(
                        good,
                        fail,
                        KnownFacts {
                            inquiry: Some(InquiryAnswer::NothingToDo {
                                until: None,
                                message: both("已认证"),
                            }),
                            prefill: vec![],
                        },
                    ),
                )),
                province(P::Known(
                    t,
                    answer(
                        good,
                        fail,
                        KnownFacts {
                            inquiry: None,
                            prefill: vec![SharedValue {
                                key: "phone".into(),
                                value: Personal::new("13800000000"),
                                source: both("民政"),
                            }],
                        },
                    ),
                )),
            ],
            "suggestions" => vec![province(P::Suggestions(
                t,
                answer(good, fail, vec![Suggestion { item: ItemId("short".into()), reason: both("到期") }]),
            ))],
            "certificate" => {
                let certificate = IssuedCertificate {
                    title: both("证明"),
                    number: None,
                    file: Picture::new(vec![1]),
                    pages: vec![],
                };
                let failure = match fail {
                    AskFailure::Unreachable => CertificateFailure::Ask(fail),
                    AskFailure::Refused if detail % 8 == 7 => CertificateFailure::Ask(fail),
                    AskFailure::Refused => {
                        let seal = SealProblem::ALL.get(usize::try_from(detail % 7).unwrap());
                        seal.map_or_else(
                            || CertificateFailure::Refused(both("无记录")),
                            |problem| CertificateFailure::Seal(*problem),
                        )
                    }
                };
                vec![province(P::Certificate(t, if good { Ok(certificate) } else { Err(failure) }))]
            }
            "directory" => vec![province(P::Directory(t, answer(good, fail, vec![])))],
            "sign-in" => {
                let roles = [StaffRole::Worker, StaffRole::Keeper, StaffRole::Technician];
                let role = roles[usize::try_from(detail / 16).unwrap() % 3];
                let worker = Worker { badge: "B1".into(), name: both("王示例") };
                vec![province(P::SignedIn(t, answer(good, fail, Staff { worker, role })))]
            }
            "help" => vec![province(P::HelpAnswered(t, answer(good, fail, ())))],
            _ => Vec::new(),
        }
    }

    /// What a person and the devices would do on the page.
    fn likely(&self, session: &Session, detail: u32) -> Vec<EventKind> {
        let items = &self.catalogue.items;
        let item = || items[usize::try_from(detail).unwrap() % items.len()].id.clone();
        let sign_in = || Tap::StaffSignIn { badge: "B1".into(), pin: Personal::new("0000") };
        let taps = match session.page() {
            Page::Idle => vec![Tap::Anywhere, Tap::Help, Tap::Staff],
            Page::OutOfService => vec![Tap::Staff],
            Page::Home => vec![Tap::Theme(Theme::ElderCare), Tap::Search, Tap::Item(item())],
            Page::Search => vec![Tap::SearchText(Personal::new("津贴")), Tap::Item(item())],
            Page::Items | Page::YouMayAlso => vec![Tap::Item(item()), Tap::Item(ItemId("short".into()))],
            Page::Guide => vec![Tap::Start, Tap::Start, Tap::Start],
            Page::Consent => {
                let face = [FaceConsent::Given, FaceConsent::Given, FaceConsent::Refused]
                    [usize::try_from(detail).unwrap() % 3];
                vec![
                    Tap::Agree { face, shared_data: SharedDataConsent::Given },
                    Tap::Agree { face, shared_data: SharedDataConsent::Refused },
                ]
            }
            Page::Identify => IdentityWay::ALL.into_iter().map(|w| Tap::IdentityWay(Some(w))).collect(),
            Page::IdentifyCard => {
                return vec![
                    device(DeviceEvent::CardRead(card())),
                    device(DeviceEvent::CardRead(card())),
                    device(DeviceEvent::CardFailed(CardProblem::Removed)),
                    tap(Tap::IdentityWay(None)),
                ];
            }
            Page::IdentifyQr | Page::IdentifyNetworkId => {
                return vec![device(DeviceEvent::CodeRead(Personal::new("QR"))), tap(Tap::IdentityWay(None))];
            }
            Page::IdentifySms => {
                vec![Tap::IdNumber(Personal::new(NUMBER)), Tap::SmsCode(Personal::new("123456"))]
            }
            Page::IdentifyWorker => match session.visit().map(|v| &v.step) {
                Some(Step::Identify(i))
                    if matches!(i.way, domain::session::state::Way::Worker(WorkerWay::Number { .. })) =>
                {
                    vec![Tap::IdNumber(Personal::new(NUMBER))]
                }
                _ => vec![sign_in()],
            },
            Page::Face => {
                return vec![
                    device(DeviceEvent::FaceHint(FaceHint::ComeCloser)),
                    device(DeviceEvent::FaceCaptured(Picture::new(vec![1]))),
                    tap(Tap::WithoutFace),
                    tap(Tap::FaceAgain),
                ];
            }
            Page::Form(_) => fill(session),
            Page::LicenceWays => {
                let mut taps: Vec<Tap> = LicenceWay::ALL.into_iter().map(Tap::LicenceWay).collect();
                taps.push(Tap::WithoutLicence);
                taps
            }
            Page::LicenceQr => {
                let shown = || device(DeviceEvent::CodeRead(Personal::new("QR")));
                return vec![shown(), shown(), shown(), tap(Tap::Back)];
            }
            Page::LicenceSms => vec![Tap::SmsCode(Personal::new("123456"))],
            Page::LicenceList => {
                vec![Tap::Licence(0), Tap::Licence(0), Tap::Licence(0), Tap::Licence(1), Tap::WithoutLicence]
            }
            Page::LicenceLook => vec![Tap::TakeLicence, Tap::TakeLicence, Tap::Back],
            Page::Review => vec![
                Tap::Confirm(SubmissionId::from_random([7; 16])),
                Tap::Confirm(SubmissionId::from_random([8; 16])),
                Tap::Edit(usize::try_from(detail).unwrap() % 12),
            ],
            Page::Submitting => vec![Tap::QueueInstead],
            Page::Result => vec![Tap::Print, Tap::Suggest, Tap::AnotherService, Tap::Finish],
            Page::Directory => vec![Tap::PrintPlaces(String::new()), Tap::Finish, Tap::Start],
            Page::Printing => vec![Tap::Print, Tap::WithoutPaper, Tap::Finish],
            Page::Rating => vec![
                Tap::Rate(RatingLevel::Satisfied),
                Tap::Rate(RatingLevel::VeryDissatisfied),
                Tap::RatingReason(RatingReason("slow".into())),
                Tap::WriteRating,
                Tap::SendRating,
                Tap::SkipRating,
            ],
            Page::RatingWords => {
                vec![Tap::RatingWords(Personal::new("没人教我怎么用")), Tap::Next, Tap::Back]
            }
            Page::Help => vec![
                Tap::CallHelp,
                Tap::CallDesk,
                Tap::ShowDesk(Sight::Shown),
                Tap::LeaveCallback(Personal::new("13800000000")),
                Tap::Assisted,
                Tap::Close,
            ],
            Page::Assisted | Page::StaffSignIn => vec![sign_in(), Tap::Close],
            Page::StillThere => vec![Tap::Continue],
            Page::Trouble => vec![Tap::Close],
            Page::Keeper | Page::Technician => vec![Tap::Upkeep(Upkeep::TestPrint), Tap::Finish],
            Page::Asking | Page::Forgetting => return vec![EventKind::Tick],
        };
        taps.into_iter().map(tap).collect()
    }

    fn unlikely(&self, detail: u32) -> Vec<EventKind> {
        let class = DeviceClass::ALL[usize::try_from(detail).unwrap() % DeviceClass::ALL.len()];
        vec![
            EventKind::Tick,
            tap(Tap::Back),
            tap(Tap::Back),
            tap(Tap::Help),
            tap(Tap::Next),
            tap(Tap::Start),
            tap(Tap::Language(Locale::En)),
            tap(Tap::Leave),
            tap(Tap::Close),
            tap(Tap::AnotherService),
            device(DeviceEvent::CardPlaced),
            device(DeviceEvent::CardRemoved),
            device(DeviceEvent::CardRead(card())),
            device(DeviceEvent::State(class, DeviceState::Offline)),
            device(DeviceEvent::State(class, DeviceState::Online)),
            device(DeviceEvent::State(class, DeviceState::Online)),
            device(DeviceEvent::Paper(PaperSupply::Out)),
            device(DeviceEvent::Paper(PaperSupply::Full)),
            device(DeviceEvent::Power(PowerSource::BatteryLow)),
            device(DeviceEvent::Power(PowerSource::Mains)),
            device(DeviceEvent::Presence(Presence::NotPresent)),
            device(DeviceEvent::Presence(Presence::Present)),
            EventKind::Terminal(TerminalEvent::Network(Network::Offline)),
            EventKind::Terminal(TerminalEvent::Storage(Storage::Full)),
            EventKind::Terminal(TerminalEvent::DataPartition(DataPartition::ReadOnly)),
            EventKind::Terminal(TerminalEvent::DataPartition(DataPartition::Kept)),
            EventKind::Terminal(TerminalEvent::Clock(ClockTrust::Unsure)),
            EventKind::Terminal(TerminalEvent::Clock(ClockTrust::Kept)),
            EventKind::Terminal(TerminalEvent::Storage(Storage::Ready)),
            EventKind::Terminal(TerminalEvent::Storage(Storage::Ready)),
        ]
    }
}

/// Right answers to the fields of the page, a wrong one, and 下一步.
fn fill(session: &Session) -> Vec<Tap> {
    let Some(Step::Form(filling)) = session.visit().map(|v| &v.step) else { return vec![Tap::Next] };
    let mut taps = Vec::new();
    for field in filling.fields() {
        let answer = match &field.kind {
            FieldKind::Choice { options } => Answer::Choice(options[0].value.clone()),
            FieldKind::YesNo => Answer::YesNo(YesNo::Yes),
            FieldKind::Text { .. } => Answer::Text(Personal::new("13800000000")),
            FieldKind::Number { min, .. } => Answer::Number(*min),
            FieldKind::Date { .. } => Answer::Date(START.date()),
            FieldKind::Amount { min_fen, .. } => Answer::Amount(*min_fen),
            FieldKind::Division { .. } => {
                Answer::Division(DivisionCode::try_from("990001".to_owned()).unwrap())
            }
            FieldKind::Person => {
                Answer::Person { name: Personal::new("李样本"), number: Personal::new(NUMBER) }
            }
            FieldKind::Photo { .. } => {
                let licence = Tap::UseLicence(field.id.clone());
                taps.extend([Tap::TakePhoto(field.id.clone()), licence.clone(), licence]);
                continue;
            }
            FieldKind::Signature => Answer::Signature(Picture::new(vec![9])),
        };
        taps.push(Tap::Answer(field.id.clone(), answer));
    }
    taps.extend([Tap::Next, Tap::Next, Tap::Next]);
    taps
}

fn tap(tap: Tap) -> EventKind {
    EventKind::Tap(tap)
}

fn device(event: DeviceEvent) -> EventKind {
    EventKind::Device(event)
}

fn province(event: ProvinceEvent) -> EventKind {
    EventKind::Province(event)
}
