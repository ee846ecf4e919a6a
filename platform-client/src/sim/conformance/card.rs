//! The fictitious persons of the pack, and what only the platform's own people can prepare.

use std::path::Path;

use serde::Deserialize;

/// A fictitious person: the number's division 990000 exists nowhere, its check character is right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestPerson {
    /// The name.
    pub name: String,
    /// The number of the identity card.
    pub number: String,
}

/// What a department can put ready, so that more points apply.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prepared {
    /// Whose card is shown.
    pub resident: TestPerson,
    /// Who is insured, so that there is a certificate to issue.
    pub insured: TestPerson,
    /// The token of a session that has expired.
    pub expired_token: Option<String>,
    /// Texts of the QR of the province's app with which the resident allows a look at certificates: four, each for once.
    pub licence_codes: Vec<String>,
}

impl Default for Prepared {
    fn default() -> Self {
        let person =
            |name: &str, number: &str| TestPerson { name: name.to_owned(), number: number.to_owned() };
        Self {
            resident: person("张示例", "990000194001010014"),
            insured: person("周指纹", "990000199001010017"),
            expired_token: None,
            licence_codes: Vec::new(),
        }
    }
}

/// Why the file of what is prepared cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PreparedError {
    /// It cannot be read.
    #[error("{file}: {source}")]
    File {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not what it should be; the mistake names its line.
    #[error("{file}: {source}")]
    Toml {
        /// The file.
        file: String,
        /// The mistake.
        source: Box<toml::de::Error>,
    },
}

impl Prepared {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or it names something unknown.
    pub fn read(path: &Path) -> Result<Self, PreparedError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| PreparedError::File { file: file.clone(), source })?;
        toml::from_str(&text).map_err(|source| PreparedError::Toml { file, source: Box::new(source) })
    }
}
