//! `docs/fleet-openapi.json` is what terminals call, made of the types and of the paths.
//! `YILIN_WRITE_SCHEMA=1 cargo test -p fleet-api --test openapi` writes it.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use fleet_api::{assist, command, configuration, ddi, enrolment, event, health, keys, path, shell, signed};
use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// What a call takes.
enum Body {
    Nothing,
    Json(Value),
    Bytes,
}

/// What it gives when it is done.
enum Given {
    Json(Value),
    /// The same, and 304 to whoever has it.
    Tagged(Value),
    NoContent,
    /// 200 without a body, as hawkBit's clients want it.
    Ok,
    /// A file, whole or in part.
    File,
    Text,
}

struct Call {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    body: Body,
    given: Given,
    /// Statuses of refusals, besides those that every call has.
    refused: &'static [u16],
}

/// The path of a terminal's updates.
macro_rules! updates {
    ($rest:literal) => {
        concat!("/{tenant}/controller/v1/{id}", $rest)
    };
}

struct Schemas {
    asked: SchemaGenerator,
    given: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = |contract| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.contract = contract;
            })
        };
        Self {
            asked: settings(Contract::Deserialize).into_generator(),
            given: settings(Contract::Serialize).into_generator(),
        }
    }

    fn asked<T: JsonSchema>(&mut self) -> Body {
        Body::Json(self.asked.subschema_for::<T>().to_value())
    }

    fn given<T: JsonSchema>(&mut self) -> Value {
        self.given.subschema_for::<T>().to_value()
    }
}

fn calls(schemas: &mut Schemas) -> Vec<Call> {
    let s = schemas;
    vec![
        Call {
            method: "post",
            path: path::ENROL,
            id: "enrol",
            summary: "A one-time code and a key become a certificate",
            body: s.asked::<enrolment::EnrolRequest>(),
            given: Given::Json(s.given::<enrolment::Enrolled>()),
            refused: &[403, 429],
        },
        Call {
            method: "post",
            path: path::RENEW,
            id: "renew",
            summary: "A certificate for a new key, before the old one ends",
            body: s.asked::<enrolment::RenewRequest>(),
            given: Given::Json(s.given::<enrolment::Enrolled>()),
            refused: &[],
        },
        Call {
            method: "post",
            path: path::HEARTBEAT,
            id: "heartbeat",
            summary: "How the terminal is",
            body: s.asked::<health::Heartbeat>(),
            given: Given::Json(s.given::<health::HeartbeatAnswer>()),
            refused: &[429],
        },
        Call {
            method: "post",
            path: path::EVENTS,
            id: "events",
            summary: "What happened, each number once",
            body: s.asked::<event::EventBatch>(),
            given: Given::Json(s.given::<event::EventsTaken>()),
            refused: &[429],
        },
        Call {
            method: "get",
            path: path::COMMANDS,
            id: "commands",
            summary: "The orders that wait for a result; `wait` seconds for another version than `after`",
            body: Body::Nothing,
            given: Given::Json(s.given::<command::CommandList>()),
            refused: &[],
        },
        Call {
            method: "post",
            path: path::COMMAND_RESULT,
            id: "command_result",
            summary: "How an order ended: the first result counts",
            body: s.asked::<command::CommandResult>(),
            given: Given::NoContent,
            refused: &[404],
        },
        Call {
            method: "put",
            path: path::COMMAND_ATTACHMENT,
            id: "command_attachment",
            summary: "The file that an order made",
            body: Body::Bytes,
            given: Given::NoContent,
            refused: &[404],
        },
        Call {
            method: "get",
            path: path::CONFIGURATION,
            id: "configuration",
            summary: "The settings for this terminal, signed",
            body: Body::Nothing,
            given: Given::Tagged(s.given::<signed::Signed<configuration::ConfigurationDocument>>()),
            refused: &[404],
        },
        Call {
            method: "get",
            path: path::KEYS,
            id: "keys",
            summary: "The newest key ring, signed by the root",
            body: Body::Nothing,
            given: Given::Tagged(s.given::<signed::Signed<keys::KeyRing>>()),
            refused: &[404],
        },
        Call {
            method: "post",
            path: path::SHELL,
            id: "shell",
            summary: "A turn of a debug shell that two people approved; waits at most 20 s",
            body: s.asked::<shell::ShellTurn>(),
            given: Given::Json(s.given::<shell::ShellReply>()),
            refused: &[404, 410],
        },
        Call {
            method: "post",
            path: path::ASSIST,
            id: "assist",
            summary: "A turn of a call for help; waits at most 20 s",
            body: s.asked::<assist::AssistTurn>(),
            given: Given::Json(s.given::<assist::AssistReply>()),
            refused: &[410],
        },
        Call {
            method: "get",
            path: updates!(""),
            id: "ddi_poll",
            summary: "hawkBit's poll: what there is to do",
            body: Body::Nothing,
            given: Given::Tagged(s.given::<ddi::Controller>()),
            refused: &[403, 404, 429],
        },
        Call {
            method: "put",
            path: updates!("/configData"),
            id: "ddi_config_data",
            summary: "What the terminal is",
            body: s.asked::<ddi::ConfigData>(),
            given: Given::Ok,
            refused: &[403, 404],
        },
        Call {
            method: "get",
            path: updates!("/deploymentBase/{action}"),
            id: "ddi_deployment",
            summary: "What is to be installed",
            body: Body::Nothing,
            given: Given::Json(s.given::<ddi::DeploymentBase>()),
            refused: &[403, 404, 410],
        },
        Call {
            method: "post",
            path: updates!("/deploymentBase/{action}/feedback"),
            id: "ddi_feedback",
            summary: "How far it is, or how it ended",
            body: s.asked::<ddi::Feedback>(),
            given: Given::Ok,
            refused: &[403, 404, 410],
        },
        Call {
            method: "get",
            path: updates!("/cancelAction/{action}"),
            id: "ddi_cancel",
            summary: "What is to be given up",
            body: Body::Nothing,
            given: Given::Json(s.given::<ddi::CancelBase>()),
            refused: &[403, 404, 410],
        },
        Call {
            method: "post",
            path: updates!("/cancelAction/{action}/feedback"),
            id: "ddi_cancel_feedback",
            summary: "Whether it was given up",
            body: s.asked::<ddi::Feedback>(),
            given: Given::Ok,
            refused: &[403, 404, 410],
        },
        Call {
            method: "get",
            path: updates!("/softwaremodules/{module}/artifacts"),
            id: "ddi_artifacts",
            summary: "The files of what is to be installed",
            body: Body::Nothing,
            given: Given::Json(s.given::<Vec<ddi::Artifact>>()),
            refused: &[403, 404],
        },
        Call {
            method: "get",
            path: updates!("/softwaremodules/{module}/artifacts/{file}"),
            id: "ddi_artifact",
            summary: "A file, whole or in part",
            body: Body::Nothing,
            given: Given::File,
            refused: &[403, 404],
        },
        Call {
            method: "get",
            path: "/healthz",
            id: "alive",
            summary: "The program runs",
            body: Body::Nothing,
            given: Given::Text,
            refused: &[],
        },
        Call {
            method: "get",
            path: "/readyz",
            id: "ready",
            summary: "It can serve; 503 with a word where it cannot",
            body: Body::Nothing,
            given: Given::Text,
            refused: &[],
        },
    ]
}

