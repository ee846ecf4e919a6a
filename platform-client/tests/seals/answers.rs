//! The answers, each in each form.

use domain::seal::SealProblem;
use platform_client::seal::error::{Altered, Expired, UnknownIssuer};
use platform_client::seal::{self, Authorities, SealError, SealedFormat};
use platform_client::sim::SealKind;
use platform_client::sim::fault::FaultKind;
use time::Duration;

use crate::issued::{NOW, Office};

#[tokio::test]
async fn each_answer_in_each_form() {
    for kind in [SealKind::Pdf, SealKind::PdfP256, SealKind::Ofd] {
        let office = Office::open(kind).await;
        let authorities = office.authorities();
        assert_eq!(authorities.count(), 1);
        let valid = office.file(None).await;
        let sealed = seal::check(&valid, &authorities, NOW).unwrap();
        let format = if kind == SealKind::Ofd { SealedFormat::Ofd } else { SealedFormat::Pdf };
        assert_eq!((sealed.format, sealed.at), (format, NOW), "{kind:?}");
        assert!(sealed.by.contains("社会保险"), "{kind:?}: {}", sealed.by);

        let expired = if kind == SealKind::Ofd { Expired::SealThen } else { Expired::CertificateThen };
        for (fault, error, problem) in [
            (FaultKind::SealAltered, Altered::Digest.into(), SealProblem::Altered),
            (FaultKind::SealExpired, expired.into(), SealProblem::Expired),
            (FaultKind::SealUnknownIssuer, UnknownIssuer::NotFound.into(), SealProblem::UnknownIssuer),
            (FaultKind::SealMissing, SealError::Missing, SealProblem::Missing),
        ] {
            let file = office.file(Some(fault)).await;
            assert_eq!(seal::check(&file, &authorities, NOW), Err(error), "{kind:?} {fault:?}");
            assert_eq!(error.problem(), problem);
        }

        let nobody = seal::check(&valid, &Authorities::none(), NOW);
        assert_eq!(nobody, Err(UnknownIssuer::NoAuthorities.into()), "{kind:?}");
        let earlier = seal::check(&valid, &authorities, NOW - Duration::minutes(6));
        assert_eq!(earlier, Err(Expired::Future.into()), "{kind:?}");
        assert!(seal::check(&valid, &authorities, NOW - Duration::minutes(4)).is_ok(), "{kind:?}");
        let too_late = seal::check(&valid, &authorities, NOW.replace_year(2100).unwrap());
        assert_eq!(too_late.unwrap_err().problem(), SealProblem::Expired, "{kind:?}");
    }
}

#[tokio::test]
async fn the_authority_of_another_platform_is_nobody_here() {
    let (here, there) = (Office::open(SealKind::Ofd).await, Office::open(SealKind::Ofd).await);
    let file = here.file(None).await;
    let checked = seal::check(&file, &there.authorities(), NOW);
    assert_eq!(checked.unwrap_err().problem(), SealProblem::UnknownIssuer);
}

#[tokio::test]
async fn what_is_no_document_is_named() {
    let authorities = Office::open(SealKind::Pdf).await.authorities();
    for bytes in [&b""[..], b"%PD", b"<html>", b"%PDF-1.7\n", b"PK\x03\x04"] {
        let problem = seal::check(bytes, &authorities, NOW).unwrap_err().problem();
        assert_eq!(problem, SealProblem::Unreadable, "{bytes:?}");
    }
}

#[test]
fn a_folder_of_authorities_is_whole_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Authorities::read(folder.path()).unwrap().count(), 0);
    std::fs::write(folder.path().join("README.txt"), "nothing").unwrap();
    assert_eq!(Authorities::read(folder.path()).unwrap().count(), 0);
    for bad in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(folder.path().join("a.pem"), bad).unwrap();
        let error = Authorities::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a.pem"), "{error}");
    }
    assert!(Authorities::read(&folder.path().join("none")).is_err());
}
