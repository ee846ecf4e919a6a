//! The screens as the compiler made them from `../ui`: a crate of their own, since they are compiled for minutes, and seldom.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    reason = "made by the compiler of the screens"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::semicolon_if_nothing_returned,
    clippy::todo,
    clippy::uninlined_format_args,
    clippy::allow_attributes_without_reason,
    clippy::fn_params_excessive_bools,
    unused_qualifications,
    unsafe_code,
    reason = "made by the compiler of the screens"
)]

slint::include_modules!();

/// The fixed words of the screens, in the language of the visit.
pub mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
