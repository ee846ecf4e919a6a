//! The other drivers: python-escpos in its own Python, and the crate escpos.

use super::pictures::CODE;
use domain::paper::document::GreyPicture;
use encoding_rs::GB18030;
use escpos::driver::Driver;
use escpos::errors::Result as EscposResult;
use escpos::printer::Printer;
use escpos::utils::{
    BitImageOption, BitImageSize, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) const PYTHON: &str = "python-escpos 3.1";
pub(crate) const CRATE: &str = "escpos 0.20.1";

/// One receipt made by another driver.
pub(crate) struct Sample {
    pub(crate) milliseconds: f64,
    pub(crate) bytes: f64,
}

#[derive(Deserialize)]
struct Told {
    samples: Vec<f64>,
    bytes: f64,
}

pub(crate) fn python_escpos(picture: &GreyPicture, lines: &[String], runs: usize) -> Vec<Sample> {
    let python = environment();
    let folder = tempfile::tempdir().unwrap();
    let (grey, words) = (folder.path().join("picture.grey"), folder.path().join("lines.txt"));
    std::fs::write(&grey, picture.pixels()).unwrap();
    std::fs::write(&words, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bench-receipt/anchors.py");
    let numbers =
        [picture.width().to_string(), picture.height().to_string(), CODE.to_owned(), runs.to_string()];
    let output = Command::new(python).arg(script).args(numbers).args([grey, words]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Told = serde_json::from_slice(&output.stdout).unwrap();
    told.samples.into_iter().map(|milliseconds| Sample { milliseconds, bytes: told.bytes }).collect()
}

/// A Python with python-escpos, made where it is not there yet.
fn environment() -> PathBuf {
    let folder = std::env::temp_dir().join("yilin-bench-python-escpos-3.1");
    let python = folder.join("bin/python");
    let has = |python: &Path| {
        let import = "import escpos, sys; sys.exit(escpos.__version__ != '3.1')";
        Command::new(python).args(["-c", import]).output().is_ok_and(|output| output.status.success())
    };
    if !has(&python) {
        let run = |command: &mut Command| {
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "python-escpos==3.1"]));
    }
    python
}

/// Bytes that would go to a printer.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> EscposResult<()> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> EscposResult<usize> {
        Ok(0)
    }

    fn flush(&self) -> EscposResult<()> {
        Ok(())
    }
}

pub(crate) fn crate_escpos(png: &[u8], lines: &[String]) -> Sample {
    let begun = Instant::now();
    let memory = Memory::default();
    let mut printer = Printer::new(memory.clone(), Protocol::default(), None);
    printer.init().unwrap();
    let whole = BitImageOption::new(None, None, BitImageSize::Normal).unwrap();
    printer.bit_image_from_bytes_option(png, whole).unwrap();
    // It has no Chinese of its own either.
    printer.custom(b"\x1c&").unwrap();
    for line in lines {
        let (bytes, _, _) = GB18030.encode(line);
        printer.custom(&bytes).unwrap().feed().unwrap();
    }
    printer.custom(b"\x1c.").unwrap();
    let code = QRCodeOption::new(QRCodeModel::Model2, 4, QRCodeCorrectionLevel::M);
    printer.qrcode_option(CODE, code).unwrap().print_cut().unwrap();
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    let bytes = u32::try_from(memory.0.lock().unwrap().len()).unwrap();
    assert!(bytes > 100_000, "{bytes} bytes");
    Sample { milliseconds, bytes: f64::from(bytes) }
}
