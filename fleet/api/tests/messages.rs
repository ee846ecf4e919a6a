//! Messages of the first version, as files: every later version reads them and writes them as they are. What a later one
//! adds, this one overlooks.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use fleet_api::assist::{AssistReply, AssistTurn};
use fleet_api::command::{Command, CommandResult, Order};
use fleet_api::configuration::{ConfigurationDocument, Settings};
use fleet_api::ddi::{DeploymentBase, Feedback};
use fleet_api::enrolment::{EnrolRequest, Enrolled, Refusal};
use fleet_api::event::{EventBatch, What};
use fleet_api::health::{Heartbeat, HeartbeatAnswer, NetworkPath, ScreenPhase};
use fleet_api::keys::{KeyRing, Role};
use fleet_api::release::ReleaseManifest;
use fleet_api::shell::{ShellReply, ShellTurn};
use fleet_api::ui::{Answer, FromAgent, FromScreen};
use fleet_api::{PaperSupply, PowerSource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Adds a field of a later version to every object but those of `strict` keys.
fn with_more(value: &Value, strict: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let is_settings = |key: &str| strict && (key == "settings" || key == "maintenance_window");
            let mut more: serde_json::Map<String, Value> = fields
                .iter()
                .map(|(key, value)| {
                    let value = if is_settings(key) || key == "idle_notice" || key == "_links" {
                        value.clone()
                    } else {
                        with_more(value, strict)
                    };
                    (key.clone(), value)
                })
                .collect();
            more.insert("of_a_later_version".to_owned(), json!({ "deep": [1, null] }));
            Value::Object(more)
        }
        Value::Array(values) => Value::Array(values.iter().map(|value| with_more(value, strict)).collect()),
        plain => plain.clone(),
    }
}

/// Each line, or the whole, is read, and written as it was; with more fields it is read as the same.
fn check<T: DeserializeOwned + Serialize>(name: &str, text: &str, is_strict: bool) {
    let messages: Vec<&str> = if name.ends_with(".jsonl") { text.lines().collect() } else { vec![text] };
    assert!(!messages.is_empty());
    for message in messages {
        let value: Value = serde_json::from_str(message).unwrap();
        let read: T =
            serde_json::from_str(message).unwrap_or_else(|error| panic!("{name}: {error}: {message}"));
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written, value, "{name}");
        // Read from text, as both ends do: a field twice in it would not come through.
        let again: T = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), value, "{name}");
        if !is_strict {
            let more: T = serde_json::from_value(with_more(&value, true))
                .unwrap_or_else(|error| panic!("{name} with more fields: {error}"));
            assert_eq!(serde_json::to_value(&more).unwrap(), value, "{name} with more fields");
        }
    }
}

macro_rules! first_version {
    ($($file:literal => $type:ty),+ $(,)?) => {
        #[test]
        fn messages_of_the_first_version_are_read_and_written_as_they_were() {
            let mut known = Vec::new();
            $(
                check::<$type>($file, include_str!(concat!("v1/", $file)), false);
                known.push($file.to_owned());
            )+
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/v1");
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            known.sort();
            assert_eq!(files, known, "every file has its type");
        }
    };
}

first_version! {
    "heartbeat.json" => Heartbeat,
    "heartbeat-answer.json" => HeartbeatAnswer,
    "events.json" => EventBatch,
    "commands.jsonl" => Command,
    "command-result.json" => CommandResult,
    "configuration.json" => ConfigurationDocument,
    "key-ring.json" => KeyRing,
    "enrol-request.json" => EnrolRequest,
    "enrolled.json" => Enrolled,
    "refusal.json" => Refusal,
    "release.json" => ReleaseManifest,
    "from-screen.jsonl" => FromScreen,
    "from-agent.jsonl" => FromAgentLine,
    "assist-turn.json" => AssistTurn,
    "assist-reply.json" => AssistReply,
    "shell-turn.json" => ShellTurn,
    "shell-reply.json" => ShellReply,
    "deployment.json" => DeploymentBase,
    "feedback.json" => Feedback,
}

