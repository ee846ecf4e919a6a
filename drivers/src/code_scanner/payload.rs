//! What the modules of a QR code say (ISO/IEC 18004, 7).

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::DecodeHints;
use rxing::qrcode::decoder::qrcode_decoder::decode_bool_array_with_hints;

/// The text of a QR code of those modules, row after row, dark is true; nothing when they are no code, too many are wrong,
/// or what they say is no text.
pub fn qr_text(modules: &[Vec<bool>]) -> Option<String> {
    let side = modules.len();
    // The decoder takes a square of a version's size for granted.
    if !(21..=177).contains(&side) || side % 4 != 1 || modules.iter().any(|row| row.len() != side) {
        return None;
    }
    // Chinese codes are UTF-8 without saying so; left alone the decoder guesses Shift-JIS or GB 18030.
    let hints = DecodeHints { CharacterSet: Some("UTF-8".to_owned()), ..DecodeHints::default() };
    let text = fenced(|| Some(decode_bool_array_with_hints(modules, &hints).ok()?.getText().to_owned()))?;
    (!text.contains(char::REPLACEMENT_CHARACTER)).then_some(text)
}

/// Others' code on what anybody may hold to the camera: a code that is made to end the decoder (rxing 0.9.3 ends at an FNC1
/// code whose letters end in `%`, as fuzzing found) ends its own reading and nothing else.
pub(super) fn fenced<T>(decode: impl FnOnce() -> Option<T>) -> Option<T> {
    // What `decode` had borrowed is not looked at again.
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}
