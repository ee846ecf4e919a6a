//! Finds faces in a frame.
//!
//! Duty: picture → network → boxes (face-api 1.7, `TinyYolov2Base.ts` `extractBoxes`, `nonMaxSuppression.ts`). Never:
//! keep a pixel of the frame once the call is over.

use zeroize::Zeroizing;

use super::layers::Map;
use super::network::{Network, OUTPUTS};
use super::weights::{Weights, WeightsError};
use crate::camera::{Area, Frame, Mirror, Size};

/// A face in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Brow to chin and cheek to cheek, in the frame's pixels; it may reach over the edge.
    pub area: Area,
    /// How sure the detector is, 0.5 to 1.
    pub confidence: f32,
}

/// How finely a frame is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// The longer edge at 288 pixels: faces from about a ninth of it, for slow machines.
    Quick,
    /// The longer edge at 416 pixels: faces from about a fourteenth of it, at twice the time.
    Thorough,
}

impl Search {
    const fn edge(self) -> u32 {
        match self {
            Self::Quick => 288,
            Self::Thorough => 416,
        }
    }
}

/// The tiny face detector of face-api, with its working memory.
pub struct FaceDetector {
    network: Network,
    input: Map,
    output: Map,
    edge: u32,
}

/// Pixels of the input that one place of the last map stands for.
const PLACE: usize = 32;
/// A box below this is no face: face-api's own default.
const LEAST_CONFIDENCE: f32 = 0.5;
/// Of two boxes that overlap more than this, the surer stays (`IOU_THRESHOLD`).
const SAME_FACE: f32 = 0.4;
/// Width and height of the five boxes of a place, in places (`BOX_ANCHORS`).
const ANCHORS: [(f32, f32); 5] = [
    (1.603_231, 2.094_468),
    (6.041_143, 7.080_126),
    (2.882_459, 3.518_061),
    (4.266_906, 5.178_857),
    (9.041_765, 10.663_08),
];
/// Taken from red, green and blue before they go in (`MEAN_RGB`).
const MEAN: [f32; 3] = [117.001, 114.697, 97.404];

impl FaceDetector {
    /// A detector from `tiny_face_detector_model-weights_manifest.json` and `tiny_face_detector_model.bin`.
    ///
    /// # Errors
    /// When the two are not what the network needs.
    pub fn new(manifest: &[u8], weights: &[u8], search: Search) -> Result<Self, WeightsError> {
        Ok(Self {
            network: Network::new(Weights::parse(manifest, weights)?)?,
            input: Map::default(),
            output: Map::default(),
            edge: search.edge(),
        })
    }

    /// The faces in a frame, the surest first. A face needs surroundings to be found: a picture cropped to brow and
    /// chin has none.
    pub fn detect(&mut self, frame: &Frame) -> Vec<Face> {
        let scale = self.fill_input(frame);
        self.network.run(&self.input, &mut self.output);
        self.input.wipe();
        let mut candidates = self.candidates(scale);
        candidates.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mut faces: Vec<Face> = Vec::new();
        for candidate in candidates {
            if faces.iter().all(|face| face.area.overlap(candidate.area) <= SAME_FACE) {
                faces.push(candidate);
            }
        }
        faces
    }

    /// Fits the frame into the upper left of the input; gives frame pixels for one of the input's.
    ///
    /// face-api pads to a square; the network looks at each place's surroundings alone, so what it says of the frame is
    /// the same where the padding ends at the next whole place, and half of the work is saved.
    fn fill_input(&mut self, frame: &Frame) -> f32 {
        let size = frame.size();
        let longer = size.width.max(size.height);
        let fitted = |edge: u32| ((edge * self.edge + longer / 2) / longer).max(1);
        let to = Size::new(fitted(size.width), fitted(size.height));
        let mut rgb = Zeroizing::new(vec![0; to.pixels() * 3]);
        frame.part_into(Area::whole(size), to, Mirror::AsSeen, &mut rgb);

        let padded = |edge: u32| (edge as usize).next_multiple_of(PLACE);
        let (width, height) = (padded(to.width), padded(to.height));
        self.input.reshape(width, height, 3);
        let black = MEAN.map(|mean| -mean / 255.0);
        let mut rows = rgb.chunks_exact(to.width as usize * 3);
        for row in self.input.values.chunks_exact_mut(width * 3) {
            let mut pixels = rows.next().unwrap_or_default().chunks_exact(3);
            for place in row.chunks_exact_mut(3) {
                match pixels.next() {
                    Some(pixel) => (0..3).for_each(|c| place[c] = (f32::from(pixel[c]) - MEAN[c]) / 255.0),
                    None => place.copy_from_slice(&black),
                }
            }
        }
        longer as f32 / self.edge as f32
    }

    fn candidates(&self, scale: f32) -> Vec<Face> {
        let places = self.output.width;
        let place = scale * PLACE as f32;
        let mut found = Vec::new();
        for (i, numbers) in self.output.values.chunks_exact(OUTPUTS).enumerate() {
            let (column, row) = ((i % places) as f32, (i / places) as f32);
            for (numbers, (anchor_width, anchor_height)) in numbers.chunks_exact(5).zip(ANCHORS) {
                let confidence = sigmoid(numbers[4]);
                if confidence <= LEAST_CONFIDENCE {
                    continue;
                }
                let width = numbers[2].exp() * anchor_width * place;
                let height = numbers[3].exp() * anchor_height * place;
                let x = (column + sigmoid(numbers[0])) * place - width / 2.0;
                let y = (row + sigmoid(numbers[1])) * place - height / 2.0;
                found.push(Face { area: Area { x, y, width, height }, confidence });
            }
        }
        found
    }
}

impl std::fmt::Debug for FaceDetector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaceDetector").field("edge", &self.edge).finish_non_exhaustive()
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
