//! A PDF of one picture (ISO 32000-2): the page as one grey image, compressed without loss, and the place of a seal.

use crate::sim::store::hex;
use domain::terminal::Timestamp;
use image::GrayImage;
use miniz_oxide::deflate::compress_to_vec_zlib;

/// A4 in points (1/72 inch).
const PAGE: (u32, u32) = (595, 842);

/// How many bytes a signature may have: its place is twice as many digits.
const HOLE: usize = 4096;
/// The digits of a number of `ByteRange`: its place has to stay as long as it is.
const DIGITS: usize = 10;

/// A file with a place for a signature (ISO 32000-2, 12.8.1).
pub(super) struct Unsigned {
    file: Vec<u8>,
    /// Where the string of `Contents` begins, with its bracket.
    before: usize,
}

impl Unsigned {
    /// What is signed: all before the place, and all after it.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.file[..self.before], &self.file[self.before + HOLE * 2 + 2..]]
    }

    /// The file with this signature in its place.
    pub(super) fn signed(mut self, signature: &[u8]) -> Vec<u8> {
        let digits = hex(signature);
        self.file[self.before + 1..][..digits.len()].copy_from_slice(digits.as_bytes());
        self.file
    }
}

/// The page as a file without a seal.
pub(super) fn plain(picture: &GrayImage, number: &str, at: Timestamp) -> Vec<u8> {
    let (mut objects, info) = page(picture, number, at, "");
    objects.insert(0, Object::Plain("/Type /Catalog /Pages 2 0 R".to_owned()));
    objects.push(info);
    written(&objects)
}

/// The page with the mark of a seal, whose signature is to be put in.
pub(super) fn unsigned(picture: &GrayImage, number: &str, at: Timestamp) -> Unsigned {
    let (mut objects, info) = page(picture, number, at, "/Annots [7 0 R] ");
    objects.insert(
        0,
        Object::Plain("/Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 >>".to_owned()),
    );
    objects.push(info);
    let (left, bottom, size) = MARK;
    objects.push(Object::Plain(format!(
        "/Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 132 /P 3 0 R /V 8 0 R \
         /Rect [{left} {bottom} {} {}] /AP << /N 9 0 R >>",
        left + size,
        bottom + size,
    )));
    let nought = "0".repeat(DIGITS);
    objects.push(Object::Plain(format!(
        "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ({}) \
         /ByteRange [0 {nought} {nought} {nought}] /Contents <{}>",
        date(at),
        "0".repeat(HOLE * 2),
    )));
    let form = format!("/Type /XObject /Subtype /Form /BBox [0 0 {size} {size}] /Resources << >>");
    objects.push(Object::Stream(form, mark(size).into_bytes()));
    let mut file = written(&objects);
    let find = |what: &[u8]| file.windows(what.len()).position(|w| w == what).unwrap_or_default();
    let range = find(b"/ByteRange [") + "/ByteRange [".len();
    let before = find(b"/Contents <0") + "/Contents ".len();
    let after = before + HOLE * 2 + 2;
    let text = format!("0 {before:0DIGITS$} {after:0DIGITS$} {:0DIGITS$}", file.len() - after);
    file[range..range + text.len()].copy_from_slice(text.as_bytes());
    Unsigned { file, before }
}

/// Where the seal's mark stands, in points: left, bottom, size.
const MARK: (u32, u32, u32) = (350, 150, 110);

/// A ring and a star of five points, as seals have them.
fn mark(size: u32) -> String {
    let half = f64::from(size) / 2.0;
    let radius = half - 3.0;
    // Four curves that are a circle but for a part in a thousand.
    let reach = radius * 0.5523;
    let mut text = format!("1 0 0 RG 1 0 0 rg 3 w {:.2} {half:.2} m\n", half + radius);
    for turn in 0..4_u32 {
        let (sin, cos) = (f64::from(turn) * std::f64::consts::FRAC_PI_2).sin_cos();
        let at = |x: f64, y: f64| format!("{:.2} {:.2} ", half + x * cos - y * sin, half + x * sin + y * cos);
        let curve = [at(radius, reach), at(reach, radius), at(0.0, radius)].concat();
        text.push_str(&format!("{curve}c\n"));
    }
    text.push_str("s\n");
    for point in 0..5_u32 {
        let (sin, cos) =
            (std::f64::consts::FRAC_PI_2 + f64::from(point) * 0.8 * std::f64::consts::PI).sin_cos();
        let verb = if point == 0 { "m" } else { "l" };
        text.push_str(&format!("{:.2} {:.2} {verb}\n", half + 18.0 * cos, half + 18.0 * sin));
    }
    text + "f\n"
}

