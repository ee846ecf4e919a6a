//! IPP's carrier: one POST over HTTP/1.1 (RFC 8010, 4; RFC 9112) on a connection of its own.
//!
//! Duty: send a body, read an answer of bounded size before its deadline, say how much had gone when it broke. Never:
//! know what the body means, or send it twice.

use std::time::{Duration, Instant};

use crate::transport::{self, PortAddress, Transport, TransportError, TransportErrorKind};

/// Where a printer listens: `ipp://host:port/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterUri {
    uri: String,
    host: String,
    port: u16,
    path: String,
}

/// The port of IPP where an address names none (RFC 3510, 4.1).
const IPP_PORT: u16 = 631;

impl PrinterUri {
    /// The parts of an address; none if it is not one.
    pub fn parse(uri: &str) -> Option<Self> {
        let rest = uri.strip_prefix("ipp://")?;
        let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = match place.strip_prefix('[').map(|v6| v6.split_once(']')) {
            Some(v6) => v6.map(|(host, tail)| (host, tail.strip_prefix(':')))?,
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(IPP_PORT), |digits| digits.parse().ok())?;
        let clean = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@');
        (!host.is_empty() && clean(host) && clean(path)).then_some(())?;
        Some(Self { uri: uri.to_owned(), host: host.to_owned(), port, path: path.to_owned() })
    }

    /// The whole address, as `printer-uri` has it.
    pub fn as_str(&self) -> &str {
        &self.uri
    }
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    /// Until a piece of the body has gone.
    pub(super) piece: Duration,
    /// From the end of the body until the whole answer is there.
    pub(super) answer: Duration,
}

/// How far a body went before it broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// Bytes of the body.
    pub(super) bytes: usize,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The connection.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The printer answered with another status than 200.
    #[error("the printer's web server answers {0}")]
    Status(u16),
    /// What came is no HTTP, or too much of it.
    #[error("the printer's web server answers what is no HTTP")]
    Malformed,
}

const PIECE: usize = 16 * 1024;
/// A head of more is no printer's.
const LONGEST_HEAD: usize = 16 * 1024;
/// An answer of more is no printer's; the largest seen (all attributes of a large office printer) have some 60 kB.
const LONGEST_BODY: usize = 512 * 1024;
const MOST_HEADERS: usize = 64;
/// How long an answer is waited for that came instead of taking the whole body.
const EARLY_ANSWER: Duration = Duration::from_secs(2);

/// Posts head and document, and returns the answer's body. `progress` is called with each piece of the document.
pub(super) fn post(
    to: &PrinterUri,
    head: &[u8],
    document: &[u8],
    patience: Patience,
    progress: &mut dyn FnMut(usize),
) -> (Sent, Result<Vec<u8>, PostError>) {
    let mut sent = Sent { bytes: 0, whole: false };
    let result = exchange(to, head, document, patience, &mut sent, progress);
    (sent, result)
}

fn exchange(
    to: &PrinterUri,
    head: &[u8],
    document: &[u8],
    patience: Patience,
    sent: &mut Sent,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<u8>, PostError> {
    let mut port = transport::open(&PortAddress::Tcp { host: to.host.clone(), port: to.port })?;
    let host = if to.host.contains(':') { format!("[{}]", to.host) } else { to.host.clone() };
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{}\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        to.path,
        to.port,
        head.len() + document.len(),
    );
    let begun = [request.as_bytes(), head].concat();
    port.write_all(&begun, Instant::now() + patience.piece)?;
    for piece in document.chunks(PIECE) {
        if let Err(broken) = port.write_all(piece, Instant::now() + patience.piece) {
            // A printer that refuses may say so and close before it has taken everything.
            return answer(&mut *port, Instant::now() + EARLY_ANSWER).map_err(|_| broken.into());
        }
        sent.bytes += piece.len();
        progress(sent.bytes);
    }
    sent.whole = true;
    answer(&mut *port, Instant::now() + patience.answer)
}

/// What a head says of its body.
enum Length {
    Bytes(usize),
    Chunked,
    UntilClose,
}

/// The body of the answer that comes.
///
/// # Errors
/// None came whole before the deadline, or it is none.
pub fn answer(port: &mut dyn Transport, deadline: Instant) -> Result<Vec<u8>, PostError> {
    let mut input = Vec::new();
    let length = loop {
        match head(&input)? {
            None => more(port, &mut input, LONGEST_HEAD + LONGEST_BODY, deadline)?,
            // 100 Continue and its like: the answer comes after it.
            Some((100..200, end, _)) => drop(input.drain(..end)),
            Some((200, end, length)) => {
                input.drain(..end);
                break length;
            }
            Some((status, ..)) => return Err(PostError::Status(status)),
        }
    };
    match length {
        Length::Bytes(count) if count > LONGEST_BODY => Err(PostError::Malformed),
        Length::Bytes(count) => {
            while input.len() < count {
                more(port, &mut input, LONGEST_BODY, deadline)?;
            }
            input.truncate(count);
            Ok(input)
        }
        Length::Chunked => loop {
            if let Some(body) = unchunked(&input)? {
                break Ok(body);
            }
            more(port, &mut input, 2 * LONGEST_BODY, deadline)?;
        },
        Length::UntilClose => loop {
            match more(port, &mut input, LONGEST_BODY, deadline) {
                Ok(()) => {}
                Err(PostError::Transport(e)) if e.kind() == TransportErrorKind::Gone => break Ok(input),
                Err(e) => break Err(e),
            }
        },
    }
}

