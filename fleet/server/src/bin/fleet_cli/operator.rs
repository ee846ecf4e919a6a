//! Who works on the machine itself: the operating system's user.

use fleet_server::state::Actor;
use fleet_server::store::audit::AuditEntry;

/// The user, as orders and the audit name them: `os:` and the name. No account of the console has a colon in its name.
pub(super) fn operator() -> Actor {
    let number = rustix::process::getuid();
    // Whoever became root by sudo is told by it; of anybody else that word would be their own.
    let through_sudo = number.is_root().then(|| std::env::var("SUDO_USER").ok()).flatten();
    let name = through_sudo.or_else(|| name_of(number.as_raw()));
    Actor(format!("os:{}", name.unwrap_or_else(|| number.as_raw().to_string())))
}

/// The user's name by passwd(5), where the machine keeps it.
fn name_of(number: u32) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(number)).then(|| name.to_owned())
    })
}

/// What the audit notes of a command line.
pub(super) fn entry(what: &str, subject: String, why: &str, detail: impl Into<String>) -> AuditEntry {
    AuditEntry {
        who: operator().0,
        what: what.to_owned(),
        subject,
        why: why.to_owned(),
        detail: detail.into(),
    }
}
