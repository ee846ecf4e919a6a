//! 老年食堂 and 助餐点: where elders eat.

use domain::division::DivisionCode;
use domain::locale::Localized;

use crate::dice::Dice;
use crate::division::{Community, Settlement};
use crate::position::Position;

/// What a meal point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MealPointKind {
    /// 老年食堂: cooks and brings meals home.
    Canteen,
    /// 助餐点: warms and hands out.
    MealPoint,
}

/// A canteen or meal point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canteen {
    /// Its id: `canteen-` and its community's code.
    pub id: String,
    /// Its name.
    pub name: Localized,
    /// What it is.
    pub kind: MealPointKind,
    /// Street and house.
    pub address: Localized,
    /// Telephone.
    pub phone: String,
    /// The community that it belongs to.
    pub community: DivisionCode,
    /// Where it stands.
    pub position: Position,
}

/// A canteen or meal point for every third community, urban ones with kitchens.
pub(crate) fn canteens<'c>(
    communities: impl Iterator<Item = &'c Community>,
    dice: &mut Dice,
) -> Vec<Canteen> {
    let mut canteens = Vec::new();
    for (nth, community) in (0_u32..).zip(communities) {
        if nth % 3 == 0 {
            canteens.push(canteen(nth, community, dice));
        }
    }
    canteens
}

fn canteen(nth: u32, community: &Community, dice: &mut Dice) -> Canteen {
    let (kind, zh, en) = match community.settlement {
        Settlement::Urban => (MealPointKind::Canteen, "老年食堂", "Elders' Canteen"),
        Settlement::Rural => (MealPointKind::MealPoint, "老年助餐点", "Elders' Meal Point"),
    };
    let house = dice.below(120) + 1;
    let name = &community.name;
    Canteen {
        id: format!("canteen-{}", community.code),
        name: Localized::new(format!("{}{zh}", name.zh_cn), format!("{} {en}", name.en)),
        kind,
        address: Localized::new(
            format!("{}服务站旁 {house} 号", name.zh_cn),
            format!("No. {house}, beside the station of {}", name.en),
        ),
        phone: format!("0119-61{nth:05}"),
        community: community.code.clone(),
        position: Position {
            east: community.position.east + dice.around(250),
            north: community.position.north + dice.around(250),
        },
    }
}
