//! `list`: every port that answers, and what it is.
//!
//! A device is asked only what it can take: whoever prints what it does not understand is asked before the others.

use std::process::ExitCode;

use drivers::transport::PortAddress;
use serde::Serialize;

use crate::output::{Output, Report};
use crate::{camera, card, others, print};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Looks at these ports only [default: every serial line of this machine]
    #[arg(long)]
    port: Vec<PortAddress>,
}

/// A class of devices and how one is recognised: what more there is to say of it, if it answers.
type Look = (&'static str, fn(&PortAddress) -> Option<String>);

/// In the order of asking. Each class adds its line.
const LOOKS: [Look; 7] = [
    ("document_printer", print::document::look),
    ("receipt_printer", print::look),
    ("id_card_reader", card::look),
    ("camera", camera::look),
    ("io_board", others::io_board),
    ("power_supply", others::power_supply),
    ("speaker", others::speaker),
];

pub(crate) fn run(args: &Args, output: &Output) -> ExitCode {
    let ports = if args.port.is_empty() { serial_lines() } else { args.port.clone() };
    for port in ports {
        let found = LOOKS.into_iter().find_map(|(device, look)| Some((device, look(&port)?)));
        if let Some((device, detail)) = found {
            output.line(&Found { port: port.to_string(), device, detail });
        }
    }
    ExitCode::SUCCESS
}

fn serial_lines() -> Vec<PortAddress> {
    // A machine whose lines cannot be listed has none that this program could open.
    let mut names: Vec<_> =
        serialport::available_ports().unwrap_or_default().into_iter().map(|port| port.port_name).collect();
    names.sort();
    names.into_iter().map(|name| PortAddress::Serial { path: name.into(), baud: None }).collect()
}

#[derive(Serialize)]
struct Found {
    port: String,
    device: &'static str,
    detail: String,
}

impl Report for Found {
    fn words(&self) -> String {
        format!("{}: {}, {}", self.port, self.device, self.detail)
    }
}
