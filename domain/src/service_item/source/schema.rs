//! The schema of item files and of `catalogue.toml`, version 1, as tables; `docs/catalogue.md` shows it to people.
//!
//! The types of `service_item`, `form` and `material` are what a right file becomes; a test holds the two together.

use super::language::Role;
use super::shape::Need::{May, Must};
use super::shape::Shape::{Day, List, Localized, Open, Text, Whole, Word};
use super::shape::{Key, Need, Section, Shape};

/// The version of the schema that this program reads.
pub(super) const VERSION: i64 = 1;

/// Most fields of one step: a page is one question.
pub(super) const FIELDS_OF_A_STEP: std::ops::RangeInclusive<usize> = 1..=3;

/// Options of a choice: a page has at most six choices.
pub(super) const OPTIONS_OF_A_CHOICE: std::ops::RangeInclusive<usize> = 2..=6;

const fn key(name: &'static str, need: Need, shape: Shape) -> Key {
    Key { name, need, shape }
}

const TITLE: Shape = Localized(Role::Title);
const LABEL: Shape = Localized(Role::Label);
const SENTENCE: Shape = Localized(Role::Sentence);
static LINE: Shape = Localized(Role::Line);
const LINES: Shape = List(1, &LINE);
const WORDS: Shape = Text(is_written, "a text");
const KEBAB: Shape = Text(is_kebab, "lower-case letters and digits, words joined by hyphens");
const SNAKE: Shape = Text(is_snake, "lower-case letters and digits, words joined by underscores");
const VALUE: Shape = Text(is_value, "lower-case letters and digits, words joined by underscores or hyphens");
const LICENCE_KIND: Shape = Text(is_licence_kind, "21 capital letters and digits");
const RELEASE: Shape = Text(is_release, "year, month and number of the change, such as 2026.11.1");
const ON_PAPER: Key = key("on_paper", May, Word(&["omitted", "shown"]));
const MAY_OR_MUST: Shape = Word(&["required", "optional"]);

/// A whole item file.
pub(super) static ITEM: Section = Section {
    name: "an item",
    keys: &[
        key("schema", Must, Whole(VERSION, VERSION)),
        key("id", Must, KEBAB),
        key("version", Must, RELEASE),
        key("code", May, WORDS),
        key("theme", Must, Word(THEMES)),
        key("also_in", May, List(1, &Word(THEMES))),
        key("plan_themes", Must, List(1, &Word(PLAN_THEMES))),
        key("prominence", May, Word(&["ordinary", "common"])),
        key("kind", Must, Word(&["application", "certificate", "directory"])),
        key("name", Must, TITLE),
        key("summary", Must, SENTENCE),
        key("minutes", Must, Whole(1, 60)),
        key("keywords", May, List(0, &WORDS)),
        key("needs", Must, LINES),
        key("eligibility", Must, LINES),
        key("hours", Must, Shape::Section(&HOURS)),
        key("fee", Must, LINE_OF_ITS_OWN),
        key("law", Must, LINES),
        key("time_limit", Must, LINE_OF_ITS_OWN),
        key("next_step", Must, LINE_OF_ITS_OWN),
        key("responsible", Must, Shape::Section(&RESPONSIBLE)),
        key("identity", Must, Shape::Section(&IDENTITY)),
        key("consent", May, Shape::Section(&CONSENT)),
        key("queueing", Must, Word(&["may_queue", "live_only"])),
        key("inquiry", May, Word(&["none", "ask_first"])),
        key("reach", May, Word(&["local", "cross_province"])),
        key("form", May, List(0, &Shape::Section(&STEP))),
        key("materials", May, List(0, &Shape::Section(&MATERIAL))),
        key("sample", May, Open),
    ],
    by_kind: &[],
};

const LINE_OF_ITS_OWN: Shape = Localized(Role::Line);

pub(super) const THEMES: &[&str] =
    &["elder_care", "disability", "social_insurance", "certificates", "community_life", "appeals"];

pub(super) const PLAN_THEMES: &[&str] =
    &["childcare", "education", "employment", "health", "ageing", "housing", "support", "culture_sport"];

pub(super) const IDENTITY_WAYS: &[&str] = &["card", "province_qr", "network_id", "sms", "worker"];

static HOURS: Section = Section {
    name: "opening hours",
    keys: &[
        key(
            "weekdays",
            Must,
            List(0, &Text(is_window, "from and to, such as 08:30-17:30, at most until 24:00")),
        ),
        key(
            "weekend",
            Must,
            List(0, &Text(is_window, "from and to, such as 08:30-17:30, at most until 24:00")),
        ),
    ],
    by_kind: &[],
};

