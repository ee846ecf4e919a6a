//! The one table of words: screen, speech and paper all read from it.
//!
//! Duty: id → text in a language, with `{arguments}` filled in. Never: decide when a message is due.
//! The table is `messages/{zh-CN,en}.toml`; the build script checks that both hold the same ids and arguments.

use crate::locale::Locale;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

impl MessageId {
    /// The dotted id, as the files write it: `idle.touch_to_start`.
    pub const fn id(self) -> &'static str {
        TABLE[self as usize].0
    }

    /// The text as it stands in the file, `{arguments}` not filled in.
    pub const fn text(self, locale: Locale) -> &'static str {
        match locale {
            Locale::ZhCn => TABLE[self as usize].1,
            Locale::En => TABLE[self as usize].2,
        }
    }

    /// The text with each `{name}` replaced by its value; a name that is not given stays visible.
    pub fn fill(self, locale: Locale, arguments: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.text(locale);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            match arguments.iter().find(|(n, _)| *n == name) {
                Some((_, value)) => out.push_str(value),
                None => {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// Whether the text has `{arguments}` to fill.
    pub fn has_arguments(self) -> bool {
        self.text(Locale::ZhCn).contains('{')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_at_its_place() {
        for (index, id) in ALL.into_iter().enumerate() {
            assert_eq!(id as usize, index, "{}", id.id());
        }
    }

    #[test]
    fn fill_replaces_what_it_is_given_and_shows_what_it_lacks() {
        let id = MessageId::FrameStep;
        assert_eq!(id.fill(Locale::ZhCn, &[("step", "2"), ("total", "4")]), "第 2 步 / 共 4 步");
        assert_eq!(id.fill(Locale::ZhCn, &[("step", "2")]), "第 2 步 / 共 {total} 步");
    }
}
