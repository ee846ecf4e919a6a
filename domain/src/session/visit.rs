//! One visit: which page it shows, what its devices are for, and where an event goes.

use super::Context;
use super::effect::{CameraUse, Effect, ReaderUse};
use super::event::{DeviceEvent, EventKind, PrintOutcome, Tap};
use super::page::{FormPage, Page};
use super::state::{
    Browse, CardOnReader, Forgetting, LicencePart, Overlay, Place, PrintPhase, RatingAsked, RatingPart, Step,
    Visit, Way,
};
use crate::case::VisitOutcome;
use crate::device::{Lights, Presence};
use crate::display_mode::DisplayMode;
use crate::form::FieldKind;
use crate::identity::{Identity, IdentityWay};
use crate::locale::Locale;
use crate::service_item::ServiceItem;
use crate::terminal::Timestamp;
use std::sync::Arc;

/// Where a step leads.
#[allow(clippy::large_enum_variant, reason = "moved once for each event, never stored")]
pub(super) enum Flow {
    /// To another step, or the same.
    To(Step),
    /// Out of the visit.
    End,
}

impl Visit {
    /// A resident touched the screen or placed a card.
    pub(super) fn begin(now: Timestamp) -> Self {
        Self {
            begun: now,
            touched: now,
            working_since: None,
            left: None,
            locale: Locale::default(),
            mode: DisplayMode::default(),
            worker: None,
            card: CardOnReader::No,
            outcome: VisitOutcome::Abandoned,
            rating: RatingAsked::NotYet,
            step: Step::Home(Browse::default()),
            desk: None,
            overlay: None,
        }
    }

    /// The page that the screen shows.
    pub fn page(&self) -> Page {
        match &self.overlay {
            Some(Overlay::StillThere { .. }) => Page::StillThere,
            Some(Overlay::Help(_)) => Page::Help,
            Some(Overlay::Assisted(_)) => Page::Assisted,
            Some(Overlay::Trouble(_)) => Page::Trouble,
            None => self.step.page(),
        }
    }

    pub(super) fn reader_use(&self) -> ReaderUse {
        match &self.step {
            Step::Identify(identifying) if matches!(identifying.way, Way::Card(_)) => ReaderUse::Read,
            // A card that comes or goes is noticed all through the visit, so that none is left behind.
            _ => ReaderUse::Watch,
        }
    }

    pub(super) fn camera_use(&self) -> CameraUse {
        // Under a page on top of the step nobody looks into the camera.
        if self.overlay.is_some() {
            return CameraUse::Off;
        }
        match &self.step {
            Step::Identify(i) if matches!(i.way, Way::Code { asking: None, .. }) => CameraUse::Code,
            Step::Face(face) if matches!(face.phase, super::state::FacePhase::Looking(_)) => CameraUse::Face,
            Step::Form(filling) if filling.shows_photo() => CameraUse::Photo,
            Step::Licence(l) if matches!(l.part, LicencePart::Code { asking: None, .. }) => CameraUse::Code,
            _ => CameraUse::Off,
        }
    }

    pub(super) fn lights(&self) -> Lights {
        let on_step = self.overlay.is_none();
        let paper_exit = match &self.step {
            Step::Printing(printing) => matches!(
                printing.phase,
                PrintPhase::Working(_) | PrintPhase::Ended(PrintOutcome::Printed | PrintOutcome::Unknown(_))
            ),
            _ => false,
        };
        Lights { card_area: on_step && self.reader_use() == ReaderUse::Read, paper_exit }
    }

    /// The item that the visit is about, once one was chosen.
    pub fn item(&self) -> Option<&Arc<ServiceItem>> {
        self.step.item()
    }

