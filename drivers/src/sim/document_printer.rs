//! A document printer that speaks IPP over TCP (RFC 8010, RFC 8011), keeps what it prints, and can do wrong.

mod fault;
mod mechanism;
mod message;
mod wire;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use fault::{DocumentPrinterFault, Step, Stop, When, fault_names};
use mechanism::Mechanism;

/// What a printer counts of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Printed sides.
    Sides,
    /// Sheets.
    Sheets,
    /// Nothing.
    Nothing,
}

/// What a printer can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterModel {
    /// It knows Create-Job and Send-Document.
    pub creates_jobs: bool,
    /// What it counts.
    pub counts: Counts,
    /// It takes OFD as it is.
    pub takes_ofd: bool,
    /// It knows IPP 1.1 only.
    pub only_version_1_1: bool,
}

impl PrinterModel {
    /// Like an office printer of today.
    pub const EVERYWHERE: Self =
        Self { creates_jobs: true, counts: Counts::Sides, takes_ofd: false, only_version_1_1: false };
    /// Like an old one.
    pub const OLD: Self =
        Self { creates_jobs: false, counts: Counts::Nothing, takes_ofd: false, only_version_1_1: true };
    /// Like one for China's offices.
    pub const OFD: Self = Self { takes_ofd: true, ..Self::EVERYWHERE };
}

/// A document of which at least one page came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedDocument {
    /// Its job's number.
    pub job: i32,
    /// Its media type, as the client named it.
    pub format: String,
    /// Every byte that came.
    pub bytes: Vec<u8>,
    /// Pages that it has.
    pub pages: u32,
    /// Pages that are out.
    pub pages_out: u32,
}

impl PrintedDocument {
    /// Whether all of it is out.
    pub const fn is_whole(&self) -> bool {
        self.pages_out == self.pages
    }
}

/// What is called with each document when its last page is out.
pub type OnDocument = Box<dyn FnMut(&PrintedDocument) + Send>;

/// A simulated printer to be switched on.
pub struct DocumentPrinterSimulator {
    /// What it can do.
    pub model: PrinterModel,
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// How long a page takes.
    pub page_time: Duration,
    /// Faults from the beginning, or waiting for their moment.
    pub faults: Vec<DocumentPrinterFault>,
    /// Called with each whole document.
    pub on_document: Option<OnDocument>,
}

/// A simulated printer that is running; dropping it switches it off.
pub struct RunningDocumentPrinter {
    shared: Arc<Shared>,
    address: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    mechanism: Mutex<Mechanism>,
    changed: Condvar,
    stop: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Mechanism> {
        self.mechanism.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often paper moves and clients are looked for.
const TICK: Duration = Duration::from_millis(3);

impl Default for DocumentPrinterSimulator {
    /// A printer of today on a free port of this machine, without faults, a page in no time.
    fn default() -> Self {
        Self {
            model: PrinterModel::EVERYWHERE,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            page_time: Duration::ZERO,
            faults: Vec::new(),
            on_document: None,
        }
    }
}

impl DocumentPrinterSimulator {
    /// Switches it on.
    ///
    /// # Errors
    /// The address is not free.
    pub fn start(self) -> io::Result<RunningDocumentPrinter> {
        let listener = TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let mut mechanism = Mechanism::new(self.model, self.page_time);
        self.faults.into_iter().for_each(|fault| mechanism.set_fault(fault));
        let shared = Arc::new(Shared {
            mechanism: Mutex::new(mechanism),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let (inside, on_document) = (Arc::clone(&shared), self.on_document);
        let paper = std::thread::Builder::new().name("simulated document printer".to_owned());
        let paper = paper.spawn(move || move_paper(&inside, on_document))?;
        let inside = Arc::clone(&shared);
        let door = std::thread::Builder::new().name("simulated document printer's port".to_owned());
        let door = door.spawn(move || accept(&inside, &listener))?;
        Ok(RunningDocumentPrinter { shared, address, threads: vec![paper, door] })
    }
}

fn move_paper(shared: &Shared, mut on_document: Option<OnDocument>) {
    // The job of the last document that was told of: one that was cancelled in the middle is passed over.
    let mut told = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        let mut mechanism = shared.lock();
        mechanism.work(Instant::now());
        for document in mechanism.documents.iter().filter(|document| document.is_whole()) {
            if document.job > told {
                told = document.job;
                on_document.iter_mut().for_each(|call| call(document));
            }
        }
        drop(mechanism);
        shared.changed.notify_all();
        std::thread::sleep(TICK);
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    while !shared.stop.load(Ordering::Relaxed) {
        let Ok((stream, _)) = listener.accept() else {
            std::thread::sleep(TICK);
            continue;
        };
        let inside = Arc::clone(shared);
        // The thread ends with its connection, or with the printer; a client that breaks off is no news.
        let served = std::thread::Builder::new().spawn(move || {
            let began = stream.set_nonblocking(false).and_then(|()| wire::serve(&inside, &stream));
            drop(began);
        });
        drop(served);
    }
}

impl RunningDocumentPrinter {
    /// Its port as a command line names it: `ipp://127.0.0.1:41000/ipp/print`.
    pub fn address(&self) -> String {
        format!("ipp://{}/ipp/print", self.address)
    }

    /// Makes a fault happen.
    pub fn set_fault(&self, fault: DocumentPrinterFault) {
        self.shared.lock().set_fault(fault);
    }

    /// A hand puts paper and toner in, closes what is open, frees what is stuck, switches it on; it goes on with the job
    /// that it has.
    pub fn mend(&self) {
        self.shared.lock().mend();
    }

    /// The documents of which a page came out, the oldest first.
    pub fn documents(&self) -> Vec<PrintedDocument> {
        self.shared.lock().documents.clone()
    }

    /// Waits until so many documents are out whole; whether they are.
    pub fn wait_for_documents(&self, count: usize, limit: Duration) -> bool {
        let waiting = |mechanism: &mut Mechanism| {
            mechanism.documents.iter().filter(|document| document.is_whole()).count() < count
        };
        let result = self.shared.changed.wait_timeout_while(self.shared.lock(), limit, waiting);
        !result.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for RunningDocumentPrinter {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // A thread that waits for a connection is woken by one.
        drop(TcpStream::connect(self.address));
        for thread in self.threads.drain(..) {
            // A panic in the simulation has been printed by its thread.
            let _ = thread.join();
        }
    }
}
