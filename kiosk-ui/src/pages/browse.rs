//! Home, search, items, guide, 您还能办 and directories.

use super::{act, act_on, index, text};
use crate::models::updated;
use crate::screens::{
    Choice, DirectoryAdapter, Fact, GuideAdapter, HomeAdapter, Icon, ItemsAdapter, Place, SearchAdapter,
    YouMayAlsoAdapter,
};
use crate::terminal::Terminal;
use domain::identity::IdentityWay;
use domain::locale::{Locale, Localized};
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::service_item::{ItemId, Queueing, ServiceItem, Theme};
use domain::session::event::{DirectoryEntry, Network, Tap};
use domain::session::page::Page;
use domain::session::state::{Directory, DirectoryList, Step, SuggestionList};
use domain::session::{Facts, Session};
use slint::{ComponentHandle, SharedString};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let home = window.global::<HomeAdapter<'_>>();
    home.on_choose_theme(act_on(terminal, |t, i: i32| {
        if let Some(theme) = Theme::ALL.get(index(i)) {
            t.tap(Tap::Theme(*theme));
        }
    }));
    home.on_choose_frequent(act_on(terminal, |t, i: i32| choose(t, i, frequent)));
    home.on_search(act(terminal, |t| t.tap(Tap::Search)));
    window.global::<SearchAdapter<'_>>().on_choose(act_on(terminal, |t, i: i32| choose(t, i, found)));
    window.global::<SearchAdapter<'_>>().on_search(act(terminal, super::keyboard::commit));
    window.global::<ItemsAdapter<'_>>().on_choose(act_on(terminal, |t, i: i32| choose(t, i, themed)));
    window.global::<GuideAdapter<'_>>().on_begin(act(terminal, |t| t.tap(Tap::Start)));
    let also = window.global::<YouMayAlsoAdapter<'_>>();
    also.on_begin(act_on(terminal, |t, i: i32| choose(t, i, suggested)));
    also.on_leave(act(terminal, |t| t.tap(Tap::Back)));
    let directory = window.global::<DirectoryAdapter<'_>>();
    directory.on_choose_category(act_on(terminal, |t, i: i32| {
        t.local.borrow_mut().category = Some(index(i));
        t.refresh();
    }));
    directory.on_print(act(terminal, print_places));
    directory.on_finish(act(terminal, |t| t.tap(Tap::Finish)));
    directory.on_retry(act(terminal, |t| t.tap(Tap::Start)));
}

/// Chooses the item that stands at an index of a list.
fn choose(terminal: &Terminal, i: i32, list: fn(&Session) -> Vec<ItemId>) {
    let id = list(terminal.shell().session()).into_iter().nth(index(i));
    if let Some(id) = id {
        terminal.tap(Tap::Item(id));
    }
}

fn ids<'i>(items: impl IntoIterator<Item = &'i Arc<ServiceItem>>) -> Vec<ItemId> {
    items.into_iter().map(|i| i.id.clone()).collect()
}

fn frequent(session: &Session) -> Vec<ItemId> {
    ids(session.facts().catalogue.common().take(3))
}

fn found(session: &Session) -> Vec<ItemId> {
    match session.visit().map(|v| &v.step) {
        Some(Step::Search(_, text)) => ids(session.facts().catalogue.search(text.reveal())),
        _ => Vec::new(),
    }
}

fn themed(session: &Session) -> Vec<ItemId> {
    match session.visit().map(|v| &v.step) {
        Some(Step::Items(_, theme)) => ids(session.facts().catalogue.themed(*theme)),
        _ => Vec::new(),
    }
}

