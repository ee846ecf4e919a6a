//! Each page is read by whoever may, in both languages, with what a hostile terminal says shown as text.

use super::city;
use super::desk::{Office, Person};
use super::peer;
use fleet_server::console::role::Role;
use fleet_server::period::Period;

pub(crate) const PAGES: [&str; 16] = [
    "/",
    "/places/9901",
    "/places/990101",
    "/terminals",
    "/terminals/AH-0001",
    "/terminals/AH-0003",
    "/tickets",
    "/desk",
    "/rollouts",
    "/rollouts/1",
    "/configurations",
    "/catalogue",
    "/keys",
    "/stops",
    "/reports",
    "/me",
];

#[tokio::test]
async fn every_page_is_read_and_no_field_of_a_terminal_is_markup() {
    pages_are_read(&Office::open().await).await;
}

/// The same on either database.
pub(crate) async fn pages_are_read(office: &Office) {
    city::build(&office.running.server).await;
    let viewer = office.person("viewer", Role::Viewer).await;
    for language in ["zh-CN", "en"] {
        viewer.set_cookie("yilin-language", language);
        for path in PAGES {
            let page = viewer.page(path).await;
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{path}");
            assert!(
                !page.contains("<script>alert") && !page.contains("<img src=x"),
                "{path} has markup of a terminal"
            );
            assert!(page.len() < 60_000, "{path} weighs {} bytes", page.len());
        }
    }
    assert!(
        viewer.page("/terminals/AH-0003").await.contains("&#60;script&#62;alert(1)"),
        "it is shown as text"
    );
    viewer.set_cookie("yilin-language", "en");
    let catalogues = viewer.page("/catalogue").await;
    assert!(catalogues.contains("do not serve 2026.11 yet: 1"), "{catalogues}");
    assert!(viewer.page("/terminals?catalogue=2026.11").await.contains("2 terminals"));
    // Without signing in: the public page, which is no door to the rest.
    let passer_by = Person::new(&office.origin, "nobody");
    assert!(passer_by.page("/t/AH-0001").await.contains("055312345"));
    assert!(!passer_by.page("/t/AH-0003").await.contains("<script>alert"));
    for path in PAGES {
        assert_eq!(passer_by.get(path).await.status(), 303, "{path} wants a sign-in");
    }
}

#[tokio::test]
async fn small_counts_are_untold() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    check_stops(&office.person("reader", Role::Viewer).await).await;
}

/// The same on either database.
pub(crate) async fn check_stops(viewer: &Person) {
    let page = viewer.page("/stops").await;
    assert!(page.contains("&#60; 5") && page.contains(">120<"), "{page}");
    // Of one street: 123 stops of 950 pages; of which 3 alone would be told as a bound.
    assert!(page.contains(">12 %<"), "{page}");
    let csv = viewer.page("/stops/counts.csv").await;
    assert!(
        csv.starts_with("\u{FEFF}week,district,page,mode,item,stop,count\r\n") && csv.contains(",< 5\r\n"),
        "{csv}"
    );
}

#[tokio::test]
async fn the_report_has_a_line_for_each_community() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    check_report(&office.person("reader", Role::Viewer).await).await;
}

/// The same on either database.
pub(crate) async fn check_report(viewer: &Person) {
    let csv = viewer.page("/reports/indicator-5.csv").await;
    assert_eq!(csv.lines().count(), 7);
    assert!(csv.contains("\"990101001\",\"明月社区\",\"Mingyue\",\"9901\",1,1,1,1"), "{csv}");
}

