//! Typing: what letters and keys become.

pub mod pinyin;
pub mod typing;