fn more(
    port: &mut dyn Transport,
    input: &mut Vec<u8>,
    most: usize,
    deadline: Instant,
) -> Result<(), PostError> {
    let mut piece = [0; 4096];
    let count = port.read(&mut piece, deadline)?;
    if input.len() + count > most {
        return Err(PostError::Malformed);
    }
    input.extend_from_slice(&piece[..count]);
    Ok(())
}

/// Status, length of the head and what it says of the body; none while the head is not whole.
fn head(input: &[u8]) -> Result<Option<(u16, usize, Length)>, PostError> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let end = match response.parse(input) {
        Ok(httparse::Status::Complete(end)) if end <= LONGEST_HEAD => end,
        Ok(httparse::Status::Partial) if input.len() <= LONGEST_HEAD => return Ok(None),
        Ok(_) | Err(_) => return Err(PostError::Malformed),
    };
    let status = response.code.ok_or(PostError::Malformed)?;
    let named = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok()).map(str::trim)
    };
    let length = match (named("transfer-encoding"), named("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Length::Chunked,
        (Some(_), _) => return Err(PostError::Malformed),
        (None, Some(digits)) => Length::Bytes(digits.parse().map_err(|_| PostError::Malformed)?),
        (None, None) => Length::UntilClose,
    };
    Ok(Some((status, end, length)))
}

/// The body of chunks (RFC 9112, 7.1); none while they are not whole.
fn unchunked(input: &[u8]) -> Result<Option<Vec<u8>>, PostError> {
    let mut body = Vec::new();
    let mut rest = input;
    loop {
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(PostError::Malformed),
        };
        let size = usize::try_from(size).ok().filter(|size| body.len() + size <= LONGEST_BODY);
        let size = size.ok_or(PostError::Malformed)?;
        if size == 0 {
            return Ok(Some(body));
        }
        let Some(chunk) = rest.get(start..start + size + 2) else { return Ok(None) };
        body.extend_from_slice(&chunk[..size]);
        rest = &rest[start + size + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    #[test]
    fn addresses() {
        let check = |uri: &str, want: Option<(&str, u16, &str)>| {
            let got = PrinterUri::parse(uri);
            let got = got.as_ref().map(|p| (p.host.as_str(), p.port, p.path.as_str()));
            assert_eq!(got, want, "{uri}");
        };
        check("ipp://192.0.2.7:8631/ipp/print", Some(("192.0.2.7", 8631, "/ipp/print")));
        check("ipp://printer/ipp/print", Some(("printer", 631, "/ipp/print")));
        check("ipp://printer", Some(("printer", 631, "/")));
        check("ipp://[::1]:631/ipp/print", Some(("::1", 631, "/ipp/print")));
        check("ipp://[::1]/", Some(("::1", 631, "/")));
        for wrong in
            ["ipp://", "ipp:///x", "http://h/", "ipp://h:x/", "ipp://h:99999/", "ipp://u@h/", "ipp://h/a b"]
        {
            check(wrong, None);
        }
    }

    /// What a printer says byte for byte → the body, or none.
    fn check(said: &'static [u8], want: Option<&[u8]>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("ipp://{}/ipp/print", listener.local_addr().unwrap());
        let printer = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"HEADdocument") {
                let mut piece = [0; 512];
                let count = client.read(&mut piece).unwrap();
                heard.extend_from_slice(&piece[..count]);
            }
            // In pieces, so that no reading may count on a whole one.
            for piece in said.chunks(7) {
                // Who has heard enough hangs up.
                if client.write_all(piece).is_err() {
                    break;
                }
            }
            String::from_utf8_lossy(&heard).into_owned()
        });
        let patience = Patience { piece: Duration::from_secs(5), answer: Duration::from_secs(5) };
        let uri = PrinterUri::parse(&uri).unwrap();
        let (sent, got) = post(&uri, b"HEAD", b"document", patience, &mut |_| {});
        assert_eq!(sent, Sent { bytes: 8, whole: true });
        assert_eq!(got.ok().as_deref(), want, "{}", String::from_utf8_lossy(said));
        let heard = printer.join().unwrap();
        assert!(heard.starts_with("POST /ipp/print HTTP/1.1\r\n"), "{heard}");
        assert!(heard.contains("\r\nContent-Length: 12\r\n"), "{heard}");
    }

    /// Gives what it has in two pieces.
    struct Halves(Vec<Vec<u8>>);

    impl Transport for Halves {
        fn read(&mut self, buffer: &mut [u8], _: Instant) -> Result<usize, TransportError> {
            let piece = self.0.pop().ok_or(TransportError::Gone { port: String::new() })?;
            buffer[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }

        fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, TransportError> {
            Ok(bytes.len())
        }

        fn discard_input(&mut self) -> Result<(), TransportError> {
            Ok(())
        }

        fn name(&self) -> &str {
            "halves"
        }
    }

    #[test]
    fn an_answer_split_anywhere_is_the_same() {
        let answers: [&[u8]; 3] = [
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
            b"HTTP/1.0 200 OK\r\n\r\nbody",
        ];
        for said in answers {
            for at in 1..said.len() {
                let mut port = Halves(vec![said[at..].to_vec(), said[..at].to_vec()]);
                let got = answer(&mut port, Instant::now());
                assert_eq!(got.ok().as_deref(), Some(&b"body"[..]), "{} at {at}", said.escape_ascii());
            }
        }
    }

    #[test]
    fn bodies_of_every_length() {
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more", Some(b"body"));
        check(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody",
            Some(b"body"),
        );
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n";
        check(chunked, Some(b"body"));
        check(b"HTTP/1.0 200 OK\r\n\r\nbody", Some(b"body"));
        check(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody", None);
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", None);
        check(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nbody", None);
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nbody", None);
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nbo", None);
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nbody", None);
        check(b"SSH-2.0-printer\r\n", None);
    }
}
