//! Errors by number, as docs/dialects.md lists them for every gateway.

use crate::contract::envelope::code;

/// The number of an error of the contract; one that the page does not list has the number of its class.
pub(super) fn of(said: &str, class: &str) -> u32 {
    match said {
        code::BAD_REQUEST => 40001,
        code::SESSION_REQUIRED => 40110,
        code::NOT_ADMITTED => 40301,
        code::NOT_FOUND => 40401,
        code::CASE_NOT_FOUND => 40402,
        code::KEY_REUSED => 40901,
        code::ALREADY_RATED => 40902,
        code::STATE_REFUSED => 40903,
        code::SLOT_TAKEN => 40904,
        code::OFFSET_WRONG => 40905,
        code::TOO_LARGE => 41301,
        code::FORM_REFUSED => 42201,
        code::IDENTITY_REFUSED => 42202,
        code::MATERIAL_MISSING => 42203,
        code::CONTENT_REFUSED => 42204,
        code::TOO_MANY_REQUESTS => 42901,
        code::INTERNAL => 50001,
        code::UNAVAILABLE => 50301,
        _ => match class {
            "needs_user" => 42200,
            "needs_human" => 40900,
            "retryable" => 50000,
            _ => 40000,
        },
    }
}

/// Application or signature are not known.
pub(super) const ACCESS: u32 = 40101;
/// The token is used up, or none of ours.
pub(super) const TOKEN: u32 = 40102;
/// The clocks are more than 300 s apart.
pub(super) const CLOCK: u32 = 40103;
/// The nonce was used before.
pub(super) const REPLAY: u32 = 40104;
/// Not what the page says.
pub(super) const REQUEST: u32 = 40001;
/// No such call here.
pub(super) const NOWHERE: u32 = 40401;
