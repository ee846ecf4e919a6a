//! Who works at the desk, and how they prove it.
//!
//! Duty: rows. Never: see a password or a code; those are checked before (`console::proof`).

use super::{Millis, Store, StoreError, Write};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// Wrong proofs in a row until an account waits.
pub const FAILURES: i64 = 5;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// What is typed to sign in.
    pub name: String,
    /// As colleagues, and residents in a call, read it.
    pub shown: String,
    /// The role's word.
    pub role: String,
    /// `invited`, `active`, `closed`.
    pub state: String,
    /// Whose calls this worker takes; none for all.
    pub district: Option<String>,
    /// `zh-CN` or `en`.
    pub language: String,
    /// When they last signed in.
    pub signed_in_at: Option<Millis>,
    /// WebAuthn user handle, base64url.
    pub handle: String,
}

/// What a sign-in is checked against.
#[derive(Debug, Clone)]
pub struct Proofs {
    /// Whose.
    pub account: Account,
    /// argon2id, PHC string.
    pub password: Option<String>,
    /// The sealed secret of the second factor.
    pub totp: Option<String>,
    /// Until when nothing is tried.
    pub locked_until: Millis,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id, base64url.
    pub credential: String,
    /// Whose.
    pub account: i64,
    /// What its owner calls it.
    pub label: String,
    /// Public key and what does not change, base64url.
    pub static_state: String,
    /// Counter and flags, base64url.
    pub dynamic_state: String,
    /// When it was added.
    pub added_at: Millis,
    /// When it was last used.
    pub used_at: Option<Millis>,
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// What is typed.
    pub name: &'a str,
    /// What is read.
    pub shown: &'a str,
    /// The role's word.
    pub role: &'a str,
    /// Its district; none for all.
    pub district: Option<&'a str>,
    /// `zh-CN` or `en`.
    pub language: &'a str,
    /// 64 random bytes, base64url.
    pub handle: &'a str,
    /// Who makes it.
    pub by: &'a str,
}

pub(super) fn account(row: &AnyRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        shown: row.try_get("shown")?,
        role: row.try_get("role")?,
        state: row.try_get("state")?,
        district: row.try_get("district")?,
        language: row.try_get("language")?,
        signed_in_at: row.try_get("signed_in_at")?,
        handle: row.try_get("handle")?,
    })
}

fn passkey(row: &AnyRow) -> Result<Passkey, sqlx::Error> {
    Ok(Passkey {
        credential: row.try_get("credential")?,
        account: row.try_get("account")?,
        label: row.try_get("label")?,
        static_state: row.try_get("static_state")?,
        dynamic_state: row.try_get("dynamic_state")?,
        added_at: row.try_get("added_at")?,
        used_at: row.try_get("used_at")?,
    })
}

/// Adds an account that nobody can use until its invitation is; none where the name, or the shown one of an account that is
/// not closed, is taken: a call belongs to whom the resident reads.
///
/// # Errors
/// The database refused.
pub async fn add(tx: &mut Write, new: &NewAccount<'_>, now: Millis) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "INSERT INTO accounts (name, shown, role, state, district, language, handle, created_at, created_by) \
         VALUES ($1, $2, $3, 'invited', $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(new.name)
    .bind(new.shown)
    .bind(new.role)
    .bind(new.district)
    .bind(new.language)
    .bind(new.handle)
    .bind(now)
    .bind(new.by)
    .fetch_optional(tx.on())
    .await?;
    Ok(row.map(|row| row.try_get("id")).transpose()?)
}

