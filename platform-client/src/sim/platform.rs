//! The state of one reference platform, shared by its routes and its admin face.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::division::DivisionCode;
use domain::resident_id::ResidentIdNumber;
use domain::service_item::ItemId;
use domain::terminal::{Site, TerminalId, Timestamp};
use sample_city::{City, Community, Seed, WarningColour};
use time::Date;

use super::authority::Authority;
use super::catalogue::Offer;
use super::catalogue_key::CatalogueSigner;
use super::certificate::SealKind;
use super::clock::Clock;
use super::credentials::ServerTls;
use super::desk::Desk;
use super::fault::{FaultKind, Faults};
use super::rules::{self, Standing};
use super::store::{Store, StoreError};
use super::wire::{Connections, Door, Meeting};
use super::wrong::{Met, Wrong};
use crate::contract::catalogue::CatalogueFiles;

/// A warning in force, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WarningInForce {
    pub(crate) colour: WarningColour,
    pub(crate) issued_at: Timestamp,
}

/// Who seals certificates, and in which form.
pub(crate) struct Seals {
    pub(crate) kind: SealKind,
    pub(crate) authority: Authority,
}

pub(crate) struct Platform {
    pub(crate) clock: Clock,
    pub(crate) city: City,
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) faults: Faults,
    pub(crate) site: Site,
    pub(crate) font: Cow<'static, [u8]>,
    pub(crate) seals: Seals,
    pub(crate) offer: Mutex<Offer>,
    /// What was offered before, the oldest first: a terminal that has one of them is told what differs.
    pub(crate) earlier_offers: Mutex<Vec<CatalogueFiles>>,
    pub(crate) signer: CatalogueSigner,
    pub(crate) warning: Mutex<Option<WarningInForce>>,
    pub(crate) connections: Connections,
    pub(crate) tls: ServerTls,
    /// The one thing that it does wrong on purpose, always.
    pub(crate) wrong: Option<Wrong>,
    pub(crate) wrong_met: Met,
}

impl Platform {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn today(&self) -> Date {
        self.now().date()
    }

    pub(crate) fn seed(&self) -> Seed {
        self.city.seed()
    }

    /// The offer in force.
    pub(crate) fn offer(&self) -> Offer {
        held(&self.offer).clone()
    }

    /// Offers other files from now on.
    pub(crate) fn publish(&self, files: CatalogueFiles) {
        /// Whoever is further behind fetches the whole.
        const REMEMBERED: usize = 16;
        let mut offer = held(&self.offer);
        let mut earlier = held(&self.earlier_offers);
        earlier.push(offer.files().clone());
        if earlier.len() > REMEMBERED {
            earlier.remove(0);
        }
        *offer = Offer::unchecked(files);
    }

    /// An offer of before, or the one in force, by its version.
    pub(crate) fn offered_before(&self, version: &str) -> Option<CatalogueFiles> {
        let now = self.offer().files().clone();
        let earlier = held(&self.earlier_offers);
        std::iter::once(&now).chain(earlier.iter().rev()).find(|f| f.version == version).cloned()
    }

    /// Where a terminal stands: a number of the city's own terminals names its station, any other stands at the
    /// demonstration's.
    pub(crate) fn site_of(&self, terminal: &TerminalId) -> Site {
        let community = terminal.0.strip_prefix('T').and_then(|digits| digits.get(..12)).map(str::to_owned);
        let own = community
            .and_then(|code| DivisionCode::try_from(code).ok())
            .and_then(|code| self.city.site(&code));
        match own {
            Some(site) if site.terminal == *terminal => site,
            _ => Site { terminal: terminal.clone(), ..self.site.clone() },
        }
    }

    /// The community around which a list is made.
    pub(crate) fn community(&self, division: Option<&DivisionCode>) -> Option<&Community> {
        let named = division.and_then(|code| self.city.communities().find(|c| c.code.is_within(code)));
        named.or_else(|| self.city.community(&self.site.division))
    }

    /// What the departments know of a person.
    pub(crate) fn standing(&self, number: &str) -> Result<Standing<'_>, StoreError> {
        // A small x at the end is the same number.
        let number = ResidentIdNumber::as_read(number);
        let number = number.personal().reveal();
        let certified_here = self.store.last_accepted(number, &ItemId(rules::PENSION.to_owned()))?;
        Ok(Standing { person: self.city.person(number), certified_here: certified_here.map(Timestamp::date) })
    }
}

impl Door for Platform {
    fn is_open(&self) -> bool {
        !self.faults.shut_the_door()
    }

    fn meets(&self, first: &[u8]) -> Meeting {
        let tls = match self.faults.strikes_handshake() {
            Some(FaultKind::TlsHang) => return Meeting::Hang,
            Some(FaultKind::TlsReset) => return Meeting::Reset,
            Some(FaultKind::TlsExpired) => &self.tls.expired,
            Some(FaultKind::TlsNotYetValid) => &self.tls.not_yet_valid,
            Some(FaultKind::TlsWrongName) => &self.tls.wrong_name,
            Some(FaultKind::TlsUnknownIssuer) => &self.tls.unknown_issuer,
            Some(_) | None => match self.wrong.and_then(|wrong| wrong.says_to(first)) {
                Some(bytes) => return Meeting::Say(bytes),
                None if self.wrong.is_some_and(Wrong::is_untrusted) => &self.tls.unknown_issuer,
                None => &self.tls.usual,
            },
        };
        Meeting::Handshake(tls.clone())
    }

    fn connections(&self) -> &Connections {
        &self.connections
    }
}

/// A lock that a panicking test does not take away from the others.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
