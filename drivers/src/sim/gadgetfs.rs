//! The kernel's gadgetfs: a USB function of a program's own, with the addresses of endpoints that the program chooses.
//!
//! Duty: the files, and what is written into them first. Never: what a function says; that is its simulator's.
//!
//! Source: drivers/usb/gadget/legacy/inode.c and linux/usb/gadgetfs.h, which unlike FunctionFS leaves the endpoints'
//! addresses to us; USB 2.0, section 9.6. Needs the modules `dummy_hcd`, whose endpoints' names stand in the functions, and
//! `gadgetfs`, and root: `cargo xtask guest` has all of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

/// Between two looks whether there is something to do.
pub(super) const LOOK: Duration = Duration::from_millis(2);
/// Gadgetfs' file of the controller and of everything that is not an endpoint's.
const CONTROL: &str = "dummy_udc";
/// Where the cable is pulled: the kernel then ends the transfers that wait, which closing the file does not.
const CABLE: &str = "/sys/class/udc/dummy_udc.0/soft_connect";
/// This bit of an endpoint's address, and of a request, says that it goes towards the host.
pub(super) const IN: u8 = 0x80;
/// A full-speed endpoint's packet.
pub(super) const PACKET: u8 = 64;
/// `enum usb_gadgetfs_event_type`.
const SETUP: u8 = 3;

/// Gadgetfs, mounted on a folder of its own; dropped, it is unmounted.
#[derive(Debug)]
pub(super) struct Mounted {
    folder: PathBuf,
}

impl Mounted {
    pub(super) fn new(name: &str) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)?;
        mount("gadgetfs", &folder, "gadgetfs", MountFlags::empty(), None)?;
        Ok(Self { folder })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = unmount(&self.folder, UnmountFlags::DETACH);
        let _ = std::fs::remove_dir(&self.folder);
    }
}

/// A function that is plugged in while this is held.
pub(super) struct Control {
    file: File,
}

impl Control {
    /// Tells the kernel what is plugged in: a configuration with its interfaces, and the device.
    pub(super) fn open(folder: &Path, configuration: &[u8], device: &[u8; 18]) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default())
            .open(folder.join(CONTROL))?;
        // Tag 0: both follow.
        file.write_all(&[&[0; 4][..], configuration, device].concat())?;
        Ok(Self { file })
    }

    /// The next request of the host to the device (USB 2.0, table 9-2), if one comes soon.
    pub(super) fn request(&mut self) -> Option<[u8; 8]> {
        // `struct usb_gadgetfs_event`: eight bytes of a request or a speed, then the type.
        let mut event = [0; 12];
        if !is_ready(&self.file) || self.file.read_exact(&mut event).is_err() || event[8] != SETUP {
            return None;
        }
        event.first_chunk().copied()
    }

    /// Says yes to a request without data.
    pub(super) fn accept(&mut self) {
        let _ = self.file.read(&mut []);
    }

    /// Answers a request with data.
    pub(super) fn give(&mut self, data: &[u8]) {
        let _ = self.file.write(data);
    }

    /// Takes the data of a request, as many bytes as it names.
    pub(super) fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut data = vec![0; count];
        // They come in the host's own time, some milliseconds.
        for _ in 0..500 {
            match self.file.read(&mut data) {
                Ok(read) => return (read == count).then_some(data),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(LOOK),
                Err(_) => return None,
            }
        }
        None
    }

    /// Refuses a request, which is moving data against its direction.
    pub(super) fn refuse(&mut self, request: [u8; 8]) {
        if request[0] & IN == 0 {
            let _ = self.file.write(&[]);
        } else {
            let _ = self.file.read(&mut [0; 1]);
        }
    }
}

/// Pulls the cable; one that nobody had taken hold of is out already.
pub(super) fn pull_cable() {
    let _ = std::fs::write(CABLE, "disconnect");
}

/// An endpoint of the configuration that the host has chosen, by `dummy_hcd`'s name for it.
pub(super) fn open_endpoint(folder: &Path, name: &str, address: u8) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).write(true).open(folder.join(name))?;
    // Tag 1: this endpoint's descriptor.
    file.write_all(&[&[1, 0, 0, 0][..], &bulk_endpoint(address)].concat())?;
    Ok(file)
}

/// A bulk endpoint at full speed (USB 2.0, table 9-13).
pub(super) fn bulk_endpoint(address: u8) -> [u8; 7] {
    [7, 5, address, 2, PACKET, 0, 0]
}

fn is_ready(file: &File) -> bool {
    let timeout = Timespec::try_from(LOOK).ok();
    let mut watched = [PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN)];
    poll(&mut watched, timeout.as_ref()).is_ok_and(|count| count > 0)
        && watched[0].revents().contains(PollFlags::IN)
}
