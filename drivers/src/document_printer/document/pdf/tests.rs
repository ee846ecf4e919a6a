use super::*;

/// A file of objects, and a trailer; offsets are not written right, since nothing here follows them.
fn file(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut text = "%PDF-1.7\n%\u{e4}\u{f6}\n".to_owned();
    for (nth, object) in objects.iter().enumerate() {
        text.push_str(&format!("{} 0 obj\n{object}\nendobj\n", nth + 1));
    }
    text.push_str(&format!(
        "xref\n0 1\n0000000000 65535 f \ntrailer\n<< {trailer} >>\nstartxref\n0\n%%EOF\n"
    ));
    text.into_bytes()
}

const CATALOG: &str = "<< /Type /Catalog /Pages 2 0 R >>";
const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.3 842] >>";

fn with(object: &str) -> Vec<u8> {
    file(&[CATALOG, PAGES, PAGE, object], "/Root 1 0 R")
}

fn check(bytes: &[u8], want: Result<u32, &str>) {
    let got = pages(bytes).map_err(|error| error.to_string());
    let same = match (&got, want) {
        (Ok(count), Ok(pages)) => *count == pages,
        (Err(message), Err(part)) => message.contains(part),
        _ => false,
    };
    assert!(same, "{got:?} and not {want:?}: {}", String::from_utf8_lossy(bytes));
}

#[test]
fn pages_are_counted() {
    check(&with("(a \\) string (with) brackets)"), Ok(1));
    check(&with("<< /Length 5 >> stream\nendst\nendstream"), Ok(1));
    check(&with("<< /Length 9 0 R >> stream\r\nabcde\nendstream"), Ok(1));
    let nested = [
        CATALOG,
        "<< /Type /Pages /Kids [3 0 R 4 0 R] >>",
        PAGE,
        "<< /Type /Pages /Kids [5 0 R 6 0 R] >>",
        PAGE,
        PAGE,
    ];
    check(&file(&nested, "/Root 1 0 R"), Ok(3));
    check(&with("<</S/URI/URI(https://example.org)>>"), Ok(1));
}

#[test]
fn a_later_object_replaces_an_earlier() {
    let mut bytes = with("null");
    bytes.extend(b"2 0 obj << /Type /Pages /Kids [3 0 R 5 0 R] >> endobj 5 0 obj << /Type /Page >> endobj\n");
    bytes.extend(b"trailer << /Root 1 0 R /Prev 9 >>\n%%EOF");
    check(&bytes, Ok(2));
}

#[test]
fn objects_in_a_stream_count_too() {
    let objects = "1 0 2 34 3 76 << /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [3 0 R] /Count 1 >> << /Type /Page >>";
    let first = objects.find("<<").unwrap();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(objects.as_bytes(), 6);
    let stream = |what: &str, content: &[u8]| {
        let head = format!(
            "%PDF-1.5\n7 0 obj << /Type /ObjStm /N 3 /First {first} /Length {} {what} >> stream\n",
            content.len()
        );
        let tail =
            b"\nendstream endobj 8 0 obj << /Type /XRef /Root 1 0 R /Length 1 >> stream\n0\nendstream endobj";
        [head.as_bytes(), content, tail].concat()
    };
    check(&stream("", objects.as_bytes()), Ok(1));
    check(&stream("/Filter /FlateDecode", &packed), Ok(1));
    check(&stream("/Filter [ /FlateDecode ]", &packed), Ok(1));
    check(&stream("/Filter /FlateDecode", &packed[..packed.len() / 2]), Err("does not unpack"));
    check(&stream("/Filter [/FlateDecode /FlateDecode]", &packed), Err("another filter"));
    let acting = objects.replace("/Kids", "/S /Launch /Kids");
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(acting.as_bytes(), 6);
    check(&stream("/Filter /FlateDecode", &packed), Err("a launch action"));
    // A hundred thousand entries that all name one long string.
    let index = "9 0 ".repeat(100_000);
    let again = format!("{index}({})", "x".repeat(1_000_000));
    let head = format!(
        "%PDF-1.5\n7 0 obj << /Type /ObjStm /First {} /Length {} >> stream\n",
        index.len(),
        again.len()
    );
    let began = std::time::Instant::now();
    check(&[head.as_bytes(), again.as_bytes(), b"\nendstream endobj"].concat(), Err("names too much"));
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; UNPACKED + 1], 9);
    check(&stream("/Filter /FlateDecode", &bomb), Err("to too much"));
}

#[test]
fn what_acts_or_hides_is_refused_by_name() {
    check(&with("<< /S /JavaScript /JS (app.alert\\(1\\)) >>"), Err("JavaScript is not printed"));
    check(&with("<< /S /Java#53cript >>"), Err("JavaScript is not printed"));
    check(&with("<< /Names << /JavaScript 5 0 R >> >>"), Err("JavaScript is not printed"));
    check(&with("<< /A [ << /S /Launch /F (x) >> ] >>"), Err("a launch action"));
    check(&with("<< /S /SubmitForm >>"), Err("a form that sends"));
    check(&with("<< /XFA 5 0 R >>"), Err("XFA"));
    check(&with("<< /Subtype /RichMedia >>"), Err("a moving picture"));
    check(&file(&[CATALOG, PAGES, PAGE], "/Root 1 0 R /Encrypt 5 0 R"), Err("an encrypted file"));
    let many =
        format!("<< /Type /Pages /Kids [{}] >>", (3..60).map(|n| format!("{n} 0 R ")).collect::<String>());
    let mut objects = vec![CATALOG, &many];
    objects.extend(std::iter::repeat_n(PAGE, 57));
    check(&file(&objects, "/Root 1 0 R"), Err("more than 50 pages"));
}

#[test]
fn what_cannot_be_read_is_refused() {
    check(b"%PDF-1.7\n", Err("no catalogue"));
    check(&file(&[CATALOG, "<< /Type /Pages /Kids [] >>"], "/Root 1 0 R"), Err("no page"));
    check(&file(&[CATALOG, "<< /Type /Pages /Kids [2 0 R] >>"], "/Root 1 0 R"), Err("circles"));
    check(&file(&[CATALOG, PAGES], "/Root 1 0 R"), Err("a gap"));
    check(&with("<< /Length 5 >> stream\nabc"), Err("a stream has no end"));
    check(&with(&"[".repeat(100)), Err("too deeply"));
    check(&with("<< (key) 1 >>"), Err("no name"));
    let many = format!("[{}]", "0 ".repeat(MOST_VALUES));
    check(&with(&many), Err("more values"));
}
