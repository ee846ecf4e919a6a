//! What a form sent: names and values, bounded, each asked for with the length that it may have.

use super::trouble::Trouble;

/// The longest body of a form, in bytes.
pub(super) const BYTES: usize = 64 * 1024;
/// The most fields of a form.
const FIELDS: usize = 500;

/// The words of a list that somebody wrote with commas, spaces or lines between.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', '、', ' ', '\n', '\r']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The fields of a form, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded` (URL standard, 5.1).
    ///
    /// # Errors
    /// It is no such text, or has too many fields.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Trouble> {
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(body).into_owned().take(FIELDS + 1).collect();
        if fields.len() > FIELDS {
            return Err(Trouble::Bad("form"));
        }
        Ok(Self(fields))
    }

    /// The first value of a field; empty where it is absent.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A text of at most so many characters, without the space around it.
    ///
    /// # Errors
    /// It is too long or has control characters.
    pub(super) fn text(&self, name: &'static str, most: usize) -> Result<String, Trouble> {
        let text = self.raw(name).trim();
        if text.chars().count() > most || text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
            return Err(Trouble::Bad(name));
        }
        Ok(text.to_owned())
    }

    /// Such a text that is not empty.
    ///
    /// # Errors
    /// It is empty, too long or has control characters.
    pub(super) fn needed(&self, name: &'static str, most: usize) -> Result<String, Trouble> {
        let text = self.text(name, most)?;
        if text.is_empty() { Err(Trouble::Bad(name)) } else { Ok(text) }
    }

    /// A whole number; none where the field is empty.
    ///
    /// # Errors
    /// It is no number.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<i64>, Trouble> {
        match self.raw(name).trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Trouble::Bad(name)),
        }
    }

    /// Why something is done: asked for with every action, 4 to 500 characters.
    ///
    /// # Errors
    /// It is too short or too long.
    pub(super) fn why(&self) -> Result<String, Trouble> {
        let why = self.needed("why", 500)?;
        if why.chars().count() < 4 { Err(Trouble::Bad("why")) } else { Ok(why) }
    }
}
