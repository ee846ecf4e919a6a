//! As files, mapped: only the pages that are used are ever read, as of what is part of the program.

use super::{Asset, AssetError};
use memmap2::Mmap;
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Where the firmware has them.
const FOLDER: &str = "/usr/share/yilin";

/// Those that are mapped.
static MAPPED: Mutex<Vec<(Asset, &'static [u8])>> = Mutex::new(Vec::new());

pub(crate) fn bytes(asset: Asset) -> Result<&'static [u8], AssetError> {
    let mut mapped = MAPPED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, bytes)) = mapped.iter().find(|(of, _)| *of == asset) {
        return Ok(bytes);
    }
    let bytes = of(Path::new(FOLDER), asset)?;
    mapped.push((asset, bytes));
    Ok(bytes)
}

/// A file's bytes, for as long as the program runs.
#[allow(unsafe_code, reason = "a mapping changes when its file does")]
fn of(folder: &Path, asset: Asset) -> Result<&'static [u8], AssetError> {
    let file = folder.join(path(asset));
    let failed = |cause| AssetError { file: file.clone(), cause };
    let open = File::open(&file).map_err(failed)?;
    // SAFETY: the file lies in the firmware's root, a squashfs under dm-verity that is mounted read-only and that nobody can write:
    // it neither changes nor becomes shorter while it is mapped.
    let map = unsafe { Mmap::map(&open) }.map_err(failed)?;
    Ok(Box::leak(Box::new(map)))
}

/// Its place in the folder.
const fn path(asset: Asset) -> &'static str {
    match asset {
        Asset::Regular => "fonts/YilinSans-Regular.otf",
        Asset::Bold => "fonts/YilinSans-Bold.otf",
        Asset::PinyinWords => "input/pinyin.tsv",
        Asset::DetectorManifest => "models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json",
        Asset::DetectorWeights => "models/tiny_face_detector/tiny_face_detector_model.bin",
        Asset::LandmarksManifest => {
            "models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json"
        }
        Asset::LandmarksWeights => "models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    const ALL: [Asset; 7] = [
        Asset::Regular,
        Asset::Bold,
        Asset::PinyinWords,
        Asset::DetectorManifest,
        Asset::DetectorWeights,
        Asset::LandmarksManifest,
        Asset::LandmarksWeights,
    ];

    #[test]
    fn every_file_is_handed_out_as_it_is() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for asset in ALL {
            let bytes = of(&assets, asset).unwrap();
            assert!(bytes == std::fs::read(assets.join(path(asset))).unwrap(), "{asset:?}");
        }
    }

    #[test]
    fn the_images_are_told_all_of_them() {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../files.list");
        let list = std::fs::read_to_string(list).unwrap();
        let listed: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(listed, ALL.map(path));
    }

    #[test]
    fn one_that_is_absent_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = of(folder.path(), Asset::Bold).unwrap_err();
        assert!(error.to_string().contains("fonts/YilinSans-Bold.otf cannot be read"), "{error}");
        assert!(error.source().unwrap().to_string().contains("No such file"));
    }
}
