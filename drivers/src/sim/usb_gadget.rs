//! A USB device that this machine's kernel plays to itself: configfs puts it together, `dummy_hcd` is the cable.
//!
//! Duty: a gadget with one function, plugged in and pulled out. Never: what the function says; that is its simulator's.
//!
//! Source: the kernel's Documentation/usb/gadget_configfs.rst. Needs the modules `dummy_hcd`, `libcomposite` and the
//! function's, configfs mounted where it usually is, and root: `cargo xtask guest` has all of it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where configfs shows gadgets.
const GADGETS: &str = "/sys/kernel/config/usb_gadget";
/// Controllers that a gadget can be plugged into.
const CONTROLLERS: &str = "/sys/class/udc";

/// A gadget; dropped, it is gone.
#[derive(Debug)]
pub struct UsbGadget {
    folder: PathBuf,
    function: String,
    controller: String,
}

impl UsbGadget {
    /// Makes a gadget `name` that is not plugged in yet, with the ids `vendor` and `product` and a function as configfs
    /// calls it: `printer.0`, `ffs.reader`.
    ///
    /// # Errors
    /// The kernel has no such function, no controller, or a gadget of that name.
    pub fn create(name: &str, [vendor, product]: [u16; 2], function: &str) -> io::Result<Self> {
        let controller = std::fs::read_dir(CONTROLLERS)?.flatten().next();
        let controller =
            controller.ok_or(io::Error::other("there is no controller: is dummy_hcd loaded?"))?;
        let folder = Path::new(GADGETS).join(name);
        std::fs::create_dir(&folder)?;
        let gadget = Self {
            folder,
            function: function.to_owned(),
            controller: controller.file_name().to_string_lossy().into_owned(),
        };
        gadget.write("idVendor", &format!("{vendor:#06x}"))?;
        gadget.write("idProduct", &format!("{product:#06x}"))?;
        // English names: hosts ask for them.
        std::fs::create_dir(gadget.folder.join("strings/0x409"))?;
        gadget.write("strings/0x409/manufacturer", "simulated")?;
        gadget.write("strings/0x409/product", name)?;
        gadget.write("strings/0x409/serialnumber", "1")?;
        std::fs::create_dir(gadget.folder.join("configs/c.1"))?;
        std::fs::create_dir(gadget.function_folder())?;
        symlink(gadget.function_folder(), gadget.folder.join("configs/c.1").join(function))?;
        Ok(gadget)
    }

    /// Plugs it in.
    ///
    /// # Errors
    /// The function is not ready, or another gadget has the controller.
    pub fn plug_in(&self) -> io::Result<()> {
        self.write("UDC", &self.controller)
    }

    /// Pulls it out; one that is out stays out.
    pub fn unplug(&self) {
        // ENODEV says that it was out already.
        let _ = self.write("UDC", "\n");
    }

    fn function_folder(&self) -> PathBuf {
        self.folder.join("functions").join(&self.function)
    }

    fn write(&self, file: impl AsRef<OsStr>, text: &str) -> io::Result<()> {
        std::fs::write(self.folder.join(Path::new(&file)), text)
    }
}

impl Drop for UsbGadget {
    fn drop(&mut self) {
        self.unplug();
        // In the order in which configfs lets go; what was not made is not there.
        let _ = std::fs::remove_file(self.folder.join("configs/c.1").join(&self.function));
        let function = self.function_folder();
        for folder in ["configs/c.1", "strings/0x409"].map(|part| self.folder.join(part)) {
            let _ = std::fs::remove_dir(folder);
        }
        let _ = std::fs::remove_dir(function);
        let _ = std::fs::remove_dir(&self.folder);
    }
}
