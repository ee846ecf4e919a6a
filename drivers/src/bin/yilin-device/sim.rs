//! `sim card|printer|document-printer|camera|scanner|io-board|power|face-engine|photo-decoder`: each a file of its own under `sim/`.

mod camera;
mod card;
mod document_printer;
mod face_engine;
mod io_board;
mod photo_decoder;
mod power;
mod printer;
mod scanner;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use clap::Subcommand;
use drivers::sim::fault::{self, Fault, FaultName, UnknownFault};
use serde::Serialize;

use crate::output::{self, Output, Report};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Identity-card reader on a pty
    Card(card::Args),
    /// Receipt printer on a pty or a TCP port
    Printer(printer::Args),
    /// Document printer that speaks IPP on a TCP port
    DocumentPrinter(document_printer::Args),
    /// Camera as a directory of drawn frames
    Camera(camera::Args),
    /// Code scanner on a pty
    Scanner(scanner::Args),
    /// Board of lights and contacts on a pty: inputs 0 presence, 1 door, 2 on battery, 3 battery low
    IoBoard(io_board::Args),
    /// Power supply behind a service on a TCP port
    Power(power::Args),
    /// Face engine: the agreement of docs/face-engine.md on standard input and output
    FaceEngine(face_engine::Args),
    /// Photo decoder: a chip's photo on standard input, a drawn portrait on standard output
    PhotoDecoder(photo_decoder::Args),
}

pub(crate) fn run(command: Command, output: &Output) -> ExitCode {
    match command {
        Command::Card(args) => card::run(&args, output),
        Command::Printer(args) => printer::run(args, output),
        Command::DocumentPrinter(args) => document_printer::run(args, output),
        Command::Camera(args) => camera::run(args, output),
        Command::Scanner(args) => scanner::run(&args, output),
        Command::IoBoard(args) => io_board::run(&args, output),
        Command::Power(args) => power::run(&args, output),
        Command::FaceEngine(args) => face_engine::run(&args),
        Command::PhotoDecoder(args) => photo_decoder::run(&args),
    }
}

/// What `--fault` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultArgument {
    /// `list`: print them all and do nothing else.
    List,
    /// A fault to begin with.
    Fault(Fault),
}

impl FromStr for FaultArgument {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        match text {
            "list" => Ok(Self::List),
            name => name.parse().map(Self::Fault),
        }
    }
}

/// Prints every fault of every device, one a line.
pub(crate) fn print_faults(output: &Output) -> ExitCode {
    for FaultName { name, meaning } in fault::list() {
        output.line(&FaultLine { fault: name, meaning });
    }
    ExitCode::SUCCESS
}

/// Says where a simulator is; it runs until a signal ends the program.
fn serve(port: String, output: &Output) -> ! {
    output.line(&Ready { port });
    loop {
        std::thread::park();
    }
}

/// A simulator that cannot be started.
fn failed(what: &str, error: &dyn Error) -> ExitCode {
    output::to_stderr(&format!("error: {what}: {}", output::chain(error)));
    ExitCode::FAILURE
}

/// What takes each piece of work.
type OnEach<T> = Box<dyn FnMut(&T) + Send>;

/// Hands each piece of work on to be written into a folder, numbered from 1.
fn keep_in<T>(dir: PathBuf, keep: fn(&Path, u32, &T) -> io::Result<()>) -> io::Result<OnEach<T>>
where
    T: 'static,
{
    std::fs::create_dir_all(&dir)?;
    let mut number = 0;
    Ok(Box::new(move |piece| {
        number += 1;
        if let Err(error) = keep(&dir, number, piece) {
            output::to_stderr(&format!("error: {}: {error}", dir.display()));
        }
    }))
}

/// The first line of a simulator.
#[derive(Serialize)]
pub(crate) struct Ready {
    /// The port to give to `--port`.
    pub(crate) port: String,
}

impl Report for Ready {
    /// The same in both formats, since a script waits for it.
    fn words(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct FaultLine {
    fault: &'static str,
    meaning: &'static str,
}

impl Report for FaultLine {
    fn words(&self) -> String {
        format!("{}: {}", self.fault, self.meaning)
    }
}
