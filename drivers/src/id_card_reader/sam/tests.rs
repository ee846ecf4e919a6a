use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use super::super::CardReaderErrorKind as Kind;
use super::*;
use crate::transport::TransportError;

/// What the reader sends in one exchange, piece by piece.
type Pieces = Vec<Vec<u8>>;

/// A reader in memory: answers each request by a table, and writes down what it was asked. Time does not pass in it: what
/// has not come by the first look never will.
struct Scripted {
    answer: Box<dyn FnMut([u8; 2], usize) -> Pieces + Send>,
    asked: Arc<Mutex<Vec<[u8; 2]>>>,
    waiting: VecDeque<u8>,
    pieces: VecDeque<Vec<u8>>,
}

impl Transport for Scripted {
    fn read(&mut self, buffer: &mut [u8], _deadline: Instant) -> Result<usize, TransportError> {
        if self.waiting.is_empty() {
            self.waiting = self.pieces.pop_front().unwrap_or_default().into();
        }
        if self.waiting.is_empty() {
            return Err(TransportError::TimedOut { port: "script".to_owned() });
        }
        let count = self.waiting.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(self.waiting.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<usize, TransportError> {
        let code = [bytes[7], bytes[8]];
        let index = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(code);
            asked.len() - 1
        };
        self.pieces = (self.answer)(code, index).into();
        Ok(bytes.len())
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.waiting.clear();
        self.pieces.clear();
        Ok(())
    }

    fn name(&self) -> &str {
        "script"
    }
}

/// The frame of an answer as the page writes it.
fn frame(sw3: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 4).unwrap().to_be_bytes();
    let check = data.iter().fold(length[0] ^ length[1] ^ sw3, |sum, byte| sum ^ byte);
    [&[0xAA, 0xAA, 0xAA, 0x96, 0x69], &length[..], &[0, 0, sw3], data, &[check]].concat()
}

