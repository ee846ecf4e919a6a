//! Base45 (RFC 9285): two bytes as three characters of a QR code's alphanumeric mode.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

pub(super) fn encode(bytes: &[u8]) -> String {
    let digit = |n: usize| char::from(ALPHABET[n % 45]);
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let n = pair.iter().fold(0, |n, &byte| n * 256 + usize::from(byte));
        text.push(digit(n));
        text.push(digit(n / 45));
        if pair.len() == 2 {
            text.push(digit(n / 2025));
        }
    }
    text
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let n = group.iter().rev().try_fold(0_u32, |n, c| {
            let digit = ALPHABET.iter().position(|a| a == c)?;
            Some(n * 45 + u32::try_from(digit).ok()?)
        })?;
        match group.len() {
            3 => bytes.extend_from_slice(&u16::try_from(n).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(n).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9285, sections 4.3 and 4.4.
    #[test]
    fn the_examples_of_the_standard() {
        for (plain, text) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
        for bad in [":::", "GGW", "A", "ab8", "::"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode("FGW"), Some(vec![0xff, 0xff]));
    }
}
