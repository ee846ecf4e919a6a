//! What strace wrote, as calls in the order in which they ended.

use std::collections::HashMap;
use std::path::PathBuf;

/// A call of a traced program.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    arguments: String,
    /// `None`: the program was ended inside it.
    pub(crate) result: Option<i64>,
    /// How many calls had ended when it began.
    pub(crate) begun_after: usize,
}

/// Every call. `-f -xx` is understood: a process number, the call, all strings in hexadecimal; a call of one thread that is
/// interrupted by another's stands in two lines.
pub(crate) fn calls(text: &str) -> Vec<Call<'_>> {
    let mut all = Vec::new();
    let mut open: HashMap<&str, (&str, String, usize)> = HashMap::new();
    for line in text.lines() {
        let Some((pid, rest)) = line.trim_start().split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix("<... ") {
            let Some((name, mut arguments, begun_after)) = open.remove(pid) else { continue };
            let tail = rest.split_once(" resumed>").map_or("", |(_, tail)| tail);
            arguments.push_str(tail);
            all.push(ended(name, &arguments, begun_after));
        } else if let Some((name, arguments)) = rest.split_once('(') {
            match arguments.strip_suffix(" <unfinished ...>") {
                Some(arguments) => {
                    open.insert(pid, (name, arguments.to_owned(), all.len()));
                }
                None => all.push(ended(name, arguments, all.len())),
            }
        }
    }
    // The end came inside these.
    all.extend(open.into_values().map(|(name, arguments, begun_after)| Call {
        name,
        arguments,
        result: None,
        begun_after,
    }));
    all
}

fn ended<'a>(name: &'a str, text: &str, begun_after: usize) -> Call<'a> {
    let (arguments, result) = text.rsplit_once(" = ").unwrap_or((text, "?"));
    let result = result.split(' ').next().and_then(|number| number.parse().ok());
    Call { name, arguments: arguments.trim_end().trim_end_matches(')').to_owned(), result, begun_after }
}

impl Call<'_> {
    /// A number among the arguments; strings count as one each.
    pub(crate) fn number(&self, place: usize) -> Option<i64> {
        self.arguments.split(", ").nth(place)?.trim().parse().ok()
    }

    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        self.arguments.split(", ").any(|argument| argument.split('|').any(|f| f == flag))
    }

    /// All strings, joined where the call takes several buffers.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.strings().concat()
    }

    pub(crate) fn path(&self, place: usize) -> Option<PathBuf> {
        String::from_utf8(self.strings().into_iter().nth(place)?).ok().map(PathBuf::from)
    }

    fn strings(&self) -> Vec<Vec<u8>> {
        self.arguments.split('"').skip(1).step_by(2).map(unescape).collect()
    }
}

fn unescape(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}
