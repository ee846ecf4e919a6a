//! What the departments share for a form: key → value and who holds it.
//!
//! Never: more than was asked for.

use domain::locale::Localized;
use domain::personal::Personal;
use sample_city::{HardshipStatus, Person, RegisteredIn};

use super::words;
use crate::contract::item::PrefilledValue;

/// The value under a key, if a department knows it of this person.
pub(crate) fn value(person: &Person, key: &str) -> Option<PrefilledValue> {
    let (value, source) = known(person, key)?;
    Some(PrefilledValue { key: key.to_owned(), value, source })
}

fn known(person: &Person, key: &str) -> Option<(Personal, Localized)> {
    Some(match (key, &person.household.registered) {
        ("phone", _) => (person.phone.clone(), words::social_security()),
        ("bank_card", _) => (person.bank_card.number.clone(), words::social_security()),
        ("insurance_scheme", _) => {
            (Personal::new(person.insurance.first()?.scheme.word()), words::social_security())
        }
        // Everybody of the cast lives here, wherever the household is.
        ("residence_place", _) => (Personal::new("this_city"), words::public_security()),
        ("residence_address", RegisteredIn::ThisCity { .. } | RegisteredIn::Abroad) => {
            (person.household.address.clone(), words::public_security())
        }
        ("household_address", RegisteredIn::ThisCity { .. } | RegisteredIn::OtherProvince { .. }) => {
            (person.household.address.clone(), words::public_security())
        }
        ("household_place", RegisteredIn::ThisCity { .. }) => {
            (Personal::new("this_city"), words::public_security())
        }
        ("household_place", RegisteredIn::OtherProvince { .. }) => {
            (Personal::new("other_province"), words::public_security())
        }
        ("household_division", RegisteredIn::ThisCity { community }) => {
            (Personal::new(community.as_str()), words::public_security())
        }
        ("disability_certificate", _) => {
            (person.disability.as_ref()?.number.clone(), words::disabled_persons_federation())
        }
        ("hardship", _) => {
            let word = match person.hardship {
                HardshipStatus::MinimumLivingAllowance => "minimum_living",
                HardshipStatus::None => "none",
            };
            (Personal::new(word), words::civil_affairs())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::form::Prefill;
    use domain::service_item::ServiceItem;
    use sample_city::{City, Seed, item_files};
    use time::macros::date;

    #[test]
    fn every_key_of_the_catalogue_is_known_of_somebody() {
        let city = City::new(Seed::DEMONSTRATION, date!(2026 - 11 - 24));
        for file in item_files() {
            let item: ServiceItem = toml::from_str(file.text).unwrap();
            for field in item.form.iter().flat_map(|step| &step.fields) {
                if let Some(Prefill::Shared(key)) = &field.prefill {
                    assert!(city.people().iter().any(|p| value(p, key).is_some()), "{}: {key}", file.name);
                }
            }
        }
    }

    #[test]
    fn a_household_elsewhere_has_no_community_here() {
        let city = City::new(Seed::DEMONSTRATION, date!(2026 - 11 - 24));
        let person = city.person_called("li-yangben").unwrap();
        assert_eq!(value(person, "household_division"), None);
        assert_eq!(value(person, "household_place").unwrap().value.reveal(), "other_province");
        assert_eq!(value(person, "salary"), None);
    }
}
