use super::*;
use crate::entropy::SeededEntropy;
use domain::terminal::Timestamp;
use std::path::Path;
use time::Duration;
use time::macros::datetime;

const NOW: Timestamp = datetime!(2026-11-24 10:24:07 +8);

fn claim(number: &str, state: ClaimState) -> Claim {
    Claim { number: number.to_owned(), filed_at: NOW, state, terminal: TerminalId("YL-990001-01".to_owned()) }
}

fn signer(folder: &Path, seed: u64) -> SlipSigner {
    SlipSigner::open(&folder.join(format!("{seed}.keys")), &SeededEntropy::new(seed), NOW).unwrap()
}

#[test]
fn a_claim_comes_back_as_it_was() {
    let (folder, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let signer_7 = signer(folder.path(), 7);
    let keys = [signer(folder.path(), 8).public_keys(), signer_7.public_keys()].concat();
    let same = signer(again.path(), 7);
    let longest = "示".repeat(64);
    for state in STATES {
        for number in ["BJ202611240001", "0123456789abcdef0123456789abcdef", longest.as_str()] {
            let claim = claim(number, state);
            let text = signer_7.sign(&claim).unwrap();
            assert!(text.bytes().all(|b| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&b)));
            assert_eq!(verify(&text, &keys), Ok(claim.clone()));
            assert_eq!(text, same.sign(&claim).unwrap(), "the same seed");
        }
    }
}

#[test]
fn a_usual_number_fits_a_small_code() {
    let folder = tempfile::tempdir().unwrap();
    let claim = Claim {
        terminal: TerminalId("T99000100100101".to_owned()),
        ..claim("BJ-20261124-0000001", ClaimState::Accepted)
    };
    let text = signer(folder.path(), 7).sign(&claim).unwrap();
    // Version 7, level M, alphanumeric (ISO/IEC 18004, table 7).
    assert!(text.len() <= 178, "{} characters", text.len());
}

#[test]
fn every_altered_character_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let signer = signer(folder.path(), 7);
    let keys = signer.public_keys();
    let text = signer.sign(&claim("BJ1", ClaimState::Received)).unwrap();
    for i in 0..text.len() {
        let mut altered = text.clone().into_bytes();
        altered[i] = if altered[i] == b'0' { b'1' } else { b'0' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(verify(&altered, &keys).is_err(), "character {i}");
        assert!(verify(&text[..i], &keys).is_err(), "cut at {i}");
    }
    assert_eq!(verify(&text, &[]), Err(SlipError::UnknownKey));
    assert_eq!(verify("BJ1", &keys), Err(SlipError::NotASlip));
}

#[test]
fn the_bytes_are_those_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let signer = signer(folder.path(), 7);
    let text = signer.sign(&claim("BJ1", ClaimState::Accepted)).unwrap();
    let bytes = base45::decode(text.strip_prefix("YILIN:").unwrap().strip_suffix('.').unwrap()).unwrap();
    let key = signer.public_keys().remove(0);
    let point = crate::digest::from_hex(&key.to_hex()).unwrap();
    let hint = &crate::gm::sm3::digest(&point)[..4];
    // 2026-11-24T02:24:07Z is 1795487047 = 0x6b04f547 seconds; +08:00 is 32 quarters of an hour.
    let want =
        [&[1, 2], hint, &[2, 0, 0x6b, 0x04, 0xf5, 0x47, 32, 3], b"BJ1", &[12], b"YL-990001-01"].concat();
    assert_eq!(bytes[..bytes.len() - 64], want);
}

#[test]
fn keys_follow_one_another_and_each_proves_its_own_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slip.keys");
    let entropy = SeededEntropy::new(1);
    let open = |now| SlipSigner::open(&file, &entropy, now).unwrap();
    let mut published = Vec::new();
    let mut papers = Vec::new();
    // Four years, looked at twice a month, closed and opened in between.
    let mut most = 0;
    for day in (0..4 * 365).step_by(15) {
        let now = NOW + Duration::days(day);
        let signer = open(now);
        for key in signer.public_keys() {
            if !published.contains(&key) {
                published.push(key);
            }
        }
        let claim = Claim { filed_at: now, ..claim("BJ1", ClaimState::Queued) };
        let paper = signer.sign(&claim).unwrap();
        assert_eq!(verify(&paper, &published).unwrap(), claim, "day {day}");
        papers.push((paper, claim));
        most = most.max(signer.public_keys().len());
    }
    assert_eq!((published.len(), most), (5, 2), "one a year, the next before its time, none kept for ever");
    for (paper, claim) in &papers {
        assert_eq!(verify(paper, &published).as_ref(), Ok(claim));
    }
    // A key that is told to have ended before proves nothing of later.
    let (last, _) = papers.last().unwrap();
    let ended: Vec<SlipKey> = published
        .iter()
        .map(|key| SlipKey::from_hex(&key.to_hex(), key.from(), key.from() + Duration::days(1)).unwrap())
        .collect();
    assert_eq!(verify(last, &ended), Err(SlipError::KeyExpired));
}

#[test]
fn the_next_key_is_known_a_month_before_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let signer = signer(folder.path(), 3);
    let entropy = SeededEntropy::new(4);
    assert!(!signer.renew(&entropy, NOW).unwrap());
    assert!(!signer.renew(&entropy, NOW + Duration::days(334)).unwrap());
    let before = NOW + Duration::days(336);
    assert!(signer.renew(&entropy, before).unwrap());
    assert!(!signer.renew(&entropy, before).unwrap());
    let keys = signer.public_keys();
    assert_eq!((keys.len(), keys[0].until()), (2, keys[1].from()));
    let at = |filed_at| signer.sign(&Claim { filed_at, ..claim("BJ1", ClaimState::Received) }).unwrap();
    assert!(verify(&at(before), &keys[..1]).is_ok());
    assert!(verify(&at(keys[1].from()), &keys[1..]).is_ok());
    // A clock that was put back makes a key for then.
    let long_ago = NOW - Duration::days(5_000);
    let early = Claim { filed_at: long_ago, ..claim("BJ1", ClaimState::Received) };
    assert_eq!(signer.sign(&early), Err(SignSlipError::NoKey));
    assert!(signer.renew(&entropy, long_ago).unwrap());
    assert!(verify(&signer.sign(&early).unwrap(), &signer.public_keys()).is_ok());
}

#[test]
fn the_file_is_private_and_a_damaged_one_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let keys = signer(folder.path(), 1).public_keys();
    let file = folder.path().join("1.keys");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(signer(folder.path(), 1).public_keys(), keys, "made once");
    assert!(
        !format!("{:?}", signer(folder.path(), 1))
            .contains(std::fs::read_to_string(&file).unwrap().split(' ').next().unwrap())
    );
    std::fs::write(&file, "hello\n").unwrap();
    let error = SlipSigner::open(&file, &SeededEntropy::new(1), NOW).unwrap_err();
    assert!(matches!(error, KeyRingError::NotAKey { line: 1, .. }), "{error}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(SlipSigner::open(&file, &SeededEntropy::new(1), NOW), Err(KeyRingError::File(_))));
}
