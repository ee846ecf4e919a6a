//! `card read|status`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use domain::device::DeviceState;
use domain::personal::Personal;
use drivers::id_card_reader::{self, CardRead, CardReaderError, Content, IdCardReader};
use drivers::social_security_card::{self, SocialSecurityCard, SocialSecurityCardError};
use drivers::transport::{PortAddress, TransportErrorKind, recorded_port, recorded_whole};
use serde::Serialize;

use crate::config::Config;
use crate::output::{self, Failure, Output, Report};
use crate::social_security::SocialSecurityReport;

/// How long a card is waited for when nobody says.
const TIMEOUT_SECONDS: f64 = 30.0;
/// How often a reader that was unplugged is looked for.
const RETURN_LOOK: Duration = Duration::from_millis(200);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Waits for a card and reads it
    Read(Read),
    /// State, number of the security module, and the speed that was found
    Status(Status),
}

#[derive(Args)]
pub(crate) struct Read {
    /// `serial:/dev/ttyS0?baud=115200` (without a speed it is looked for), `usb:0400:c35a`, or `pcsc:READER NAME` for a
    /// social-security card
    #[arg(long)]
    port: Option<PortAddress>,
    /// Seconds to wait for a card [default: 30]
    #[arg(long, value_parser = output::seconds, value_name = "S")]
    timeout: Option<f64>,
    /// Shows personal data in full; an audit event
    #[arg(long)]
    reveal: bool,
    /// Writes what goes over the port to a new file, with a card of nobody in place of what is read; `--port replay:FILE`
    /// plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Status {
    /// `serial:/dev/ttyS0?baud=115200` (without a speed it is looked for), `usb:0400:c35a`, or `pcsc:READER NAME` for a
    /// social-security card
    #[arg(long)]
    port: Option<PortAddress>,
}

pub(crate) fn run(command: &Command, config: &Config, output: &Output) -> ExitCode {
    let given = match command {
        Command::Read(read) => read.port.as_ref(),
        Command::Status(status) => status.port.as_ref(),
    };
    let Some(port) = given.or_else(|| config.port("card_reader")) else {
        return output::wrong_usage("no port: give --port, or a --config with [card_reader] port");
    };
    match command {
        Command::Read(read) => {
            let timeout =
                read.timeout.or_else(|| config.seconds("card_reader", "timeout")).unwrap_or(TIMEOUT_SECONDS);
            let disclosure = if read.reveal { Disclosure::Revealed } else { Disclosure::Masked };
            if disclosure == Disclosure::Revealed {
                output::to_stderr(&format!("audit: card content revealed from {port}"));
            }
            let timeout = Duration::from_secs_f64(timeout);
            if is_of_chip_cards(port) {
                return match read_chip_card(port, timeout, read.record.as_deref()) {
                    Ok(card) => output.done(&SocialSecurityReport::new(&card, disclosure)),
                    Err(error) => {
                        output.failed(&Failure::new(Trouble::of_chip_card(&error), output::chain(&error)))
                    }
                };
            }
            let read = match &read.record {
                Some(file) => read_recorded(port, timeout, file),
                None => read_card(port, timeout),
            };
            match read {
                Ok(read) => output.done(&CardReport::new(&read, disclosure)),
                Err(error) => output.failed(&Failure::new(Trouble::new(&error), output::chain(&error))),
            }
        }
        Command::Status(_) => {
            let report = StatusReport::of(port);
            if report.error.is_none() { output.done(&report) } else { output.failed(&report) }
        }
    }
}

fn read_card(port: &PortAddress, timeout: Duration) -> Result<CardRead, CardReaderError> {
    let deadline = Instant::now() + timeout;
    let mut reader = id_card_reader::open(port)?;
    loop {
        // Fingerprints are asked for so that their number can be told; nothing of them is shown.
        match reader.read(Content::TextPhotoFingerprints, deadline) {
            Err(CardReaderError::Port(error)) if error.kind() == TransportErrorKind::Gone => {
                reader = returned(port, deadline).ok_or(CardReaderError::Port(error))?;
            }
            done => return done,
        }
    }
}

