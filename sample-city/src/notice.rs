//! Policy cards of the idle screen and warnings of the weather office.

use domain::locale::Localized;
use time::{Date, Duration};

/// One policy card: what is said, who says it, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyCard {
    /// Stays the same as long as the card does.
    pub id: String,
    /// One line.
    pub title: Localized,
    /// Two or three sentences.
    pub body: Localized,
    /// Who published it.
    pub source: Localized,
    /// When.
    pub published: Date,
    /// Last day on which it is shown.
    pub expires: Date,
}

/// The colours of warning signals, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningColour {
    /// 蓝色, level IV
    Blue,
    /// 黄色, level III
    Yellow,
    /// 橙色, level II
    Orange,
    /// 红色, level I
    Red,
}

impl WarningColour {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Blue, Self::Yellow, Self::Orange, Self::Red];
}

/// What the weather office says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeatherWarning {
    /// One line.
    pub title: Localized,
    /// What comes.
    pub body: Localized,
    /// What to do.
    pub advice: Localized,
    /// Who issued it.
    pub source: Localized,
}

/// The cards as they stood on the founding day.
pub(crate) fn policy_cards(founded: Date) -> Vec<PolicyCard> {
    let day = |days: i64| founded.saturating_add(Duration::days(days));
    let card = |id: &str, title, body, source, published: i64, expires: i64| PolicyCard {
        id: id.to_owned(),
        title,
        body,
        source,
        published: day(published),
        expires: day(expires),
    };
    vec![
        card(
            "old-age-allowance",
            Localized::new("满 80 岁可以领高龄津贴", "An allowance from the age of 80"),
            Localized::new(
                "户口在本市、年满 80 岁的老人，可以在这台机器上申请高龄津贴，从批准的当月起发放。子女可以代办。",
                "Residents registered in this city who are 80 or older can apply for the old-age allowance here. It is paid \
                 from the month of approval. Children may apply for their parents.",
            ),
            Localized::new("样本市民政局", "Sample City Civil Affairs Bureau"),
            -32,
            333,
        ),
        card(
            "pension-certification",
            Localized::new("领养老金，一年认证一次", "Confirm your pension once a year"),
            Localized::new(
                "在这里放上身份证、看一眼镜头就能认证，不用再开证明。已经认证过的，机器会告诉您有效到哪一天。",
                "Place your identity card and look into the camera: no paper is needed. If you are already certified, the \
                 terminal tells you until when.",
            ),
            Localized::new(
                "样本市人力资源和社会保障局",
                "Sample City Human Resources and Social Security Bureau",
            ),
            -12,
            353,
        ),
        card(
            "canteen",
            Localized::new("老年食堂可以提前一天订餐", "Book a canteen meal one day ahead"),
            Localized::new(
                "60 岁以上的居民可以在这里订餐，行动不便的可以请食堂送到家。餐费和补贴在订餐时写明。",
                "Residents of 60 and over can book meals here. Those who find it hard to walk can have them brought home. \
                 Price and subsidy are shown when you book.",
            ),
            Localized::new("样本市民政局", "Sample City Civil Affairs Bureau"),
            -5,
            180,
        ),
        card(
            "cross-province-subsidy",
            Localized::new("残疾人两项补贴，在哪里都能申请", "Disability subsidies: apply wherever you live"),
            Localized::new(
                "户口在外省的残疾人，也可以在这里申请困难残疾人生活补贴和重度残疾人护理补贴，由户口所在地审定。",
                "Persons with disabilities whose household is in another province can apply here too; the place of the \
                 household decides.",
            ),
            Localized::new("样本市残疾人联合会", "Sample City Disabled Persons' Federation"),
            -60,
            305,
        ),
        card(
            "heat-and-gas",
            Localized::new("冬季用气，记得开窗", "Using gas in winter: open a window"),
            Localized::new(
                "烧水、洗澡、取暖时请留一扇窗。闻到燃气味先开窗、关阀门，到室外再打电话。",
                "Leave a window open when heating or bathing. If you smell gas, open the window, close the valve, and call \
                 from outside.",
            ),
            Localized::new("样本市消防救援支队", "Sample City Fire and Rescue"),
            -3,
            90,
        ),
        // A card whose time is over: the terminal must not show it.
        card(
            "registration-week",
            Localized::new("志愿者登记周", "Volunteer registration week"),
            Localized::new(
                "本周可以在社区服务站登记成为志愿者。",
                "Register as a volunteer at the community station this week.",
            ),
            Localized::new("样本市精神文明建设指导委员会办公室", "Sample City Civic Office"),
            -40,
            -33,
        ),
    ]
}

/// The warning that the city's weather office gives in a colour.
pub(crate) fn weather_warning(colour: WarningColour) -> WeatherWarning {
    let source = Localized::new("样本市气象台", "Sample City Weather Office");
    let (title, body, advice) = match colour {
        WarningColour::Blue => (
            Localized::new("大风蓝色预警", "Strong wind, blue warning"),
            Localized::new(
                "今天傍晚到夜里有 6 级左右大风。",
                "Wind of about force 6 from this evening into the night.",
            ),
            Localized::new(
                "请收好阳台上的东西，骑车请慢一些。",
                "Please secure things on balconies and cycle slowly.",
            ),
        ),
        WarningColour::Yellow => (
            Localized::new("大雾黄色预警", "Dense fog, yellow warning"),
            Localized::new(
                "明早有能见度不到 500 米的大雾。",
                "Fog with visibility under 500 metres tomorrow morning.",
            ),
            Localized::new(
                "老人晨练请推迟，开车请打开雾灯。",
                "Please put off morning exercise; drivers, use fog lamps.",
            ),
        ),
        WarningColour::Orange => (
            Localized::new("暴雨橙色预警", "Rainstorm, orange warning"),
            Localized::new(
                "3 小时内降雨将超过 50 毫米，低洼处会积水。",
                "Over 50 mm of rain within 3 hours; low places will flood.",
            ),
            Localized::new(
                "请留在室内，不要走地下通道。社区服务站整夜开门。",
                "Please stay indoors and avoid underpasses. The community station is open all night.",
            ),
        ),
        WarningColour::Red => (
            Localized::new("暴雨红色预警", "Rainstorm, red warning"),
            Localized::new(
                "3 小时内降雨将超过 100 毫米，有山洪和内涝危险。",
                "Over 100 mm of rain within 3 hours; danger of floods.",
            ),
            Localized::new(
                "请马上到高处，听从社区安排。需要帮助请打 12345。",
                "Please go to high ground now and follow the community's directions. For help call 12345.",
            ),
        ),
    };
    WeatherWarning { title, body, advice, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn cards_have_a_source_and_an_end() {
        let founded = date!(2026 - 11 - 24);
        let cards = policy_cards(founded);
        assert!(
            cards.iter().all(|c| c.published < c.expires && !c.source.en.is_empty() && !c.body.en.is_empty())
        );
        assert!(
            cards.iter().any(|c| c.expires < founded),
            "one that is over, so that a terminal can be seen to hide it"
        );
        assert!(cards.iter().filter(|c| c.expires >= founded).count() >= 4);
    }

    #[test]
    fn each_colour_says_its_colour() {
        for (colour, word) in WarningColour::ALL.into_iter().zip(["蓝色", "黄色", "橙色", "红色"]) {
            assert!(weather_warning(colour).title.zh_cn.contains(word));
        }
    }
}
