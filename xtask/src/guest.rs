//! `cargo xtask guest`: our drivers on a kernel's own devices, in a machine of its own.
//!
//! Duty: Debian's kernel with its virtual camera vivid, its virtual USB cable and input devices by uinput, an initrd with the
//! program `guest`, QEMU, whose keyboard is the scanner. Never: touch this machine's devices.
//!
//! Needs Debian packages: qemu-system-x86, busybox-static, kmod, cpio; the kernel's is fetched by apt-get into the folder for
//! temporary files, not installed.

use crate::program::{ProgramError, output};
use crate::say;
use crate::workspace::{CargoError, Metadata, cargo_output};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why the drivers were not proved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GuestError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("Debian names no kernel package, or it holds no {0}")]
    Kernel(&'static str),
    #[error("the guest did not see everything within {} s", LONGEST.as_secs())]
    Guest,
}

/// The virtual camera, typed input and such as a program plays, and USB: a cable to ourselves, gadgets and their functions, the
/// host's drivers.
const MODULES: [&str; 9] = [
    "vivid",
    "evdev",
    "uinput",
    "dummy_hcd",
    "libcomposite",
    "usb_f_printer",
    "gadgetfs",
    "usblp",
    "uvcvideo",
];
/// How long the guest may take, without KVM on a busy machine.
const LONGEST: Duration = Duration::from_secs(900);
/// The guest's last words.
const SEEN: &str = "guest: everything was seen";
/// What it says when a code is to be typed.
const TYPE: &str = "scanner: type now";
/// The keys, as QEMU's monitor calls them.
const KEYS: [&str; 11] =
    ["shift-b", "shift-j", "minus", "2", "0", "2", "6", "shift-semicolon", "kp_7", "shift-a", "ret"];

/// Runs it; prints what the guest saw.
pub(crate) fn prove() -> Result<(), GuestError> {
    let folder = std::env::temp_dir().join("yilin-guest");
    let kernel = Kernel::fetched(&folder)?;
    let initrd = initrd(&folder, &kernel)?;
    let begun = Instant::now();
    let (console, monitor) = (folder.join("console.log"), folder.join("monitor"));
    let mut guest = Command::new("qemu-system-x86_64")
        // KVM hung where it was tried, and half a minute is short enough without.
        .args(["-machine", "pc,accel=tcg", "-cpu", "max", "-smp", "1", "-m", "512"])
        // Its clock counts its own work, 4 ns an instruction: a busy machine around it slows it down and breaks no time limit.
        .args(["-icount", "shift=2"])
        .args(["-no-reboot", "-display", "none", "-serial", "stdio", "-monitor"])
        .arg(format!("unix:{},server=on,wait=off", monitor.display()))
        .args(["-net", "none", "-append", "console=ttyS0 quiet panic=-1"])
        .arg("-kernel")
        .arg(&kernel.image)
        .arg("-initrd")
        .arg(&initrd)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&console).map_err(|e| GuestError::File(console.clone(), e))?)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| ProgramError::Start("qemu-system-x86_64".to_owned(), e))?;
    let mut typed = false;
    while begun.elapsed() < LONGEST && matches!(guest.try_wait(), Ok(None)) {
        std::thread::sleep(Duration::from_millis(200));
        if !typed && std::fs::read(&console).is_ok_and(|told| String::from_utf8_lossy(&told).contains(TYPE)) {
            typed = true;
            type_keys(&monitor).map_err(|e| GuestError::File(monitor.clone(), e))?;
        }
    }
    // It has ended by itself where all is well.
    let _ended = guest.kill().and_then(|()| guest.wait());
    let told = std::fs::read(&console).map_err(|e| GuestError::File(console, e))?;
    let told = String::from_utf8_lossy(&told);
    told.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty()).for_each(say);
    say(&format!("{:.0} s in the guest", begun.elapsed().as_secs_f64()));
    if told.contains(SEEN) { Ok(()) } else { Err(GuestError::Guest) }
}

/// Presses and releases one key after another.
fn type_keys(monitor: &Path) -> std::io::Result<()> {
    let mut monitor = UnixStream::connect(monitor)?;
    for key in KEYS {
        writeln!(monitor, "sendkey {key} 20")?;
        std::thread::sleep(Duration::from_millis(120));
    }
    Ok(())
}

/// Debian's kernel, unpacked.
struct Kernel {
    image: PathBuf,
    /// The files of [`MODULES`] and of what they need, in the order of loading.
    modules: Vec<PathBuf>,
}