/// Offers a link; an older one of the same account counts no more.
///
/// # Errors
/// The database refused.
pub async fn invite(
    tx: &mut Write,
    account: i64,
    token_sha256: &str,
    totp: &str,
    expires_at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM invitations WHERE account = $1").bind(account).execute(tx.on()).await?;
    sqlx::query("INSERT INTO invitations (token_sha256, account, expires_at, totp) VALUES ($1, $2, $3, $4)")
        .bind(token_sha256)
        .bind(account)
        .bind(expires_at)
        .bind(totp)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Uses a link once: the account has this password and the link's second factor from now on, and nothing of what proved it
/// before. False: used or too old.
///
/// # Errors
/// The database refused.
pub async fn accept(
    tx: &mut Write,
    token_sha256: &str,
    password: &str,
    step: i64,
    now: Millis,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "UPDATE invitations SET used_at = $2 WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING account, totp",
    )
    .bind(token_sha256)
    .bind(now)
    .fetch_optional(tx.on())
    .await?;
    let Some(row) = row else { return Ok(false) };
    let account: i64 = row.try_get("account")?;
    sqlx::query(
        "UPDATE accounts SET state = 'active', password = $2, totp = $3, totp_step = $4, failures = 0, \
         locked_until = 0 WHERE id = $1 AND state <> 'closed'",
    )
    .bind(account)
    .bind(password)
    .bind(row.try_get::<String, _>("totp")?)
    .bind(step)
    .execute(tx.on())
    .await?;
    sqlx::query("DELETE FROM passkeys WHERE account = $1").bind(account).execute(tx.on()).await?;
    Ok(true)
}

