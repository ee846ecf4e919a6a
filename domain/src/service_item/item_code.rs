//! 事项编码: whose item it is, at which level, and its number.
//!
//! Duty: tell a code that holds together from a mistyped one. Never: ask whether the item exists.

/// What is wrong with a code of 31 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ItemCodeDefect {
    /// Not 31 characters (33 for a business item).
    #[error("an item code has 31 characters, that of a business item 33")]
    Length,
    /// A character that has no place there.
    #[error("an item code has digits and capital letters, its first 18 none of I, O, S, V and Z")]
    Characters,
    /// The 18th character does not fit the 17 before it.
    #[error("the 18th character does not fit the 17 before it: one of them is mistyped")]
    CheckCharacter,
}

/// The characters of a unified social credit code in the order of their values (GB 32100-2015, table 2).
const CREDIT_CODE: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a 事项编码: unified social credit code (18, the last one the check character of GB 32100-2015), level (1),
/// basic code (12), as the reference on provincial platforms, section "Standards", has it.
pub fn check_item_code(code: &str) -> Result<(), ItemCodeDefect> {
    let code = code.as_bytes();
    if code.len() != 31 {
        return Err(ItemCodeDefect::Length);
    }
    let (credit, rest) = code.split_at(18);
    let right = rest[0].is_ascii_digit() && rest.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !right {
        return Err(ItemCodeDefect::Characters);
    }
    let mut values = [0_u32; 18];
    for (value, byte) in values.iter_mut().zip(credit) {
        let at = CREDIT_CODE.iter().position(|c| c == byte).ok_or(ItemCodeDefect::Characters)?;
        *value = u32::try_from(at).map_err(|_| ItemCodeDefect::Characters)?;
    }
    // Weights are the powers of 3 modulo 31; the whole, check character with weight 1, is a multiple of 31.
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    if (sum + values[17]).is_multiple_of(31) { Ok(()) } else { Err(ItemCodeDefect::CheckCharacter) }
}

/// Checks the code of a 业务办理项: a 事项编码 and two digits or capital letters.
pub fn check_business_item_code(code: &str) -> Result<(), ItemCodeDefect> {
    let (item, rest) = code.split_at_checked(31).ok_or(ItemCodeDefect::Length)?;
    check_item_code(item)?;
    match rest.as_bytes() {
        [a, b] if [a, b].iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) => Ok(()),
        [_, _] => Err(ItemCodeDefect::Characters),
        _ => Err(ItemCodeDefect::Length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: Result<(), ItemCodeDefect>) {
        assert_eq!(check_item_code(code), expected, "{code}");
    }

    /// `91350100M000100Y43` is the worked example of GB 32100-2015, annex A.
    #[test]
    fn right_and_wrong_codes() {
        use ItemCodeDefect::{Characters, CheckCharacter, Length};
        check("91350100M000100Y433990000000001", Ok(()));
        check("91350100M000100Y43399000000000A", Ok(()));
        check("91350100M000100Y433", Err(Length));
        check("91350100M000100Y53399000000000A", Err(CheckCharacter));
        check("91350100M000010Y433990000000001", Err(CheckCharacter));
        check("9135O100M000100Y433990000000001", Err(Characters));
        check("91350100M000100Y43x990000000001", Err(Characters));
        check("91350100M000100Y433990000000-01", Err(Characters));
        check("芜湖市芜湖市芜湖市芜湖市芜湖市", Err(Length));
    }

    #[test]
    fn a_business_item_has_two_characters_more() {
        let item = "91350100M000100Y433990000000001";
        let check = |code: &str, want| assert_eq!(check_business_item_code(code), want, "{code}");
        check(&format!("{item}01"), Ok(()));
        check(item, Err(ItemCodeDefect::Length));
        check(&format!("{item}011"), Err(ItemCodeDefect::Length));
        check(&format!("{item}0a"), Err(ItemCodeDefect::Characters));
        check("91350100M000100Y53399000000000A01", Err(ItemCodeDefect::CheckCharacter));
        check("芜湖市芜湖市芜湖市芜湖市芜湖市", Err(ItemCodeDefect::Length));
    }
}
