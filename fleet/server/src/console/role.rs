//! Who may do what: the one table.

/// A role of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sees.
    Viewer,
    /// Mends: remote actions, tickets, calls.
    Technician,
    /// Brings releases and configurations out.
    ReleaseManager,
    /// Sees what was done, by whom and why.
    Auditor,
    /// Makes accounts, sets terminals up and shuts them out.
    Admin,
}

/// Something that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See the fleet.
    See,
    /// Ask something of a terminal; approve another's debug shell.
    Order,
    /// Read the transcript of a debug shell.
    Transcript,
    /// Take tickets and calls.
    Serve,
    /// Make, pause, resume, abort and roll back rollouts.
    Release,
    /// Make and push configurations.
    Configure,
    /// Read, verify and export the audit.
    Audit,
    /// Make, change and close accounts.
    Accounts,
    /// Plan terminals, give codes, revoke certificates.
    Trust,
    /// One's own page: whoever is signed in.
    Own,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::Technician, Self::ReleaseManager, Self::Auditor, Self::Admin];

    /// Its word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Technician => "technician",
            Self::ReleaseManager => "release_manager",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The table. Who makes accounts does not act on terminals, and who acts reads no audit: no role holds two halves of a
    /// check.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::See | P::Own => true,
            P::Order | P::Serve => matches!(self, Self::Technician),
            P::Transcript => matches!(self, Self::Technician | Self::Auditor),
            P::Release | P::Configure => matches!(self, Self::ReleaseManager),
            P::Audit => matches!(self, Self::Auditor),
            P::Accounts | P::Trust => matches!(self, Self::Admin),
        }
    }
}
