//! A machine whose cable goes and whose other network is a modem's: only what the site opened for a modem may leave over it.
//!
//! Duty: write down what leaves, and compare it with the set. Never: take the guest's word for it.

use super::fleet::HOST;
use super::machine::Attached;
use super::provision::Delivery;
use super::{Bench, BootError, Folders, START};
use crate::say;
use std::net::Ipv4Addr;

/// The gateway of the second network, which is this host: the one address that the site opens for the modem.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 64, 0, 2);
/// The second network gets a modem's name, the way of all packets, and its set; the cable goes.
const FAIL_OVER: &str = "\
    name=$(ip -o -4 addr | awk '/ 10\\.64\\.0\\./ {print $2}') && cable=$(ip -o -4 addr | awk '/ 10\\.0\\.2\\./ {print $2}') && \
    systemctl stop systemd-networkd.socket systemd-networkd.service && ip link set $name down && ip link set $name name wwan0 && \
    ip addr replace 10.64.0.15/24 dev wwan0 && ip link set wwan0 up && \
    nft add element inet yilin modem '{ 10.64.0.2 }' && \
    ip link set $cable down && ip route replace default via 10.64.0.2 dev wwan0";
/// Long enough for agent and terminal to try for themselves, seconds.
const TRIED: u32 = 40;

/// Sees it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let with = Attached { modem: true, ..Attached::default() };
    let mut bench = Bench::start(folders, with, Delivery::Stream)?;
    bench.enrol()?;
    let port = bench.host.fleet.port()?;
    let machine = &mut bench.machine;
    // It has both addresses when the network has begun.
    machine.run("until ip -o -4 addr | grep -q ' 10.64.0.'; do sleep 1; done", START)?.well("DHCP")?;
    machine.run(FAIL_OVER, START)?.well("ip")?;
    say("the cable is gone; what is left is called wwan0");

    let noted = folders.machine.join("modem.pcap");
    machine.note_modem(&noted)?;
    let call = |host: &str, port: &str| format!("timeout 5 bash -c 'exec 3<>/dev/tcp/{host}/{port}'");
    // What the firewall knows of the cable, the gateway's neighbour, a server of names, and a datagram to anybody.
    let refused = [
        call(HOST, &port),
        call("10.64.0.3", "53"),
        call("192.0.2.1", "443"),
        "timeout 5 bash -c 'echo >/dev/udp/10.0.2.3/53'".to_owned(),
    ];
    for call in &refused {
        if machine.run(call, START)?.code == Some(0) {
            return Err(BootError::Modem(format!("{call} was let out")));
        }
    }
    machine.run(&call(&GATEWAY.to_string(), &port), START)?.well("the gateway's port")?;
    machine.run(&format!("sleep {TRIED}"), START)?.well("sleep")?;
    machine.end_note()?;
    let left = destinations(&read(&noted)?)?;
    if left.is_empty() || left.iter().any(|to| *to != GATEWAY) {
        return Err(BootError::Modem(format!("{left:?} left the machine")));
    }
    say(&format!(
        "{} datagrams left over the modem, all to {GATEWAY}; {} calls to others did not",
        left.len(),
        refused.len()
    ));

    // Without the rules the same call leaves: it is they that held it.
    machine.note_modem(&noted)?;
    machine.run(&format!("nft flush ruleset; {}; true", call("192.0.2.1", "443")), START)?.well("nft")?;
    machine.end_note()?;
    let open = destinations(&read(&noted)?)?;
    if !open.contains(&Ipv4Addr::new(192, 0, 2, 1)) {
        return Err(BootError::Modem(
            "nothing left without rules either: nothing is shown by this".to_owned(),
        ));
    }
    say("without the rules the same call left");
    machine.cut();
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<u8>, BootError> {
    std::fs::read(path).map_err(|e| BootError::File(path.to_owned(), e))
}

/// Where the machine's datagrams of a pcap file (of this byte order, with Ethernet's frames) go. IPv6 is an error: nothing of it
/// may leave.
fn destinations(pcap: &[u8]) -> Result<Vec<Ipv4Addr>, BootError> {
    const OURS: Ipv4Addr = Ipv4Addr::new(10, 64, 0, 15);
    let mut found = Vec::new();
    let mut rest = pcap.get(24..).unwrap_or_default();
    while let Some((head, after)) = rest.split_first_chunk::<16>() {
        let length = u32::from_ne_bytes([head[8], head[9], head[10], head[11]]) as usize;
        let Some((frame, next)) = after.split_at_checked(length) else { break };
        rest = next;
        match frame.get(12..14) {
            Some([0x08, 0x00]) => {
                let address =
                    |at: usize| frame.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
                let (from, to) = (address(26).map(Ipv4Addr::from), address(30).map(Ipv4Addr::from));
                // Answers come to it from others.
                if from == Some(OURS) {
                    found.extend(to);
                } else if to != Some(OURS) && from != Some(GATEWAY) {
                    return Err(BootError::Modem(format!("a datagram from {from:?} to {to:?}")));
                }
            }
            Some([0x86, 0xdd]) if frame.get(6..12) != Some(&GATEWAY_ETHERNET[..]) => {
                return Err(BootError::Modem("a datagram of IPv6 left".to_owned()));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// How QEMU's own network names its gateway on Ethernet.
const GATEWAY_ETHERNET: [u8; 6] = [0x52, 0x55, 10, 64, 0, 2];

#[cfg(test)]
mod tests {
    use super::*;

    fn pcap(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![0; 24];
        for frame in frames {
            bytes.extend([0; 8]);
            bytes.extend(u32::try_from(frame.len()).unwrap().to_ne_bytes());
            bytes.extend(u32::try_from(frame.len()).unwrap().to_ne_bytes());
            bytes.extend(frame);
        }
        bytes
    }

    fn frame(kind: [u8; 2], from: [u8; 4], to: [u8; 4]) -> Vec<u8> {
        [&[0; 12][..], &kind, &[0; 12], &from, &to].concat()
    }

    #[test]
    fn where_datagrams_go_is_read() {
        let ours = [10, 64, 0, 15];
        let said = pcap(&[
            frame([8, 6], ours, [1, 1, 1, 1]),
            frame([8, 0], ours, [10, 64, 0, 2]),
            frame([8, 0], [10, 64, 0, 2], ours),
            frame([8, 0], ours, [192, 0, 2, 1]),
        ]);
        assert_eq!(destinations(&said).unwrap(), [GATEWAY, Ipv4Addr::new(192, 0, 2, 1)]);
        assert!(destinations(&pcap(&[frame([0x86, 0xdd], ours, ours)])).is_err());
        assert!(destinations(&pcap(&[frame([8, 0], [10, 0, 2, 15], [10, 0, 2, 2])])).is_err());
    }
}
