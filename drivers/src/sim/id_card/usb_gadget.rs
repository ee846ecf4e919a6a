//! The reader's USB function in the kernel's hands: what a host's own USB stack sees and claims.
//!
//! Duty: descriptors of both layouts, and packets between the kernel's endpoints and the function. Never: what a packet
//! holds; that is the function's.
//!
//! Source: USB 2.0, section 9.6.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::fault::CardFault;
use super::fictitious_card::FictitiousCard;
use super::usb::{SimulatedUsbCardReader, UsbModel};
use crate::sim::gadgetfs::{Control, IN, LOOK, Mounted, PACKET, bulk_endpoint, open_endpoint, pull_cable};

/// Vendor and product, from the reference page.
const IDS: [u16; 2] = [0x0400, 0xC35A];
/// How long a reader whose plug a fault pulled stays away.
const AWAY: Duration = Duration::from_secs(1);

/// A reader on a cable of the kernel's own; dropped, it is pulled out.
pub struct UsbGadgetCardReader {
    model: UsbModel,
    function: Arc<Mutex<SimulatedUsbCardReader>>,
    plugged: Mutex<Option<Plugged>>,
    /// Dropped after the cable, which uses its files.
    mounted: Mounted,
}

impl UsbGadgetCardReader {
    /// Plugs a reader without a card in.
    ///
    /// # Errors
    /// The kernel has no gadgetfs, or no controller that is free.
    pub fn start(model: UsbModel, seed: u64) -> io::Result<Self> {
        let mounted = Mounted::new("simulated-card-reader")?;
        let function = Arc::new(Mutex::new(SimulatedUsbCardReader::new(model, seed)));
        let reader = Self { model, function, plugged: Mutex::new(None), mounted };
        reader.plug_in()?;
        Ok(reader)
    }

    /// The port as command lines write it.
    pub fn port(&self) -> String {
        format!("usb:{:04x}:{:04x}", IDS[0], IDS[1])
    }

    /// Lays a card on the reader.
    pub fn place(&self, card: FictitiousCard) {
        held(&self.function).place(card);
    }

    /// Lets a fault begin.
    pub fn inject(&self, fault: CardFault) {
        held(&self.function).inject(fault);
    }

    /// Pulls the cable out.
    pub fn unplug(&self) {
        *held(&self.plugged) = None;
    }

    /// Plugs it in again; what lies on the reader still lies there, unread.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn plug_in(&self) -> io::Result<()> {
        held(&self.function).restarts();
        *held(&self.plugged) =
            Some(Plugged::start(self.model, &self.function, self.mounted.folder().to_owned())?);
        Ok(())
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a thread that panicked left is good enough for a simulator.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A cable that is in; dropped, it is out.
struct Plugged {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Plugged {
    fn start(
        model: UsbModel,
        function: &Arc<Mutex<SimulatedUsbCardReader>>,
        folder: PathBuf,
    ) -> io::Result<Self> {
        let ends = Arc::new(AtomicBool::new(false));
        let cable = Cable { model, function: Arc::clone(function), folder, ends: Arc::clone(&ends) };
        let control = cable.open()?;
        let thread = std::thread::Builder::new().name("simulated USB card reader".to_owned());
        let thread = thread.spawn(move || cable.run(control))?;
        Ok(Self { ends, thread: Some(thread) })
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic has been printed where it happened.
            let _ = thread.join();
        }
    }
}

#[derive(Clone)]
struct Cable {
    model: UsbModel,
    function: Arc<Mutex<SimulatedUsbCardReader>>,
    folder: PathBuf,
    ends: Arc<AtomicBool>,
}

/// A standard request to the device (USB 2.0, table 9-4).
const SET_CONFIGURATION: [u8; 2] = [0x00, 0x09];

impl Cable {
    /// Plugs it in: a host sees it while the file is open.
    fn open(&self) -> io::Result<Control> {
        Control::open(&self.folder, &configuration(&endpoints(self.model)), &device())
    }

    /// Keeps the cable in until it is to end, or a fault pulls it: then it is away for a moment.
    fn run(&self, mut control: Control) {
        loop {
            let pulled = self.answer(control);
            if !pulled || self.ends.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(AWAY);
            held(&self.function).restarts();
            // A kernel that refuses leaves it unplugged.
            let Ok(again) = self.open() else { return };
            control = again;
        }
    }

