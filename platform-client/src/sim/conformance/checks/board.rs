//! Policy cards and warnings of the idle screen.

use serde_json::Value;

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Talk};

/// 红 橙 黄 蓝, the most severe first.
const LEVELS: [&str; 4] = ["red", "orange", "yellow", "blue"];

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let path = if point.starts_with("notice") { "/v1/notices" } else { "/v1/warnings" };
    let answer: Answer = talk.get(path).send().await?;
    answer.data()?;
    match point {
        "notice.cards" => answer.holds(
            "/data/notices",
            "each with id, title, text, source (zh-CN and en), published",
            |v| {
                let right = |n: &Value| {
                    let words = ["title", "text", "source"].iter().all(|key| rule::words(&n[*key]));
                    words && rule::text(&n["id"], 1, 64) && rule::day(&n["published"]).is_some()
                };
                v.as_array().is_some_and(|all| all.iter().all(right))
            },
        ),
        "notice.order" => answer.holds("/data/notices", "newest first, by published", |v| {
            v.as_array().is_some_and(|all| {
                all.is_sorted_by(|a, b| rule::day(&a["published"]) >= rule::day(&b["published"]))
            })
        }),
        "notice.in_force" => {
            let today = answer.server_time()?.date();
            answer.holds("/data/notices", "none that has expired before today", |v| {
                let in_force = |n: &Value| {
                    n["expires"].is_null() || rule::day(&n["expires"]).is_some_and(|d| d >= today)
                };
                v.as_array().is_some_and(|all| all.iter().all(in_force))
            })
        }
        "warning.cards" => {
            answer.holds("/data/warnings", "each with id, level, title, text, issuer (zh-CN and en)", |v| {
                let right = |w: &Value| {
                    let words = ["title", "text", "issuer"].iter().all(|key| rule::words(&w[*key]));
                    words
                        && rule::text(&w["id"], 1, 64)
                        && w["level"].as_str().is_some_and(|l| LEVELS.contains(&l))
                };
                v.as_array().is_some_and(|all| all.iter().all(right))
            })
        }
        "warning.order" => answer.holds("/data/warnings", "red, orange, yellow, blue", |v| {
            let rank = |w: &Value| LEVELS.iter().position(|level| w["level"] == *level);
            v.as_array().is_some_and(|all| all.is_sorted_by_key(rank))
        }),
        "warning.in_force" => {
            let now = answer.server_time()?;
            answer.holds("/data/warnings", "issuedAt before expiresAt, and none that is void", |v| {
                let in_force = |w: &Value| match (rule::time(&w["issuedAt"]), rule::time(&w["expiresAt"])) {
                    (Some(issued), Some(void)) => issued < void && void > now,
                    _ => false,
                };
                v.as_array().is_some_and(|all| all.iter().all(in_force))
            })
        }
        _ => Err(super::unknown(point)),
    }
}
