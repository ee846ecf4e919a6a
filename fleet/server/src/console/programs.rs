//! What programs say in sentences of their own, in the page's language: a terminal's agent, the installer, the server's orders.
//!
//! A sentence is known by the English of `told` in `messages/`, with its `{names}` open. The original stays beside it, small,
//! for who knows the program.

use super::words::{Language, Words, fill};

/// A sentence of a program, as a page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    /// In the page's language.
    pub(super) words: String,
    /// As the program says it; empty where that is the same.
    pub(super) original: String,
}

impl Sentence {
    /// A text that no program said.
    pub(super) const fn plain(words: String) -> Self {
        Self { words, original: String::new() }
    }

    /// What a program said.
    pub(super) fn of(w: &Words, said: &str) -> Self {
        if said.is_empty() || w.language == Language::English {
            return Self::plain(said.to_owned());
        }
        let words = translated(w, said, 2).unwrap_or_else(|| w.told_unknown.to_owned());
        Self { words, original: said.to_owned() }
    }

    /// The same with what it belongs to before it.
    pub(super) fn after(self, before: &str) -> Self {
        let between = if self.words.is_empty() { "" } else { " · " };
        Self { words: format!("{before}{between}{}", self.words), ..self }
    }
}

/// A sentence in the page's language; none of one that is not known. A sentence may have another one within.
fn translated(w: &Words, said: &str, depth: u8) -> Option<String> {
    let known = w.section("told");
    let mut known: Vec<_> =
        known.filter_map(|(english, here)| Some((here, values(english, said)?))).collect();
    // The form that leaves the least open is the nearest.
    known.sort_by_key(|(_, values)| values.iter().map(|(_, value)| value.len()).sum::<usize>());
    known.into_iter().find_map(|(here, values)| {
        let value = |name: &str, value: &str| -> Option<String> {
            let words_of = |section| w.known(section, value).map(str::to_owned);
            match name {
                "state" => words_of("update_state"),
                "end" => words_of("shell_end"),
                "devices" => Some(
                    value.split(", ").map(|device| w.of("device", device)).collect::<Vec<_>>().join(", "),
                ),
                "detail" if depth > 0 => {
                    Some(translated(w, value, depth - 1).unwrap_or_else(|| w.told_unknown.to_owned()))
                }
                _ => Some(value.to_owned()),
            }
        };
        let values: Option<Vec<(&str, String)>> =
            values.into_iter().map(|(name, said)| Some((name, value(name, said)?))).collect();
        Some(fill(here, &values?))
    })
}

/// What stands in the open places of a form; none where the text has not its form.
fn values<'t>(form: &'t str, text: &'t str) -> Option<Vec<(&'t str, &'t str)>> {
    let (before, mut form) = form.split_once('{').unwrap_or((form, ""));
    let mut text = text.strip_prefix(before)?;
    let mut values = Vec::new();
    while let Some((name, rest)) = form.split_once('}') {
        let (literal, next) = rest.split_once('{').unwrap_or((rest, ""));
        let end = if literal.is_empty() { text.len() } else { text.find(literal)? };
        values.push((name, text.get(..end).filter(|value| !value.is_empty())?));
        text = text.get(end + literal.len()..)?;
        form = next;
    }
    text.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_sentence_is_said_in_the_pages_language_and_kept_beside_it() {
        let chinese = Language::Chinese.words();
        for (said, words) in [
            ("every wave is over", "所有批次都已完成"),
            ("1 of 12 in wave 3 failed", "第 3 批 12 台中有 1 台失败"),
            ("the machine was started again", "机器已重新启动"),
            ("1.1.0 is installed", "已安装 1.1.0"),
            ("1.1.0 is not installed: no frame was painted", "没有安装 1.1.0：新版本没有显示画面"),
            ("1.1.0: downloading", "1.1.0：下载中"),
            ("did not pass: camera, code_scanner", "没有通过：摄像头, 扫码器"),
            ("E4711: something odd", chinese.told_unknown),
        ] {
            let sentence = Sentence::of(chinese, said);
            assert_eq!((sentence.words.as_str(), sentence.original.as_str()), (words, said));
        }
        let english = Sentence::of(Language::English.words(), "every wave is over");
        assert_eq!(english, Sentence::plain("every wave is over".to_owned()));
        assert_eq!(Sentence::of(chinese, ""), Sentence::default());
    }
}
