//! The items that this city admits: the repository's own item files.

/// One item as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemFile {
    /// The file's name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

const FILES: &[ItemFile] = include!(concat!(env!("OUT_DIR"), "/item_files.rs"));

/// Which items are admitted, where, and in which order they are shown: the repository's `catalogue.toml`.
pub fn admissions() -> &'static str {
    include_str!("../../catalogue/catalogue.toml")
}

/// Every item file, in the order of the names.
pub fn item_files() -> &'static [ItemFile] {
    FILES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{City, Seed};

    #[test]
    fn every_canteen_of_the_form_is_one_of_the_city() {
        let city = City::new(Seed::DEMONSTRATION, time::macros::date!(2026 - 11 - 24));
        let meals = item_files().iter().find(|f| f.name == "meal-booking.toml").unwrap();
        let item: domain::service_item::ServiceItem = toml::from_str(meals.text).unwrap();
        let fields = item.form.iter().flat_map(|s| &s.fields);
        let options = fields.filter(|f| f.id.as_str() == "canteen").flat_map(|f| match &f.kind {
            domain::form::FieldKind::Choice { options } => options.clone(),
            _ => Vec::new(),
        });
        let mut seen = 0;
        for option in options {
            let canteen = city.canteen(&option.value).unwrap();
            assert!(
                canteen.name.zh_cn.starts_with(option.label.zh_cn.trim_end_matches("老年食堂")),
                "{}",
                option.value
            );
            seen += 1;
        }
        assert!(seen >= 2);
    }
}
