//! Cards of nobody.
//!
//! Duty: the bytes that a chip would hold. Never: a name, a number or an address that could be somebody's: divisions are
//! 9900xx, which no place has, and the names say that they are samples.
//!
//! Source: the reference page on card readers, sections "Text block" and "Photo and fingerprint"; offsets in bytes.

use domain::resident_id::CardKind;

use super::chance::Chance;

/// A card as its chip holds it; every field may be changed before it is placed on the reader. Texts that are longer than
/// their place on the chip are cut there.
#[derive(Clone, PartialEq, Eq)]
pub struct FictitiousCard {
    /// Kind of card: tells the layout.
    pub kind: CardKind,
    /// Chinese name, in 16-bit units as on the chip.
    pub name: Vec<u16>,
    /// Name in Latin letters, permanent-residence cards only.
    pub english_name: String,
    /// Sex, GB/T 2261.1.
    pub sex: char,
    /// Nation, GB/T 3304, citizens' cards only.
    pub nation: String,
    /// Nationality, permanent-residence cards only.
    pub nationality: String,
    /// Birth, YYYYMMDD.
    pub birth: String,
    /// Address, citizens' cards and residence permits only.
    pub address: String,
    /// The card's number.
    pub number: String,
    /// Number of the travel permit, residence permits only.
    pub pass_number: String,
    /// Times issued, residence permits only.
    pub issue_count: String,
    /// Issuing authority.
    pub issuer: String,
    /// First day, YYYYMMDD.
    pub valid_from: String,
    /// Last day, YYYYMMDD or 长期.
    pub valid_to: String,
    /// Addresses added later, oldest first, at most four.
    pub later_addresses: Vec<String>,
    /// Number of the chip.
    pub chip_number: [u8; 28],
    /// Fingerprints on the chip, at most two.
    pub fingerprints: u8,
    /// What the photo's noise grows from.
    pub photo_seed: u64,
}

/// The cards that come with the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleCard {
    /// A citizen's card, valid, with a later address.
    Resident,
    /// A residence permit of Hong Kong, Macao and Taiwan.
    HmtResidence,
    /// A foreigner's permanent-residence card of 2017.
    PermanentResidence2017,
    /// A foreigner's permanent-residence card of 2023, its English name in two parts.
    PermanentResidence2023,
    /// A name with U+E863, which is today's 䶮.
    PrivateUseName,
    /// A name with 𠅤, outside the basic plane.
    NameBeyondBmp,
    /// A card whose last day has passed.
    Expired,
    /// A card without end.
    LongTerm,
    /// A card whose number has a wrong check digit.
    WrongNumber,
    /// A card with two fingerprints.
    WithFingerprints,
}

impl SampleCard {
    /// Every sample, the four kinds first.
    pub const ALL: [Self; 10] = [
        Self::Resident,
        Self::HmtResidence,
        Self::PermanentResidence2017,
        Self::PermanentResidence2023,
        Self::PrivateUseName,
        Self::NameBeyondBmp,
        Self::Expired,
        Self::LongTerm,
        Self::WrongNumber,
        Self::WithFingerprints,
    ];

    /// The word of command lines; those of the four kinds are the kinds' own.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resident => CardKind::Resident.word(),
            Self::HmtResidence => CardKind::HmtResidence.word(),
            Self::PermanentResidence2017 => CardKind::PermanentResidence2017.word(),
            Self::PermanentResidence2023 => CardKind::PermanentResidence2023.word(),
            Self::PrivateUseName => "private_use_name",
            Self::NameBeyondBmp => "name_beyond_bmp",
            Self::Expired => "expired",
            Self::LongTerm => "long_term",
            Self::WrongNumber => "wrong_number",
            Self::WithFingerprints => "with_fingerprints",
        }
    }

    /// The card itself.
    pub fn card(self) -> FictitiousCard {
        let resident = FictitiousCard::resident;
        match self {
            Self::Resident => FictitiousCard {
                later_addresses: vec!["示例省样本市测试区新样本街道2号".to_owned()],
                ..resident("张示例", "990000194001010014")
            },
            Self::HmtResidence => FictitiousCard::hmt_residence(),
            Self::PermanentResidence2017 => FictitiousCard::permanent_residence_2017(),
            Self::PermanentResidence2023 => FictitiousCard::permanent_residence_2023(),
            Self::PrivateUseName => {
                FictitiousCard { sex: '2', ..resident("王测试\u{E863}", "990000195001010027") }
            }
            Self::NameBeyondBmp => resident("李\u{20164}样本", "990000196001010013"),
            Self::Expired => FictitiousCard {
                valid_to: "20100101".to_owned(),
                ..resident("赵过期", "990000197001010018")
            },
            Self::LongTerm => FictitiousCard {
                valid_to: "长期".to_owned(),
                ..resident("钱长期", "99000019300101001X")
            },
            Self::WrongNumber => resident("孙错号", "990000198001010013"),
            Self::WithFingerprints => {
                FictitiousCard { fingerprints: 2, ..resident("周指纹", "990000199001010017") }
            }
        }
    }
}

