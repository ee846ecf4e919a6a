//! Commands that act on simulated devices: a visit, and the gallery.

use crate::config::ProvinceAddress;
use crate::profile::ScreenProfile;
use crate::rig::{RigFault, UnknownFault};
use clap::Args;
use domain::case::{SubmissionId, VisitOutcome};
use domain::display_mode::DisplayMode;
use domain::locale::Locale;
use domain::service_item::ItemId;
use domain::terminal::Timestamp;
use drivers::sim::id_card::SampleCard;
use serde::Serialize;
use std::path::PathBuf;
use std::str::FromStr;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

/// When a visit begins if nobody says: a Tuesday morning.
const USUAL_TIME: Timestamp = datetime!(2026-11-24 10:24 +8);

/// `visit`, as it is written.
#[derive(Debug, Clone, Args)]
pub struct VisitFlags {
    /// The item
    #[arg(long, value_name = "ID")]
    item: Option<String>,
    /// The language: zh-CN or en
    #[arg(long, default_value = "zh-CN")]
    locale: Locale,
    /// How the screen is drawn: standard, large, high-contrast, low-reach, joined by +
    #[arg(long, default_value = "standard")]
    mode: DisplayMode,
    /// Pixels of the screen
    #[arg(long, value_name = "WxH", default_value = "1080x1920")]
    size: ScreenProfile,
    /// What ids, cards and noise grow from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// When the visit begins [default: 2026-11-24T10:24:00+08:00]
    #[arg(long, value_name = "RFC3339", value_parser = timestamp)]
    time: Option<Timestamp>,
    /// The card: resident, hmt_residence, permanent_residence_2017, permanent_residence_2023, none, or a flawed sample
    #[arg(long, value_name = "KIND", default_value = "resident")]
    card: CardChoice,
    /// Field = value, TOML, instead of the item's sample answers
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// What goes wrong, DEVICE.FAULT[@STEP]; `list` prints them all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultArgument>,
    /// A province that runs elsewhere
    #[arg(long, value_name = "URL", requires = "credentials")]
    province: Option<String>,
    /// Its credentials: ca.pem, terminal.pem, terminal.key
    #[arg(long, value_name = "DIR", requires = "province")]
    credentials: Option<PathBuf>,
    /// Where pictures, papers and the journal go
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A visit to be made.
#[derive(Debug, Clone)]
pub struct VisitOptions {
    /// The item.
    pub item: ItemId,
    /// The language.
    pub locale: Locale,
    /// How the screen is drawn.
    pub mode: DisplayMode,
    /// The screen.
    pub screen: ScreenProfile,
    /// What ids, cards and noise grow from.
    pub seed: u64,
    /// When it begins.
    pub time: Timestamp,
    /// The card that is placed.
    pub card: CardChoice,
    /// A file of answers instead of the item's own.
    pub answers: Option<PathBuf>,
    /// What goes wrong, from the moment when the terminal is ready.
    pub faults: Vec<RigFault>,
    /// A province that runs elsewhere.
    pub province: Option<ProvinceAddress>,
    /// A folder of items instead of the catalogue that is built in.
    pub catalogue: Option<PathBuf>,
    /// The terminal's and the province's folder, to be kept; without it they begin empty and are gone afterwards.
    pub data: Option<PathBuf>,
    /// Where pictures, papers and the journal go.
    pub out: PathBuf,
}

impl VisitOptions {
    /// A visit with an item's own answers and nothing out of the ordinary.
    pub fn of(item: ItemId, out: PathBuf) -> Self {
        Self {
            item,
            locale: Locale::default(),
            mode: DisplayMode::default(),
            screen: ScreenProfile::UPRIGHT,
            seed: 1,
            time: USUAL_TIME,
            card: CardChoice::Card(SampleCard::Resident),
            answers: None,
            faults: Vec::new(),
            province: None,
            catalogue: None,
            data: None,
            out,
        }
    }
}

/// The last line of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisitSummary {
    /// How it ended.
    pub outcome: VisitOutcome,
    /// 申请编号.
    pub application_number: Option<String>,
    /// 办件编号.
    pub case_number: Option<String>,
    /// The submission.
    pub submission_id: Option<SubmissionId>,
    /// Pages that were shown.
    pub pages: usize,
    /// Touches and keys.
    pub taps: usize,
}

/// Which card is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardChoice {
    /// None: another way is taken.
    None,
    /// This sample card.
    Card(SampleCard),
}

impl FromStr for CardChoice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        if word == "none" {
            return Ok(Self::None);
        }
        word.parse().map(Self::Card).map_err(|_| {
            let words: Vec<_> = SampleCard::ALL.iter().map(|sample| sample.word()).collect();
            format!("`{word}` is no card: write none, {}", words.join(", "))
        })
    }
}

/// A fault, or the wish to see them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultArgument {
    /// `list`
    List,
    /// One fault.
    Fault(RigFault),
}

impl FromStr for FaultArgument {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        if text == "list" { Ok(Self::List) } else { text.parse().map(Self::Fault) }
    }
}

