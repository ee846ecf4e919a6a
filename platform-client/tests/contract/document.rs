//! `docs/openapi.json` is the contract: current, well-formed, and what the reference platform does.

use std::collections::BTreeSet;
use std::path::Path;

use platform_client::openapi;
use platform_client::operation::Operation;
use serde_json::Value;

use crate::fixture::Fixture;

#[test]
fn the_document_in_docs_is_the_one_that_the_types_give() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let kept = std::fs::read_to_string(&file).unwrap();
    let made = format!("{}\n", serde_json::to_string_pretty(&openapi::document()).unwrap());
    assert!(
        kept == made,
        "docs/openapi.json is not current: cargo run -p platform-client --bin yilin-province -- openapi > docs/openapi.json"
    );
}

#[test]
fn every_call_stands_in_it_once_and_nothing_else_does() {
    let document = openapi::document();
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            found.insert(format!("{method} {path}"));
        }
    }
    assert_eq!(found.len(), Operation::ALL.len());
    let names: BTreeSet<&str> = Operation::ALL
        .iter()
        .map(|o| openapi::call(&document, *o)["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), Operation::ALL.len());
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_one() {
    let document = openapi::document();
    let mut stack = vec![&document];
    while let Some(value) = stack.pop() {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                stack.extend(members.values());
            }
            Value::Array(values) => stack.extend(values),
            _ => {}
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
    }
}

/// A body that the document gives as an example is one that it allows.
#[test]
fn examples_are_what_their_schemas_say() {
    let document = openapi::document();
    let mut seen = 0;
    for operation in Operation::ALL {
        let content = &openapi::call(&document, operation)["requestBody"]["content"]["application/json"];
        if content.is_null() {
            continue;
        }
        let whole = serde_json::json!({"allOf": [content["schema"]], "components": document["components"]});
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        let errors: Vec<String> = validator.iter_errors(&content["example"]).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{operation}: {errors:?}");
        seen += 1;
    }
    assert!(seen > 25, "{seen}");
}

/// Every path of the document is a route of the platform, and takes no other method.
#[tokio::test]
async fn every_path_is_a_route() {
    let fixture = Fixture::begin();
    let client = crate::fixture::plain_client(&fixture.platform);
    let document = openapi::document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let filled =
            path.split('/').map(|s| if s.starts_with('{') { "x" } else { s }).collect::<Vec<_>>().join("/");
        let url = format!("{}{filled}", fixture.platform.url());
        for (method, name) in [(reqwest::Method::GET, "get"), (reqwest::Method::POST, "post")] {
            let answer = client.request(method, &url).send().await.unwrap();
            let status = answer.status().as_u16();
            let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            if methods.get(name).is_some() {
                assert_ne!(status, 405, "{name} {path}");
                assert_ne!(body["message"], "no such path", "{name} {path}");
            } else {
                assert_eq!(status, 405, "{name} {path}");
            }
        }
    }
}