#[tokio::test]
async fn a_closed_month_is_still_to_be_had() {
    let office = Office::open().await;
    let server = &office.running.server;
    city::build(server).await;
    let viewer = office.person("reader", Role::Viewer).await;
    // Last month one terminal served all of an hour, and none of an hour of the month before.
    let now = server.clock.now().to_offset(time::macros::offset!(+8));
    let last = Period::month_of(now).before();
    let quarter = Period::quarter_of(now);
    for (period, served) in [(last, 3600_i64), (last.before(), 0)] {
        sqlx::query("INSERT INTO hours (terminal, hour, beats, open_seconds, served_seconds) VALUES ($1, $2, 60, 3600, $3)")
            .bind("AH-0001")
            .bind(period.seconds(time::macros::offset!(+8)).0)
            .bind(served)
            .execute(server.store.read())
            .await
            .unwrap();
    }
    let met = async |period: &str| {
        let csv = viewer.page(&format!("/reports/indicator-5.csv?period={period}")).await;
        let line = csv.lines().find(|line| line.contains("\"990101001\"")).unwrap().to_owned();
        line.ends_with(",1")
    };
    assert!(met(&last.to_string()).await);
    assert!(!met(&last.before().to_string()).await);
    let page = viewer.page(&format!("/reports?period={last}")).await;
    assert!(page.contains(&format!("<option selected>{last}</option>")), "{page}");
    assert!(page.contains(&format!("<option>{quarter}</option>")), "{page}");
    assert!(page.contains(&format!("indicator-5.pdf?period={last}")), "{page}");
    assert_eq!(viewer.get("/reports?period=2026-13").await.status(), 400);
}

/// What a program says on stdout; none where it is not installed.
fn told(program: &str, arguments: &[&str], file: &std::path::Path) -> Option<String> {
    let out = std::process::Command::new(program).args(arguments).arg(file).arg("-").output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[tokio::test]
async fn the_report_as_a_file_is_whole_and_reads_as_the_page_does() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let viewer = office.person("viewer", Role::Viewer).await;
    let folder = tempfile::tempdir().unwrap();
    for (language, words) in [
        ("zh-CN", ["城市社区覆盖", "东湖区", "1 (50.0 %)", "全市", "第 1 页，共 1 页"]),
        ("en", ["Indicator 5", "Donghu", "1 (50.0 %)", "Whole city", "Page 1 of 1"]),
    ] {
        viewer.set_cookie("yilin-language", language);
        let file = folder.path().join("report.pdf");
        let answer = viewer.get("/reports/indicator-5.pdf").await;
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        std::fs::write(&file, answer.bytes().await.unwrap()).unwrap();
        let Some(text) = told("pdftotext", &["-layout"], &file) else {
            return peer::absent("pdftotext is not installed (Debian: poppler-utils)");
        };
        for word in words {
            assert!(text.contains(word), "no {word} in {text}");
        }
        let Ok(checked) = std::process::Command::new("qpdf").arg("--check").arg(&file).status() else {
            return peer::absent("qpdf is not installed (Debian: qpdf)");
        };
        assert!(checked.success(), "qpdf finds the file broken");
    }
}

#[tokio::test]
async fn the_open_state_is_for_everybody_kept_for_a_moment_and_not_for_a_flood() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let passer_by = Person::new(&office.origin, "nobody");
    let answer = passer_by.get("/t/AH-0001").await;
    assert_eq!(answer.headers()["cache-control"], "public, max-age=30");
    assert_eq!(answer.headers()["vary"], "cookie, accept-language");
    assert!(answer.headers().get("set-cookie").is_none(), "nobody is marked who looks");
    let page = answer.text().await.unwrap();
    assert!(page.contains("00:00-24:00") && page.contains("055312345"), "{page}");
    // What the desk alone may know of the terminal.
    assert!(!page.contains("HW1") && !page.contains("1.2.2") && !page.contains("M-1"), "{page}");
    assert_eq!(passer_by.get("/t/AH-9999").await.headers()["cache-control"], "no-store");
    let mut refused = 0;
    for _ in 0..120 {
        refused += i32::from(passer_by.get("/t/AH-0001").await.status() == 429);
    }
    assert!(refused > 0, "a flood is let through");
}
