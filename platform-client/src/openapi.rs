//! The contract as an OpenAPI 3.1 document, made from the types in [`crate::contract`] and the calls in
//! [`crate::operation`]: `yilin-province openapi` prints it, `docs/openapi.json` is it.
//!
//! Duty: say exactly what stands on the wire. Never: say what no type or table says. A kiosk's build has nothing of this
//! (feature `openapi`).

mod bodies;
mod examples;
mod refusals;
mod values;

pub use values::{Day, Moment};

use crate::contract::envelope::ErrorClass;
use crate::contract::path;
use crate::http::Method;
use crate::operation::{KeyNeed, Operation, SessionNeed};
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

/// The whole document.
pub fn document() -> Value {
    let settings = |contract| {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.contract = contract;
        })
    };
    // What a reader must accept and what a writer gives are not the same: an absent member that may be null is both.
    let mut asked = settings(Contract::Deserialize).into_generator();
    let mut given = settings(Contract::Serialize).into_generator();
    let mut paths = Map::new();
    for operation in Operation::ALL {
        let entry = paths.entry(operation.path()).or_insert_with(|| json!({}));
        entry[method(operation)] = described(operation, &mut asked, &mut given);
    }
    let mut paths = Value::Object(paths);
    let mut schemas = values::merged(asked.take_definitions(true), given.take_definitions(true), &mut paths);
    schemas.insert("Envelope".into(), envelope());
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "宜邻: a terminal and its province",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "GPL-3.0-only", "identifier": "GPL-3.0-only"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "https://province.example:8443", "description": "Of the province; this one does not exist"}],
        "security": [{"terminal": []}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "terminal": {
                    "type": "mutualTLS",
                    "description": "The terminal's certificate, given at enrolment, names the terminal.",
                },
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a resident's session (POST /v1/sessions); it ends with the visit.",
                },
            },
            "schemas": schemas,
        },
    })
}

/// What the document says of one call.
pub fn call(document: &Value, operation: Operation) -> &Value {
    &document["paths"][operation.path()][method(operation)]
}

const DESCRIPTION: &str = "Every answer with a body is an envelope `{code, message, data, errorClass, requestId, serverTime}`, and the \
HTTP status is honest too: 2xx exactly when `code` is `ok`. What a terminal does with an error follows from `errorClass`, never from \
its text. Names are camelCase, values of closed lists snake_case, times RFC 3339 with an offset, days YYYY-MM-DD, money is in fen, \
bytes in JSON are Base64. No personal data stands in a URL or a header. A reader ignores members that it does not know. Any call can \
be answered with 429, 500 or 503. Every example is fictitious.";

fn method(operation: Operation) -> &'static str {
    match operation.method() {
        Method::Get => "get",
        Method::Post => "post",
    }
}

fn tags() -> Vec<Value> {
    crate::operation::Interface::ALL.iter().map(|interface| json!({"name": interface.word()})).collect()
}

fn described(operation: Operation, asked: &mut SchemaGenerator, given: &mut SchemaGenerator) -> Value {
    let mut parameters = path_parameters(operation, asked);
    parameters.extend(query_parameters(operation, asked));
    parameters.push(json!({
        "name": path::REQUEST_ID, "in": "header", "required": false,
        "description": "The terminal's own id for the request, 1 to 64 characters, echoed as `requestId`",
        "schema": {"type": "string"},
    }));
    if operation.key() == KeyNeed::Needed {
        parameters.push(json!({
            "name": path::IDEMPOTENCY_KEY, "in": "header", "required": true,
            "description": "The id in the body: the same key with the same body is the same thing, however often it comes",
            "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "example": examples::key(operation),
        }));
    }
    if bodies::has_entity_tag(operation) {
        parameters.push(json!({
            "name": "if-none-match", "in": "header", "required": false,
            "description": "The entity tag that the terminal has", "schema": {"type": "string"},
        }));
    }
    let mut described = json!({
        "operationId": operation.word().replace([' ', '-'], "_"),
        "summary": bodies::summary(operation),
        "tags": [operation.interface().word()],
        "parameters": parameters,
        "responses": responses(operation, given),
    });
    if operation.session() == SessionNeed::Needed {
        described["security"] = json!([{"terminal": [], "session": []}]);
    }
    if let Some(body) = bodies::request(operation, asked) {
        described["requestBody"] = body;
    }
    described
}

fn responses(operation: Operation, given: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let data = bodies::answer(operation, given);
    let mut good = json!({
        "description": "Done",
        "content": {"application/json": {"schema": {
            "allOf": [{"$ref": "#/components/schemas/Envelope"}],
            "properties": {"code": {"const": "ok"}, "data": data, "errorClass": {"type": "null"}},
        }}},
    });
    if bodies::has_entity_tag(operation) {
        let tag = json!({"ETag": {"description": "The entity tag", "required": true, "schema": {"type": "string"}}});
        good["headers"] = tag.clone();
        responses.insert("304".into(), json!({"description": "The terminal has it", "headers": tag}));
    }
    responses.insert("200".into(), good);
    for (status, codes) in refusals::by_status(operation) {
        responses.insert(status.to_string(), refused(&codes));
    }
    Value::Object(responses)
}

/// An answer with one of these codes.
fn refused(codes: &[(&str, ErrorClass)]) -> Value {
    let words: Vec<&str> = codes.iter().map(|(code, _)| *code).collect();
    let mut classes: Vec<Value> = codes.iter().map(|(_, class)| json!(class)).collect();
    classes.dedup();
    json!({
        "description": words.join(", "),
        "content": {"application/json": {"schema": {
            "allOf": [{"$ref": "#/components/schemas/Envelope"}],
            "properties": {"code": {"enum": words}, "data": {"type": "null"}, "errorClass": {"enum": classes}},
        }}},
    })
}

/// What every answer is around its data or its refusal.
fn envelope() -> Value {
    json!({
        "type": "object",
        "description": "The envelope of every answer",
        "required": ["code", "message", "data", "errorClass", "requestId", "serverTime"],
        "properties": {
            "code": {"type": "string", "pattern": "^[a-z0-9_]{1,64}$"},
            "message": {"type": "string", "description": "For a technician; no program decides by it"},
            "data": {},
            "errorClass": {"description": "What a terminal does with an error; null exactly when `code` is `ok`"},
            "requestId": {"type": "string"},
            "serverTime": {"type": "string", "format": "date-time"},
        },
    })
}

fn path_parameters(operation: Operation, asked: &mut SchemaGenerator) -> Vec<Value> {
    let names = operation.path().split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": values::of_path(name, asked),
                   "example": examples::of_path(operation, name)})
        })
        .collect()
}

fn query_parameters(operation: Operation, asked: &mut SchemaGenerator) -> Vec<Value> {
    bodies::query(operation, asked)
        .into_iter()
        .map(|(name, required, schema, example)| {
            json!({"name": name, "in": "query", "required": required, "schema": schema, "example": example})
        })
        .collect()
}
