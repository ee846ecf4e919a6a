//! What the province can do wrong, by name.

use super::Step;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Connections are closed without a word.
    Down,
    /// The connection is taken and the handshake never answered.
    TlsHang,
    /// The connection is reset in the middle of the handshake.
    TlsReset,
    /// The server shows a certificate that has expired.
    TlsExpired,
    /// The server shows a certificate that is not valid yet.
    TlsNotYetValid,
    /// The server shows a certificate for another name.
    TlsWrongName,
    /// The server shows a certificate of an authority that no terminal knows.
    TlsUnknownIssuer,
    /// An honest 503.
    Unavailable,
    /// An honest 429 with `Retry-After: 2`.
    RateLimited429,
    /// Nothing is done; an error of the class `needs_user`: what the resident gave does not do.
    NeedsUser,
    /// Nothing is done; an error of the class `needs_human`: staff must see to it.
    NeedsHuman,
    /// Nothing is done; an error of the class `fatal`: the same call will never do.
    Fatal,
    /// Every answer comes two seconds late.
    Slow,
    /// Every answer comes twelve seconds late: longer than a resident waits without a word.
    VerySlow,
    /// The request is taken and never answered.
    Silent,
    /// The connection breaks before anything was done.
    DropBeforeCommit,
    /// All is done, then the connection breaks before the answer.
    DropAfterCommit,
    /// All is done, then half of the answer comes, though its whole length was announced.
    HalfAnswer,
    /// All is done, then the answer's body comes byte by byte, one a second.
    SlowDrip,
    /// Nothing is done; HTTP says 200, the envelope says `internal`.
    Error200,
    /// Nothing is done; HTTP says 200 and sends a web page, as a captive portal does.
    WrongContentType,
    /// Nothing is done; HTTP says 302 and names another place.
    Redirect,
    /// All is done; the answer comes compressed, though nobody asked, and is 64 MiB when it is unpacked.
    GzipBomb,
    /// All is done; 50 MB of white space stand before the answer, and their length is announced.
    HugeAnswer,
    /// All is done; white space without length and without end stands before the answer.
    EndlessAnswer,
    /// All is done; the answer's JSON ends too early.
    InvalidJson,
    /// All is done; the answer is about another submission.
    WrongCase,
    /// All is done; the same answer comes twice over the connection.
    DuplicateAnswer,
    /// All is done; `serverTime` is an hour ahead.
    ClockSkew,
    /// The department does not accept the case.
    Refuse,
    /// The department wants a paper that is missing.
    Supplement,
    /// One file of the catalogue is cut short.
    CatalogueBroken,
    /// A certificate was changed after it was sealed.
    SealAltered,
    /// What a certificate was sealed with had ended.
    SealExpired,
    /// An authority that nobody trusts answers for a certificate's seal.
    SealUnknownIssuer,
    /// A certificate comes without a seal.
    SealMissing,
}

/// A fault as a command line names it, and what then happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultName {
    /// `province.drop_after_commit`.
    pub name: &'static str,
    /// What the province does then, one line.
    pub meaning: &'static str,
}

/// Where a kind strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// In the handshake, before it is known what is asked.
    Handshake,
    /// At every call, or at the one that is named.
    Calls,
    /// At this call, or at the one that is named.
    Usually(Step),
}

