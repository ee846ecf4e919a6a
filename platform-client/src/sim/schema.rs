//! Bodies are held against the contract's document before anything is done with them.
//!
//! Duty: a body that the document does not allow is refused, with the place and without a word of it. So what the document
//! says is what the platform does.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::answer::{Answer, refusal};
use crate::contract::envelope::code;
use crate::openapi;
use crate::operation::Operation;

/// The body's schema of each call that has a JSON body.
static BODIES: LazyLock<BTreeMap<Operation, Validator>> = LazyLock::new(|| {
    let document = openapi::document();
    let components = &document["components"];
    let mut bodies = BTreeMap::new();
    for operation in Operation::ALL {
        let schema =
            &openapi::call(&document, operation)["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let whole = json!({"allOf": [schema], "components": components});
        match jsonschema::options().should_validate_formats(true).build(&whole) {
            Ok(validator) => drop(bodies.insert(operation, validator)),
            Err(error) => unreachable!("the contract's document has a schema that is none: {error}"),
        }
    }
    bodies
});

/// The same body with `3.0` as `3`: to JSON Schema both are integers (2020-12 validation, section 6.1.1), to a reader of
/// integers only the second is.
pub(crate) fn whole_numbers(body: Value) -> Value {
    match body {
        Value::Number(number) => match number.as_f64() {
            // Up to 2^53 every whole number is exact as a float.
            Some(float)
                if number.is_f64() && float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 =>
            {
                #[allow(clippy::cast_possible_truncation, reason = "whole, and within 2^53")]
                let whole = float as i64;
                Value::from(whole)
            }
            _ => Value::Number(number),
        },
        Value::Array(values) => Value::Array(values.into_iter().map(whole_numbers).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, whole_numbers(value))).collect())
        }
        other => other,
    }
}

/// Whether the document allows the body.
pub(crate) fn check(operation: Operation, body: &Value) -> Answer<()> {
    let Some(validator) = BODIES.get(&operation) else { return Ok(()) };
    match validator.iter_errors(body).next() {
        None => Ok(()),
        Some(error) => {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "the body".to_owned() } else { place };
            Err(refusal(code::BAD_REQUEST, format!("{place} is not what the contract says")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_held_against_the_document_and_no_word_of_it_is_said() {
        let call = |page: &str| json!({"terminalId": "T-1", "itemId": null, "page": page, "at": "2026-11-24T10:24:00+08:00"});
        assert_eq!(check(Operation::AssistCall, &call("home")), Ok(()));
        let refused = check(Operation::AssistCall, &call(&"机密".repeat(40))).unwrap_err();
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (code::BAD_REQUEST, "/page is not what the contract says")
        );
        assert_eq!(
            check(Operation::AssistCall, &json!([])).unwrap_err().message,
            "the body is not what the contract says"
        );
    }

    #[test]
    fn whole_numbers_are_integers() {
        let body = json!({"a": [3.0, -2.0, 0.5, 1e300], "b": {"c": 7}});
        assert_eq!(whole_numbers(body), json!({"a": [3, -2, 0.5, 1e300], "b": {"c": 7}}));
    }

    /// One table for who answers and for who documents.
    #[test]
    fn every_code_has_the_status_of_the_contracts_table() {
        for (code, status, class) in code::ALL {
            let said = refusal(code, "");
            assert_eq!((said.status.as_u16(), said.class), (status, class), "{code}");
        }
    }
}
