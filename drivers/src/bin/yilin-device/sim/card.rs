//! `sim card`: a reader on a pty with a card on it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use drivers::sim::fault::Fault;
use drivers::sim::id_card::{ReaderOptions, SampleCard, SimulatedCardReader, UnknownSample};

use super::{FaultArgument, Ready, failed, print_faults};
use crate::output::{self, Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Kind of card, another sample (private_use_name, name_beyond_bmp, expired, long_term, wrong_number,
    /// with_fingerprints), or none
    #[arg(long, default_value = "resident", value_name = "KIND")]
    card: CardArgument,
    /// A fault to begin with, as often as wanted; `list` prints all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultArgument>,
    /// Speed of the line, bits a second
    #[arg(long, default_value_t = ReaderOptions::default().baud)]
    baud: u32,
    /// What the noise grows from
    #[arg(long, default_value_t = ReaderOptions::default().seed)]
    seed: u64,
    /// A name for the port that stays while the reader is unplugged and comes back
    #[arg(long, value_name = "PATH")]
    link: Option<PathBuf>,
    /// Leaves the card lying after it was read; else a hand lifts it and places it again
    #[arg(long)]
    forget: bool,
}

/// How long the hand leaves a card that was read, and how long it keeps it lifted.
const LEFT: Duration = Duration::from_millis(500);
const LIFTED: Duration = Duration::from_millis(200);
/// How often the hand looks.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CardArgument {
    None,
    Sample(SampleCard),
}

impl FromStr for CardArgument {
    type Err = UnknownSample;

    fn from_str(word: &str) -> Result<Self, UnknownSample> {
        match word {
            "none" => Ok(Self::None),
            sample => sample.parse().map(Self::Sample),
        }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> ExitCode {
    if args.fault.contains(&FaultArgument::List) {
        return print_faults(output);
    }
    let options = ReaderOptions { baud: args.baud, seed: args.seed, ..ReaderOptions::default() };
    let started = match &args.link {
        Some(link) => SimulatedCardReader::start_linked(link, options),
        None => SimulatedCardReader::start(options),
    };
    let reader = match started {
        Ok(reader) => reader,
        Err(error) => return failed("no pty for the simulated reader", &error),
    };
    for fault in &args.fault {
        match fault {
            FaultArgument::Fault(Fault::Card(fault)) => reader.inject(*fault),
            _ => {
                return output::wrong_usage("a simulated card reader has the faults that begin with `card.`");
            }
        }
    }
    if let CardArgument::Sample(sample) = args.card {
        reader.place(sample.card());
    }
    output.line(&Ready { port: reader.port() });
    loop {
        std::thread::sleep(LOOK);
        let CardArgument::Sample(sample) = args.card else { continue };
        if !args.forget && reader.read_since().is_some_and(|since| since >= LEFT) {
            reader.take();
            std::thread::sleep(LIFTED);
            reader.place(sample.card());
        }
    }
}
