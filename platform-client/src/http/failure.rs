//! What a failed request means: never sent, never trusted, or sent and unknown.

use crate::error::{Broken, CallError, TlsProblem};
use crate::operation::Operation;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError};
use std::error::Error;

/// The request failed before an answer began. `ahead`: how far the terminal's clock is ahead of the province's, if that is
/// known.
pub(super) fn of_sending(operation: Operation, error: reqwest::Error, ahead: Option<i64>) -> CallError {
    let error = error.without_url();
    let connecting = error.is_connect() || error.is_builder();
    match tls_error(&error, ahead) {
        Some(TlsError::NoTrust(problem)) => CallError::Tls { operation, problem, cause: Box::new(error) },
        Some(TlsError::Other) if connecting => {
            CallError::Tls { operation, problem: TlsProblem::Other, cause: Box::new(error) }
        }
        _ if connecting => CallError::Unreachable { operation, cause: Box::new(error) },
        _ => of_reading(operation, error),
    }
}

/// The answer broke off.
pub(super) fn of_reading(operation: Operation, error: reqwest::Error) -> CallError {
    let broken = if error.is_timeout() { Broken::Timeout } else { Broken::Closed };
    CallError::Broken { operation, broken, cause: Some(Box::new(error.without_url())) }
}

enum TlsError {
    /// The handshake failed, on one side or the other: no request was read.
    NoTrust(TlsProblem),
    /// Something else: before the handshake's end it is no TLS at all, after it nobody knows.
    Other,
}

/// The trouble with TLS, if that is what it is: found along the chain of causes.
///
/// A terminal whose certificate is refused hears of it only after its own handshake is done (TLS 1.3), in a fatal alert;
/// the province's side of the handshake has failed then, so it has read no request.
fn tls_error(error: &(dyn Error + 'static), ahead: Option<i64>) -> Option<TlsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(judge(tls, ahead));
        }
        // An io::Error hides what it wraps from `source`.
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = inside.map(|e| e as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

fn judge(error: &rustls::Error, ahead: Option<i64>) -> TlsError {
    let problem = match error {
        rustls::Error::InvalidCertificate(certificate) => of_certificate(certificate, ahead),
        rustls::Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError,
        ) => TlsProblem::TerminalRefused,
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => TlsProblem::OldTls,
        _ => return TlsError::Other,
    };
    TlsError::NoTrust(problem)
}

fn of_certificate(error: &CertificateError, ahead: Option<i64>) -> TlsProblem {
    // What the province's clock says to the certificate's times, where ours says no.
    let by_province =
        |time: UnixTime| Some((ahead?, i64::try_from(time.as_secs()).ok()?.checked_sub(ahead?)?));
    let seconds = |time: UnixTime| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match error {
        CertificateError::ExpiredContext { time, not_after } => match by_province(*time) {
            Some((ahead, then)) if then <= seconds(*not_after) => TlsProblem::ClockWrong { ahead },
            _ => TlsProblem::Expired,
        },
        CertificateError::NotValidYetContext { time, not_before } => match by_province(*time) {
            Some((ahead, then)) if then >= seconds(*not_before) => TlsProblem::ClockWrong { ahead },
            _ => TlsProblem::NotYetValid,
        },
        CertificateError::Expired => TlsProblem::Expired,
        CertificateError::NotValidYet => TlsProblem::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsProblem::WrongName
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsProblem::WrongUse
        }
        // An issuer of the right name with another key is another issuer.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsProblem::UnknownIssuer,
        _ => TlsProblem::Other,
    }
}