pub(super) const KINDS: [(FaultKind, Reach, FaultName); 36] = {
    use FaultKind as K;
    use Reach::{Calls, Handshake, Usually};
    [
        named(K::Down, Calls, "province.down", "connections are closed without a word"),
        named(K::TlsHang, Handshake, "province.tls_hang", "the handshake is never answered"),
        named(K::TlsReset, Handshake, "province.tls_reset", "the connection is reset in the handshake"),
        named(K::TlsExpired, Handshake, "province.tls_expired", "the server's certificate has expired"),
        named(
            K::TlsNotYetValid,
            Handshake,
            "province.tls_not_yet_valid",
            "the server's certificate is not valid yet",
        ),
        named(
            K::TlsWrongName,
            Handshake,
            "province.tls_wrong_name",
            "the server's certificate is for another name",
        ),
        named(
            K::TlsUnknownIssuer,
            Handshake,
            "province.tls_unknown_issuer",
            "the server's certificate is of an unknown authority",
        ),
        named(K::Unavailable, Calls, "province.unavailable", "every call is answered with 503"),
        named(
            K::RateLimited429,
            Calls,
            "province.rate_limited_429",
            "every call is answered with 429 and Retry-After",
        ),
        named(K::NeedsUser, Calls, "province.needs_user", "every call is an error of the class needs_user"),
        named(
            K::NeedsHuman,
            Calls,
            "province.needs_human",
            "every call is an error of the class needs_human",
        ),
        named(K::Fatal, Calls, "province.fatal", "every call is an error of the class fatal"),
        named(K::Slow, Calls, "province.slow", "every answer comes two seconds late"),
        named(K::VerySlow, Calls, "province.very_slow", "every answer comes twelve seconds late"),
        named(K::Silent, Calls, "province.silent", "requests are taken and never answered"),
        named(
            K::DropBeforeCommit,
            Usually(Step::Submit),
            "province.drop_before_commit",
            "the connection breaks before a case is kept",
        ),
        named(
            K::DropAfterCommit,
            Usually(Step::Submit),
            "province.drop_after_commit",
            "a case is kept, then the connection breaks",
        ),
        named(
            K::HalfAnswer,
            Usually(Step::Submit),
            "province.half_answer",
            "a case is kept, then half of the answer comes",
        ),
        named(K::SlowDrip, Calls, "province.slow_drip", "answers come byte by byte, one a second"),
        named(K::Error200, Calls, "province.error_200", "HTTP says 200, the envelope says error"),
        named(
            K::WrongContentType,
            Calls,
            "province.wrong_content_type",
            "a web page comes instead of an answer",
        ),
        named(K::Redirect, Calls, "province.redirect", "302 to another place"),
        named(K::GzipBomb, Calls, "province.gzip_bomb", "answers come compressed and are 64 MiB unpacked"),
        named(K::HugeAnswer, Calls, "province.huge_answer", "answers are 50 MB long, and say so"),
        named(K::EndlessAnswer, Calls, "province.endless_answer", "answers have no length and no end"),
        named(K::InvalidJson, Calls, "province.invalid_json", "the JSON of answers ends too early"),
        named(
            K::WrongCase,
            Usually(Step::Submit),
            "province.wrong_case",
            "a case is kept, the answer is about another submission",
        ),
        named(K::DuplicateAnswer, Calls, "province.duplicate_answer", "every answer comes twice"),
        named(K::ClockSkew, Calls, "province.clock_skew", "serverTime is an hour ahead"),
        named(K::Refuse, Usually(Step::Submit), "province.refuse", "the department does not accept a case"),
        named(
            K::Supplement,
            Usually(Step::Submit),
            "province.supplement",
            "the department wants a missing paper",
        ),
        named(
            K::CatalogueBroken,
            Usually(Step::Catalogue),
            "province.catalogue_broken",
            "one file of the catalogue is cut short",
        ),
        named(
            K::SealAltered,
            Usually(Step::Certificate),
            "province.seal_altered",
            "a certificate was changed after it was sealed",
        ),
        named(
            K::SealExpired,
            Usually(Step::Certificate),
            "province.seal_expired",
            "what a certificate was sealed with had ended",
        ),
        named(
            K::SealUnknownIssuer,
            Usually(Step::Certificate),
            "province.seal_unknown_issuer",
            "an authority that nobody trusts answers for a certificate's seal",
        ),
        named(
            K::SealMissing,
            Usually(Step::Certificate),
            "province.seal_missing",
            "a certificate comes without a seal",
        ),
    ]
};

const fn named(
    kind: FaultKind,
    reach: Reach,
    name: &'static str,
    meaning: &'static str,
) -> (FaultKind, Reach, FaultName) {
    (kind, reach, FaultName { name, meaning })
}

/// Every fault: what `--fault list` prints. Each name may be followed by how often it strikes ([`super::Repeat`]) and,
/// unless it strikes in the handshake, by `@STEP` ([`super::step_names`]).
pub fn list() -> impl Iterator<Item = FaultName> {
    KINDS.into_iter().map(|(_, _, name)| name)
}

impl FaultKind {
    /// The kinds that strike in the handshake.
    pub(crate) const HANDSHAKE: [Self; 6] = [
        Self::TlsHang,
        Self::TlsReset,
        Self::TlsExpired,
        Self::TlsNotYetValid,
        Self::TlsWrongName,
        Self::TlsUnknownIssuer,
    ];

    pub(super) fn reach(self) -> Reach {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or(Reach::Calls, |(_, reach, _)| *reach)
    }

    pub(super) fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., n)| n.name)
    }
}