static RESPONSIBLE: Section = Section {
    name: "the responsible body",
    keys: &[
        key("name", Must, LINE_OF_ITS_OWN),
        key("phone", Must, Text(is_phone, "digits and hyphens, such as 0553-12345")),
    ],
    by_kind: &[],
};

static IDENTITY: Section = Section {
    name: "the identity",
    keys: &[
        key("assurance", Must, Word(&["none", "card_or_qr", "card_and_face"])),
        key("ways", May, List(0, &Word(IDENTITY_WAYS))),
    ],
    by_kind: &[],
};

static CONSENT: Section = Section {
    name: "the consent notice",
    keys: &[
        key("purpose", Must, LINE_OF_ITS_OWN),
        key("reads", Must, LINES),
        key("kept", Must, LINE_OF_ITS_OWN),
    ],
    by_kind: &[],
};

static STEP: Section = Section {
    name: "a step of the form",
    keys: &[
        key("question", Must, TITLE),
        key("hint", May, SENTENCE),
        key("when", May, Shape::Section(&CONDITION)),
        key("fields", Must, List(1, &Shape::Section(&FIELD))),
    ],
    by_kind: &[],
};

static CONDITION: Section = Section {
    name: "a condition",
    keys: &[key("field", Must, SNAKE), key("is", Must, List(1, &VALUE))],
    by_kind: &[],
};

static FIELD: Section = Section {
    name: "a field",
    keys: &[
        key("id", Must, SNAKE),
        key("label", Must, LABEL),
        key("hint", May, SENTENCE),
        key("necessity", May, MAY_OR_MUST),
        key("prefill", May, WORDS),
        key("when", May, Shape::Section(&CONDITION)),
        key("kind", Must, Word(FIELD_KINDS)),
    ],
    by_kind: &[
        ("choice", &[key("options", Must, List(0, &Shape::Section(&OPTION))), ON_PAPER]),
        (
            "text",
            &[
                key("input", Must, Word(&["any", "phone", "bank_card", "code"])),
                key("max_length", Must, Whole(1, 500)),
            ],
        ),
        (
            "number",
            &[
                key("min", Must, Whole(-999_999_999, 999_999_999)),
                key("max", Must, Whole(-999_999_999, 999_999_999)),
                key("unit", Must, LABEL),
                ON_PAPER,
            ],
        ),
        (
            "date",
            &[
                key("earliest_days", Must, Whole(-50_000, 50_000)),
                key("latest_days", Must, Whole(-50_000, 50_000)),
                ON_PAPER,
            ],
        ),
        (
            "amount",
            &[
                key("min_fen", Must, Whole(0, 99_999_999_999)),
                key("max_fen", Must, Whole(0, 99_999_999_999)),
                ON_PAPER,
            ],
        ),
        ("division", &[key("depth", Must, Word(&["district", "street", "community"]))]),
        ("yes_no", &[ON_PAPER]),
        ("person", &[]),
        ("photo", &[key("subject", May, Word(&["paper", "anything"]))]),
        ("signature", &[]),
    ],
};

pub(super) const FIELD_KINDS: &[&str] =
    &["choice", "yes_no", "text", "number", "date", "amount", "division", "person", "photo", "signature"];

static OPTION: Section = Section {
    name: "an option",
    keys: &[key("value", Must, VALUE), key("label", Must, LABEL), key("hint", May, SENTENCE)],
    by_kind: &[],
};

static MATERIAL: Section = Section {
    name: "a material",
    keys: &[
        key("id", Must, KEBAB),
        key("name", Must, LINE_OF_ITS_OWN),
        key(
            "source",
            Must,
            Word(&["upload", "licence_library", "data_sharing", "form", "window", "courier"]),
        ),
        key("field", May, SNAKE),
        key("licence", May, LICENCE_KIND),
        key("necessity", May, MAY_OR_MUST),
    ],
    by_kind: &[],
};

/// The whole of `catalogue.toml`.
pub(super) static CATALOGUE: Section = Section {
    name: "the catalogue",
    keys: &[
        key("schema", Must, Whole(VERSION, VERSION)),
        key("version", Must, RELEASE),
        key("items", Must, List(1, &Shape::Section(&ADMISSION))),
    ],
    by_kind: &[],
};

