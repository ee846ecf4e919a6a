//! The fictitious people who come to the terminal, with their cards.

use super::Rig;
use domain::identity::KnownPerson;
use drivers::sim::id_card::FictitiousCard;

/// A person of the fictitious city.
#[derive(Debug, Clone)]
pub struct Person {
    /// How programs call them: `zhang-shili`.
    pub key: &'static str,
    /// Name and number.
    pub person: KnownPerson,
    /// The code that a message to their telephone holds.
    pub sms_code: String,
}

impl Person {
    /// Their card. A rare character stands on it as cards of its time have it: 䶮 as U+E863.
    pub fn card(&self) -> FictitiousCard {
        let name = self.person.name.reveal().replace('䶮', "\u{E863}");
        FictitiousCard::resident(&name, self.person.number.reveal())
    }
}

impl Rig {
    /// The people whom the province knows; nobody where it is elsewhere.
    pub fn people(&self) -> Vec<Person> {
        let people = self.admin().map(|admin| admin.people()).unwrap_or_default();
        people.into_iter().map(|m| Person { key: m.key, person: m.person, sms_code: m.sms_code }).collect()
    }

    /// One of them by the key.
    pub fn person(&self, key: &str) -> Option<Person> {
        self.people().into_iter().find(|person| person.key == key)
    }
}
