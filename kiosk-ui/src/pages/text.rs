//! Values as a person reads them, in the language of the visit.

use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::terminal::{OpeningHours, Timestamp};
use time::Date;

/// `2026年11月24日` or `24 November 2026`.
pub(super) fn date(day: Date, locale: Locale) -> String {
    let (year, month, number) = (day.year().to_string(), u8::from(day.month()), day.day().to_string());
    match locale {
        Locale::ZhCn => {
            M::TextDate.fill(locale, &[("year", &year), ("month", &month.to_string()), ("day", &number)])
        }
        Locale::En => M::TextDate
            .fill(locale, &[("year", &year), ("month", &day.month().to_string()), ("day", &number)]),
    }
}

/// `10:24`.
pub(super) fn clock(at: Timestamp) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `12.50` yuan from 1250 fen.
pub(super) fn amount(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, (fen % 100).abs())
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

/// Each text on a line of its own.
pub(super) fn lines<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn values_read_as_a_person_writes_them() {
        assert_eq!(date(date!(2026 - 11 - 04), Locale::ZhCn), "2026年11月4日");
        assert_eq!(date(date!(2026 - 11 - 04), Locale::En), "4 November 2026");
        assert_eq!(amount(1250), "12.50");
        assert_eq!(amount(5), "0.05");
    }
}
