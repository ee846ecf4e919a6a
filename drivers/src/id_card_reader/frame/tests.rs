use proptest::prelude::*;

use super::*;

/// No card: AA AA AA 96 69 | 00 04 | 00 00 80 | 84.
const NO_CARD: [u8; 11] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x80, 0x84];
/// Found: Len 8, four bytes of data, check 08 ^ 9F = 97.
const FOUND: [u8; 15] =
    [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x08, 0x00, 0x00, 0x9F, 0x00, 0x00, 0x00, 0x00, 0x97];

fn parse(pieces: &[&[u8]]) -> Vec<(Sw3, Vec<u8>)> {
    let mut parser = FrameParser::new();
    let mut found = Vec::new();
    for piece in pieces {
        let mut next = parser.push(piece);
        while let Some(response) = next {
            found.push((response.sw3(), response.data().to_vec()));
            next = parser.push(&[]);
        }
    }
    while let Some(response) = parser.line_is_silent() {
        found.push((response.sw3(), response.data().to_vec()));
    }
    found
}

#[test]
fn frames_are_found_in_whatever_comes() {
    let no_card = || (Sw3::NoCard, vec![]);
    let found = || (Sw3::Found, vec![0; 4]);
    let check = |what: &str, bytes: &[u8], want: &[(Sw3, Vec<u8>)]| {
        assert_eq!(parse(&[bytes]), want, "{what}");
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(parse(&[head, tail]), want, "{what}, split at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(parse(&single), want, "{what}, byte by byte");
    };
    check("no card", &NO_CARD, &[no_card()]);
    check("found", &FOUND, &[found()]);
    check("two answers", &[&FOUND[..], &NO_CARD].concat(), &[found(), no_card()]);
    check("zeros after the end", &[&FOUND[..], &[0; 9], &NO_CARD, &[0; 3]].concat(), &[found(), no_card()]);
    check("noise first", &[&[0x00, 0xFF, 0xAA, 0xAA, 0x96][..], &FOUND].concat(), &[found()]);
    check("too many AA", &[&[0xAA, 0xAA][..], &FOUND].concat(), &[found()]);
    check("a preamble of its own first", &[&PREAMBLE[..], &FOUND].concat(), &[found()]);
    // Len 3 and less is a pseudo-frame, Len above 4096 is noise.
    check("pseudo-frame", &[&PREAMBLE[..], &[0, 3, 0, 0, 3], &FOUND].concat(), &[found()]);
    check("Len 0", &[&PREAMBLE[..], &[0, 0], &FOUND].concat(), &[found()]);
    check("Len 4097", &[&PREAMBLE[..], &[0x10, 0x01], &FOUND].concat(), &[found()]);
    // A false frame that would swallow the true one: found once the line is silent.
    check("false frame of 4096", &[&PREAMBLE[..], &[0x10, 0x00], &FOUND].concat(), &[found()]);
    check("wrong check byte", &[&NO_CARD[..10], &[0x85]].concat(), &[]);
    check("wrong check byte, then right", &[&NO_CARD[..10], &[0x85], &FOUND].concat(), &[found()]);
    check("a frame cut short, then one", &[&FOUND[..9], &NO_CARD].concat(), &[no_card()]);
    check("nothing", &[], &[]);
}

#[test]
fn stray_bytes_inside_the_preamble_are_looked_past() {
    for place in 1..PREAMBLE.len() {
        for stray in [&[0x00][..], &[0x55, 0x00], &[0x13, 0x37, 0x00, 0x01]] {
            let bytes = [&FOUND[..place], stray, &FOUND[place..]].concat();
            assert_eq!(parse(&[&bytes]), [(Sw3::Found, vec![0; 4])], "{stray:02X?} before byte {place}");
        }
    }
}

#[test]
fn the_longest_expected_answer_fits() {
    let mut bytes = PREAMBLE.to_vec();
    bytes.extend([0x09, 0x0A, 0x00, 0x00, 0x90]);
    bytes.extend([0xA5; 0x090A - 4]);
    // An even number of A5 cancels out: 09 ^ 0A ^ 90.
    bytes.push(0x93);
    assert_eq!(parse(&[&bytes]), [(Sw3::Done, vec![0xA5; 0x0906])]);
}

#[test]
fn broken_frames_are_counted() {
    let mut parser = FrameParser::new();
    assert_eq!(parser.push(&[&NO_CARD[..10], &[0x85]].concat()), None);
    assert_eq!((parser.broken(), parser.has_bytes()), (1, true));
    parser.clear();
    assert_eq!((parser.broken(), parser.has_bytes()), (0, false));
}

#[test]
fn debug_shows_no_data() {
    let response = FrameParser::new().push(&FOUND).unwrap();
    assert_eq!(format!("{response:?}"), "Response(00 00 9F, 4 bytes)");
}

/// Bytes of which frames are made, so that random ones come near to being some.
fn likely_byte() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0xAA), Just(0x96), Just(0x69), Just(0x00), Just(0x04), Just(0x10), any::<u8>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_comes_it_stays_bounded(
        bytes in proptest::collection::vec(likely_byte(), 400..900),
        size in 16..400usize,
    ) {
        let mut parser = FrameParser::new();
        let capacity = parser.buffer.capacity();
        for _ in 0..20 {
            for piece in bytes.chunks(size) {
                let _ = parser.push(piece);
            }
        }
        while parser.line_is_silent().is_some() {}
        prop_assert_eq!(parser.buffer.capacity(), capacity);
    }

    /// Without 96 there is no second preamble in it.
    #[test]
    fn a_frame_after_any_noise_is_found_once(
        noise in proptest::collection::vec(likely_byte().prop_filter("96", |b| *b != 0x96), 0..120),
        size in 1..40usize,
    ) {
        let bytes = [&noise[..], &NO_CARD].concat();
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        prop_assert_eq!(parse(&pieces), [(Sw3::NoCard, vec![])]);
    }
}
