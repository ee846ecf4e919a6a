//! Every page is drawn; nothing on it is cut off or lies on anything else that can be touched.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use serde_json::Value;
use terminal_tests::program;

/// Millimetres of the smallest letters and of any target; a key of a letter keyboard may be narrower.
const SMALLEST_TEXT: f64 = 8.0;
const TARGET: f64 = 16.0;
const LETTER_KEY: f64 = 11.2;

fn number(element: &Value, key: &str) -> f64 {
    element[key].as_f64().unwrap()
}

/// How far two elements lie on each other, across and down.
fn overlap(a: &Value, b: &Value) -> (f64, f64) {
    let along = |at: &str, length: &str| {
        let end = |e: &Value| number(e, at) + number(e, length);
        end(a).min(end(b)) - number(a, at).max(number(b, at))
    };
    (along("x", "w"), along("y", "h"))
}

/// The tightest screen, in the longer language and the larger type; and the usual one.
#[test]
fn pages_hold_what_stands_on_them() {
    for (size, mode, locale) in [("800x1280", "large", "en"), ("1080x1920", "standard", "en")] {
        let folder = tempfile::tempdir().unwrap();
        let output = program("yilin-terminal")
            .args(["gallery", "--size", size, "--mode", mode, "--locale", locale, "--out"])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let list = program("yilin-terminal").args(["gallery", "--list"]).output().unwrap();
        let names = String::from_utf8(list.stdout).unwrap();
        assert!(names.lines().count() >= 40, "{names}");
        for page in names.lines() {
            let name = format!("{page}.{mode}.{locale}.{size}");
            let text = std::fs::read_to_string(folder.path().join(format!("{name}.json"))).unwrap();
            assert!(folder.path().join(format!("{name}.png")).exists(), "{name}");
            check(&name, &serde_json::from_str(&text).unwrap());
        }
        assert!(folder.path().join("index.html").exists());
    }
}

fn check(name: &str, drawn: &Value) {
    let elements = drawn["elements"].as_array().unwrap();
    assert!(elements.len() > 3, "{name}");
    let (width, height) = (number(drawn, "width"), number(drawn, "height"));
    let per_mm = number(drawn, "px_per_mm");
    for element in elements {
        assert_eq!(element["clipped"], false, "{name}: {element}");
        let right = number(element, "x") + number(element, "w");
        let bottom = number(element, "y") + number(element, "h");
        assert!(right <= width + 0.5 && bottom <= height + 0.5, "{name}: outside the screen: {element}");
        if let Some(em) = element["em_mm"].as_f64() {
            assert!(em >= SMALLEST_TEXT - 0.01, "{name}: {em} mm: {element}");
        }
    }
    let touched: Vec<&Value> = elements
        .iter()
        .filter(|e| e["interactive"] == true && e["enabled"] == true && number(e, "w") < 0.95 * width)
        .collect();
    for (i, a) in touched.iter().enumerate() {
        let wide = if a["id"].as_str().unwrap().starts_with("PadKey") { LETTER_KEY } else { TARGET };
        let (across, down) = (number(a, "w") / per_mm, number(a, "h") / per_mm);
        assert!(across >= wide - 0.01 && down >= TARGET - 0.01, "{name}: {across} × {down} mm: {a}");
        for b in &touched[i + 1..] {
            let (across, down) = overlap(a, b);
            assert!(across <= 1.0 || down <= 1.0, "{name}: {a} lies on {b}");
        }
    }
}
