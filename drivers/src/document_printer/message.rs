//! IPP messages (RFC 8010): attributes ↔ bytes.
//!
//! Duty: write requests, read answers of bounded size, skip what is not asked for. Never: know what an attribute means.

/// Where an attribute stands (RFC 8010, 3.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// What the operation itself needs.
    Operation,
    /// A job.
    Job,
    /// The printer.
    Printer,
    /// What the printer did not take.
    Unsupported,
    /// Any other.
    Other,
}

impl Group {
    const fn of_tag(tag: u8) -> Self {
        match tag {
            0x01 => Self::Operation,
            0x02 => Self::Job,
            0x04 => Self::Printer,
            0x05 => Self::Unsupported,
            _ => Self::Other,
        }
    }
}

/// End of the attributes (RFC 8010, 3.5.1).
const END: u8 = 0x03;
/// First tag of a value (RFC 8010, 3.5.2); smaller ones begin a group.
const FIRST_VALUE: u8 = 0x10;
const INTEGER: u8 = 0x21;
const BOOLEAN: u8 = 0x22;
const ENUM: u8 = 0x23;
const BEGIN_COLLECTION: u8 = 0x34;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME_WITH_LANGUAGE: u8 = 0x36;
const END_COLLECTION: u8 = 0x37;
/// Character strings: text, name, keyword, uri, charset, language, media type.
const STRINGS: std::ops::RangeInclusive<u8> = 0x41..=0x49;

/// The kinds of strings that requests hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringKind {
    /// nameWithoutLanguage
    Name = 0x42,
    /// keyword
    Keyword = 0x44,
    /// uri
    Uri = 0x45,
    /// charset
    Charset = 0x47,
    /// naturalLanguage
    Language = 0x48,
    /// mimeMediaType
    MediaType = 0x49,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// integer
    Integer(i32),
    /// boolean
    Boolean(bool),
    /// enum
    Enum(i32),
    /// Any string of characters, without its language.
    Text(String),
    /// What this client has no use for: dates, resolutions, ranges, collections, "unknown", "no value".
    Other,
}

/// An attribute with all its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Where it stands.
    pub group: Group,
    /// Its name.
    pub name: String,
    /// Its values, one at least.
    pub values: Vec<Value>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Major and minor version.
    pub version: (u8, u8),
    /// Status code (RFC 8011, appendix B).
    pub status: u16,
    /// The request's number.
    pub request: u32,
    /// Every attribute, in the order of the bytes.
    pub attributes: Vec<Attribute>,
}

/// Why bytes are no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MessageError {
    /// They end before the end of the attributes.
    #[error("the printer's answer is cut off")]
    CutOff,
    /// A value has a length that its kind cannot have, or stands where none can.
    #[error("the printer's answer is malformed")]
    Malformed,
    /// More of it than any printer says.
    #[error("the printer's answer is too long")]
    TooLong,
}

/// Most attributes, and most values of all together, that an answer may have. Printers say some hundreds.
const MOST_ATTRIBUTES: usize = 2_000;
const MOST_VALUES: usize = 20_000;
/// Longest string that is kept (RFC 8011, 5.1: text has up to 1023 octets).
const LONGEST: usize = 1023;
/// Collections inside collections.
const DEEPEST: usize = 16;

/// A request that is being written; attributes are written in the order of the standard.
#[derive(Debug, Clone)]
pub struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// The head and what every request begins with (RFC 8011, 4.1.4).
    pub fn new(version: (u8, u8), operation: u16, number: u32) -> Self {
        let mut bytes = vec![version.0, version.1];
        bytes.extend(operation.to_be_bytes());
        bytes.extend(number.to_be_bytes());
        bytes.push(0x01);
        Self { bytes }.string(StringKind::Charset, "attributes-charset", "utf-8").string(
            StringKind::Language,
            "attributes-natural-language",
            "en",
        )
    }

    /// A string; one longer than a string of IPP may be is cut off.
    #[must_use]
    pub fn string(self, kind: StringKind, name: &str, value: &str) -> Self {
        self.value(kind as u8, name, value.as_bytes())
    }

    /// Several keywords.
    #[must_use]
    pub fn keywords(mut self, name: &str, values: &[&str]) -> Self {
        for (at, value) in values.iter().enumerate() {
            self = self.string(StringKind::Keyword, if at == 0 { name } else { "" }, value);
        }
        self
    }

    /// An integer.
    #[must_use]
    pub fn integer(self, name: &str, value: i32) -> Self {
        self.value(INTEGER, name, &value.to_be_bytes())
    }

    /// Yes.
    #[must_use]
    pub fn yes(self, name: &str) -> Self {
        self.value(BOOLEAN, name, &[1])
    }

    /// What follows belongs to the job.
    #[must_use]
    pub fn job_attributes(mut self) -> Self {
        self.bytes.push(0x02);
        self
    }

    /// The bytes; a document follows them directly.
    #[must_use]
    pub fn end(mut self) -> Vec<u8> {
        self.bytes.push(END);
        self.bytes
    }

    fn value(mut self, tag: u8, name: &str, value: &[u8]) -> Self {
        self.bytes.push(tag);
        for part in [name.as_bytes(), value] {
            let part = part.get(..LONGEST).unwrap_or(part);
            self.bytes.extend(u16::try_from(part.len()).unwrap_or_default().to_be_bytes());
            self.bytes.extend_from_slice(part);
        }
        self
    }
}