/// One try, since a recording is of one opening of the port.
fn read_recorded(port: &PortAddress, timeout: Duration, file: &Path) -> Result<CardRead, CardReaderError> {
    let deadline = Instant::now() + timeout;
    let mut reader = id_card_reader::open_recorded(port, file)?;
    let read = reader.read(Content::TextPhotoFingerprints, deadline)?;
    drop(reader);
    recorded_whole(file)?;
    Ok(read)
}

/// Whether social-security cards are read on this port, or were when it was recorded.
fn is_of_chip_cards(port: &PortAddress) -> bool {
    match port {
        PortAddress::Pcsc { .. } => true,
        PortAddress::Replay { path } => {
            matches!(recorded_port(path), Ok(PortAddress::Pcsc { .. }))
        }
        _ => false,
    }
}

fn read_chip_card(
    port: &PortAddress,
    timeout: Duration,
    record: Option<&Path>,
) -> Result<SocialSecurityCard, SocialSecurityCardError> {
    let deadline = Instant::now() + timeout;
    let Some(file) = record else { return social_security_card::open(port)?.read(deadline) };
    let card = social_security_card::open_recorded(port, file)?.read(deadline)?;
    recorded_whole(file)?;
    Ok(card)
}

/// The reader after somebody has plugged it in again, if that happens before `deadline`.
fn returned(port: &PortAddress, deadline: Instant) -> Option<Box<dyn IdCardReader>> {
    while Instant::now() < deadline {
        if let Ok(reader) = id_card_reader::open(port) {
            return Some(reader);
        }
        std::thread::sleep(RETURN_LOOK.min(deadline.saturating_duration_since(Instant::now())));
    }
    None
}

/// Whether personal data is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disclosure {
    Masked,
    Revealed,
}

/// A card as one object; the keys are a contract.
#[derive(Serialize)]
struct CardReport {
    kind: &'static str,
    name: Option<Personal>,
    name_units: Option<Personal>,
    english_name: Option<Personal>,
    sex: &'static str,
    nation: Option<String>,
    nationality: Option<Personal>,
    birth: Personal,
    address: Option<Personal>,
    newest_address: Option<Personal>,
    number: Personal,
    pass_number: Option<Personal>,
    issue_count: Option<Personal>,
    issuer: Option<Personal>,
    valid_from: String,
    valid_to: Option<String>,
    photo_bytes: usize,
    fingerprints: usize,
    chip_number: Option<Personal>,
    sam_id: String,
    warnings: Vec<&'static str>,
}

impl CardReport {
    fn new(read: &CardRead, disclosure: Disclosure) -> Self {
        let card = &read.card;
        let revealed = disclosure == Disclosure::Revealed;
        let shown = |text: Option<&Personal>, mask: fn(&Personal) -> String| {
            let text = text.filter(|t| !t.is_empty())?;
            Some(if revealed { text.clone() } else { Personal::new(mask(text)) })
        };
        let open = |text: Option<&Personal>| text.filter(|t| !t.is_empty()).cloned();
        let hex = || Personal::new(card.name_units().iter().map(|u| format!("{u:04X}")).collect::<String>());
        // The day inside a masked number is masked, so is the day of birth.
        let birth =
            if revealed { card.birth().to_string() } else { format!("{:04}-**-**", card.birth().year()) };
        Self {
            kind: card.kind().word(),
            // A card without a Chinese name is named by its Latin one, as on screen and paper.
            name: shown(Some(card.name()), Personal::masked_name),
            name_units: revealed.then(hex),
            english_name: shown(card.english_name(), Personal::masked_name),
            sex: card.sex().code(),
            nation: card.nation().map(|n| n.code().to_owned()),
            nationality: open(card.nationality()),
            birth: Personal::new(birth),
            address: shown(card.address(), Personal::masked_address),
            newest_address: shown(card.newest_address(), Personal::masked_address),
            number: if revealed {
                card.number().personal().clone()
            } else {
                Personal::new(card.number().masked())
            },
            pass_number: shown(card.pass_number(), Personal::masked_number),
            issue_count: open(card.issue_count()),
            issuer: open(Some(card.issuer())),
            valid_from: card.valid_from().to_string(),
            valid_to: card.valid_to().map(|day| day.to_string()),
            photo_bytes: read.photo.bytes().len(),
            fingerprints: read.fingerprints.len(),
            chip_number: shown(read.chip_number.as_ref(), Personal::masked_number),
            sam_id: read.sam_id.to_string(),
            warnings: card.warnings().iter().map(|w| w.word()).collect(),
        }
    }
}

