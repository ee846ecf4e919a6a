//! Items to read about: list, guide, form.

use super::Province;
use crate::contract::guide::{ItemForm, ItemGuide, ItemQuery, Items};
use crate::contract::path;
use crate::error::CallError;
use crate::operation::Operation;
use domain::service_item::ItemId;

impl Province {
    /// Fetches the items of the site that a query finds.
    pub async fn items(&self, query: &ItemQuery) -> Result<Items, CallError> {
        // The words of the query are those of the contract's type.
        let written = serde_json::to_value(query).unwrap_or_default();
        let path = path::items(written["theme"].as_str(), written["words"].as_str());
        self.get(Operation::Items, path).await
    }

    /// Fetches the guide of an item.
    pub async fn item_guide(&self, item: &ItemId) -> Result<ItemGuide, CallError> {
        self.get(Operation::ItemGuide, path::filled(path::ITEM, &item.0)).await
    }

    /// Fetches the form of an item as JSON Schema with hints.
    pub async fn item_form(&self, item: &ItemId) -> Result<ItemForm, CallError> {
        self.get(Operation::ItemForm, path::filled(path::ITEM_FORM, &item.0)).await
    }
}
