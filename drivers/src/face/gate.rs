//! Decides when a picture of a face is worth comparing, and says what is missing until then.
//!
//! Duty: one advice at a time, steady enough to follow; a capture once all is well. Never: keep anybody out for what
//! they cannot change, or take a picture that nobody stands for.

use std::collections::VecDeque;
use std::time::Duration;

use domain::material::Picture;
use image::codecs::jpeg::JpegEncoder;
use zeroize::Zeroizing;

use super::stillness::{PictureState, StillnessWatch};
use super::{Face, FaceHint, FaceMeasures, Pose, PoseEstimator};
use crate::camera::{Area, Frame, Mirror, Size};

/// What a good picture is. Lengths are in parts of the frame's shorter edge, times by the frames' own dates.
///
/// The defaults are set on drawn faces and keep a wide margin, because a gate that refuses a real face costs more than
/// one that lets a middling picture through to the matcher.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateRules {
    /// Least height of the face.
    pub smallest: f32,
    /// Largest height of the face.
    pub largest: f32,
    /// How far the face's middle may be from the frame's, to either side.
    pub aside: f32,
    /// The same, up or down.
    pub up_or_down: f32,
    /// Least mean luma of a face.
    pub darkest: f32,
    /// Largest mean luma of a face.
    pub brightest: f32,
    /// Largest part of a face that may be burnt out.
    pub burnt: f32,
    /// Least [`FaceMeasures::sharpness`].
    pub sharpness: f32,
    /// Largest [`Pose::turn`], either way.
    pub turn: f32,
    /// Largest [`Pose::tilt`], either way, degrees.
    pub tilt: f32,
    /// How far a face may travel within [`Self::still_for`], in parts of its height.
    pub travel: f32,
    /// The time over which travel is looked at.
    pub still_for: Duration,
    /// Another face from this part of the first one's height on is somebody beside and not somebody behind.
    pub somebody_else: f32,
    /// Good frames before a picture is taken.
    pub good_frames: u32,
    /// An advice is shown once it has been right for so long.
    pub settle: Duration,
    /// After so long of nothing but advice that a person may be unable to follow, the picture is taken as it is.
    pub patience: Duration,
}

impl Default for GateRules {
    fn default() -> Self {
        Self {
            smallest: 0.30,
            largest: 0.70,
            aside: 0.16,
            up_or_down: 0.16,
            darkest: 45.0,
            brightest: 225.0,
            burnt: 0.25,
            sharpness: 0.25,
            turn: 0.22,
            tilt: 18.0,
            travel: 0.12,
            still_for: Duration::from_millis(300),
            somebody_else: 0.5,
            good_frames: 5,
            settle: Duration::from_millis(250),
            patience: Duration::from_secs(4),
        }
    }
}

/// What the gate says of one frame.
#[derive(Clone, Debug)]
pub struct Look {
    /// The advice to show: steady, a moment behind the frame.
    pub hint: FaceHint,
    /// The advice for this frame alone.
    pub now: FaceHint,
    /// Of the good frames that a capture needs, the part that is there, 0 to 1.
    pub progress: f32,
    /// Whether the camera still looks.
    pub picture: PictureState,
    /// The person in this frame.
    pub person: Option<Person>,
    /// The picture, in the frame that completes it.
    pub capture: Option<Capture>,
}

/// The person whom the gate judges: of several faces the largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Where the face is.
    pub face: Face,
    /// What its picture is like.
    pub measures: FaceMeasures,
    /// How the head is held; `None` where the gate has no estimator.
    pub pose: Option<Pose>,
}

/// A picture worth comparing.
#[derive(Clone, Debug)]
pub struct Capture {
    /// Head and shoulders, JPEG, at most 640 pixels high.
    pub picture: Picture,
    /// The advice that the person could not follow, when the picture was taken all the same.
    pub despite: Option<FaceHint>,
}

