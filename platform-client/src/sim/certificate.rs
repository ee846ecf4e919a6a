//! 参保证明: the certificate of the fictitious social-insurance office.
//!
//! Duty: a well-formed PDF or OFD under the seal of the platform's own authority, with its digest, and pictures of its
//! pages for the screen. Never: pretend to a real seal: its page says what it is.

mod cms;
mod licence;
mod ofd;
mod page;
mod pdf;
mod seal;

use domain::locale::{Locale, Localized};
use domain::personal::Personal;
use domain::terminal::Timestamp;
use sample_city::{InsuranceScheme, Person};

use super::answer::{Answer, refusal};
use super::words;
use crate::contract::bytes::FileBytes;
use crate::contract::case::{AnswerValue, FieldAnswer};
use crate::contract::envelope::code;
use crate::contract::item::{Certificate, CertificateAnswer, CertificateRequest};
pub(crate) use licence::{LicencePage, licence_page};
use page::{Line, Page};

pub(crate) use seal::{Flaw, Sealing};
pub use seal::{SealKind, UnknownSealKind};

/// Issues the certificate that was asked for, or says why not.
pub(crate) fn issue(
    font: &[u8],
    sealing: &Sealing<'_>,
    number: &str,
    person: Option<&Person>,
    request: &CertificateRequest,
    now: Timestamp,
) -> Answer<CertificateAnswer> {
    let asked = choice(&request.answers, "insurance");
    let scheme = InsuranceScheme::ALL.into_iter().find(|s| asked.is_none_or(|word| word == s.word()));
    let record = person.and_then(|p| p.insurance.iter().find(|i| Some(i.scheme) == scheme));
    let (Some(person), Some(record)) = (person, record) else {
        return Ok(CertificateAnswer::Refused { reason: words::not_insured() });
    };
    let (window, period) = match choice(&request.answers, "period") {
        Some("last_12_months") => (Some(12), Localized::new("最近 12 个月", "the last 12 months")),
        Some("last_36_months") => (Some(36), Localized::new("最近 36 个月", "the last 36 months")),
        _ => (None, Localized::new("从参保到现在", "from the start until now")),
    };
    let paid = record.months_paid(window, now.date());
    let locale = request.locale;
    let label = |zh: &str, en: &str| Localized::new(zh, en).text(locale).to_owned();
    let since = format!("{:04}-{:02}", record.since.year(), record.since.month() as u8);
    let rows = [
        (label("姓名", "Name"), person.name.reveal().to_owned()),
        (label("身份证号码", "ID number"), person.number.reveal().to_owned()),
        (label("险种", "Insurance"), record.scheme.name().text(locale).to_owned()),
        (label("缴费单位", "Paid by"), record.payer.text(locale).to_owned()),
        (label("首次缴费", "First paid"), since),
        (label("证明时间", "Period"), period.text(locale).to_owned()),
        (label("期内缴费月数", "Months paid in it"), paid.to_string()),
        (label("累计缴费月数", "Months paid in all"), record.months.to_string()),
    ];
    let title = Localized::new("社会保险参保证明", "Certificate of participation in social insurance");
    let page = Page {
        title: title.text(locale),
        number: format!("{} {number}", label("编号", "No.")),
        rows: rows.iter().map(|(label, value)| Line { label, value }).collect(),
        closing: closing(locale, now),
        notice: label(
            "样本城市的演示文件，印章仅供测试，不作证明使用",
            "Demonstration of a fictitious city: its seal is for tests, and it proves nothing",
        ),
    };
    let draw = |watermark: Option<&str>| {
        page::draw(font, &page, watermark).map_err(|_| refusal(code::INTERNAL, "the typeface cannot be read"))
    };
    let plain = draw(None)?;
    let failed = |_| refusal(code::INTERNAL, "the certificate cannot be sealed");
    let file = sealing.sealed(&plain, "participation-certificate", number, now).map_err(failed)?;
    let watermark = format!("{} {}", request.purpose.text(locale), day(now));
    let mut shown = draw(Some(&watermark))?;
    if sealing.flaw != Some(Flaw::Missing) {
        page::stamp(&mut shown);
    }
    Ok(CertificateAnswer::Issued(Box::new(Certificate {
        title,
        number: Some(Personal::new(number)),
        issuer: words::social_security(),
        issued_at: now,
        valid_until: None,
        file,
        pages: vec![FileBytes(
            page::png(&shown).map_err(|_| refusal(code::INTERNAL, "the page cannot be drawn"))?,
        )],
    })))
}

