//! Items as a list, a guide and a form.

use std::sync::Arc;

use domain::form::{DivisionDepth, Field, FieldKind, TextInput};
use domain::identity::IdentityWay;
use domain::material::Necessity;
use domain::service_item::{ItemId, ServiceItem, ServiceKind};
use serde_json::{Map, Value, json};

use super::community::queried;
use crate::contract::envelope::code;
use crate::contract::guide::{
    FieldHints, FormHints, GuideMaterial, Hardware, ItemForm, ItemGuide, ItemQuery, ItemSummary, Items,
};
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::platform::Platform;

pub(super) fn items(platform: &Platform, call: &Call) -> Answer<Items> {
    let query: ItemQuery = queried(call, &["theme", "words"])?;
    let words = query.words.as_deref();
    if words.is_some_and(|words| !(1..=64).contains(&words.chars().count())) {
        return Err(refusal(code::BAD_REQUEST, "words have 1 to 64 characters"));
    }
    let offer = platform.offer();
    let behind = |item: &ServiceItem| {
        query.theme.is_none_or(|theme| item.theme == theme || item.also_in.contains(&theme))
    };
    let named = |item: &ServiceItem| words.is_none_or(|words| is_named(item, words));
    let found = offer.items().filter(|item| behind(item) && named(item)).map(|item| summary(item));
    Ok(Items { catalogue_version: offer.files().version.clone(), items: found.collect() })
}

/// Whether name, summary or keywords hold every word.
fn is_named(item: &ServiceItem, words: &str) -> bool {
    let texts = [&item.name.zh_cn, &item.name.en, &item.summary.zh_cn, &item.summary.en];
    let all = texts.into_iter().chain(&item.keywords).cloned().collect::<Vec<_>>().join(" ").to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

fn offered(platform: &Platform, call: &Call) -> Answer<Arc<ServiceItem>> {
    let id = ItemId(call.segment("itemId").to_owned());
    platform.offer().item(&id).cloned().ok_or_else(|| refusal(code::NOT_FOUND, "no such item at this site"))
}

fn summary(item: &ServiceItem) -> ItemSummary {
    let mut hardware = Vec::new();
    if item.identity.ways.contains(&IdentityWay::Card) {
        hardware.push(Hardware::CardReader);
    }
    if item.identity.wants_face() {
        hardware.push(Hardware::FaceCamera);
    }
    let photo = |field: &Field| matches!(field.kind, FieldKind::Photo { .. });
    if item.form.iter().flat_map(|step| &step.fields).any(photo) {
        hardware.push(Hardware::DocumentCamera);
    }
    hardware.push(match item.kind {
        ServiceKind::Certificate => Hardware::DocumentPrinter,
        ServiceKind::Application | ServiceKind::Directory => Hardware::ReceiptPrinter,
    });
    ItemSummary {
        item_id: item.id.clone(),
        version: item.version.clone(),
        code: item.code.clone(),
        name: item.name.clone(),
        summary: item.summary.clone(),
        theme: item.theme,
        kind: item.kind,
        assurance: item.identity.assurance,
        hardware,
        reach: item.reach,
        hours: item.hours.clone(),
    }
}

pub(super) fn item(platform: &Platform, call: &Call) -> Answer<ItemGuide> {
    let item = offered(platform, call)?;
    let materials = item.materials.iter().map(|material| GuideMaterial {
        id: material.id.clone(),
        name: material.name.clone(),
        source: material.source,
        field: material.field.clone(),
        licence_kind: material.licence.clone(),
        necessity: material.necessity,
    });
    Ok(ItemGuide {
        item: summary(&item),
        eligibility: item.eligibility.clone(),
        needs: item.needs.clone(),
        materials: materials.collect(),
        fee: item.fee.clone(),
        law: item.law.clone(),
        time_limit: item.time_limit.clone(),
        next_step: item.next_step.clone(),
        responsible: item.responsible.name.clone(),
        phone: item.responsible.phone.clone(),
        admitted: platform.offer().admitted(&item.id),
    })
}

pub(super) fn form(platform: &Platform, call: &Call) -> Answer<ItemForm> {
    let item = offered(platform, call)?;
    let mut properties = Map::new();
    let mut required = Vec::new();
    for step in &item.form {
        for field in &step.fields {
            properties.insert(field.id.0.clone(), value_schema(&field.kind));
            // What is asked only sometimes cannot be demanded always.
            if field.necessity == Necessity::Required && field.when.is_none() && step.when.is_none() {
                required.push(Value::from(field.id.0.clone()));
            }
        }
    }
    let hints = |field: &Field| FieldHints {
        field: field.id.clone(),
        label: field.label.clone(),
        hint: field.hint.clone(),
        kind: field.kind.name().replace('-', "_"),
        prefill: field.prefill.clone().map(String::from),
    };
    let steps = item.form.iter().map(|step| FormHints {
        question: step.question.clone(),
        hint: step.hint.clone(),
        fields: step.fields.iter().map(hints).collect(),
    });
    Ok(ItemForm {
        item_id: item.id.clone(),
        version: item.version.clone(),
        schema: json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }),
        steps: steps.collect(),
    })
}

/// A value as it stands in a case's answers.
fn value_schema(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Choice { options } => {
            json!({"enum": options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>()})
        }
        FieldKind::YesNo => json!({"enum": ["yes", "no"]}),
        FieldKind::Text { input, max_length } => {
            let mut schema = json!({"type": "string", "minLength": 1, "maxLength": max_length});
            if matches!(input, TextInput::BankCard) {
                schema["pattern"] = "^[0-9]+$".into();
            }
            schema
        }
        FieldKind::Number { min, max, .. } => json!({"type": "integer", "minimum": min, "maximum": max}),
        FieldKind::Date { .. } => json!({"type": "string", "format": "date"}),
        FieldKind::Amount { min_fen, max_fen } => {
            json!({"type": "integer", "minimum": min_fen, "maximum": max_fen})
        }
        FieldKind::Division { depth } => {
            let digits = match depth {
                DivisionDepth::District => 6,
                DivisionDepth::Street => 9,
                DivisionDepth::Community => 12,
            };
            json!({"type": "string", "pattern": format!("^[0-9]{{{digits}}}$")})
        }
        FieldKind::Person => json!({
            "type": "object",
            "properties": {"name": {"type": "string"}, "number": {"type": "string"}},
            "required": ["name", "number"],
        }),
        FieldKind::Photo { .. } | FieldKind::Signature => {
            json!({"type": "string", "pattern": "^[a-z0-9-]{1,64}$"})
        }
    }
}
