//! Expected bytes are typed from the reference page "receipt printer" and Epson's command reference.

use super::*;
use domain::paper::document::PaperBlock;
use domain::personal::Personal;
use proptest::prelude::*;

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Bold.otf");

fn encode(document: &PaperDocument, profile: &str) -> Result<PrintJob, DocumentError> {
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    PrintJob::encode(document, &PrinterProfile::built_in(profile).unwrap(), &fonts, *b"A017")
}

fn bytes(document: &PaperDocument, profile: &str) -> Vec<u8> {
    encode(document, profile).unwrap().chunks.iter().flat_map(|c| c.bytes.iter().copied()).collect()
}

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|h| u8::from_str_radix(h, 16).unwrap()).collect()
}

/// Initialise, automatic status on, motion units of a dot.
const BEGIN_EPSON: &str = "1b 40 1d 61 0e 1d 50 cb cb";
/// The same for a printer that counts dots anyhow.
const BEGIN_CLONE: &str = "1b 40 1d 61 0e";

fn check(document: PaperDocument, profile: &str, expected: &[&str]) {
    let got = bytes(&document, profile);
    let expected = hex(&expected.join(" "));
    assert_eq!(got, expected, "\n got {got:02x?}\nwant {expected:02x?}");
}

#[test]
fn text_in_the_printers_own_font() {
    check(
        PaperDocument::new().paragraph("A中¥5"),
        "epson_80",
        // Pitch of 32 dots, Chinese on, text, line feed, Chinese off.
        &[BEGIN_EPSON, "1b 33 20", "1c 26", "41 d6 d0 a3 a4 35 0a", "1c 2e"],
    );
    check(PaperDocument::new().paragraph("ok"), "clone_58", &[BEGIN_CLONE, "1b 33 20", "6f 6b 0a"]);
}

#[test]
fn each_setting_is_said_once() {
    check(
        PaperDocument::new().headline("中").headline("中").paragraph("a").paragraph("b"),
        "epson_80",
        &[
            BEGIN_EPSON,
            // Centre, double width and height, bold, pitch of 60 dots.
            "1b 61 01 1d 21 11 1b 45 01 1b 33 3c 1c 26 d6 d0 0a d6 d0 0a",
            "1b 61 00 1d 21 00 1b 45 00 1b 33 20 61 0a 62 0a",
            "1c 2e",
        ],
    );
}

#[test]
fn a_pair_fills_the_line_with_blanks() {
    let blanks = vec!["20"; 48 - 2 - 3].join(" ");
    check(
        PaperDocument::new().pair("ab", "xyz"),
        "epson_80",
        &[BEGIN_EPSON, "1b 33 20", "61 62", &blanks, "78 79 7a 0a"],
    );
}

#[test]
fn a_rule_is_strokes_of_double_width() {
    // A9A4 is ─; 48 half-width columns are 12 strokes of 4.
    let strokes = ["a9 a4"; 12].join(" ");
    check(
        PaperDocument::new().rule().paragraph("a"),
        "clone_80",
        &[BEGIN_CLONE, "1d 21 10 1b 33 20 1c 26", &strokes, "0a", "1d 21 00 61 0a 1c 2e"],
    );
    let strokes = ["a9 a4"; 8].join(" ");
    check(
        PaperDocument::new().rule(),
        "clone_58",
        &[BEGIN_CLONE, "1d 21 10 1b 33 20 1c 26", &strokes, "0a", "1c 2e"],
    );
}

#[test]
fn a_printer_that_tells_nothing_by_itself_is_not_asked_to() {
    check(PaperDocument::new().paragraph("ok"), "custom_vkp80", &["1b 40 1d 50 cb cb 1b 33 20 6f 6b 0a"]);
}

#[test]
fn empty_lines_are_feeds() {
    check(
        PaperDocument::new().paragraph("a").space(2).paragraph("").space(6).paragraph("b"),
        "epson_80",
        // 9 lines of 32 dots are 288.
        &[BEGIN_EPSON, "1b 33 20", "61 0a", "1b 4a ff 1b 4a 21", "62 0a"],
    );
}

#[test]
fn a_native_code() {
    // Version 1, 21 modules: 29 with its quiet zone, at 6 dots 174.
    check(
        PaperDocument::new().qr("WH1", ""),
        "epson_80",
        &[
            BEGIN_EPSON,
            "1b 4a 18 1b 61 01",
            "1d 28 6b 04 00 31 41 32 00",
            "1d 28 6b 03 00 31 43 06",
            "1d 28 6b 03 00 31 45 31",
            "1d 28 6b 06 00 31 50 30 57 48 31",
            "1d 28 6b 03 00 31 51 30",
            "1b 4a 18",
        ],
    );
}

#[test]
fn a_code_as_doubled_dots() {
    let got = bytes(&PaperDocument::new().qr("WH1", ""), "clone_58");
    // 21 modules of 3 dots are 63, 8 bytes a row, 63 rows, doubled by the printer to 6 dots a module.
    let head = hex(&format!("{BEGIN_CLONE} 1b 4a 18 1b 61 01 1d 76 30 03 08 00 3f 00"));
    assert!(got.starts_with(&head), "{got:02x?}");
    // The finder pattern's upper edge is 7 modules, 21 dots, black.
    assert_eq!(got[head.len()..head.len() + 3], [0xFF, 0xFF, 0xF8]);
    assert_eq!(got.len(), head.len() + 63 * 8 + 3);
}

