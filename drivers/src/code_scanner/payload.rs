//! What the modules of a QR code say (ISO/IEC 18004, 7).

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::qrcode::decoder::qrcode_decoder::decode_bool_array;

use super::segments;

/// The text of a QR code of those modules, row after row, dark is true; nothing when they are no code, too many are wrong,
/// or what they say is no text.
pub fn qr_text(modules: &[Vec<bool>]) -> Option<String> {
    let side = modules.len();
    // The decoder takes a square of a version's size for granted.
    if !(21..=177).contains(&side) || side % 4 != 1 || modules.iter().any(|row| row.len() != side) {
        return None;
    }
    // Its own text is not asked for: it says one again for every segment that begins with nothing before it, and leaves out what
    // it cannot decode.
    let data = fenced(|| Some(decode_bool_array(modules).ok()?.getRawBytes().clone()))?;
    segments::text(&data, (side - 17) / 4)
}

/// Others' code on what anybody may hold to the camera: a code that is made to end the decoder (rxing 0.9.3 ends at an FNC1
/// code whose letters end in `%`, as fuzzing found) ends its own reading and nothing else.
pub(super) fn fenced<T>(decode: impl FnOnce() -> Option<T>) -> Option<T> {
    // What `decode` had borrowed is not looked at again.
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}