impl Report for CardReport {
    fn words(&self) -> String {
        let text = |text: &Option<Personal>| text.as_ref().map(|t| t.reveal().to_owned());
        output::lines(&[
            ("kind", Some(self.kind.to_owned())),
            ("name", text(&self.name)),
            ("name units", text(&self.name_units)),
            ("English name", text(&self.english_name)),
            ("sex", Some(self.sex.to_owned())),
            ("nation", self.nation.clone()),
            ("nationality", text(&self.nationality)),
            ("birth", Some(self.birth.reveal().to_owned())),
            ("address", text(&self.address)),
            ("newest address", text(&self.newest_address)),
            ("number", Some(self.number.reveal().to_owned())),
            ("pass number", text(&self.pass_number)),
            ("issue count", text(&self.issue_count)),
            ("issuer", text(&self.issuer)),
            ("valid from", Some(self.valid_from.clone())),
            ("valid to", Some(self.valid_to.clone().unwrap_or_else(|| "without end".to_owned()))),
            ("photo", Some(format!("{} bytes", self.photo_bytes))),
            ("fingerprints", Some(self.fingerprints.to_string())),
            ("chip number", text(&self.chip_number)),
            ("SAM", Some(self.sam_id.clone())),
            ("warnings", (!self.warnings.is_empty()).then(|| self.warnings.join(", "))),
        ])
    }
}

/// A reader's state as one object.
#[derive(Serialize)]
struct StatusReport {
    state: DeviceState,
    sam_id: Option<String>,
    baud: Option<u32>,
    error: Option<Trouble>,
}

impl StatusReport {
    fn of(port: &PortAddress) -> Self {
        if is_of_chip_cards(port) {
            return Self::of_chip_card_reader(port);
        }
        match id_card_reader::open(port) {
            Ok(mut reader) => {
                let status = reader.status();
                Self {
                    state: status.state,
                    sam_id: Some(reader.sam_id().to_string()),
                    baud: status.baud,
                    error: status.trouble.as_ref().map(Trouble::new),
                }
            }
            Err(error) => Self {
                state: error.device_state(),
                sam_id: None,
                baud: None,
                error: Some(Trouble::new(&error)),
            },
        }
    }
}

impl StatusReport {
    /// Neither a security module nor a speed of its own.
    fn of_chip_card_reader(port: &PortAddress) -> Self {
        let (state, error) = match social_security_card::open(port) {
            Ok(mut reader) => (reader.state(), None),
            Err(error) => (DeviceState::Offline, Some(Trouble::of_chip_card(&error))),
        };
        Self { state, sam_id: None, baud: None, error }
    }
}

impl Report for StatusReport {
    fn words(&self) -> String {
        output::lines(&[
            ("state", Some(output::word(&self.state))),
            ("SAM", self.sam_id.clone()),
            ("baud", self.baud.map(|baud| baud.to_string())),
            ("trouble", self.error.as_ref().map(|trouble| trouble.message.clone())),
        ])
    }
}

/// Why it failed; the keys are a contract.
#[derive(Serialize)]
pub(crate) struct Trouble {
    pub(crate) kind: &'static str,
    pub(crate) sw3: Option<String>,
    pub(crate) message: String,
}

impl Trouble {
    fn new(error: &CardReaderError) -> Self {
        Self {
            kind: error.kind().word(),
            sw3: error.sw3().map(|sw3| sw3.to_string()),
            message: output::chain(error),
        }
    }
}

/// What `list` says of a port on which a card reader answers.
pub(crate) fn look(port: &PortAddress) -> Option<String> {
    let reader = id_card_reader::open(port).ok()?;
    Some(format!("SAM {}", reader.sam_id()))
}
