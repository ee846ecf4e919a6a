//! The sections of the devices: which is on which port.

use super::reader::{self, Table, Value};
use domain::locale::Locale;
use drivers::io_board::{Contact, Light, Pin, Wiring};
use drivers::receipt_printer::PrinterProfile;
use drivers::speaker::Speaker;
use drivers::transport::PortAddress;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the terminal is connected to; none where it has no such device.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DevicePorts {
    /// The card reader.
    pub card_reader: Option<PortAddress>,
    /// The receipt printer.
    pub printer: Option<PrinterConfig>,
    /// The document printer.
    pub document_printer: Option<PortAddress>,
    /// The camera.
    pub camera: Option<PortAddress>,
    /// The code scanner.
    pub scanner: Option<PortAddress>,
    /// Lights and contacts.
    pub io_board: Option<IoBoardConfig>,
    /// The uninterruptible power supply, where it says more than its contacts do.
    pub power: Option<PortAddress>,
    /// The loudspeaker.
    pub speaker: Option<SpeakerConfig>,
    /// What says texts aloud; they are only shown where there is none.
    pub speech: Option<SpeechConfig>,
    /// What compares faces here; the province does where there is none.
    pub face_engine: Option<FaceEngineConfig>,
}

/// A certified vendor's face engine, and what makes a picture of the card's photo for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceEngineConfig {
    /// The engine (docs/face-engine.md).
    pub engine: ProgramConfig,
    /// The maker's decoder of photos.
    pub photo_decoder: ProgramConfig,
}

/// A program of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramConfig {
    /// Its path.
    pub program: PathBuf,
    /// What it is started with.
    pub arguments: Vec<OsString>,
}

/// A receipt printer.
#[derive(Debug, Clone, PartialEq)]
pub struct PrinterConfig {
    /// Its port.
    pub port: PortAddress,
    /// What it can do.
    pub profile: PrinterProfile,
    /// How long a new roll is, in millimetres, where the file says so.
    pub roll_mm: Option<u64>,
}

/// A board of lights and contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct IoBoardConfig {
    /// Its port.
    pub port: PortAddress,
    /// What is wired where.
    pub wiring: Wiring,
}

/// A loudspeaker.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeakerConfig {
    /// Its control.
    pub port: PortAddress,
    /// How loud each visit begins, per cent.
    pub volume: u8,
}

/// A voice: a program that says what comes in by its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechConfig {
    /// Its path.
    pub program: PathBuf,
    chinese: Vec<OsString>,
    english: Vec<OsString>,
}

impl SpeechConfig {
    /// What the program is started with for a language.
    pub fn arguments(&self, locale: Locale) -> &[OsString] {
        match locale {
            Locale::ZhCn => &self.chinese,
            Locale::En => &self.english,
        }
    }
}

/// The arguments of a voice, for each language.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeechArguments {
    #[serde(rename = "zh-CN")]
    chinese: Vec<String>,
    #[serde(rename = "en")]
    english: Vec<String>,
}

/// The profile of a printer whose file says nothing of it.
const USUAL_PROFILE: &str = "epson_80";
/// How loud a visit begins where the file says nothing.
const USUAL_VOLUME: u8 = 60;

/// A wired light and its key.
const LIGHTS: [(&str, Light); 2] = [("card_light", Light::CardArea), ("paper_light", Light::PaperExit)];
/// A contact and its key.
const CONTACTS: [(&str, Contact); 4] = [
    ("presence", Contact::Presence),
    ("door_open", Contact::DoorOpen),
    ("on_battery", Contact::OnBattery),
    ("battery_low", Contact::BatteryLow),
];

impl DevicePorts {
    pub(super) fn of(root: &Table<'_>, folder: &Path) -> Self {
        Self {
            card_reader: device(root, "card_reader", port),
            printer: printer(root, folder),
            document_printer: device(root, "document_printer", ipp_port),
            camera: device(root, "camera", port),
            scanner: device(root, "scanner", port),
            io_board: io_board(root),
            power: device(root, "power", nut_port),
            speaker: speaker(root),
            speech: speech(root, folder),
            face_engine: face_engine(root, folder),
        }
    }

    /// What is named here, and `other` for what is not.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            card_reader: self.card_reader.or(other.card_reader),
            printer: self.printer.or(other.printer),
            document_printer: self.document_printer.or(other.document_printer),
            camera: self.camera.or(other.camera),
            scanner: self.scanner.or(other.scanner),
            io_board: self.io_board.or(other.io_board),
            power: self.power.or(other.power),
            speaker: self.speaker.or(other.speaker),
            speech: self.speech.or(other.speech),
            face_engine: self.face_engine.or(other.face_engine),
        }
    }
}

