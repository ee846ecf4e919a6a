//! The keys that sign bundles of the reference image: a chain for trials, made once on each build machine.
//!
//! Duty: an authority, a signer that it stands for through an authority of releases, the signer that follows it, and a stranger.
//! Never: sign what a kiosk takes: its keys are in no build machine's folder (docs/firmware.md).

use super::{Folders, ImageError, write};
use crate::program::output;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A signer's files.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    /// Who stands between it and the keyring.
    pub(crate) intermediate: PathBuf,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Keys {
    /// What the image trusts.
    pub(crate) keyring: PathBuf,
    pub(crate) signer: Signer,
    /// The next signer, of the same authority.
    pub(crate) successor: Signer,
    /// Of an authority that nobody trusts.
    pub(crate) stranger: Signer,
}

/// Those of the build machine; made where it has none.
pub(crate) fn kept(folders: &Folders) -> Result<Keys, ImageError> {
    let folder = folders.keys();
    let signer = |authority: &str, name: &str| Signer {
        certificate: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
        intermediate: folder.join(format!("{authority}-releases.pem")),
    };
    let keys = Keys {
        keyring: folder.join("ours.pem"),
        signer: signer("ours", "signer"),
        successor: signer("ours", "successor"),
        stranger: signer("theirs", "stranger"),
    };
    if !keys.stranger.certificate.exists() {
        std::fs::create_dir_all(&folder).map_err(|e| ImageError::File(folder.clone(), e))?;
        write(
            &folder.join("authority.ext"),
            "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n",
        )?;
        write(
            &folder.join("signer.ext"),
            "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning,emailProtection\n",
        )?;
        for authority in ["ours", "theirs"] {
            issue(&folder, authority, authority, "authority.ext")?;
            issue(&folder, authority, &format!("{authority}-releases"), "authority.ext")?;
        }
        issue(&folder, "ours-releases", "signer", "signer.ext")?;
        issue(&folder, "ours-releases", "successor", "signer.ext")?;
        issue(&folder, "theirs-releases", "stranger", "signer.ext")?;
    }
    Ok(keys)
}

/// A key, and its certificate by `issuer`: itself, where both are the same.
fn issue(folder: &Path, issuer: &str, name: &str, extensions: &str) -> Result<(), ImageError> {
    let openssl = || {
        let mut command = Command::new("openssl");
        command.current_dir(folder);
        command
    };
    let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
    output(openssl().args([
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        &key,
    ]))?;
    let subject = format!("/O=Yilin reference image/CN={name}");
    output(openssl().args(["req", "-new", "-key", &key, "-subj", &subject, "-out", &request]))?;
    let mut sign = openssl();
    sign.args([
        "x509",
        "-req",
        "-days",
        "3650",
        "-in",
        &request,
        "-out",
        &certificate,
        "-extfile",
        extensions,
    ]);
    if issuer == name {
        sign.args(["-signkey", &key]);
    } else {
        let (by, with) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        sign.args(["-CA", &by, "-CAkey", &with, "-CAcreateserial"]);
    }
    output(&mut sign)?;
    Ok(())
}