/// Objects 2 to 5, and 6, which tells of the file: pages, page, its content, its picture.
fn page(picture: &GrayImage, number: &str, at: Timestamp, more: &str) -> (Vec<Object>, Object) {
    let (width, height) = PAGE;
    let content = format!("q {width} 0 0 {height} 0 0 cm /Page Do Q");
    let pixels = compress_to_vec_zlib(picture.as_raw(), 6);
    let image = format!(
        "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 \
         /Filter /FlateDecode",
        picture.width(),
        picture.height(),
    );
    let objects = vec![
        Object::Plain("/Type /Pages /Kids [3 0 R] /Count 1".to_owned()),
        Object::Plain(format!(
            "/Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << /XObject << /Page 5 0 R >> >> \
             {more}/Contents 4 0 R"
        )),
        Object::Stream(String::new(), content.into_bytes()),
        Object::Stream(image, pixels),
    ];
    // The number is letters, digits and hyphens: nothing that a string of PDF would have to escape.
    let info = format!("/Title ({number}, demonstration) /CreationDate ({})", date(at));
    (objects, Object::Plain(info))
}

/// 7.9.4
fn date(at: Timestamp) -> String {
    format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}{:+03}'00'",
        at.year(),
        at.month() as u8,
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.offset().whole_hours(),
    )
}

/// Header, objects, cross-reference table, trailer (7.5): the first is the catalogue, the sixth tells of the file.
fn written(objects: &[Object]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xE5\xAE\x9C\xE9\n".to_vec();
    let mut offsets = Vec::new();
    for (nth, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", nth + 1).bytes());
        object.write(&mut file);
        file.extend(b"endobj\n");
    }
    let table = file.len();
    let count = objects.len() + 1;
    file.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(
        format!("trailer\n<< /Size {count} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes(),
    );
    file
}

enum Object {
    /// The entries of a dictionary.
    Plain(String),
    /// The entries besides the length, and the bytes.
    Stream(String, Vec<u8>),
}

impl Object {
    fn write(&self, file: &mut Vec<u8>) {
        match self {
            Self::Plain(entries) => file.extend(format!("<< {entries} >>\n").bytes()),
            Self::Stream(entries, bytes) => {
                file.extend(format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).bytes());
                file.extend(bytes);
                file.extend(b"\nendstream\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;
    use time::macros::datetime;

    #[test]
    fn every_offset_of_the_table_is_that_of_its_object() {
        let picture = GrayImage::from_pixel(4, 4, Luma([128]));
        let at = datetime!(2026-11-24 10:24:00 +8);
        check(&plain(&picture, "ZM-1", at), 6);
        check(&unsigned(&picture, "ZM-1", at).file, 9);
    }

    fn check(file: &[u8], objects: usize) {
        let text = String::from_utf8_lossy(file);
        assert!(text.starts_with("%PDF-1.7\n") && text.ends_with("%%EOF\n"));
        let table = file.windows(6).position(|w| w == b"\nxref\n").unwrap() + 1;
        let start: usize =
            text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
        assert_eq!(start, table);
        let rows: Vec<&[u8]> = file[table..].split(|b| *b == b'\n').skip(3).take(objects).collect();
        for (nth, row) in rows.iter().enumerate() {
            let offset: usize = std::str::from_utf8(&row[..10]).unwrap().parse().unwrap();
            assert!(
                file[offset..].starts_with(format!("{} 0 obj\n", nth + 1).as_bytes()),
                "object {}",
                nth + 1
            );
        }
    }
}
