//! Terminals: planned, given a code, taken out of service.

use super::{OrderError, unknown};
use crate::hours::Hours;
use crate::news::NewsItem;
use crate::secret;
use crate::state::{Actor, Server};
use crate::store::terminals::{self, NewTerminal};
use crate::store::{enrolment, settings};
use fleet_api::TerminalId;

/// How long a code can be used, in milliseconds: three days.
const CODE_LIFE: i64 = 3 * 24 * 3600 * 1000;

/// Plans a terminal, or changes where it stands.
///
/// # Errors
/// A field is none of its kind.
pub async fn plan(server: &Server, new: &NewTerminal) -> Result<(), OrderError> {
    check(new)?;
    let news = NewsItem::Terminal(new.id.clone());
    let mut tx = server.store.write().await?;
    terminals::put(&mut tx, new, server.clock.millis()).await?;
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(())
}

/// Checks what a terminal is planned with.
///
/// # Errors
/// A field is none of its kind.
pub fn check(new: &NewTerminal) -> Result<(), OrderError> {
    let word = |text: &str| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if !word(&new.id) {
        return Err(OrderError::Wrong(
            "a terminal's number has 1 to 64 letters, digits and hyphens".to_owned(),
        ));
    }
    new.hours.parse::<Hours>().map_err(|error| OrderError::Wrong(error.to_string()))?;
    let texts = [
        &new.district,
        &new.street,
        &new.community,
        &new.model,
        &new.compatible,
        &new.name_zh,
        &new.name_en,
        &new.address_zh,
        &new.address_en,
        &new.keeper_zh,
        &new.keeper_en,
        &new.keeper_phone,
    ];
    if texts.iter().any(|text| text.len() > 512 || text.contains('\0')) {
        return Err(OrderError::Wrong("a field of the terminal is longer than 512 bytes".to_owned()));
    }
    Ok(())
}

/// A one-time code for a terminal; older codes of it end.
///
/// # Errors
/// There is no such terminal, or it is out of service for good.
pub async fn code(server: &Server, terminal: &TerminalId, by: &Actor) -> Result<String, OrderError> {
    let known = server.store.terminal(terminal).await?.ok_or_else(|| unknown("terminal", terminal))?;
    if known.state == "retired" {
        return Err(OrderError::Wrong(format!("terminal {terminal} was taken out of service for good")));
    }
    let code = secret::one_time_code()?;
    let digest = secret::code_sha256(&code).ok_or_else(|| OrderError::Wrong("no code".to_owned()))?;
    let now = server.clock.millis();
    let mut tx = server.store.write().await?;
    enrolment::add_code(&mut tx, &digest, terminal, &by.0, now, now + CODE_LIFE).await?;
    tx.commit().await?;
    Ok(code)
}

/// What a terminal becomes when it is taken out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Until it is enrolled again.
    Revoked,
    /// For good.
    Retired,
}

/// Takes a terminal's certificates, token and codes away, at once.
///
/// # Errors
/// There is no such terminal.
pub async fn revoke(
    server: &Server,
    terminal: &TerminalId,
    end: End,
    by: &Actor,
    why: &str,
) -> Result<(), OrderError> {
    server.store.terminal(terminal).await?.ok_or_else(|| unknown("terminal", terminal))?;
    let state = match end {
        End::Revoked => "revoked",
        End::Retired => "retired",
    };
    let news = NewsItem::Terminal(terminal.0.clone());
    let mut tx = server.store.write().await?;
    enrolment::revoke(&mut tx, terminal, state, &by.0, why, server.clock.millis()).await?;
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(())
}

/// A new hawkBit token for a terminal whose client knows no certificates; the older one ends.
///
/// # Errors
/// There is no such terminal.
pub async fn token(server: &Server, terminal: &TerminalId) -> Result<String, OrderError> {
    server.store.terminal(terminal).await?.ok_or_else(|| unknown("terminal", terminal))?;
    let token = secret::hex(&secret::random::<16>()?);
    let news = NewsItem::Terminal(terminal.0.clone());
    let mut tx = server.store.write().await?;
    enrolment::set_token(&mut tx, terminal, &secret::sha256(token.as_bytes())).await?;
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(token)
}

/// A new token for every client behind a gateway; the older one ends.
///
/// # Errors
/// It cannot be written down.
pub async fn gateway_token(server: &Server) -> Result<String, OrderError> {
    let token = secret::hex(&secret::random::<16>()?);
    let digest = secret::sha256(token.as_bytes());
    let mut tx = server.store.write().await?;
    settings::put(&mut tx, "gateway_token_sha256", &digest).await?;
    server.note(&mut tx, &NewsItem::Gateway).await?;
    tx.commit().await?;
    server.tell(NewsItem::Gateway).await?;
    Ok(token)
}
