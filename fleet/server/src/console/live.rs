//! What changed, as it changes (server-sent events, HTML standard 9.2): the word `changed`, never the thing itself, which is
//! fetched again with the rights of who looks.

use super::trouble::Trouble;
use super::visitor::{Desk, Path};
use crate::news::NewsItem;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};

/// A page says `changed` at most so often.
const PACE: Duration = Duration::from_secs(1);
/// A stream ends after so long, and the browser opens it again with a session that is looked at again.
const LONGEST: Duration = Duration::from_secs(300);

/// News that `is` picks.
fn stream<F: Fn(&NewsItem) -> bool + Send + 'static>(
    desk: &Desk,
    is: F,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<F>> {
    let news = BroadcastStream::new(desk.console.news.subscribe());
    // Who does not keep up has missed something, which is a change too.
    let changed = news.filter(move |item| item.as_ref().map_or(true, &is));
    // An event without data is none to a browser.
    let events = changed.throttle(PACE).map(|_| Ok(Event::default().event("changed").data("changed")));
    let until = tokio::time::Instant::now() + LONGEST;
    let events = events.timeout_repeating(tokio::time::interval(Duration::from_secs(15)));
    let events = events.take_while(move |_| tokio::time::Instant::now() < until).filter_map(Result::ok);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

/// One rollout's news.
pub(super) async fn rollout(
    desk: Desk,
    Path(id): Path<i64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    Ok(stream(&desk, move |item| *item == NewsItem::Rollout(id)))
}

/// The news of all calls.
pub(super) async fn calls(desk: Desk) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    Ok(stream(&desk, |item| matches!(item, NewsItem::Call(_))))
}
