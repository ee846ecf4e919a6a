//! Clocks and waiting.

use std::time::Duration;

use crate::sim::conformance::talk::{Checked, Talk, fails};

/// A resident waits ten seconds without a word at most; half of that is the terminal's own.
const LONGEST: Duration = Duration::from_secs(5);
/// How many terminals of a street ask at once.
const AT_ONCE: u32 = 16;

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "clock" => {
            let answer = talk.get("/v1/notices").send().await?;
            let off = answer.time("/serverTime")? - talk.now();
            answer.holds("/serverTime", "within 300 s of this machine's clock", |_| {
                off.whole_seconds().abs() <= 300
            })
        }
        "answers" => {
            for path in
                ["/v1/notices", "/v1/catalogue", "/v1/divisions", "/v1/ratings/options", "/v1/warnings"]
            {
                let answer = talk.get(path).send().await?;
                if answer.reply.took > LONGEST {
                    return Err(
                        answer.wrong("an answer within 5 s", format!("{} ms", answer.reply.took.as_millis()))
                    );
                }
            }
            Ok(())
        }
        "at_once" => {
            let what = format!("GET /v1/notices, {AT_ONCE} at once");
            for answer in talk.get("/v1/notices").at_once(AT_ONCE).await? {
                let got = match answer {
                    Ok(reply) if reply.status == 200 && reply.took <= LONGEST => continue,
                    Ok(reply) => format!("HTTP {}, {} ms", reply.status, reply.took.as_millis()),
                    Err(broken) => broken.to_string(),
                };
                return Err(fails(what, "HTTP 200 within 5 s", got));
            }
            Ok(())
        }
        _ => Err(super::unknown(point)),
    }
}
