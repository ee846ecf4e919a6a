//! The simulated printer's web server: POST over HTTP/1.1 (RFC 9112), one thread for each connection.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Shared;
use super::mechanism::Act;
use super::message::Question;

/// How often a silent connection looks whether the printer was switched off.
const TICK: Duration = Duration::from_millis(10);

/// Serves one connection until either side ends it.
pub(super) fn serve(shared: &Arc<Shared>, stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut line = String::new();
    loop {
        let (mut length, mut waits, mut closes, mut first) = (0_usize, false, false, true);
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if first && !text.starts_with("POST ") {
                return writer.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
            }
            if text.is_empty() {
                break;
            }
            first = false;
            let lower = text.to_ascii_lowercase();
            if let Some(digits) = lower.strip_prefix("content-length:") {
                length = digits.trim().parse().map_err(io::Error::other)?;
            }
            waits |= lower.starts_with("expect: 100-continue");
            closes |= lower == "connection: close";
        }
        if waits {
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        // Only a document is longer than this.
        if length > 1_000 && shared.lock().breaks_documents() {
            io::copy(&mut (&mut reader).take(length as u64 / 2), &mut io::sink())?;
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let act = match Question::read(&body) {
            None => return writer.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
            Some(question) => {
                let mut mechanism = shared.lock();
                if mechanism.is_off() {
                    return Ok(());
                }
                mechanism.answer(&question)
            }
        };
        shared.changed.notify_all();
        match act {
            Act::Answer(reply) => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
                    reply.len()
                );
                writer.write_all(&[head.as_bytes(), &reply].concat())?;
            }
            Act::Lost => return Ok(()),
            Act::Silence => {
                while !shared.stop.load(Ordering::Relaxed) {
                    std::thread::sleep(TICK);
                }
                return Ok(());
            }
        }
        if closes {
            return Ok(());
        }
    }
}
