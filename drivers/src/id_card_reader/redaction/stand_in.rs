//! The card of nobody that stands in a recording.
//!
//! Duty: a text block of each kind, and address records. Never: anything of the card that was read but its kind.
//!
//! Offsets as in the reference page on card readers, section "Text block".

use crate::id_card_reader::text_block::TEXT_BLOCK_BYTES;

/// Bytes of one record of an address that was added later.
const ADDRESS_RECORD_BYTES: usize = 70;
/// Where the letter of the kind stands.
const KIND: usize = 248;
const ADDRESS: &str = "示例省样本市替代区一号";

const RESIDENT: &[(usize, &str)] = &[
    (0, "替代人"),
    (30, "9"),
    (32, "01"),
    (36, "19700101"),
    (52, ADDRESS),
    (122, "990000197001019995"),
    (158, "样本市公安局替代分局"),
    (188, "20000101"),
    (204, "长期"),
];
const HMT_RESIDENCE: &[(usize, &str)] = &[
    (0, "替代人"),
    (30, "9"),
    (36, "19700101"),
    (52, ADDRESS),
    (122, "810000197001019997"),
    (158, "样本市公安局替代分局"),
    (188, "20000101"),
    (204, "长期"),
    (220, "H99999999"),
    (238, "99"),
    (248, "J"),
];
const PERMANENT_RESIDENCE_2017: &[(usize, &str)] = &[
    (0, "NOBODY, STAND IN"),
    (120, "9"),
    (122, "XXX990070010191"),
    (152, "XXX"),
    (158, "替代人"),
    (188, "20000101"),
    (204, "20991231"),
    (220, "19700101"),
    (236, "01"),
    (240, "9900"),
    (248, "I"),
];
const PERMANENT_RESIDENCE_2023: &[(usize, &str)] = &[
    (0, "替代人"),
    (30, "9"),
    (32, "00"),
    (36, "19700101"),
    (52, "NOBODY, STAND IN"),
    (122, "999999197001019994"),
    (188, "20000101"),
    (204, "20991231"),
    (242, "XXX"),
    (248, "Y"),
];

/// A block of the same kind; one that could not be read stays one that cannot.
pub(super) fn text_block(of: &[u8; TEXT_BLOCK_BYTES], readable: bool) -> [u8; TEXT_BLOCK_BYTES] {
    let fields = match [of[KIND], of[KIND + 1]] {
        [b'I', 0] => PERMANENT_RESIDENCE_2017,
        [b'J', 0] => HMT_RESIDENCE,
        [b'Y', 0] => PERMANENT_RESIDENCE_2023,
        _ => RESIDENT,
    };
    let mut block = [0; TEXT_BLOCK_BYTES];
    write(&mut block, fields);
    if !readable {
        // The last day, at the same place in all kinds, becomes none.
        write_at(&mut block, 204, "?");
    }
    block
}

/// As many records, those with anything in them with another address, and zeros for what is no whole record.
pub(super) fn address_records(of: &[u8]) -> Vec<u8> {
    let mut redacted = vec![0; of.len()];
    let whole = of.chunks_exact(ADDRESS_RECORD_BYTES).zip(redacted.chunks_exact_mut(ADDRESS_RECORD_BYTES));
    for (record, place) in whole {
        let blank = record.as_chunks().0.iter().all(|unit| [[0x20, 0x00], [0x00, 0x00]].contains(unit));
        write(place, if blank { &[] } else { &[(0, ADDRESS)] });
    }
    redacted
}

fn write(block: &mut [u8], fields: &[(usize, &str)]) {
    block.as_chunks_mut().0.iter_mut().for_each(|unit| *unit = [0x20, 0x00]);
    fields.iter().for_each(|(offset, text)| write_at(block, *offset, text));
}

fn write_at(block: &mut [u8], offset: usize, text: &str) {
    let places = block.get_mut(offset..).unwrap_or_default().as_chunks_mut().0;
    for (place, unit) in places.iter_mut().zip(text.encode_utf16()) {
        *place = unit.to_le_bytes();
    }
}
