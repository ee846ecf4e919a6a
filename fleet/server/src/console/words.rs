//! Every sentence of the console, in the two languages of its table (`messages/`).

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// `zh-CN` or `en`, as HTML's `lang` has it.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of a tag; none of another one.
    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|language| language.tag() == tag)
    }

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// What a browser prefers (RFC 9110, 12.5.4), Chinese where it prefers neither.
    pub(super) fn preferred(accept_language: &str) -> Self {
        let first = accept_language.split(',').map(|range| range.split(';').next().unwrap_or("").trim());
        let known = first.filter_map(|range| match range.split('-').next() {
            Some(primary) if primary.eq_ignore_ascii_case("zh") => Some(Self::Chinese),
            Some(primary) if primary.eq_ignore_ascii_case("en") => Some(Self::English),
            _ => None,
        });
        known.take(1).next().unwrap_or(Self::Chinese)
    }

    /// Its texts.
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }

    /// Of two names the one in this language.
    pub(super) const fn of<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

impl Words {
    /// The text for a word of a closed list; the word itself where this version does not know it.
    pub(super) fn of<'a>(&self, section: &str, word: &'a str) -> &'a str {
        let id = format!("{section}.{word}");
        match TABLE.binary_search_by(|(known, ..)| (*known).cmp(id.as_str())) {
            Ok(at) => self.language.of(TABLE[at].1, TABLE[at].2),
            Err(_) => word,
        }
    }

    /// The text for a word of a closed list; none where this version does not know it.
    pub(super) fn known(&self, section: &str, word: &str) -> Option<&'static str> {
        self.of_id(&format!("{section}.{word}"))
    }

    /// Every text of a list: in English, and in this language.
    pub(super) fn section(&self, section: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_section = move |id: &str| id.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'));
        TABLE
            .iter()
            .filter(move |(id, ..)| of_section(id))
            .map(|(_, chinese, english)| (*english, self.language.of(chinese, english)))
    }

    /// An item's name by its id, where the catalogue of this version has it; else the id.
    pub(super) fn item<'a>(&self, id: &'a str) -> &'a str {
        match ITEMS.iter().find(|(known, ..)| *known == id) {
            Some((_, chinese, english)) => self.language.of(chinese, english),
            None => id,
        }
    }

    fn text(&self, id: &'static str) -> &'static str {
        self.of_id(id).unwrap_or(id)
    }

    fn of_id(&self, id: &str) -> Option<&'static str> {
        let at = TABLE.binary_search_by(|(known, ..)| (*known).cmp(id)).ok()?;
        Some(self.language.of(TABLE[at].1, TABLE[at].2))
    }
}

/// Puts values in the place of `{names}`; a value is never searched for names itself.
pub(super) fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            out.push_str(value);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_searched_by_halves_and_must_be_in_order() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_value_is_not_taken_for_a_name() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}".into()), ("b", "2".into())]), "{b} and 2");
    }

    #[test]
    fn a_browser_is_answered_in_its_language() {
        for (header, language) in [
            ("en-GB,en;q=0.9", Language::English),
            ("fr,zh-TW;q=0.8,en;q=0.5", Language::Chinese),
            ("fr", Language::Chinese),
            ("", Language::Chinese),
        ] {
            assert_eq!(Language::preferred(header), language, "{header}");
        }
    }
}
