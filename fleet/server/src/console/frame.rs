//! What every page shares: the frame around it, marks, moments.

use super::role::{Permission, Role};
use super::visitor::Desk;
use super::words::Words;
use crate::store::Millis;
use time::UtcOffset;
use time::macros::{format_description, offset};

/// The frame around a page of somebody who is signed in.
pub(super) struct Frame {
    /// The texts.
    pub(super) w: &'static Words,
    /// Which entry of the menu it is.
    pub(super) page: &'static str,
    /// What the page is.
    pub(super) title: String,
    /// The token of its forms.
    pub(super) csrf: String,
    /// The path, for the other language.
    pub(super) path: String,
    /// Who is signed in.
    pub(super) shown: String,
    /// Their role.
    pub(super) role: Role,
}

impl Frame {
    /// The frame of `page`.
    pub(super) fn new(desk: &Desk, page: &'static str, title: impl Into<String>) -> Self {
        Self {
            w: desk.w,
            page,
            title: title.into(),
            csrf: desk.csrf.clone(),
            path: desk.path.clone(),
            shown: desk.session.account.shown.clone(),
            role: desk.role,
        }
    }

    /// The menu: address and word of each page that the role may see.
    pub(super) fn menu(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        use Permission as P;
        let entries = [
            ("overview", "/", P::See),
            ("terminals", "/terminals", P::See),
            ("tickets", "/tickets", P::See),
            ("desk", "/desk", P::See),
            ("rollouts", "/rollouts", P::See),
            ("configurations", "/configurations", P::See),
            ("catalogue", "/catalogue", P::See),
            ("keys", "/keys", P::See),
            ("stops", "/stops", P::See),
            ("reports", "/reports", P::See),
            ("audit", "/audit", P::Audit),
            ("accounts", "/accounts", P::Accounts),
        ];
        entries
            .into_iter()
            .filter(|(_, _, permission)| self.role.may(*permission))
            .map(|(page, address, _)| (page, address, self.w.of("menu", page)))
            .collect()
    }

    /// Whether two words are the same: templates compare through it.
    pub(super) fn is(&self, word: &str, other: &str) -> bool {
        word == other
    }

    /// Whether the role may order, read transcripts, serve, release, configure, trust: what templates ask by a word.
    pub(super) fn may(&self, word: &str) -> bool {
        let permission = match word {
            "order" => Permission::Order,
            "transcript" => Permission::Transcript,
            "serve" => Permission::Serve,
            "release" => Permission::Release,
            "configure" => Permission::Configure,
            "trust" => Permission::Trust,
            _ => return false,
        };
        self.role.may(permission)
    }
}

/// A state by word, shape and colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// `good`, `watch`, `bad`, `none`: shape and colour.
    pub(super) kind: &'static str,
    /// The word.
    pub(super) text: String,
}

impl Mark {
    /// A mark.
    pub(super) fn new(kind: &'static str, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// How much a device or a terminal needs somebody (`fleet_api::health::DeviceReport::kind`).
    pub(super) fn of_kind(w: &Words, kind: &str) -> Self {
        let shape = match kind {
            "ready" => "good",
            "attention" | "media" => "watch",
            "keeper" | "technician" => "bad",
            _ => "none",
        };
        Self::new(shape, w.of("needs", kind))
    }
}

/// The city's time.
pub(super) const CITY: UtcOffset = offset!(+8);

/// `2026-11-28 14:31`, in the city's time.
pub(super) fn moment(at: Millis) -> String {
    crate::clock::moment(at)
        .to_offset(CITY)
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]"))
        .unwrap_or_default()
}

/// `2026-11-28T14:31:07+08:00`, for `<time>`.
pub(super) fn machine(at: Millis) -> String {
    crate::clock::moment(at)
        .to_offset(CITY)
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}

/// `2026-11-28` of a day of Unix time.
pub(super) fn day(day: i64) -> String {
    moment(day.saturating_mul(86_400_000)).chars().take(10).collect()
}

/// How long ago, in the largest fitting unit.
pub(super) fn ago(w: &Words, at: Millis, now: Millis) -> String {
    let seconds = (now - at).max(0) / 1000;
    match seconds {
        0..=89 => w.ago_now.to_owned(),
        90..=5_399 => w.ago_minutes((seconds + 30) / 60),
        5_400..=129_599 => w.ago_hours((seconds + 1_800) / 3_600),
        _ => w.ago_days((seconds + 43_200) / 86_400),
    }
}
