//! A machine whose cable fails and whose other network is a modem's: NetworkManager turns to it, and only what the site opened for
//! a modem may leave over it.
//!
//! Duty: write down what leaves, and compare it with the set. Never: take the guest's word for it.

use super::fleet::{HOST, NAME};
use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::{Bench, BootError, Folders, START};
use crate::say;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// The gateway of the second network, which is this host: the one address that the site opens for the modem.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 64, 0, 2);
/// A site's files, of the image's own examples, where a city's image has them; the second network gets a modem's name. That it is
/// no modem of ModemManager's but an Ethernet card is all that differs. The root cannot be written, so `/etc` is a copy here.
const SITE: &str = "\
    cp -a /etc /run/etc && mount --bind /run/etc /etc && cd /etc && \
    sed '/^\\[gsm\\]/,/^$/d; s/^type=gsm/type=ethernet\\ninterface-name=wwan0/' yilin/modem.nmconnection.example \
        >NetworkManager/system-connections/modem.nmconnection && \
    chmod 600 NetworkManager/system-connections/modem.nmconnection && \
    sed \"s|^uri=.*|uri=$URI|; s/^interval=.*/interval=$EVERY/\" yilin/connectivity.conf.example \
        >NetworkManager/conf.d/site.conf && \
    mkdir -p ssl/certs && cp /var/lib/yilin/config/fleet-authority.pem ssl/certs/ca-certificates.crt && \
    printf \"$HOST $NAME\\n$GATEWAY $NAME\\n\" >hosts && \
    name=$(ip -o -4 addr | awk '/ 10\\.64\\.0\\./ {print $2}') && \
    systemctl stop NetworkManager && ip addr flush dev $name && ip link set $name down && \
    ip link set $name name wwan0 && \
    nft add element inet yilin modem \"{ $GATEWAY }\" && systemctl start NetworkManager";
/// Which way a datagram to a stranger would go.
const WAY: &str = "ip -o route get 203.0.113.9 | sed 's/.* dev \\([^ ]*\\).*/\\1/'";
/// What is asked of a machine that takes the wrong way.
const SAID: &str = "ip route; nmcli --fields GENERAL.DEVICE,GENERAL.STATE,GENERAL.IP4-CONNECTIVITY device show; \
    journalctl --unit NetworkManager --no-pager --output cat --lines 30";
/// Between two questions whether there is a network, seconds.
const EVERY: u32 = 10;
/// NetworkManager waits twenty seconds for an answer that does not come.
const TURNED: Duration = Duration::from_secs(120);
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
    let variables = format!(
        "URI=https://{NAME}:{port}/healthz EVERY={EVERY} HOST={HOST} NAME={NAME} GATEWAY={GATEWAY}; {SITE}"
    );
    machine.run(&variables, START)?.well("the site's files")?;
    machine.run("until ip -o -4 addr | grep -q wwan0; do sleep 1; done", START)?.well("wwan0")?;
    turns(machine, false, "both are there")?;
    machine
        .run("grep -qx 'nameserver 10.0.2.3' /etc/resolv.conf", START)?
        .well("the cable's server of names")?;
    machine.hold_cable()?;
    turns(machine, true, "nothing comes through behind the cable, its link is up")?;
    machine.let_cable()?;
    turns(machine, false, "it comes through again")?;
    machine.pull_cable()?;
    turns(machine, true, "the cable is pulled")?;

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

/// Waits until what leaves would go over the modem, or over the cable.
fn turns(machine: &mut Machine, modem: bool, because: &str) -> Result<(), BootError> {
    let begun = Instant::now();
    loop {
        let way = machine.run(WAY, START)?.out.trim().to_owned();
        if !way.is_empty() && (way == "wwan0") == modem {
            say(&format!("{because}: the way is {way}, after {:.0} s", begun.elapsed().as_secs_f64()));
            return Ok(());
        }
        if begun.elapsed() > TURNED {
            let said = machine.run(SAID, START)?.out;
            return Err(BootError::Modem(format!("{because}, and the way is still {way:?}\n{said}")));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
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
