//! One-time codes and certificates.

use super::{Millis, Store, StoreError, Write};
use fleet_api::TerminalId;
use sqlx::Row as _;

/// A certificate that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued<'a> {
    /// Its serial number, hexadecimal.
    pub serial: &'a str,
    /// Whose it is.
    pub terminal: &'a TerminalId,
    /// When it was given.
    pub issued_at: Millis,
    /// Its last moment.
    pub not_after: Millis,
}

/// Adds a code for `terminal`, by the SHA-256 of what is typed.
///
/// # Errors
/// The database refused; there is no such terminal.
pub async fn add_code(
    tx: &mut Write,
    code_sha256: &str,
    terminal: &TerminalId,
    by: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE enrolment_codes SET expires_at = $2 WHERE terminal = $1 AND expires_at > $2")
        .bind(&terminal.0)
        .bind(now)
        .execute(tx.on())
        .await?;
    sqlx::query(
        "INSERT INTO enrolment_codes (code_sha256, terminal, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(code_sha256)
    .bind(&terminal.0)
    .bind(now)
    .bind(by)
    .bind(expires_at)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Uses a code once; again for the same key only, since an answer can be lost. None: wrong, used or too old.
///
/// # Errors
/// The database refused.
pub async fn use_code(
    tx: &mut Write,
    code_sha256: &str,
    key_sha256: &str,
    now: Millis,
) -> Result<Option<TerminalId>, StoreError> {
    let row = sqlx::query(
        "UPDATE enrolment_codes SET used_at = $3, used_key = $2 WHERE code_sha256 = $1 AND expires_at > $3 \
         AND (used_at IS NULL OR used_key = $2) RETURNING terminal",
    )
    .bind(code_sha256)
    .bind(key_sha256)
    .bind(now)
    .fetch_optional(tx.on())
    .await?;
    Ok(row.map(|row| row.try_get("terminal")).transpose()?.map(TerminalId))
}

/// Notes a certificate as the one in use.
///
/// # Errors
/// The database refused.
pub async fn issued(tx: &mut Write, issued: &Issued<'_>) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO certificates (serial, terminal, issued_at, not_after) VALUES ($1, $2, $3, $4)")
        .bind(issued.serial)
        .bind(&issued.terminal.0)
        .bind(issued.issued_at)
        .bind(issued.not_after)
        .execute(tx.on())
        .await?;
    sqlx::query("UPDATE terminals SET certificate_serial = $2, certificate_until = $3 WHERE id = $1")
        .bind(&issued.terminal.0)
        .bind(issued.serial)
        .bind(issued.not_after)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Notes that a terminal was set up by code: older certificates count no more.
///
/// # Errors
/// The database refused.
pub async fn enrolled(
    tx: &mut Write,
    terminal: &TerminalId,
    hardware: &str,
    agent_version: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE certificates SET revoked_at = $2, revoked_by = 'enrolment', why = 'enrolled again' \
         WHERE terminal = $1 AND revoked_at IS NULL",
    )
    .bind(&terminal.0)
    .bind(now)
    .execute(tx.on())
    .await?;
    sqlx::query(
        "UPDATE terminals SET state = 'enrolled', hardware = $2, agent_version = $3, \
         installed_at = COALESCE(installed_at, $4), events_through = 0 WHERE id = $1",
    )
    .bind(&terminal.0)
    .bind(hardware)
    .bind(agent_version)
    .bind(now)
    .execute(tx.on())
    .await?;
    // Set up anew, it counts its events from the beginning.
    sqlx::query("DELETE FROM events WHERE terminal = $1").bind(&terminal.0).execute(tx.on()).await?;
    Ok(())
}

/// Takes a terminal's certificates and codes away. `state` is `revoked` or `retired`.
///
/// # Errors
/// The database refused.
pub async fn revoke(
    tx: &mut Write,
    terminal: &TerminalId,
    state: &str,
    by: &str,
    why: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE certificates SET revoked_at = $2, revoked_by = $3, why = $4 WHERE terminal = $1 AND revoked_at IS NULL",
    )
    .bind(&terminal.0)
    .bind(now)
    .bind(by)
    .bind(why)
    .execute(tx.on())
    .await?;
    sqlx::query("UPDATE terminals SET state = $2, token_sha256 = NULL WHERE id = $1")
        .bind(&terminal.0)
        .bind(state)
        .execute(tx.on())
        .await?;
    sqlx::query("UPDATE enrolment_codes SET expires_at = $2 WHERE terminal = $1 AND expires_at > $2")
        .bind(&terminal.0)
        .bind(now)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Sets the SHA-256 of hawkBit's TargetToken of a terminal.
///
/// # Errors
/// The database refused.
pub async fn set_token(tx: &mut Write, terminal: &TerminalId, token_sha256: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE terminals SET token_sha256 = $2 WHERE id = $1")
        .bind(&terminal.0)
        .bind(token_sha256)
        .execute(tx.on())
        .await?;
    Ok(())
}

impl Store {
    /// The serial numbers that count no more, of certificates that have not ended by themselves.
    ///
    /// # Errors
    /// The database refused.
    pub async fn revoked_serials(
        &self,
        now: Millis,
        terminal: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        let rows = match terminal {
            None => {
                sqlx::query("SELECT serial FROM certificates WHERE revoked_at IS NOT NULL AND not_after > $1")
                    .bind(now)
                    .fetch_all(self.read())
                    .await?
            }
            Some(terminal) => {
                sqlx::query(
                    "SELECT serial FROM certificates WHERE terminal = $2 AND revoked_at IS NOT NULL AND not_after > $1",
                )
                .bind(now)
                .bind(terminal)
                .fetch_all(self.read())
                .await?
            }
        };
        Ok(rows.iter().map(|row| row.try_get("serial")).collect::<Result<_, _>>()?)
    }
}
