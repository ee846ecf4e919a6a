//! `sim document-printer`: an IPP printer on a TCP port.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use drivers::sim::document_printer::{DocumentPrinterSimulator, PrintedDocument, PrinterModel};
use drivers::sim::fault::Fault;

use super::{FaultArgument, failed, keep_in, print_faults, serve};
use crate::output::{self, Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where each whole document is left, byte for byte, as document-N.pdf, document-N.ofd or document-N.bin
    #[arg(long)]
    paper_out: Option<PathBuf>,
    /// A fault to begin with or to wait for, as often as wanted; `list` prints all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultArgument>,
    /// Where it listens; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Which printer it is like
    #[arg(long, value_enum, default_value = "everywhere")]
    model: Model,
    /// Milliseconds that a page takes
    #[arg(long, default_value_t = 0, value_name = "MS")]
    page_ms: u16,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    /// An office printer of today
    Everywhere,
    /// IPP 1.1 only, and counts nothing
    Old,
    /// Takes OFD as it is
    Ofd,
}

pub(crate) fn run(args: Args, output: &Output) -> ExitCode {
    if args.fault.contains(&FaultArgument::List) {
        return print_faults(output);
    }
    let mut faults = Vec::new();
    for fault in &args.fault {
        match fault {
            FaultArgument::Fault(Fault::DocumentPrinter(fault)) => faults.push(*fault),
            _ => {
                let message =
                    "a simulated document printer has the faults that begin with `document_printer.`";
                return output::wrong_usage(message);
            }
        }
    }
    let on_document = match args.paper_out.map(|dir| keep_in(dir, keep)).transpose() {
        Ok(on_document) => on_document,
        Err(error) => return failed("no folder for the documents", &error),
    };
    let simulator = DocumentPrinterSimulator {
        model: match args.model {
            Model::Everywhere => PrinterModel::EVERYWHERE,
            Model::Old => PrinterModel::OLD,
            Model::Ofd => PrinterModel::OFD,
        },
        address: args.listen,
        page_time: Duration::from_millis(args.page_ms.into()),
        faults,
        on_document,
    };
    match simulator.start() {
        Ok(printer) => serve(printer.address(), output),
        Err(error) => failed("no port for the simulated document printer", &error),
    }
}

fn keep(dir: &Path, number: u32, document: &PrintedDocument) -> io::Result<()> {
    let extension = match document.format.as_str() {
        "application/pdf" => "pdf",
        "application/ofd" => "ofd",
        _ => "bin",
    };
    std::fs::write(dir.join(format!("document-{number}.{extension}")), &document.bytes)
}
