//! Connections that no ordinary client makes: without a certificate, with a strange one, with an old TLS, without TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::https::Target;

/// What the client shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The terminal's own certificate.
    Terminal,
    /// None.
    Nothing,
    /// One for the same name, of an authority that nobody knows.
    Stranger,
}

/// How it was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Met {
    /// It was let in: the HTTP status, or what came instead.
    Answered(String),
    /// It was not.
    Refused(String),
}

const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for the notices with this certificate.
pub(super) async fn knock(target: &Target, shown: Shown) -> Met {
    met(timeout(PATIENCE, knocking(target, shown)).await)
}

async fn knocking(target: &Target, shown: Shown) -> io::Result<String> {
    let config = config(target, shown).map_err(io::Error::other)?;
    let name =
        ServerName::try_from(target.host.trim_matches(['[', ']']).to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, connected(target).await?).await?;
    status_of(stream, target).await
}

fn config(target: &Target, shown: Shown) -> Result<ClientConfig, Box<dyn std::error::Error + Send + Sync>> {
    Ok(match shown {
        Shown::Terminal => target.tls()?,
        Shown::Nothing => target.builder()?.with_no_client_auth(),
        Shown::Stranger => {
            let (certificate, key) = stranger(&target.terminal)?;
            target.builder()?.with_client_auth_cert(vec![certificate], key)?
        }
    })
}

/// A certificate for the terminal's name that the terminal's authority never issued.
fn stranger(
    terminal: &str,
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), Box<dyn std::error::Error + Send + Sync>> {
    let key = rcgen::KeyPair::generate()?;
    let mut params = rcgen::CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, terminal);
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.self_signed(&key)?.der().clone();
    Ok((certificate, PrivateKeyDer::try_from(key.serialize_der())?))
}

/// The same question without TLS.
pub(super) async fn ask_in_the_clear(target: &Target) -> Met {
    let asked = timeout(PATIENCE, async { status_of(connected(target).await?, target).await }).await;
    match met(asked) {
        Met::Answered(status) if status.starts_with('2') => Met::Answered(format!("HTTP {status}")),
        Met::Answered(status) => Met::Refused(format!("HTTP {status}")),
        refused => refused,
    }
}

/// A greeting of TLS 1.1 (RFC 4346 section 7.4.1.2) with the suites of its time; a server of today answers with an alert or
/// lets go.
pub(super) async fn greet_with_tls_1_1(target: &Target) -> Met {
    let greeted = timeout(PATIENCE, async {
        let mut stream = connected(target).await?;
        stream.write_all(&client_hello()).await?;
        let mut head = [0; 6];
        stream.read_exact(&mut head).await?;
        io::Result::Ok(head)
    });
    match greeted.await {
        // Content type handshake (22), and in it a ServerHello (2): it goes along.
        Ok(Ok(head)) if head[0] == 22 && head[5] == 2 => {
            Met::Answered(format!("ServerHello, version {}.{}", head[1], head[2]))
        }
        Ok(Ok(head)) => Met::Refused(format!("a record of type {}", head[0])),
        Ok(Err(error)) => Met::Refused(error.to_string()),
        Err(_) => Met::Refused("no answer".to_owned()),
    }
}

fn client_hello() -> Vec<u8> {
    let mut hello = vec![3, 2];
    // The client's random: nobody's secret, as no handshake follows.
    hello.extend([0x5A; 32]);
    // No session; RSA and ECDHE_RSA with AES-128-CBC and SHA; no compression; secp256r1 and uncompressed points.
    hello.extend([0, 0, 4, 0x00, 0x2F, 0xC0, 0x13, 1, 0]);
    hello.extend([0, 14, 0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0]);
    let mut message = vec![1, 0, 0, u8::try_from(hello.len()).unwrap_or(u8::MAX)];
    message.extend(hello);
    let mut record = vec![22, 3, 1, 0, u8::try_from(message.len()).unwrap_or(u8::MAX)];
    record.extend(message);
    record
}

async fn connected(target: &Target) -> io::Result<TcpStream> {
    TcpStream::connect((target.host.trim_matches(['[', ']']), target.port)).await
}

async fn status_of(mut stream: impl AsyncRead + AsyncWrite + Unpin, target: &Target) -> io::Result<String> {
    let host = &target.host;
    let request = format!("GET /v1/notices HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    match head.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5)) {
        Some(status) => Ok(String::from_utf8_lossy(status).into_owned()),
        None => Err(io::Error::other("no HTTP")),
    }
}

fn met(asked: Result<io::Result<String>, tokio::time::error::Elapsed>) -> Met {
    match asked {
        Ok(Ok(status)) => Met::Answered(status),
        Ok(Err(error)) => Met::Refused(error.to_string()),
        Err(_) => Met::Refused("no answer".to_owned()),
    }
}

/// The common name of a certificate's subject (RFC 5280 section 4.1.2.6): the last attribute 2.5.4.3 before the public key,
/// as the issuer's name stands before the subject's.
pub(super) fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    /// OBJECT IDENTIFIER 2.5.4.3 in DER.
    const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
    let der = certificate.as_ref();
    let at = der.windows(COMMON_NAME.len()).rposition(|bytes| bytes == COMMON_NAME)?;
    // A string of less than 128 bytes: its tag, its length, itself.
    let value = der.get(at + COMMON_NAME.len()..)?;
    let (&[_, length], text) = value.split_at_checked(2)? else { return None };
    let text = text.get(..usize::from(length)).filter(|_| length < 128)?;
    String::from_utf8(text.to_vec()).ok().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_certificate() {
        let (certificate, _) = stranger("T99000100100101").unwrap();
        assert_eq!(common_name(&certificate).as_deref(), Some("T99000100100101"));
        for cut in 0..certificate.len() {
            let _ = common_name(&CertificateDer::from(certificate.as_ref()[..cut].to_vec()));
        }
    }

    #[test]
    fn the_old_greeting_has_the_lengths_that_it_says() {
        let hello = client_hello();
        assert_eq!(usize::from(hello[4]), hello.len() - 5);
        assert_eq!(usize::from(hello[8]), hello.len() - 9);
    }
}
