//! The people of the city: invented, and looking it.
//!
//! Duty: who they are and what the departments know of them on the city's founding day. Never: a name, number, account
//! or telephone of somebody real. The same people hold the cards that the simulated reader offers; the two lists meet
//! in the number's text only.

mod cast;

use domain::division::DivisionCode;
use domain::identity::KnownPerson;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::resident_id::CardKind;
use time::Date;

pub(crate) use cast::people;

/// The name by which programs and tests call a person: `zhang-shili`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey(pub &'static str);

impl std::fmt::Display for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// One person, and what the departments hold on them.
#[derive(Debug, Clone)]
pub struct Person {
    /// How programs call them.
    pub key: PersonKey,
    /// The card that they hold.
    pub card: CardKind,
    /// Name in today's code points.
    pub name: Personal,
    /// Number of the card.
    pub number: Personal,
    /// Date of birth.
    pub birth: Date,
    /// Where the household is registered (public security's household register).
    pub household: Household,
    /// Telephone (the social-insurance office's file).
    pub phone: Personal,
    /// Account that allowances are paid to (the social-insurance card's).
    pub bank_card: BankCard,
    /// The certificate of the Disabled Persons' Federation.
    pub disability: Option<DisabilityCertificate>,
    /// Whether the household is on a list of those in need (civil affairs).
    pub hardship: HardshipStatus,
    /// The basic pension of urban and rural residents.
    pub pension: Pension,
    /// Contributions to social insurance, the present one first.
    pub insurance: Vec<Insurance>,
}

impl Person {
    /// Name and number, as the province says who somebody is.
    pub fn known(&self) -> KnownPerson {
        KnownPerson { name: self.name.clone(), number: self.number.clone() }
    }

    /// Completed years of life on a day.
    pub fn age_on(&self, day: Date) -> u16 {
        let reached = (day.month() as u8, day.day()) >= (self.birth.month() as u8, self.birth.day());
        u16::try_from(day.year() - self.birth.year() - i32::from(!reached)).unwrap_or(0)
    }
}

/// Where a household is registered.
#[derive(Debug, Clone)]
pub struct Household {
    /// The whole address; where there is no household in the country, that of the dwelling here.
    pub address: Personal,
    /// Here or elsewhere.
    pub registered: RegisteredIn,
}

/// In this city or elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisteredIn {
    /// This city: its civil affairs bureau decides.
    ThisCity {
        /// The community.
        community: DivisionCode,
    },
    /// Another province: the place that decides there.
    OtherProvince {
        /// The deciding bureau.
        decided_by: Localized,
    },
    /// Nowhere in the country: somebody of Hong Kong, Macao, Taiwan or a foreigner, who lives here.
    Abroad,
}

/// An account for payments.
#[derive(Debug, Clone)]
pub struct BankCard {
    /// Nineteen digits with a right check digit; begins with 9, which no bank's card does.
    pub number: Personal,
    /// The bank, an invented one.
    pub bank: Localized,
}

/// Kinds of disability of GB/T 26341.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisabilityCategory {
    /// 视力残疾, code 1
    Sight,
    /// 肢体残疾, code 4
    Physical,
}

impl DisabilityCategory {
    /// The code of GB/T 26341 inside the certificate's number.
    pub const fn code(self) -> char {
        match self {
            Self::Sight => '1',
            Self::Physical => '4',
        }
    }
}

/// 残疾人证: its number is the person's number, the category and the grade.
#[derive(Debug, Clone)]
pub struct DisabilityCertificate {
    /// Twenty characters.
    pub number: Personal,
    /// The kind.
    pub category: DisabilityCategory,
    /// 1 (gravest) to 4.
    pub grade: u8,
}

/// Whether the household is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HardshipStatus {
    /// On no list.
    None,
    /// 最低生活保障
    MinimumLivingAllowance,
}

/// 城乡居民基本养老保险待遇.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pension {
    /// Draws none: too young, or insured otherwise.
    NotDrawn,
    /// Draws it; the certification of entitlement runs out on this day (12 months after the last one).
    Drawn {
        /// Last day on which the last certification counts.
        certified_until: Date,
    },
}

/// Kinds of social insurance that people of the city have paid into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InsuranceScheme {
    /// 企业职工基本养老保险
    EmployeePension,
    /// 城乡居民基本养老保险
    ResidentPension,
}

impl InsuranceScheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::EmployeePension, Self::ResidentPension];

    /// The word of forms and interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EmployeePension => "employee_pension",
            Self::ResidentPension => "resident_pension",
        }
    }

    /// What a certificate calls it.
    pub fn name(self) -> Localized {
        match self {
            Self::EmployeePension => {
                Localized::new("企业职工基本养老保险", "Basic pension insurance for employees")
            }
            Self::ResidentPension => Localized::new(
                "城乡居民基本养老保险",
                "Basic pension insurance for urban and rural residents",
            ),
        }
    }
}

/// A record of contributions: every month from the first on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurance {
    /// Which insurance.
    pub scheme: InsuranceScheme,
    /// The first day of the first month that was paid.
    pub since: Date,
    /// Months paid.
    pub months: u16,
    /// Who paid in.
    pub payer: Localized,
}

impl Insurance {
    /// How many of the `window` months before the month of `day` were paid; `None` counts all.
    pub fn months_paid(&self, window: Option<u16>, day: Date) -> u16 {
        let Some(window) = window else { return self.months };
        let count = |day: Date| day.year() * 12 + i32::from(day.month() as u8);
        let end = count(self.since) + i32::from(self.months);
        let from = count(self.since).max(count(day) - i32::from(window));
        u16::try_from(end.min(count(day)) - from).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn months_in_a_window() {
        let record = |since, months| Insurance {
            scheme: InsuranceScheme::EmployeePension,
            since,
            months,
            payer: Localized::default(),
        };
        let check = |since, months, window, want| {
            assert_eq!(
                record(since, months).months_paid(window, date!(2026 - 11 - 24)),
                want,
                "{since} {months}"
            );
        };
        check(date!(2016 - 05 - 01), 126, Some(12), 12);
        check(date!(2016 - 05 - 01), 126, None, 126);
        check(date!(2026 - 09 - 01), 2, Some(12), 2);
        check(date!(1996 - 03 - 01), 96, Some(12), 0);
        check(date!(2025 - 01 - 01), 12, Some(12), 2);
    }
}