    /// Answers the host's requests to the device; whether a fault ended it.
    fn answer(&self, mut control: Control) -> bool {
        let ends = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        let pulled = loop {
            let pulled = held(&self.function).takes_pulled();
            if pulled || self.ends.load(Ordering::Relaxed) {
                break pulled;
            }
            let Some(request) = control.request() else { continue };
            if request[..2] == SET_CONFIGURATION {
                threads = self.endpoints(&ends);
                control.accept();
            } else {
                control.refuse(request);
            }
        };
        ends.store(true, Ordering::Relaxed);
        pull_cable();
        for thread in threads {
            let _: Result<(), _> = JoinHandle::join(thread);
        }
        pulled
    }

    /// A thread for each endpoint; one that the kernel does not enable is silent.
    fn endpoints(&self, ends: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
        let spawned = endpoints(self.model).into_iter().filter_map(|(name, address)| {
            let file = open_endpoint(&self.folder, name, address).ok()?;
            let (function, ends) = (Arc::clone(&self.function), Arc::clone(ends));
            let thread = std::thread::Builder::new().name(format!("endpoint {address:02x}"));
            let work = move || match address & IN {
                0 => hear(&function, file, address),
                _ => give(&function, file, address, &ends),
            };
            thread.spawn(work).ok()
        });
        spawned.collect()
    }
}

/// Takes what the host sends to an endpoint, until the cable is out.
fn hear(function: &Mutex<SimulatedUsbCardReader>, mut file: File, endpoint: u8) {
    let mut bytes = [0; PACKET as usize];
    while let Ok(count) = file.read(&mut bytes) {
        held(function).transfer_out(endpoint, &bytes[..count]);
    }
}

/// Gives the host what the function has for an endpoint, a packet a transfer, until the cable is out.
fn give(function: &Mutex<SimulatedUsbCardReader>, mut file: File, endpoint: u8, ends: &AtomicBool) {
    while !ends.load(Ordering::Relaxed) {
        let packet = held(function).packet_in(endpoint);
        match packet {
            None => std::thread::sleep(LOOK),
            Some(packet) if file.write_all(&packet).is_err() => return,
            Some(_) => {}
        }
    }
}

/// `dummy_hcd`'s name of each endpoint, and the address that it gets here.
fn endpoints(model: UsbModel) -> Vec<(&'static str, u8)> {
    match model {
        UsbModel::Split | UsbModel::SplitFilled => {
            vec![("ep1in-bulk", 0x81), ("ep2out-bulk", 0x02), ("ep6in-bulk", 0x85), ("ep7out-bulk", 0x06)]
        }
        UsbModel::Stream => vec![("ep1out-bulk", 0x01), ("ep2in-bulk", 0x82)],
    }
}

/// The configuration with its interface of a maker's own class.
fn configuration(endpoints: &[(&str, u8)]) -> Vec<u8> {
    let count = u8::try_from(endpoints.len()).unwrap_or(u8::MAX);
    let length = 9 + 9 + 7 * count;
    // Powered by the bus, 100 mA.
    let mut bytes = vec![9, 2, length, 0, 1, 1, 0, 0x80, 50];
    bytes.extend([9, 4, 0, 0, count, 0xFF, 0, 0, 0]);
    endpoints.iter().for_each(|(_, address)| bytes.extend(bulk_endpoint(*address)));
    bytes
}

/// The device: release 1.00, no names, one configuration.
fn device() -> [u8; 18] {
    let [[vendor, vendor_high], [product, product_high]] = IDS.map(u16::to_le_bytes);
    [18, 1, 0x00, 0x02, 0xFF, 0, 0, 64, vendor, vendor_high, product, product_high, 0x00, 0x01, 0, 0, 0, 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Typed from USB 2.0, tables 9-8, 9-10, 9-12 and 9-13.
    #[test]
    fn the_description_of_a_pair() {
        let head = [9, 2, 32, 0, 1, 1, 0, 0x80, 50];
        let interface = [9, 4, 0, 0, 2, 0xFF, 0, 0, 0];
        let pair = [[7, 5, 0x01, 2, 64, 0, 0], [7, 5, 0x82, 2, 64, 0, 0]].concat();
        assert_eq!(configuration(&endpoints(UsbModel::Stream)), [&head[..], &interface, &pair].concat());
        assert_eq!(device(), [18, 1, 0, 2, 0xFF, 0, 0, 64, 0x00, 0x04, 0x5A, 0xC3, 0, 1, 0, 0, 0, 1]);
    }
}
