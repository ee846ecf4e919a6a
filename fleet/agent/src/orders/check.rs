//! Whether an order is one to obey.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::command::{Command, CommandId, LONGEST_LIFE_SECONDS, Order, Outcome};
use fleet_api::signed::{Signed, SignedError};
use fleet_api::{TerminalId, Timestamp};
use serde::Deserialize;
use time::Duration;

/// How far ahead of this terminal's clock the desk's may be.
const AHEAD: Duration = Duration::minutes(5);

/// What came of the look.
#[derive(Debug, PartialEq)]
pub(super) enum Checked {
    /// It is to be obeyed.
    Good(Command),
    /// It is not.
    Refused(Refusal),
}

/// Why not.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    /// Which it says that it is; not to be believed, only answered.
    pub(super) id: Option<CommandId>,
    pub(super) outcome: Outcome,
    pub(super) why: String,
}

/// Signature, terminal, time.
pub(super) fn check(
    opened: Result<Command, SignedError>,
    signed: &Signed<Command>,
    terminal: &TerminalId,
    now: Timestamp,
) -> Checked {
    let command = match opened {
        Ok(command) => command,
        Err(error) => {
            let why = crate::error::chain(&error);
            return Checked::Refused(Refusal { id: claimed_id(signed), outcome: Outcome::NotAuthentic, why });
        }
    };
    let refused = |outcome, why: String| {
        let id = is_id(&command.id.0).then(|| command.id.clone());
        Checked::Refused(Refusal { id, outcome, why })
    };
    if !is_id(&command.id.0) {
        return refused(Outcome::NotAuthentic, "its id is none".to_owned());
    }
    if command.terminal != *terminal {
        return refused(Outcome::NotAuthentic, "it is for another terminal".to_owned());
    }
    if command.issued_at > now + AHEAD {
        return refused(
            Outcome::NotAuthentic,
            format!("it is of {}, which is yet to come", command.issued_at),
        );
    }
    if command.expires_at - command.issued_at > Duration::seconds(LONGEST_LIFE_SECONDS) {
        return refused(Outcome::NotAuthentic, "it may wait longer than an order can".to_owned());
    }
    if let Order::Shell { seconds, asked_by, approved_by } = &command.order {
        if asked_by.is_empty() || approved_by.is_empty() || asked_by == approved_by {
            return refused(Outcome::NotAuthentic, "a shell needs the word of two people".to_owned());
        }
        if !(1..=3600).contains(seconds) {
            return refused(Outcome::NotAuthentic, format!("a shell of {seconds} s; 3600 is the most"));
        }
    }
    Checked::Good(command)
}

fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The id in a document that is not believed.
fn claimed_id(signed: &Signed<Command>) -> Option<CommandId> {
    #[derive(Deserialize)]
    struct Claim {
        id: CommandId,
    }
    let payload =
        (signed.payload.len() < 64 * 1024).then(|| STANDARD.decode(&signed.payload).ok()).flatten()?;
    let claim: Claim = serde_json::from_slice(&payload).ok()?;
    is_id(&claim.id.0).then_some(claim.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet_api::keys::{KeyRing, PublicKey, Role, key_id};
    use ring::signature::{Ed25519KeyPair, KeyPair as _};
    use time::macros::datetime;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn sign(command: &Command, key: &Ed25519KeyPair) -> Signed<Command> {
        let id = key_id(key.public_key().as_ref());
        Signed::new(command, id, |bytes| Ok::<_, SignedError>(key.sign(bytes).as_ref().try_into().unwrap()))
            .unwrap()
    }

    fn ring(keys: &[(u8, Role)]) -> KeyRing {
        let public = |(seed, role): &(u8, Role)| {
            let bytes = key(*seed).public_key().as_ref().to_vec();
            PublicKey { id: key_id(&bytes), role: *role, public_key: STANDARD.encode(bytes) }
        };
        KeyRing { number: 1, at: Timestamp::UNIX_EPOCH, keys: keys.iter().map(public).collect() }
    }

    fn command(order: Order) -> Command {
        Command {
            id: CommandId(ID.into()),
            terminal: TerminalId("T-1".into()),
            issued_at: datetime!(2026-11-28 06:00 UTC),
            expires_at: datetime!(2026-11-28 07:00 UTC),
            order,
        }
    }

    fn look(change: impl FnOnce(&mut Command), signer: u8) -> Result<(), (Outcome, String)> {
        let mut command = command(Order::TestPrint);
        change(&mut command);
        let signed = sign(&command, &key(signer));
        let ring = ring(&[(1, Role::Commands), (2, Role::Configuration)]);
        let now = datetime!(2026-11-28 06:01 UTC);
        match check(signed.open(&ring), &signed, &TerminalId("T-1".into()), now) {
            Checked::Good(good) => {
                assert_eq!(good, command);
                Ok(())
            }
            Checked::Refused(refusal) => Err((refusal.outcome, refusal.why)),
        }
    }

    #[test]
    fn who_is_obeyed() {
        assert_eq!(look(|_| {}, 1), Ok(()));
        type Change = fn(&mut Command);
        let shell = |seconds, asked_by: &str, approved_by: &str| Order::Shell {
            seconds,
            asked_by: asked_by.into(),
            approved_by: approved_by.into(),
        };
        let rows: &[(Change, u8, &str)] = &[
            (|_| {}, 2, "may sign for configuration"),
            (|_| {}, 3, "is not known here"),
            (|c| c.terminal = TerminalId("T-2".into()), 1, "another terminal"),
            (|c| c.issued_at = datetime!(2026-11-28 06:30 UTC), 1, "yet to come"),
            (|c| c.expires_at = datetime!(2026-12-28 06:00 UTC), 1, "longer than an order can"),
            (|c| c.id = CommandId("../../x".into()), 1, "its id is none"),
        ];
        for (change, signer, why) in rows {
            let (outcome, said) = look(change, *signer).unwrap_err();
            assert_eq!(outcome, Outcome::NotAuthentic);
            assert!(said.contains(why), "{said}");
        }
        for (order, good) in [
            (shell(60, "a", "b"), true),
            (shell(60, "a", "a"), false),
            (shell(60, "a", ""), false),
            (shell(7200, "a", "b"), false),
        ] {
            assert_eq!(look(|command| command.order = order, 1).is_ok(), good);
        }
    }

    #[test]
    fn an_order_that_is_not_believed_is_answered_by_its_id_alone() {
        let signed = sign(&command(Order::Reboot), &key(9));
        assert_eq!(claimed_id(&signed), Some(CommandId(ID.into())));
        let mut forged = signed;
        forged.payload = STANDARD.encode(br#"{"id":"../../etc"}"#);
        assert_eq!(claimed_id(&forged), None);
        forged.payload = "?".into();
        assert_eq!(claimed_id(&forged), None);
    }
}
