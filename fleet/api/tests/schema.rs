//! `docs/fleet-schema.json` is what the types say. `YILIN_WRITE_SCHEMA=1 cargo test -p fleet-api --test schema` writes it.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

macro_rules! messages {
    ($generator:ident, $($type:ty),+ $(,)?) => {{ $( let _ = $generator.subschema_for::<$type>(); )+ }};
}

fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    messages!(
        generator,
        fleet_api::enrolment::EnrolRequest,
        fleet_api::enrolment::Enrolled,
        fleet_api::enrolment::RenewRequest,
        fleet_api::enrolment::Refusal,
        fleet_api::health::Heartbeat,
        fleet_api::health::HeartbeatAnswer,
        fleet_api::event::EventBatch,
        fleet_api::event::EventsTaken,
        fleet_api::command::Command,
        fleet_api::command::CommandList,
        fleet_api::command::CommandResult,
        fleet_api::configuration::ConfigurationDocument,
        fleet_api::keys::KeyRing,
        fleet_api::release::ReleaseManifest,
        fleet_api::ddi::Controller,
        fleet_api::ddi::DeploymentBase,
        fleet_api::ddi::CancelBase,
        fleet_api::ddi::Feedback,
        fleet_api::ddi::ConfigData,
        fleet_api::shell::ShellTurn,
        fleet_api::shell::ShellReply,
        fleet_api::assist::AssistTurn,
        fleet_api::assist::AssistReply,
        fleet_api::ui::FromScreen,
        fleet_api::ui::FromAgent,
    );
    let definitions: Map<String, Value> = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages between terminal and fleet server, and between screen and agent",
        "version": fleet_api::version::this(),
        "$defs": definitions,
    })
}

#[test]
fn the_committed_schema_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fleet-schema.json");
    let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("YILIN_WRITE_SCHEMA").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == text, "docs/fleet-schema.json is not current: YILIN_WRITE_SCHEMA=1 writes it");
}