/// Sets another password.
///
/// # Errors
/// The database refused.
pub async fn set_password(tx: &mut Write, account: i64, password: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE accounts SET password = $2 WHERE id = $1")
        .bind(account)
        .bind(password)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Takes a step of the second factor, which is then used up. False: it, or a later one, was used before.
///
/// # Errors
/// The database refused.
pub async fn use_step(tx: &mut Write, account: i64, step: i64) -> Result<bool, StoreError> {
    let used = sqlx::query(
        "UPDATE accounts SET totp_step = $2, failures = 0, locked_until = 0 WHERE id = $1 AND totp_step < $2",
    )
    .bind(account)
    .bind(step)
    .execute(tx.on())
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Notes a wrong proof; from the fifth on the account waits, twice as long each time, an hour at most.
///
/// # Errors
/// The database refused.
pub async fn failed(tx: &mut Write, account: i64, now: Millis) -> Result<(), StoreError> {
    let row = sqlx::query("UPDATE accounts SET failures = failures + 1 WHERE id = $1 RETURNING failures")
        .bind(account)
        .fetch_one(tx.on())
        .await?;
    let beyond = row.try_get::<i64, _>("failures")? - FAILURES;
    if beyond >= 0 {
        let wait = (30_000_i64 << beyond.min(7)).min(3_600_000);
        sqlx::query("UPDATE accounts SET locked_until = $2 WHERE id = $1")
            .bind(account)
            .bind(now + wait)
            .execute(tx.on())
            .await?;
    }
    Ok(())
}

/// Changes role, district and state.
///
/// # Errors
/// The database refused.
pub async fn change(
    tx: &mut Write,
    account: i64,
    role: &str,
    state: &str,
    district: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE accounts SET role = $2, state = $3, district = $4 WHERE id = $1")
        .bind(account)
        .bind(role)
        .bind(state)
        .bind(district)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Keeps the language that somebody chose: their next browser shows it too.
///
/// # Errors
/// The database refused.
pub async fn set_language(tx: &mut Write, account: i64, language: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE accounts SET language = $2 WHERE id = $1")
        .bind(account)
        .bind(language)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Adds a passkey; false where its id is known already.
///
/// # Errors
/// The database refused.
pub async fn add_passkey(tx: &mut Write, key: &Passkey) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO passkeys (credential, account, label, static_state, dynamic_state, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential) DO NOTHING",
    )
    .bind(&key.credential)
    .bind(key.account)
    .bind(&key.label)
    .bind(&key.static_state)
    .bind(&key.dynamic_state)
    .bind(key.added_at)
    .execute(tx.on())
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Notes the use of a passkey.
///
/// # Errors
/// The database refused.
pub async fn passkey_used(
    tx: &mut Write,
    credential: &str,
    dynamic_state: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE passkeys SET dynamic_state = $2, used_at = $3 WHERE credential = $1")
        .bind(credential)
        .bind(dynamic_state)
        .bind(now)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Takes a passkey away from its owner.
///
/// # Errors
/// The database refused.
pub async fn remove_passkey(tx: &mut Write, account: i64, credential: &str) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM passkeys WHERE credential = $1 AND account = $2")
        .bind(credential)
        .bind(account)
        .execute(tx.on())
        .await?;
    Ok(removed.rows_affected() == 1)
}

/// Keeps a challenge until it is answered.
///
/// # Errors
/// The database refused.
pub async fn challenge(
    tx: &mut Write,
    challenge: &str,
    visitor: &str,
    kind: &str,
    state: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM challenges WHERE expires_at < $1 OR (visitor = $2 AND kind = $3)")
        .bind(now)
        .bind(visitor)
        .bind(kind)
        .execute(tx.on())
        .await?;
    sqlx::query(
        "INSERT INTO challenges (challenge, visitor, kind, state, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(challenge)
    .bind(visitor)
    .bind(kind)
    .bind(state)
    .bind(now + 300_000)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Takes the state of a challenge, once, for the browser that asked.
///
/// # Errors
/// The database refused.
pub async fn take_challenge(
    tx: &mut Write,
    visitor: &str,
    kind: &str,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "DELETE FROM challenges WHERE visitor = $1 AND kind = $2 AND expires_at > $3 RETURNING state",
    )
    .bind(visitor)
    .bind(kind)
    .bind(now)
    .fetch_optional(tx.on())
    .await?;
    Ok(row.map(|row| row.try_get("state")).transpose()?)
}

impl Store {
    /// What the sign-in of `name` is checked against.
    ///
    /// # Errors
    /// The database refused.
    pub async fn proofs(&self, name: &str) -> Result<Option<Proofs>, StoreError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE name = $1 AND state = 'active'")
            .bind(name)
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Proofs {
            account: account(&row)?,
            password: row.try_get("password")?,
            totp: row.try_get("totp")?,
            locked_until: row.try_get("locked_until")?,
        }))
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// The database refused.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query("SELECT * FROM accounts ORDER BY name").fetch_all(self.read()).await?;
        Ok(rows.iter().map(account).collect::<Result<_, _>>()?)
    }

    /// One account.
    ///
    /// # Errors
    /// The database refused.
    pub async fn account(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM accounts WHERE id = $1").bind(id).fetch_optional(self.read()).await?;
        Ok(row.as_ref().map(account).transpose()?)
    }

    /// The account and the sealed second factor that a link offers.
    ///
    /// # Errors
    /// The database refused.
    pub async fn invitation(
        &self,
        token_sha256: &str,
        now: Millis,
    ) -> Result<Option<(Account, String)>, StoreError> {
        let row = sqlx::query(
            "SELECT a.*, i.totp AS offered FROM invitations i JOIN accounts a ON a.id = i.account \
             WHERE i.token_sha256 = $1 AND i.used_at IS NULL AND i.expires_at > $2 AND a.state <> 'closed'",
        )
        .bind(token_sha256)
        .bind(now)
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((account(&row)?, row.try_get("offered")?)))
    }

    /// The passkeys of an account.
    ///
    /// # Errors
    /// The database refused.
    pub async fn passkeys(&self, account: i64) -> Result<Vec<Passkey>, StoreError> {
        let rows = sqlx::query("SELECT * FROM passkeys WHERE account = $1 ORDER BY added_at")
            .bind(account)
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(passkey).collect::<Result<_, _>>()?)
    }

    /// One passkey with its owner, who is active.
    ///
    /// # Errors
    /// The database refused.
    pub async fn passkey(&self, credential: &str) -> Result<Option<(Passkey, Account)>, StoreError> {
        let row = sqlx::query(
            "SELECT p.credential, p.account, p.label, p.static_state, p.dynamic_state, p.added_at, p.used_at, a.* \
             FROM passkeys p JOIN accounts a ON a.id = p.account WHERE p.credential = $1 AND a.state = 'active'",
        )
        .bind(credential)
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((passkey(&row)?, account(&row)?)))
    }
}
