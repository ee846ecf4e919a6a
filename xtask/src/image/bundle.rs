//! The bundle that RAUC installs: a boot slot and a root, signed.

use super::keys::{self, Keys, Signer};
use super::{Folders, ImageError, Options, copy, emptied, write};
use crate::program::{has, output};
use crate::say;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What RAUC compares with the image's system.conf.
pub(crate) const COMPATIBLE: &str = "yilin-qemu-x86_64";

/// Signs the image.
pub(super) fn make(folders: &Folders, options: &Options, keys: &Keys) -> Result<PathBuf, ImageError> {
    let input = folders.made("work")?.join("bundle");
    emptied(&input)?;
    for name in ["boot.img", "root.img"] {
        let (from, to) = (folders.out.join(name), input.join(name));
        std::fs::hard_link(&from, &to).map_err(|e| ImageError::File(to, e))?;
    }
    let bundle = folders.out.join(format!("yilin-{}.raucb", options.version));
    let signer = if options.next_signer { &keys.successor } else { &keys.signer };
    sign(&input, &options.version, signer, &bundle)?;
    Ok(bundle)
}

fn sign(input: &Path, version: &str, signer: &Signer, bundle: &Path) -> Result<(), ImageError> {
    let manifest = format!(
        "[update]\ncompatible={COMPATIBLE}\nversion={version}\n\n[bundle]\nformat=verity\n\n\
         [image.boot]\nfilename=boot.img\nadaptive=block-hash-index\n\n[image.rootfs]\nfilename=root.img\nadaptive=block-hash-index\n"
    );
    write(&input.join("manifest.raucm"), manifest)?;
    let _old = std::fs::remove_file(bundle);
    let mut rauc = Command::new("rauc");
    rauc.arg(format!("--cert={}", signer.certificate.display()));
    rauc.arg(format!("--key={}", signer.key.display()));
    rauc.arg(format!("--intermediate={}", signer.intermediate.display()));
    output(rauc.arg("bundle").args([input, bundle]))?;
    Ok(())
}

/// Makes small bundles, and sees that RAUC takes ours whole and none of the forgeries.
pub(super) fn check(folders: &Folders) -> Result<(), ImageError> {
    for program in ["rauc", "openssl", "mksquashfs"] {
        if !has(program, "bundles")? {
            return Ok(());
        }
    }
    let keys = keys::kept(folders)?;
    let folder = folders.shared.join("check-bundle");
    emptied(&folder)?;
    let input = folder.join("input");
    std::fs::create_dir_all(&input).map_err(|e| ImageError::File(input.clone(), e))?;
    // Blocks that differ, so that none of them is left out as an empty one.
    let blocks: Vec<u8> = (0_u32..65_536).flat_map(u32::to_le_bytes).collect();
    write(&input.join("boot.img"), &blocks)?;
    write(&input.join("root.img"), &blocks)?;

    for (signer, name) in [(&keys.signer, "ours"), (&keys.successor, "the next signer's")] {
        let bundle = folder.join("good.raucb");
        sign(&input, "2", signer, &bundle)?;
        let taken = take(&keys.keyring, &bundle, &folder.join("taken"))?;
        let same = taken && std::fs::read(folder.join("taken/root.img")).is_ok_and(|bytes| bytes == blocks);
        if !same {
            return Err(ImageError::Absent(bundle, "image that RAUC takes"));
        }
        say(&format!("{name}: taken, every byte the same"));
    }

    let bundle = folder.join("good.raucb");
    let refused =
        |forged: &Path, what: &'static str| match take(&keys.keyring, forged, &folder.join("taken"))? {
            true => Err(ImageError::Taken(what)),
            false => {
                say(&format!("{what}: refused"));
                Ok(())
            }
        };
    let stranger = folder.join("stranger.raucb");
    sign(&input, "2", &keys.stranger, &stranger)?;
    refused(&stranger, "a stranger's bundle")?;
    let size = std::fs::metadata(&bundle).map_err(|e| ImageError::File(bundle.clone(), e))?.len();
    let places = [
        (size / 2, "a bundle with another byte in an image"),
        (size - 200, "a bundle with another byte in its signature"),
    ];
    for (place, what) in places {
        let forged = folder.join("forged.raucb");
        copy(&bundle, &forged)?;
        flip(&forged, place).map_err(|e| ImageError::File(forged.clone(), e))?;
        refused(&forged, what)?;
    }
    Ok(())
}

/// Whether RAUC unpacks a bundle: `rauc info` alone looks at no byte of the images.
fn take(keyring: &Path, bundle: &Path, to: &Path) -> Result<bool, ImageError> {
    let _old = std::fs::remove_dir_all(to);
    let mut rauc = Command::new("rauc");
    rauc.arg(format!("--keyring={}", keyring.display())).arg("extract").args([bundle, to]);
    match output(&mut rauc) {
        Ok(_) => Ok(true),
        Err(crate::program::ProgramError::Failed(..)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn flip(path: &Path, place: u64) -> std::io::Result<()> {
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
    let mut byte = [0];
    file.read_exact_at(&mut byte, place)?;
    file.write_all_at(&[byte[0] ^ 1], place)
}
