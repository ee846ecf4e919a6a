//! A printer's side of IPP's bytes (RFC 8010, 3).

/// What a client asks.
pub(super) struct Question {
    pub(super) version: [u8; 2],
    pub(super) operation: u16,
    pub(super) id: [u8; 4],
    attributes: Vec<(String, Vec<u8>)>,
    /// What follows the attributes.
    pub(super) data: Vec<u8>,
}

impl Question {
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let version = body.get(..2)?.try_into().ok()?;
        let operation = u16::from_be_bytes(body.get(2..4)?.try_into().ok()?);
        let id = body.get(4..8)?.try_into().ok()?;
        let mut at = 8;
        let mut attributes = Vec::new();
        loop {
            let tag = *body.get(at)?;
            at += 1;
            match tag {
                3 => break,
                0..=15 => {}
                _ => {
                    let name = sized(body, &mut at)?;
                    let value = sized(body, &mut at)?;
                    attributes.push((String::from_utf8(name).ok()?, value));
                }
            }
        }
        let data = body.get(at..)?.to_vec();
        Some(Self { version, operation, id, attributes, data })
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(found, _)| found == name)?;
        String::from_utf8(value.clone()).ok()
    }

    pub(super) fn integer(&self, name: &str) -> Option<i32> {
        let (_, value) = self.attributes.iter().find(|(found, _)| found == name)?;
        Some(i32::from_be_bytes(value.as_slice().try_into().ok()?))
    }

    /// The first attributes of every request, in their order (RFC 8011, 4.1.4).
    pub(super) fn begins_right(&self) -> bool {
        let names: Vec<&str> = self.attributes.iter().take(3).map(|(name, _)| name.as_str()).collect();
        names == ["attributes-charset", "attributes-natural-language", "printer-uri"]
    }
}

fn sized(body: &[u8], at: &mut usize) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes(body.get(*at..*at + 2)?.try_into().ok()?));
    let found = body.get(*at + 2..*at + 2 + length)?.to_vec();
    *at += 2 + length;
    Some(found)
}

/// An answer that is being written.
pub(super) struct Reply(Vec<u8>);

impl Reply {
    pub(super) fn new(question: &Question, status: u16) -> Self {
        let mut bytes = question.version.to_vec();
        bytes.extend(status.to_be_bytes());
        bytes.extend(question.id);
        bytes.push(1);
        let mut reply = Self(bytes);
        reply.put(0x47, "attributes-charset", b"utf-8");
        reply.put(0x48, "attributes-natural-language", b"en");
        reply
    }

    /// Begins the next group: 2 a job, 4 the printer.
    pub(super) fn group(&mut self, tag: u8) {
        self.0.push(tag);
    }

    pub(super) fn integer(&mut self, name: &str, value: i32) {
        self.put(0x21, name, &value.to_be_bytes());
    }

    pub(super) fn boolean(&mut self, name: &str, value: bool) {
        self.put(0x22, name, &[u8::from(value)]);
    }

    pub(super) fn enums(&mut self, name: &str, values: &[i32]) {
        for (nth, value) in values.iter().enumerate() {
            self.put(0x23, if nth == 0 { name } else { "" }, &value.to_be_bytes());
        }
    }

    pub(super) fn words(&mut self, tag: u8, name: &str, values: &[&str]) {
        for (nth, value) in values.iter().enumerate() {
            self.put(tag, if nth == 0 { name } else { "" }, value.as_bytes());
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.push(3);
        self.0
    }

    fn put(&mut self, tag: u8, name: &str, value: &[u8]) {
        self.0.push(tag);
        for part in [name.as_bytes(), value] {
            self.0.extend(u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
            self.0.extend(part);
        }
    }
}
