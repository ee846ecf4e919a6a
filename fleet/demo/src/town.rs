//! The sample city as the fleet server knows it: its divisions with their places on the map, and where terminals stand.

use fleet_server::store::coverage::Division;
use fleet_server::store::terminals::NewTerminal;
use sample_city::{City, Community, Dice, District, Position, Seed, Settlement, Street};

use crate::kiosk::COMPATIBLE;

/// Nine of ten terminals stand in urban communities.
const URBAN_IN_TEN: u32 = 9;

/// Every division of the city; communities urban and rural apart.
pub fn divisions(city: &City) -> Vec<Division> {
    let map = Map::of(city);
    let mut divisions = Vec::new();
    for district in city.districts() {
        divisions.push(division(None, "district", district.code.as_str(), &district.name, None, &map));
        for street in &district.streets {
            let parent = Some(district.code.as_str());
            divisions.push(division(parent, "street", street.code.as_str(), &street.name, None, &map));
            for community in &street.communities {
                let parent = Some(street.code.as_str());
                let code = community.code.as_str();
                divisions.push(division(parent, "community", code, &community.name, Some(community), &map));
            }
        }
    }
    divisions
}

fn division(
    parent: Option<&str>,
    level: &str,
    code: &str,
    name: &domain::locale::Localized,
    community: Option<&Community>,
    map: &Map,
) -> Division {
    let place = community.map(|community| map.place(community.position));
    Division {
        code: code.to_owned(),
        parent: parent.map(str::to_owned),
        level: level.to_owned(),
        name_zh: name.zh_cn.clone(),
        name_en: name.en.clone(),
        urban: community.is_some_and(|community| community.settlement == Settlement::Urban),
        x: place.map(|place| place.0),
        y: place.map(|place| place.1),
    }
}

/// The rectangle that holds every community.
struct Map {
    west: i32,
    north: i32,
    side: f64,
}

impl Map {
    fn of(city: &City) -> Self {
        let positions = || city.communities().map(|community| community.position);
        let west = positions().map(|p| p.east).min().unwrap_or(0);
        let east = positions().map(|p| p.east).max().unwrap_or(1);
        let south = positions().map(|p| p.north).min().unwrap_or(0);
        let north = positions().map(|p| p.north).max().unwrap_or(1);
        Self { west, north, side: f64::from((east - west).max(north - south).max(1)) }
    }

    /// From the left and from the top, 0 to 1.
    fn place(&self, position: Position) -> (f64, f64) {
        let (right, down) = (position.east - self.west, self.north - position.north);
        (f64::from(right) / self.side, f64::from(down) / self.side)
    }
}

/// Where `count` terminals stand: nine of ten in urban communities, the rest in rural ones, and a second one in a
/// community only when every other has its first.
pub fn terminals(city: &City, count: usize, seed: Seed) -> Vec<NewTerminal> {
    let mut dice = Dice::new(seed, "where terminals stand");
    let mut places = |settlement: Settlement| {
        let mut places: Vec<Place<'_>> =
            places(city).filter(|p| p.community.settlement == settlement).collect();
        dice.shuffle(&mut places);
        places
    };
    let (urban, rural) = (places(Settlement::Urban), places(Settlement::Rural));
    let (mut urban, mut rural) = (urban.iter().cycle(), rural.iter().cycle());
    let mut found = Vec::new();
    let mut number = std::collections::BTreeMap::<&str, u32>::new();
    for turn in (0..10).cycle().take(count) {
        let next = if turn < URBAN_IN_TEN { urban.next() } else { rural.next() };
        let Some(place) = next else { break };
        let number = number.entry(place.community.code.as_str()).or_default();
        *number += 1;
        found.extend(place.terminal(city, *number));
    }
    found
}

struct Place<'c> {
    district: &'c District,
    street: &'c Street,
    community: &'c Community,
}

fn places(city: &City) -> impl Iterator<Item = Place<'_>> {
    city.districts().iter().flat_map(|district| {
        district.streets.iter().flat_map(move |street| {
            street.communities.iter().map(move |community| Place { district, street, community })
        })
    })
}

impl Place<'_> {
    fn terminal(&self, city: &City, number: u32) -> Option<NewTerminal> {
        let site = city.site(&self.community.code)?;
        Some(NewTerminal {
            id: format!("T{}{number:02}", self.community.code.as_str()),
            district: self.district.code.as_str().to_owned(),
            street: self.street.code.as_str().to_owned(),
            community: self.community.code.as_str().to_owned(),
            model: "yilin-demo-27".to_owned(),
            compatible: COMPATIBLE.to_owned(),
            name_zh: site.name.zh_cn,
            name_en: site.name.en,
            address_zh: site.address.zh_cn,
            address_en: site.address.en,
            hours: "00:00-24:00".to_owned(),
            keeper_zh: site.keeper.name.zh_cn,
            keeper_en: site.keeper.name.en,
            keeper_phone: site.keeper.phone,
        })
    }
}
