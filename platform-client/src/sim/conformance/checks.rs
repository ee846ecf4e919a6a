//! What is asked for each point. One file for each interface; a point's id says where it is.

mod assist;
mod board;
mod case;
mod catalogue;
mod community;
mod door;
mod envelope;
mod event;
mod item;
mod licence;
mod material;
mod privacy;
mod progress;
mod rating;
mod robust;
mod session;
mod terminal;
mod timing;
mod upload;

use super::talk::{Checked, Talk, fails};

/// Asks one point.
pub(super) async fn check(id: &str, talk: &Talk<'_>) -> Checked {
    let (group, point) = id.split_once('.').unwrap_or((id, ""));
    match group {
        "tls" => door::check(point, talk).await,
        "envelope" => envelope::check(point, talk).await,
        "terminal" => terminal::check(point, talk).await,
        "event" => event::check(point, talk).await,
        "catalogue" | "division" => catalogue::check(id, talk).await,
        "session" => session::check(point, talk).await,
        "item" => item::check(point, talk).await,
        "material" => material::check(point, talk).await,
        "upload" => upload::check(point, talk).await,
        "case" | "state" => case::check(id, talk).await,
        // An appeal can be an item of the catalogue, and a matter without a case.
        "appeal" if matches!(point, "received" | "again") => case::check(id, talk).await,
        "draft" | "withdrawal" | "supplement" | "result" => progress::check(id, talk).await,
        "licence" => licence::check(point, talk).await,
        "rating" => rating::check(point, talk).await,
        "notice" | "warning" => board::check(id, talk).await,
        "appeal" | "appointment" | "volunteer" => community::check(id, talk).await,
        "assist" => assist::check(point, talk).await,
        "privacy" => privacy::check(point, talk).await,
        "robust" => robust::check(point, talk).await,
        "timing" => timing::check(point, talk).await,
        _ => Err(unknown(id)),
    }
}

/// A point that is listed and not written: no platform passes it.
fn unknown(id: &str) -> super::talk::Stop {
    fails(id, "a point of the pack", "nothing is written for it")
}