impl Kernel {
    fn fetched(folder: &Path) -> Result<Self, GuestError> {
        let depends = output(Command::new("apt-cache").args(["depends", "linux-image-amd64"]))?;
        let package = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: "));
        let package = package.ok_or(GuestError::Kernel("package"))?.to_owned();
        let version = package.strip_prefix("linux-image-").ok_or(GuestError::Kernel("version"))?;
        let unpacked = folder.join(&package);
        if !unpacked.join("boot").join(format!("vmlinuz-{version}")).exists() {
            say(&format!("{package} is fetched"));
            let _old = std::fs::remove_dir_all(&unpacked);
            std::fs::create_dir_all(&unpacked).map_err(|e| GuestError::File(unpacked.clone(), e))?;
            output(Command::new("apt-get").args(["download", "--quiet", &package]).current_dir(&unpacked))?;
            let deb = first_file(&unpacked, "deb").ok_or(GuestError::Kernel("file"))?;
            output(Command::new("dpkg-deb").arg("--extract").args([&deb, &unpacked]))?;
            // 70 MB.
            std::fs::remove_file(&deb).map_err(|e| GuestError::File(deb, e))?;
            output(Command::new("depmod").arg("--basedir").arg(&unpacked).arg(version))?;
        }
        let mut modprobe = Command::new("modprobe");
        modprobe.args(["--all", "--show-depends", "--set-version", version, "--dirname"]).arg(&unpacked);
        modprobe.args(MODULES);
        let listed = output(&mut modprobe)?;
        let mut modules: Vec<PathBuf> = Vec::new();
        for module in listed.lines().filter_map(|line| line.strip_prefix("insmod ")) {
            let module = PathBuf::from(module.trim());
            // What several need is named with each.
            if !modules.contains(&module) {
                modules.push(module);
            }
        }
        if modules.is_empty() {
            return Err(GuestError::Kernel("vivid"));
        }
        Ok(Self { image: unpacked.join(format!("boot/vmlinuz-{version}")), modules })
    }
}

/// busybox, the modules, the program with its libraries, and what starts them.
fn initrd(folder: &Path, kernel: &Kernel) -> Result<PathBuf, GuestError> {
    cargo_output(&["build", "--quiet", "--locked", "--package", "drivers", "--example", "guest"])?;
    let program = Metadata::read()?.target_directory.join("debug/examples/guest");
    let tree = folder.join("initrd");
    let _old = std::fs::remove_dir_all(&tree);
    for name in ["bin", "dev", "proc", "sys", "tmp", "modules"] {
        let path = tree.join(name);
        std::fs::create_dir_all(&path).map_err(|e| GuestError::File(path, e))?;
    }
    copy(Path::new("/bin/busybox"), &tree.join("bin/busybox"))?;
    let guest = tree.join("guest-program");
    copy(&program, &guest)?;
    output(Command::new("strip").arg(&guest))?;
    for library in libraries(&program)? {
        copy(&library, &tree.join(library.strip_prefix("/").unwrap_or(&library)))?;
    }
    let mut start = String::from(START);
    for module in &kernel.modules {
        let name = module.file_name().unwrap_or(OsStr::new("module")).to_owned();
        copy(module, &tree.join("modules").join(&name))?;
        let options = match name.to_str() {
            // One camera, no radio and the like: node type 1 is video capture.
            Some("vivid.ko") => " n_devs=1 node_types=0x1",
            // Full speed, as card readers have it: packets of 64 bytes.
            Some("dummy_hcd.ko") => " is_high_speed=0",
            _ => "",
        };
        start.push_str(&format!("insmod /modules/{}{options}\n", name.to_string_lossy()));
    }
    start.push_str(MOUNT);
    start.push_str(END);
    let init = tree.join("init");
    std::fs::write(&init, start)
        .and_then(|()| std::fs::set_permissions(&init, std::fs::Permissions::from_mode(0o755)))
        .map_err(|e| GuestError::File(init, e))?;
    let archive = folder.join("initrd.gz");
    let pack = "find . | cpio --quiet --create --format=newc | gzip -1 > \"$0\"";
    output(Command::new("sh").args(["-c", pack]).arg(&archive).current_dir(&tree))?;
    Ok(archive)
}

const START: &str = "#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin RUST_BACKTRACE=0
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
";
/// After the modules, one of which brings configfs.
const MOUNT: &str = "mount -t configfs none /sys/kernel/config
";
const END: &str = "/guest-program 2>&1
poweroff -f
";

/// The libraries that a program is linked to, the loader among them.
fn libraries(program: &Path) -> Result<BTreeSet<PathBuf>, GuestError> {
    let listed = output(Command::new("ldd").arg(program))?;
    let paths = listed.split_whitespace().filter(|word| word.starts_with('/'));
    Ok(paths.map(PathBuf::from).collect())
}

fn copy(from: &Path, to: &Path) -> Result<(), GuestError> {
    to.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::copy(from, to))
        .map_err(|e| GuestError::File(from.to_owned(), e))?;
    Ok(())
}

fn first_file(folder: &Path, extension: &str) -> Option<PathBuf> {
    let mut entries = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    entries.find(|path| path.extension().is_some_and(|e| e == extension))
}
