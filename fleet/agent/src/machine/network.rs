//! Which way to the network is in use, from `/proc/net` and `/sys/class/net`.

use fleet_api::health::NetworkPath;
use std::fs;
use std::path::Path;

/// The most interfaces that are listed.
const LISTED: usize = 16;

/// The way of the default route; null where there is none.
pub(super) fn path(root: &Path) -> Option<NetworkPath> {
    let routes = fs::read_to_string(root.join("proc/net/route")).ok()?;
    let interface = default_route(&routes)?;
    Some(kind(root, &interface))
}

/// Each interface but the loopback: its name, its state, the way that it is.
pub(super) fn lines(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("sys/class/net")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != "lo")
        .collect();
    names.sort();
    let routes = fs::read_to_string(root.join("proc/net/route")).unwrap_or_default();
    let default = default_route(&routes);
    let line = |name: &String| {
        let state =
            fs::read_to_string(root.join("sys/class/net").join(name).join("operstate")).unwrap_or_default();
        let mark = if default.as_ref() == Some(name) { ", default route" } else { "" };
        let state = state.trim();
        format!("{name}: {state}, {}{mark}", kind(root, name))
    };
    names.iter().take(LISTED).map(line).collect()
}

/// The interface of destination 0.0.0.0 with the lowest metric (proc_net(5)).
fn default_route(routes: &str) -> Option<String> {
    let rows = routes.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [interface, destination, _gateway, flags, _count, _use, metric, mask, ..] = fields.as_slice()
        else {
            return None;
        };
        let up = u32::from_str_radix(flags, 16).ok()? & 1 == 1;
        let default = *destination == "00000000" && *mask == "00000000";
        (up && default).then(|| Some((metric.parse::<u32>().ok()?, (*interface).to_owned()))).flatten()
    });
    rows.min().map(|(_, interface)| interface)
}

fn kind(root: &Path, interface: &str) -> NetworkPath {
    let folder = root.join("sys/class/net").join(interface);
    let is_modem = ["wwan", "ppp", "usb"].iter().any(|start| interface.starts_with(start));
    if folder.join("wireless").exists() || folder.join("phy80211").exists() {
        NetworkPath::Wifi
    } else if is_modem {
        NetworkPath::Modem
    } else {
        NetworkPath::Ethernet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_of_the_lowest_metric() {
        let routes = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
            wwan0\t00000000\t0100000A\t0003\t0\t0\t700\t00000000\t0\t0\t0\n\
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";
        assert_eq!(default_route(routes).as_deref(), Some("eth0"));
        assert_eq!(default_route("Iface\n"), None);
        assert_eq!(kind(Path::new("/nowhere"), "wwan0"), NetworkPath::Modem);
        assert_eq!(kind(Path::new("/nowhere"), "enp3s0"), NetworkPath::Ethernet);
    }
}
