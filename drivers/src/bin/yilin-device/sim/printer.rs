//! `sim printer`: a printer on a pty, a TCP port or the kernel's own USB cable.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use drivers::sim::fault::Fault;
use drivers::sim::printer::{Place, PrinterModel, PrinterSimulator, SimulatedPaper, Speed};

use super::{FaultArgument, failed, keep_in, print_faults, serve};
use crate::output::{self, Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where each paper is left as paper-N.png, paper-N.bin and paper-N.txt
    #[arg(long)]
    paper_out: Option<PathBuf>,
    /// A fault to begin with or to wait for, as often as wanted; `list` prints all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultArgument>,
    /// A TCP address instead of a pty; port 0 takes a free one
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// A device of the USB printer class on the kernel's own cable instead of a pty: needs root, `dummy_hcd`, `usb_f_printer` and configfs
    #[arg(long, conflicts_with = "listen")]
    usb: bool,
    /// Which printer it is like
    #[arg(long, value_enum, default_value = "epson_80")]
    model: Model,
    /// Paper speed in millimetres a second; without it paper takes no time
    #[arg(long)]
    speed: Option<u16>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    #[value(name = "epson_80")]
    Epson80,
    #[value(name = "epson_58")]
    Epson58,
    #[value(name = "custom_vkp80")]
    CustomVkp80,
    #[value(name = "snbc_80")]
    Snbc80,
    #[value(name = "seiko_80")]
    Seiko80,
    #[value(name = "clone_80")]
    Clone80,
    #[value(name = "clone_58")]
    Clone58,
}

impl Model {
    const fn properties(self) -> PrinterModel {
        match self {
            Self::Epson80 => PrinterModel::EPSON_80,
            Self::Epson58 => PrinterModel::EPSON_58,
            Self::CustomVkp80 => PrinterModel::CUSTOM_VKP80,
            Self::Snbc80 => PrinterModel::SNBC_80,
            Self::Seiko80 => PrinterModel::SEIKO_80,
            Self::Clone80 => PrinterModel::CLONE_80,
            Self::Clone58 => PrinterModel::CLONE_58,
        }
    }
}

pub(crate) fn run(args: Args, output: &Output) -> ExitCode {
    if args.fault.contains(&FaultArgument::List) {
        return print_faults(output);
    }
    let mut faults = Vec::new();
    for fault in &args.fault {
        match fault {
            FaultArgument::Fault(Fault::Printer(fault)) => faults.push(*fault),
            _ => return output::wrong_usage("a simulated printer has the faults that begin with `printer.`"),
        }
    }
    let on_paper = match args.paper_out.map(|dir| keep_in(dir, keep)).transpose() {
        Ok(on_paper) => on_paper,
        Err(error) => return failed("no folder for the papers", &error),
    };
    let typeface = match shipped::typeface() {
        Ok(typeface) => typeface,
        Err(error) => return failed("no typeface for the papers", &error),
    };
    let place = if args.usb { Place::UsbClass } else { args.listen.map_or(Place::Pty, Place::Tcp) };
    let simulator = PrinterSimulator {
        model: args.model.properties(),
        place,
        speed: args.speed.map_or(Speed::AtOnce, Speed::MillimetresPerSecond),
        faults,
        on_paper,
        ..PrinterSimulator::new(typeface.regular, typeface.bold)
    };
    match simulator.start() {
        Ok(printer) => serve(printer.address().to_owned(), output),
        Err(error) => failed("no port for the simulated printer", &error),
    }
}

fn keep(dir: &Path, number: u32, paper: &SimulatedPaper) -> io::Result<()> {
    std::fs::write(dir.join(format!("paper-{number}.png")), paper.png())?;
    std::fs::write(dir.join(format!("paper-{number}.bin")), &paper.bytes)?;
    std::fs::write(dir.join(format!("paper-{number}.txt")), &paper.transcript)
}
