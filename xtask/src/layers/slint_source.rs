//! A page names tokens and messages: no word, size or colour of its own.

use super::Breach;
use super::words::is_han;

/// The one file that has sizes and colours, and the typeface's name.
const TOKENS: &str = "kiosk-ui/ui/tokens.slint";

/// What developers see beside the screen, never a resident: its sizes and colours are its own.
const DOCK: &str = "kiosk-ui/ui/dock";

/// Texts that nobody sees, and what they are for.
const NOT_SEEN: &[(&str, &str, &str)] =
    &[("kiosk-ui/ui/blocks/sheet.slint", "国", "a probe of a line's height")];

const UNITS: [&str; 8] = ["px", "phx", "pt", "mm", "cm", "in", "rem", "em"];

/// Colours by name; `transparent` says that there is none.
const COLOURS: [&str; 18] = [
    "aqua", "black", "blue", "cyan", "fuchsia", "gray", "green", "grey", "lime", "magenta", "maroon", "navy",
    "orange", "purple", "red", "teal", "white", "yellow",
];

/// Every literal that does not belong into a page.
pub(super) fn breaches(path: &str, text: &str) -> Vec<Breach> {
    if !path.starts_with("kiosk-ui/ui/") || path == TOKENS {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut statement = String::new();
    let mut in_enum = false;
    for piece in pieces(text) {
        match piece {
            Piece::Words { text, line } => {
                let not_words = ["import", "from", "export"]
                    .iter()
                    .any(|w| statement.split_whitespace().any(|s| s == *w))
                    || statement.trim_end().ends_with("@image-url(")
                    || is_outline(text)
                    || is_keys(text)
                    || NOT_SEEN.iter().any(|(file, seen, _)| (*file, *seen) == (path, text));
                if !not_words && is_words(text) {
                    found.push(Breach::at(
                        path,
                        line,
                        format!("says \"{text}\": words belong in domain/messages"),
                    ));
                }
                statement.push('"');
            }
            Piece::Code { text, line } => {
                // The names of an enum are no colours.
                in_enum |= text.ends_with('{') && text.contains("enum ");
                let names = in_enum;
                in_enum &= !text.ends_with('}');
                if !path.starts_with(DOCK) && !names {
                    found.extend(measures(text).map(|m| {
                        Breach::at(path, line, format!("has {m}: sizes and colours belong in tokens.slint"))
                    }));
                }
                match text.rfind([';', '{', '}']) {
                    // An import's braces do not end it.
                    Some(end)
                        if !statement.trim_start().starts_with("import") || text[end..].starts_with(';') =>
                    {
                        statement = text[end + 1..].to_owned();
                    }
                    _ => statement.push_str(text),
                }
            }
        }
    }
    found
}

/// A stretch of one line, comments left out.
enum Piece<'a> {
    Code {
        text: &'a str,
        line: usize,
    },
    /// Inside quotes, values in `\{…}` left out.
    Words {
        text: &'a str,
        line: usize,
    },
}

/// Takes a file apart.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    // How many braces are open in each `\{…}` that the code at hand is inside of.
    let mut values: Vec<usize> = Vec::new();
    let mut in_words = false;
    while !rest.is_empty() {
        let marks: &[&str] =
            if in_words { &["\"", "\\{", "\\", "\n"] } else { &["\"", "//", "/*", "{", "}", "\n"] };
        let next = marks
            .iter()
            .filter_map(|mark| rest.find(mark).map(|at| (at, *mark)))
            .min_by_key(|(at, mark)| (*at, 9 - mark.len()));
        let (at, mark) = next.unwrap_or((rest.len(), ""));
        // A brace belongs to the code before it.
        let end = if !in_words && ["{", "}"].contains(&mark) { at + 1 } else { at };
        if end > 0 {
            let text = &rest[..end];
            found.push(if in_words { Piece::Words { text, line } } else { Piece::Code { text, line } });
        }
        rest = &rest[at + mark.len()..];
        match mark {
            "\n" => {
                line += 1;
                found.push(Piece::Code { text: " ", line });
            }
            "\"" => in_words = !in_words,
            "\\{" => {
                values.push(0);
                in_words = false;
            }
            "\\" => {
                let escaped = rest.chars().next().map_or(0, char::len_utf8);
                rest = &rest[escaped..];
            }
            "{" => {
                if let Some(open) = values.last_mut() {
                    *open += 1;
                }
            }
            "}" => match values.last_mut() {
                Some(0) => {
                    values.pop();
                    in_words = true;
                }
                Some(open) => *open -= 1,
                None => {}
            },
            "//" => rest = &rest[rest.find('\n').unwrap_or(rest.len())..],
            "/*" => {
                let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
                line += rest[..end].matches('\n').count();
                rest = &rest[end..];
            }
            _ => {}
        }
    }
    found
}

