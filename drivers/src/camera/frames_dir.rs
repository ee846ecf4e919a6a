//! `frames:DIR`: pictures of a directory in name order, again and again, as if a camera delivered them.
//!
//! Duty: a camera for tests, demonstrations and technicians where none is. Never: write to the directory.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{ImageFormat, ImageReader};
use zeroize::Zeroizing;

use super::jpeg::{jpeg_pixels, limits};
use super::{Camera, CameraError, Frame, Pace, Pacer, PixelFormat, Size};
use crate::transport::PortAddress;

/// A picture file larger than this is refused before it is read, bytes.
const LARGEST_FILE: u64 = 32 << 20;
/// A directory of PNG and JPEG pictures as a [`Camera`].
#[derive(Debug)]
pub struct FramesDir {
    dir: PathBuf,
    files: Vec<PathBuf>,
    next: usize,
    pacer: Pacer,
}

impl FramesDir {
    /// Lists the directory once; files that are neither `.png` nor `.jpg` / `.jpeg` by name are left out.
    ///
    /// # Errors
    /// When the directory cannot be read or has no picture.
    pub fn open(dir: impl AsRef<Path>, pace: Pace) -> Result<Self, CameraError> {
        let dir = dir.as_ref();
        let refused = |reason, source| CameraError::Port { port: port_of(dir), reason, source };
        let entries = fs::read_dir(dir).map_err(|e| refused("the directory cannot be read", Some(e)))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| refused("the directory cannot be read", Some(e)))?.path();
            if format_of(&path).is_some() {
                files.push(path);
            }
        }
        if files.is_empty() {
            return Err(refused("the directory has no .png or .jpg picture", None));
        }
        files.sort();
        Ok(Self { dir: dir.to_owned(), files, next: 0, pacer: Pacer::new(pace) })
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>, CameraError> {
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => CameraError::NoDevice { port: port_of(&self.dir) },
            _ => CameraError::HardwareError { port: port_of(&self.dir), source: Some(source) },
        };
        let opened = File::open(file).map_err(failed)?;
        let length = opened.metadata().map_err(failed)?.len();
        if length > LARGEST_FILE {
            return Err(CameraError::Picture { file: file.to_owned(), source: None });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        opened.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

impl Camera for FramesDir {
    /// A file that is no whole picture is reported once; the next call goes on with the one after it.
    fn frame(&mut self, deadline: Instant) -> Result<Frame, CameraError> {
        let (sequence, taken_at) = self.pacer.next(Duration::ZERO, deadline)?;
        let file = self.files[self.next].clone();
        self.next = (self.next + 1) % self.files.len();
        let bytes = Zeroizing::new(self.read(&file)?);
        let (size, pixels) =
            decode(&file, &bytes).map_err(|source| CameraError::Picture { file: file.clone(), source })?;
        Ok(Frame::new(size, PixelFormat::Rgb, sequence, taken_at, pixels)?)
    }
}

/// The pixels of a picture file, or what its decoder said.
fn decode(file: &Path, bytes: &[u8]) -> Result<(Size, Vec<u8>), Option<image::ImageError>> {
    let format = format_of(file).ok_or(None)?;
    if format == ImageFormat::Jpeg {
        return jpeg_pixels(bytes);
    }
    let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), format);
    reader.limits(limits());
    let picture = reader.decode()?.into_rgb8();
    let size = Size::new(picture.width(), picture.height());
    Ok((size, picture.into_raw()))
}

fn format_of(path: &Path) -> Option<ImageFormat> {
    let extension = path.extension()?.to_str()?;
    if extension.eq_ignore_ascii_case("png") {
        Some(ImageFormat::Png)
    } else if extension.eq_ignore_ascii_case("jpg") || extension.eq_ignore_ascii_case("jpeg") {
        Some(ImageFormat::Jpeg)
    } else {
        None
    }
}

fn port_of(dir: &Path) -> String {
    PortAddress::Frames { dir: dir.to_owned() }.to_string()
}
