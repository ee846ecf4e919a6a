//! The answer "there is no fontconfig", in the words of the bindings to it.
//!
//! Duty: keep the fonts of the machine out of the terminal, so that a page has the same pixels everywhere.
//! Never: load a library, read a file, or give anything but "nothing".
//!
//! The user interface's font collection (crate `fontique`) always asks the machine for its fonts, and stops the
//! program when fontconfig is there and has none. Nothing in it turns that off, so the workspace puts this crate in
//! the place of the bindings (`[patch.crates-io]`). Names and types are those of `yeslogic-fontconfig-sys` 6.0.1 that
//! fontique 0.11 uses. The first thing it asks, [`statics::LIB_RESULT`] or [`FcInitLoadConfig`], is answered with no,
//! and it then asks nothing else.
#![allow(non_snake_case, non_upper_case_globals, reason = "the names are fontconfig's own")]

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr::null_mut;

/// A byte of UTF-8.
pub type FcChar8 = c_uchar;
/// A code point.
pub type FcChar32 = c_uint;
/// 0 for no, anything else for yes.
pub type FcBool = c_int;
/// A set of characters; there is none.
pub type FcCharSet = c_void;
/// A configuration; there is none.
pub type FcConfig = c_void;
/// A set of languages; there is none.
pub type FcLangSet = c_void;
/// A description of a font; there is none.
pub type FcPattern = c_void;
/// Which stage a pattern is prepared for.
pub type FcMatchKind = c_uint;
/// Prepared for matching.
pub const FcMatchPattern: FcMatchKind = 0;
/// Which fonts of a configuration.
pub type FcSetName = c_uint;
/// The machine's fonts.
pub const FcSetSystem: FcSetName = 0;
/// How a look-up ended.
pub type FcResult = c_uint;
/// Found.
pub const FcResultMatch: FcResult = 0;
/// No such object.
pub const FcResultNoMatch: FcResult = 1;
/// An object of another type.
pub const FcResultTypeMismatch: FcResult = 2;
/// No value at this place.
pub const FcResultNoId: FcResult = 3;
/// No memory.
pub const FcResultOutOfMemory: FcResult = 4;

/// A list of fonts.
#[repr(C)]
#[derive(Debug)]
pub struct FcFontSet {
    /// How many are in it.
    pub nfont: c_int,
    /// How many there is room for.
    pub sfont: c_int,
    /// The fonts.
    pub fonts: *mut *mut FcPattern,
}

/// Names of a pattern's objects.
pub mod constants {
    use std::ffi::CStr;

    /// Family name.
    pub const FC_FAMILY: &CStr = c"family";
    /// Roman, italic or oblique.
    pub const FC_SLANT: &CStr = c"slant";
    /// Weight.
    pub const FC_WEIGHT: &CStr = c"weight";
    /// Width.
    pub const FC_WIDTH: &CStr = c"width";
    /// File name.
    pub const FC_FILE: &CStr = c"file";
    /// Face within the file.
    pub const FC_INDEX: &CStr = c"index";
    /// Characters.
    pub const FC_CHARSET: &CStr = c"charset";
    /// Languages.
    pub const FC_LANG: &CStr = c"lang";
}

/// The library as it was loaded, for callers that are built with the feature `dlopen`.
pub mod statics {
    /// It was not loaded.
    pub static LIB_RESULT: Result<(), ()> = Err(());
    /// Named by callers; nothing is reached through it.
    pub static LIB: () = ();
}

/// Calls the function of this crate; the bindings choose between a linked and a loaded library here.
#[macro_export]
macro_rules! ffi_dispatch {
    (feature = $feature:literal, $library:ident, $function:ident, $($argument:expr),* $(,)?) => {
        $crate::$function($($argument),*)
    };
}

macro_rules! nothing {
    ($($name:ident($($argument:ty),*) $(-> $answer:ty = $nothing:expr)?;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`, which finds nothing.")]
        #[inline]
        pub const fn $name($(_: $argument),*) $(-> $answer)? {
            $($nothing)?
        }
    )*};
}

nothing! {
    FcInitLoadConfig() -> *mut FcConfig = null_mut();
    FcConfigBuildFonts(*mut FcConfig) -> FcBool = 0;
    FcConfigDestroy(*mut FcConfig);
    FcConfigGetFonts(*mut FcConfig, FcSetName) -> *mut FcFontSet = null_mut();
    FcConfigReference(*mut FcConfig) -> *mut FcConfig = null_mut();
    FcConfigSubstitute(*mut FcConfig, *mut FcPattern, FcMatchKind) -> FcBool = 0;
    FcFontMatch(*mut FcConfig, *mut FcPattern, *mut FcResult) -> *mut FcPattern = null_mut();
    FcFontRenderPrepare(*mut FcConfig, *mut FcPattern, *mut FcPattern) -> *mut FcPattern = null_mut();
    FcFontSort(*mut FcConfig, *mut FcPattern, FcBool, *mut *mut FcCharSet, *mut FcResult) -> *mut FcFontSet = null_mut();
    FcFontSetDestroy(*mut FcFontSet);
    FcPatternCreate() -> *mut FcPattern = null_mut();
    FcPatternDestroy(*mut FcPattern);
    FcPatternReference(*mut FcPattern);
    FcPatternAddString(*mut FcPattern, *const c_char, *const FcChar8) -> FcBool = 0;
    FcPatternAddCharSet(*mut FcPattern, *const c_char, *const FcCharSet) -> FcBool = 0;
    FcPatternAddLangSet(*mut FcPattern, *const c_char, *const FcLangSet) -> FcBool = 0;
    FcPatternGetString(*mut FcPattern, *const c_char, c_int, *mut *mut FcChar8) -> FcResult = FcResultNoMatch;
    FcPatternGetInteger(*mut FcPattern, *const c_char, c_int, *mut c_int) -> FcResult = FcResultNoMatch;
    FcNameUnparse(*mut FcPattern) -> *mut FcChar8 = null_mut();
    FcStrFree(*mut FcChar8);
    FcCharSetCreate() -> *mut FcCharSet = null_mut();
    FcCharSetDestroy(*mut FcCharSet);
    FcCharSetCopy(*mut FcCharSet) -> *mut FcCharSet = null_mut();
    FcCharSetAddChar(*mut FcCharSet, FcChar32) -> FcBool = 0;
    FcLangSetCreate() -> *mut FcLangSet = null_mut();
    FcLangSetDestroy(*mut FcLangSet);
    FcLangSetCopy(*const FcLangSet) -> *mut FcLangSet = null_mut();
    FcLangSetAdd(*mut FcLangSet, *const FcChar8) -> FcBool = 0;
}
