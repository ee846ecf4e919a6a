//! Looking around: home, search, items, guide, consent; directories and suggestions.

use super::Context;
use super::effect::Question;
use super::event::{AskFailure, ClockTrust, DataPartition, EventKind, Network, ProvinceEvent, Tap};
use super::state::{
    Browse, CameFrom, CaseFile, Directory, DirectoryList, Ending, Finished, Identifying, PaperState, SignIn,
    Step, SuggestionList, Trouble, Visit, Way, WorkerWay, YouMayAlso,
};
use super::visit::Flow;
use crate::case::VisitOutcome;
use crate::form::answer::FormAnswers;
use crate::identity::{Consent, FaceConsent, IdentityWay, SharedDataConsent};
use crate::service_item::{Queueing, ServiceItem, ServiceKind};
use crate::terminal::Timestamp;
use std::sync::Arc;

impl Visit {
    pub(super) fn on_browse(&mut self, step: Step, kind: EventKind, context: &mut Context<'_>) -> Flow {
        let EventKind::Tap(tap) = kind else { return Flow::To(step) };
        Flow::To(match (step, tap) {
            (Step::Home(_), Tap::Back) => return Flow::End,
            (Step::Home(browse), Tap::Search) => Step::Search(browse, crate::personal::Personal::default()),
            (Step::Home(browse), Tap::Theme(theme)) => Step::Items(browse, theme),
            (Step::Home(browse), Tap::Item(id)) => {
                open(Browse { from: CameFrom::Home, ..browse }, &id, context, Step::Home)
            }
            (Step::Search(browse, text), Tap::Item(id)) => {
                let from = CameFrom::Search(text.clone());
                open(Browse { from, ..browse }, &id, context, |browse| Step::Search(browse, text))
            }
            (Step::Items(browse, theme), Tap::Item(id)) => {
                open(Browse { from: CameFrom::Items(theme), ..browse }, &id, context, |browse| {
                    Step::Items(browse, theme)
                })
            }
            (Step::Search(browse, _), Tap::SearchText(text)) => Step::Search(browse, text),
            (Step::Search(browse, _) | Step::Items(browse, _), Tap::Back) => Step::Home(browse),
            (Step::Guide(browse, _), Tap::Back) => match browse.from.clone() {
                CameFrom::Home => Step::Home(browse),
                CameFrom::Items(theme) => Step::Items(browse, theme),
                CameFrom::Search(text) => Step::Search(browse, text),
            },
            (Step::Guide(browse, item), Tap::Start) if !item.hours.is_open(context.now()) => {
                Step::Guide(browse, item)
            }
            // Said before the card is asked for, and not after it was read.
            (Step::Guide(browse, item), Tap::Start)
                if item.kind != ServiceKind::Directory
                    && context.facts.data_partition != DataPartition::Kept =>
            {
                self.trouble(Trouble::NothingKept);
                Step::Guide(browse, item)
            }
            // What waits here is dated by this clock alone.
            (Step::Guide(browse, item), Tap::Start)
                if item.kind != ServiceKind::Directory
                    && context.facts.network == Network::Offline
                    && context.facts.clock == ClockTrust::Unsure =>
            {
                self.trouble(Trouble::Clock);
                Step::Guide(browse, item)
            }
            (Step::Guide(browse, item), Tap::Start)
                if item.queueing == Queueing::LiveOnly
                    && context.facts.network == Network::Offline
                    && item.kind != ServiceKind::Directory =>
            {
                self.trouble(Trouble::Province);
                Step::Guide(browse, item)
            }
            (Step::Guide(browse, item), Tap::Start) if item.kind == ServiceKind::Directory => {
                let list = DirectoryList::Asking(context.ask(directory_of(&item, context)));
                Step::Directory(Directory { browse, item, list })
            }
            (Step::Guide(browse, item), Tap::Start) => Step::Consent(browse, item),
            (Step::Consent(browse, item), Tap::Back) => Step::Guide(browse, item),
            // Where the record is the service, there is nothing left to do without it.
            (Step::Consent(browse, item), Tap::Agree { shared_data: SharedDataConsent::Refused, .. })
                if item.kind == ServiceKind::Certificate =>
            {
                Step::Guide(browse, item)
            }
            (Step::Consent(browse, item), Tap::Agree { face, shared_data }) => {
                // A face is never asked for where the item does not need one.
                let face = if item.identity.wants_face() { face } else { FaceConsent::NotAsked };
                let consent =
                    Consent { item_version: item.version.clone(), at: context.now(), face, shared_data };
                match browse.identity {
                    Some(identity) if item.identity.ways.contains(&identity.way()) => {
                        self.identified(item, consent, identity, context)
                    }
                    _ => {
                        let way = first_way(&item, context.now());
                        Step::Identify(Identifying { item, consent, way })
                    }
                }
            }
            (step, _) => step,
        })
    }