impl std::str::FromStr for SampleCard {
    type Err = UnknownSample;

    fn from_str(word: &str) -> Result<Self, UnknownSample> {
        Self::ALL.into_iter().find(|s| s.word() == word).ok_or_else(|| UnknownSample(word.to_owned()))
    }
}

/// The word names no sample.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no sample card")]
pub struct UnknownSample(pub String);

impl FictitiousCard {
    /// A citizen's card, valid from 2020 to 2040; the day of birth is taken from the 18-character number.
    pub fn resident(name: &str, number: &str) -> Self {
        Self {
            kind: CardKind::Resident,
            name: name.encode_utf16().collect(),
            english_name: String::new(),
            sex: '1',
            nation: "01".to_owned(),
            nationality: String::new(),
            birth: number.chars().skip(6).take(8).collect(),
            address: "示例省样本市测试区样本街道1号".to_owned(),
            number: number.to_owned(),
            pass_number: String::new(),
            issue_count: String::new(),
            issuer: "样本市公安局测试分局".to_owned(),
            valid_from: "20200101".to_owned(),
            valid_to: "20400101".to_owned(),
            later_addresses: Vec::new(),
            chip_number: [0xC1; 28],
            fingerprints: 0,
            photo_seed: 1,
        }
    }

    fn hmt_residence() -> Self {
        Self {
            kind: CardKind::HmtResidence,
            nation: String::new(),
            pass_number: "H00000000".to_owned(),
            issue_count: "01".to_owned(),
            valid_from: "20250101".to_owned(),
            valid_to: "20300101".to_owned(),
            ..Self::resident("陈样本", "810000194001010016")
        }
    }

    fn permanent_residence_2017() -> Self {
        Self {
            kind: CardKind::PermanentResidence2017,
            english_name: "SAMPLE, TEST PERSON".to_owned(),
            sex: '2',
            nation: String::new(),
            nationality: "XXX".to_owned(),
            birth: "19800101".to_owned(),
            address: String::new(),
            issuer: "9900".to_owned(),
            valid_from: "20180101".to_owned(),
            ..Self::resident("样例人", "XXX990080010110")
        }
    }

    fn permanent_residence_2023() -> Self {
        Self {
            kind: CardKind::PermanentResidence2023,
            english_name: "SAMPLE, TEST PERSON WITH A LONG NAME".to_owned(),
            nation: String::new(),
            nationality: "XXX".to_owned(),
            address: String::new(),
            issuer: String::new(),
            valid_from: "20240101".to_owned(),
            ..Self::resident("样例人", "999999198001010011")
        }
    }

    /// The chip's 256 bytes of text.
    pub fn text_block(&self) -> [u8; 256] {
        let mut block = TextBlock::blank();
        match self.kind {
            CardKind::Resident | CardKind::HmtResidence => {
                block.units(0, 30, &self.name);
                block.text(30, 2, &self.sex.to_string());
                block.text(32, 4, &self.nation);
                block.text(36, 16, &self.birth);
                block.text(52, 70, &self.address);
                block.text(122, 36, &self.number);
                block.text(158, 30, &self.issuer);
                block.text(188, 16, &self.valid_from);
                block.text(204, 16, &self.valid_to);
            }
            CardKind::PermanentResidence2017 => {
                block.text(0, 120, &self.english_name);
                block.text(120, 2, &self.sex.to_string());
                block.text(122, 30, &self.number);
                block.text(152, 6, &self.nationality);
                block.units(158, 30, &self.name);
                block.text(188, 16, &self.valid_from);
                block.text(204, 16, &self.valid_to);
                block.text(220, 16, &self.birth);
                block.text(236, 4, "01");
                block.text(240, 8, &self.issuer);
                block.text(248, 2, "I");
            }
            CardKind::PermanentResidence2023 => {
                block.units(0, 30, &self.name);
                block.text(30, 2, &self.sex.to_string());
                block.text(32, 4, "00");
                block.text(36, 16, &self.birth);
                let letters: Vec<u16> = self.english_name.encode_utf16().collect();
                let (first, second) = letters.split_at(letters.len().min(35));
                block.units(52, 70, first);
                block.text(122, 36, &self.number);
                block.text(188, 16, &self.valid_from);
                block.text(204, 16, &self.valid_to);
                block.units(220, 22, second);
                block.text(242, 6, &self.nationality);
                block.text(248, 2, "Y");
            }
        }
        if self.kind == CardKind::HmtResidence {
            block.text(220, 18, &self.pass_number);
            block.text(238, 4, &self.issue_count);
            block.text(248, 2, "J");
        }
        block.0
    }