#[test]
fn a_line_with_a_character_that_the_printer_lacks_is_dots() {
    for (profile, text, is_text) in [
        ("epson_80", "王测试䶮", false),
        ("epson_80", "赵𠅤", false),
        ("epson_80", "王测试", true),
        ("clone_80", "朱镕", false),
        ("epson_80", "朱镕", true),
        ("epson_80", "Müller", false),
    ] {
        let got = bytes(&PaperDocument::new().paragraph(text), profile);
        let has_dots = got.windows(4).any(|w| w == [0x1D, b'v', b'0', 0]);
        assert_eq!(has_dots, !is_text, "{text} on {profile}");
        assert_eq!(got.contains(&b'\n'), is_text, "{text} on {profile}: {got:02x?}");
    }
}

#[test]
fn cut_and_proof() {
    let cases = [
        ("epson_80", "1d 56 42 20", "1d 28 48 06 00 30 30 41 30 31 37"),
        ("clone_80", "1d 56 42 20", "1d 72 01"),
        ("clone_58", "1b 4a 90", "1d 72 01"),
        ("seiko_80", "1d 56 41 20", "1d 72 01"),
        // Fed to the cutter, then cut: 1B 69 (reference page, "Kiosk models").
        ("custom_vkp80", "1b 4a 70 1b 69", "1d 72 01"),
    ];
    for (profile, cut, proof) in cases {
        let job = encode(&PaperDocument::new().paragraph("a"), profile).unwrap();
        assert_eq!((job.cut, job.proof), (hex(cut), hex(proof)), "{profile}");
    }
}

#[test]
fn what_cannot_be_printed_is_refused() {
    let error = |document: PaperDocument, profile| encode(&document, profile).unwrap_err();
    assert_eq!(error(PaperDocument::new(), "epson_80"), DocumentError::Empty);
    assert_eq!(
        error(PaperDocument::new().qr("z".repeat(3000), ""), "epson_80"),
        DocumentError::QrTooMuch { bytes: 3000 }
    );
    // 700 bytes need version 21 at level M: 101 modules.
    assert_eq!(
        error(PaperDocument::new().qr("z".repeat(700), ""), "epson_58"),
        DocumentError::QrTooWide { modules: 101, dots: 384 }
    );
}

#[test]
fn a_receipt_of_twelve_lines_with_a_code_is_small() {
    let receipt = PaperDocument::new()
        .title("收件凭证")
        .centred("已收件，尚未受理")
        .rule()
        .centred("申请编号")
        .headline("340202-20260331-000123")
        .rule()
        .pair("事项", "城乡居民养老保险待遇资格认证")
        .pair("申请人", "张示例")
        .pair("证件号码", "9900************15")
        .pair("收件时间", "2026-03-31 10:24")
        .rule()
        .paragraph("下一步：镜湖区人社局会在五个工作日内审核，结果发短信。")
        .pair("咨询", "0553-12345")
        .qr("https://example.invalid/v?n=340202-20260331-000123&t=1774924440&s=R", "扫码查进度")
        .centred("示例社区 · 终端 WH-0001");
    // Limits: 2 kB with ROM text; a line that must be drawn adds its dots.
    for (profile, name, most) in [
        ("epson_80", "张示例", 800),
        ("epson_80", "王测试䶮", 2500),
        ("clone_80", "张示例", 2000),
        ("clone_58", "张示例", 2000),
    ] {
        let mut paper = receipt.clone();
        paper.blocks.push(PaperBlock::Pair { label: "申请人".into(), value: Personal::new(name) });
        let job = encode(&paper, profile).unwrap();
        assert!(job.len() <= most, "{profile}, {name}: {} bytes", job.len());
    }
}

#[test]
fn chunks_end_between_commands_and_tell_their_rows() {
    let picture = GreyPicture::new(576, 300, (0..576 * 300).map(|i| (i % 251) as u8).collect()).unwrap();
    let document = PaperDocument::new().paragraph("a").block(PaperBlock::Picture(picture));
    let job = encode(&document, "epson_80").unwrap();
    assert!(job.chunks.len() > 4);
    let mut rows = 0;
    for chunk in &job.chunks {
        assert!(chunk.bytes.len() <= 4096, "{}", chunk.bytes.len());
        assert!(matches!(chunk.bytes[0], 0x1B | 0x1D), "{:02x?}", &chunk.bytes[..4]);
        assert!(chunk.rows_until_end > rows);
        rows = chunk.rows_until_end;
    }
    assert_eq!((rows, job.rows), (332, 332));
}

/// Whatever stands on a paper, no byte of it is a real-time command.
fn looks_like_a_command(job: &PrintJob) -> bool {
    let all: Vec<u8> = job.chunks.iter().flat_map(|c| c.bytes.iter().copied()).collect();
    all.windows(2).any(|w| w[0] == 0x10 && matches!(w[1], 0x04 | 0x05 | 0x14))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_paper_holds_a_real_time_command_and_all_ways_are_as_long(
        lines in proptest::collection::vec("[ -~一-鿿㐀-䶵。，《》䶮\u{10}\u{4}\u{5}\u{14}]{0,60}", 1..6),
        payload in "[ -~\u{10}\u{4}\u{5}\u{14}]{1,60}",
        pixels in proptest::collection::vec(any::<u8>(), 64 * 40),
        profile in prop_oneof![Just("epson_80"), Just("clone_58")],
    ) {
        let mut document = PaperDocument::new().qr(payload, "").rule();
        for line in lines {
            document = document.paragraph(line.as_str()).pair("值", line);
        }
        let document = document.block(PaperBlock::Picture(GreyPicture::new(64, 40, pixels).unwrap()));
        let job = encode(&document, profile).unwrap();
        prop_assert!(!looks_like_a_command(&job));
        let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
        let dots = PrinterProfile::built_in(profile).unwrap().dots;
        let picture = super::super::painter::paint(&document, dots, &fonts).unwrap();
        prop_assert_eq!(picture.height(), job.rows as usize);
    }
}
