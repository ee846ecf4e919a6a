//! Who is it? Five ways, each reachable from the others.

use super::Context;
use super::browse::way_of;
use super::effect::Question;
use super::event::{CardProblem, DeviceEvent, EventKind, ProvinceEvent, StaffRole, Tap};
use super::state::{
    Browse, CameFrom, Identifying, SignIn, SignInProblem, Sms, SmsProblem, Step, Trouble, Visit, Way,
    WorkerWay,
};
use super::visit::Flow;
use crate::device::{DeviceClass, DeviceState};
use crate::identity::{Evidence, Identity, IdentityWay};
use crate::resident_id::{ResidentIdCard, ResidentIdNumber};

impl Visit {
    pub(super) fn on_identify(
        &mut self,
        identifying: Identifying,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        let Identifying { item, consent, way } = identifying;
        let stay =
            |way| Flow::To(Step::Identify(Identifying { item: item.clone(), consent: consent.clone(), way }));
        match (way, kind) {
            (_, EventKind::Tap(Tap::IdentityWay(None))) => stay(Way::Chooser),
            (_, EventKind::Tap(Tap::IdentityWay(Some(way)))) if item.identity.ways.contains(&way) => {
                if let Some(device) = missing_device(way, context) {
                    self.trouble(Trouble::Device(device));
                    return stay(Way::Chooser);
                }
                stay(way_of(way, context.now()))
            }
            (Way::Chooser, EventKind::Tap(Tap::Back)) => {
                let browse = Browse { identity: None, from: CameFrom::Items(item.theme) };
                Flow::To(Step::Consent(browse, item))
            }
            // The first way was opened without a choice, so back leads to the consent; the others to the chooser.
            (_, EventKind::Tap(Tap::Back)) => stay(Way::Chooser),

            (Way::Card(_), EventKind::Device(DeviceEvent::CardRead(card))) => match doubt(&card, context) {
                Some(problem) => stay(Way::Card(Some(problem))),
                None => {
                    let identity = Identity::new(Evidence::Card(card));
                    Flow::To(self.identified(item, consent, identity, context))
                }
            },
            (Way::Card(_), EventKind::Device(DeviceEvent::CardFailed(problem))) => {
                stay(Way::Card(Some(problem)))
            }
            (Way::Card(problem), EventKind::Device(DeviceEvent::State(DeviceClass::IdCardReader, state))) => {
                if state == DeviceState::Online {
                    return stay(Way::Card(problem));
                }
                self.trouble(Trouble::Device(DeviceClass::IdCardReader));
                stay(Way::Chooser)
            }

            (Way::Code { way, asking: None, .. }, EventKind::Device(DeviceEvent::CodeRead(code))) => {
                let asking = Some(context.ask(Question::IdentifyByCode(way, code)));
                stay(Way::Code { way, asking, problem: None })
            }
            (
                Way::Code { way, asking: Some(t), .. },
                EventKind::Province(ProvinceEvent::Identified(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(identity) => Flow::To(self.identified(item, consent, identity, context)),
                Err(failure) => stay(Way::Code { way, asking: None, problem: Some(failure.into()) }),
            },
            (
                Way::Code { .. },
                EventKind::Device(DeviceEvent::State(
                    class @ (DeviceClass::Camera | DeviceClass::CodeScanner),
                    _,
                )),
            ) if !context.facts.devices.can_read_codes() => {
                self.trouble(Trouble::Device(class));
                stay(Way::Chooser)
            }

            (Way::Sms(sms), kind) => match on_sms(sms, kind, context) {
                SmsFlow::Stay(sms) => stay(Way::Sms(sms)),
                SmsFlow::Known(identity) => Flow::To(self.identified(item, consent, *identity, context)),
            },
            (Way::Worker(worker), kind) => match self.on_worker(worker, kind, context) {
                WorkerFlow::Stay(worker) => stay(Way::Worker(worker)),
                WorkerFlow::Known(identity) => Flow::To(self.identified(item, consent, *identity, context)),
            },
            (way, _) => stay(way),
        }
    }

    fn on_worker(&mut self, way: WorkerWay, kind: EventKind, context: &mut Context<'_>) -> WorkerFlow {
        let entering = |problem, context: &Context<'_>| {
            WorkerWay::SigningIn(SignIn::Entering { problem: Some(problem), since: context.now() })
        };
        WorkerFlow::Stay(match (way, kind) {
            (
                WorkerWay::SigningIn(SignIn::Entering { .. }),
                EventKind::Tap(Tap::StaffSignIn { badge, pin }),
            ) => {
                let ticket = context.ask(Question::SignIn { badge, pin });
                WorkerWay::SigningIn(SignIn::Checking(ticket, context.now()))
            }
            (
                WorkerWay::SigningIn(SignIn::Checking(t, _)),
                EventKind::Province(ProvinceEvent::SignedIn(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(staff) if staff.role != StaffRole::Technician => {
                    self.worker = Some(staff.worker.clone());
                    WorkerWay::Number { worker: staff.worker, problem: None }
                }
                Ok(_) => entering(SignInProblem::NotForThisPage, context),
                Err(failure) => entering(failure.into(), context),
            },
            (WorkerWay::Number { worker, .. }, EventKind::Tap(Tap::IdNumber(number))) => {
                match ResidentIdNumber::parse(number.reveal()) {
                    Ok(number) => {
                        let question = Question::IdentifyByWorker {
                            number: number.personal().clone(),
                            worker: worker.clone(),
                        };
                        WorkerWay::Checking { worker, ticket: context.ask(question) }
                    }
                    Err(_) => WorkerWay::Number { worker, problem: Some(SmsProblem::BadNumber) },
                }
            }
            (
                WorkerWay::Checking { worker, ticket: t },
                EventKind::Province(ProvinceEvent::Identified(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(identity) => return WorkerFlow::Known(Box::new(identity)),
                Err(failure) => WorkerWay::Number { worker, problem: Some(failure.into()) },
            },
            (way, _) => way,
        })
    }
}

enum WorkerFlow {
    Stay(WorkerWay),
    Known(Box<Identity>),
}

enum SmsFlow {
    Stay(Sms),
    Known(Box<Identity>),
}

fn on_sms(sms: Sms, kind: EventKind, context: &mut Context<'_>) -> SmsFlow {
    SmsFlow::Stay(match (sms, kind) {
        (Sms::Number(_), EventKind::Tap(Tap::IdNumber(number))) => {
            match ResidentIdNumber::parse(number.reveal()) {
                Ok(number) => {
                    let number = number.personal().clone();
                    let ticket = context.ask(Question::SendSms(number.clone()));
                    Sms::Sending(number, ticket)
                }
                Err(_) => Sms::Number(Some(SmsProblem::BadNumber)),
            }
        }
        (Sms::Sending(number, t), EventKind::Province(ProvinceEvent::SmsSent(ticket, answer)))
            if t == ticket =>
        {
            match answer {
                Ok(phone_end) => Sms::Code { number, phone_end, problem: None },
                Err(failure) => Sms::Number(Some(failure.into())),
            }
        }
        (Sms::Code { number, phone_end, .. }, EventKind::Tap(Tap::SmsCode(code))) => {
            let ticket = context.ask(Question::IdentifyBySms { number: number.clone(), code });
            Sms::Checking { number, phone_end, ticket }
        }
        (
            Sms::Checking { number, phone_end, ticket: t },
            EventKind::Province(ProvinceEvent::Identified(ticket, answer)),
        ) if t == ticket => match answer {
            Ok(identity) => return SmsFlow::Known(Box::new(identity)),
            Err(failure) => Sms::Code { number, phone_end, problem: Some(failure.into()) },
        },
        (sms, _) => sms,
    })
}

/// Why a card that was read well is not taken.
fn doubt(card: &ResidentIdCard, context: &Context<'_>) -> Option<CardProblem> {
    if card.warnings().iter().any(|w| w.is_integrity_alarm()) {
        Some(CardProblem::Doubtful)
    } else if card.is_expired_on(context.now().date()) {
        Some(CardProblem::Expired)
    } else {
        None
    }
}

/// The device that a way needs and that does not work now.
fn missing_device(way: IdentityWay, context: &Context<'_>) -> Option<DeviceClass> {
    let devices = &context.facts.devices;
    match way {
        IdentityWay::Card => {
            (devices.id_card_reader != DeviceState::Online).then_some(DeviceClass::IdCardReader)
        }
        IdentityWay::ProvinceQr | IdentityWay::NetworkId => {
            (!devices.can_read_codes()).then_some(DeviceClass::Camera)
        }
        IdentityWay::Sms | IdentityWay::Worker => None,
    }
}
