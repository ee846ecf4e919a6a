//! A real USB device, through `nusb`.
//!
//! Duty: find it, take its interface from the kernel's driver, move transfers. Never: decide what they carry.

use std::io;
use std::time::{Duration, Instant};

use nusb::descriptors::TransferType;
use nusb::transfer::{Buffer, Bulk, Completion, In, Interrupt, Out, TransferError};
use nusb::{Endpoint, Interface, MaybeFuture as _};
use zeroize::Zeroize as _;

use super::{IN, UsbLayout, UsbPipes, UsbTransport};
use crate::transport::TransportError;

/// Transfers of one packet that wait at an endpoint at once: so many come without a pause between them. A longer transfer
/// would end only with a packet that is not full, and there are readers that fill every one.
const WAITING: usize = 16;
/// Within so much a cancelled transfer has come back.
const CANCELLED: Duration = Duration::from_millis(100);

/// Opens the first device with these ids.
pub(crate) fn open(vendor: u16, product: u16) -> Result<UsbTransport<DevicePipes>, TransportError> {
    let name = format!("usb:{vendor:04x}:{product:04x}");
    let failed = |error: nusb::Error| TransportError::from_io(&name, sorted(&error));
    let absent = || TransportError::NotFound { port: name.clone(), source: io::ErrorKind::NotFound.into() };
    // A kernel without USB has no list: no device either.
    let mut devices = nusb::list_devices().wait().map_err(|_| absent())?;
    let info = devices
        .find(|device| (device.vendor_id(), device.product_id()) == (vendor, product))
        .ok_or_else(absent)?;
    let device = info.open().wait().map_err(failed)?;
    let configuration = device.active_configuration().map_err(|error| failed(error.into()))?;
    let found = configuration.interfaces().find_map(|interface| {
        let endpoints: Vec<u8> = interface
            .first_alt_setting()
            .endpoints()
            .filter(|endpoint| {
                matches!(endpoint.transfer_type(), TransferType::Bulk | TransferType::Interrupt)
            })
            .map(|endpoint| endpoint.address())
            .collect();
        Some((interface.interface_number(), UsbLayout::of(&endpoints)?, endpoints))
    });
    let Some((number, layout, endpoints)) = found else {
        return Err(TransportError::Unsupported { port: name, operation: "pair of endpoints" });
    };
    let interface = device.detach_and_claim_interface(number).wait().map_err(failed)?;
    let pipes = endpoints
        .into_iter()
        .map(|address| Pipe::open(&interface, address))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    Ok(UsbTransport::new(DevicePipes { pipes, name: name.clone() }, layout, name))
}

/// The claimed endpoints of a device.
pub(crate) struct DevicePipes {
    pipes: Vec<(u8, Pipe)>,
    name: String,
}

enum Pipe {
    BulkOut(Endpoint<Bulk, Out>),
    InterruptOut(Endpoint<Interrupt, Out>),
    BulkIn(Input<Bulk>),
    InterruptIn(Input<Interrupt>),
}

/// An endpoint towards the host, and what came and was not taken.
struct Input<T: nusb::transfer::BulkOrInterrupt> {
    endpoint: Endpoint<T, In>,
    come: Option<(Buffer, usize)>,
}

impl Pipe {
    fn open(interface: &Interface, address: u8) -> Result<(u8, Self), nusb::Error> {
        let descriptor = interface.descriptor();
        let kind = descriptor
            .and_then(|setting| setting.endpoints().find(|endpoint| endpoint.address() == address))
            .map(|endpoint| endpoint.transfer_type());
        let pipe = match (kind, address & IN) {
            (Some(TransferType::Interrupt), 0) => Self::InterruptOut(interface.endpoint(address)?),
            (Some(TransferType::Interrupt), _) => {
                Self::InterruptIn(Input { endpoint: interface.endpoint(address)?, come: None })
            }
            (_, 0) => Self::BulkOut(interface.endpoint(address)?),
            _ => Self::BulkIn(Input { endpoint: interface.endpoint(address)?, come: None }),
        };
        Ok((address, pipe))
    }
}