/// A flag that has to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is missing")]
pub struct MissingFlag(&'static str);

impl VisitFlags {
    /// Whether the list of faults is wanted.
    pub fn lists_faults(&self) -> bool {
        self.fault.contains(&FaultArgument::List)
    }

    /// The visit, with the folder to keep.
    ///
    /// # Errors
    /// The item or the folder is not named.
    pub fn options(self, data: Option<PathBuf>) -> Result<VisitOptions, MissingFlag> {
        Ok(VisitOptions {
            item: ItemId(self.item.ok_or(MissingFlag("--item ID"))?),
            locale: self.locale,
            mode: self.mode,
            screen: self.size,
            seed: self.seed,
            time: self.time.unwrap_or(USUAL_TIME),
            card: self.card,
            answers: self.answers,
            faults: self
                .fault
                .into_iter()
                .filter_map(|fault| match fault {
                    FaultArgument::Fault(fault) => Some(fault),
                    FaultArgument::List => None,
                })
                .collect(),
            province: self
                .province
                .zip(self.credentials)
                .map(|(url, credentials)| ProvinceAddress::new(url, credentials)),
            catalogue: None,
            data,
            out: self.out.ok_or(MissingFlag("--out DIR"))?,
        })
    }
}

/// `gallery`, as it is written.
#[derive(Debug, Clone, Args)]
pub struct GalleryFlags {
    /// Only this page, by its kebab-case name; a step of a form is form-KIND
    #[arg(long, value_name = "PAGE")]
    page: Option<String>,
    /// Only this mode
    #[arg(long)]
    mode: Option<DisplayMode>,
    /// Only this language
    #[arg(long)]
    locale: Option<Locale>,
    /// Only this size
    #[arg(long, value_name = "WxH")]
    size: Option<ScreenProfile>,
    /// Prints the names of the pages instead
    #[arg(long)]
    list: bool,
    /// Where the pictures go
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
}

/// A gallery to be made; `None` is all of them.
#[derive(Debug, Clone)]
pub struct GalleryOptions {
    /// The page.
    pub page: Option<String>,
    /// The mode.
    pub mode: Option<DisplayMode>,
    /// The language.
    pub locale: Option<Locale>,
    /// The screen.
    pub screen: Option<ScreenProfile>,
    /// Where the pictures go; without it the names of the pages are printed.
    pub out: Option<PathBuf>,
}

impl From<GalleryFlags> for GalleryOptions {
    fn from(flags: GalleryFlags) -> Self {
        let GalleryFlags { page, mode, locale, size, list, out } = flags;
        Self { page, mode, locale, screen: size, out: out.filter(|_| !list) }
    }
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text, &Rfc3339).map_err(|_| "write a time as 2026-11-24T10:24:00+08:00".to_owned())
}

/// How large the screen is shown.
pub(super) fn scale(text: &str) -> Result<f32, String> {
    let factor = text.parse().ok().filter(|factor| (0.2..=2.0).contains(factor));
    factor.ok_or_else(|| "write a factor from 0.2 to 2".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn visit(line: &str) -> VisitFlags {
        let cli = super::super::Cli::try_parse_from(line.split(' ')).unwrap();
        match cli.command {
            Some(super::super::Command::Visit(flags)) => flags,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_visit_is_read_as_it_is_written() {
        let options = visit(
            "yilin-terminal visit --item old-age-allowance --locale en --mode large+low-reach --size 800x1280 \
             --seed 7 --time 2026-11-24T09:00:00+08:00 --card none --fault printer.paper_out@line3 \
             --fault province.down --province https://127.0.0.1:1 --credentials c --out o",
        );
        let options = options.options(None).unwrap();
        assert_eq!(options.item, ItemId("old-age-allowance".into()));
        assert_eq!((options.locale, options.mode.to_string().as_str()), (Locale::En, "large+low-reach"));
        assert_eq!((options.screen.width, options.seed, options.card), (800, 7, CardChoice::None));
        assert_eq!(options.time, datetime!(2026-11-24 09:00 +8));
        assert_eq!(options.faults.len(), 2);
        assert_eq!(options.province.unwrap().url, "https://127.0.0.1:1");
    }

    #[test]
    fn what_a_visit_lacks_is_named() {
        assert!(visit("yilin-terminal visit --fault list").lists_faults());
        assert_eq!(
            visit("yilin-terminal visit --out o").options(None).unwrap_err(),
            MissingFlag("--item ID")
        );
        assert_eq!(
            visit("yilin-terminal visit --item i").options(None).unwrap_err(),
            MissingFlag("--out DIR")
        );
    }

    #[test]
    fn wrong_words_are_refused() {
        for line in [
            "visit --card paper",
            "visit --fault toaster.burnt",
            "visit --time noon",
            "visit --size huge",
            "visit --locale fr",
            "visit --province https://127.0.0.1:1",
            "gallery",
            "outbox show 12",
            "--scale 9",
        ] {
            let words = ["yilin-terminal"].into_iter().chain(line.split(' '));
            assert!(super::super::Cli::try_parse_from(words).is_err(), "{line}");
        }
    }
}
