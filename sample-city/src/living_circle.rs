//! 一刻钟便民生活圈: what a resident of a community finds on foot.
//!
//! Providers are those that the community has admitted; the list names them in the order of distance and praises none.

use domain::division::DivisionCode;
use domain::locale::Localized;

use crate::dice::Dice;
use crate::division::Community;
use crate::position::Position;

/// What a provider does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderCategory {
    /// 买菜买粮
    Groceries,
    /// 药店
    Pharmacy,
    /// 维修
    Repair,
    /// 养老服务
    ElderCare,
    /// 洗衣缝补
    Laundry,
    /// 理发
    Haircut,
    /// 家政
    Housekeeping,
    /// 快递收发
    Parcels,
    /// 托育
    Childcare,
    /// 资源回收
    Recycling,
}

impl ProviderCategory {
    /// Every category, the most asked for first.
    pub const ALL: [Self; 10] = [
        Self::Groceries,
        Self::Pharmacy,
        Self::Repair,
        Self::ElderCare,
        Self::Laundry,
        Self::Haircut,
        Self::Housekeeping,
        Self::Parcels,
        Self::Childcare,
        Self::Recycling,
    ];

    /// The word of files and interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Groceries => "groceries",
            Self::Pharmacy => "pharmacy",
            Self::Repair => "repair",
            Self::ElderCare => "elder_care",
            Self::Laundry => "laundry",
            Self::Haircut => "haircut",
            Self::Housekeeping => "housekeeping",
            Self::Parcels => "parcels",
            Self::Childcare => "childcare",
            Self::Recycling => "recycling",
        }
    }

    /// What a resident calls it.
    pub fn name(self) -> Localized {
        let (zh, en) = match self {
            Self::Groceries => ("买菜买粮", "Groceries"),
            Self::Pharmacy => ("药店", "Pharmacies"),
            Self::Repair => ("修理", "Repairs"),
            Self::ElderCare => ("养老服务", "Care for elders"),
            Self::Laundry => ("洗衣缝补", "Laundry and mending"),
            Self::Haircut => ("理发", "Haircuts"),
            Self::Housekeeping => ("家政", "Housekeeping"),
            Self::Parcels => ("快递", "Parcels"),
            Self::Childcare => ("托育", "Childcare"),
            Self::Recycling => ("废品回收", "Recycling"),
        };
        Localized::new(zh, en)
    }

    fn shop(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Groceries => ("便民菜店", "Community Grocery", "06:30-19:30"),
            Self::Pharmacy => ("平价药房", "Pharmacy", "08:00-21:00"),
            Self::Repair => ("家电修理铺", "Appliance Repair", "08:30-18:00"),
            Self::ElderCare => ("居家养老服务站", "Home Care Station", "08:00-18:00"),
            Self::Laundry => ("洗衣缝补店", "Laundry and Mending", "08:00-19:00"),
            Self::Haircut => ("理发店", "Barber", "08:30-19:30"),
            Self::Housekeeping => ("家政服务站", "Housekeeping Station", "08:30-17:30"),
            Self::Parcels => ("快递驿站", "Parcel Station", "08:00-20:30"),
            Self::Childcare => ("普惠托育园", "Public Nursery", "07:30-17:30"),
            Self::Recycling => ("资源回收点", "Recycling Point", "08:00-17:00"),
        }
    }
}

/// An admitted provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Localized,
    /// What it does.
    pub category: ProviderCategory,
    /// Street and house.
    pub address: Localized,
    /// Telephone.
    pub phone: String,
    /// Open every day from and to, `08:00-18:00`.
    pub hours: String,
    /// The community that admitted it.
    pub community: DivisionCode,
    /// Where it stands.
    pub position: Position,
}

/// The providers around a community: one or two in each category, the nearest first.
pub(crate) fn providers(community: &Community, dice: &mut Dice) -> Vec<Provider> {
    let mut found = Vec::new();
    for category in ProviderCategory::ALL {
        for _ in 0..=dice.below(2) {
            found.push(provider(found.len(), category, community, dice));
        }
    }
    found.sort_by_key(|p| (community.position.metres_to(p.position), p.id.clone()));
    found
}

fn provider(nth: usize, category: ProviderCategory, community: &Community, dice: &mut Dice) -> Provider {
    const SIGNS: [(&str, &str); 8] = [
        ("邻里", "Linli"),
        ("百合", "Baihe"),
        ("同心", "Tongxin"),
        ("小满", "Xiaoman"),
        ("知春", "Zhichun"),
        ("常来", "Changlai"),
        ("好日子", "Haorizi"),
        ("一家人", "Yijiaren"),
    ];
    let (sign_zh, sign_en) = dice.pick(&SIGNS).copied().unwrap_or_default();
    let (shop_zh, shop_en, hours) = category.shop();
    let house = dice.below(200) + 1;
    let name = &community.name;
    Provider {
        id: format!("place-{}-{nth:02}", community.code),
        name: Localized::new(format!("{sign_zh}{shop_zh}"), format!("{sign_en} {shop_en}")),
        category,
        address: Localized::new(
            format!("{}内街 {house} 号", name.zh_cn),
            format!("No. {house}, Inner Street, {}", name.en),
        ),
        phone: format!("0119-7{:06}", dice.below(1_000_000)),
        hours: hours.to_owned(),
        community: community.code.clone(),
        position: Position {
            east: community.position.east + dice.around(600),
            north: community.position.north + dice.around(600),
        },
    }
}
