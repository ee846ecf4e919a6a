//! What a person could do so that their picture becomes good.

/// One piece of advice; directions are the person's own, which are the mirror's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceHint {
    /// Nobody is before the camera.
    NoFace,
    /// Somebody else is as near as the person.
    MoreThanOne,
    /// Too far away.
    ComeCloser,
    /// Too near.
    MoveBack,
    /// The face belongs further to the left.
    MoveLeft,
    /// The face belongs further to the right.
    MoveRight,
    /// The face belongs higher.
    MoveUp,
    /// The face belongs lower.
    MoveDown,
    /// Too dark.
    MoreLight,
    /// Too bright: sun or lamp on the face or in the lens.
    LessLight,
    /// It moves, or the picture is blurred.
    HoldStill,
    /// The head is turned aside.
    LookStraight,
    /// Nothing to do.
    Good,
}

impl FaceHint {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::NoFace,
        Self::MoreThanOne,
        Self::ComeCloser,
        Self::MoveBack,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::MoreLight,
        Self::LessLight,
        Self::HoldStill,
        Self::LookStraight,
        Self::Good,
    ];

    /// The word in `yilin-device`'s JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoFace => "no_face",
            Self::MoreThanOne => "more_than_one",
            Self::ComeCloser => "come_closer",
            Self::MoveBack => "move_back",
            Self::MoveLeft => "move_left",
            Self::MoveRight => "move_right",
            Self::MoveUp => "move_up",
            Self::MoveDown => "move_down",
            Self::MoreLight => "more_light",
            Self::LessLight => "less_light",
            Self::HoldStill => "hold_still",
            Self::LookStraight => "look_straight",
            Self::Good => "good",
        }
    }

    /// Whether some people cannot follow it: who sits in a wheelchair cannot move up, and what a picture says of a
    /// turned head is an estimate. Such advice may not keep anybody out for long.
    pub(super) const fn may_be_beyond_a_person(self) -> bool {
        matches!(self, Self::MoveUp | Self::MoveDown | Self::LookStraight)
    }
}
