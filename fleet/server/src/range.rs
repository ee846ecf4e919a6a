//! The part of a file that is asked for (RFC 9110, 14).

/// What of a file is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// From the first byte to the last, both counted.
    Bytes(u64, u64),
    /// Nothing of it exists.
    Unsatisfiable,
}

/// Reads `Range` for a file of `size` bytes. Several ranges, other units and nonsense are all the whole file, as the RFC
/// allows.
pub fn part(range: Option<&str>, size: u64) -> Part {
    let Some(spec) = range.and_then(|range| range.strip_prefix("bytes=")) else { return Part::Whole };
    let Some((from, to)) = spec.split_once('-') else { return Part::Whole };
    let number = |text: &str| -> Option<u64> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    match (from, to) {
        ("", last) => match number(last) {
            None => Part::Whole,
            Some(0) => Part::Unsatisfiable,
            Some(_) if size == 0 => Part::Unsatisfiable,
            Some(last) => Part::Bytes(size.saturating_sub(last), size - 1),
        },
        (first, last) => match (number(first), if last.is_empty() { Some(u64::MAX) } else { number(last) }) {
            (Some(first), Some(last)) if first > last => Part::Whole,
            (Some(first), Some(_)) if first >= size => Part::Unsatisfiable,
            (Some(first), Some(last)) => Part::Bytes(first, last.min(size - 1)),
            _ => Part::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_of_rfc_9110() {
        // 14.1.2, for a representation of 10,000 bytes.
        for (range, expected) in [
            ("bytes=0-499", Part::Bytes(0, 499)),
            ("bytes=500-999", Part::Bytes(500, 999)),
            ("bytes=-500", Part::Bytes(9500, 9999)),
            ("bytes=9500-", Part::Bytes(9500, 9999)),
            ("bytes=9999-20000", Part::Bytes(9999, 9999)),
            ("bytes=10000-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=-20000", Part::Bytes(0, 9999)),
            ("bytes=500-499", Part::Whole),
            ("bytes=0-0,-1", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=99999999999999999999-", Part::Whole),
        ] {
            assert_eq!(part(Some(range), 10_000), expected, "{range}");
        }
        assert_eq!(part(None, 5), Part::Whole);
    }

    proptest! {
        #[test]
        fn no_range_leads_out_of_the_file(range in "(bytes=)?[0-9,-]{0,24}", size in 0_u64..5) {
            if let Part::Bytes(first, last) = part(Some(&range), size) {
                prop_assert!(first <= last && last < size);
            }
        }
    }
}
