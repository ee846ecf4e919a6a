//! An item with a step of every kind of field, put together from the steps of the items that are offered.

use domain::form::{FieldId, FormStep};
use domain::service_item::sample::{Sample, read_answers};
use domain::service_item::{Catalogue, ItemId, ServiceItem};
use domain::session::page::FormPage;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The item, and an answer to each of its fields. It stands in for `lender`, whose identity and consent it has.
pub(super) fn sampler(
    catalogue: &Catalogue,
    lender: &ItemId,
) -> Option<(ServiceItem, BTreeMap<FieldId, Sample>)> {
    let lender = catalogue.item(lender)?;
    let mut answers = BTreeMap::new();
    for item in &catalogue.items {
        answers.extend(read_answers(item, &item.sample).unwrap_or_default());
    }
    let amount = amount()?;
    answers.insert(amount.fields[0].id.clone(), Sample::Amount(12_50));
    let form = FormPage::ALL.into_iter().filter_map(|kind| {
        step_of(catalogue, kind).or_else(|| (kind == FormPage::Amount).then(|| amount.clone()))
    });
    let item = ServiceItem { form: form.collect(), ..ServiceItem::clone(lender) };
    Some((item, answers))
}

/// The first step of any item that begins with a field of this kind, asked of everybody.
fn step_of(catalogue: &Catalogue, kind: FormPage) -> Option<FormStep> {
    let steps = catalogue.items.iter().flat_map(|item: &Arc<ServiceItem>| &item.form);
    let mut right = steps.filter(|step| step.fields.first().is_some_and(|f| FormPage::of(&f.kind) == kind));
    right.next().map(|step| FormStep { when: None, ..step.clone() })
}

/// No item that is offered asks for money yet.
fn amount() -> Option<FormStep> {
    toml::from_str(include_str!("amount-step.toml")).ok()
}
