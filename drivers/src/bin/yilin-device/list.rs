//! `list`: every port that answers, and what it is.
//!
//! A device is asked only what it can take: whoever prints what it does not understand is asked before the others.

use std::process::ExitCode;

use drivers::transport::PortAddress;
use serde::Serialize;

use crate::config::Config;
use crate::output::{Output, Report};
use crate::{camera, card, others, print};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Looks at these ports only [default: those of the configuration, and every serial line, USB printer, camera and the usual
    /// USB card reader of this machine]
    #[arg(long)]
    port: Vec<PortAddress>,
}

/// A class of devices and how one is recognised: what more there is to say of it, if it answers.
type Look = (&'static str, fn(&PortAddress) -> Option<String>);

/// Readers of identity cards on USB that keep to the standard (reference page on card readers, section "Frame").
const CARD_READER: PortAddress = PortAddress::Usb { vendor: 0x0400, product: 0xC35A };

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

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    let ports = if args.port.is_empty() { here(config) } else { args.port.clone() };
    for port in ports {
        let found = LOOKS.into_iter().find_map(|(device, look)| Some((device, look(&port)?)));
        if let Some((device, detail)) = found {
            output.line(&Found { port: port.to_string(), device, detail });
        }
    }
    ExitCode::SUCCESS
}

/// What the configuration names, and what else this machine has.
fn here(config: &Config) -> Vec<PortAddress> {
    let mut ports: Vec<_> = config.ports().cloned().collect();
    let others = serial_lines().into_iter().chain(usb_printers()).chain([CARD_READER]);
    for other in others.chain(camera::ports()) {
        if !ports.iter().any(|port| same(port, &other)) {
            ports.push(other);
        }
    }
    ports
}

/// Two ways to write one port: a line with its speed and without.
fn same(one: &PortAddress, other: &PortAddress) -> bool {
    match (one, other) {
        (PortAddress::Serial { path: one, .. }, PortAddress::Serial { path: other, .. }) => one == other,
        _ => one == other,
    }
}

/// Where the kernel's usblp puts them.
fn usb_printers() -> Vec<PortAddress> {
    let entries = std::fs::read_dir("/dev/usb").into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lp")));
    paths.sort();
    paths.into_iter().map(|path| PortAddress::Lp { path }).collect()
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