/// Whoever calls these needs no certificate.
const OPEN: [&str; 3] = ["enrol", "alive", "ready"];

fn described(call: &Call) -> Value {
    let mut described = json!({
        "operationId": call.id,
        "summary": call.summary,
        "parameters": parameters(call),
        "responses": responses(call),
    });
    if OPEN.contains(&call.id) {
        described["security"] = json!([]);
    }
    let content =
        |kind: &str, schema: &Value| json!({"required": true, "content": {kind: {"schema": schema}}});
    match &call.body {
        Body::Nothing => {}
        Body::Json(schema) => described["requestBody"] = content("application/json", schema),
        Body::Bytes => described["requestBody"] = content("application/octet-stream", &json!({})),
    }
    described
}

fn parameters(call: &Call) -> Vec<Value> {
    let names = call.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = names
        .map(|name| {
            let schema = match name {
                "action" | "module" => json!({"type": "integer", "minimum": 1, "maximum": i32::MAX}),
                _ => json!({"type": "string", "minLength": 1}),
            };
            json!({"name": name, "in": "path", "required": true, "schema": schema})
        })
        .collect();
    let mut add = |at: &str, name: &str, schema: Value| {
        parameters.push(json!({"name": name, "in": at, "required": false, "schema": schema}));
    };
    if call.path == path::COMMANDS {
        add("query", "after", json!({"type": "integer", "minimum": 0}));
        add(
            "query",
            "wait",
            json!({"type": "integer", "minimum": 0, "description": "Seconds; 60 at the most"}),
        );
    }
    if matches!(call.given, Given::Tagged(_) | Given::File) {
        // What is no tag, and no part, is not looked at (RFC 9110, 13.1.2 and 14.2).
        add("header", "if-none-match", json!({"type": "string"}));
    }
    if matches!(call.given, Given::File) {
        add("header", "if-match", json!({"type": "string"}));
        add("header", "range", json!({"type": "string"}));
    }
    parameters
}