fn device(
    root: &Table<'_>,
    name: &'static str,
    read: impl FnOnce(Value<'_>) -> Result<PortAddress, String>,
) -> Option<PortAddress> {
    let section = root.section(name)?;
    let port = section.required("port", read);
    section.nothing_else();
    port
}

fn printer(root: &Table<'_>, folder: &Path) -> Option<PrinterConfig> {
    let section = root.section("printer")?;
    let port = section.required("port", port);
    let profile = section.optional("profile", |value| profile(value, folder));
    let roll_mm = section.optional("roll_metres", metres).map(|metres| metres * 1000);
    section.nothing_else();
    let profile = profile.or_else(|| PrinterProfile::built_in(USUAL_PROFILE));
    port.zip(profile).map(|(port, profile)| PrinterConfig { port, profile, roll_mm })
}

fn io_board(root: &Table<'_>) -> Option<IoBoardConfig> {
    let section = root.section("io_board")?;
    let port = section.required("port", port);
    let mut wiring = Wiring::default();
    if let Some(unit) = section.optional("unit", unit) {
        wiring.unit = unit;
    }
    for (key, light) in LIGHTS {
        wiring = section.optional(key, pin).map_or(wiring, |pin| wiring.with_light(light, pin));
    }
    for (key, contact) in CONTACTS {
        wiring = section.optional(key, pin).map_or(wiring, |pin| wiring.with_contact(contact, pin));
    }
    section.nothing_else();
    port.map(|port| IoBoardConfig { port, wiring })
}

fn speaker(root: &Table<'_>) -> Option<SpeakerConfig> {
    let section = root.section("speaker")?;
    let port = section.required("port", alsa_port);
    let volume = section.optional("volume", percent).unwrap_or(USUAL_VOLUME);
    section.nothing_else();
    port.map(|port| SpeakerConfig { port, volume })
}

fn speech(root: &Table<'_>, folder: &Path) -> Option<SpeechConfig> {
    let section = root.section("speech")?;
    let program = section.required("program", reader::text).map(|path| folder.join(path));
    let arguments = section.required("arguments", reader::typed::<SpeechArguments>);
    section.nothing_else();
    let words = |list: Vec<String>| list.into_iter().map(OsString::from).collect();
    program.zip(arguments).map(|(program, SpeechArguments { chinese, english })| SpeechConfig {
        program,
        chinese: words(chinese),
        english: words(english),
    })
}

fn face_engine(root: &Table<'_>, folder: &Path) -> Option<FaceEngineConfig> {
    let photo_decoder = program(root, "photo_decoder", folder);
    let engine = program(root, "face_engine", folder)?;
    let Some(photo_decoder) = photo_decoder else {
        // What is wrong with a section that is there was said.
        if !root.has("photo_decoder") {
            root.note_at("face_engine", "needs [photo_decoder]: it compares with the photo of the card");
        }
        return None;
    };
    Some(FaceEngineConfig { engine, photo_decoder })
}

fn program(root: &Table<'_>, name: &'static str, folder: &Path) -> Option<ProgramConfig> {
    let section = root.section(name)?;
    let program = section.required("program", reader::text).map(|path| folder.join(path));
    let arguments = section.optional("arguments", reader::typed::<Vec<String>>).unwrap_or_default();
    section.nothing_else();
    let arguments = arguments.into_iter().map(OsString::from).collect();
    program.map(|program| ProgramConfig { program, arguments })
}

fn port(value: Value<'_>) -> Result<PortAddress, String> {
    reader::parsed(value)
}

fn ipp_port(value: Value<'_>) -> Result<PortAddress, String> {
    let text = reader::text(value)?;
    let known = drivers::document_printer::PrinterUri::parse(&text);
    known.map(|uri| PortAddress::Ipp { uri: uri.as_str().to_owned() }).ok_or_else(|| {
        format!("`{text}` is no address of a document printer: write ipp://host:port/ipp/print")
    })
}

fn nut_port(value: Value<'_>) -> Result<PortAddress, String> {
    match port(value)? {
        port @ PortAddress::Nut { .. } => Ok(port),
        other => Err(format!("`{other}` is no power supply: write nut:NAME@host:3493")),
    }
}

fn alsa_port(value: Value<'_>) -> Result<PortAddress, String> {
    let port = port(value)?;
    Speaker::new(&port).map(|_| port).map_err(|error| error.to_string())
}

fn pin(value: Value<'_>) -> Result<Pin, String> {
    match reader::whole(value) {
        Some(number) => number.to_string().parse().map_err(|error| format!("{error}")),
        None => reader::parsed(value),
    }
}

fn unit(value: Value<'_>) -> Result<u8, String> {
    let unit =
        reader::whole(value).filter(|unit| (1..=247).contains(unit)).and_then(|unit| u8::try_from(unit).ok());
    unit.ok_or_else(|| "write the board's unit number, from 1 to 247".to_owned())
}

fn metres(value: Value<'_>) -> Result<u64, String> {
    let metres = reader::whole(value).filter(|m| (1..=500).contains(m)).and_then(|m| u64::try_from(m).ok());
    metres.ok_or_else(|| "write how long a new roll is in whole metres, from 1 to 500".to_owned())
}

fn percent(value: Value<'_>) -> Result<u8, String> {
    let percent = reader::whole(value).filter(|p| (1..=100).contains(p)).and_then(|p| u8::try_from(p).ok());
    percent.ok_or_else(|| "write per cent, from 1 to 100".to_owned())
}

fn profile(value: Value<'_>, folder: &Path) -> Result<PrinterProfile, String> {
    let name = reader::text(value)?;
    if let Some(profile) = PrinterProfile::built_in(&name) {
        return Ok(profile);
    }
    let file = folder.join(&name);
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let built_in = PrinterProfile::built_in_names().collect::<Vec<_>>().join(", ");
        format!("{}: {error}; write one of {built_in}, or the path of a profile", file.display())
    })?;
    PrinterProfile::parse(&file.display().to_string(), &text).map_err(|error| error.to_string())
}
