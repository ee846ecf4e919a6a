//! Who works at the stations: badges and PINs of the demonstration.

use domain::identity::Worker;
use domain::locale::Localized;
use domain::personal::Personal;

/// What a member of staff may do at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffDuty {
    /// Acts for residents.
    Worker,
    /// Looks after the unit, and acts for residents.
    Keeper,
    /// Maintains the unit.
    Technician,
}

/// A member of staff.
#[derive(Debug, Clone)]
pub struct StaffMember {
    /// Badge and name.
    pub worker: Worker,
    /// The PIN that goes with the badge: of the demonstration, no secret.
    pub pin: Personal,
    /// What they may do.
    pub duty: StaffDuty,
}

/// Everybody, one for each duty.
pub(crate) fn staff() -> Vec<StaffMember> {
    let member = |badge: &str, zh: &str, en: &str, pin: &str, duty| StaffMember {
        worker: Worker { badge: badge.to_owned(), name: Localized::new(zh, en) },
        pin: Personal::new(pin),
        duty,
    };
    vec![
        member("990101", "周示范", "Zhou Shifan", "246810", StaffDuty::Worker),
        member("990102", "吴样例", "Wu Yangli", "135790", StaffDuty::Keeper),
        member("990103", "郑测试", "Zheng Ceshi", "112358", StaffDuty::Technician),
    ]
}