impl Answer {
    /// Reads an answer; what follows its attributes is ignored.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageError> {
        let mut rest = bytes;
        let [major, minor] = array(&mut rest)?;
        let status = u16::from_be_bytes(array(&mut rest)?);
        let request = u32::from_be_bytes(array(&mut rest)?);
        let mut attributes: Vec<Attribute> = Vec::new();
        let (mut group, mut values, mut depth) = (None, 0, 0_usize);
        loop {
            let [tag] = array(&mut rest)?;
            if tag == END && depth == 0 {
                return Ok(Self { version: (major, minor), status, request, attributes });
            }
            if tag < FIRST_VALUE {
                if depth > 0 {
                    return Err(MessageError::Malformed);
                }
                group = Some(Group::of_tag(tag));
                continue;
            }
            let name = part(&mut rest)?;
            let bytes = part(&mut rest)?;
            let within = depth > 0;
            match tag {
                BEGIN_COLLECTION if depth == DEEPEST => return Err(MessageError::TooLong),
                BEGIN_COLLECTION => depth += 1,
                END_COLLECTION => depth = depth.checked_sub(1).ok_or(MessageError::Malformed)?,
                _ => {}
            }
            if within || tag == END_COLLECTION {
                continue;
            }
            values += 1;
            if values > MOST_VALUES || attributes.len() > MOST_ATTRIBUTES {
                return Err(MessageError::TooLong);
            }
            let (group, value) = (group.ok_or(MessageError::Malformed)?, value(tag, bytes)?);
            match attributes.last_mut() {
                Some(last) if name.is_empty() && last.group == group => last.values.push(value),
                _ if name.is_empty() => return Err(MessageError::Malformed),
                _ => attributes.push(Attribute { group, name: text(name), values: vec![value] }),
            }
        }
    }

    /// The values of an attribute in a group; none where it is absent.
    pub fn values(&self, group: Group, name: &str) -> &[Value] {
        let found = self.attributes.iter().find(|a| a.group == group && a.name == name);
        found.map_or(&[], |attribute| &attribute.values)
    }

    /// The first value as a number: integer or enum.
    pub fn number(&self, group: Group, name: &str) -> Option<i32> {
        match self.values(group, name).first() {
            Some(Value::Integer(number) | Value::Enum(number)) => Some(*number),
            _ => None,
        }
    }

    /// The first value as yes or no.
    pub fn boolean(&self, group: Group, name: &str) -> Option<bool> {
        match self.values(group, name).first() {
            Some(Value::Boolean(yes)) => Some(*yes),
            _ => None,
        }
    }

    /// Every value that is a string.
    pub fn texts(&self, group: Group, name: &str) -> impl Iterator<Item = &str> {
        self.values(group, name).iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], MessageError> {
    let (head, tail) = rest.split_first_chunk().ok_or(MessageError::CutOff)?;
    *rest = tail;
    Ok(*head)
}

/// A length of two bytes and as many bytes.
fn part<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8], MessageError> {
    let length = usize::from(u16::from_be_bytes(array(rest)?));
    let (head, tail) = rest.split_at_checked(length).ok_or(MessageError::CutOff)?;
    *rest = tail;
    Ok(head)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes)).into_owned()
}

