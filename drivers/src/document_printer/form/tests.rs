use super::*;
use domain::paper::document::{Align, TextSize, Weight};
use time::macros::datetime;

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Bold.otf");
const PROPERTIES: FormProperties<'_> =
    FormProperties { title: "Test form", language: "zh-CN", created: datetime!(2026-11-27 09:30:00 +8) };

fn paper() -> PaperDocument {
    PaperDocument::new()
        .title("收件凭证")
        .headline("已收件")
        .rule()
        .pair("申请人", "王测试䶮")
        .paragraph("Received on 2026-11-27, 09:30. 一个没有的字：\u{10FFFD}。")
        .qr("YILIN:0123456789", "扫码查进度")
}

#[test]
fn a_form_is_a_document_of_as_many_pages_as_it_has_pictures() {
    let fonts = FormFonts::new(REGULAR, BOLD).unwrap();
    for (lines, pages) in [(0, 1), (30, 2), (120, 4)] {
        let long = (0..lines).fold(paper(), |paper, n| paper.paragraph(format!("第 {n} 行")));
        with_form(&long, &fonts, |form| {
            let document = form.pdf(&PROPERTIES)?;
            assert_eq!(document.pages(), Some(pages), "{lines}");
            let pictures = form.pictures();
            assert_eq!(pictures.len(), usize::try_from(pages).unwrap());
            for picture in pictures {
                assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
                let ink = |x: std::ops::Range<usize>| {
                    x.flat_map(|x| (0..HEIGHT).map(move |y| (x, y)))
                        .any(|(x, y)| picture.pixels()[y * WIDTH + x] < 128)
                };
                assert!(ink(LEFT..WIDTH - LEFT) && !ink(0..LEFT - 2) && !ink(WIDTH - LEFT + 2..WIDTH));
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn the_same_paper_is_the_same_file() {
    let fonts = FormFonts::new(REGULAR, BOLD).unwrap();
    let file = || with_form(&paper(), &fonts, |form| form.pdf(&PROPERTIES)).unwrap();
    let (one, other) = (file(), file());
    assert!(one.bytes() == other.bytes());
    // Both weights are embedded as far as they are used: the whole typeface has 15 MB.
    assert!(one.bytes().len() < 100_000, "{}", one.bytes().len());
}

#[test]
fn what_a_form_has_not_is_refused_by_name() {
    let fonts = FormFonts::new(REGULAR, BOLD).unwrap();
    let grey = GreyPicture::new(1, 1, vec![0]).unwrap();
    let picture = PaperDocument::new().block(domain::paper::document::PaperBlock::Picture(grey));
    let check = |paper: &PaperDocument, message: &str| {
        let error = with_form(paper, &fonts, |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    check(&picture, "a picture is not drawn on an A4 form");
    check(&PaperDocument::new().qr("x".repeat(5000), ""), "a QR code has too much in it");
    assert!(matches!(FormFonts::new(b"no font", BOLD), Err(FormError::Font)));
    let empty = with_form(&PaperDocument::new(), &fonts, |form| form.pdf(&PROPERTIES)).unwrap();
    assert_eq!(empty.pages(), Some(1));
    let large = PaperDocument::new().text(
        domain::personal::Personal::new("大"),
        TextSize::Title,
        Align::Right,
        Weight::Regular,
    );
    assert!(with_form(&large, &fonts, |form| form.pdf(&PROPERTIES)).is_ok());
}
