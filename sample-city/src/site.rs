//! The site of the terminal that stands in a community's service station.

use domain::locale::Localized;
use domain::terminal::{Contact, OpeningHours, Site, TerminalId, Window};

use crate::division::{Community, District};

/// Where one terminal stands, who looks after it and who helps there.
pub(crate) fn site(district: &District, community: &Community, nearest: &Community) -> Site {
    let serial = community.code.as_str().bytes().fold(0_u32, |sum, b| (sum * 31 + u32::from(b)) % 100_000);
    let name = |suffix_zh: &str, suffix_en: &str| {
        Localized::new(
            format!("{}{suffix_zh}", community.name.zh_cn),
            format!("{}{suffix_en}", community.name.en),
        )
    };
    Site {
        terminal: TerminalId(format!("T{}01", community.code)),
        name: Localized::new(
            format!("{}{}", district.name.zh_cn, community.name.zh_cn),
            community.name.en.clone(),
        ),
        address: name("服务站一楼", " service station, ground floor"),
        division: community.code.clone(),
        hours: OpeningHours::always(),
        keeper: Contact {
            name: Localized::new("社区专干 吴样例", "Wu Yangli, community worker"),
            phone: format!("0119-62{serial:05}"),
            hours: office_hours(),
        },
        helpers: vec![
            Contact {
                name: name("服务站的工作人员", " station staff"),
                phone: format!("0119-63{serial:05}"),
                hours: office_hours(),
            },
            Contact {
                name: Localized::new(
                    format!("{}政务服务中心", district.name.zh_cn),
                    format!("{} service centre", district.name.en),
                ),
                phone: format!("0119-64000{}", &district.code.as_str()[4..]),
                hours: long_hours(),
            },
            Contact {
                name: Localized::new("12345 热线", "12345 hotline"),
                phone: "12345".to_owned(),
                hours: OpeningHours::always(),
            },
        ],
        nearest: Localized::new(
            format!("{}服务站", nearest.name.zh_cn),
            format!("{} service station", nearest.name.en),
        ),
    }
}

/// The plan asks for longer working days and open weekends.
fn office_hours() -> OpeningHours {
    OpeningHours { weekdays: windows(&["08:30-18:30"]), weekend: windows(&["09:00-16:30"]) }
}

fn long_hours() -> OpeningHours {
    OpeningHours { weekdays: windows(&["08:00-20:00"]), weekend: windows(&["09:00-17:00"]) }
}

fn windows(texts: &[&str]) -> Vec<Window> {
    texts.iter().filter_map(|text| Window::try_from((*text).to_owned()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_were_all_read() {
        for hours in [office_hours(), long_hours()] {
            assert_eq!((hours.weekdays.len(), hours.weekend.len()), (1, 1));
        }
    }
}