    /// 1024 bytes that begin like every photo and go on as noise.
    pub fn photo(&self) -> Vec<u8> {
        let mut chance = Chance::new(self.photo_seed);
        let mut photo = vec![0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00];
        photo.resize_with(1024, || chance.byte());
        photo
    }

    /// 512 bytes for each finger: the letter C, registered well, the right and the left thumb (11, 16).
    pub fn fingerprint_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for finger in [11, 16].into_iter().take(usize::from(self.fingerprints)) {
            let mut one = [0; 512];
            one[0] = b'C';
            one[4] = 0x01;
            one[5] = finger;
            one[6] = 80;
            bytes.extend(one);
        }
        bytes
    }

    /// The records of 70 bytes that 30 03 gives.
    pub fn address_records(&self) -> Vec<u8> {
        self.later_addresses
            .iter()
            .take(4)
            .flat_map(|address| {
                let mut block = TextBlock::blank();
                block.text(0, 70, address);
                block.0[..70].to_vec()
            })
            .collect()
    }
}

impl std::fmt::Debug for FictitiousCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FictitiousCard({}, …)", self.kind.word())
    }
}

/// 128 units of UTF-16, little-endian, spaces where nothing is.
struct TextBlock([u8; 256]);

impl TextBlock {
    fn blank() -> Self {
        let mut block = [0; 256];
        for space in block.iter_mut().step_by(2) {
            *space = 0x20;
        }
        Self(block)
    }

    fn text(&mut self, offset: usize, length: usize, text: &str) {
        self.units(offset, length, &text.encode_utf16().collect::<Vec<_>>());
    }

    fn units(&mut self, offset: usize, length: usize, units: &[u16]) {
        let place = &mut self.0[offset..offset + length];
        for (pair, unit) in place.chunks_exact_mut(2).zip(units) {
            pair.copy_from_slice(&unit.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weights of GB 11643, typed from the page.
    fn check_digit_is_right(number: &str) -> bool {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = number.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
        "10X98765432".chars().nth((sum % 11) as usize) == number.chars().last()
    }

    #[test]
    fn every_number_but_the_wrong_one_is_right() {
        for sample in SampleCard::ALL {
            let number = sample.card().number;
            if number.len() == 18 {
                assert_eq!(
                    check_digit_is_right(&number),
                    sample != SampleCard::WrongNumber,
                    "{}",
                    sample.word()
                );
            }
        }
    }

    #[test]
    fn no_sample_is_anybodys() {
        for sample in SampleCard::ALL {
            let number = sample.card().number;
            let nowhere = ["9900", "9999", "XXX99", "810000"].iter().any(|prefix| number.starts_with(prefix));
            assert!(nowhere, "{}", sample.word());
        }
    }

    #[test]
    fn words_come_back() {
        for sample in SampleCard::ALL {
            assert_eq!(sample.word().parse(), Ok(sample));
        }
        assert!("passport".parse::<SampleCard>().is_err());
    }

    #[test]
    fn a_block_is_laid_out_as_the_page_says() {
        let block = SampleCard::Resident.card().text_block();
        // 张 is U+5F20, the number's first digit stands at 122, the block is padded with spaces.
        assert_eq!(block[0..2], [0x20, 0x5F]);
        assert_eq!(block[122..126], [0x39, 0x00, 0x39, 0x00]);
        assert_eq!(block[254..256], [0x20, 0x00]);
        for (sample, letter) in [
            (SampleCard::HmtResidence, b'J'),
            (SampleCard::PermanentResidence2017, b'I'),
            (SampleCard::PermanentResidence2023, b'Y'),
        ] {
            assert_eq!(sample.card().text_block()[248..250], [letter, 0x00]);
        }
    }
}