/// Chinese, or two letters in a row.
fn is_words(text: &str) -> bool {
    let letters: Vec<bool> = text.chars().map(char::is_alphabetic).collect();
    text.chars().any(is_han) || letters.windows(2).any(|pair| pair == [true, true])
}

/// The outline of a drawing, in SVG's letters.
fn is_outline(text: &str) -> bool {
    let letters = "MLHVCSQTAZmlhvcsqtaz";
    text.starts_with(['M', 'm'])
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| letters.contains(c) || c.is_ascii_digit() || " .,-".contains(c))
}

/// What stands on a telephone's keys.
fn is_keys(text: &str) -> bool {
    ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"].contains(&text)
}

/// The sizes and colours in a stretch of code. Nothing is `0px`; a pixel or two added, taken away, or divided by is
/// slack for rounding and a change of unit, no size.
fn measures(code: &str) -> impl Iterator<Item = &str> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '#' | '-' | '_');
    let slack = move |token: &str| {
        let before = code[..token.as_ptr().addr() - code.as_ptr().addr()].trim_end();
        matches!(token, "1px" | "2px") && before.ends_with(['+', '-', '*', '/'])
    };
    code.split(move |c| !word(c)).filter(move |token| (is_size(token) && !slack(token)) || is_colour(token))
}

fn is_size(token: &str) -> bool {
    let digits = token.trim_start_matches('-');
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &digits[..digits.len() - unit.len()];
    UNITS.contains(&unit) && number.parse::<f32>().is_ok_and(|value| value != 0.0)
}

fn is_colour(token: &str) -> bool {
    let hex = token.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit())
    });
    hex || COLOURS.contains(&token) || token.strip_prefix("Colors.").is_some_and(|name| name != "transparent")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = breaches("kiosk-ui/ui/pages/a.slint", text);
        let found: Vec<String> =
            found.iter().map(|breach| format!("{} {}", breach.place, breach.what)).collect();
        let expected: Vec<String> =
            expected.iter().map(|e| format!("kiosk-ui/ui/pages/a.slint:{e}")).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_are_breaches() {
        check("Text { text: \"请稍候\"; }", &["1 says \"请稍候\": words belong in domain/messages"]);
        check("Text {\n    text: \"Wait\";\n}", &["2 says \"Wait\": words belong in domain/messages"]);
        check(
            "text: \"no \\{n} of it\";",
            &[
                "1 says \"no \": words belong in domain/messages",
                "1 says \" of it\": words belong in domain/messages",
            ],
        );
        check("text: \"\\{ {a: \"国\"}.a }\";", &["1 says \"国\": words belong in domain/messages"]);
    }

    #[test]
    fn names_marks_and_paths_are_no_words() {
        check(
            "import { A, B } from \"../a.slint\";\nimport {\n  C\n} from \"@words\";\nexport * from \"b.slint\";",
            &[],
        );
        check("// \"请稍候\"\n/* \"请\n稍候\" */ text: \"\";", &[]);
        check("source: @image-url(\"icons/back.svg\"); commands: \"M0 0L1.5-2ZM3 3zM4 4\";", &[]);
        check("text: a + \" · \" + \"X\" + \"\\{b} / \\{c}\";", &[]);
        check("keys: [\"q\", \"w\"]; faces: [\"abc\", \"pqrs\"];", &[]);
    }

    #[test]
    fn sizes_and_colours_are_breaches() {
        let size = "sizes and colours belong in tokens.slint";
        check("border-width: 1px;", &[&format!("1 has 1px: {size}")]);
        check("width: 12px;", &[&format!("1 has 12px: {size}")]);
        check("x: -1.5mm;", &[&format!("1 has -1.5mm: {size}")]);
        check("height: 1rem + 2 * 3pt;", &[&format!("1 has 1rem: {size}"), &format!("1 has 3pt: {size}")]);
        check("color: #fff;", &[&format!("1 has #fff: {size}")]);
        check(
            "background: a ? white : #00508C80;",
            &[&format!("1 has white: {size}"), &format!("1 has #00508C80: {size}")],
        );
        check("color: Colors.red;", &[&format!("1 has Colors.red: {size}")]);
    }

    #[test]
    fn tokens_numbers_and_nothing_are_fine() {
        check("width: 0px; height: Tokens.mm(12); x: 50%; opacity: 0.5; background: transparent;", &[]);
        check("export enum Level { none, red,\n blue }", &[]);
        check("enum L { red } struct S { c: color }", &[]);
        check("wide: a <= b + 1px && c - 2px > d; n: floor(a / 1px) * 1px;", &[]);
        check("level == WarningLevel.red && a-white; t: 250ms; viewbox-width: 24;", &[]);
        assert!(breaches(TOKENS, "color: #fff; font: \"Yilin Sans\"; width: 3px;").is_empty());
        assert!(breaches("kiosk-ui/ui/dock.slint", "width: 3px; color: #fff;").is_empty());
        assert_eq!(breaches("kiosk-ui/ui/dock.slint", "text: \"Paper out\";").len(), 1);
    }
}
