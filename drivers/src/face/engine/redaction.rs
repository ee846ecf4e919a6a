//! What a recording says of a face engine's conversation.
//!
//! Duty: the question's header, and the answer's words of the agreement. Never: a picture, a score, or a word of the engine's
//! own beside its name.

use serde_json::{Map, Value, json};

use super::LENGTH;
use crate::limited_program::ProgramRedaction;

/// Of a word of the agreement, bytes.
const LONGEST_WORD: usize = 24;

pub(super) const REDACTION: ProgramRedaction = ProgramRedaction { input: header, output: answer };

/// The first frame; pictures follow it.
fn header(frames: &[u8]) -> Vec<u8> {
    let length = frames.first_chunk::<LENGTH>().map(|length| u32::from_be_bytes(*length));
    let end = length.and_then(|length| usize::try_from(length).ok()).map_or(0, |length| LENGTH + length);
    frames.get(..end).unwrap_or_default().to_vec()
}

/// An answer with a score of nobody in it; what is no answer becomes as many zeros, with its length's bytes as they were.
fn answer(output: &[u8]) -> Vec<u8> {
    let Some((length, text)) = output.split_first_chunk::<LENGTH>() else { return vec![0; output.len()] };
    let said = usize::try_from(u32::from_be_bytes(*length)) == Ok(text.len());
    match serde_json::from_slice::<Value>(text) {
        Ok(Value::Object(keys)) if said => {
            let text = Value::Object(agreed(&keys)).to_string();
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            [&length.to_be_bytes()[..], text.as_bytes()].concat()
        }
        // Whether the length was right is told by it, and a right one is not made of a wrong one.
        _ if said => [&length[..], &vec![0; text.len()]].concat(),
        _ => [&[0xFF; LENGTH][..], &vec![0; text.len()]].concat(),
    }
}

/// The agreement's keys.
fn agreed(keys: &Map<String, Value>) -> Map<String, Value> {
    let mut agreed = Map::new();
    let mut keep = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            agreed.insert(key.to_owned(), value);
        }
    };
    for key in ["version", "threshold"] {
        keep(key, keys.get(key).filter(|value| value.is_number()).cloned());
    }
    for key in ["result", "presentation_attack"] {
        keep(key, keys.get(key).and_then(Value::as_str).map(word));
    }
    keep("engine", keys.get("engine").and_then(Value::as_object).map(engine));
    keep("score", keys.get("score").map(|score| nobodys(score, keys.get("threshold"))));
    agreed
}

fn engine(keys: &Map<String, Value>) -> Value {
    let known = ["name", "version", "certificate"].into_iter();
    let kept = known.filter_map(|key| Some((key.to_owned(), keys.get(key)?.clone())));
    Value::Object(kept.filter(|(_, value)| value.is_string() || value.is_null()).collect())
}

/// A word like the agreement's, or that it is none.
fn word(said: &str) -> Value {
    let plain = said.len() <= LONGEST_WORD && said.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    Value::from(if plain { said } else { "?" })
}

/// Where a score reached the threshold the threshold itself, else one less; what is no number stays none.
fn nobodys(score: &Value, threshold: Option<&Value>) -> Value {
    match (score.as_f64(), threshold.and_then(Value::as_f64)) {
        (Some(score), Some(threshold)) if score >= threshold => json!(threshold),
        (Some(_), Some(threshold)) => json!(threshold - 1.0),
        (Some(_), None) => json!(0.0),
        (None, _) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Vec<u8> {
        [&u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat()
    }

    #[test]
    fn of_a_question_there_is_its_header() {
        let question = [frame("{}"), frame("picture")].concat();
        assert_eq!(header(&question), frame("{}"));
        assert!(header(&[0, 0, 0, 9, 1]).is_empty());
        assert!(header(&[]).is_empty());
    }

    #[test]
    fn of_an_answer_there_is_what_the_agreement_names_and_no_score() {
        let check = |said: &str, want: &str| {
            let redacted = answer(&frame(said));
            let (_, text) = redacted.split_first_chunk::<LENGTH>().unwrap();
            let want: Value = serde_json::from_str(want).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(text).unwrap(), want, "{said}");
            assert_eq!(redacted, frame(std::str::from_utf8(text).unwrap()));
        };
        check(
            r#"{"version":1,"engine":{"name":"E","version":"2","who":"Z"},"result":"compared","score":0.8123,"threshold":0.7,"template":"AA"}"#,
            r#"{"version":1,"engine":{"name":"E","version":"2"},"result":"compared","score":0.7,"threshold":0.7}"#,
        );
        check(r#"{"score":0.25,"threshold":0.5}"#, r#"{"score":-0.5,"threshold":0.5}"#);
        check(r#"{"result":"is Z9","engine":{"name":["Z"]}}"#, r#"{"result":"?","engine":{}}"#);
        check(r#"{"score":0.8}"#, r#"{"score":0.0}"#);
        check(r#"{"score":"high","threshold":[1]}"#, r#"{"score":null}"#);
    }

    #[test]
    fn what_is_no_answer_keeps_its_length_only() {
        assert_eq!(answer(b"score=0.99\n"), [&[0xFF; 4][..], &[0; 7]].concat());
        assert_eq!(answer(&frame("no json")), [&[0, 0, 0, 7][..], &[0; 7]].concat());
        assert_eq!(answer(b"ab"), [0, 0]);
    }
}