/// Settings stand in one of the agent's lines, and are strict there too: no more fields are tried on that line.
#[derive(Debug, Clone, serde::Deserialize, Serialize)]
#[serde(from = "Value", into = "Value")]
struct FromAgentLine(Value);

impl From<Value> for FromAgentLine {
    fn from(mut value: Value) -> Self {
        if value["from_agent"] == "settings" {
            value.as_object_mut().unwrap().remove("of_a_later_version");
        }
        let line: FromAgent = serde_json::from_value(value).unwrap();
        Self(serde_json::to_value(line).unwrap())
    }
}

impl From<FromAgentLine> for Value {
    fn from(line: FromAgentLine) -> Self {
        line.0
    }
}

#[test]
fn words_of_a_later_version_are_read_as_unrecognised() {
    let read = |text: &str| -> Heartbeat { serde_json::from_str(text).unwrap() };
    let text = include_str!("v1/heartbeat.json");
    let later = read(&text.replace("\"idle\"", "\"dreaming\"").replace("\"ethernet\"", "\"laser\""));
    assert_eq!(later.screen.as_ref().unwrap().phase, ScreenPhase::Unrecognised);
    assert_eq!(later.machine.network, Some(NetworkPath::Unrecognised));
    let later = read(&text.replace("\"low\"", "\"folded\"").replace("\"mains\"", "\"sun\""));
    let screen = later.screen.unwrap();
    assert_eq!((screen.supplies[0].level, screen.power), (PaperSupply::Unknown, PowerSource::default()));

    let what: What = serde_json::from_value(json!({ "kind": "later", "x": 1 })).unwrap();
    assert_eq!(what, What::Unrecognised);
    let order: Order = serde_json::from_value(json!({ "order": "later", "x": 1 })).unwrap();
    assert_eq!(order, Order::Unrecognised);
    let line: FromScreen = serde_json::from_value(json!({ "from_screen": "later", "x": 1 })).unwrap();
    assert_eq!(line, FromScreen::Unrecognised);
    let line: FromAgent = serde_json::from_value(json!({ "from_agent": "later", "x": 1 })).unwrap();
    assert_eq!(line, FromAgent::Unrecognised);
    let answer: Answer = serde_json::from_value(json!({ "answer": "later", "x": 1 })).unwrap();
    assert_eq!(answer, Answer::Unrecognised);
    assert_eq!(serde_json::from_value::<Role>(json!("later")).unwrap(), Role::Unrecognised);
}

#[test]
fn settings_are_strict() {
    let read = |value: Value| serde_json::from_value::<Settings>(value).map_err(|error| error.to_string());
    assert!(read(json!({ "volume_percent": 5 })).unwrap().check().is_ok());
    assert!(read(json!({ "volume": 5 })).unwrap_err().contains("unknown field"));
    assert!(read(json!({ "maintenance_window": { "from_minute": 0, "minutes": 60, "x": 1 } })).is_err());
    for (value, bad) in [
        (json!({ "volume_percent": 101 }), "volume_percent"),
        (json!({ "brightness_percent": 9 }), "brightness_percent"),
        (json!({ "maintenance_window": { "from_minute": 1440, "minutes": 60 } }), "from_minute"),
        (json!({ "maintenance_window": { "from_minute": 0, "minutes": 29 } }), "minutes"),
        (json!({ "download_bytes_per_second": 1 }), "download_bytes_per_second"),
        (json!({ "still_there_after_seconds": 5 }), "still_there_after_seconds"),
        (json!({ "log_level": "chatty" }), "log_level"),
        (json!({ "idle_notice": { "zh-CN": "长".repeat(61), "en": "" } }), "idle_notice"),
    ] {
        let error = read(value).unwrap().check().unwrap_err().to_string();
        assert!(error.contains(bad), "{error}");
    }
    // In a document too, and in the line to the screen.
    let mut document: Value = serde_json::from_str(include_str!("v1/configuration.json")).unwrap();
    document["settings"]["later"] = json!(1);
    assert!(serde_json::from_value::<ConfigurationDocument>(document).is_err());
    assert!(serde_json::from_value::<FromAgent>(json!({ "from_agent": "settings", "later": 1 })).is_err());
}
