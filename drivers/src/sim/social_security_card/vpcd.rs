//! The card in the virtual reader of `vsmartcard-vpcd`.
//!
//! Duty: its protocol (u16 BE length, payload; one byte is a control) between the chip and the reader's port. Never: know
//! what a command means.
//!
//! Source: the reference page on card readers, section "Social-security card over PC/SC".

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::JoinHandle;

use super::{FictitiousSocialSecurityCard, SocialSecurityChip};

const OFF: u8 = 0x00;
const ON: u8 = 0x01;
const RESET: u8 = 0x02;
const ATR: u8 = 0x04;
/// T=0, no historical bytes.
const ATR_BYTES: [u8; 2] = [0x3B, 0x00];

/// A card that lies in the virtual reader until it is dropped.
pub struct VirtualCard {
    stream: TcpStream,
    thread: Option<JoinHandle<()>>,
}

impl VirtualCard {
    /// Puts a card into the reader that listens at `reader`.
    ///
    /// # Errors
    /// No virtual reader listens there.
    pub fn insert(reader: SocketAddr, card: FictitiousSocialSecurityCard) -> io::Result<Self> {
        let stream = TcpStream::connect(reader)?;
        stream.set_nodelay(true)?;
        let line = stream.try_clone()?;
        let thread = std::thread::Builder::new()
            .name("virtual card".to_owned())
            // An end of the line is the end of the card.
            .spawn(move || drop(answer(line, SocialSecurityChip::new(card))))?;
        Ok(Self { stream, thread: Some(thread) })
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        // A reader that has gone has closed it already.
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed where it happened.
            let _ = thread.join();
        }
    }
}

fn answer(mut line: TcpStream, mut chip: SocialSecurityChip) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        line.read_exact(&mut length)?;
        let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
        line.read_exact(&mut payload)?;
        match payload[..] {
            [OFF | ON | RESET] => chip.reset(),
            [ATR] => send(&mut line, &ATR_BYTES)?,
            _ => match chip.answer(&payload) {
                Some(reply) => send(&mut line, &reply)?,
                None => return line.shutdown(Shutdown::Both),
            },
        }
    }
}

fn send(line: &mut TcpStream, payload: &[u8]) -> io::Result<()> {
    let length = u16::try_from(payload.len()).map_err(io::Error::other)?;
    line.write_all(&[&length.to_be_bytes(), payload].concat())
}
