//! Invented names of streets and communities, in characters and letters.

use domain::locale::Localized;

use crate::dice::Dice;

/// A name of two syllables without the word for what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stem {
    hanzi: String,
    pinyin: String,
}

impl Stem {
    pub(crate) fn with(&self, kind_zh: &str, kind_en: &str) -> Localized {
        Localized::new(format!("{}{kind_zh}", self.hanzi), format!("{} {kind_en}", self.pinyin))
    }
}

const FIRST: [(&str, &str); 36] = [
    ("清", "Qing"),
    ("云", "Yun"),
    ("青", "Qing"),
    ("兰", "Lan"),
    ("竹", "Zhu"),
    ("松", "Song"),
    ("梅", "Mei"),
    ("桂", "Gui"),
    ("枫", "Feng"),
    ("莲", "Lian"),
    ("荷", "He"),
    ("柳", "Liu"),
    ("杏", "Xing"),
    ("春", "Chun"),
    ("秋", "Qiu"),
    ("晨", "Chen"),
    ("晚", "Wan"),
    ("星", "Xing"),
    ("月", "Yue"),
    ("晴", "Qing"),
    ("虹", "Hong"),
    ("雁", "Yan"),
    ("鹭", "Lu"),
    ("鹤", "He"),
    ("和", "He"),
    ("安", "An"),
    ("宁", "Ning"),
    ("福", "Fu"),
    ("乐", "Le"),
    ("康", "Kang"),
    ("明", "Ming"),
    ("静", "Jing"),
    ("茶", "Cha"),
    ("墨", "Mo"),
    ("石", "Shi"),
    ("砚", "Yan"),
];

const SECOND: [(&str, &str); 34] = [
    ("溪", "xi"),
    ("桥", "qiao"),
    ("塘", "tang"),
    ("浦", "pu"),
    ("渡", "du"),
    ("洲", "zhou"),
    ("湾", "wan"),
    ("泉", "quan"),
    ("山", "shan"),
    ("岭", "ling"),
    ("坡", "po"),
    ("谷", "gu"),
    ("林", "lin"),
    ("园", "yuan"),
    ("圃", "pu"),
    ("畈", "fan"),
    ("坊", "fang"),
    ("里", "li"),
    ("巷", "xiang"),
    ("台", "tai"),
    ("亭", "ting"),
    ("楼", "lou"),
    ("阁", "ge"),
    ("苑", "yuan"),
    ("庭", "ting"),
    ("屏", "ping"),
    ("川", "chuan"),
    ("埠", "bu"),
    ("圩", "wei"),
    ("岗", "gang"),
    ("荡", "dang"),
    ("滨", "bin"),
    ("门", "men"),
    ("汀", "ting"),
];

/// Every stem once, in the order of the dice: no two places of the city share one.
pub(crate) fn shuffled(dice: &mut Dice) -> Vec<Stem> {
    let mut stems: Vec<Stem> = FIRST
        .iter()
        .flat_map(|(zh, en)| {
            SECOND.iter().map(move |(zh2, en2)| (format!("{zh}{zh2}"), format!("{en}{en2}")))
        })
        .map(|(hanzi, pinyin)| Stem { hanzi, pinyin })
        .collect();
    dice.shuffle(&mut stems);
    stems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Seed;
    use std::collections::BTreeSet;

    #[test]
    fn enough_names_and_none_twice() {
        let stems = shuffled(&mut Dice::new(Seed(1), "names"));
        let unique: BTreeSet<_> = stems.iter().map(|s| &s.hanzi).collect();
        assert_eq!(unique.len(), stems.len());
        assert!(stems.len() >= 936 + 100);
    }
}
