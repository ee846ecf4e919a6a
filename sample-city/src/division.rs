//! Districts and counties, streets and towns, communities and villages.
//!
//! Codes are built like the national statistical ones (6 + 3 + 3 digits; the last three 001–199 for a residents'
//! committee, 200–399 for a villagers' committee) under 9900, which no real place has.

use domain::division::DivisionCode;
use domain::form::DivisionName;
use domain::locale::Localized;

use crate::dice::{Dice, Seed};
use crate::place_name::{self, Stem};
use crate::position::Position;

/// Whether a community counts for the plan's indicator 5, which is of urban communities only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// 城市社区
    Urban,
    /// 农村社区, 村
    Rural,
}

/// 社区 or 村.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Twelve digits.
    pub code: DivisionCode,
    /// Its name.
    pub name: Localized,
    /// Urban or rural.
    pub settlement: Settlement,
    /// Where its service station stands.
    pub position: Position,
}

/// 街道 or 镇.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// Nine digits.
    pub code: DivisionCode,
    /// Its name.
    pub name: Localized,
    /// Its communities, urban ones first.
    pub communities: Vec<Community>,
}

/// 区, 县, 县级市 or 开发区.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// Six digits.
    pub code: DivisionCode,
    /// Its name.
    pub name: Localized,
    /// Its streets and towns.
    pub streets: Vec<Street>,
}

macro_rules! division_name {
    ($($level:ty),*) => {$(
        impl $level {
            /// Code and name as the province's lists give them.
            pub fn division_name(&self) -> DivisionName {
                DivisionName { code: self.code.clone(), name: self.name.clone() }
            }
        }
    )*};
}
division_name!(Community, Street, District);

/// Name, streets (街道), towns (镇), urban communities, rural communities, and the district's middle in metres.
struct Outline {
    name: (&'static str, &'static str),
    streets: u16,
    towns: u16,
    urban: u16,
    rural: u16,
    middle: Position,
    reach: i32,
}

const fn outline(
    name: (&'static str, &'static str),
    [streets, towns]: [u16; 2],
    [urban, rural]: [u16; 2],
    (east, north): (i32, i32),
    reach: i32,
) -> Outline {
    Outline { name, streets, towns, urban, rural, middle: Position { east, north }, reach }
}

/// The plan counts 936 villages and communities and names twelve counties, cities and districts; how many of them are
/// urban it does not say, so the split is invented: 446 urban, 490 rural.
const OUTLINES: [Outline; 12] = [
    outline(("镜湖区", "Jinghu District"), [8, 1], [96, 4], (0, 0), 3_500),
    outline(("弋江区", "Yijiang District"), [7, 0], [62, 8], (1_000, -7_000), 4_000),
    outline(("鸠江区", "Jiujiang District"), [6, 3], [70, 42], (4_000, 9_000), 7_000),
    outline(("湾沚区", "Wanzhi District"), [1, 5], [30, 62], (22_000, -14_000), 11_000),
    outline(("繁昌区", "Fanchang District"), [1, 5], [32, 60], (-20_000, -24_000), 11_000),
    outline(("南陵县", "Nanling County"), [0, 8], [28, 110], (-2_000, -45_000), 15_000),
    outline(("无为市", "Wuwei City"), [5, 15], [46, 140], (-38_000, 6_000), 18_000),
    outline(("经开区", "Economic Development Zone"), [2, 0], [22, 2], (3_000, 4_500), 2_500),
    outline(("三山经开区", "Sanshan Development Zone"), [4, 0], [26, 18], (-12_000, -11_000), 5_000),
    outline(("高新区", "High-tech Zone"), [2, 0], [18, 2], (6_000, -10_000), 2_500),
    outline(("江北新区", "Jiangbei New Area"), [0, 4], [10, 36], (-9_000, 10_000), 6_000),
    outline(("大桥开发区", "Daqiao Development Zone"), [1, 1], [6, 6], (10_000, 15_000), 2_500),
];

/// The whole tree, invented by the seed.
pub(crate) fn districts(seed: Seed) -> Vec<District> {
    let mut dice = Dice::new(seed, "divisions");
    let mut stems = place_name::shuffled(&mut dice).into_iter();
    (1..).zip(&OUTLINES).map(|(number, outline)| district(number, outline, &mut stems, &mut dice)).collect()
}