    pub(super) fn on_directory(
        &mut self,
        directory: Directory,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        let Directory { browse, item, list } = directory;
        Flow::To(match (list, kind) {
            (DirectoryList::Asking(t), EventKind::Province(ProvinceEvent::Directory(ticket, answer)))
                if t == ticket =>
            {
                let list = match answer {
                    Ok(entries) => {
                        self.outcome = VisitOutcome::Served;
                        DirectoryList::Entries(entries)
                    }
                    Err(_) => DirectoryList::Unreachable,
                };
                Step::Directory(Directory { browse, item, list })
            }
            (_, EventKind::Tap(Tap::Back)) => Step::Guide(browse, item),
            (DirectoryList::Unreachable, EventKind::Tap(Tap::Start)) => {
                let list = DirectoryList::Asking(context.ask(directory_of(&item, context)));
                Step::Directory(Directory { browse, item, list })
            }
            (DirectoryList::Entries(mut entries), EventKind::Tap(Tap::PrintPlaces(kind))) => {
                entries.retain(|entry| entry.kind.zh_cn == kind);
                let finished = finished_directory(browse, item, entries, context);
                self.print(finished, context)
            }
            (DirectoryList::Entries(entries), EventKind::Tap(Tap::Finish)) => {
                return self.rate_or_end(finished_directory(browse, item, entries, context));
            }
            (_, EventKind::Tap(Tap::AnotherService)) => Step::Home(Browse { from: CameFrom::Home, ..browse }),
            (list, _) => Step::Directory(Directory { browse, item, list }),
        })
    }

    /// Somebody is known: the face is next where the item wants one, else the province is asked.
    pub(super) fn identified(
        &mut self,
        item: Arc<ServiceItem>,
        consent: Consent,
        identity: crate::identity::Identity,
        context: &mut Context<'_>,
    ) -> Step {
        let wants_face = item.identity.wants_face() && identity.face().is_none();
        match consent.face {
            FaceConsent::Given if wants_face => self.look(item, consent, identity, context),
            FaceConsent::Refused if wants_face => {
                let identity = identity.with_face(crate::identity::FaceMatch::Declined);
                self.ask_province(CaseFile::begin(item, consent, identity), context)
            }
            _ => self.ask_province(CaseFile::begin(item, consent, identity), context),
        }
    }

    /// The province was needed at once, and there is no answer to go on with.
    pub(super) fn no_answer(&mut self, failure: AskFailure) {
        self.trouble(match failure {
            AskFailure::Unreachable => Trouble::Province,
            AskFailure::Refused => Trouble::Refused,
        });
    }
}

/// 您还能办.
pub(super) fn on_you_may_also(also: YouMayAlso, kind: EventKind, context: &mut Context<'_>) -> Step {
    let YouMayAlso { identity, list } = also;
    let browse = |identity| Browse { identity: Some(identity), from: CameFrom::Home };
    match (list, kind) {
        (SuggestionList::Asking(t), EventKind::Province(ProvinceEvent::Suggestions(ticket, answer)))
            if t == ticket =>
        {
            let list = match answer {
                // What is not admitted at this site is never shown.
                Ok(list) => SuggestionList::Answer(
                    list.into_iter().filter(|s| context.facts.catalogue.item(&s.item).is_some()).collect(),
                ),
                Err(AskFailure::Unreachable | AskFailure::Refused) => SuggestionList::Unreachable,
            };
            Step::YouMayAlso(YouMayAlso { identity, list })
        }
        (SuggestionList::Answer(list), EventKind::Tap(Tap::Item(id)))
            if list.iter().any(|s| s.item == id) =>
        {
            match context.facts.catalogue.item(&id) {
                Some(item) => Step::Guide(browse(identity), Arc::clone(item)),
                None => Step::YouMayAlso(YouMayAlso { identity, list: SuggestionList::Answer(list) }),
            }
        }
        (_, EventKind::Tap(Tap::Back | Tap::AnotherService)) => Step::Home(browse(identity)),
        (list, _) => Step::YouMayAlso(YouMayAlso { identity, list }),
    }
}

fn directory_of(item: &ServiceItem, context: &Context<'_>) -> Question {
    Question::Directory(item.id.clone(), context.facts.site.division.clone())
}

/// Opens the guide of an item that this site has; else stays.
fn open(
    browse: Browse,
    id: &crate::service_item::ItemId,
    context: &Context<'_>,
    stay: impl FnOnce(Browse) -> Step,
) -> Step {
    match context.facts.catalogue.item(id) {
        Some(item) => Step::Guide(browse, Arc::clone(item)),
        None => stay(browse),
    }
}

/// The best way of an item, or the chooser where it names none.
fn first_way(item: &ServiceItem, now: Timestamp) -> Way {
    item.identity.ways.first().map_or(Way::Chooser, |way| way_of(*way, now))
}

/// The page of a way, at its beginning.
pub(super) fn way_of(way: IdentityWay, now: Timestamp) -> Way {
    match way {
        IdentityWay::Card => Way::Card(None),
        IdentityWay::ProvinceQr | IdentityWay::NetworkId => Way::Code { way, asking: None, problem: None },
        IdentityWay::Sms => Way::Sms(super::state::Sms::Number(None)),
        IdentityWay::Worker => {
            Way::Worker(WorkerWay::SigningIn(SignIn::Entering { problem: None, since: now }))
        }
    }
}

fn finished_directory(
    browse: Browse,
    item: Arc<ServiceItem>,
    entries: Vec<super::event::DirectoryEntry>,
    context: &Context<'_>,
) -> Finished {
    Finished {
        item,
        identity: browse.identity,
        ending: Ending::Directory(entries),
        answers: FormAnswers::default(),
        at: context.now(),
        paper: PaperState::NotPrinted,
    }
}
