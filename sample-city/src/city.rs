//! The city as a whole: one value, made from a seed and a day.

use std::collections::BTreeMap;

use domain::division::DivisionCode;
use domain::form::DivisionName;
use domain::terminal::Site;
use time::Date;

use crate::canteen::{self, Canteen};
use crate::dice::{Dice, Seed};
use crate::division::{self, Community, District};
use crate::living_circle::{self, Provider};
use crate::notice::{self, PolicyCard, WarningColour, WeatherWarning};
use crate::person::{self, Person};
use crate::site;
use crate::staff::{self, StaffMember};

/// The fictitious city.
#[derive(Debug, Clone)]
pub struct City {
    seed: Seed,
    founded: Date,
    districts: Vec<District>,
    people: Vec<Person>,
    canteens: Vec<Canteen>,
    staff: Vec<StaffMember>,
    policy_cards: Vec<PolicyCard>,
    /// Where each community stands in `districts`: district, street, community.
    index: BTreeMap<DivisionCode, [usize; 3]>,
}

impl City {
    /// The city of a seed as it stood on a day. Whoever keeps cases keeps the founding day with them: with another one
    /// the same people have other dates.
    pub fn new(seed: Seed, founded: Date) -> Self {
        let districts = division::districts(seed);
        let index = index(&districts);
        let communities = districts.iter().flat_map(|d| &d.streets).flat_map(|s| &s.communities);
        let canteens = canteen::canteens(communities, &mut Dice::new(seed, "canteens"));
        Self {
            seed,
            founded,
            people: person::people(founded),
            staff: staff::staff(),
            policy_cards: notice::policy_cards(founded),
            districts,
            canteens,
            index,
        }
    }

    /// The seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The day for which the people's dates hold.
    pub fn founded(&self) -> Date {
        self.founded
    }

    /// Districts and counties.
    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// Every community and village.
    pub fn communities(&self) -> impl Iterator<Item = &Community> {
        self.districts.iter().flat_map(|d| &d.streets).flat_map(|s| &s.communities)
    }

    /// A community by its code.
    pub fn community(&self, code: &DivisionCode) -> Option<&Community> {
        let [d, s, c] = *self.index.get(code)?;
        self.districts.get(d)?.streets.get(s)?.communities.get(c)
    }

    /// What lies directly below a division: the districts below none, nothing below a community.
    pub fn divisions_below(&self, parent: Option<&DivisionCode>) -> Vec<DivisionName> {
        let Some(parent) = parent else {
            return self.districts.iter().map(District::division_name).collect();
        };
        let Some(district) = self.districts.iter().find(|d| parent.is_within(&d.code)) else {
            return Vec::new();
        };
        if *parent == district.code {
            return district.streets.iter().map(|s| s.division_name()).collect();
        }
        let street = district.streets.iter().find(|s| s.code == *parent);
        street.map(|s| s.communities.iter().map(Community::division_name).collect()).unwrap_or_default()
    }

    /// The site of the terminal in a community's station.
    pub fn site(&self, community: &DivisionCode) -> Option<Site> {
        let [d, _, _] = *self.index.get(community)?;
        let district = self.districts.get(d)?;
        let community = self.community(community)?;
        let others =
            district.streets.iter().flat_map(|s| &s.communities).filter(|c| c.code != community.code);
        let nearest = others.min_by_key(|c| (community.position.metres_to(c.position), c.code.clone()))?;
        Some(site::site(district, community, nearest))
    }

    /// The site that the demonstration stands at: the first urban community.
    pub fn demonstration_site(&self) -> Option<Site> {
        self.site(&self.communities().next()?.code)
    }

    /// The people.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// A person by the number of their card.
    pub fn person(&self, number: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.number.reveal() == number)
    }

    /// A person by the name that programs use.
    pub fn person_called(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.key.0 == key)
    }

    /// Canteens and meal points, the nearest to a community's station first.
    pub fn canteens_near(&self, community: &Community) -> Vec<&Canteen> {
        let mut canteens: Vec<&Canteen> = self.canteens.iter().collect();
        canteens.sort_by_key(|c| (community.position.metres_to(c.position), &c.id));
        canteens
    }

    /// A canteen by its id.
    pub fn canteen(&self, id: &str) -> Option<&Canteen> {
        self.canteens.iter().find(|c| c.id == id)
    }

    /// The admitted providers around a community, the nearest first.
    pub fn providers_near(&self, community: &Community) -> Vec<Provider> {
        let mut dice = Dice::new(self.seed, community.code.as_str());
        living_circle::providers(community, &mut dice)
    }

    /// Who works at the stations.
    pub fn staff(&self) -> &[StaffMember] {
        &self.staff
    }

    /// Policy cards, expired ones among them.
    pub fn policy_cards(&self) -> &[PolicyCard] {
        &self.policy_cards
    }

    /// What the weather office says in a colour.
    pub fn weather_warning(&self, colour: WarningColour) -> WeatherWarning {
        notice::weather_warning(colour)
    }
}

fn index(districts: &[District]) -> BTreeMap<DivisionCode, [usize; 3]> {
    let mut index = BTreeMap::new();
    for (d, district) in districts.iter().enumerate() {
        for (s, street) in district.streets.iter().enumerate() {
            for (c, community) in street.communities.iter().enumerate() {
                index.insert(community.code.clone(), [d, s, c]);
            }
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn city() -> City {
        City::new(Seed(1), date!(2026 - 11 - 24))
    }

    #[test]
    fn lists_of_divisions_go_three_deep() {
        let city = city();
        let districts = city.divisions_below(None);
        assert_eq!(districts.len(), 12);
        let streets = city.divisions_below(Some(&districts[0].code));
        assert_eq!(streets.len(), 9);
        let communities = city.divisions_below(Some(&streets[0].code));
        assert!(communities.len() > 5);
        assert_eq!(city.divisions_below(Some(&communities[0].code)), vec![]);
        let elsewhere = DivisionCode::try_from("123456".to_owned()).unwrap();
        assert_eq!(city.divisions_below(Some(&elsewhere)), vec![]);
    }

    #[test]
    fn every_community_has_a_site_where_somebody_answers_day_and_night() {
        let city = city();
        for community in city.communities() {
            let site = city.site(&community.code).unwrap();
            assert_eq!(site.helper_at(datetime!(2026-11-24 03:00 +8)).unwrap().phone, "12345");
            assert_ne!(site.nearest.zh_cn, format!("{}服务站", community.name.zh_cn));
        }
    }

    #[test]
    fn what_is_near_comes_first() {
        let city = city();
        let community = city.communities().nth(40).unwrap();
        let canteens = city.canteens_near(community);
        assert_eq!(canteens.len(), 312);
        assert!(canteens.is_sorted_by_key(|c| community.position.metres_to(c.position)));
        let providers = city.providers_near(community);
        assert!((10..=20).contains(&providers.len()));
        assert!(providers.is_sorted_by_key(|p| community.position.metres_to(p.position)));
        assert!(providers.iter().all(|p| community.position.minutes_on_foot(p.position) <= 15), "一刻钟");
        assert_eq!(providers, city.providers_near(community), "the same whenever it is asked");
    }
}