fn suggested(session: &Session) -> Vec<ItemId> {
    match session.visit().map(|v| &v.step) {
        Some(Step::YouMayAlso(also)) => match &also.list {
            SuggestionList::Answer(list) => list.iter().map(|s| s.item.clone()).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    let shell = terminal.shell();
    let session = shell.session();
    let facts = session.facts();
    let l = terminal.locale();
    let window = terminal.window();
    let choices = |ids: Vec<ItemId>| -> Vec<Choice> {
        ids.iter().filter_map(|id| facts.catalogue.item(id)).map(|item| item_choice(item, facts, l)).collect()
    };
    match page {
        Page::Home => {
            let home = window.global::<HomeAdapter<'_>>();
            let mut common = choices(frequent(session));
            common
                .iter_mut()
                .zip(facts.catalogue.common())
                .for_each(|(c, item)| c.icon = theme_icon(item.theme));
            home.set_frequent(updated(home.get_frequent(), common));
            let themes = Theme::ALL.into_iter().map(|theme| theme_choice(theme, facts, l)).collect();
            home.set_themes(updated(home.get_themes(), themes));
        }
        Page::Search => {
            let search = window.global::<SearchAdapter<'_>>();
            let ids = found(session);
            let typed = match session.visit().map(|v| &v.step) {
                Some(Step::Search(_, text)) => text.clone(),
                _ => Personal::default(),
            };
            search.set_message(match (ids.is_empty(), typed.is_empty()) {
                (true, false) => M::TextNothingFound.text(l).into(),
                _ => SharedString::default(),
            });
            search.set_results(updated(search.get_results(), choices(ids)));
            search.set_query(super::keyboard::text_or(terminal, typed.reveal()));
        }
        Page::Items => {
            let items = window.global::<ItemsAdapter<'_>>();
            if let Some(Step::Items(_, theme)) = session.visit().map(|v| &v.step) {
                items.set_theme(theme_name(*theme).text(l).into());
            }
            items.set_items(updated(items.get_items(), choices(themed(session))));
        }
        Page::Guide => show_guide(terminal, session, facts, l),
        Page::YouMayAlso => show_you_may_also(terminal, session, l),
        Page::Directory => show_directory(terminal, session, l),
        _ => {}
    }
}

pub(super) fn blank(terminal: &Terminal) {
    let window = terminal.window();
    let search = window.global::<SearchAdapter<'_>>();
    search.set_query(SharedString::default());
    search.set_results(updated(search.get_results(), Vec::new()));
    let also = window.global::<YouMayAlsoAdapter<'_>>();
    also.set_suggestions(updated(also.get_suggestions(), Vec::new()));
}

fn item_choice(item: &ServiceItem, facts: &Facts, l: Locale) -> Choice {
    let open = item.hours.is_open(facts.now);
    let minutes = item.minutes.to_string();
    let needs = match item.identity.ways.first() {
        Some(IdentityWay::Card) => M::TextWithCard.text(l),
        Some(_) => M::TextWithPhone.text(l),
        None => M::TextWithNothing.text(l),
    };
    Choice {
        icon: Icon::None,
        label: item.name.text(l).into(),
        sentence: item.summary.text(l).into(),
        meta: M::TextMinutesAnd.fill(l, &[("minutes", &minutes), ("needs", needs)]).into(),
        enabled: open,
        reason: match open {
            true => SharedString::default(),
            false => opens_at(item, facts, l),
        },
    }
}

fn theme_choice(theme: Theme, facts: &Facts, l: Locale) -> Choice {
    let enabled = facts.catalogue.themed(theme).next().is_some();
    Choice {
        icon: theme_icon(theme),
        label: theme_name(theme).text(l).into(),
        sentence: theme_sentence(theme).text(l).into(),
        meta: SharedString::default(),
        enabled,
        reason: if enabled { SharedString::default() } else { M::TextNotHere.text(l).into() },
    }
}

fn theme_icon(theme: Theme) -> Icon {
    match theme {
        Theme::ElderCare => Icon::Elder,
        Theme::Disability => Icon::Wheelchair,
        Theme::SocialInsurance => Icon::Insurance,
        Theme::Certificates => Icon::Certificate,
        Theme::CommunityLife => Icon::Community,
        Theme::Appeals => Icon::Appeal,
    }
}

/// The words of a theme's door.
pub(crate) fn theme_name(theme: Theme) -> M {
    match theme {
        Theme::ElderCare => M::ThemeElderCare,
        Theme::Disability => M::ThemeDisability,
        Theme::SocialInsurance => M::ThemeSocialInsurance,
        Theme::Certificates => M::ThemeCertificates,
        Theme::CommunityLife => M::ThemeCommunityLife,
        Theme::Appeals => M::ThemeAppeals,
    }
}

fn theme_sentence(theme: Theme) -> M {
    match theme {
        Theme::ElderCare => M::ThemeElderCareSentence,
        Theme::Disability => M::ThemeDisabilitySentence,
        Theme::SocialInsurance => M::ThemeSocialInsuranceSentence,
        Theme::Certificates => M::ThemeCertificatesSentence,
        Theme::CommunityLife => M::ThemeCommunityLifeSentence,
        Theme::Appeals => M::ThemeAppealsSentence,
    }
}

fn show_guide(terminal: &Terminal, session: &Session, facts: &Facts, l: Locale) {
    let Some(item) = session.visit().and_then(|v| v.item()) else { return };
    let guide = terminal.window().global::<GuideAdapter<'_>>();
    guide.set_item(item.name.text(l).into());
    guide.set_sentence(item.summary.text(l).into());
    let fact =
        |icon, heading: M, text: String| Fact { icon, heading: heading.text(l).into(), text: text.into() };
    let all = |texts: &[Localized]| text::lines(texts.iter().map(|t| t.text(l)));
    let minutes = M::TextMinutes.fill(l, &[("minutes", &item.minutes.to_string())]);
    let mut facts_shown = vec![
        fact(Icon::Document, M::FactNeeds, all(&item.needs)),
        fact(Icon::Person, M::FactEligibility, all(&item.eligibility)),
        fact(Icon::Clock, M::FactTime, text::lines([minutes.as_str(), item.time_limit.text(l)])),
        fact(Icon::Money, M::FactFee, item.fee.text(l).to_owned()),
        fact(Icon::Law, M::FactLaw, all(&item.law)),
        fact(
            Icon::Phone,
            M::FactResponsible,
            format!("{} {}", item.responsible.name.text(l), item.responsible.phone),
        ),
    ];
    // What stands here may have changed since the province was last heard of.
    if let (Network::Offline, Some(at)) = (facts.network, facts.catalogue_current_at) {
        let as_of = M::FactAsOfText.fill(l, &[("date", &text::date(at.date(), l))]);
        facts_shown.push(fact(Icon::Calendar, M::FactAsOf, as_of));
    }
    facts_shown.retain(|f| !f.text.is_empty());
    guide.set_facts(updated(guide.get_facts(), facts_shown));
    let open = item.hours.is_open(facts.now);
    guide.set_can_begin(open);
    let away = item.queueing == Queueing::LiveOnly && facts.network == Network::Offline;
    guide.set_reason(match (open, away) {
        (false, _) => opens_at(item, facts, l),
        (true, true) => M::TextProvinceAway.text(l).into(),
        (true, false) => SharedString::default(),
    });
}

fn opens_at(item: &ServiceItem, facts: &Facts, l: Locale) -> SharedString {
    M::TextOpensAt.fill(l, &[("hours", &text::hours(&item.hours, facts.now, l))]).into()
}

fn show_you_may_also(terminal: &Terminal, session: &Session, l: Locale) {
    let Some(Step::YouMayAlso(list)) = session.visit().map(|v| &v.step) else { return };
    let also = terminal.window().global::<YouMayAlsoAdapter<'_>>();
    let (message, rows) = match &list.list {
        SuggestionList::Asking(_) => (M::YouMayAlsoAsking.text(l), Vec::new()),
        SuggestionList::Unreachable => (M::YouMayAlsoUnreachable.text(l), Vec::new()),
        SuggestionList::Answer(answers) if answers.is_empty() => (M::YouMayAlsoNothing.text(l), Vec::new()),
        SuggestionList::Answer(answers) => {
            let rows = answers.iter().filter_map(|s| {
                let item = session.facts().catalogue.item(&s.item)?;
                Some(Choice {
                    icon: theme_icon(item.theme),
                    label: item.name.text(l).into(),
                    sentence: s.reason.text(l).into(),
                    enabled: true,
                    ..Choice::default()
                })
            });
            ("", rows.collect())
        }
    };
    also.set_message(message.into());
    also.set_suggestions(updated(also.get_suggestions(), rows));
}

/// The kinds of place, each once; in the same order in every language, so that a chosen one stays chosen.
fn kinds(entries: &[DirectoryEntry]) -> Vec<&Localized> {
    let kinds: BTreeMap<&str, &Localized> =
        entries.iter().map(|e| (e.kind.zh_cn.as_str(), &e.kind)).collect();
    kinds.into_values().collect()
}

/// What is looked at goes on paper, not the whole list.
fn print_places(terminal: &Terminal) {
    let chosen = terminal.local.borrow().category;
    let kind = match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Directory(Directory { list: DirectoryList::Entries(entries), .. })) => {
            chosen.and_then(|i| kinds(entries).get(i).map(|kind| kind.zh_cn.clone()))
        }
        _ => None,
    };
    if let Some(kind) = kind {
        terminal.tap(Tap::PrintPlaces(kind));
    }
}

