//! What the departments of the fictitious province say: their words, carried over the wire like any province's.

use domain::locale::Localized;
use time::Date;

pub(crate) fn civil_affairs() -> Localized {
    Localized::new("民政局", "Civil Affairs Bureau")
}

pub(crate) fn social_security() -> Localized {
    Localized::new("人力资源和社会保障局", "Human Resources and Social Security Bureau")
}

pub(crate) fn disabled_persons_federation() -> Localized {
    Localized::new("残疾人联合会", "Disabled Persons' Federation")
}

pub(crate) fn public_security() -> Localized {
    Localized::new("公安局户籍信息", "Household register of Public Security")
}

pub(crate) fn too_young_for_old_age_allowance() -> Localized {
    Localized::new(
        "高龄津贴从年满 80 岁起发放，您还没有到这个年龄。到时候可以再来申请。",
        "The old-age allowance begins at 80. You have not reached that age yet; please come again then.",
    )
}

pub(crate) fn registered_elsewhere() -> Localized {
    Localized::new(
        "高龄津贴由户口所在地发放，您的户口不在本市。请向户口所在地的民政部门申请。",
        "The old-age allowance is paid where your household is registered, which is not this city. Please apply to the \
         civil affairs office there.",
    )
}

pub(crate) fn draws_no_pension() -> Localized {
    Localized::new(
        "您现在没有领取城乡居民养老保险待遇，不需要认证。",
        "You do not draw the basic pension of urban and rural residents, so no certification is needed.",
    )
}

pub(crate) fn no_disability_certificate() -> Localized {
    Localized::new(
        "没有查到您的残疾人证。请先到残疾人联合会办理残疾人证。",
        "No disability certificate was found. Please apply for one at the Disabled Persons' Federation first.",
    )
}

pub(crate) fn not_on_hardship_list() -> Localized {
    Localized::new(
        "困难残疾人生活补贴发给享受最低生活保障的残疾人。没有查到您的低保信息，可以先申请低保。",
        "The living subsidy is for persons with disabilities who receive the minimum living allowance. No record of it was \
         found; you may apply for that first.",
    )
}

pub(crate) fn grade_too_light() -> Localized {
    Localized::new(
        "重度残疾人护理补贴发给残疾等级为一级、二级的残疾人。",
        "The nursing subsidy is for disability grades one and two.",
    )
}

pub(crate) fn refused() -> Localized {
    Localized::new(
        "经核对，这次申请不符合条件。可以带上身份证到窗口了解原因。",
        "After checking, this application does not meet the conditions. You may ask at the service window with your \
         identity card.",
    )
}

pub(crate) fn supplement() -> Localized {
    Localized::new(
        "还需要一张本人名下的银行卡正面照片。",
        "A photo of the front of a bank card in your own name is still needed.",
    )
}

pub(crate) fn certified_until(last: Date) -> Localized {
    let (year, month, day) = (last.year(), last.month() as u8, last.day());
    Localized::new(
        format!("您今年已经认证过了，有效期到 {year} 年 {month} 月 {day} 日，现在不用再办。"),
        format!("You are already certified until {year}-{month:02}-{day:02}. Nothing needs to be done now."),
    )
}

pub(crate) fn may_claim_old_age_allowance() -> Localized {
    Localized::new(
        "您已年满 80 岁，还没有申请高龄津贴。",
        "You are over 80 and have not claimed the old-age allowance yet.",
    )
}

pub(crate) fn certification_ends(last: Date, today: Date) -> Localized {
    let (year, month, day) = (last.year(), last.month() as u8, last.day());
    if last < today {
        Localized::new(
            format!("您的养老金资格认证已在 {year} 年 {month} 月 {day} 日到期。"),
            format!("Your pension certification ended on {year}-{month:02}-{day:02}."),
        )
    } else {
        Localized::new(
            format!("您的养老金资格认证到 {year} 年 {month} 月 {day} 日为止。"),
            format!("Your pension certification ends on {year}-{month:02}-{day:02}."),
        )
    }
}

pub(crate) fn may_claim_disability_subsidy() -> Localized {
    Localized::new(
        "您有残疾人证，还没有申请残疾人两项补贴。",
        "You hold a disability certificate and have not applied for the disability subsidies.",
    )
}

pub(crate) fn not_insured() -> Localized {
    Localized::new(
        "没有查到您在本市的参保记录。如有疑问，请咨询社保窗口。",
        "No record of social insurance in this city was found. Please ask at the social-insurance window.",
    )
}

pub(crate) fn station_staff() -> Localized {
    Localized::new("社区服务站的工作人员", "The staff of the community station")
}

/// Reasons of the platform's list for a low rating: code, words.
pub(crate) fn rating_reasons() -> Vec<(&'static str, Localized)> {
    vec![
        ("took_too_long", Localized::new("等的时间太长", "It took too long")),
        ("hard_to_follow", Localized::new("步骤看不明白", "The steps were hard to follow")),
        ("too_many_papers", Localized::new("要的材料太多", "Too many papers were asked for")),
        ("device_trouble", Localized::new("机器出了问题", "The machine had trouble")),
        ("nobody_helped", Localized::new("需要时找不到人帮忙", "Nobody was there to help")),
        ("not_solved", Localized::new("事情没有办成", "The matter was not solved")),
    ]
}