impl DevicePipes {
    fn pipe(&mut self, address: u8) -> Result<(&mut Pipe, &str), TransportError> {
        let pipe = self.pipes.iter_mut().find(|(pipe, _)| *pipe == address);
        let pipe = pipe.map(|(_, pipe)| pipe).ok_or_else(|| TransportError::Unsupported {
            port: self.name.clone(),
            operation: "such an endpoint",
        })?;
        Ok((pipe, &self.name))
    }
}

impl UsbPipes for DevicePipes {
    fn send(&mut self, endpoint: u8, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        let (pipe, name) = self.pipe(endpoint)?;
        let left = left(deadline);
        let completion = match pipe {
            Pipe::BulkOut(out) => out.transfer_blocking(bytes.to_vec().into(), left),
            Pipe::InterruptOut(out) => out.transfer_blocking(bytes.to_vec().into(), left),
            Pipe::BulkIn(_) | Pipe::InterruptIn(_) => {
                return Err(TransportError::Unsupported { port: name.to_owned(), operation: "way out here" });
            }
        };
        match completion.status {
            // Cancelled because time ran out, after a part had gone.
            Ok(()) | Err(TransferError::Cancelled) if completion.actual_len > 0 => Ok(completion.actual_len),
            Ok(()) => Err(TransportError::TimedOut { port: name.to_owned() }),
            Err(error) => Err(failed(name, error)),
        }
    }

    fn receive(
        &mut self,
        endpoint: u8,
        buffer: &mut [u8],
        deadline: Instant,
    ) -> Result<usize, TransportError> {
        let (pipe, name) = self.pipe(endpoint)?;
        let taken = match pipe {
            Pipe::BulkIn(input) => input.take(buffer, deadline),
            Pipe::InterruptIn(input) => input.take(buffer, deadline),
            Pipe::BulkOut(_) | Pipe::InterruptOut(_) => {
                return Err(TransportError::Unsupported { port: name.to_owned(), operation: "way in here" });
            }
        };
        match taken {
            Ok(0) => Err(TransportError::TimedOut { port: name.to_owned() }),
            Ok(count) => Ok(count),
            Err(error) => Err(failed(name, error)),
        }
    }
}

impl<T: nusb::transfer::BulkOrInterrupt> Input<T> {
    /// Zero when nothing came; the transfers stay with the device, and nothing that comes later is lost.
    fn take(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransferError> {
        loop {
            if let Some((come, from)) = &mut self.come {
                let rest = come.get(*from..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                *from += count;
                if *from >= come.len() {
                    // It may have been a card's content.
                    come.zeroize();
                    self.come = None;
                }
                if count > 0 {
                    return Ok(count);
                }
                continue;
            }
            while self.endpoint.pending() < WAITING {
                let packet = self.endpoint.max_packet_size().max(1);
                let transfer = self.endpoint.allocate(packet);
                self.endpoint.submit(transfer);
            }
            let Some(completion) = self.endpoint.wait_next_complete(left(deadline)) else { return Ok(0) };
            let Completion { buffer: come, status, .. } = completion;
            if status == Err(TransferError::Stall) {
                // A device that stalled goes on only when it is told to, which may not be while transfers wait; what it
                // says then is what counts.
                self.endpoint.cancel_all();
                while self.endpoint.pending() > 0 && self.endpoint.wait_next_complete(CANCELLED).is_some() {}
                let _ = self.endpoint.clear_halt().wait();
            }
            status?;
            // An empty packet only ends what came before it.
            if !come.is_empty() {
                self.come = Some((come, 0));
            }
        }
    }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn failed(name: &str, error: TransferError) -> TransportError {
    match error {
        TransferError::Cancelled => TransportError::TimedOut { port: name.to_owned() },
        TransferError::Disconnected => TransportError::Gone { port: name.to_owned() },
        other => TransportError::Io { port: name.to_owned(), source: io::Error::other(other) },
    }
}

fn sorted(error: &nusb::Error) -> io::Error {
    use nusb::ErrorKind as K;
    let kind = match error.kind() {
        K::Disconnected => io::ErrorKind::NotConnected,
        K::Busy => io::ErrorKind::ResourceBusy,
        K::PermissionDenied => io::ErrorKind::PermissionDenied,
        K::NotFound => io::ErrorKind::NotFound,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.clone())
}