fn show_directory(terminal: &Terminal, session: &Session, l: Locale) {
    let Some(Step::Directory(directory)) = session.visit().map(|v| &v.step) else { return };
    let adapter = terminal.window().global::<DirectoryAdapter<'_>>();
    adapter.set_title(directory.item.name.text(l).into());
    let (message, entries): (&str, &[DirectoryEntry]) = match &directory.list {
        DirectoryList::Asking(_) => (M::DirectoryAsking.text(l), &[]),
        DirectoryList::Unreachable => (M::DirectoryUnreachable.text(l), &[]),
        DirectoryList::Entries(entries) => ("", entries),
    };
    adapter.set_message(message.into());
    adapter.set_can_retry(directory.list == DirectoryList::Unreachable);
    adapter.set_can_print(!entries.is_empty() && session.facts().devices.can_print());
    let kinds = kinds(entries);
    let categories = kinds
        .iter()
        .map(|kind| Choice { label: kind.text(l).into(), enabled: true, ..Choice::default() })
        .collect();
    adapter.set_categories(updated(adapter.get_categories(), categories));
    let chosen = terminal.local.borrow().category.and_then(|i| kinds.get(i).map(|kind| (i, *kind)));
    adapter.set_category(chosen.and_then(|(i, _)| i32::try_from(i).ok()).unwrap_or(-1));
    adapter.set_category_name(chosen.map(|(_, kind)| kind.text(l)).unwrap_or_default().into());
    let places = entries
        .iter()
        .filter(|e| chosen.is_some_and(|(_, kind)| e.kind == *kind))
        .map(|e| Place {
            name: e.name.text(l).into(),
            kind: e.kind.text(l).into(),
            address: e.address.text(l).into(),
            distance: M::PaperMetres.fill(l, &[("metres", &e.metres.to_string())]).into(),
            hours: e.hours.text(l).into(),
            phone: e.phone.as_str().into(),
            open: true,
        })
        .collect();
    adapter.set_places(updated(adapter.get_places(), places));
}
