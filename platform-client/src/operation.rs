//! The calls of the contract by name, and the interface to which each belongs.

/// One call of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A terminal begins its service.
    Activate,
    /// How the terminal is.
    Heartbeat,
    /// What happened at the terminal.
    Events,
    /// The items of the site.
    Catalogue,
    /// The divisions inside a division.
    Divisions,
    /// Who stands at the terminal.
    OpenSession,
    /// Send a code by SMS.
    SendSms,
    /// Does the face fit.
    MatchFace,
    /// Who signs in with badge and PIN.
    StaffSignIn,
    /// Is there anything to do.
    Inquiry,
    /// What the province knows.
    Prefill,
    /// 您还能办.
    Suggestions,
    /// The issuer's file.
    Certificate,
    /// A list to read.
    Directory,
    /// Hand in a material.
    Material,
    /// File a case.
    Case,
    /// What became of a submission.
    CaseByKey,
    /// How far a case is.
    CaseStatus,
    /// Reasons for a low rating.
    RatingOptions,
    /// Rate.
    Rating,
    /// Policy cards.
    Notices,
    /// Warnings in force.
    Warnings,
    /// Call a human.
    AssistCall,
    /// Ask for a call back.
    Callback,
}

/// A group of calls that one department answers; each can have a dialect of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interface {
    /// Terminals: activate, heartbeat, events.
    Terminals,
    /// Catalogue and divisions.
    Catalogue,
    /// Sessions and staff.
    Sessions,
    /// Inquiry, prefill, suggestions, certificate, directory.
    Items,
    /// Materials and cases.
    Cases,
    /// 好差评.
    Ratings,
    /// Notices and warnings.
    Board,
    /// Calls for a human.
    Assist,
}

impl Interface {
    /// Every interface.
    pub const ALL: [Self; 8] = [
        Self::Terminals,
        Self::Catalogue,
        Self::Sessions,
        Self::Items,
        Self::Cases,
        Self::Ratings,
        Self::Board,
        Self::Assist,
    ];

    /// The word of configuration files and command lines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Terminals => "terminals",
            Self::Catalogue => "catalogue",
            Self::Sessions => "sessions",
            Self::Items => "items",
            Self::Cases => "cases",
            Self::Ratings => "ratings",
            Self::Board => "board",
            Self::Assist => "assist",
        }
    }
}

impl Operation {
    /// The interface to which it belongs.
    pub const fn interface(self) -> Interface {
        match self {
            Self::Activate | Self::Heartbeat | Self::Events => Interface::Terminals,
            Self::Catalogue | Self::Divisions => Interface::Catalogue,
            Self::OpenSession | Self::SendSms | Self::MatchFace | Self::StaffSignIn => Interface::Sessions,
            Self::Inquiry | Self::Prefill | Self::Suggestions | Self::Certificate | Self::Directory => {
                Interface::Items
            }
            Self::Material | Self::Case | Self::CaseByKey | Self::CaseStatus => Interface::Cases,
            Self::RatingOptions | Self::Rating => Interface::Ratings,
            Self::Notices | Self::Warnings => Interface::Board,
            Self::AssistCall | Self::Callback => Interface::Assist,
        }
    }

    /// The longest answer in bytes: files come with two calls only.
    pub(crate) const fn longest_answer(self) -> usize {
        match self {
            Self::Certificate | Self::Catalogue => 16 << 20,
            _ => 1 << 20,
        }
    }

    /// Its name in errors and journals.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Heartbeat => "heartbeat",
            Self::Events => "events",
            Self::Catalogue => "catalogue",
            Self::Divisions => "divisions",
            Self::OpenSession => "session",
            Self::SendSms => "sms",
            Self::MatchFace => "face",
            Self::StaffSignIn => "staff sign-in",
            Self::Inquiry => "inquiry",
            Self::Prefill => "prefill",
            Self::Suggestions => "suggestions",
            Self::Certificate => "certificate",
            Self::Directory => "directory",
            Self::Material => "material",
            Self::Case => "case",
            Self::CaseByKey => "case by key",
            Self::CaseStatus => "case status",
            Self::RatingOptions => "rating options",
            Self::Rating => "rating",
            Self::Notices => "notices",
            Self::Warnings => "warnings",
            Self::AssistCall => "assist call",
            Self::Callback => "callback",
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
