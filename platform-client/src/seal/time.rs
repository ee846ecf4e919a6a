//! Times of certificates and seals.

use domain::terminal::Timestamp;
use time::{Duration, OffsetDateTime};

/// How far two clocks may be apart.
const SKEW: Duration = Duration::minutes(5);

/// The time of a certificate or of an attribute (RFC 5280, 4.1.2.5).
pub(super) fn of(time: x509_cert::time::Time) -> Option<Timestamp> {
    of_unix(time.to_unix_duration())
}

/// Seconds since 1970-01-01 UTC.
pub(super) fn of_unix(since: std::time::Duration) -> Option<Timestamp> {
    OffsetDateTime::from_unix_timestamp(i64::try_from(since.as_secs()).ok()?).ok()
}

/// Whether a time lies further ahead than two clocks may be apart.
pub(super) fn is_future(at: Timestamp, now: Timestamp) -> bool {
    at - now > SKEW
}
