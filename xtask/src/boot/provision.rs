//! What a technician would bring to a new terminal: its file and its credentials, in the data partition.

use super::BootError;
use super::fleet::HOST;
use super::host::Host;
use super::machine::Attached;
use crate::image::COMPATIBLE;
use crate::program::output;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The terminal's file; its name is that of its certificate.
fn terminal_file(terminal: &str, with: &Attached) -> String {
    let (turned, devices) = (with.panel.turned(), with.devices.file());
    format!(
        r#"[terminal]
data = "/var/lib/yilin/terminal"
size = "1080x1920"
turned = {turned}
px_per_mm = 4.03

[site]
terminal = "{terminal}"
name = {{ zh-CN = "示例社区", en = "Sample community" }}
address = {{ zh-CN = "样板路1号", en = "1 Sample Road" }}
division = "990001001001"
hours = {{ weekdays = ["00:00-24:00"], weekend = ["00:00-24:00"] }}
nearest = {{ zh-CN = "样本社区服务站", en = "Another community" }}

[site.keeper]
name = {{ zh-CN = "社区专干 吴样例", en = "Wu Yangli, community worker" }}
phone = "0119-6200001"
hours = {{ weekdays = ["08:30-18:30"], weekend = [] }}

[[site.helpers]]
name = {{ zh-CN = "12345 热线", en = "12345 hotline" }}
phone = "12345"
hours = {{ weekdays = ["00:00-24:00"], weekend = ["00:00-24:00"] }}

[card_reader]
port = "serial:/dev/hvc0?baud=115200"

{devices}
[province]
url = "https://127.0.0.1:8443"
credentials = "/var/lib/yilin/config/credentials"

[agent]
socket = "/run/yilin/agent.sock"
user = "yilin-agent"

# No time server is asked here: the machine's clock is that of the bench's host.
[machine]
clock = "/var/lib/yilin/config/clock"
data = "/run/yilin-data"
"#
    )
}

/// Who fetches a bundle, in the words of the agent's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Download,
    Stream,
}

/// The agent's file.
fn agent_file(port: &str, delivery: Delivery) -> String {
    let delivery = match delivery {
        Delivery::Download => "download",
        Delivery::Stream => "stream",
    };
    format!(
        r#"data = "/var/lib/yilin/agent"

[server]
url = "https://{HOST}:{port}"
authorities = "/var/lib/yilin/config/fleet-authority.pem"

[terminal]
compatible = "{COMPATIBLE}"
model = "Q1"

[screen]
exports = "/var/lib/yilin/exports"

[update]
window = "00:00-00:00"
delivery = "{delivery}"

[stick]
folder = "/run/media/yilin"
"#
    )
}

/// The number of the terminal, as its certificate names it.
pub(super) fn terminal(credentials: &Path) -> Result<String, BootError> {
    let mut openssl = Command::new("openssl");
    openssl.args(["x509", "-noout", "-subject", "-nameopt", "multiline", "-in"]);
    let subject = output(openssl.arg(credentials.join("terminal.pem")))?;
    let name = subject.lines().find_map(|line| line.trim().strip_prefix("commonName"));
    Ok(name.map(|rest| rest.trim_start_matches([' ', '='])).unwrap_or_default().to_owned())
}

/// Makes in `folder` what a data partition holds: the files of terminal and agent, and credentials.
pub(super) fn tree(
    host: &Host,
    folder: &Path,
    delivery: Delivery,
    with: &Attached,
) -> Result<PathBuf, BootError> {
    let file = |path: &Path, e| BootError::File(path.to_owned(), e);
    let tree = folder.join("data");
    let _old = std::fs::remove_dir_all(&tree);
    let config = tree.join("config");
    let credentials = config.join("credentials");
    for path in [&credentials, &tree.join("terminal"), &tree.join("agent")] {
        std::fs::create_dir_all(path).map_err(|e| file(path, e))?;
    }
    output(Command::new("cp").arg("--recursive").arg(host.credentials.join(".")).arg(&credentials))?;
    let authority = host.fleet.authority()?;
    let authority = std::fs::read_to_string(&authority).map_err(|e| file(&authority, e))?;
    for (path, text) in [
        ("terminal.toml", terminal_file(&terminal(&credentials)?, with)),
        ("agent.toml", agent_file(&host.fleet.port()?, delivery)),
        ("fleet-authority.pem", authority),
        ("clock", "kept\n".to_owned()),
        ("bench.env", format!("PROVINCE={HOST}:{}\n", host.port()?)),
    ] {
        let path = config.join(path);
        std::fs::write(&path, text).map_err(|e| file(&path, e))?;
    }
    // The users of the image, by buildroot/board/common.
    for (path, owner) in [("terminal", "971:971"), ("agent", "972:972"), ("config/credentials", "971:971")] {
        output(Command::new("chown").args(["--recursive", owner]).arg(tree.join(path)))?;
    }
    Ok(tree)
}

/// Writes the data partition of `disk`: a file system with a tree.
pub(super) fn write(
    disk: &Path,
    host: &Host,
    folder: &Path,
    delivery: Delivery,
    with: &Attached,
) -> Result<(), BootError> {
    let file = |path: &Path, e| BootError::File(path.to_owned(), e);
    let tree = tree(host, folder, delivery, with)?;
    let (start, size) = partition(disk, "data")?;
    let image = folder.join("data.ext4");
    let _old = std::fs::remove_file(&image);
    let made = std::fs::File::create(&image).and_then(|made| made.set_len(size));
    made.map_err(|e| file(&image, e))?;
    output(Command::new("mke2fs").args(["-q", "-t", "ext4", "-L", "data", "-d"]).args([&tree, &image]))?;
    let mut dd = Command::new("dd");
    dd.args(["conv=notrunc,sparse", "bs=1M", "oflag=seek_bytes", &format!("seek={start}"), "status=none"]);
    dd.arg(format!("if={}", image.display())).arg(format!("of={}", disk.display()));
    output(&mut dd)?;
    Ok(())
}

/// Where a partition begins and how long it is, in bytes.
pub(super) fn partition(disk: &Path, name: &str) -> Result<(u64, u64), BootError> {
    let told = output(Command::new("sfdisk").arg("--json").arg(disk))?;
    let table: Value = serde_json::from_str(&told).unwrap_or_default();
    let partitions = table["partitiontable"]["partitions"].as_array().into_iter().flatten();
    let found = partitions.into_iter().find(|partition| partition["name"] == name);
    let number = |key: &str| found.and_then(|found| found[key].as_u64()).map(|sectors| sectors * 512);
    number("start").zip(number("size")).ok_or_else(|| BootError::Said(name.to_owned(), told))
}
