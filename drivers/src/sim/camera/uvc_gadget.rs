//! A webcam on a USB cable of the kernel's own, which the kernel's own driver takes for one.
//!
//! Duty: plugged in, filmed with, pulled out; pictures that are told to it, as JPEG. Never: what a request means; that is
//! the function's.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::uvc::{PICTURES, SIZE, Uvc, brings, configuration, device, payloads};
use crate::sim::gadgetfs::{Control, IN, Mounted, open_endpoint, pull_cable};

/// Vendor and product of the kernel's own webcam gadget.
const IDS: [u16; 2] = [0x1D6B, 0x0102];
/// `dummy_hcd`'s name of the endpoint.
const ENDPOINT: &str = "ep1in-bulk";
/// Between two pictures.
const PACE: Duration = Duration::from_millis(66);
/// A standard request to the device (USB 2.0, table 9-4).
const SET_CONFIGURATION: [u8; 2] = [0x00, 0x09];

/// A webcam; dropped, it is pulled out.
pub struct UvcGadgetCamera {
    /// JPEGs that are shown in turn.
    pictures: Arc<Vec<Vec<u8>>>,
    function: Arc<Mutex<Uvc>>,
    plugged: Mutex<Option<Plugged>>,
    /// Dropped after the cable, which uses its files.
    mounted: Mounted,
}

impl UvcGadgetCamera {
    /// Width and height of its pictures.
    pub const SIZE: [u16; 2] = SIZE;

    /// Plugs a webcam in that shows these JPEGs in turn, again and again.
    ///
    /// # Errors
    /// The kernel has no gadgetfs, or no controller that is free.
    pub fn start(pictures: Vec<Vec<u8>>) -> io::Result<Self> {
        let mounted = Mounted::new("simulated-webcam")?;
        let function = Arc::new(Mutex::new(Uvc::new()));
        let camera = Self { pictures: Arc::new(pictures), function, plugged: Mutex::new(None), mounted };
        camera.plug_in()?;
        Ok(camera)
    }

    /// Pulls the cable out.
    pub fn unplug(&self) {
        *held(&self.plugged) = None;
    }

    /// Plugs it in again, as it was made.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn plug_in(&self) -> io::Result<()> {
        *held(&self.function) = Uvc::new();
        let folder = self.mounted.folder().to_owned();
        let control = Control::open(&folder, &configuration(), &device(IDS))?;
        let ends = Arc::new(AtomicBool::new(false));
        let cable = Cable {
            pictures: Arc::clone(&self.pictures),
            function: Arc::clone(&self.function),
            folder,
            ends: Arc::clone(&ends),
        };
        let thread = std::thread::Builder::new().name("simulated webcam".to_owned());
        let thread = thread.spawn(move || cable.answer(control))?;
        *held(&self.plugged) = Some(Plugged { ends, thread: Some(thread) });
        Ok(())
    }

    /// How long each picture is exposed, where that was set by hand.
    pub fn exposure(&self) -> Option<Duration> {
        let function = held(&self.function);
        (function.mode == 1).then(|| Duration::from_micros(u64::from(function.exposure) * 100))
    }
}

fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a thread that panicked left is good enough for a simulator.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A cable that is in; dropped, it is out.
struct Plugged {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Plugged {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic has been printed where it happened.
            let _ = thread.join();
        }
    }
}

struct Cable {
    pictures: Arc<Vec<Vec<u8>>>,
    function: Arc<Mutex<Uvc>>,
    folder: PathBuf,
    ends: Arc<AtomicBool>,
}

impl Cable {
    /// Answers the host's requests until the cable is pulled.
    fn answer(&self, mut control: Control) {
        let mut film = None;
        while !self.ends.load(Ordering::Relaxed) {
            let Some(request) = control.request() else { continue };
            if request[..2] == SET_CONFIGURATION {
                film = self.film();
                control.accept();
            } else if request[0] & IN == IN {
                match held(&self.function).get(request) {
                    Some(data) => control.give(&data),
                    None => control.refuse(request),
                }
            } else if brings(request) > 0 {
                // Data are taken before it can be said that they mean nothing.
                if let Some(data) = control.take(brings(request)) {
                    held(&self.function).set(request, &data);
                }
            } else {
                control.refuse(request);
            }
        }
        pull_cable();
        if let Some(film) = film {
            let _: Result<(), _> = JoinHandle::join(film);
        }
    }

    /// Shows the pictures once they are wanted, until the cable is out.
    fn film(&self) -> Option<JoinHandle<()>> {
        let mut file = open_endpoint(&self.folder, ENDPOINT, PICTURES).ok()?;
        let (pictures, function, ends) =
            (Arc::clone(&self.pictures), Arc::clone(&self.function), Arc::clone(&self.ends));
        let thread = std::thread::Builder::new().name("simulated webcam's pictures".to_owned());
        let work = move || {
            for (frame, picture) in (0_u32..).zip(pictures.iter().cycle()) {
                while !held(&function).streams {
                    if ends.load(Ordering::Relaxed) {
                        return;
                    }
                    std::thread::sleep(PACE);
                }
                for payload in payloads(picture, frame) {
                    // It fails once the cable is out.
                    if file.write_all(&payload).is_err() || ends.load(Ordering::Relaxed) {
                        return;
                    }
                }
                std::thread::sleep(PACE);
            }
        };
        thread.spawn(work).ok()
    }
}