/// The gate's memory over the frames of one visit; drop it with the visit.
#[derive(Debug)]
pub struct QualityGate {
    rules: GateRules,
    pose: Option<PoseEstimator>,
    stillness: StillnessWatch,
    path: VecDeque<Place>,
    shown: FaceHint,
    pending: Option<(FaceHint, Duration)>,
    good: u32,
    /// Since when nothing but such advice was in the way.
    beyond_since: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    at: Duration,
    x: f32,
    y: f32,
}

impl QualityGate {
    /// A gate that has seen nothing. Without an estimator of poses no head counts as turned.
    pub fn new(rules: GateRules, pose: Option<PoseEstimator>) -> Self {
        Self {
            rules,
            pose,
            stillness: StillnessWatch::default(),
            path: VecDeque::new(),
            shown: FaceHint::NoFace,
            pending: None,
            good: 0,
            beyond_since: None,
        }
    }

    /// Judges the next frame with the faces that the detector found in it.
    pub fn look(&mut self, frame: &Frame, faces: &[Face]) -> Look {
        let picture = self.stillness.see(frame);
        let at = frame.taken_at();
        let person = faces.iter().max_by(|a, b| a.area.height.total_cmp(&b.area.height)).map(|face| Person {
            face: *face,
            measures: FaceMeasures::of(frame, face),
            pose: self.pose.as_mut().map(|pose| pose.estimate(frame, face)),
        });
        let now = self.advice(frame, faces, person.as_ref());
        let shown = self.settle(now, at);

        let despite = self.patience(now, at);
        let fit = picture == PictureState::Live && (now == FaceHint::Good || despite.is_some());
        self.good = if fit { self.good + 1 } else { self.good.saturating_sub(2) };
        let mut capture = None;
        if let Some(person) = person.filter(|_| fit && self.good >= self.rules.good_frames) {
            capture = portrait(frame, person.face.area).map(|picture| Capture { picture, despite });
            self.good = 0;
        }
        let progress = match capture {
            Some(_) => 1.0,
            None => self.good as f32 / self.rules.good_frames.max(1) as f32,
        };
        Look { hint: shown, now, progress: progress.min(1.0), picture, person, capture }
    }

    /// The most useful advice for a frame: first what the person does with their feet, then light, then the head.
    fn advice(&mut self, frame: &Frame, faces: &[Face], person: Option<&Person>) -> FaceHint {
        let rules = self.rules;
        let Some(Person { face, measures, pose }) = person else {
            self.path.clear();
            return empty(frame, &rules);
        };
        let beside = faces.iter().filter(|f| f.area.height >= rules.somebody_else * face.area.height);
        let travelled = self.travelled(face, frame.taken_at());
        let size = frame.size();
        let shorter = size.width.min(size.height) as f32;
        let (x, y) = face.area.middle();
        let (aside, down) =
            ((x - size.width as f32 / 2.0) / shorter, (y - size.height as f32 / 2.0) / shorter);
        if beside.count() > 1 {
            FaceHint::MoreThanOne
        } else if measures.height < rules.smallest {
            FaceHint::ComeCloser
        } else if measures.height > rules.largest {
            FaceHint::MoveBack
        } else if aside < -rules.aside {
            // The frame's left is the person's right, so from there they come by moving to their left.
            FaceHint::MoveLeft
        } else if aside > rules.aside {
            FaceHint::MoveRight
        } else if travelled > rules.travel {
            FaceHint::HoldStill
        } else if measures.luma < rules.darkest {
            FaceHint::MoreLight
        } else if measures.luma > rules.brightest || measures.burnt > rules.burnt {
            FaceHint::LessLight
        } else if measures.sharpness < rules.sharpness {
            FaceHint::HoldStill
        } else if down > rules.up_or_down {
            FaceHint::MoveUp
        } else if down < -rules.up_or_down {
            FaceHint::MoveDown
        } else if pose.is_some_and(|pose| pose.turn.abs() > rules.turn || pose.tilt.abs() > rules.tilt) {
            FaceHint::LookStraight
        } else {
            FaceHint::Good
        }
    }