fn responses(call: &Call) -> Value {
    let mut responses = Map::new();
    let content = |kind: &str, schema: &Value| json!({kind: {"schema": schema}});
    let mut add = |status: u16, description: &str, content: Option<Value>| {
        let mut response = json!({"description": description});
        if let Some(content) = content {
            response["content"] = content;
        }
        responses.insert(status.to_string(), response);
    };
    let text = content("text/plain", &json!({"type": "string"}));
    match &call.given {
        Given::Json(schema) => add(200, "Done", Some(content("application/json", schema))),
        Given::Tagged(schema) => {
            add(200, "Done, with its ETag", Some(content("application/json", schema)));
            add(304, "The terminal has it", None);
        }
        Given::NoContent => add(204, "Done", None),
        Given::Ok => add(200, "Done", None),
        Given::File => {
            add(200, "The file", None);
            add(206, "A part of it", None);
            add(304, "The terminal has it", None);
            add(412, "It is another one than `if-match` says", None);
            add(416, "It has no such part", None);
        }
        Given::Text => {
            add(200, "Yes", Some(text.clone()));
            add(503, "No", Some(text));
            return Value::Object(responses);
        }
    }
    let refusal = content("application/json", &json!({"$ref": "#/components/schemas/Refusal"}));
    let everywhere: &[u16] =
        if call.id == "enrol" { &[400, 413, 426, 500] } else { &[400, 401, 413, 426, 500] };
    for status in everywhere.iter().chain(call.refused) {
        add(*status, "Refused", Some(refusal.clone()));
    }
    responses.sort_keys();
    Value::Object(responses)
}

/// A reader takes every word of a later version; only a writer keeps to the list.
fn open_words(value: &mut Value) {
    let is_open = value["oneOf"]
        .as_array()
        .is_some_and(|words| words.iter().any(|word| word["const"] == json!("unrecognised")));
    if is_open {
        let description = value["description"].take();
        *value = json!({"type": "string", "description": description});
        return;
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(open_words),
        Value::Array(values) => values.iter_mut().for_each(open_words),
        _ => {}
    }
}

/// The same schema under another name, where a type is both asked and given and the two differ.
fn renamed(value: &mut Value, names: &[String]) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && names.iter().any(|name| *reference == format!("#/components/schemas/{name}"))
            {
                reference.push_str("Asked");
            }
            fields.values_mut().for_each(|value| renamed(value, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| renamed(value, names)),
        _ => {}
    }
}

fn document() -> Value {
    let mut schemas = Schemas::new();
    let _ = schemas.given::<enrolment::Refusal>();
    let mut paths = Map::new();
    let mut bodies = Vec::new();
    for call in calls(&mut schemas) {
        let entry = paths.entry(call.path).or_insert_with(|| json!({}));
        entry[call.method] = described(&call);
        bodies.push((call.path, call.method));
    }
    let mut given = schemas.given.take_definitions(true);
    let mut asked = Value::Object(schemas.asked.take_definitions(true));
    open_words(&mut asked);
    let Value::Object(asked) = asked else { unreachable!("it was an object") };
    let twice: Vec<String> = asked.keys().filter(|name| given.contains_key(*name)).cloned().collect();
    for (name, mut schema) in asked {
        renamed(&mut schema, &twice);
        let name = if twice.contains(&name) { name + "Asked" } else { name };
        given.insert(name, schema);
    }
    for (path, method) in bodies {
        renamed(&mut paths[path][method]["requestBody"], &twice);
        if paths[path][method]["requestBody"].is_null() {
            paths[path][method].as_object_mut().unwrap().remove("requestBody");
        }
    }
    given.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "宜邻: a terminal and its fleet server",
            "version": fleet_api::version::this(),
            "description": "What terminals call. A reader ignores members and words that it does not know. `yilin-fleet-api` names \
                            the version of the messages; another major one is refused with 426.",
            "license": {"name": "GPL-3.0-only", "identifier": "GPL-3.0-only"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "https://fleet.example:8444", "description": "Of the city; this one does not exist"}],
        "security": [{"terminal": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"terminal": {
                "type": "mutualTLS",
                "description": "The terminal's certificate, given at enrolment, names the terminal.",
            }},
            "schemas": given,
        },
    })
}

#[test]
fn the_committed_document_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fleet-openapi.json");
    let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("YILIN_WRITE_SCHEMA").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == text, "docs/fleet-openapi.json is not current: YILIN_WRITE_SCHEMA=1 writes it");
}