static ADMISSION: Section = Section {
    name: "an admission",
    keys: &[
        key("id", Must, KEBAB),
        key("admitted", Must, Day),
        key("within", May, List(1, &Text(is_division, "a division code of 6, 9 or 12 digits"))),
    ],
    by_kind: &[],
};

fn is_written(text: &str) -> bool {
    !text.trim().is_empty() && text.trim() == text
}

fn is_joined_by(text: &str, joints: &[char]) -> bool {
    !text.is_empty()
        && text.split(joints).all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

fn is_kebab(text: &str) -> bool {
    is_joined_by(text, &['-'])
}

fn is_snake(text: &str) -> bool {
    is_joined_by(text, &['_'])
}

fn is_value(text: &str) -> bool {
    is_joined_by(text, &['-', '_'])
}

/// `2026.11.1`: year, month, number of the change.
fn is_licence_kind(text: &str) -> bool {
    crate::licence::LicenceKind::try_from(text.to_owned()).is_ok()
}

fn is_release(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &str| {
        (!part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())?
    };
    let [year, month, change] = parts[..] else { return false };
    matches!((number(year), number(month), number(change)), (Some(2000..=9999), Some(1..=12), Some(1..)))
}

fn is_window(text: &str) -> bool {
    crate::terminal::Window::try_from(text.to_owned()).is_ok()
}

fn is_phone(text: &str) -> bool {
    (3..=20).contains(&text.len())
        && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_division(text: &str) -> bool {
    crate::division::DivisionCode::try_from(text.to_owned()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{DivisionDepth, FieldKind, OnPaper, TextInput};
    use crate::identity::{Assurance, IdentityWay};
    use crate::material::{MaterialSource, Necessity};
    use crate::service_item::{Inquiry, PlanTheme, Prominence, Queueing, Reach, ServiceKind, Theme};
    use serde::de::DeserializeOwned;

    /// The words of the schema at a key are those of the type: serde names all of them when it is given another.
    fn check<T: DeserializeOwned>(section: &Section, name: &str) {
        let own = section.by_kind.iter().flat_map(|(_, keys)| *keys);
        let key = section.keys.iter().chain(own).find(|k| k.name == name).expect(name);
        let words = match &key.shape {
            Word(words) | List(_, Word(words)) => *words,
            _ => panic!("{name} takes no word"),
        };
        let error = T::deserialize(toml::Value::String("no such word".into())).err().expect(name).to_string();
        let of_type: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(words, of_type, "{name}: {error}");
    }

    #[test]
    fn words_are_those_of_the_types() {
        check::<Theme>(&ITEM, "theme");
        check::<Theme>(&ITEM, "also_in");
        check::<PlanTheme>(&ITEM, "plan_themes");
        check::<Prominence>(&ITEM, "prominence");
        check::<ServiceKind>(&ITEM, "kind");
        check::<Queueing>(&ITEM, "queueing");
        check::<Inquiry>(&ITEM, "inquiry");
        check::<Reach>(&ITEM, "reach");
        check::<Assurance>(&IDENTITY, "assurance");
        check::<IdentityWay>(&IDENTITY, "ways");
        check::<Necessity>(&FIELD, "necessity");
        check::<TextInput>(&FIELD, "input");
        check::<DivisionDepth>(&FIELD, "depth");
        check::<OnPaper>(&FIELD, "on_paper");
        check::<MaterialSource>(&MATERIAL, "source");
        let dashed: Vec<String> = FIELD_KINDS.iter().map(|k| k.replace('_', "-")).collect();
        assert_eq!(dashed, FieldKind::NAMES);
        for kind in FIELD_KINDS {
            assert!(FIELD.by_kind.iter().any(|(word, _)| word == kind), "{kind}");
        }
    }

    #[test]
    fn releases_phones_and_names() {
        for (text, right) in [
            ("2026.11.1", true),
            ("2026.13.1", false),
            ("2026.11", false),
            ("2026.011.1", false),
            ("v1", false),
            ("", false),
        ] {
            assert_eq!(is_release(text), right, "{text}");
        }
        for (text, right) in
            [("0553-12345", true), ("12345", true), ("0553 12345", false), ("-1", false), ("", false)]
        {
            assert_eq!(is_phone(text), right, "{text}");
        }
        for (text, right) in
            [("meal-booking", true), ("meal--b", false), ("Meal", false), ("meal_b", false), ("", false)]
        {
            assert_eq!(is_kebab(text), right, "{text}");
        }
    }
}