fn choice<'a>(answers: &'a [FieldAnswer], field: &str) -> Option<&'a str> {
    answers.iter().find(|a| a.field.as_str() == field).and_then(|a| match &a.value {
        AnswerValue::Choice(value) => Some(value.as_str()),
        _ => None,
    })
}

fn day(at: Timestamp) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), at.month() as u8, at.day())
}

fn closing(locale: Locale, now: Timestamp) -> Vec<String> {
    let office = Localized::new("样本市社会保险经办机构", "Social Insurance Office of Sample City");
    vec![office.text(locale).to_owned(), day(now)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::case::AnswerOrigin;
    use crate::sim::authority::{Authority, Suite};
    use crate::sim::store::hex;
    use domain::terminal::TerminalId;
    use ring::digest::{SHA256, digest};
    use sample_city::{City, Seed};
    use time::macros::{date, datetime};

    const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
    const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);

    fn ask(key: &str, insurance: &str) -> CertificateAnswer {
        let city = City::new(Seed::DEMONSTRATION, date!(2026 - 11 - 24));
        let request = CertificateRequest {
            terminal_id: TerminalId("T-1".into()),
            purpose: Localized::new("查到您本人的参保记录", "To find your own insurance record"),
            locale: Locale::ZhCn,
            answers: vec![FieldAnswer {
                field: "insurance".into(),
                value: AnswerValue::Choice(insurance.into()),
                source: AnswerOrigin::Resident,
                holder: None,
            }],
        };
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(Suite::Sm2, folder.path(), folder.path()).unwrap();
        let sealing = Sealing { kind: SealKind::Pdf, authority: &authority, flaw: None };
        issue(FONT, &sealing, "ZM-1", city.person_called(key), &request, NOW).unwrap()
    }

    fn issued(key: &str) -> Certificate {
        match ask(key, "employee_pension") {
            CertificateAnswer::Issued(certificate) => *certificate,
            CertificateAnswer::Refused { .. } => panic!("{key} is insured"),
        }
    }

    #[test]
    fn who_is_not_insured_is_told_so() {
        assert!(matches!(ask("qian-changqi", "employee_pension"), CertificateAnswer::Refused { .. }));
        assert!(matches!(ask("zhou-zhiwen", "work_injury"), CertificateAnswer::Refused { .. }));
    }

    #[test]
    fn the_file_is_a_pdf_and_has_its_digest() {
        let file = issued("zhou-zhiwen").file;
        assert_eq!(
            (file.name.as_str(), file.media_type.as_str()),
            ("participation-certificate.pdf", "application/pdf")
        );
        assert_eq!(file.sha256, hex(digest(&SHA256, &file.bytes.0).as_ref()));
    }

    #[test]
    fn the_same_authority_seals_the_same_page_the_same_way() {
        let folder = tempfile::tempdir().unwrap();
        let picture = image::GrayImage::from_pixel(4, 4, image::Luma([128]));
        for kind in [SealKind::Pdf, SealKind::Ofd] {
            let file = || {
                let authority = Authority::open(Suite::Sm2, folder.path(), folder.path()).unwrap();
                Sealing { kind, authority: &authority, flaw: None }.file(&picture, "ZM-1", NOW).unwrap()
            };
            assert!(file() == file(), "{kind:?}");
        }
    }

    #[test]
    fn the_page_has_ink_and_the_watermark_adds_some() {
        let certificate = issued("zhou-zhiwen");
        let picture = image::load_from_memory(&certificate.pages[0].0).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), (page::WIDTH, page::HEIGHT));
        let dark = picture.pixels().filter(|p| p.0[0] < 64).count();
        let grey = picture.pixels().filter(|p| (200..250).contains(&p.0[0])).count();
        assert!(dark > 5_000 && grey > 20_000, "{dark} {grey}");
    }
}
