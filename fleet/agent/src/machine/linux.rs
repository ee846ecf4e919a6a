//! A machine with Linux and systemd: `/proc`, `/sys`, statvfs, the image's words in `/run`.

use super::{MachineError, MachineProbe, network};
use fleet_api::health::Machine;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The image's word for the clock: `kept`, `held`, `unsure` (docs/firmware.md).
const CLOCK: &str = "run/yilin-clock";
/// Where a file is a wish: `restart` (the terminal's program) and `reboot`. Units of root watch it and take the file away.
const REQUESTS: &str = "run/yilin/request";

/// The machine itself.
#[derive(Debug)]
pub struct LinuxMachine {
    /// Where `proc`, `sys`, `run` and `etc` are: `/`.
    root: PathBuf,
    /// The data partition.
    data: PathBuf,
}

impl LinuxMachine {
    /// The machine whose data lies in `data`.
    pub fn new(data: &Path) -> Self {
        Self::below(Path::new("/"), data)
    }

    fn below(root: &Path, data: &Path) -> Self {
        Self { root: root.to_owned(), data: data.to_owned() }
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok().map(|text| text.trim().to_owned())
    }

    fn temperature(&self) -> Option<f32> {
        let zones =
            numbered(&self.root.join("sys/class/thermal"), "thermal_zone", |zone| vec![zone.join("temp")]);
        let sensors = numbered(&self.root.join("sys/class/hwmon"), "hwmon", |chip| {
            let inputs = fs::read_dir(chip).into_iter().flatten().flatten().map(|entry| entry.path());
            inputs.filter(|path| is_temperature(path)).collect()
        });
        let all = zones.into_iter().chain(sensors);
        let degrees = all.filter_map(|path| fs::read_to_string(path).ok()?.trim().parse::<i32>().ok());
        // Thousandths of a degree; a sensor that is not there says something absurd.
        let plausible = degrees.filter(|millis| (-40_000..150_000).contains(millis));
        #[allow(clippy::cast_precision_loss, reason = "thousandths of a degree below 150")]
        plausible.max().map(|millis| millis as f32 / 1000.0)
    }
}

impl MachineProbe for LinuxMachine {
    fn read(&self) -> Machine {
        let disk = rustix::fs::statvfs(&self.data).ok();
        Machine {
            clock_offset_ms: None,
            clock_synchronised: self.text(CLOCK).map(|word| word == "kept"),
            temperature_celsius: self.temperature(),
            disk_free_bytes: disk.as_ref().map(|disk| disk.f_bavail * disk.f_frsize),
            disk_total_bytes: disk.as_ref().map(|disk| disk.f_blocks * disk.f_frsize),
            memory_available_bytes: self.text("proc/meminfo").and_then(|text| memory_available(&text)),
            load_millis: self.text("proc/loadavg").and_then(|text| load_millis(&text)),
            network: network::path(&self.root),
            data_read_only: disk
                .as_ref()
                .is_some_and(|disk| disk.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY)),
        }
    }

    fn boot_id(&self) -> String {
        self.text("proc/sys/kernel/random/boot_id").unwrap_or_default()
    }

    fn uptime(&self) -> Duration {
        let text = self.text("proc/uptime").unwrap_or_default();
        let seconds = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
        Duration::try_from_secs_f64(seconds.unwrap_or(0.0)).unwrap_or_default()
    }

    fn image(&self) -> String {
        let release = self.text("etc/os-release").unwrap_or_default();
        let value = |name: &str| {
            let line = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        value("IMAGE_VERSION").or_else(|| value("VERSION_ID")).unwrap_or_default()
    }

    fn hardware(&self) -> String {
        let places = [
            "sys/class/dmi/id/product_serial",
            "sys/class/dmi/id/board_serial",
            "sys/firmware/devicetree/base/serial-number",
            "etc/machine-id",
        ];
        let found = places.iter().find_map(|place| self.text(place).filter(|text| !text.is_empty()));
        found.unwrap_or_default().chars().filter(char::is_ascii_graphic).take(64).collect()
    }

    fn network(&self) -> Vec<String> {
        network::lines(&self.root)
    }

    fn restart_program(&self) -> Result<(), MachineError> {
        self.ask("restart")
    }

    fn reboot(&self) -> Result<(), MachineError> {
        self.ask("reboot")
    }
}

impl LinuxMachine {
    /// Asks a unit of root by a file: the agent's user may do neither itself.
    fn ask(&self, wish: &str) -> Result<(), MachineError> {
        let file = self.root.join(REQUESTS).join(wish);
        fs::write(&file, "").map_err(|cause| MachineError::Request { file, cause })
    }
}

/// `MemAvailable:  123 kB` (proc(5)).
fn memory_available(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The first number of `/proc/loadavg`, in thousandths.
fn load_millis(text: &str) -> Option<u32> {
    let (whole, hundredths) = text.split(' ').next()?.split_once('.')?;
    let hundredths: u32 = hundredths.get(..2)?.parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(hundredths * 10)
}

fn numbered(folder: &Path, start: &str, files: impl Fn(&Path) -> Vec<PathBuf>) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let named =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
    entries.filter(named).take(64).flat_map(|path| files(&path)).collect()
}

fn is_temperature(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("temp") && name.ends_with("_input")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_writes() {
        assert_eq!(memory_available("MemTotal:  2 kB\nMemAvailable:     1024 kB\n"), Some(1024 * 1024));
        assert_eq!(memory_available("MemAvailable: x kB"), None);
        assert_eq!(load_millis("1.25 0.9 0.8 1/2 3"), Some(1250));
        assert_eq!(load_millis("none"), None);
    }

    #[test]
    fn the_hottest_sensor_the_images_version_and_the_clocks_word() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("sys/class/thermal/thermal_zone0/temp", "41000\n");
        write("sys/class/hwmon/hwmon3/temp1_input", "63500\n");
        write("sys/class/hwmon/hwmon3/temp2_input", "-273150\n");
        write("etc/os-release", "VERSION_ID=\"12\"\nIMAGE_VERSION=\"1.4.2\"\n");
        write("proc/uptime", "12.50 3.00\n");
        let machine = LinuxMachine::below(root.path(), root.path());
        assert_eq!(machine.temperature(), Some(63.5));
        assert_eq!(machine.image(), "1.4.2");
        assert_eq!(machine.uptime(), Duration::from_millis(12_500));
        assert_eq!(machine.read().clock_synchronised, None);
        for (word, kept) in [("kept\n", true), ("held\n", false), ("unsure\n", false)] {
            write(CLOCK, word);
            assert_eq!(machine.read().clock_synchronised, Some(kept), "{word}");
        }
        let read = LinuxMachine::new(root.path()).read();
        assert!(read.disk_total_bytes > Some(0) && read.memory_available_bytes > Some(0));
    }
}
