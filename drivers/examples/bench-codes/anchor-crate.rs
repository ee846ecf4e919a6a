//! Each decoder's plain pass over the pictures of a file (1280 × 720, grey, one after another) → a line of JSON with texts and
//! milliseconds. Each is told the two formats, as its own documentation says.

use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader};
use std::collections::HashSet;
use std::time::Instant;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

type Decoder = fn(&[u8]) -> Option<String>;

fn main() {
    let file = std::env::args().nth(1).expect("a file of pictures");
    let pictures = std::fs::read(file).expect("the file of pictures");
    for (name, decoder) in decoders() {
        let (mut texts, mut ms) = (Vec::new(), Vec::new());
        for picture in pictures.chunks_exact(WIDTH * HEIGHT) {
            let begun = Instant::now();
            texts.push(decoder(picture));
            ms.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        println!("{}", serde_json::json!({"decoder": name, "texts": texts, "ms": ms}));
    }
}

fn decoders() -> Vec<(&'static str, Decoder)> {
    let mut all: Vec<(&'static str, Decoder)> = vec![
        ("rxing 0.9.3", rxing),
        ("rqrr 0.11.0", rqrr),
        ("quircs 0.10.3", quircs),
        ("zedbar 0.7.0", zedbar),
    ];
    #[cfg(feature = "zxing-cpp")]
    all.push(("zxing-cpp 3.1.1", zxing));
    all
}

fn rxing(luma: &[u8]) -> Option<String> {
    let mut reader = MultiFormatReader::default();
    reader.set_hints(&DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE, BarcodeFormat::CODE_128])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        CharacterSet: Some("UTF-8".to_owned()),
        ..DecodeHints::default()
    });
    let source = Luma8Source::new_with_slice(luma, WIDTH as u32, HEIGHT as u32).ok()?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    Some(reader.decode_with_state(&mut bitmap).ok()?.getText().to_owned())
}

fn rqrr(luma: &[u8]) -> Option<String> {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(WIDTH, HEIGHT, |x, y| luma[y * WIDTH + x]);
    picture.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

fn quircs(luma: &[u8]) -> Option<String> {
    let mut quirc = quircs::Quirc::default();
    let data = quirc.identify(WIDTH, HEIGHT, luma).flatten().find_map(|code| code.decode().ok())?;
    String::from_utf8(data.payload).ok()
}

fn zedbar(luma: &[u8]) -> Option<String> {
    use zedbar::config::{Code128, QrCode};
    let config = zedbar::DecoderConfig::new().enable(QrCode).enable(Code128);
    let mut picture = zedbar::Image::from_gray(luma, WIDTH as u32, HEIGHT as u32).ok()?;
    let symbols = zedbar::Scanner::with_config(config).scan(&mut picture);
    symbols.into_iter().next().and_then(|symbol| symbol.data_string().map(str::to_owned))
}

#[cfg(feature = "zxing-cpp")]
fn zxing(luma: &[u8]) -> Option<String> {
    use zxingcpp::{BarcodeFormat, ImageFormat, ImageView};
    let view = ImageView::from_slice(luma, WIDTH, HEIGHT, ImageFormat::Lum).ok()?;
    let formats = [BarcodeFormat::QRCode, BarcodeFormat::Code128];
    zxingcpp::read().formats(&formats).from(view).ok()?.into_iter().next().map(|code| code.text())
}