    /// The person, once known.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.step {
            Step::Home(b)
            | Step::Search(b, _)
            | Step::Items(b, _)
            | Step::Guide(b, _)
            | Step::Consent(b, _) => b.identity.as_ref(),
            Step::Directory(d) => d.browse.identity.as_ref(),
            Step::Identify(_) => None,
            Step::Face(f) => Some(&f.identity),
            Step::Asking(a) => Some(&a.file.identity),
            Step::Form(f) => Some(&f.file.identity),
            Step::Licence(l) => Some(&l.filling.file.identity),
            Step::Review(file) => Some(&file.identity),
            Step::Submitting(s) => Some(&s.file.identity),
            Step::Fetching(f) => Some(&f.file.identity),
            Step::Result(f) => f.identity.as_ref(),
            Step::Printing(p) => p.finished.identity.as_ref(),
            Step::Rating(r) => r.finished.identity.as_ref(),
            Step::YouMayAlso(y) => Some(&y.identity),
        }
    }

    pub(super) fn on(mut self: Box<Self>, kind: EventKind, context: &mut Context<'_>) -> Place {
        match &kind {
            EventKind::Device(DeviceEvent::CardPlaced | DeviceEvent::CardRead(_)) => {
                self.card = CardOnReader::Yes;
            }
            EventKind::Device(DeviceEvent::CardRemoved) => self.card = CardOnReader::No,
            // Who touches is there, whatever a sensor says.
            EventKind::Tap(_) => {
                self.touched = context.now();
                self.left = None;
            }
            EventKind::Device(DeviceEvent::Presence(Presence::Present)) => self.left = None,
            EventKind::Device(DeviceEvent::Presence(Presence::NotPresent)) => {
                self.left.get_or_insert(context.now());
            }
            _ => {}
        }
        self.keep_awake_while_working(context.now());
        match kind {
            EventKind::Tap(Tap::Language(locale)) => {
                self.locale = locale;
                Place::Visit(self)
            }
            EventKind::Tap(Tap::Mode(mode)) => {
                self.mode = mode;
                Place::Visit(self)
            }
            EventKind::Tap(Tap::Leave) => self.end(context),
            EventKind::Tick => self.on_tick(context),
            EventKind::Desk(event) => {
                self.on_desk(event, context);
                Place::Visit(self)
            }
            EventKind::Tap(Tap::ShowDesk(sight)) if self.desk.is_some() => {
                self.show_desk(sight);
                Place::Visit(self)
            }
            kind => match self.overlay.take() {
                Some(overlay) => self.on_overlay(overlay, kind, context),
                None => self.on_step(kind, context),
            },
        }
    }

    /// Hands an event to the step below.
    pub(super) fn on_step(mut self: Box<Self>, kind: EventKind, context: &mut Context<'_>) -> Place {
        if let EventKind::Tap(Tap::Help) = kind {
            self.overlay = Some(Overlay::Help(self.help_offered()));
            return Place::Visit(self);
        }
        let step = std::mem::replace(&mut self.step, Step::Home(Browse::default()));
        let flow = match step {
            Step::Home(_) | Step::Search(..) | Step::Items(..) | Step::Guide(..) | Step::Consent(..) => {
                self.on_browse(step, kind, context)
            }
            Step::Directory(directory) => self.on_directory(directory, kind, context),
            Step::YouMayAlso(list) => Flow::To(super::browse::on_you_may_also(list, kind, context)),
            Step::Identify(identifying) => self.on_identify(identifying, kind, context),
            Step::Face(face) => self.on_face(face, kind, context),
            Step::Asking(asking) => self.on_asking(asking, kind, context),
            Step::Form(filling) => self.on_form(filling, kind, context),
            Step::Licence(licensing) => self.on_licence(licensing, kind, context),
            Step::Review(file) => self.on_review(file, kind, context),
            Step::Submitting(submitting) => self.on_submitting(submitting, kind, context),
            Step::Fetching(fetching) => self.on_fetching(fetching, kind, context),
            Step::Result(finished) => self.on_result(finished, kind, context),
            Step::Printing(printing) => self.on_printing(printing, kind, context),
            Step::Rating(rating) => self.on_rating(rating, kind, context),
        };
        match flow {
            Flow::To(step) => {
                self.step = step;
                Place::Visit(self)
            }
            Flow::End => self.end(context),
        }
    }

    /// Ends the visit: everything of the resident goes.
    pub(super) fn end(self: Box<Self>, context: &mut Context<'_>) -> Place {
        if let Step::Submitting(submitting) = &self.step {
            // On disk or on its way there: it is delivered without anybody waiting.
            context.effects.push(Effect::DeliverLater(submitting.id.clone()));
        }
        context.effects.push(Effect::ForgetResident);
        if self.desk.is_some() {
            context.effects.push(Effect::EndDesk);
        }
        let now = context.now();
        Place::Forgetting(Forgetting {
            since: now,
            card: self.card,
            reminded: now,
            locale: self.locale,
            mode: self.mode,
        })
    }
}

