//! The document printer's driver against a printer of others: `ippeveprinter` (Debian: cups-ipp-utils), told by the command
//! that it runs for each document what goes wrong (its manual page, "Command output").
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on shows where, and says when it compared nothing"
)]

mod peer;
#[path = "../../tests/programs/script.rs"]
mod script;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::device::PaperSupply;
use drivers::document_printer::ipp::Limits;
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as _, Earlier, Evidence, IppPrinter, Outcome, PrintReport, Remainder,
};

const LIMITS: Limits = Limits {
    answer: Duration::from_secs(3),
    swallow: Duration::from_secs(5),
    poll: Duration::from_millis(100),
    silence: Duration::from_secs(1),
    standstill: Duration::from_secs(5),
    cancel: Duration::from_secs(5),
};

fn is_there(program: &str, package: &str) -> bool {
    let answer = Command::new(program).arg("--version").output();
    peer::is_there(program, package, answer.is_ok_and(|output| output.status.success()))
}

fn document(pages: u32) -> Document {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 3)).collect();
    let mut text = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count \
         {pages} >>\nendobj\n"
    );
    for n in 0..pages {
        text.push_str(&format!(
            "{} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n",
            n + 3
        ));
    }
    text.push_str(&format!("% {}\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n", "x".repeat(300_000)));
    Document::inspect(text.into_bytes()).unwrap()
}

/// A printer of others that is running.
struct Peer {
    program: Child,
    bus: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for Peer {
    fn drop(&mut self) {
        for child in [&mut self.program, &mut self.bus] {
            // One that has ended is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Peer {
    /// `script` runs for each document, which it finds as `$1`; none where the peer is not installed.
    fn start(script: &str, more: &[&str]) -> Option<Self> {
        let installed = is_there("ippeveprinter", "cups-ipp-utils") && is_there("dbus-daemon", "dbus-daemon");
        installed.then_some(())?;
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(peer) = Self::start_once(script, more, deadline) {
                return Some(peer);
            }
        }
    }

    /// None where it ended by itself: it takes its port as a number, and somebody may have been faster.
    fn start_once(lines: &str, more: &[&str], deadline: Instant) -> Option<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir().unwrap();
        let command = folder.path().join("command");
        let received = folder.path().join("received");
        script::made(&command, &format!("cp \"$1\" {}\n{lines}", received.display()));
        // Without a bus it does not begin, even when it announces nothing on the network.
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let name = format!("Test printer {}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let program = Command::new("ippeveprinter")
            .args(["-r", "off", "-n", "localhost", "-p", &port.to_string()])
            .args(["-d".as_ref(), folder.path().as_os_str(), "-c".as_ref(), command.as_os_str()])
            .args(if more.contains(&"-f") { &[][..] } else { &["-f", "application/pdf,image/pwg-raster"] })
            .args(more)
            .arg(&name)
            .env("DBUS_SYSTEM_BUS_ADDRESS", address.trim())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut peer = Self { program, bus, folder, port };
        // A connection is not enough: another printer may listen there, or its second address not yet.
        while !peer.says("/", &name).unwrap_or(false) {
            if let Some(end) = peer.program.try_wait().unwrap() {
                eprintln!("ippeveprinter ended with {end} on port {port}; once more on another");
                return None;
            }
            assert!(Instant::now() < deadline, "ippeveprinter does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(peer)
    }

    /// Whether its web server answers with a page that has these words; it keeps the connection after most.
    fn says(&self, path: &str, words: &str) -> std::io::Result<bool> {
        let mut web = TcpStream::connect(("localhost", self.port))?;
        web.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(web, "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port)?;
        let mut said = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match web.read(&mut piece)? {
                0 => return Ok(false),
                count => said.extend_from_slice(&piece[..count]),
            }
            if String::from_utf8_lossy(&said).contains(words) {
                return Ok(true);
            }
        }
    }

    fn printer(&self) -> IppPrinter {
        let uri = format!("ipp://localhost:{}/ipp/print", self.port);
        IppPrinter::new(&uri.parse().unwrap()).limits(LIMITS)
    }

    fn print(&self, document: &Document) -> PrintReport {
        self.printer().print(document, &mut |_| {})
    }

    /// Puts so many sheets of A4 into its tray, by the page that it has for that.
    fn sheets(&self, count: u32) {
        let path = format!("/media?size1=iso_a4_210x297mm&type1=stationery&level1={count}");
        assert!(self.says(&path, "Media updated").unwrap(), "no sheets were put in");
    }

    fn received(&self) -> PathBuf {
        self.folder.path().join("received")
    }
}

#[test]
fn a_document_arrives_unchanged_and_is_proved_by_its_pages() {
    for version in ["2.0", "1.1"] {
        let script = "echo 'ATTR: job-impressions=2 job-impressions-completed=2' >&2";
        let Some(peer) = Peer::start(script, &["-V", version]) else { return };
        let document = document(2);
        let status = peer.printer().status();
        assert_eq!((status.cause, status.paper), (None, PaperSupply::Full), "{status:?}");
        let report = peer.print(&document);
        assert_eq!(
            (report.outcome, report.evidence),
            (Outcome::Printed, Evidence::Impressions),
            "{report:?}"
        );
        assert_eq!((report.bytes, report.pages_out), (document.bytes().len(), Some(2)));
        assert!(std::fs::read(peer.received()).unwrap() == document.bytes());
    }
}

#[test]
fn a_recorded_job_is_replayed_without_the_document() {
    for (script, cause) in [
        ("echo 'ATTR: job-impressions=2 job-impressions-completed=2' >&2", None),
        ("echo 'STATE: +media-jam' >&2; sleep 3", Some(Cause::PaperJam)),
        ("exit 1", Some(Cause::Aborted)),
    ] {
        let Some(peer) = Peer::start(script, &[]) else { return };
        let file = peer.folder.path().join("job.jsonl");
        let uri = format!("ipp://localhost:{}/ipp/print", peer.port);
        let mut printer = IppPrinter::recorded(&uri.parse().unwrap(), &file).unwrap().limits(LIMITS);
        let seen = printer.print(&document(2), &mut |_| {});
        printer.finish().unwrap();
        assert_eq!(seen.cause, cause, "{seen:?}");
        // The document is nothing but this letter.
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&"78".repeat(64)), "{text}");
        let mut printer = IppPrinter::replayed(&file).unwrap().limits(LIMITS);
        let replayed = printer.print(&document(2), &mut |_| {});
        assert_eq!(replayed, seen);
        printer.finish().unwrap();
    }
}

#[test]
fn a_claim_with_too_few_pages_is_not_believed() {
    for (script, out) in [("true", 0), ("echo 'ATTR: job-impressions-completed=1' >&2", 1)] {
        let Some(peer) = Peer::start(script, &[]) else { return };
        let report = peer.print(&document(2));
        assert_eq!(
            (report.outcome, report.cause),
            (Outcome::Unknown, Some(Cause::PagesMissing)),
            "{report:?}"
        );
        assert_eq!(report.pages_out, Some(out));
    }
}

#[test]
fn what_stops_the_printer_is_named_and_its_job_cancelled() {
    for (word, cause, paper) in [
        ("media-needed", Cause::PaperOut, PaperSupply::Out),
        ("media-jam", Cause::PaperJam, PaperSupply::Jammed),
        ("cover-open", Cause::CoverOpen, PaperSupply::Full),
    ] {
        let script = format!("echo 'STATE: +{word}' >&2; sleep 3");
        let Some(peer) = Peer::start(&script, &[]) else { return };
        let report = peer.print(&document(2));
        assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(cause)), "{word}: {report:?}");
        assert_eq!(
            (report.remainder, report.status.paper),
            (Remainder::Nothing, paper),
            "{word}: {report:?}"
        );
        // It is still so: the next one is not even begun.
        let next = peer.print(&document(1));
        assert_eq!((next.outcome, next.cause, next.bytes), (Outcome::NotPrinted, Some(cause), 0), "{word}");
    }
}

