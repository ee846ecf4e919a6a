//! The photo decoder: whether it starts and ends as agreed. It is given no person's photo.

use std::time::{Duration, Instant};

use domain::device::TerminalDevice;

use super::{TestReport, Trial};
use crate::id_card_reader::{DecodedPhoto, PhotoDecoder, blank_photo};

/// A decoder is done within this.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tests a decoder with a photo of nobody: a portrait is as good an answer as a refusal.
pub fn photo_decoder(decoder: &mut dyn PhotoDecoder) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::PhotoDecoder);
    let blank = blank_photo();
    match trial.step("decode", || decoder.decode(&blank, Instant::now() + PATIENCE)) {
        Ok(decoded) => {
            let said = match decoded {
                DecodedPhoto::Portrait(_) => "a portrait",
                DecodedPhoto::NotDecodable => "not decodable",
                DecodedPhoto::NoDecoder => "no decoder",
            };
            trial.end(None, Some(format!("a photo of nobody: {said}")))
        }
        Err(error) => trial.failed(error.cause(), &error),
    }
}
