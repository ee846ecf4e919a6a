//! A code and a key become a certificate; later a certificate becomes the next one.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::timed::Timed;
use super::wire::Wire;
use crate::authority::{Authority, AuthorityError, Certified};
use crate::clock::millis;
use crate::metrics;
use crate::news::NewsItem;
use crate::secret;
use crate::state::Server;
use crate::store::enrolment;
use crate::tls::Peer;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use fleet_api::TerminalId;
use fleet_api::enrolment::{EnrolRequest, Enrolled, RefusalKind, RenewRequest};
use std::net::IpAddr;
use std::sync::PoisonError;

/// Wrong codes that one address may try in [`WRONG_WITHIN`].
const WRONG: u32 = 10;
/// Milliseconds.
const WRONG_WITHIN: i64 = 10 * 60 * 1000;
/// Addresses that are remembered.
const ADDRESSES: usize = 10_000;

pub(super) async fn enrol(
    _: Timed,
    State(server): State<Server>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Wire(request): Wire<EnrolRequest>,
) -> Answer<Json<Enrolled>> {
    let now = server.clock.now();
    let address = peer.address.ip();
    may_try(&server, address, millis(now))?;
    let key = Authority::key_of(&request.certificate_request).map_err(refused)?;
    let wrong = || {
        metrics::count(&server.metrics.refusals, 1);
        note_wrong(&server, address, millis(now));
        Refused::new(
            RefusalKind::Code,
            "the code was used, is wrong or is too old: ask the desk for a new one",
        )
    };
    let code = secret::code_sha256(&request.code).ok_or_else(wrong)?;
    let mut tx = server.store.write().await?;
    let terminal = enrolment::use_code(&mut tx, &code, &key, millis(now)).await?.ok_or_else(wrong)?;
    let certified =
        server.authority.certify(&terminal, &request.certificate_request, now).map_err(refused)?;
    enrolment::enrolled(
        &mut tx,
        &terminal,
        &bounded(&request.hardware),
        &bounded(&request.agent_version),
        millis(now),
    )
    .await?;
    issue(&server, &mut tx, &terminal, &certified, millis(now)).await?;
    tx.commit().await?;
    server.tell(NewsItem::Terminal(terminal.0.clone())).await?;
    metrics::count(&server.metrics.enrolments, 1);
    tracing::info!(terminal = %terminal, "enrolled");
    answer(&server, terminal, certified).await
}

pub(super) async fn renew(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    Wire(request): Wire<RenewRequest>,
) -> Answer<Json<Enrolled>> {
    let now = server.clock.now();
    let certified =
        server.authority.certify(&caller.id, &request.certificate_request, now).map_err(refused)?;
    let mut tx = server.store.write().await?;
    issue(&server, &mut tx, &caller.id, &certified, millis(now)).await?;
    tx.commit().await?;
    answer(&server, caller.id, certified).await
}

async fn issue(
    server: &Server,
    tx: &mut crate::store::Write,
    terminal: &TerminalId,
    certified: &Certified,
    now: i64,
) -> Answer<()> {
    let issued = enrolment::Issued {
        serial: &certified.serial,
        terminal,
        issued_at: now,
        not_after: millis(certified.until),
    };
    enrolment::issued(tx, &issued).await?;
    server.note(tx, &NewsItem::Terminal(terminal.0.clone())).await?;
    Ok(())
}

async fn answer(server: &Server, terminal: TerminalId, certified: Certified) -> Answer<Json<Enrolled>> {
    let key_ring = server
        .store
        .ring()
        .await?
        .ok_or_else(|| Refused::new(RefusalKind::Internal, "the fleet server has no key ring"))?;
    Ok(Json(Enrolled {
        terminal,
        certificate_chain: certified.pem,
        server_authorities: server.authority.root_pem().to_owned(),
        valid_until: certified.until,
        root_key: server.keys.root_public.clone(),
        key_ring,
        tenant: server.policy.tenant.clone(),
    }))
}

fn refused(error: AuthorityError) -> Refused {
    match error {
        AuthorityError::Request(_) => {
            Refused::new(RefusalKind::Malformed, "the certificate request is none that is understood")
        }
        other => Refused::internal(other),
    }
}

fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn may_try(server: &Server, address: IpAddr, now: i64) -> Answer<()> {
    let mut wrong = server.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
    wrong.retain(|_, (_, since)| now - *since < WRONG_WITHIN);
    match wrong.get(&address) {
        Some((count, since)) if *count >= WRONG => {
            let seconds = u32::try_from((WRONG_WITHIN - (now - since)) / 1000 + 1).unwrap_or(600);
            Err(Refused::too_fast(seconds))
        }
        _ => Ok(()),
    }
}

fn note_wrong(server: &Server, address: IpAddr, now: i64) {
    let mut wrong = server.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
    if wrong.len() < ADDRESSES || wrong.contains_key(&address) {
        wrong.entry(address).or_insert((0, now)).0 += 1;
    }
}
