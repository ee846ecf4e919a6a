//! The paths of the fleet server that a terminal calls; those of updates are in [`crate::ddi`].
//!
//! All but [`ENROL`] want the terminal's certificate: who calls is read from it and from nowhere else.

/// `POST` an [`crate::enrolment::EnrolRequest`] with a one-time code, without a certificate.
pub const ENROL: &str = "/fleet/v1/enrol";
/// `POST` a [`crate::enrolment::RenewRequest`].
pub const RENEW: &str = "/fleet/v1/renew";
/// `POST` a [`crate::health::Heartbeat`].
pub const HEARTBEAT: &str = "/fleet/v1/heartbeat";
/// `POST` an [`crate::event::EventBatch`].
pub const EVENTS: &str = "/fleet/v1/events";
/// `GET` a [`crate::command::CommandList`]; `?after=VERSION&wait=SECONDS` waits for news, at most 60 s.
pub const COMMANDS: &str = "/fleet/v1/commands";
/// `POST` a [`crate::command::CommandResult`].
pub const COMMAND_RESULT: &str = "/fleet/v1/commands/{id}/result";
/// `PUT` the bytes that a command made, at most [`crate::command::ATTACHMENT_BYTES`].
pub const COMMAND_ATTACHMENT: &str = "/fleet/v1/commands/{id}/attachment";
/// `GET` a [`crate::signed::Signed`] [`crate::configuration::ConfigurationDocument`], with `ETag`; 404 where there is none.
pub const CONFIGURATION: &str = "/fleet/v1/configuration";
/// `GET` a [`crate::signed::Signed`] [`crate::keys::KeyRing`], with `ETag`.
pub const KEYS: &str = "/fleet/v1/keys";
/// `POST` a [`crate::shell::ShellTurn`] of an approved debug shell: output up, input down; waits at most 20 s.
pub const SHELL: &str = "/fleet/v1/commands/{id}/shell";
/// `POST` an [`crate::assist::AssistTurn`]: the masked page up, the worker's pointing down; waits at most 20 s.
pub const ASSIST: &str = "/fleet/v1/assist/{call}";
