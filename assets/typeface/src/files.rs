//! The faces as files, mapped: only the pages that are drawn from are ever read, as of a face that is part of the program.

use super::{Typeface, TypefaceError};
use memmap2::Mmap;
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Where the firmware has them.
const FOLDER: &str = "/usr/share/yilin/fonts";

static OPEN: Mutex<Option<Typeface>> = Mutex::new(None);

pub(crate) fn open() -> Result<Typeface, TypefaceError> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(typeface) = *open {
        return Ok(typeface);
    }
    let typeface = of(Path::new(FOLDER))?;
    *open = Some(typeface);
    Ok(typeface)
}

fn of(folder: &Path) -> Result<Typeface, TypefaceError> {
    Ok(Typeface {
        regular: mapped(&folder.join("YilinSans-Regular.otf"))?,
        bold: mapped(&folder.join("YilinSans-Bold.otf"))?,
    })
}

/// A file's bytes, for as long as the program runs.
#[allow(unsafe_code, reason = "a mapping changes when its file does")]
fn mapped(file: &Path) -> Result<&'static [u8], TypefaceError> {
    let failed = |cause| TypefaceError { file: file.to_owned(), cause };
    let open = File::open(file).map_err(failed)?;
    // SAFETY: the file lies in the firmware's root, a squashfs under dm-verity that is mounted read-only and that nobody can write:
    // it neither changes nor becomes shorter while it is mapped.
    let map = unsafe { Mmap::map(&open) }.map_err(failed)?;
    Ok(Box::leak(Box::new(map)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn both_files_are_handed_out_as_they_are() {
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fonts");
        let typeface = of(&fonts).unwrap();
        assert!(typeface.regular == std::fs::read(fonts.join("YilinSans-Regular.otf")).unwrap());
        assert!(typeface.bold == std::fs::read(fonts.join("YilinSans-Bold.otf")).unwrap());
    }

    #[test]
    fn one_that_is_absent_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("YilinSans-Regular.otf"), b"OTTO").unwrap();
        let error = of(folder.path()).unwrap_err();
        assert!(error.to_string().contains("YilinSans-Bold.otf of the typeface cannot be read"), "{error}");
        assert!(error.source().unwrap().to_string().contains("No such file"));
    }
}
