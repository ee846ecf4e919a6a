//! The cast: each person stands for one situation that a visit must serve.

use domain::division::DivisionCode;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::resident_id::{CardKind, ResidentIdNumber};
use time::{Date, Duration, Month};

use super::{
    BankCard, DisabilityCategory, DisabilityCertificate, HardshipStatus, Household, Insurance,
    InsuranceScheme, Pension, Person, PersonKey, RegisteredIn,
};

/// Everybody, as the departments knew them on the founding day.
pub(crate) fn people(founded: Date) -> Vec<Person> {
    let until = |days: i64| Pension::Drawn { certified_until: founded.saturating_add(Duration::days(days)) };
    let hardship = HardshipStatus::MinimumLivingAllowance;
    let (sight, physical) = (DisabilityCategory::Sight, DisabilityCategory::Physical);
    vec![
        // Over 80: old-age allowance not yet claimed, certification runs out this month.
        Sketch {
            pension: until(20),
            insured: &[(ResidentPension, 204, 36, SELF), (EmployeePension, 520, 96, MACHINERY)],
            ..sketch("zhang-shili", "张示例", "990000194001010014", 1)
        },
        // A card without end; certified some months ago, so that nothing is to be done.
        Sketch {
            pension: until(230),
            insured: &[(ResidentPension, 190, 60, SELF)],
            ..sketch("qian-changqi", "钱长期", "99000019300101001X", 2)
        },
        // A rare character that old cards hold as U+E863; poor and disabled, both subsidies; under 80.
        Sketch {
            disability: Some((physical, 2)),
            hardship,
            ..sketch("wang-ceshi", "王测试\u{4DAE}", "990000195001010027", 3)
        },
        // A character outside the BMP; household in another province: taken here, decided there.
        Sketch {
            disability: Some((sight, 1)),
            hardship,
            home: Home::OtherProvince((
                "异省示范县民政局",
                "Civil Affairs Bureau of Shifan County, another province",
            )),
            ..sketch("li-yangben", "李\u{20164}样本", "990000196001010013", 4)
        },
        // Works: insured with an employer.
        Sketch {
            insured: &[(EmployeePension, 126, 126, MACHINERY)],
            ..sketch("zhou-zhiwen", "周指纹", "990000199001010017", 5)
        },
        // A name with a middle dot, no card on the reader; draws the pension, the certification has run out.
        Sketch {
            pension: until(-40), ..sketch("yangben-shili", "样本·示例江", "990000194607016066", 6)
        },
        // A card that has expired: another way has to serve.
        Sketch {
            insured: &[(EmployeePension, 240, 240, MACHINERY)],
            ..sketch("zhao-guoqi", "赵过期", "990000197001010018", 7)
        },
        // Permits of three kinds: no household in the country.
        Sketch {
            card: CardKind::HmtResidence,
            home: Home::Abroad,
            ..sketch("chen-yangben", "陈样本", "810000194001010016", 8)
        },
        Sketch {
            card: CardKind::PermanentResidence2017,
            home: Home::Abroad,
            born_in: 1900,
            insured: &[(EmployeePension, 30, 30, MACHINERY)],
            ..sketch("yangliren-2017", "样例人", "XXX990080010110", 9)
        },
        Sketch {
            card: CardKind::PermanentResidence2023,
            home: Home::Abroad,
            insured: &[(EmployeePension, 18, 18, MACHINERY)],
            ..sketch("yangliren-2023", "样例人", "999999198001010011", 10)
        },
    ]
    .into_iter()
    .map(|sketch| sketch.person(founded))
    .collect()
}

/// Where a household is registered.
enum Home {
    ThisCity,
    /// With the bureau that decides there.
    OtherProvince((&'static str, &'static str)),
    Abroad,
}

use InsuranceScheme::{EmployeePension, ResidentPension};

const MACHINERY: (&str, &str) = ("样本机械有限公司", "Sample Machinery Ltd");
const SELF: (&str, &str) = ("个人缴费", "Paid in person");

/// What differs from person to person.
struct Sketch {
    key: &'static str,
    card: CardKind,
    name: &'static str,
    number: &'static str,
    /// Counts houses, telephones and accounts.
    nth: u8,
    home: Home,
    /// The century of a number that leaves it out.
    born_in: i32,
    disability: Option<(DisabilityCategory, u8)>,
    hardship: HardshipStatus,
    pension: Pension,
    /// Which, how many months ago it began, months paid, who pays.
    insured: &'static [(InsuranceScheme, u16, u16, (&'static str, &'static str))],
}

fn sketch(key: &'static str, name: &'static str, number: &'static str, nth: u8) -> Sketch {
    Sketch {
        key,
        card: CardKind::Resident,
        name,
        number,
        nth,
        home: Home::ThisCity,
        born_in: 0,
        disability: None,
        hardship: HardshipStatus::None,
        pension: Pension::NotDrawn,
        insured: &[],
    }
}

