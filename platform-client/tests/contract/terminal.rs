//! The terminal's own: supplies, faults, configuration, items to read about.

use domain::service_item::{ItemId, Theme};
use domain::terminal::TerminalId;
use platform_client::contract::guide::{Hardware, ItemQuery};
use platform_client::contract::upkeep::{
    FaultReport, Mender, SuppliesReport, Supply, SupplyKind, SupplyLevel,
};
use time::macros::date;

use crate::fixture::{Fixture, NOW, TERMINAL, code};

#[tokio::test]
async fn what_runs_out_is_ordered_and_what_is_broken_is_mended() {
    let fixture = Fixture::begin();
    let supply = |kind, level| Supply { kind, level, percent: None, replaced: Some(date!(2026 - 11 - 01)) };
    let report = SuppliesReport {
        terminal_id: TerminalId(TERMINAL.into()),
        at: NOW,
        supplies: vec![
            supply(SupplyKind::ReceiptPaper, SupplyLevel::Low),
            supply(SupplyKind::Toner, SupplyLevel::Full),
        ],
    };
    let answer = fixture.province.supplies(&report).await.unwrap();
    assert_eq!(answer.ordered, [SupplyKind::ReceiptPaper]);
    let fault = |cleared_at| FaultReport {
        terminal_id: TerminalId(TERMINAL.into()),
        number: 7,
        device: "receipt_printer".into(),
        cause: "paper_jam".into(),
        mender: Mender::Keeper,
        since: NOW,
        cleared_at,
    };
    let order = fixture.province.fault(&fault(None)).await.unwrap().order;
    assert!(order.is_some());
    assert_eq!(fixture.province.fault(&fault(None)).await.unwrap().order, order, "one order for one fault");
    assert_eq!(fixture.province.fault(&fault(Some(NOW))).await.unwrap().order, None);
    let configuration = fixture.province.configuration().await.unwrap();
    assert!(configuration.heartbeat_seconds > 0 && configuration.paused_items.is_empty());
}

#[tokio::test]
async fn items_are_found_read_and_asked_for() {
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let names = async |query: ItemQuery| -> Vec<String> {
        province.items(&query).await.unwrap().items.into_iter().map(|i| i.item_id.0).collect()
    };
    assert_eq!(names(ItemQuery::default()).await.len(), 7);
    let words = |words: &str| ItemQuery { words: Some(words.into()), theme: None };
    assert_eq!(names(words("高龄")).await, ["old-age-allowance"]);
    assert!(names(words("没有这样的事项")).await.is_empty());
    let appeals = ItemQuery { theme: Some(Theme::Appeals), words: None };
    assert_eq!(names(appeals).await, ["appeal-12345"]);
    let allowance = ItemId("old-age-allowance".into());
    let guide = province.item_guide(&allowance).await.unwrap();
    assert_eq!(guide.item.code.as_deref(), Some("11990000MB9900021N3990000000003"));
    assert!(guide.item.hardware.contains(&Hardware::CardReader));
    assert_eq!(guide.admitted, date!(2026 - 10 - 20));
    let form = province.item_form(&allowance).await.unwrap();
    let fields: Vec<&str> =
        form.schema["required"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    assert_eq!(fields, ["household_division", "phone", "bank_card", "signature"]);
    assert_eq!(form.schema["properties"]["household_division"]["pattern"], "^[0-9]{12}$");
    let schema = jsonschema::validator_for(&form.schema).unwrap();
    let mut right = serde_json::json!({"household_division": "990001001001", "phone": "11100000001",
                                       "bank_card": "9900000000000000010", "signature": "m-1"});
    assert!(schema.is_valid(&right));
    right["bank_card"] = "x".into();
    assert!(!schema.is_valid(&right));
    assert_eq!(code(province.item_form(&ItemId("none".into())).await), "not_found");
}