fn value(tag: u8, bytes: &[u8]) -> Result<Value, MessageError> {
    let number = || bytes.try_into().map(i32::from_be_bytes).map_err(|_| MessageError::Malformed);
    Ok(match tag {
        INTEGER => Value::Integer(number()?),
        ENUM => Value::Enum(number()?),
        BOOLEAN => match bytes {
            [0] => Value::Boolean(false),
            [1] => Value::Boolean(true),
            _ => return Err(MessageError::Malformed),
        },
        TEXT_WITH_LANGUAGE | NAME_WITH_LANGUAGE => {
            let mut rest = bytes;
            part(&mut rest).and_then(|_language| part(&mut rest)).map(|bytes| Value::Text(text(bytes)))?
        }
        tag if STRINGS.contains(&tag) => Value::Text(text(bytes)),
        _ => Value::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8010, A.1: Print-Job request, its head and first attributes.
    #[test]
    fn a_request_is_written_as_the_standard_shows() {
        let bytes = Request::new((1, 1), 0x0002, 1)
            .string(StringKind::Uri, "printer-uri", "ipp://printer.example.com/ipp/print/pinetree")
            .string(StringKind::Name, "job-name", "foobar")
            .yes("ipp-attribute-fidelity")
            .job_attributes()
            .integer("copies", 20)
            .string(StringKind::Keyword, "sides", "two-sided-long-edge")
            .end();
        let typed: [&[u8]; 12] = [
            b"\x01\x01\x00\x02\x00\x00\x00\x01\x01",
            b"\x47\x00\x12attributes-charset\x00\x05utf-8",
            b"\x48\x00\x1battributes-natural-language\x00\x02en",
            b"\x45\x00\x0bprinter-uri\x00\x2c",
            b"ipp://printer.example.com/ipp/print/pinetree",
            b"\x42\x00\x08job-name\x00\x06foobar",
            b"\x22\x00\x16ipp-attribute-fidelity\x00\x01\x01",
            b"\x02",
            b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x14",
            b"\x44\x00\x05sides\x00\x13",
            b"two-sided-long-edge",
            b"\x03",
        ];
        assert_eq!(bytes, typed.concat());
    }

    fn answer() -> Vec<u8> {
        let typed: [&[u8]; 13] = [
            b"\x01\x01\x00\x00\x00\x00\x00\x07\x01",
            b"\x47\x00\x12attributes-charset\x00\x05utf-8",
            b"\x36\x00\x04note\x00\x08\x00\x02en\x00\x02ok",
            b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93",
            b"\x23\x00\x09job-state\x00\x04\x00\x00\x00\x03",
            b"\x34\x00\x09media-col\x00\x00",
            b"\x4a\x00\x00\x00\x0amedia-size",
            b"\x34\x00\x00\x00\x00\x4a\x00\x00\x00\x01x\x21\x00\x00\x00\x04\x00\x00\x00\x01\x37\x00\x00\x00\x00",
            b"\x37\x00\x00\x00\x00",
            b"\x44\x00\x11job-state-reasons\x00\x04none",
            b"\x44\x00\x00\x00\x0cjob-incoming",
            b"\x03",
            b"ignored",
        ];
        typed.concat()
    }

    #[test]
    fn an_answer_is_read_and_its_collections_skipped() {
        let answer = Answer::parse(&answer()).unwrap();
        assert_eq!((answer.version, answer.status, answer.request), ((1, 1), 0, 7));
        assert_eq!(answer.number(Group::Job, "job-id"), Some(147));
        assert_eq!(answer.number(Group::Job, "job-state"), Some(3));
        assert_eq!(answer.number(Group::Operation, "job-id"), None);
        let reasons: Vec<_> = answer.texts(Group::Job, "job-state-reasons").collect();
        assert_eq!(reasons, ["none", "job-incoming"]);
        assert_eq!(answer.texts(Group::Operation, "note").collect::<Vec<_>>(), ["ok"]);
        assert_eq!(answer.values(Group::Job, "media-col"), [Value::Other]);
    }

    #[test]
    fn what_is_cut_off_anywhere_is_no_answer() {
        let whole = answer();
        for end in 0..whole.len() - b"\x03ignored".len() + 1 {
            assert_eq!(Answer::parse(&whole[..end]), Err(MessageError::CutOff), "cut at {end}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_no_answer() {
        let check = |tail: &[u8], wrong| {
            let bytes = [b"\x01\x01\x00\x00\x00\x00\x00\x01", tail].concat();
            assert_eq!(Answer::parse(&bytes), Err(wrong), "{tail:02x?}");
        };
        // An integer of three bytes, a boolean of two, a value before any group, one before any name, an end of nothing,
        // a language longer than its value, a group inside a collection.
        check(b"\x02\x21\x00\x01a\x00\x03\x00\x00\x00\x03", MessageError::Malformed);
        check(b"\x02\x22\x00\x01a\x00\x01\x02\x03", MessageError::Malformed);
        check(b"\x44\x00\x01a\x00\x01b\x03", MessageError::Malformed);
        check(b"\x02\x44\x00\x00\x00\x01b\x03", MessageError::Malformed);
        check(b"\x02\x37\x00\x00\x00\x00\x03", MessageError::Malformed);
        check(b"\x02\x35\x00\x01a\x00\x03\x00\x09e\x03", MessageError::CutOff);
        check(b"\x02\x34\x00\x01a\x00\x00\x02\x03", MessageError::Malformed);
        let deep = [b"\x02\x34\x00\x01a\x00\x00".to_vec(), b"\x34\x00\x00\x00\x00".repeat(20)].concat();
        check(&deep, MessageError::TooLong);
    }
}