fn district(
    number: u16,
    outline: &Outline,
    stems: &mut impl Iterator<Item = Stem>,
    dice: &mut Dice,
) -> District {
    let prefix = format!("9900{number:02}");
    let towns_share = |count: u16, of: u16, index: u16| count / of + u16::from(index < count % of);
    let all = outline.streets + outline.towns;
    // Towns of a place with streets have their own market quarter: two urban communities each; the rest is the streets'.
    let town_urban = if outline.streets == 0 { outline.urban } else { outline.towns * 2 };
    let streets = (0..all).map(|index| {
        let town = index.checked_sub(outline.streets);
        let (kind, own, urban) = match town {
            None => (
                ("街道", "Subdistrict"),
                index + 1,
                towns_share(outline.urban - town_urban, outline.streets, index),
            ),
            Some(t) => (("镇", "Town"), 100 + t, towns_share(town_urban, outline.towns, t)),
        };
        // Villages lie around towns; a district without towns has its few villages at its streets.
        let rural = match (town, outline.towns) {
            (None, 0) => towns_share(outline.rural, outline.streets, index),
            (None, _) => 0,
            (Some(t), towns) => towns_share(outline.rural, towns, t),
        };
        let code = format!("{prefix}{own:03}");
        let middle = scattered(outline.middle, outline.reach, dice);
        let name = name(stems, kind);
        let urban = (1..=urban).map(|n| (Settlement::Urban, n));
        let rural = (200..200 + rural).map(|n| (Settlement::Rural, n));
        let communities = urban
            .chain(rural)
            .map(|(settlement, n)| Community {
                code: division_code(format!("{code}{n:03}")),
                name: name_of_community(stems, settlement),
                settlement,
                position: scattered(middle, outline.reach / 4, dice),
            })
            .collect();
        Street { code: division_code(code), name, communities }
    });
    let streets = streets.collect();
    District { code: division_code(prefix), name: Localized::new(outline.name.0, outline.name.1), streets }
}

fn scattered(middle: Position, reach: i32, dice: &mut Dice) -> Position {
    Position { east: middle.east + dice.around(reach), north: middle.north + dice.around(reach) }
}

fn name_of_community(stems: &mut impl Iterator<Item = Stem>, settlement: Settlement) -> Localized {
    name(
        stems,
        match settlement {
            Settlement::Urban => ("社区", "Community"),
            Settlement::Rural => ("村", "Village"),
        },
    )
}

fn name(stems: &mut impl Iterator<Item = Stem>, (zh, en): (&str, &str)) -> Localized {
    // There are more stems than places: a test counts them.
    stems.next().map_or_else(|| Localized::new(zh, en), |stem| stem.with(zh, en))
}

fn division_code(digits: String) -> DivisionCode {
    match DivisionCode::try_from(digits) {
        Ok(code) => code,
        Err(error) => unreachable!("built from 6, 9 or 12 digits: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn communities(districts: &[District]) -> Vec<&Community> {
        districts.iter().flat_map(|d| &d.streets).flat_map(|s| &s.communities).collect()
    }

    #[test]
    fn twelve_districts_and_936_communities_kept_apart() {
        let districts = districts(Seed(1));
        assert_eq!(districts.len(), 12);
        let all = communities(&districts);
        assert_eq!(all.len(), 936);
        let urban = all.iter().filter(|c| c.settlement == Settlement::Urban).count();
        assert_eq!((urban, all.len() - urban), (446, 490));
        for community in &all {
            let last: u16 = community.code.as_str()[9..].parse().unwrap();
            assert_eq!(last < 200, community.settlement == Settlement::Urban, "{}", community.code);
        }
    }

    #[test]
    fn codes_and_names_are_unique_and_nested() {
        let districts = districts(Seed(1));
        let all = communities(&districts);
        let codes: BTreeSet<_> = all.iter().map(|c| &c.code).collect();
        let names: BTreeSet<_> = all.iter().map(|c| c.name.zh_cn.as_str()).collect();
        assert_eq!((codes.len(), names.len()), (936, 936));
        for district in &districts {
            assert!(district.code.as_str().starts_with("9900"));
            for street in &district.streets {
                assert!(street.code.is_within(&district.code));
                assert!(!street.communities.is_empty(), "{}", street.code);
                assert!(street.communities.iter().all(|c| c.code.is_within(&street.code)));
            }
        }
        assert!(names.iter().all(|n| n.chars().count() >= 3), "no place was left without a stem");
    }

    #[test]
    fn the_seed_names_the_city() {
        assert_eq!(districts(Seed(3)), districts(Seed(3)));
        assert_ne!(districts(Seed(3)), districts(Seed(4)));
    }
}
