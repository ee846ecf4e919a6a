//! Values as a person reads them, in the language of the visit.

use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::terminal::{OpeningHours, Timestamp};

pub(super) use domain::form::words::{amount, date};

/// `10:24`.
pub(super) fn clock(at: Timestamp) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Today's hours: `08:30-17:30`, all day, or closed.
pub(super) fn hours(hours: &OpeningHours, at: Timestamp, locale: Locale) -> String {
    let windows = hours.on(at);
    if windows.is_empty() {
        return M::TextClosedToday.text(locale).to_owned();
    }
    if windows.iter().any(|w| w.to_string() == "00:00-24:00") {
        return M::TextAllDay.text(locale).to_owned();
    }
    windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(M::TextListComma.text(locale))
}

/// A resident's own text: a character that the typeface lacks stands as its code point.
pub(super) fn shown(text: &str) -> String {
    crate::fonts::with_code_points(text).into_owned()
}

/// A mobile number as it is read aloud: `138 0000 0000`; another number as it is.
pub(super) fn spaced_phone(digits: &str) -> String {
    if digits.starts_with('1') { spaced(digits, &[3, 4, 4]) } else { digits.to_owned() }
}

/// A card's number as it is printed on the card, in fours.
pub(super) fn spaced_card(digits: &str) -> String {
    spaced(digits, &[4; 5])
}

/// An identity card's number: place, birth, the rest.
pub(super) fn spaced_id(number: &str) -> String {
    spaced(number, &[6, 8, 4])
}

/// Groups of so many characters, parted by spaces; what is over stays with the last.
fn spaced(text: &str, groups: &[usize]) -> String {
    let ends = groups.iter().scan(0, |end, group| {
        *end += group;
        Some(*end)
    });
    let starts: Vec<usize> = ends.take(groups.len() - 1).collect();
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if starts.contains(&at) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Each text on a line of its own.
pub(super) fn lines<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_read_in_groups() {
        for (spaced, expected) in [
            (spaced_phone("13800000000"), "138 0000 0000"),
            (spaced_phone("138000"), "138 000"),
            (spaced_phone("05530000000"), "05530000000"),
            (spaced_card("6200000000000000005"), "6200 0000 0000 0000 005"),
            (spaced_id("99000019440315101X"), "990000 19440315 101X"),
            (spaced_id("990000"), "990000"),
            (spaced_id("9900001"), "990000 1"),
            (spaced_id(""), ""),
        ] {
            assert_eq!(spaced, expected);
        }
    }
}