/// Its page for trays takes the paper out: it then waits in the middle of the job, and takes a cancellation without ending
/// the job. Nothing else is printed until that is settled.
#[test]
fn a_job_that_waits_for_paper_stays_unknown() {
    let Some(peer) = Peer::start("echo 'ATTR: job-impressions-completed=1' >&2", &[]) else { return };
    peer.sheets(0);
    let mut printer = peer.printer().limits(Limits { cancel: Duration::from_secs(1), ..LIMITS });
    let report = printer.print(&document(1), &mut |_| {});
    assert_eq!((report.outcome, report.cause), (Outcome::Unknown, Some(Cause::PaperOut)), "{report:?}");
    assert_eq!((report.remainder, report.status.paper), (Remainder::MayStillCome, PaperSupply::Out));
    let report = printer.print(&document(1), &mut |_| {});
    assert_eq!((report.outcome, report.bytes), (Outcome::NotPrinted, 0), "{report:?}");
    assert_eq!(printer.recover().earlier, Earlier::StillThere);
    assert!(!peer.received().exists());
}

#[test]
fn a_job_that_is_given_up_is_not_printed() {
    let Some(peer) = Peer::start("exit 1", &[]) else { return };
    let report = peer.print(&document(1));
    assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(Cause::Aborted)), "{report:?}");
}

#[test]
fn another_format_is_refused_before_a_byte_is_sent() {
    let Some(peer) = Peer::start("true", &["-f", "image/pwg-raster"]) else { return };
    let report = peer.print(&document(1));
    assert_eq!((report.outcome, report.cause, report.bytes), (Outcome::NotPrinted, Some(Cause::Format), 0));
    assert!(!peer.received().exists());
}

#[test]
fn a_printer_at_work_for_somebody_else_is_busy() {
    let script = "sleep 2; echo 'ATTR: job-impressions-completed=1' >&2";
    let Some(peer) = Peer::start(script, &[]) else { return };
    let mut first = peer.printer();
    let other = std::thread::spawn(move || first.print(&document(1), &mut |_| {}));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !peer.received().exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let report = peer.print(&document(1));
    assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(Cause::Busy)), "{report:?}");
    assert_eq!(other.join().unwrap().outcome, Outcome::Printed);
}

#[test]
fn a_printer_that_is_killed_in_the_middle_leaves_an_unknown_paper() {
    let Some(mut peer) = Peer::start("sleep 20", &[]) else { return };
    let mut printer = peer.printer();
    let work = std::thread::spawn(move || printer.print(&document(1), &mut |_| {}));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !peer.received().exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    peer.program.kill().unwrap();
    let report = work.join().unwrap();
    assert_eq!((report.outcome, report.remainder), (Outcome::Unknown, Remainder::MayStillCome), "{report:?}");
    assert_eq!(report.cause, Some(Cause::Port));
}
