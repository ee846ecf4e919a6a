//! The same receipt by the crate escpos: code, number of runs, picture, lines → samples in milliseconds, and bytes.

use encoding_rs::GB18030;
use escpos::driver::Driver;
use escpos::errors::Result as EscposResult;
use escpos::printer::Printer;
use escpos::utils::{
    BitImageOption, BitImageSize, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};
use std::sync::{Arc, Mutex};
use std::time::Instant;

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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [code, runs, png, lines] = arguments.as_slice() else { panic!("code, runs, picture, lines") };
    let runs: usize = runs.parse().unwrap();
    let (png, lines) = (std::fs::read(png).unwrap(), std::fs::read_to_string(lines).unwrap());
    let lines: Vec<&str> = lines.lines().collect();
    let (mut samples, mut bytes) = (Vec::new(), 0);
    for run in 0..=runs {
        let begun = Instant::now();
        let output = receipt(&png, &lines, code);
        // The first run also loads what a program loads once.
        if run > 0 {
            samples.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        bytes = output.0.lock().unwrap().len();
    }
    println!("{{\"samples\":{samples:?},\"bytes\":{bytes}}}");
}

fn receipt(png: &[u8], lines: &[&str], code: &str) -> Memory {
    let memory = Memory::default();
    let mut printer = Printer::new(memory.clone(), Protocol::default(), None);
    printer.init().unwrap();
    let whole = BitImageOption::new(None, None, BitImageSize::Normal).unwrap();
    printer.bit_image_from_bytes_option(png, whole).unwrap();
    // It has no Chinese of its own: FS & and the bytes of GB 18030 are what its users send by hand.
    printer.custom(b"\x1c&").unwrap();
    for line in lines {
        let (bytes, _, _) = GB18030.encode(line);
        printer.custom(&bytes).unwrap().feed().unwrap();
    }
    printer.custom(b"\x1c.").unwrap();
    let option = QRCodeOption::new(QRCodeModel::Model2, 4, QRCodeCorrectionLevel::M);
    printer.qrcode_option(code, option).unwrap().print_cut().unwrap();
    memory
}