fn text_block() -> Vec<u8> {
    let mut block = [0x20, 0x00].repeat(128);
    for (offset, text) in [
        (0, "张示例"),
        (30, "1"),
        (32, "01"),
        (36, "19400101"),
        (52, "示例省样本市测试区一号"),
        (122, "990000194001010014"),
        (158, "样本市公安局测试分局"),
        (188, "20100101"),
        (204, "长期"),
    ] {
        for (index, unit) in text.encode_utf16().enumerate() {
            block[offset + 2 * index..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    block
}

/// Photos begin so (reference page, "Photo and fingerprint").
fn photo() -> Vec<u8> {
    let mut photo = vec![0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00];
    photo.extend((0..=u8::MAX).rev().cycle().take(1024 - 8));
    photo
}

/// A reader with a good card on it.
fn good(code: [u8; 2]) -> Vec<u8> {
    match code {
        [0x11, 0xFF] => frame(0x90, &[]),
        [0x12, 0xFF] => frame(0x90, &[5, 0, 1, 0, 0xDF, 0x77, 0x33, 0x01, 1, 0, 0, 0, 2, 0, 0, 0]),
        [0x20, 0x01] => frame(0x9F, &[0; 4]),
        [0x20, 0x02] => frame(0x90, &[0; 8]),
        [0x30, 0x01] => frame(0x90, &[&[1, 0, 4, 0], &text_block()[..], &photo()].concat()),
        [0x30, 0x10] => {
            let finger = [0x43; 512];
            frame(0x90, &[&[1, 0, 4, 0, 2, 0], &text_block()[..], &photo(), &finger].concat())
        }
        [0x30, 0x03] => {
            let mut record = [0x20, 0x00].repeat(35);
            for (index, unit) in "测试区二号".encode_utf16().enumerate() {
                record[2 * index..][..2].copy_from_slice(&unit.to_le_bytes());
            }
            frame(0x90, &record)
        }
        [0x30, 0x05] => frame(0x90, &[0xC1; 28]),
        _ => frame(0x21, &[]),
    }
}

struct Bench {
    transport: Scripted,
    asked: Arc<Mutex<Vec<[u8; 2]>>>,
}

fn bench(answer: impl FnMut([u8; 2], usize) -> Pieces + Send + 'static) -> Bench {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let transport = Scripted {
        answer: Box::new(answer),
        asked: Arc::clone(&asked),
        waiting: VecDeque::new(),
        pieces: VecDeque::new(),
    };
    Bench { transport, asked }
}

impl Bench {
    fn open(self) -> Result<SamReader, CardReaderError> {
        SamReader::open(Box::new(self.transport), Speed::OfThePort)
    }
}

fn read(reader: &mut SamReader, content: Content) -> Result<CardRead, CardReaderError> {
    reader.read(content, Instant::now())
}

fn assert_good(read: &CardRead, what: &str) {
    assert_eq!(read.card.name().reveal(), "张示例", "{what}");
    assert_eq!(read.card.number().personal().reveal(), "990000194001010014", "{what}");
    assert_eq!(read.card.newest_address().unwrap().reveal(), "测试区二号", "{what}");
    assert_eq!(read.photo.bytes(), photo(), "{what}");
    assert_eq!(read.chip_number.as_ref().unwrap().reveal(), "C1".repeat(28), "{what}");
    assert_eq!(read.sam_id.to_string(), "05.01-20150239-0000000001-0000000002", "{what}");
}

const VISIT: [[u8; 2]; 7] =
    [[0x11, 0xFF], [0x12, 0xFF], [0x20, 0x01], [0x20, 0x02], [0x30, 0x01], [0x30, 0x03], [0x30, 0x05]];

/// Every exchange of a visit, and the one that a visit with fingerprints has in place of its read: what is read, the
/// place in the order, and what is asked.
fn exchanges() -> impl Iterator<Item = (Content, usize, [u8; 2])> {
    let visit = VISIT.into_iter().enumerate().map(|(at, code)| (Content::TextPhoto, at, code));
    visit.chain([(Content::TextPhotoFingerprints, 4, [0x30, 0x10])])
}

#[test]
fn a_visit_asks_in_order_and_only_once() {
    let bench = bench(|code, _| vec![good(code)]);
    let asked = Arc::clone(&bench.asked);
    let mut reader = bench.open().unwrap();
    let read = read(&mut reader, Content::TextPhoto).unwrap();
    assert_good(&read, "whole");
    assert_eq!(read.fingerprints.len(), 0);
    assert_eq!(*asked.lock().unwrap(), VISIT);
}

#[test]
fn fingerprints_come_where_they_are_asked_for() {
    let mut reader = bench(|code, _| vec![good(code)]).open().unwrap();
    let read = read(&mut reader, Content::TextPhotoFingerprints).unwrap();
    assert_good(&read, "with fingerprints");
    assert_eq!(read.fingerprints.iter().map(|f| f.bytes().len()).collect::<Vec<_>>(), [512]);
}

#[test]
fn an_old_reader_gives_no_fingerprints_and_is_not_asked_twice_for_what_it_does_not_know() {
    // It does not know it, may not do it, or has no better word.
    for refusal in [0x21, 0x23, 0x24] {
        let bench = bench(move |code, _| match code {
            [0x30, 0x10 | 0x05] => vec![frame(refusal, &[])],
            // Silent to what it does not know.
            [0x30, 0x03] => vec![],
            _ => vec![good(code)],
        });
        let asked = Arc::clone(&bench.asked);
        let mut reader = bench.open().unwrap();
        let first = read(&mut reader, Content::TextPhotoFingerprints).unwrap();
        assert_eq!(
            (first.fingerprints.len(), first.chip_number, first.card.newest_address()),
            (0, None, None)
        );
        assert_eq!(reader.media().unwrap(), Media::Unknown);
        asked.lock().unwrap().clear();
        read(&mut reader, Content::TextPhotoFingerprints).unwrap();
        assert_eq!(*asked.lock().unwrap(), [[0x20, 0x01], [0x20, 0x02], [0x30, 0x01]]);
    }
}

#[test]
fn every_exchange_split_at_every_byte_gives_the_same() {
    for (content, exchange, code) in exchanges() {
        for at in 0..=good(code).len() {
            let mut reader = bench(move |code, index| {
                let whole = good(code);
                if index != exchange {
                    return vec![whole];
                }
                let (head, tail) = whole.split_at(at);
                [head, tail].into_iter().filter(|piece| !piece.is_empty()).map(<[u8]>::to_vec).collect()
            })
            .open()
            .unwrap();
            assert_good(&read(&mut reader, content).unwrap(), &format!("{code:02X?} split at {at}"));
        }
    }
}

#[test]
fn noise_before_every_byte_gives_the_same() {
    for noise in [&[0x00][..], &[0xAA], &[0x96, 0x69], &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04]] {
        for (content, exchange, code) in exchanges() {
            for at in 0..=good(code).len() {
                // The false head of a frame before bytes whose sum happens to be right is no noise: it is a frame.
                let sum = good(code).iter().skip(at).take(4).fold(0x04, |sum, byte| sum ^ byte);
                if noise.len() == 7 && sum == 0 {
                    continue;
                }
                let mut reader = bench(move |code, index| {
                    let whole = good(code);
                    if index != exchange {
                        return vec![whole];
                    }
                    let (head, tail) = whole.split_at(at);
                    vec![[head, noise, tail].concat()]
                })
                .open()
                .unwrap();
                let what = format!("{noise:02X?} before byte {at} of the answer to {code:02X?}");
                let read = read(&mut reader, content).unwrap_or_else(|e| panic!("{what}: {e:?}"));
                assert_good(&read, &what);
            }
        }
    }
}

#[test]
fn every_answer_can_be_lost_garbled_or_refused_once() {
    type Spoil = fn(Vec<u8>) -> Pieces;
    let spoils: [(&str, Spoil); 7] = [
        ("lost", |_| vec![]),
        ("cut short", |whole| vec![whole[..whole.len() / 2].to_vec()]),
        ("wrong check byte", |mut whole| {
            *whole.last_mut().unwrap() ^= 0x01;
            vec![whole]
        }),
        ("request's check byte wrong", |_| vec![frame(0x10, &[])]),
        ("request's length wrong", |_| vec![frame(0x11, &[])]),
        ("unknown error", |_| vec![frame(0x24, &[])]),
        ("an answer to something else", |_| vec![frame(0x90, &[0; 5])]),
    ];
    for (spoil_name, spoil) in spoils {
        for (exchange, code) in VISIT.into_iter().enumerate() {
            let mut reader = bench(
                move |code, index| {
                    if index == exchange { spoil(good(code)) } else { vec![good(code)] }
                },
            )
            .open()
            .unwrap();
            let what = format!("{spoil_name}: {code:02X?}");
            let read = read(&mut reader, Content::TextPhoto).unwrap_or_else(|e| panic!("{what}: {e:?}"));
            assert_good(&read, &what);
        }
    }
}

/// Opens a reader whose answer to one request is always `answer`, reads, and looks at what comes of it.
fn fails(code: [u8; 2], answer: Vec<Vec<u8>>) -> CardReaderError {
    let mut reader =
        match bench(move |asked, _| if asked == code { answer.clone() } else { vec![good(asked)] }).open() {
            Ok(reader) => reader,
            Err(error) => return error,
        };
    read(&mut reader, Content::TextPhoto).unwrap_err()
}

#[test]
fn every_status_has_its_meaning() {
    let check = |code: [u8; 2], sw3: u8, want: Kind| {
        let error = fails(code, vec![frame(sw3, &[])]);
        assert_eq!(error.kind(), want, "{code:02X?} {sw3:02X}");
        assert_eq!(error.sw3().map(Sw3::byte), Some(sw3), "{code:02X?} {sw3:02X}");
    };
    let (status, find, select, text) = ([0x11, 0xFF], [0x20, 0x01], [0x20, 0x02], [0x30, 0x01]);
    check(status, 0x60, Kind::Hardware);
    check(status, 0x66, Kind::Hardware);
    check(find, 0x80, Kind::NoCard);
    check(find, 0x66, Kind::Hardware);
    check(select, 0x80, Kind::CardRemoved);
    check(select, 0x40, Kind::InvalidCard);
    check(select, 0x31, Kind::Security);
    check(text, 0x80, Kind::CardRemoved);
    for sw3 in [0x31, 0x32, 0x33] {
        check(text, sw3, Kind::Security);
    }
    for sw3 in [0x41, 0x47, 0x37, 0x3F] {
        check(text, sw3, Kind::InvalidData);
    }
    for sw3 in [0x10, 0x11, 0x21, 0x23, 0x24, 0x55, 0xFF] {
        check(text, sw3, Kind::Communication);
    }
    check([0x30, 0x03], 0x80, Kind::CardRemoved);
    check([0x30, 0x05], 0x80, Kind::CardRemoved);
}

#[test]
fn a_select_that_fails_looks_whether_the_card_is_there() {
    let check = |second_look: u8, want: Kind| {
        let mut finds = 0;
        let mut reader = bench(move |code, _| match code {
            [0x20, 0x01] => {
                finds += 1;
                let data: &[u8] = if finds == 1 || second_look == 0x9F { &[0; 4] } else { &[] };
                vec![frame(if finds == 1 { 0x9F } else { second_look }, data)]
            }
            [0x20, 0x02] => vec![frame(0x81, &[])],
            _ => vec![good(code)],
        })
        .open()
        .unwrap();
        let error = read(&mut reader, Content::TextPhoto).unwrap_err();
        assert_eq!((error.kind(), error.sw3()), (want, Some(Sw3::SelectFailed)));
    };
    check(0x80, Kind::CardRemoved);
    check(0x9F, Kind::InvalidCard);
}

#[test]
fn silence_and_noise_are_told_apart() {
    for code in VISIT {
        let want = match code {
            // Not every reader knows these: silence there is no failure.
            [0x30, 0x03 | 0x05] => continue,
            _ => Kind::Timeout,
        };
        assert_eq!(fails(code, vec![]).kind(), want, "{code:02X?}");
        assert_eq!(fails(code, vec![vec![0x13, 0x37]]).kind(), Kind::Communication, "{code:02X?}");
        let mut spoilt = good(code);
        *spoilt.last_mut().unwrap() ^= 0x80;
        assert_eq!(fails(code, vec![spoilt]).kind(), Kind::Communication, "{code:02X?}");
    }
}

#[test]
fn content_that_cannot_be_is_invalid_data() {
    let check = |data: Vec<u8>| {
        let error = fails([0x30, 0x01], vec![frame(0x90, &data)]);
        assert_eq!((error.kind(), error.sw3()), (Kind::InvalidData, None));
    };
    check([&[1, 0, 4, 0], &text_block()[..], &[0; 1023]].concat());
    check([&[1, 0, 4, 0], &[0x20, 0x00].repeat(128)[..], &photo()].concat());
}

#[test]
fn a_card_that_was_read_is_asked_for_its_chip_number() {
    let gone = Arc::new(Mutex::new(false));
    let taken = Arc::clone(&gone);
    let bench = bench(move |code, _| match (code, *taken.lock().unwrap()) {
        ([0x30, _], true) => vec![frame(0x80, &[])],
        ([0x20, 0x01], true) => vec![frame(0x80, &[])],
        _ => vec![good(code)],
    });
    let asked = Arc::clone(&bench.asked);
    let mut reader = bench.open().unwrap();
    read(&mut reader, Content::TextPhoto).unwrap();
    asked.lock().unwrap().clear();
    assert_eq!(reader.media().unwrap(), Media::Present);
    assert_eq!(*asked.lock().unwrap(), [[0x30, 0x05]]);
    *gone.lock().unwrap() = true;
    assert_eq!(reader.media().unwrap(), Media::NotPresent);
    assert_eq!(*asked.lock().unwrap(), [[0x30, 0x05], [0x30, 0x05], [0x20, 0x01]]);
    // From here on find is free to look.
    *gone.lock().unwrap() = false;
    assert_eq!(reader.media().unwrap(), Media::Present);
    assert_eq!(asked.lock().unwrap().last(), Some(&[0x20, 0x01]));
}

#[test]
fn a_port_that_goes_is_no_card_trouble() {
    struct Pulled;
    impl Transport for Pulled {
        fn read(&mut self, _: &mut [u8], _: Instant) -> Result<usize, TransportError> {
            Err(TransportError::Gone { port: "pulled".to_owned() })
        }
        fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, TransportError> {
            Ok(bytes.len())
        }
        fn discard_input(&mut self) -> Result<(), TransportError> {
            Ok(())
        }
        fn set_baud(&mut self, _: u32) -> Result<(), TransportError> {
            Err(TransportError::Io { port: "pulled".to_owned(), source: io::Error::other("no speed") })
        }
        fn baud(&self) -> Option<u32> {
            None
        }
        fn name(&self) -> &str {
            "pulled"
        }
    }
    for speed in [Speed::OfThePort, Speed::Fixed(9600), Speed::Probe] {
        let error = SamReader::open(Box::new(Pulled), speed).err().unwrap();
        assert_eq!((error.kind(), error.sw3()), (Kind::Port, None), "{speed:?}");
    }
}

#[test]
fn debug_shows_nothing_of_the_card() {
    let mut reader = bench(|code, _| vec![good(code)]).open().unwrap();
    let shown = format!("{:?}", read(&mut reader, Content::TextPhotoFingerprints).unwrap());
    for secret in ["示例", "9900001940", "C1C1", "测试区", "1940"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
