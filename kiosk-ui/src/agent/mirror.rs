//! The page as a worker of the district's desk sees it: fixed words, and a grey bar for everything else.
//!
//! Duty: know which words are fixed. Whatever is not known to be is masked: what was typed, chosen or told never leaves.

use crate::elements::Element;
use domain::form::FieldKind;
use domain::locale::{Locale, Localized};
use domain::messages::{self, MessageId as M};
use domain::service_item::ServiceItem;
use domain::session::Session;
use domain::session::page::{FormPage, Page};
use domain::session::state::Step;
use fleet_api::assist::{ELEMENTS, MirrorElement, MirrorPage};
use std::collections::HashSet;

/// The page that a worker may see; none without a visit.
pub(super) fn page(session: &Session, elements: &[Element], width: u32, height: u32) -> Option<MirrorPage> {
    let visit = session.visit()?;
    let item = visit.item();
    let known = Known::on(visit.page(), &visit.step, item.map(AsRef::as_ref), session.locale());
    // What the worker wrote lies over the page and is none of it: they have it before them. Words that are fixed stay, though the
    // worker wrote the same: the button of that name is still there.
    let written = |label: &str| {
        let desk = visit.desk.as_ref();
        desk.is_some_and(|desk| [&desk.words, &desk.worker].into_iter().flatten().any(|words| words == label))
    };
    // What lies beside the page is none of it: the dock of a demonstration.
    #[allow(clippy::cast_precision_loss, reason = "a screen has some thousand pixels")]
    let (right, bottom) = (width as f32, height as f32);
    let on_the_page = elements.iter().filter(|element| element.x < right && element.y < bottom);
    let told = on_the_page.map(|element| (element, known.words(element)));
    let of_the_page = told.filter(|(element, words)| words.is_some() || !written(&element.label));
    let elements = of_the_page.take(ELEMENTS).map(|(element, words)| MirrorElement {
        x: element.x,
        y: element.y,
        w: element.w,
        h: element.h,
        role: element.role.clone(),
        words,
    });
    Some(MirrorPage {
        page: visit.page().name().to_owned(),
        item: item.map(|item| item.name.text(Locale::default()).to_owned()),
        width,
        height,
        elements: elements.collect(),
    })
}

/// Which words a page may tell.
struct Known {
    words: HashSet<String>,
    /// What the page says was told to this resident: only its controls have fixed words.
    controls_only: bool,
}

impl Known {
    fn on(page: Page, step: &Step, item: Option<&ServiceItem>, locale: Locale) -> Self {
        // Where somebody types, a word of theirs could be one of ours: only the frame's and the form's are known.
        let typed = types(page);
        let fixed = messages::ALL.into_iter().filter(|message| {
            let near = message.id().starts_with("frame.") || message.id().starts_with("form.");
            !message.has_arguments() && (near || !typed)
        });
        let mut words: HashSet<String> = fixed.map(|message| message.text(locale).to_owned()).collect();
        let mut add = |text: &Localized| words.insert(text.text(locale).to_owned());
        if let Some(item) = item {
            add(&item.name);
            let fields = item.form.iter().flat_map(|step| &step.fields);
            for field in fields.clone() {
                add(&field.label);
            }
            for step in &item.form {
                add(&step.question);
                step.hint.iter().for_each(|hint| {
                    add(hint);
                });
            }
            // What can be an answer is fixed only where all of them stand to be chosen from.
            let choices = fields.filter_map(|field| match &field.kind {
                FieldKind::Choice { options, .. } => Some(options),
                _ => None,
            });
            let labels = choices.flatten().map(|option| option.label.text(locale).to_owned());
            let yes_and_no = [M::TextYes, M::TextNo].map(|message| message.text(locale).to_owned());
            let answers: HashSet<String> = labels.chain(yes_and_no).collect();
            if matches!(page, Page::Form(_)) {
                words.extend(answers);
            } else {
                words.retain(|word| !answers.contains(word));
            }
        }
        Self { words, controls_only: tells(page, step) }
    }

    fn words(&self, element: &Element) -> Option<String> {
        if element.role == "text_input" || (self.controls_only && !element.interactive) {
            return None;
        }
        self.words.contains(&element.label).then(|| element.label.clone())
    }
}

/// Whether a page has a field into which somebody types.
fn types(page: Page) -> bool {
    match page {
        Page::Form(kind) => !matches!(kind, FormPage::Choice | FormPage::YesNo),
        Page::RatingWords => true,
        _ => false,
    }
}

/// Whether a page tells a resident something of theirs in words that are fixed by themselves: an outcome, what is due to
/// them, whether a card or a face was known.
fn tells(page: Page, step: &Step) -> bool {
    matches!(
        page,
        Page::Search
            | Page::IdentifyCard
            | Page::IdentifyQr
            | Page::IdentifyNetworkId
            | Page::IdentifySms
            | Page::IdentifyWorker
            | Page::Face
            | Page::Asking
            | Page::YouMayAlso
            | Page::LicenceWays
            | Page::LicenceQr
            | Page::LicenceSms
            | Page::LicenceList
            | Page::LicenceLook
            | Page::Review
            | Page::Submitting
            | Page::Result
            | Page::Printing
            | Page::Rating
            | Page::RatingWords
            | Page::Trouble
            | Page::Assisted
    ) || matches!(step, Step::Result(_)) && page != Page::Help
}