    /// How far the face came within the time looked at, in parts of its height.
    fn travelled(&mut self, face: &Face, at: Duration) -> f32 {
        let (x, y) = face.area.middle();
        self.path.push_back(Place { at, x, y });
        while self.path.front().is_some_and(|place| at.saturating_sub(place.at) > self.rules.still_for) {
            self.path.pop_front();
        }
        let spread = |of: fn(&Place) -> f32| {
            let (low, high) = self
                .path
                .iter()
                .map(of)
                .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
            high - low
        };
        spread(|place| place.x).hypot(spread(|place| place.y)) / face.area.height
    }

    fn settle(&mut self, now: FaceHint, at: Duration) -> FaceHint {
        if now == self.shown {
            self.pending = None;
            return now;
        }
        match self.pending {
            // Whoever moves about and gets another advice in each frame is there all the same.
            Some((hint, since)) if hint == now || self.shown == FaceHint::NoFace => {
                if at.saturating_sub(since) >= self.rules.settle {
                    self.shown = now;
                    self.pending = None;
                }
            }
            _ => self.pending = Some((now, at)),
        }
        self.shown
    }

    /// The advice that is overruled because the person may be unable to follow it and has waited long enough.
    fn patience(&mut self, now: FaceHint, at: Duration) -> Option<FaceHint> {
        if now == FaceHint::Good {
            return None;
        }
        if !now.may_be_beyond_a_person() {
            self.beyond_since = None;
            return None;
        }
        let since = *self.beyond_since.get_or_insert(at);
        (at.saturating_sub(since) >= self.rules.patience).then_some(now)
    }
}

/// What to say where no face is found: in the dark none can be.
fn empty(frame: &Frame, rules: &GateRules) -> FaceHint {
    let small = frame.grey_part(Area::whole(frame.size()), Size::new(32, 32));
    let mean = small.luma().iter().map(|l| f32::from(*l)).sum::<f32>() / small.luma().len() as f32;
    if mean < rules.darkest {
        FaceHint::MoreLight
    } else if mean > rules.brightest {
        FaceHint::LessLight
    } else {
        FaceHint::NoFace
    }
}

/// Height of a portrait in heights of the face: head, some hair, shoulders; as little of others as can be.
const PORTRAIT: f32 = 2.0;
/// Width ÷ height of a portrait.
const PORTRAIT_SHAPE: f32 = 0.8;
/// Rows of a portrait at most.
const PORTRAIT_ROWS: f32 = 640.0;
const PORTRAIT_QUALITY: u8 = 92;

/// Head and shoulders as a JPEG file; nothing of the frame besides.
#[allow(clippy::cast_possible_truncation, reason = "between 1 and the frame's own edge")]
fn portrait(frame: &Frame, face: Area) -> Option<Picture> {
    let (x, y) = face.middle();
    let height = face.height * PORTRAIT;
    let width = height * PORTRAIT_SHAPE;
    let around = Area { x: x - width / 2.0, y: y - height / 2.0, width, height }.within(frame.size());
    let scale = (PORTRAIT_ROWS / around.height.max(1.0)).min(1.0);
    let to = Size::new((around.width * scale).max(1.0) as u32, (around.height * scale).max(1.0) as u32);
    let mut rgb = Zeroizing::new(vec![0; to.pixels() * 3]);
    frame.part_into(around, to, Mirror::AsSeen, &mut rgb);
    // Large enough at once: a buffer that grows leaves its earlier self behind.
    let mut file = Vec::with_capacity(to.pixels() * 3);
    let encoder = JpegEncoder::new_with_quality(&mut file, PORTRAIT_QUALITY);
    // Memory takes every byte, and the size is a frame's, so there is nothing that could fail but the encoder itself.
    image::ImageEncoder::write_image(encoder, &rgb, to.width, to.height, image::ExtendedColorType::Rgb8)
        .ok()?;
    Some(Picture::new(file))
}
