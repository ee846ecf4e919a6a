//! The faces as part of the program.

use super::{Typeface, TypefaceError};

#[allow(clippy::unnecessary_wraps, reason = "files can be absent, and both are one interface")]
pub(crate) fn open() -> Result<Typeface, TypefaceError> {
    Ok(Typeface {
        regular: include_bytes!("../../fonts/YilinSans-Regular.otf"),
        bold: include_bytes!("../../fonts/YilinSans-Bold.otf"),
    })
}
