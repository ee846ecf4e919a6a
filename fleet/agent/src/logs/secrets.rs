//! What opens a door, or names a person, in a line of a log.
//!
//! Duty: find values that follow a name or a scheme of secrets, what an address carries, and e-mail addresses. Never: know
//! numbers; those are masked after it.

/// What stands in a secret's place.
const SECRET: &str = "[secret]";
/// What stands in an e-mail address's place.
const ADDRESS: &str = "[address]";
/// Names, or their ends, before `=` or `:`.
const NAMES: [&str; 7] = ["token", "password", "passwd", "secret", "authorization", "cookie", "key"];
/// Words before a credential: RFC 9110's schemes and hawkBit's.
const SCHEMES: [&str; 4] = ["bearer", "basic", "targettoken", "gatewaytoken"];
/// Ends of names that systemd gives: `getty@tty1.service` is nobody's address.
const UNITS: [&str; 6] = [".service", ".socket", ".timer", ".target", ".mount", ".slice"];

/// What is found: bytes that stay, bytes that go after them, and what stands there instead.
type Found = (usize, usize, &'static str);

/// The text without them.
pub(super) fn mask(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut before, mut rest) = (None, text);
    while let Some(c) = rest.chars().next() {
        match named(rest)
            .or_else(|| scheme(before, rest))
            .or_else(|| of_url(rest))
            .or_else(|| mail(before, rest))
        {
            Some((stays, goes, instead)) => {
                clean.push_str(&rest[..stays]);
                clean.push_str(instead);
                before = rest[..stays + goes].chars().next_back();
                rest = &rest[stays + goes..];
            }
            None => {
                clean.push(c);
                before = Some(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    clean
}

fn begins<'n>(text: &str, words: &[&'n str]) -> Option<&'n str> {
    let begins = |word: &&&str| {
        text.as_bytes().get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes()))
    };
    words.iter().find(begins).copied()
}

/// How many bytes of `text` are characters of which `are` says yes.
fn run(text: &str, are: impl Fn(char) -> bool) -> usize {
    text.find(|c| !are(c)).unwrap_or(text.len())
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Whether a bare value ends there.
fn ends(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | ')' | ']' | '}' | '<' | '>')
}

/// `token=…`, `"password": "…"`, `Authorization: …`.
fn named(rest: &str) -> Option<Found> {
    let name = begins(rest, &NAMES)?;
    let quote = |c| matches!(c, '"' | '\'' | '\\');
    let mut at = name.len();
    at += run(&rest[at..], quote);
    at += run(&rest[at..], is_blank);
    at += rest[at..].starts_with(['=', ':']).then_some(1)?;
    at += run(&rest[at..], is_blank);
    let quotes = run(&rest[at..], quote);
    let closing = rest[at..at + quotes].chars().next_back();
    at += quotes;
    let value = &rest[at..];
    let length = match closing {
        Some(closing) => value.find([closing, '\n']).unwrap_or(value.len()),
        // All of the header: a scheme, and what follows it.
        None if name == "authorization" || name == "cookie" => {
            run(value, |c| !matches!(c, '\n' | '"' | '\''))
        }
        None => match scheme(None, value) {
            Some((stays, goes, _)) => stays + goes,
            None => run(value, |c| !ends(c)),
        },
    };
    (length > 0).then_some((at, length, SECRET))
}

/// `Bearer …`.
fn scheme(before: Option<char>, rest: &str) -> Option<Found> {
    let word = begins(rest, &SCHEMES).filter(|_| !before.is_some_and(char::is_alphanumeric))?;
    let blanks = run(&rest[word.len()..], is_blank);
    let at = word.len() + blanks;
    let length = run(&rest[at..], |c| !ends(c));
    (blanks > 0 && length > 0).then_some((at, length, SECRET))
}

/// `://user:password@`, and the value of `?name=value` and `&name=value`.
fn of_url(rest: &str) -> Option<Found> {
    if let Some(after) = rest.strip_prefix("://") {
        let authority = run(after, |c| !ends(c) && !matches!(c, '/' | '?' | '#'));
        let user = after[..authority].rfind('@')?;
        return (user > 0).then_some((3, user, SECRET));
    }
    let after = rest.strip_prefix(['?', '&'])?;
    let name =
        run(after, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '%' | '~' | '[' | ']'));
    let value = after[name..].strip_prefix('=').filter(|_| name > 0)?;
    let length = run(value, |c| !ends(c) && c != '#');
    (length > 0).then_some((name + 2, length, SECRET))
}

/// `somebody@example.org`.
fn mail(before: Option<char>, rest: &str) -> Option<Found> {
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    if before.is_some_and(local) {
        return None;
    }
    let name = run(rest, local);
    let host = rest[name..].strip_prefix('@').filter(|_| name > 0)?;
    let host = &host[..run(host, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))];
    let host = host.trim_end_matches(['.', '-']);
    let unit = UNITS.iter().any(|end| host.ends_with(end));
    (host.contains('.') && !unit).then_some((0, name + 1 + host.len(), ADDRESS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_opens_a_door_is_masked() {
        for (text, expected) in [
            ("token=abc123 next", "token=[secret] next"),
            ("access_token=abc123&x", "access_token=[secret]&x"),
            ("Password: hunter2, then", "Password: [secret], then"),
            ("password = \"a b c\" then", "password = \"[secret]\" then"),
            ("{\"client_secret\":\"s3cr3t\",\"a\":1}", "{\"client_secret\":\"[secret]\",\"a\":1}"),
            ("{\\\"token\\\":\\\"abc\\\"}", "{\\\"token\\\":\\\"[secret]\"}"),
            ("Authorization: Bearer eyJhbGciOi.J9-_", "Authorization: [secret]"),
            ("sent Bearer eyJhbGciOi.J9-_ twice", "sent Bearer [secret] twice"),
            ("GatewayToken 00ff refused", "GatewayToken [secret] refused"),
            ("token: Bearer abc, x", "token: [secret], x"),
            ("key=deadbeef", "key=[secret]"),
            ("api-key: deadbeef", "api-key: [secret]"),
            ("Cookie: a=1; b=2\nnext", "Cookie: [secret]\nnext"),
            ("postgres://fleet:pw@db/fleet", "postgres://[secret]@db/fleet"),
            (
                "GET https://a.example/x?id=7&name=li#top",
                "GET https://a.example/x?id=[secret]&name=[secret]#top",
            ),
            ("mail to li.si+a@mail.example.org.", "mail to [address]."),
            ("getty@tty1.service started", "getty@tty1.service started"),
            ("three tokens, no password, a key", "three tokens, no password, a key"),
            ("https://a.example:8444/fleet", "https://a.example:8444/fleet"),
            ("为什么？token=密钥 完", "为什么？token=[secret] 完"),
            ("password=", "password="),
        ] {
            assert_eq!(mask(text), expected);
        }
    }

    proptest! {
        #[test]
        fn a_value_is_gone_whatever_stands_around_it(
            before in "[ -~长\n]{0,20}", name in "token|PASSWORD|secret|key", sign in "=|: |\" : \"", value in "[a-z0-9]{12}",
        ) {
            let text = format!("{before} {name}{sign}{value} end");
            prop_assert!(!mask(&text).contains(&value), "{}", mask(&text));
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,80}") {
            mask(&text);
        }
    }
}
