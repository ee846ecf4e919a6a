//! The fictitious city that the reference platform serves and the fleet's demonstration furnishes.
//!
//! Duty: districts, streets, communities, sites, people, canteens, providers, policy cards and warnings, the same ones
//! for the same seed and founding day on every machine. Never: anything of a real person, and no code, number or
//! telephone that exists: divisions begin with 99, telephones with 0119 or 1110, bank cards with 9.
//!
//! The names of the districts and the count of 936 villages and communities are those of the city's plan; every street,
//! community, person and provider is invented.

mod canteen;
mod catalogue;
mod city;
mod dice;
mod division;
mod living_circle;
mod notice;
mod person;
mod place_name;
mod position;
mod site;
mod staff;

pub use canteen::{Canteen, MealPointKind};
pub use catalogue::{ItemFile, admissions, item_files};
pub use city::City;
pub use dice::{Dice, Seed};
pub use division::{Community, District, Settlement, Street};
pub use living_circle::{Provider, ProviderCategory};
pub use notice::{PolicyCard, WarningColour, WeatherWarning};
pub use person::{
    BankCard, DisabilityCategory, DisabilityCertificate, HardshipStatus, Household, Insurance,
    InsuranceScheme, Pension, Person, PersonKey, RegisteredIn,
};
pub use position::Position;
pub use staff::{StaffDuty, StaffMember};
