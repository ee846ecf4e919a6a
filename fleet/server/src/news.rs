//! What changed, for who looks at it now.

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewsItem {
    /// A terminal.
    Terminal(String),
    /// A rollout.
    Rollout(i64),
    /// A ticket.
    Ticket(i64),
    /// A call for help, by its id.
    Call(String),
    /// The key ring.
    Keys,
    /// The token of clients behind a gateway.
    Gateway,
}

impl NewsItem {
    /// Its subject and key, as instances tell each other.
    pub fn words(&self) -> (&'static str, String) {
        match self {
            Self::Terminal(id) => ("terminal", id.clone()),
            Self::Rollout(id) => ("rollout", id.to_string()),
            Self::Ticket(id) => ("ticket", id.to_string()),
            Self::Call(id) => ("call", id.clone()),
            Self::Keys => ("keys", String::new()),
            Self::Gateway => ("gateway", String::new()),
        }
    }

    /// The item of a subject and a key. None: a word of a later version.
    pub fn of_words(subject: &str, key: &str) -> Option<Self> {
        match subject {
            "terminal" => Some(Self::Terminal(key.to_owned())),
            "rollout" => key.parse().ok().map(Self::Rollout),
            "ticket" => key.parse().ok().map(Self::Ticket),
            "call" => Some(Self::Call(key.to_owned())),
            "keys" => Some(Self::Keys),
            "gateway" => Some(Self::Gateway),
            _ => None,
        }
    }
}
