//! Schemas of values that are no types of ours, and the two directions of one type.

use crate::contract::appeal::AppealNumber;
use crate::contract::appointment::AppointmentNumber;
use crate::contract::material::MaterialId;
use crate::contract::session::SessionId;
use crate::contract::volunteer::ActivityId;
use domain::case::{ApplicationNumber, SubmissionId};
use domain::service_item::ItemId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A moment: RFC 3339 with an offset.
#[derive(Debug)]
pub struct Moment;

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

/// A day: `YYYY-MM-DD`.
#[derive(Debug)]
pub struct Day;

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date"})
    }
}

/// What may stand in a path under a name.
pub(super) fn of_path(name: &str, generator: &mut SchemaGenerator) -> Schema {
    match name {
        "itemId" => generator.subschema_for::<ItemId>(),
        "sessionId" => generator.subschema_for::<SessionId>(),
        "materialId" => generator.subschema_for::<MaterialId>(),
        "applicationNumber" => generator.subschema_for::<ApplicationNumber>(),
        "appealNumber" => generator.subschema_for::<AppealNumber>(),
        "appointmentNumber" => generator.subschema_for::<AppointmentNumber>(),
        "activityId" => generator.subschema_for::<ActivityId>(),
        "submissionId" | "draftId" => generator.subschema_for::<SubmissionId>(),
        other => unreachable!("a path names {other}, whose schema nobody said"),
    }
}

/// The definitions of both directions as one map: a type that differs between them stands there twice, as a body under its
/// own name and as an answer with `Answered` behind it. The answers in `paths` are changed to that name.
pub(super) fn merged(
    asked: Map<String, Value>,
    mut given: Map<String, Value>,
    paths: &mut Value,
) -> Map<String, Value> {
    let mut twice: BTreeSet<String> = given
        .iter()
        .filter(|(name, schema)| asked.get(*name).is_some_and(|a| a != *schema))
        .map(|(n, _)| n.clone())
        .collect();
    // What refers to one that differs, differs too.
    loop {
        let more: Vec<String> = given
            .iter()
            .filter(|(name, _)| asked.contains_key(*name) && !twice.contains(*name))
            .filter(|(_, schema)| refers(schema, &twice))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        twice.extend(more);
    }
    given.values_mut().for_each(|schema| rename(schema, &twice));
    if let Value::Object(paths) = paths {
        for operation in
            paths.values_mut().filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut())
        {
            rename(&mut operation["responses"], &twice);
        }
    }
    let mut all = asked;
    for (name, schema) in given {
        let name = if twice.contains(&name) { answered(&name) } else { name };
        all.insert(name, schema);
    }
    all
}

const AT: &str = "#/components/schemas/";

fn answered(name: &str) -> String {
    format!("{name}Answered")
}

fn refers(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(members) => {
            let here = members.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(AT));
            here.is_some_and(|name| names.contains(name)) || members.values().any(|v| refers(v, names))
        }
        Value::Array(values) => values.iter().any(|v| refers(v, names)),
        _ => false,
    }
}

fn rename(schema: &mut Value, names: &BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(AT)
                && names.contains(name)
            {
                *reference = format!("{AT}{}", answered(name));
            }
            members.values_mut().for_each(|v| rename(v, names));
        }
        Value::Array(values) => values.iter_mut().for_each(|v| rename(v, names)),
        _ => {}
    }
}
