//! The fixed words of the screens, in the language of the visit.

include!(concat!(env!("OUT_DIR"), "/words.rs"));
