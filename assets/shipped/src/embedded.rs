//! As part of the program.

use super::{Asset, AssetError};

#[allow(clippy::unnecessary_wraps, reason = "files can be absent, and both are one interface")]
pub(crate) fn bytes(asset: Asset) -> Result<&'static [u8], AssetError> {
    Ok(match asset {
        Asset::Regular => include_bytes!("../../fonts/YilinSans-Regular.otf"),
        Asset::Bold => include_bytes!("../../fonts/YilinSans-Bold.otf"),
        Asset::PinyinWords => include_bytes!("../../input/pinyin.tsv"),
        Asset::DetectorManifest => {
            include_bytes!("../../models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json")
        }
        Asset::DetectorWeights => {
            include_bytes!("../../models/tiny_face_detector/tiny_face_detector_model.bin")
        }
        Asset::LandmarksManifest => {
            include_bytes!(
                "../../models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json"
            )
        }
        Asset::LandmarksWeights => {
            include_bytes!("../../models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin")
        }
    })
}
