//! A PDF of one picture (ISO 32000-1): the page as one grey image, compressed without loss.

use domain::terminal::Timestamp;
use image::GrayImage;
use miniz_oxide::deflate::compress_to_vec_zlib;

/// A4 in points (1/72 inch).
const PAGE: (u32, u32) = (595, 842);

/// The file: header, six objects, cross-reference table, trailer (7.5).
pub(super) fn one_page(picture: &GrayImage, number: &str, at: Timestamp) -> Vec<u8> {
    let (width, height) = PAGE;
    let content = format!("q {width} 0 0 {height} 0 0 cm /Page Do Q");
    let pixels = compress_to_vec_zlib(picture.as_raw(), 6);
    let image = format!(
        "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 \
         /Filter /FlateDecode",
        picture.width(),
        picture.height(),
    );
    let created = format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}{:+03}'00'",
        at.year(),
        at.month() as u8,
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.offset().whole_hours(),
    );
    let objects = [
        Object::Plain("/Type /Catalog /Pages 2 0 R".to_owned()),
        Object::Plain("/Type /Pages /Kids [3 0 R] /Count 1".to_owned()),
        Object::Plain(format!(
            "/Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << /XObject << /Page 5 0 R >> >> \
             /Contents 4 0 R"
        )),
        Object::Stream(String::new(), content.into_bytes()),
        Object::Stream(image, pixels),
        // The number is letters, digits and hyphens: nothing that a string of PDF would have to escape.
        Object::Plain(format!("/Title ({number}, demonstration without a seal) /CreationDate ({created})")),
    ];
    let mut file = b"%PDF-1.7\n%\xE5\xAE\x9C\xE9\n".to_vec();
    let mut offsets = Vec::new();
    for (nth, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", nth + 1).bytes());
        object.write(&mut file);
        file.extend(b"endobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let count = objects.len() + 1;
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
        let file = one_page(&picture, "ZM-1", datetime!(2026-11-24 10:24:00 +8));
        let text = String::from_utf8_lossy(&file);
        assert!(text.starts_with("%PDF-1.7\n") && text.ends_with("%%EOF\n"));
        let table = file.windows(6).position(|w| w == b"\nxref\n").unwrap() + 1;
        let start: usize =
            text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
        assert_eq!(start, table);
        let rows: Vec<&[u8]> = file[table..].split(|b| *b == b'\n').skip(3).take(6).collect();
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
