//! What a Rust file names and says: its paths and its literals, with their lines.
//!
//! Duty: read tokens, so that a comment is no literal and a string no path. Never: judge.

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};

/// A file, read.
#[derive(Debug, Default)]
pub(super) struct RustSource {
    pub(super) paths: Vec<Named>,
    pub(super) literals: Vec<Said>,
}

/// A path as it is written, `use` trees taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) segments: Vec<String>,
    /// The modules inside the file that it stands in.
    pub(super) inside: Vec<String>,
    pub(super) line: usize,
    pub(super) part: Part,
}

/// A string literal as it is written, with its quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) part: Part,
}

/// What a piece of code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Product,
    /// Under `#[cfg(test)]` or `#[test]`.
    Test,
}

/// Takes a file apart.
pub(super) fn read(text: &str) -> Result<RustSource, LexError> {
    let stream: TokenStream = text.parse()?;
    let mut source = RustSource::default();
    Reader { out: &mut source, inside: Vec::new() }.walk(stream, Part::Product);
    Ok(source)
}

struct Reader<'a> {
    out: &'a mut RustSource,
    inside: Vec<String>,
}

impl Reader<'_> {
    fn walk(&mut self, stream: TokenStream, part: Part) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut part = part;
        // What the item at hand is for; an attribute says it, the item's end takes it back.
        let mut item = part;
        let mut module: Option<String> = None;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    let inner = is_punct(tokens.get(at + 1), '!');
                    let group = tokens.get(at + 1 + usize::from(inner));
                    if let Some(TokenTree::Group(group)) = group {
                        match attribute(group) {
                            Attribute::Test if inner => (part, item) = (Part::Test, Part::Test),
                            Attribute::Test => item = Part::Test,
                            Attribute::Doc => {}
                            Attribute::Other => self.walk(group.stream(), item),
                        }
                        at += 1 + usize::from(inner);
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => {
                    item = part;
                    module = None;
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = end_of_statement(&tokens, at);
                    self.use_tree(&tokens[at + 1..end], &[], item);
                    at = end;
                    item = part;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    module = tokens.get(at + 1).map(ToString::to_string);
                    at += 1;
                }
                TokenTree::Ident(_) => at = self.path(&tokens, at, item),
                TokenTree::Group(group) => {
                    let braces = group.delimiter() == Delimiter::Brace;
                    let entered = if braces { module.take() } else { None };
                    let count = self.inside.len();
                    self.inside.extend(entered);
                    self.walk(group.stream(), item);
                    self.inside.truncate(count);
                    if braces {
                        item = part;
                    }
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.contains('"') && !text.starts_with('\'') {
                        let line = literal.span().start().line;
                        self.out.literals.push(Said { text, line, part: item });
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    /// A path in an expression or a type; returns the place of its last token.
    fn path(&mut self, tokens: &[TokenTree], start: usize, part: Part) -> usize {
        let mut segments = vec![tokens[start].to_string()];
        let mut at = start;
        while is_double_colon(tokens, at + 1) {
            let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
            segments.push(next.to_string());
            at += 3;
        }
        if segments.len() > 1 {
            let line = tokens[start].span().start().line;
            self.out.paths.push(Named { segments, inside: self.inside.clone(), line, part });
        }
        at
    }

    fn use_tree(&mut self, tokens: &[TokenTree], before: &[String], part: Part) {
        for branch in tokens.split(|token| is_punct(Some(token), ',')) {
            let mut segments = before.to_vec();
            let mut line = None;
            let mut whole = true;
            for token in branch {
                match token {
                    TokenTree::Ident(word) if word == "as" => break,
                    TokenTree::Ident(word) => {
                        line.get_or_insert(word.span().start().line);
                        if word != "self" || segments.is_empty() {
                            segments.push(word.to_string());
                        }
                    }
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.use_tree(&inner, &segments, part);
                        whole = false;
                    }
                    _ => {}
                }
            }
            if let (true, Some(line)) = (whole, line) {
                self.out.paths.push(Named { segments, inside: self.inside.clone(), line, part });
            }
        }
    }
}

enum Attribute {
    Test,
    Doc,
    Other,
}

fn attribute(group: &Group) -> Attribute {
    let words: Vec<String> = group.stream().into_iter().map(|token| token.to_string()).collect();
    match words.first().map(String::as_str) {
        Some("doc") => Attribute::Doc,
        Some("test") => Attribute::Test,
        // `tokio::test` and others of the kind.
        Some(_) if words.len() > 2 && words[1] == ":" && words.last().is_some_and(|w| w == "test") => {
            Attribute::Test
        }
        Some("cfg") if words.get(1).is_some_and(|condition| condition == "(test)") => Attribute::Test,
        _ => Attribute::Other,
    }
}

fn end_of_statement(tokens: &[TokenTree], from: usize) -> usize {
    (from..tokens.len()).find(|at| is_punct(tokens.get(*at), ';')).unwrap_or(tokens.len())
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let name = |named: &Named| {
            let inside = named.inside.iter().map(|module| format!("{module}/")).collect::<String>();
            let part = if named.part == Part::Test { "?" } else { "" };
            format!("{}:{inside}{}{part}", named.line, named.segments.join("::"))
        };
        read(text).unwrap().paths.iter().map(name).collect()
    }

    fn literals(text: &str) -> Vec<String> {
        let said = |said: &Said| {
            format!("{}:{}{}", said.line, said.text, if said.part == Part::Test { "?" } else { "" })
        };
        read(text).unwrap().literals.iter().map(said).collect()
    }

    #[test]
    fn use_trees_are_taken_apart() {
        assert_eq!(paths("use std::fs;"), ["1:std::fs"]);
        assert_eq!(
            paths("pub(crate) use std::{fs as f, time::{self, Instant},\n io::*};"),
            ["1:std::fs", "1:std::time", "1:std::time::Instant", "2:std::io",]
        );
        assert_eq!(paths("use super::super::a::B;"), ["1:super::super::a::B"]);
    }

    #[test]
    fn paths_in_code_are_found() {
        assert_eq!(
            paths("fn a() -> crate::b::C { ::std::fs::read(\"x\"); d.e() }"),
            ["1:crate::b::C", "1:std::fs::read"]
        );
        assert_eq!(paths("m!(crate::b::C::<u8>::new())"), ["1:crate::b::C"]);
        assert_eq!(paths("mod a { mod b { use super::c; } } use d::e;"), ["1:a/b/super::c", "1:d::e"]);
    }

    #[test]
    fn comments_and_docs_say_nothing() {
        assert_eq!(paths("//! std::fs\n/* std::fs */ /// std::fs\nstruct A;"), Vec::<String>::new());
        assert_eq!(
            literals("/// \"a\"\n#[doc = \"b\"] struct A; // \"c\"\nconst D: &str = \"d\";"),
            ["3:\"d\""]
        );
        assert_eq!(
            literals("const A: char = '\"'; const B: &[u8] = b\"b\"; const C: &str = r#\"c\"#;"),
            ["1:b\"b\"", "1:r#\"c\"#",]
        );
    }

    #[test]
    fn tests_are_marked() {
        let text = "#[cfg(test)]\nmod tests { use std::fs; const A: &str = \"a\"; }\nconst B: &str = \"b\";";
        assert_eq!(paths(text), ["2:tests/std::fs?"]);
        assert_eq!(literals(text), ["2:\"a\"?", "3:\"b\""]);
        assert_eq!(literals("#[test] fn a() { \"a\"; } fn b() { \"b\"; }"), ["1:\"a\"?", "1:\"b\""]);
        assert_eq!(
            literals("#![cfg(test)] const A: &str = \"a\"; const B: &str = \"b\";"),
            ["1:\"a\"?", "1:\"b\"?"]
        );
        assert_eq!(literals("#[cfg(not(test))] const A: &str = \"a\";"), ["1:\"a\""]);
        assert_eq!(literals("#[cfg(test)] use a::b; const A: &str = \"a\";"), ["1:\"a\""]);
        assert_eq!(literals("#[error(\"no {0}\")] struct A;"), ["1:\"no {0}\""]);
    }
}
