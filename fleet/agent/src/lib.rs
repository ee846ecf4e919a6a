//! The agent of a terminal: the only program there that talks to the fleet server.
//!
//! Duty: enrolment, health, events, orders, configuration, updates; the other end of the screen's socket. Never: interrupt a
//! visit, do what was not signed, hold or send anything of a resident.
//!
//! [`Agent::run`] runs one agent of its [`Parts`]; there is nothing global, so that one process can run many.

mod agent;
mod assist;
mod backoff;
mod clock;
pub mod config;
mod configuration;
mod digest;
mod enrol;
pub mod error;
mod identity;
mod link;
mod logs;
pub mod machine;
mod notify;
mod orders;
mod power;
mod screen;
mod server;
#[cfg(feature = "sim")]
pub mod sim;
mod status;
mod store;
mod technician;
mod troubles;
mod trust;
pub mod update;
mod whole_file;
mod window;

pub use agent::{Agent, AgentError, Ended, Parts, Times};
pub use clock::{Clock, SystemClock};
pub use config::Config;
pub use enrol::{EnrolError, enrol};
pub use identity::{Identity, IdentityError};
pub use notify::Notifier;
pub use power::Power;
pub use screen::{ScreenAt, SocketError};
pub use server::CallError;
pub use status::from_disk;
pub use store::{Bounds, StoreError};
pub use update::installer::Installer;
pub use update::rauc::Rauc;
pub use update::verdict::TrialTimes;
pub use window::Window;
