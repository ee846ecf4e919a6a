//! What a failed request means: never sent, never trusted, or sent and unknown.

use crate::error::{Broken, CallError, TlsProblem};
use crate::operation::Operation;
use rustls::{AlertDescription, CertificateError};
use std::error::Error;

/// The request failed before an answer began.
pub(super) fn of_sending(operation: Operation, error: reqwest::Error) -> CallError {
    let error = error.without_url();
    let connecting = error.is_connect() || error.is_builder();
    match tls_error(&error) {
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
fn tls_error(error: &(dyn Error + 'static)) -> Option<TlsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(judge(tls));
        }
        // An io::Error hides what it wraps from `source`.
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = inside.map(|e| e as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

fn judge(error: &rustls::Error) -> TlsError {
    let problem = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsProblem::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsProblem::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsProblem::WrongName
            }
            CertificateError::UnknownIssuer => TlsProblem::UnknownIssuer,
            _ => TlsProblem::Other,
        },
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
        _ => return TlsError::Other,
    };
    TlsError::NoTrust(problem)
}
