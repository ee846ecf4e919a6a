//! The door: TLS with both ends proved.

use crate::sim::conformance::talk::{Checked, Talk, fails};
use crate::sim::conformance::tls::{self, Met, Shown};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let target = &talk.bench.target;
    match point {
        "trusted" => match tls::knock(target, Shown::Terminal).await {
            Met::Answered(_) => Ok(()),
            Met::Refused(why) => {
                let expected =
                    "a connection with the certificates of the folder, for the host of the address";
                Err(fails(&target.url, expected, why))
            }
        },
        "old_version_refused" => match tls::greet_with_tls_1_1(target).await {
            Met::Refused(_) => Ok(()),
            Met::Answered(got) => {
                Err(fails("ClientHello, TLS 1.1", "an alert, or the connection closed", got))
            }
        },
        "no_certificate_refused" => {
            strange(talk, Shown::Nothing, "GET /v1/notices, no client certificate").await
        }
        "unknown_issuer_refused" => {
            strange(talk, Shown::Stranger, "GET /v1/notices, certificate of an unknown authority").await
        }
        "plain_http_refused" => match tls::ask_in_the_clear(target).await {
            Met::Refused(_) => Ok(()),
            Met::Answered(got) => Err(fails("GET /v1/notices, without TLS", "no answer with HTTP 2xx", got)),
        },
        _ => Err(super::unknown(point)),
    }
}

/// Refused in the handshake, or by an HTTP status (as nginx does it).
async fn strange(talk: &Talk<'_>, shown: Shown, what: &str) -> Checked {
    match tls::knock(&talk.bench.target, shown).await {
        Met::Answered(status) if !matches!(status.as_str(), "400" | "401" | "403" | "495" | "496") => {
            Err(fails(what, "no connection, or HTTP 400, 401 or 403", format!("HTTP {status}")))
        }
        Met::Answered(_) | Met::Refused(_) => Ok(()),
    }
}