impl Step {
    /// The page of the step alone.
    pub fn page(&self) -> Page {
        match self {
            Self::Home(_) => Page::Home,
            Self::Search(..) => Page::Search,
            Self::Items(..) => Page::Items,
            Self::Guide(..) => Page::Guide,
            Self::Consent(..) => Page::Consent,
            Self::Identify(identifying) => match &identifying.way {
                Way::Chooser => Page::Identify,
                Way::Card(_) => Page::IdentifyCard,
                Way::Code { way: IdentityWay::NetworkId, .. } => Page::IdentifyNetworkId,
                Way::Code { .. } => Page::IdentifyQr,
                Way::Sms(_) => Page::IdentifySms,
                Way::Worker(_) => Page::IdentifyWorker,
            },
            Self::Face(_) => Page::Face,
            Self::Asking(_) => Page::Asking,
            Self::Form(filling) => Page::Form(filling.form_page()),
            Self::Licence(licensing) => match &licensing.part {
                LicencePart::Ways(_) | LicencePart::Sending(_) => Page::LicenceWays,
                LicencePart::Code { .. } => Page::LicenceQr,
                LicencePart::Sms { .. } => Page::LicenceSms,
                LicencePart::List { .. } => Page::LicenceList,
                LicencePart::Look { .. } => Page::LicenceLook,
            },
            Self::Review(_) => Page::Review,
            Self::Submitting(_) | Self::Fetching(_) => Page::Submitting,
            Self::Result(_) => Page::Result,
            Self::Printing(_) => Page::Printing,
            Self::Rating(rating) => match rating.part {
                RatingPart::Level => Page::Rating,
                RatingPart::Words => Page::RatingWords,
            },
            Self::YouMayAlso(_) => Page::YouMayAlso,
            Self::Directory(_) => Page::Directory,
        }
    }

    fn item(&self) -> Option<&Arc<ServiceItem>> {
        match self {
            Self::Home(_) | Self::Search(..) | Self::Items(..) | Self::YouMayAlso(_) => None,
            Self::Guide(_, item) | Self::Consent(_, item) => Some(item),
            Self::Identify(i) => Some(&i.item),
            Self::Face(f) => Some(&f.item),
            Self::Asking(a) => Some(&a.file.item),
            Self::Form(f) => Some(&f.file.item),
            Self::Licence(l) => Some(&l.filling.file.item),
            Self::Review(file) => Some(&file.item),
            Self::Submitting(s) => Some(&s.file.item),
            Self::Fetching(f) => Some(&f.file.item),
            Self::Result(f) => Some(&f.item),
            Self::Printing(p) => Some(&p.finished.item),
            Self::Rating(r) => Some(&r.finished.item),
            Self::Directory(d) => Some(&d.item),
        }
    }
}

impl super::state::Filling {
    /// The fields that the page asks for now.
    pub fn fields(&self) -> impl Iterator<Item = &crate::form::Field> {
        self.file.answers.asked(&self.file.item.form[self.at])
    }

    fn shows_photo(&self) -> bool {
        self.fields().any(|f| matches!(f.kind, FieldKind::Photo { .. }))
    }

    fn form_page(&self) -> FormPage {
        self.fields().next().map_or(FormPage::Text, |f| FormPage::of(&f.kind))
    }
}