impl Sketch {
    fn person(self, founded: Date) -> Person {
        let nth = self.nth;
        let (place, registered) = match self.home {
            Home::ThisCity => ("示例省样本市测试区", RegisteredIn::ThisCity { community: community(nth) }),
            Home::OtherProvince((zh, en)) => {
                ("异省样本市示范县", RegisteredIn::OtherProvince { decided_by: Localized::new(zh, en) })
            }
            Home::Abroad => ("示例省样本市测试区", RegisteredIn::Abroad),
        };
        let century = Date::from_calendar_date(self.born_in, Month::January, 1).unwrap_or(Date::MIN);
        let birth = ResidentIdNumber::as_read(self.number).birth_on(century);
        Person {
            key: PersonKey(self.key),
            card: self.card,
            name: Personal::new(self.name),
            number: Personal::new(self.number),
            birth: birth.unwrap_or(Date::MIN),
            household: Household {
                address: Personal::new(format!("{place}样本街道{nth}号")), registered
            },
            phone: Personal::new(format!("1110000{nth:04}")),
            bank_card: BankCard {
                number: Personal::new(with_luhn_digit(&format!("99000000000000{nth:04}"))),
                bank: Localized::new("样本银行", "Sample Bank"),
            },
            disability: self.disability.map(|(category, grade)| DisabilityCertificate {
                number: Personal::new(format!("{}{}{grade}", self.number, category.code())),
                category,
                grade,
            }),
            hardship: self.hardship,
            pension: self.pension,
            insurance: self
                .insured
                .iter()
                .map(|(scheme, began, months, (zh, en))| Insurance {
                    scheme: *scheme,
                    since: months_before(founded, *began),
                    months: *months,
                    payer: Localized::new(*zh, *en),
                })
                .collect(),
        }
    }
}

/// The communities of the first street, in turn: a division code does not depend on the seed.
fn community(nth: u8) -> DivisionCode {
    match DivisionCode::try_from(format!("9900010010{nth:02}")) {
        Ok(code) => code,
        Err(error) => unreachable!("twelve digits: {error}"),
    }
}

/// The first of the month that lies `months` before the month of `day`.
fn months_before(day: Date, months: u16) -> Date {
    let count = day.year() * 12 + i32::from(day.month() as u8) - 1 - i32::from(months);
    let month = u8::try_from(count.rem_euclid(12) + 1).ok().and_then(|m| Month::try_from(m).ok());
    month.and_then(|m| Date::from_calendar_date(count.div_euclid(12), m, 1).ok()).unwrap_or(Date::MIN)
}

/// The digits with the check digit of ISO/IEC 7812-1 annex B.
fn with_luhn_digit(digits: &str) -> String {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let values = digits.bytes().rev().map(|b| u32::from(b - b'0'));
    let sum: u32 = values.enumerate().map(|(i, d)| if i % 2 == 0 { doubled(d) } else { d }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use time::macros::date;

    #[test]
    fn everybody_is_invented_and_well_formed() {
        let people = people(date!(2026 - 11 - 24));
        let keys: BTreeSet<_> = people.iter().map(|p| p.key).collect();
        assert_eq!(keys.len(), people.len());
        for person in &people {
            let number = ResidentIdNumber::parse(person.number.reveal()).unwrap();
            // 810000 is on every permit of its kind, and tells nothing of a place.
            let invented = !number.has_known_region() || person.card == CardKind::HmtResidence;
            assert!(invented, "{}: a region that exists", person.key);
            assert_eq!(number.birth_on(person.birth), Some(person.birth), "{}", person.key);
            assert!(person.phone.reveal().starts_with("1110"), "{}", person.key);
            assert!(person.bank_card.number.reveal().starts_with("9900"), "{}", person.key);
        }
    }

    /// Worked with another program from ISO/IEC 7812-1.
    #[test]
    fn check_digits_of_accounts() {
        assert_eq!(with_luhn_digit("990000000000000001"), "9900000000000000010");
        assert_eq!(with_luhn_digit("990000000000000010"), "9900000000000000101");
    }

    #[test]
    fn each_stands_for_a_situation() {
        let founded = date!(2026 - 11 - 24);
        let people = people(founded);
        let person = |key: &str| people.iter().find(|p| p.key.0 == key).unwrap();
        assert_eq!(person("zhang-shili").age_on(founded), 86);
        assert!(person("wang-ceshi").age_on(founded) < 80);
        assert!(matches!(person("li-yangben").household.registered, RegisteredIn::OtherProvince { .. }));
        assert_eq!(person("wang-ceshi").disability.as_ref().unwrap().number.reveal(), "99000019500101002742");
        assert_eq!(person("zhou-zhiwen").insurance[0].since, date!(2016 - 05 - 01));
        assert_eq!(person("yangliren-2017").birth, date!(1980 - 01 - 01));
    }
}
