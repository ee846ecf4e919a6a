//! A USB device whose interface carries a stream of bytes.
//!
//! Duty: the two layouts of endpoints that card readers have, as one stream. Never: know a request; only the split
//! layout's own header is looked at, because it says how much the other endpoint carries.
//!
//! Source: the reference page on card readers, section "Frame", paragraph "USB".

mod device;
mod split;

pub(super) use device::open;

use std::time::{Duration, Instant};

use super::{Transport, TransportError, TransportErrorKind};
use split::{Split, Toward};

/// Endpoints of the split layout.
const HEADER_OUT: u8 = 0x02;
const BODY_OUT: u8 = 0x06;
const HEADER_IN: u8 = 0x81;
const BODY_IN: u8 = 0x85;
/// This bit of an endpoint's address says that it goes towards the host.
const IN: u8 = 0x80;
/// What a device had ready comes within so much of being asked.
const READY: Duration = Duration::from_millis(2);

/// The endpoints of a claimed interface.
pub trait UsbPipes: Send {
    /// Sends bytes to an endpoint as one transfer; how many were taken.
    ///
    /// # Errors
    /// As [`Transport::write`].
    fn send(&mut self, endpoint: u8, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError>;

    /// Takes what comes next from an endpoint; at least one byte. What comes after the deadline is not lost.
    ///
    /// # Errors
    /// As [`Transport::read`].
    fn receive(
        &mut self,
        endpoint: u8,
        buffer: &mut [u8],
        deadline: Instant,
    ) -> Result<usize, TransportError>;
}

/// How an interface carries the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbLayout {
    /// OUT 02 takes the seven bytes of a frame's head and OUT 06 the rest, IN 81 gives the head and IN 85 the rest.
    Split,
    /// One endpoint each way, the stream as it is.
    Stream {
        /// Address of the endpoint that takes bytes.
        out: u8,
        /// Address of the endpoint that gives bytes.
        input: u8,
    },
}

impl UsbLayout {
    /// The layout of an interface with these endpoints, in the order of its descriptor; none carries no stream.
    pub fn of(endpoints: &[u8]) -> Option<Self> {
        if [HEADER_OUT, BODY_OUT, HEADER_IN, BODY_IN].iter().all(|wanted| endpoints.contains(wanted)) {
            return Some(Self::Split);
        }
        let first = |direction| endpoints.iter().copied().find(|endpoint| endpoint & IN == direction);
        Some(Self::Stream { out: first(0)?, input: first(IN)? })
    }

    /// Every endpoint that is read from.
    fn inputs(self) -> Vec<u8> {
        match self {
            Self::Split => vec![HEADER_IN, BODY_IN],
            Self::Stream { input, .. } => vec![input],
        }
    }
}

/// The stream over an interface's endpoints.
pub struct UsbTransport<P> {
    pipes: P,
    layout: UsbLayout,
    outgoing: Split,
    incoming: Split,
    name: String,
}

impl<P: UsbPipes> UsbTransport<P> {
    /// A stream over `pipes`, called `name`.
    pub fn new(pipes: P, layout: UsbLayout, name: impl Into<String>) -> Self {
        Self { pipes, layout, outgoing: Split::new(), incoming: Split::new(), name: name.into() }
    }
}

impl<P: UsbPipes> Transport for UsbTransport<P> {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        match self.layout {
            UsbLayout::Stream { input, .. } => self.pipes.receive(input, buffer, deadline),
            UsbLayout::Split => {
                let endpoint = match self.incoming.next() {
                    Toward::Head(_) => HEADER_IN,
                    Toward::Body(_) => BODY_IN,
                };
                let count = self.pipes.receive(endpoint, buffer, deadline)?;
                Ok(self.incoming.passed(buffer.get(..count).unwrap_or_default()))
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        match self.layout {
            UsbLayout::Stream { out, .. } => self.pipes.send(out, bytes, deadline),
            UsbLayout::Split => {
                let (endpoint, most) = match self.outgoing.next() {
                    Toward::Head(most) => (HEADER_OUT, most),
                    Toward::Body(most) => (BODY_OUT, most),
                };
                let now = bytes.get(..most).unwrap_or(bytes);
                let count = self.pipes.send(endpoint, now, deadline)?;
                self.outgoing.passed(bytes.get(..count).unwrap_or_default());
                Ok(count)
            }
        }
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        // A request that was cut off is begun anew as well.
        (self.outgoing, self.incoming) = (Split::new(), Split::new());
        let mut sink = zeroize::Zeroizing::new([0; 512]);
        for endpoint in self.layout.inputs() {
            loop {
                match self.pipes.receive(endpoint, &mut *sink, Instant::now() + READY) {
                    Ok(_) => {}
                    Err(error) if error.kind() == TransportErrorKind::TimedOut => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_known_by_its_endpoints() {
        let check = |endpoints: &[u8], want: Option<UsbLayout>| {
            assert_eq!(UsbLayout::of(endpoints), want, "{endpoints:02X?}");
        };
        check(&[0x02, 0x06, 0x81, 0x85], Some(UsbLayout::Split));
        check(&[0x85, 0x81, 0x06, 0x02, 0x83], Some(UsbLayout::Split));
        check(&[0x01, 0x82], Some(UsbLayout::Stream { out: 0x01, input: 0x82 }));
        check(&[0x81, 0x02, 0x83, 0x04], Some(UsbLayout::Stream { out: 0x02, input: 0x81 }));
        check(&[0x02, 0x06, 0x81], Some(UsbLayout::Stream { out: 0x02, input: 0x81 }));
        check(&[0x81, 0x82], None);
        check(&[0x01], None);
        check(&[], None);
    }
}
